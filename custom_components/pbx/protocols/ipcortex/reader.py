"""Read by REST what the script does not tell: night modes, users, inventory and call records."""

from collections import deque
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from ..absences import is_suspicious
from ..enums import Capability
from ..errors import CommandFailed, ConnectionLost, MissingRight, ProtocolError
from ..json_fields import get_time
from ..model import PastCall, Switch, SwitchEvent
from .decode import decode_names, decode_records
from .decode_rest import (
    FORWARD_ALL,
    FORWARD_OFF,
    HOT_DESK,
    OPTIONS,
    UNLINK,
    Inventory,
    Person,
    PhoneLink,
    decode_calendar,
    decode_links,
    decode_owners,
    decode_people,
    decode_phone_types,
    decode_switch_names,
    decode_switches,
    parse_switch_id,
)
from .rest import Rest

DIALPLAN_READ = "/rest/dialplan/read"
DIALPLAN_UPDATE = "/rest/dialplan/update"
NAMES = "/rest/dialplan/readnames"
CALENDAR_READ = "/rest/dialplan/readcal"
CALENDAR_CREATE = "/rest/dialplan/createcal"
RECORDS = "/rest/call/read"
USERS = "/rest/ops/read"
USER_UPDATE = "/rest/ops/update"
LINKS = "/rest/dialplan/readlink"
LINK = "/rest/dialplan/link"
PHONES = ("/rest/dialplan/active", "/rest/dialplan/inactive")

MOST_ROWS = 500
# A PABX that has been away can have pages of records, none of which is news by then.
MOST_PAGES = 20
FIRST_RECORDS = timedelta(days=1)
KEPT_RECORDS = 1000

CAPABILITIES = {
    "switches": frozenset({Capability.SWITCHES, Capability.SET_SWITCH, Capability.SWITCH_CALENDAR}),
    "users": frozenset({Capability.USERS, Capability.FORWARD_ALWAYS, Capability.SET_FORWARD}),
    "records": frozenset({Capability.CALL_HISTORY}),
    "links": frozenset({Capability.HOT_DESK, Capability.CLEAR_HOT_DESK}),
}


