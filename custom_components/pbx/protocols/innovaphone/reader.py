"""Ask the PBX for what it does not send by itself; every function raises NoAnswer or ConnectionLost."""

from collections.abc import Mapping, Sequence
from typing import Any

from ..enums import ForwardKind
from ..model import Switch
from .connection import TIMEOUT, Connection
from .decode_objects import (
    COLUMNS,
    DIVERSION_TYPES,
    TYPES,
    Account,
    Node,
    Row,
    decode_account,
    decode_devices,
    decode_diversion,
    decode_licences,
    decode_registrations,
    decode_row,
    decode_switches,
)
from .rights import Api

TABLE_SRC, ACCOUNT_SRC, CONFIG_SRC = "tab", "acc", "cfg"
WALK_TIMEOUT = 30.0


async def read_node(connection: Connection) -> Node:
    """Return the numbering of the node that the login is at."""
    return Node.from_node_info(await connection.send_request(Api.PBX, "GetNodeInfo"))


async def read_diversion(
    connection: Connection, guid: str, kind: ForwardKind, seconds: float = TIMEOUT
) -> str | None:
    """Return where one kind of calls of a user is diverted to; only newer firmware answers this."""
    answer = await connection.send_request(
        Api.PBX, "GetDiversion", guid=guid, type=DIVERSION_TYPES[kind], timeout=seconds
    )
    return decode_diversion(answer)


async def read_devices(connection: Connection, cn: str) -> dict[str, str | None]:
    """Return the configured devices of a user by hardware id, each with its description."""
    answer = await connection.send_request(Api.RCC, "Devices", cn=cn)
    return dict(decode_devices(answer.get("devices")))


async def start_table(connection: Connection) -> None:
    """Start the replication of the directory; reading only, since writing would change the PBX."""
    await connection.send_request(
        Api.TABLE,
        "ReplicateStart",
        src=TABLE_SRC,
        add=True,
        **{"del": True},
        columns={name: {} for name in COLUMNS},
        pseudo=list(TYPES),
    )


async def read_row(connection: Connection) -> Row | None:
    """Return the next row of the replicated directory, None after the last one."""
    answer = await connection.send_request(Api.TABLE, "ReplicateNext", src=TABLE_SRC, timeout=WALK_TIMEOUT)
    return decode_row(answer)


async def read_account(
    connection: Connection, position: Mapping[str, str], seconds: float = WALK_TIMEOUT
) -> Account:
    """Return the account that follows a position, in the fields of the request."""
    answer = await connection.send_request(
        Api.ACCOUNT, "AccountInfo", src=ACCOUNT_SRC, timeout=seconds, **position
    )
    return decode_account(answer)


async def start_administration(connection: Connection) -> None:
    """Ask which PBX this is, and subscribe to changes of that."""
    await connection.send_request(Api.ADMIN, "MonitorConfig", src=CONFIG_SRC)


async def read_switches(connection: Connection) -> Sequence[Switch]:
    """Return the Boolean objects, of which the PBX sends nothing by itself."""
    return decode_switches(await connection.send_request(Api.ADMIN, "GetBooleans"))


async def read_registrations(connection: Connection, guid: str) -> tuple[str, ...]:
    """Return the hardware ids of the devices at which a user is registered."""
    return decode_registrations(await connection.send_request(Api.ADMIN, "GetRegs", guid=guid))


async def read_licences(connection: Connection) -> Sequence[Mapping[str, Any]]:
    """Return how many licences of each name and version there are, and how many are in use."""
    return decode_licences(await connection.send_request(Api.ADMIN, "GetPbxLicenses"))
