"""The address book of the PBX itself: listed now and then and held, or asked for one caller at a time."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from itertools import islice
import logging
from time import monotonic

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later, async_track_time_interval

from ..const import DOMAIN
from ..protocols.commands import PbxCommands
from ..protocols.errors import MissingRight, NotSupported, PbxError
from ..protocols.json_text import to_inert_line
from ..protocols.model import FoundContact
from .contacts import MAX_CARDS, MAX_GROUPS, MAX_NUMBERS, MAX_TEXT, Contact, ContactNumber
from .phone_numbers import PhoneNumbers

_LOGGER = logging.getLogger(__name__)

# It is read after everything else that a connection begins with, and then seldom; both in seconds.
FIRST_AFTER = 10.0
INTERVAL = timedelta(hours=1)
# So long a PBX may take to list it, and to say who one caller is.
LIST_WITHIN = 120.0
ASK_WITHIN = 10.0
# So many callers wait to be asked for; more are not asked for at all.
MOST_WAITING = 20
# So many answers are remembered: that there is no name for an hour, a name for a day at most, since names
# are forgotten where the hour of the book comes. In seconds.
MOST_ANSWERS = 1000
NOBODY_LASTS = 3600.0
NAME_LASTS = 86400.0 - INTERVAL.total_seconds()


class PbxBook:
    """The address book of one PBX; what is looked up in it is held here, and asks nobody.

    `get_commands` raises PbxError while the PBX is not connected. `on_changed` is called when callers may
    have other names.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        phone_numbers: PhoneNumbers,
        get_commands: Callable[[], PbxCommands],
    ) -> None:
        self._hass = hass
        self._entry = entry
        self._phone_numbers = phone_numbers
        self._get_commands = get_commands
        self.on_changed: Callable[[], None] = lambda: None
        # All of it, where the PBX lists it.
        self.contacts: tuple[Contact, ...] = ()
        self.by_number: Mapping[str, Contact] = {}
        self._listed: tuple[FoundContact, ...] = ()
        # Whether the PBX can only be asked for one caller at a time.
        self.asks = False
        self._waiting: deque[str] = deque()
        self._asking: asyncio.Task[None] | None = None
        # Who was asked for by number as the PBX shows it, and until when that holds.
        self._answers: dict[str, tuple[Contact | None, float]] = {}
        self._stop_waiting: CALLBACK_TYPE | None = None

    def start(self) -> None:
        """Read the book again and again."""
        stop = async_track_time_interval(self._hass, self.refresh, INTERVAL, cancel_on_shutdown=True)
        self._entry.async_on_unload(stop)
        self._entry.async_on_unload(self._cancel)

    @callback
    def refresh_soon(self) -> None:
        """Read the book when the rest of a new connection has been read."""
        self._cancel()
        job = HassJob(self.refresh, cancel_on_shutdown=True)
        self._stop_waiting = async_call_later(self._hass, FIRST_AFTER, job)

    @callback
    def _cancel(self) -> None:
        if self._stop_waiting is not None:
            self._stop_waiting()
            self._stop_waiting = None

    async def refresh(self, now: datetime | None = None) -> None:
        """Read the whole book; what cannot be read stays as it was."""
        self._stop_waiting = None
        self._forget_old()
        try:
            commands = self._get_commands()
            async with asyncio.timeout(LIST_WITHIN):
                listed = tuple(await commands.list_contacts())[:MAX_CARDS]
        except NotSupported, MissingRight:
            self.asks = commands.has("find_caller")
            return
        except (PbxError, TimeoutError) as err:
            _LOGGER.debug("The address book of the PBX could not be read: %s", type(err).__name__)
            return
        self.asks = False
        if listed != self._listed:
            self._listed = listed
            self.contacts, self.by_number = await self._hass.async_add_executor_job(self._index, listed)
            _LOGGER.debug("%d contacts of the PBX have %d numbers", len(self.contacts), len(self.by_number))
            self.on_changed()

    def get(self, shown: str | None, number: str | None) -> Contact | None:
        """Return who has a number: as the PBX shows it, and as it is compared."""
        found = self.by_number.get(number) if number is not None else None
        if found is not None or not self.asks or shown is None:
            return found
        return self._answers.get(shown, (None, 0.0))[0]

    @callback
    def ask(self, shown: str) -> None:
        """Ask the PBX who has a number, beside everything else, if it was not asked before."""
        if self._is_known(shown) or shown in self._waiting or len(self._waiting) >= MOST_WAITING:
            return
        self._waiting.append(shown)
        if self._asking is None or self._asking.done():
            # Not a step of it is taken on the path of the event.
            self._asking = self._entry.async_create_background_task(
                self._hass, self._ask_all(), f"{DOMAIN} callers", eager_start=False
            )

    def _is_known(self, shown: str) -> bool:
        """Return whether an answer still holds; a name does until it is forgotten."""
        contact, until = self._answers.get(shown, (None, 0.0))
        return contact is not None or monotonic() < until

    async def _ask_all(self) -> None:
        """Ask for one caller after the other."""
        while self._waiting:
            shown = self._waiting[0]
            try:
                async with asyncio.timeout(ASK_WITHIN):
                    found = await self._get_commands().find_caller(shown)
            except PbxError, TimeoutError:
                # The next call of the same number asks again.
                self._waiting.clear()
                return
            self._remember(shown, found)
            self._waiting.popleft()
            if found is not None:
                self.on_changed()

    def _remember(self, shown: str, found: FoundContact | None) -> None:
        self._answers.pop(shown, None)
        if len(self._answers) >= MOST_ANSWERS:
            self._answers.pop(next(iter(self._answers)))
        contact = next(iter(_to_contacts([found])), None) if found is not None else None
        lasts = NAME_LASTS if contact is not None else NOBODY_LASTS
        self._answers[shown] = contact, monotonic() + lasts

    def _forget_old(self) -> None:
        now = monotonic()
        old = [shown for shown, (_, until) in self._answers.items() if until <= now]
        for shown in old:
            del self._answers[shown]
        if old:
            self.on_changed()

    def _index(self, listed: Iterable[FoundContact]) -> tuple[tuple[Contact, ...], Mapping[str, Contact]]:
        contacts = tuple(_to_contacts(listed))
        return contacts, index_numbers(contacts, self._phone_numbers.read_listed)


def index_numbers(contacts: Iterable[Contact], read: Callable[[str], str]) -> dict[str, Contact]:
    """Return the contacts by each of their numbers, the first one where several share a number."""
    found: dict[str, Contact] = {}
    for contact in contacts:
        for written in contact.numbers:
            number = read(written)
            if number:
                found.setdefault(number, contact)
    return found


def _to_contacts(listed: Iterable[FoundContact]) -> Iterable[Contact]:
    """Return contacts, each with all numbers that the list has of one name in one group."""
    together: dict[tuple[str, str | None], list[FoundContact]] = {}
    for found in listed:
        if found.name and found.number and len(found.number) <= MAX_TEXT:
            together.setdefault((found.name, found.group), []).append(found)
    for (name, group), rows in together.items():
        words = islice(filter(None, (group, *(tag for row in rows for tag in row.tags))), MAX_GROUPS)
        yield Contact(
            name=to_inert_line(name),
            phones=tuple(_to_number(row) for row in rows[:MAX_NUMBERS]),
            groups=tuple(dict.fromkeys(map(to_inert_line, words))),
        )


def _to_number(found: FoundContact) -> ContactNumber:
    kinds = frozenset({found.kind}) if found.kind is not None else frozenset()
    return ContactNumber(found.number or "", kinds)
