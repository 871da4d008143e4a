"""Read by REST at first and again and again; drop what the login may not read."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from ..changes import CapabilitiesChanged, Change, Notice, Remove, Upsert
from ..enums import Capability, NoticeCode
from ..errors import MissingRight
from ..model import Switch
from .connection import Connection
from .directory import Directory
from .missed import missed_calls
from .people import numbers
from .polls import Polls
from .reader import CAPABILITIES, DIALPLAN_READ, RECORDS, USERS
from .rest import LoggedOut

# What a person would miss; who may not read the rest misses little.
PATHS = {"switches": DIALPLAN_READ, "users": USERS, "records": RECORDS}
INVENTORY = "inventory"


class Upkeep:
    """Keep night modes, users and call records up to date."""

    def __init__(
        self,
        connection: Connection,
        directory: Directory,
        report: Callable[[Sequence[Change]], Awaitable[None]],
        live: Callable[[], bool],
    ) -> None:
        self._connection = connection
        self._directory = directory
        self._report = report
        self._live = live
        self.readable: set[str] = set()
        self._readings: dict[str, Callable[[], Awaitable[list[Change]]]] = {
            "users": self._users,
            INVENTORY: self._inventory,
            "switches": self._switches,
            "records": self._records,
        }

    @property
    def capabilities(self) -> set[Capability]:
        """Return what follows from what the login may read."""
        return {capability for name in self.readable for capability in CAPABILITIES.get(name, ())}

    async def first(self) -> list[Change]:
        """Read everything and say what is refused."""
        self.readable.clear()
        await self._connection.reader.read_names()
        notices: list[Change] = []
        for name, read in self._readings.items():
            try:
                await read()
            except MissingRight:
                pass
            else:
                self.readable.add(name)
            if name in PATHS:
                notices.append(Notice(NoticeCode.MISSING_RIGHT, name not in self.readable, PATHS[name]))
        return notices

    def start(self, polls: Polls) -> None:
        """Read what could be read at first again in its time."""
        settings = self._connection.settings
        times = {
            "users": settings.settings_interval,
            INVENTORY: settings.settings_interval,
            "switches": settings.switch_interval,
            "records": settings.history_interval,
        }
        for name in sorted(self.readable & times.keys()):
            polls.every(times[name], lambda name=name: self._again(name))  # type: ignore[misc]

    async def _again(self, name: str) -> None:
        if name not in self.readable:
            return
        try:
            await self._report(await self._readings[name]())
        except MissingRight:
            self.readable.discard(name)
            notice = Notice(NoticeCode.MISSING_RIGHT, active=True, detail=PATHS[name])
            await self._report([notice, CapabilitiesChanged()])
        except LoggedOut:
            await self._connection.login_again()

    async def _users(self) -> list[Change]:
        return self._directory.take_people(await self._connection.reader.read_people())

    async def _inventory(self) -> list[Change]:
        reader = self._connection.reader
        changes = self._directory.take_inventory(await reader.read_inventory())
        if "links" in self.readable or not (self._live() and reader.has_hot_desks):
            return changes
        self.readable.add("links")
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
            if first or self._live()
            else list(missed_calls(records, numbers(reader.people, reader.inventory.owners)))
        )


def _difference(before: Mapping[str, Switch], after: Mapping[str, Switch]) -> list[Change]:
    gone: list[Change] = [Remove(before[key].key) for key in before.keys() - after.keys()]
    return gone + [Upsert(switch) for key, switch in after.items() if before.get(key) != switch]
