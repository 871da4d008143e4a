"""Read by REST at first and again and again; drop what the login may not read."""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from functools import partial

from ..changes import CapabilitiesChanged, Change, Moment, Notice, Remove, Upsert
from ..enums import CallDirection, CallState, Capability, LegRole, MomentType, NoticeCode, ObjectKind, Outcome
from ..errors import MissingRight
from ..model import Call, Leg, ObjectKey, Party, PastCall, Switch
from ..queued_session import Report
from ..scheduler import Scheduler
from .connection import Connection
from .decode_rest import index_numbers
from .directory import Directory
from .reader import CAPABILITIES, DIALPLAN_READ, RECORDS, USERS
from .rest import LoggedOut

_MISSED = frozenset({Outcome.NO_ANSWER, Outcome.BUSY})


def missed_calls(records: Iterable[PastCall], users: Mapping[str, str]) -> Iterator[Moment]:
    """Yield a moment for each call that a user did not take; users are known by their numbers."""
    for record in records:
        user = users.get(record.called_number or "")
        if user is None or record.outcome not in _MISSED or record.time is None:
            continue
        called = Party(number=record.called_number, user=user)
        leg = Leg(
            id=record.id, role=LegRole.CALLEE, party=called, state=CallState.ENDED, outcome=Outcome.MISSED
        )
        inside = record.caller_number in users
        yield Moment(
            key=ObjectKey(ObjectKind.USER, user),
            type=MomentType.MISSED,
            call=Call(
                id=f"record {record.id}",
                direction=CallDirection.INTERNAL if inside else CallDirection.INCOMING,
                started=record.time,
                caller=Party(number=record.caller_number, name=record.caller_name),
                called=called,
                legs=(leg,),
                ended=record.time,
                outcome=Outcome.MISSED,
            ),
        )


# What a person would miss; who may not read the rest misses little.
PATHS = {"switches": DIALPLAN_READ, "users": USERS, "records": RECORDS}
INVENTORY = "inventory"


class Polling:
    """Keep night modes, users and call records up to date."""

    def __init__(
        self,
        connection: Connection,
        directory: Directory,
        report: Report,
        is_live: Callable[[], bool],
    ) -> None:
        self._connection = connection
        self._directory = directory
        self._report = report
        self._is_live = is_live
        self._scheduler = Scheduler(connection.link.clock)
        self._readings: dict[str, Callable[[], Awaitable[list[Change]]]] = {
            "users": self._users,
            INVENTORY: self._inventory,
            "switches": self._switches,
            "records": self._records,
        }

    @property
    def capabilities(self) -> set[Capability]:
        """Return what follows from what the login may read."""
        return {capability for name in self._connection.readable for capability in CAPABILITIES.get(name, ())}

    async def read_all(self) -> list[Change]:
        """Read everything and say what is refused; raises CannotConnect or ProtocolError."""
        self._connection.readable.clear()
        await self._connection.reader.read_names()
        notices: list[Change] = []
        for name, read in self._readings.items():
            try:
                await read()
            except MissingRight:
                pass
            else:
                self._connection.readable.add(name)
            if name in PATHS:
                notices.append(
                    Notice(NoticeCode.MISSING_RIGHT, name not in self._connection.readable, PATHS[name])
                )
        return notices

    async def run(self) -> None:
        """Read again in its time what could be read at first; raises every error but a refusal."""
        settings = self._connection.settings
        times = {
            "users": settings.settings_interval,
            INVENTORY: settings.settings_interval,
            "switches": settings.switch_interval,
            "records": settings.history_interval,
        }
        self._scheduler.clear()
        for name in sorted(self._connection.readable & times.keys()):
            self._scheduler.plan(name, partial(self._read_again, name), times[name])
        await self._scheduler.run()

    async def _read_again(self, name: str) -> None:
        """Read one thing; what is refused is not read any more, and a session that was ended is renewed."""
        try:
            await self._report(await self._readings[name]())
        except MissingRight:
            self._scheduler.cancel(name)
            self._connection.readable.discard(name)
            notice = Notice(NoticeCode.MISSING_RIGHT, active=True, detail=PATHS[name])
            await self._report([notice, CapabilitiesChanged()])
        except LoggedOut:
            await self._connection.login_again()

    async def _users(self) -> list[Change]:
        return self._directory.update_people(await self._connection.reader.read_people())

    async def _inventory(self) -> list[Change]:
        reader = self._connection.reader
        changes = self._directory.update_inventory(await reader.read_inventory())
        if "links" in self._connection.readable or not (self._is_live() and reader.has_hot_desks):
            return changes
        self._connection.readable.add("links")
        return [*changes, CapabilitiesChanged()]

    async def _switches(self) -> list[Change]:
        reader = self._connection.reader
        before = dict(reader.switches)
        return _difference(before, await reader.read_switches())

    async def _records(self) -> list[Change]:
        reader = self._connection.reader
        first = reader.fresh
        records = await reader.read_records()
        return (
            []
            if first or self._is_live()
            else list(missed_calls(records, index_numbers(reader.people, reader.inventory.owners)))
        )


def _difference(before: Mapping[str, Switch], after: Mapping[str, Switch]) -> list[Change]:
    gone: list[Change] = [Remove(before[key].key) for key in before.keys() - after.keys()]
    return gone + [Upsert(switch) for key, switch in after.items() if before.get(key) != switch]
