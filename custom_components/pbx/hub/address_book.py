"""Who calls: contacts of vCard files, of a CardDAV account and of the PBX by their numbers, and persons."""

from collections.abc import Callable, Iterable, Mapping
import logging
from typing import TYPE_CHECKING

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, State

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
    from . import contact_sources
else:
    contact_sources = LazyModule(f"{__package__}.contact_sources")

_LOGGER = logging.getLogger(__name__)

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
        # What reads them, where the options name any.
        self.sources: contact_sources.ContactSources | None = None
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
        if self._options.vcard_folder or self._options.carddav_url:
            await async_load(self._hass, contact_sources)
            self.sources = contact_sources.ContactSources(self._hass, self._entry, self._options, self._index)
            await self.sources.load()

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

    async def _index(self, contacts: tuple[Contact, ...]) -> None:
        """Make the numbers of all contacts ready to be looked up, the first where several have one."""
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