class Reader:
    """Read by REST, and keep the last good answer of each kind."""

    def __init__(self, most_night_modes: int) -> None:
        self.rest: Rest | None = None
        self._most = most_night_modes
        self.companies: list[str] = []
        self.switches: dict[str, Switch] = {}
        self.people: dict[str, Person] = {}
        self.inventory = Inventory()
        self.records: deque[PastCall] = deque(maxlen=KEPT_RECORDS)
        self._names: dict[str, list[str | None]] = {}
        self._types: dict[str, Mapping[str, str]] = {}
        # Lists that have lost half of what they had, which the next reading has to say as well.
        self._doubted: set[str] = set()
        self._last_record: int | None = None
        self._fresh = True

    @property
    def _rest(self) -> Rest:
        if self.rest is None:
            raise ConnectionLost("the session is not open")
        return self.rest

    @property
    def fresh(self) -> bool:
        """Return whether the call records were never read."""
        return self._fresh

    def set_companies(self, user: Mapping[str, Any], company: str | None) -> None:
        """Choose the companies that are asked about from the settings, the login, or what all PABXs have."""
        own = user.get("company")
        listed = list(decode_names(user.get("companies")))
        self.companies = [company] if company else listed or [own if isinstance(own, str) else "default"]

    async def read_switches(self) -> dict[str, Switch]:
        """Read how all night modes are set.

        Each reading raises MissingRight where the PABX refuses it, CommandFailed, ProtocolError or
        CannotConnect where it failed this time; what was known stays then.
        """
        body = {"type": "nm", "scope": {"company": self.companies}}
        values = await self._rest.read(DIALPLAN_READ, body)
        found = {switch.id: switch for switch in decode_switches(values, self._names, self._most)}
        _expect_rows(DIALPLAN_READ, values, found)
        self._expect_most("switches", self.switches, found)
        self.switches = found
        return self.switches

    async def read_names(self) -> None:
        """Read the names of all night modes, which releases before 6.3 do not tell."""
        body = {"type": "nm", "scope": {"company": self.companies}}
        self._names = decode_switch_names(await self._rest.read(NAMES, body))

    async def read_people(self) -> dict[str, Person]:
        """Read the users and where their calls go."""
        found = await self._read_people()
        self._expect_most("users", self.people, found)
        self.people = found
        return self.people

    def _expect_most(self, name: str, before: Collection[Any], after: Collection[Any]) -> None:
        """Raise ProtocolError where a list has lost half of what it had, for the first time.

        Half of the people leave at once more seldom than a PABX that starts answers with a part of them.
        """
        if is_suspicious(len(before) - len(after), len(before)) and name not in self._doubted:
            self._doubted.add(name)
            raise ProtocolError(f"the PBX leaves out half of the {name}")
        self._doubted.discard(name)

    async def _read_people(self) -> dict[str, Person]:
        values = await self._rest.read(USERS, {"type": "user"})
        found = decode_people(values)
        _expect_rows(USERS, values, found)
        return found

    async def read_extensions(self) -> Inventory:
        """Read whose number each extension is."""
        owners = decode_owners(await self._rest.read(DIALPLAN_READ, {"type": "extension"}))
        self._expect_most("extensions", self.inventory.owners, owners)
        self.inventory = replace(self.inventory, owners=owners)
        return self.inventory

    async def read_phones(self) -> Inventory:
        """Read the makes of telephones; a list that the PABX refuses leaves those of the other."""
        refused: MissingRight | None = None
        for path in PHONES:
            try:
                found = decode_phone_types(await self._rest.read(path, {"type": "phone"}))
                self._expect_most(path, self._types.get(path, ()), found)
                self._types[path] = found
            except MissingRight as err:
                refused = err
        if refused is not None and not self._types:
            raise refused
        types = {phone: make for known in self._types.values() for phone, make in known.items()}
        self.inventory = replace(self.inventory, types=types)
        return self.inventory

    async def read_links(self) -> Inventory:
        """Read who is logged in at which telephone."""
        links = await self._read_links()
        self._expect_most("links", self.inventory.links, links)
        self.inventory = replace(self.inventory, links=links)
        return self.inventory

    async def _read_links(self) -> tuple[PhoneLink, ...]:
        return decode_links(await self._rest.read(LINKS, {"type": "user"}))

    @property
    def has_hot_desks(self) -> bool:
        """Return whether a user is logged in at a hot desk, or may log in at one, as far as the PABX says."""
        used = any(link.type == HOT_DESK for link in self.inventory.links)
        return used or any(person.can_hot_desk for person in self.people.values())

    async def unlink(self, link: PhoneLink) -> None:
        """Log a user out of a telephone; the PABX is asked whether it did."""
        body = {"type": "user", "values": {link.phone: {"type": UNLINK}}}
        await self._rest.call(LINK, body, command=True)
        links = await self._read_links()
        if link in links:
            raise CommandFailed("not_changed")
        self.inventory = replace(self.inventory, links=links)

    async def read_records(self) -> list[PastCall]:
        """Read the call records that are new; the first time, those of the last day."""
        new: list[PastCall] = []
        for _ in range(MOST_PAGES):
            page = decode_records(
                await self._rest.read(RECORDS, {"type": "cdr", "scope": self._record_scope()})
            )
            new += page.values()
            if page:
                self._last_record = max(page)
            if len(page) < MOST_ROWS:
                break
        self._fresh = False
        self.records.extend(new)
        return new

    def _record_scope(self) -> dict[str, int]:
        if self._last_record is not None:
            return {"minID": self._last_record + 1, "maxRows": MOST_ROWS}
        since = datetime.now(UTC) - FIRST_RECORDS
        return {"minDate": round(since.timestamp() * 1000), "maxRows": MOST_ROWS}

    async def set_switch(self, switch: str, value: str) -> None:
        """Set a night mode."""
        company, number = parse_switch_id(switch)
        word = OPTIONS.get(value)
        if switch not in self.switches or word is None:
            raise CommandFailed("no_such_switch" if word is not None else "no_such_value")
        body = {"type": "nm", "scope": {"company": [company]}, "values": {number: word}}
        await self._rest.call(DIALPLAN_UPDATE, body, command=True)

    async def set_forward(self, user: str, number: str | None) -> Person:
        """Forward all calls of a user; the update is verified, since its form is not documented in full."""
        person = self.people.get(user)
        if person is None:
            raise CommandFailed("no_such_user")
        kept = person.vacation_mode if person.forward is not None else FORWARD_ALL
        values = {"vacation_mode": FORWARD_OFF}
        if number is not None:
            values = {"vacation": number, "vacation_mode": kept or FORWARD_ALL}
        # The simplest reading of the pages is that ids are numbers where they are told as numbers.
        scope = {"contact_id": int(user) if user.isdecimal() else user}
        body = {"type": "user", "scope": scope, "values": values}
        await self._rest.call(USER_UPDATE, body, command=True)
        after = (await self._read_people()).get(user)
        if after is None or after.forward != number:
            raise CommandFailed("not_changed")
        self.people = {**self.people, user: after}
        return after

    async def read_calendar(self, switch: str) -> list[SwitchEvent]:
        """Return when the PABX itself sets a night mode."""
        company, number = parse_switch_id(switch)
        values = await self._rest.read(CALENDAR_READ, {"type": "nm", "scope": {"company": [company]}})
        found = []
        for event in decode_calendar(values):
            start, end = get_time(event, "start"), get_time(event, "end")
            if event["company"] == company and str(event["number"]) == number and start and end:
                value = (event["action"] or "").lower()
                found.append(SwitchEvent(start=start, end=end, value=value, repeat=event["repeat"]))
        return found

    async def add_event(self, switch: str, event: SwitchEvent) -> None:
        """Let the PABX itself set a night mode; its calendar counts them from 0."""
        company, number = parse_switch_id(switch)
        if switch not in self.switches or event.value not in {"on", "off"}:
            raise CommandFailed("no_such_switch" if event.value in {"on", "off"} else "no_such_value")
        values = {
            "start": round(event.start.timestamp() * 1000),
            "end": round(event.end.timestamp() * 1000),
            "last": None,
            "repeat": event.repeat or "NEVER",
            "action": event.value.upper(),
            "instance": str(int(number) - 1),
            "company": company,
        }
        await self._rest.call(CALENDAR_CREATE, {"type": "nm", "values": values}, command=True)


def _expect_rows(path: str, values: Collection[Any], found: Collection[Any]) -> None:
    """Raise ProtocolError where a list has something in it and nothing of that can be read."""
    if values and not found and not all(value in ({}, []) for value in _get_members(values)):
        raise ProtocolError(f"the PBX answers {path} with nothing that can be read")


def _get_members(values: Collection[Any]) -> Collection[Any]:
    return values.values() if isinstance(values, Mapping) else values
