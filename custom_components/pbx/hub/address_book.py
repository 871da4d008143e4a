"""Who calls: contacts of vCard files, of a CardDAV account and of the PBX by their numbers, and persons."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Mapping
from datetime import datetime, timedelta
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiohttp import DummyCookieJar
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers.aiohttp_client import async_create_clientsession
from homeassistant.helpers.event import async_track_time_interval

from ..const import DOMAIN
from ..protocols.call import Party
from ..protocols.model import DialPlan
from ..protocols.phone_numbers import REMEMBERED, strip_number
from .contacts import Contact, Picture
from .lazy_module import LazyModule, async_load
from .options import NameSource, PbxOptions
from .pbx_book import PbxBook, index_numbers
from .phone_numbers import PhoneNumbers

if TYPE_CHECKING:
    from . import carddav, vcards
else:
    carddav = LazyModule(f"{__package__}.carddav")
    vcards = LazyModule(f"{__package__}.vcards")

_LOGGER = logging.getLogger(__name__)

FOLDER_INTERVAL = timedelta(seconds=30)
ACCOUNT_INTERVAL = timedelta(minutes=5)
PICTURE_PATH = f"/api/{DOMAIN}/picture"

# Who has a number: in the address book of the options, and in that of the PBX.
type Known = tuple[Contact | None, Contact | None]
_NOBODY: Known = (None, None)


class AddressBook:
    """The contacts that the options of one PBX name, and its own; a look-up asks nobody and reads no file.

    Where the PBX can only be asked for single callers, those without a name are asked for in the background.
    `on_changed` is called when callers may have other names.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        options: PbxOptions,
        phone_numbers: PhoneNumbers,
        pbx_book: PbxBook,
        on_changed: Callable[[], None],
    ) -> None:
        self._hass = hass
        self._entry = entry
        self._options = options
        self._phone_numbers = phone_numbers
        self.pbx_book = pbx_book
        pbx_book.on_changed = self._forget_found
        self._on_changed = on_changed
        self._persons = {row["user"]: row["person"] for row in options.people}
        self._folder = Path(hass.config.path(options.vcard_folder)) if options.vcard_folder else None
        self._folder_is_whole = True
        self._folder_version: tuple[tuple[str, int, int], ...] = ()
        self._account: carddav.CardDavAccount | None = None
        self._account_fails = False
        # Large ones may take longer than passes until they are read again.
        self._reading_files, self._reading_account = asyncio.Lock(), asyncio.Lock()
        self._in_files: list[Contact] = []
        self._in_account: list[Contact] = []
        # All of them, those in files first.
        self.contacts: tuple[Contact, ...] = ()
        self._by_number: Mapping[str, Contact] = {}
        self._pictures: Mapping[str, Picture] = {}
        # What was looked up, as long as the PBX has the same dial plan.
        self._found: dict[tuple[str | None, str | None, bool], Known] = {}
        self._dial_plan: DialPlan | None = None

    async def load(self) -> None:
        """Read the vCard files, and from now on what changes; all else is read in the background."""
        self.pbx_book.start()
        if self._folder is not None:
            await async_load(self._hass, vcards)
            await self.refresh_files()
            if not self._in_files:
                _LOGGER.warning("No vCard with a number was found in the folder that the options name")
            self._repeat(self.refresh_files, FOLDER_INTERVAL)
        if self._options.carddav_url:
            await async_load(self._hass, carddav, vcards)
            session = async_create_clientsession(self._hass, cookie_jar=DummyCookieJar())
            self._account = carddav.CardDavAccount(
                session,
                self._options.carddav_url,
                self._options.carddav_username or "",
                self._options.carddav_password or "",
                carddav.read_fingerprint(self._options.carddav_fingerprint or ""),
            )
            work = self.refresh_account()
            self._entry.async_create_background_task(self._hass, work, f"{DOMAIN} address book")
            self._repeat(self.refresh_account, ACCOUNT_INTERVAL)

    def find(self, party: Party) -> Contact | None:
        """Return who in an address book has the number of a party outside, None where nobody has."""
        contact, pbx_contact = self._find(party)
        return contact or pbx_contact

    def _find(self, party: Party) -> Known:
        book = self.pbx_book
        if not (self._by_number or book.by_number or book.asks) or party.internal:
            return _NOBODY
        dial_plan = self._phone_numbers.dial_plan
        if dial_plan is not self._dial_plan or len(self._found) > REMEMBERED:
            self._dial_plan, self._found = dial_plan, {}
        # A caller with a name is not asked for.
        key = (party.number, party.normalized, not party.name)
        if key in self._found:
            return self._found[key]
        known = self._look_up(party)
        # Who is nobody so far may be asked for again; those answers are held by the book of the PBX.
        if known != _NOBODY or not book.asks:
            self._found[key] = known
        return known

    def _look_up(self, party: Party) -> Known:
        number = self._phone_numbers.get_party_number(party)
        if number is None and party.number is not None:
            number = strip_number(party.number)
        if number is None:
            return _NOBODY
        known = self._by_number.get(number), self.pbx_book.get(party.number, number)
        if known != _NOBODY:
            return known
        if self.pbx_book.asks and party.number is not None and not party.name:
            self.pbx_book.ask(party.number)
        return _NOBODY

    def knows(self, party: Party) -> bool:
        """Return whether anything but the PBX itself may say who a party is."""
        return self._find(party) is not _NOBODY or self._find_person(party) is not None

    def is_in_group(self, party: Party, groups: Iterable[str]) -> bool:
        """Return whether a party is in one of these groups; capitals do not matter."""
        contact = self.find(party)
        own = {group.casefold() for group in contact.groups} if contact is not None else set()
        return any(group.casefold() in own for group in groups)

    def get_name(self, party: Party, pbx_name: str | None) -> str | None:
        """Return the name of a party by the first source that has one; the PBX says `pbx_name`."""
        known, person = self._find(party), self._find_person(party)
        if known is _NOBODY and person is None:
            return pbx_name
        contact, pbx_contact = known
        names: Mapping[str, str | None] = {
            NameSource.PBX: pbx_name,
            NameSource.PBX_BOOK: pbx_contact.name if pbx_contact is not None else None,
            NameSource.ADDRESS_BOOK: contact.name if contact is not None else None,
            NameSource.PERSON: person.name if person is not None else None,
        }
        # A caller without a name is called as the book of the PBX says, a source that older options lack.
        sources = (*self._options.name_sources, NameSource.PBX, NameSource.PBX_BOOK)
        return next((names[source] for source in sources if names[source]), None)

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
        """Read the vCard files again if one has changed, come or gone; once at a time."""
        if self._folder is not None and not self._reading_files.locked():
            async with self._reading_files:
                await self._read_files(self._folder)

    async def _read_files(self, folder: Path) -> None:
        try:
            version = await self._hass.async_add_executor_job(vcards.get_folder_version, folder)
            if version == self._folder_version:
                return
            found, is_whole = await self._hass.async_add_executor_job(vcards.read_folder, folder)
        except OSError as err:
            # What was read before stays; a file that is being written is read the next time.
            _LOGGER.warning("The vCard files cannot be read: %s", type(err).__name__)
            return
        if self._folder_is_whole and not is_whole:
            _LOGGER.warning(
                "Not all vCard files are read: at most %d, of %d MB each, %d MB and %d contacts together",
                vcards.MAX_FILES,
                vcards.MAX_FILE // 10**6,
                vcards.MAX_FOLDER // 10**6,
                vcards.MAX_CONTACTS,
            )
        self._folder_is_whole, self._folder_version, self._in_files = is_whole, version, found
        await self._index()

    async def refresh_account(self, now: datetime | None = None) -> None:
        """Read the account again if something there has changed; once at a time."""
        if self._account is not None and not self._reading_account.locked():
            async with self._reading_account:
                await self._read_account(self._account)

    async def _read_account(self, account: carddav.CardDavAccount) -> None:
        try:
            text = await account.read()
        except carddav.CardDavError as err:
            if not self._account_fails:
                _LOGGER.warning("The CardDAV account cannot be read: %s", err)
            self._account_fails = True
            return
        self._account_fails = False
        if text is not None:
            self._in_account = await self._hass.async_add_executor_job(vcards.parse_vcards, text)
            await self._index()

    async def _index(self) -> None:
        """Make the numbers of all contacts ready to be looked up; those in files come first."""
        contacts = (*self._in_files, *self._in_account)
        self._by_number = await self._hass.async_add_executor_job(
            index_numbers, contacts, self._phone_numbers.read_stored
        )
        self.contacts = contacts
        found = (contact.picture for contact in contacts if contact.picture is not None)
        self._pictures = {picture.id: picture for picture in found}
        _LOGGER.debug("%d contacts have %d numbers", len(contacts), len(self._by_number))
        self._forget_found()

    def _forget_found(self) -> None:
        self._found = {}
        self._on_changed()
