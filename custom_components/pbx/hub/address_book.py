"""Who calls: the contacts of vCard files and of a CardDAV account by their numbers, and persons."""

from collections.abc import Callable, Coroutine, Iterable, Mapping
from datetime import datetime, timedelta
import logging
from pathlib import Path
from typing import Any

from aiohttp import DummyCookieJar
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers.aiohttp_client import async_create_clientsession
from homeassistant.helpers.event import async_track_time_interval

from ..const import DOMAIN
from ..protocols.model import DialPlan, Party
from ..protocols.phone_numbers import REMEMBERED, strip_number
from .carddav import CardDavAccount, CardDavError, read_fingerprint
from .options import NameSource, PbxOptions
from .phone_numbers import PhoneNumbers
from .vcards import Contact, Picture, get_folder_version, parse_vcards, read_folder

_LOGGER = logging.getLogger(__name__)

FOLDER_INTERVAL = timedelta(seconds=30)
ACCOUNT_INTERVAL = timedelta(minutes=5)
PICTURE_PATH = f"/api/{DOMAIN}/picture"


class AddressBook:
    """The contacts that the options of one PBX name; a look-up asks nobody and reads no file.

    `on_changed` is called when callers may have other names.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        options: PbxOptions,
        phone_numbers: PhoneNumbers,
        on_changed: Callable[[], None],
    ) -> None:
        self._hass = hass
        self._entry = entry
        self._options = options
        self._phone_numbers = phone_numbers
        self._on_changed = on_changed
        self._persons = {row["user"]: row["person"] for row in options.people}
        self._folder = Path(hass.config.path(options.vcard_folder)) if options.vcard_folder else None
        self._folder_version: tuple[tuple[str, int, int], ...] = ()
        self._account: CardDavAccount | None = None
        self._account_fails = False
        self._in_files: list[Contact] = []
        self._in_account: list[Contact] = []
        # All of them, those in files first.
        self.contacts: tuple[Contact, ...] = ()
        self._by_number: Mapping[str, Contact] = {}
        self._pictures: Mapping[str, Picture] = {}
        # What was looked up, as long as the PBX has the same dial plan.
        self._found: dict[tuple[str | None, str | None], Contact | None] = {}
        self._dial_plan: DialPlan | None = None

    async def load(self) -> None:
        """Read the vCard files, and from now on what changes; the account is read in the background."""
        if self._folder is not None:
            await self.refresh_files()
            self._repeat(self.refresh_files, FOLDER_INTERVAL)
        if self._options.carddav_url:
            session = async_create_clientsession(self._hass, cookie_jar=DummyCookieJar())
            self._account = CardDavAccount(
                session,
                self._options.carddav_url,
                self._options.carddav_username or "",
                self._options.carddav_password or "",
                read_fingerprint(self._options.carddav_fingerprint or ""),
            )
            work = self.refresh_account()
            self._entry.async_create_background_task(self._hass, work, f"{DOMAIN} address book")
            self._repeat(self.refresh_account, ACCOUNT_INTERVAL)

    def find(self, party: Party) -> Contact | None:
        """Return who in the address book has the number of a party outside, None where nobody has."""
        if not self._by_number or party.internal:
            return None
        dial_plan = self._phone_numbers.dial_plan
        if dial_plan is not self._dial_plan or len(self._found) > REMEMBERED:
            self._dial_plan, self._found = dial_plan, {}
        key = (party.number, party.normalized)
        if key not in self._found:
            self._found[key] = self._look_up(party)
        return self._found[key]

    def _look_up(self, party: Party) -> Contact | None:
        number = self._phone_numbers.get_party_number(party)
        if number is None and party.number is not None:
            number = strip_number(party.number)
        return self._by_number.get(number) if number is not None else None

    def get_name(self, party: Party, pbx_name: str | None) -> str | None:
        """Return the name of a party by the first source that has one; the PBX says `pbx_name`."""
        contact, person = self.find(party), self._find_person(party)
        if contact is None and person is None:
            return pbx_name
        names: Mapping[str, str | None] = {
            NameSource.PBX: pbx_name,
            NameSource.ADDRESS_BOOK: contact.name if contact is not None else None,
            NameSource.PERSON: person.name if person is not None else None,
        }
        return next((names[source] for source in self._options.name_sources if names[source]), pbx_name)

    def get_picture_path(self, party: Party) -> str | None:
        """Return the path of the picture of a party at Home Assistant, None where there is none."""
        contact, person = self.find(party), self._find_person(party)
        if contact is not None and contact.picture is not None:
            return f"{PICTURE_PATH}/{contact.picture.id}"
        return person.attributes.get("entity_picture") if person is not None else None

    def get_picture(self, picture_id: str) -> Picture | None:
        """Return a picture by its id."""
        return self._pictures.get(picture_id)

    def _find_person(self, party: Party) -> State | None:
        person = self._persons.get(party.user) if party.user is not None else None
        return self._hass.states.get(person) if person is not None else None

    def _repeat(self, refresh: Callable[[datetime], Coroutine[Any, Any, None]], interval: timedelta) -> None:
        stop = async_track_time_interval(self._hass, refresh, interval, cancel_on_shutdown=True)
        self._entry.async_on_unload(stop)

    async def refresh_files(self, now: datetime | None = None) -> None:
        """Read the vCard files again if one has changed, come or gone."""
        folder = self._folder
        if folder is None:
            return
        try:
            version = await self._hass.async_add_executor_job(get_folder_version, folder)
            if version == self._folder_version:
                return
            self._in_files = await self._hass.async_add_executor_job(read_folder, folder)
        except OSError as err:
            # What was read before stays; a file that is being written is read the next time.
            _LOGGER.warning("The vCard files cannot be read: %s", type(err).__name__)
            return
        self._folder_version = version
        await self._index()

    async def refresh_account(self, now: datetime | None = None) -> None:
        """Read the account again if something there has changed."""
        if self._account is None:
            return
        try:
            text = await self._account.read()
        except CardDavError as err:
            if not self._account_fails:
                _LOGGER.warning("The CardDAV account cannot be read: %s", err)
            self._account_fails = True
            return
        self._account_fails = False
        if text is not None:
            self._in_account = await self._hass.async_add_executor_job(parse_vcards, text)
            await self._index()

    async def _index(self) -> None:
        """Make the numbers of all contacts ready to be looked up; those in files come first."""
        contacts = (*self._in_files, *self._in_account)
        self._by_number = await self._hass.async_add_executor_job(
            _index_numbers, contacts, self._phone_numbers.read_written
        )
        self.contacts, self._found = contacts, {}
        found = (contact.picture for contact in contacts if contact.picture is not None)
        self._pictures = {picture.id: picture for picture in found}
        _LOGGER.debug("%d contacts have %d numbers", len(contacts), len(self._by_number))
        self._on_changed()


def _index_numbers(
    contacts: Iterable[Contact], read_written: Callable[[str], str | None]
) -> dict[str, Contact]:
    """Return the contacts by each of their numbers, the first one where several share a number."""
    found: dict[str, Contact] = {}
    for contact in contacts:
        for written in contact.numbers:
            number = read_written(written) or strip_number(written)
            if number:
                found.setdefault(number, contact)
    return found
