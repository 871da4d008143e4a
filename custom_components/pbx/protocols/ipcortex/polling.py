"""Read by REST at first and again and again; drop what the login may not read."""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from functools import partial
import logging
from typing import Any

from ..call import Call, Leg, Party
from ..changes import CapabilitiesChanged, Change, Moment, Notice, Remove, Upsert
from ..enums import CallDirection, CallState, Capability, LegRole, MomentType, NoticeCode, ObjectKind, Outcome
from ..errors import AuthFailed, CertificateNotTrusted, MissingRight, PbxError
from ..keys import ObjectKey
from ..model import PastCall, Switch
from ..queued_session import Report
from ..scheduler import FIRST_RETRY, Scheduler
from .connection import Connection
from .decode_rest import index_numbers
from .directory import Directory
from .reader import CAPABILITIES, DIALPLAN_READ, RECORDS, USERS
from .rest import LoggedOut

_LOGGER = logging.getLogger(__name__)

_MISSED = frozenset({Outcome.NO_ANSWER, Outcome.BUSY})


def iter_missed_calls(records: Iterable[PastCall], users: Mapping[str, str]) -> Iterator[Moment]:
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
LINKS = "links"
# How often a right is made sure of that nothing is read with.
RIGHT_INTERVAL = 3600.0


class Polling:
    """Keep night modes, users and call records up to date.

    A reading that fails is made again later and changes nothing that is known. Only what the PABX refuses in
    its own words is a right that the login lacks, and that is asked for again too, less often.
    """

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
            "names": self._read_names,
            "users": self._read_users,
            "extensions": self._read_extensions,
            "phones": self._read_phones,
            LINKS: self._read_links,
            "switches": self._read_switches,
            "records": self._read_records,
        }
        self._refused: set[str] = set()
        self._read_at: dict[str, float] = {}
        # Whether the script told of calls when the records had their last turn.
        self._was_live = True
        self._wanted = frozenset(ObjectKind)

    @property
    def capabilities(self) -> set[Capability]:
        """Return what follows from what the login may read."""
        names = self._connection.readable
        if not (self._is_live() and self._connection.reader.has_hot_desks):
            names = names - {LINKS}
        return {capability for name in names for capability in CAPABILITIES.get(name, ())}

    async def read_all(self) -> list[Change]:
        """Read everything and say what is refused; raises AuthFailed and CertificateNotTrusted.

        What could be read before a reconnect counts as readable until the PABX says otherwise.
        """
        self._scheduler.clear()
        self._plan()
        notices: list[Change] = []
        for name in self._readings:
            try:
                changes = await self._read(name)
            except AuthFailed, CertificateNotTrusted:
                raise
            except PbxError as err:
                _LOGGER.debug("Reading %s failed: %s", name, type(err).__name__)
                self._scheduler.hasten(name, FIRST_RETRY)
            else:
                # The state is in the snapshot; what was missed during an outage is news all the same.
                notices += [change for change in changes if isinstance(change, Moment)]
            if name in PATHS and self._is_settled(name):
                active = name not in self._connection.readable
                notices.append(Notice(NoticeCode.MISSING_RIGHT, active, PATHS[name]))
        return notices

    def _is_settled(self, name: str) -> bool:
        """Return whether the PABX has let something be read or refused it."""
        return name in self._connection.readable or name in self._refused

    def _plan(self) -> None:
        settings = self._connection.settings
        times = {"records": settings.history_interval}
        if ObjectKind.SWITCH in self._wanted:
            times["switches"] = settings.switch_interval
        for name in self._readings:
            interval = times.get(name, settings.settings_interval)
            self._scheduler.plan(name, partial(self._read_again, name), interval)

    def watch(self, kinds: frozenset[ObjectKind]) -> None:
        """Read night modes often only while they are wanted."""
        before, self._wanted = self._wanted, kinds
        if before != kinds:
            self._plan()

    def quicken(self) -> None:
        """Read as often as usual again, since something goes on."""
        self._scheduler.quicken()

    async def run(self) -> None:
        """Read everything again in its time; raises errors of the session only."""
        await self._scheduler.run()

    def hasten_links(self) -> None:
        """Read soon who is logged in where, since a telephone has changed hands."""
        self._scheduler.hasten(LINKS)

    def statistics(self) -> Mapping[str, Any]:
        """Return which readings fail, with nothing personal in it."""
        return self._scheduler.statistics()

    async def _read_again(self, name: str) -> None:
        """Read one thing and report it; a session that was ended is renewed first."""
        before = self._is_readable(name)
        if name == "records" and self._is_live() and self._is_known_right(name):
            self._was_live = True
            return
        try:
            changes = await self._read(name)
        except LoggedOut:
            await self._connection.login_again()
            changes = await self._read(name)
        if before != self._is_readable(name):
            changes = [*changes, CapabilitiesChanged()]
            if name in PATHS:
                changes.append(Notice(NoticeCode.MISSING_RIGHT, active=before, detail=PATHS[name]))
        await self._report(changes)
        self._scheduler.set_pace(name, has_news=bool(changes) or (name == "records" and not self._is_live()))

    def _is_known_right(self, name: str) -> bool:
        """Return whether a right that nothing else needs now was seen within an hour.

        The script tells of each call, and who asks for the history has it read; but a right may be withdrawn.
        """
        age = self._connection.link.clock.time() - self._read_at.get(name, float("-inf"))
        return self._is_readable(name) and age < RIGHT_INTERVAL

    def _is_readable(self, name: str) -> bool:
        return name in self._connection.readable

    async def _read(self, name: str) -> list[Change]:
        """Read one thing and remember whether the login may."""
        capabilities = self.capabilities
        try:
            changes = await self._readings[name]()
        except MissingRight:
            self._connection.readable.discard(name)
            self._refused.add(name)
            return []
        self._connection.readable.add(name)
        self._read_at[name] = self._connection.link.clock.time()
        self._refused.discard(name)
        return changes if capabilities == self.capabilities else [*changes, CapabilitiesChanged()]

    async def _read_names(self) -> list[Change]:
        await self._connection.reader.read_names()
        return await self._read_switches() if self._connection.reader.switches else []

    async def _read_users(self) -> list[Change]:
        return self._directory.update_people(await self._connection.reader.read_people())

    async def _read_extensions(self) -> list[Change]:
        return self._directory.update_inventory(await self._connection.reader.read_extensions())

    async def _read_phones(self) -> list[Change]:
        return self._directory.update_inventory(await self._connection.reader.read_phones())

    async def _read_links(self) -> list[Change]:
        return self._directory.update_inventory(await self._connection.reader.read_links())

    async def _read_switches(self) -> list[Change]:
        reader = self._connection.reader
        before = dict(reader.switches)
        return _list_changed(before, await reader.read_switches())

    async def _read_records(self) -> list[Change]:
        reader = self._connection.reader
        # What the script has told before it was lost is no news.
        is_told = reader.fresh or self._was_live
        self._was_live = self._is_live()
        records = await reader.read_records()
        if is_told or self._was_live:
            return []
        return list(iter_missed_calls(records, index_numbers(reader.people, reader.inventory.owners)))


def _list_changed(before: Mapping[str, Switch], after: Mapping[str, Switch]) -> list[Change]:
    gone: list[Change] = [Remove(before[key].key) for key in before.keys() - after.keys()]
    return gone + [Upsert(switch) for key, switch in after.items() if before.get(key) != switch]
