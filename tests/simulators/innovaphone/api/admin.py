"""Answer PbxAdminApi, as far as reading goes."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..connection import Connection

type Message = dict[str, Any]
type Answer = Message | None


def _booleans(connection: Connection, message: Message) -> Answer:
    return {
        "booleans": [
            {"guid": item.guid, "name": item.name, "reason": item.reason} | ({"on": True} if item.on else {})
            for item in connection.world.booleans.values()
        ]
    }


def _registrations(connection: Connection, message: Message) -> Answer:
    world = connection.world
    item = world.find(guid=message.get("guid", "")) or world.find(cn=message.get("cn", ""))
    if item is None:
        return {"regs": []}
    regs = [{"hw": hardware, "addr": "192.0.2.7"} for hardware in item.regs]
    shaped = [{"reg": reg} for reg in regs] if connection.faults.nested_regs else regs
    return {"regs": shaped, "cn": item.cn}


def _config(connection: Connection, message: Message) -> Answer:
    return {"loc": connection.world.pbx}


def _monitor(connection: Connection, message: Message) -> Answer:
    connection.result(message, {})
    world = connection.world
    info = {"domain": world.domain, "pbx": world.pbx, "dns": f"pbx.{world.domain}", "ip4": "192.0.2.1"}
    connection.indicate("PbxAdminApi", "MonitorConfigInfo", message.get("src"), info)
    return None


def _licences(connection: Connection, message: Message) -> Answer:
    return {"lics": [dict(item) for item in connection.world.licences]}


HANDLERS: dict[str, Callable[[Connection, Message], Answer]] = {
    "GetBooleans": _booleans,
    "GetRegs": _registrations,
    "GetPbxConfig": _config,
    "MonitorConfig": _monitor,
    "GetPbxLicenses": _licences,
}
