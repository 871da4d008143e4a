"""Copy the directory and the accounts, which the PBX hands out one by one."""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from typing import Any

from ..changes import Change
from ..json_fields import JsonObject, get_integer, get_object, get_text, iter_one_or_many
from ..model import Switch
from .connection import Connection
from .decode_objects import COLUMNS, QUEUE, USER, VOICEMAIL, decode_account, decode_row
from .feed import Feed
from .rights import Api

TABLE_SRC, ACCOUNT_SRC = "tab", "acc"
WALK_TIMEOUT = 30.0
# Too many types have made a PBX restart; these are all that anybody needs.
TYPES = (USER, QUEUE, VOICEMAIL)
MOST_ROWS = 100_000
MOST_ACCOUNTS = 20_000
ACCOUNT_INTERVAL = 120.0
# Deleted accounts are not told of, so once a day the walk begins anew.
FULL_WALK_INTERVAL = 86_400.0

type Emit = Callable[[Sequence[Change]], Awaitable[None]]


class Directory:
    """Replicate the table of users; reading only, since writing would change the PBX."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed

    async def start(self, connection: Connection) -> None:
        """Ask for the replication; raises NoAnswer where it is not granted."""
        columns: dict[str, JsonObject] = {name: {} for name in COLUMNS}
        await connection.ask(
            Api.TABLE,
            "ReplicateStart",
            src=TABLE_SRC,
            add=True,
            **{"del": True},
            columns=columns,
            pseudo=list(TYPES),
        )

    async def copy(self, connection: Connection, emit: Emit) -> None:
        """Copy every row, then drop those that an earlier copy had and this one has not."""
        seen: set[str] = set()
        for _ in range(MOST_ROWS):
            frame = await connection.ask(Api.TABLE, "ReplicateNext", src=TABLE_SRC, timeout=WALK_TIMEOUT)
            row = decode_row(frame)
            if row is None:
                break
            seen.add(row.guid)
            await emit(self._feed.row(frame) or [])
        gone = [
            entry.guid
            for entry in self._feed.directory.entries.values()
            if entry.row is not None and entry.guid not in seen
        ]
        for guid in gone:
            await emit(self._feed.drop_row(guid))
        await emit(self._feed.queues())


class Accounts:
    """Walk over the accounts, from where the last walk ended."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        feed.on_out_of_view = self.recheck
        self._database: str | None = None
        self._position: tuple[str | None, str | None] = (None, None)
        self._seen: set[str] = set()
        self._due = 0.0
        self._full_due = 0.0

    async def start(self, connection: Connection, seconds: float) -> None:
        """Ask which database this is; raises NoAnswer where the firmware has no such API."""
        frame = await connection.ask(Api.ACCOUNT, "AccountInfo", src=ACCOUNT_SRC, timeout=seconds)
        self._begin(decode_account(frame).database)
        self._due = 0.0

    def _begin(self, database: str | None) -> None:
        self._database = database
        self._position = (None, None)
        self._seen = set()

    def recheck(self) -> None:
        """Walk over all accounts soon, since one may be gone."""
        self._due = self._full_due = 0.0

    def due(self, now: float) -> bool:
        """Tell whether it is time to walk on."""
        return now >= self._due

    async def walk(self, connection: Connection, now: float, emit: Emit) -> None:
        """Read on until nothing is newer; a database that was replaced is walked from its beginning."""
        self._due = now + ACCOUNT_INTERVAL
        full = now >= self._full_due
        if full:
            self._begin(self._database)
            self._full_due = now + FULL_WALK_INTERVAL
        for _ in range(MOST_ACCOUNTS):
            if not await self._step(connection, emit):
                break
        if full:
            await self._drop_unseen(emit)

    async def _step(self, connection: Connection, emit: Emit) -> bool:
        """Read one account; False where there is no newer one."""
        frame = await connection.ask(
            Api.ACCOUNT, "AccountInfo", src=ACCOUNT_SRC, timeout=WALK_TIMEOUT, **self._where()
        )
        account = decode_account(frame)
        if account.database is not None and account.database != self._database:
            self._begin(account.database)
            self._full_due = 0.0
            return True
        if account.guid is None or account.position == self._position:
            return False
        self._position = account.position
        self._seen.add(account.guid)
        self._feed.directory.entry(account.guid).account = account
        await emit(self._feed.refresh(account.guid))
        return True

    def _where(self) -> dict[str, str]:
        """Return how far the walk has come, in the fields of the request."""
        named = {"guid": self._database, "usn": self._position[0], "ausn": self._position[1]}
        return {name: value for name, value in named.items() if value is not None}

    async def _drop_unseen(self, emit: Emit) -> None:
        for entry in list(self._feed.directory.entries.values()):
            if entry.account is not None and entry.guid not in self._seen:
                entry.account = None
                await emit(self._feed.refresh(entry.guid))


CONFIG_SRC = "cfg"
# Objects are asked for one by one, so registrations that nobody pushes are read only now and then.
REGISTRATION_INTERVAL = 900.0


async def start(connection: Connection) -> None:
    """Ask which PBX this is; raises NoAnswer where administration is not granted."""
    await connection.ask(Api.ADMIN, "MonitorConfig", src=CONFIG_SRC)


async def read_switches(connection: Connection, feed: Feed) -> list[Change]:
    """Read the Boolean objects, of which the PBX tells nothing by itself."""
    frame = await connection.ask(Api.ADMIN, "GetBooleans")
    return feed.directory.show_switches(_switches(frame))


def _switches(frame: JsonObject) -> Iterator[Switch]:
    for item in iter_one_or_many(frame.get("booleans")):
        guid = get_text(item, "guid") or get_text(item, "name")
        if guid is not None:
            yield Switch(
                id=guid,
                name=get_text(item, "name") or guid,
                value=item.get("on") is True,
                settable=False,
                reason=get_text(item, "reason"),
            )


async def read_registrations(connection: Connection, feed: Feed, guid: str) -> list[Change]:
    """Read which devices of a user are registered, for a login without RCC."""
    frame = await connection.ask(Api.ADMIN, "GetRegs", guid=guid)
    entry = feed.directory.entry(guid)
    # A schema of the vendor nests each registration once more.
    found = (get_text(get_object(item, "reg") or item, "hw") for item in iter_one_or_many(frame.get("regs")))
    entry.registered = tuple(dict.fromkeys(hardware for hardware in found if hardware))
    return feed.refresh(guid)


async def read_licences(connection: Connection) -> list[Mapping[str, Any]]:
    """Read how many licences there are and how many are in use."""
    frame = await connection.ask(Api.ADMIN, "GetPbxLicenses")
    lists = [value for value in frame.values() if isinstance(value, list)]
    return [
        {
            "name": get_text(item, "name"),
            "version": get_text(item, "version"),
            "count": get_integer(item, "count"),
            "used": get_integer(item, "used"),
        }
        for found in lists
        for item in iter_one_or_many(found)
    ]
