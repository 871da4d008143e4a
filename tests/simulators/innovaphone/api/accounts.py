"""Answer PbxAccountApi: a walk over the accounts, one an answer."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..world import PbxObject

if TYPE_CHECKING:
    from ..connection import Connection

type Message = dict[str, Any]
type Answer = Message | None


def _account(connection: Connection, message: Message) -> Answer:
    world = connection.world
    if message.get("guid") != world.database:
        return {"guid": world.database}
    serial = connection.simulator.serials
    later = [item for item in world.users() if serial[item.guid] > int(message.get("usn", "0"))]
    if not later:
        return {}
    return _show(connection, min(later, key=lambda item: serial[item.guid]))


def _show(connection: Connection, item: PbxObject) -> Message:
    number = connection.simulator.serials[item.guid]
    return {
        "usn": str(number),
        "ausn": str(number),
        "account-guid": item.guid,
        "account-h323": item.h323,
        "info": {"appobj": connection.app, "pbx": connection.world.pbx, "cn": item.cn, "groups": []},
    }


HANDLERS: dict[str, Callable[[Connection, Message], Answer]] = {"AccountInfo": _account}
