"""Ask the PBX for what it does not send by itself.

Every function raises NoAnswer, Unreadable or ConnectionLost, and no answer that is a refusal or of another
shape counts as an empty one.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..enums import ForwardKind
from ..json_fields import JsonObject
from ..model import Switch
from .connection import TIMEOUT, Connection, Unreadable
from .decode_objects import (
    COLUMNS,
    DIVERSION_TYPES,
    TYPES,
    AccountStep,
    Node,
    Row,
    decode_account,
    decode_devices,
    decode_diversion,
    decode_licences,
    decode_registrations,
    decode_row,
    decode_switches,
    get_refusal,
    is_last_row,
    is_readable_diversion,
    is_readable_list,
)
from .rights import Api

VIEW_SRC, TABLE_SRC, ACCOUNT_SRC, CONFIG_SRC = "rcc", "tab", "acc", "cfg"
USERS_PER_TICK = 50
WALK_TIMEOUT = 30.0


async def _ask(connection: Connection, api: Api, mt: str, listed: str = "", /, **fields: Any) -> JsonObject:
    """Return an answer that is no refusal; `listed` names the list in it that has to be readable."""
    answer = await connection.send_request(api, mt, **fields)
    if (refusal := get_refusal(answer)) is not None:
        raise Unreadable(f"the PBX refuses {mt}: {refusal}")
    if listed and not is_readable_list(answer, listed):
        raise Unreadable(f"the PBX answers {mt} without a list")
    return answer


async def start_calls(connection: Connection, **fields: Any) -> None:
    """Have all objects in view reported, and what changes about them; returns once all were."""
    await _ask(connection, Api.RCC, "Initialize", src=VIEW_SRC, limit=USERS_PER_TICK, **fields)


async def read_node(connection: Connection) -> Node:
    """Return the numbering of the node that the login is at."""
    return Node.from_node_info(await _ask(connection, Api.PBX, "GetNodeInfo"))


async def read_diversion(
    connection: Connection, guid: str, kind: ForwardKind, seconds: float = TIMEOUT
) -> str | None:
    """Return where one kind of calls of a user is diverted to; only newer firmware answers this."""
    kind_of_calls = DIVERSION_TYPES[kind]
    answer = await _ask(connection, Api.PBX, "GetDiversion", guid=guid, type=kind_of_calls, timeout=seconds)
    if not is_readable_diversion(answer):
        raise Unreadable("the PBX names a diversion in an unknown form")
    return decode_diversion(answer)


async def read_devices(connection: Connection, cn: str) -> dict[str, str | None]:
    """Return the configured devices of a user by hardware id, each with its description."""
    answer = await _ask(connection, Api.RCC, "Devices", "devices", cn=cn)
    return dict(decode_devices(answer.get("devices")))


async def start_table(connection: Connection) -> None:
    """Start the replication of the directory; reading only, since writing would change the PBX."""
    await _ask(
        connection,
        Api.TABLE,
        "ReplicateStart",
        src=TABLE_SRC,
        add=True,
        **{"del": True},
        columns={name: {} for name in COLUMNS},
        pseudo=list(TYPES),
    )


async def read_row(connection: Connection, known: Callable[[str], Row | None]) -> tuple[Row | None, bool]:
    """Return the next row of the replicated directory, None for one without an id, and whether it ended."""
    walk = {"src": TABLE_SRC, "timeout": WALK_TIMEOUT, "paced": False}
    answer = await _ask(connection, Api.TABLE, "ReplicateNext", **walk)
    return decode_row(answer, known), is_last_row(answer)


async def read_account(
    connection: Connection, position: Mapping[str, str], seconds: float = WALK_TIMEOUT
) -> AccountStep:
    """Return the account that follows a position, in the fields of the request."""
    walk = {"src": ACCOUNT_SRC, "timeout": seconds, "paced": False}
    answer = await _ask(connection, Api.ACCOUNT, "AccountInfo", **walk, **position)
    return decode_account(answer)


async def start_administration(connection: Connection) -> None:
    """Ask which PBX this is, and subscribe to changes of that."""
    await _ask(connection, Api.ADMIN, "MonitorConfig", src=CONFIG_SRC)


async def read_switches(connection: Connection) -> tuple[Sequence[Switch], bool]:
    """Return the Boolean objects, and whether the list was there and all of it is readable.

    The PBX sends nothing of them by itself.
    """
    answer = await _ask(connection, Api.ADMIN, "GetBooleans", "booleans")
    switches, listed = decode_switches(answer), answer.get("booleans")
    return switches, isinstance(listed, list) and len(listed) == len(switches)


async def read_registrations(connection: Connection, guid: str) -> tuple[str, ...]:
    """Return the hardware ids of the devices at which a user is registered."""
    return decode_registrations(await _ask(connection, Api.ADMIN, "GetRegs", "regs", guid=guid))


async def read_licences(connection: Connection) -> Sequence[Mapping[str, Any]]:
    """Return how many licences of each name and version there are, and how many are in use."""
    return decode_licences(await _ask(connection, Api.ADMIN, "GetPbxLicenses"))
