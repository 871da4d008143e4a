"""Answer PbxTableUsers: the replication of objects, for reading."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..world import PbxObject

if TYPE_CHECKING:
    from ..connection import Connection

type Message = dict[str, Any]
type Answer = Message | None
API = "PbxTableUsers"


@dataclass(slots=True)
class Replication:
    """Hold what a client wants replicated and how far it has come."""

    request: Message
    rows: Iterator[PbxObject]

    def wants(self, item: PbxObject) -> bool:
        """Return whether an object is of a type that was asked for."""
        return item.pseudo in self.request.get("pseudo", [""])


def _diversions(item: PbxObject) -> list[Message]:
    return [
        {"type": kind, **({"e164": end["num"]} if "num" in end else {"h323": end.get("sip", "")})}
        for kind, end in item.diversions.items()
    ]


def row(connection: Connection, item: PbxObject, columns: Message) -> Message:
    """Return the columns of an object that were asked for; empty text and lists as the PBX sends them."""
    values: Message = {
        "guid": item.guid,
        "h323": item.h323,
        "cn": item.cn,
        "dn": item.dn,
        "e164": item.e164,
        "node": connection.world.node.name,
        "loc": connection.world.pbx,
        "pseudo": f'<pseudo type="{item.pseudo}" />' if item.pseudo else "",
        "grps": [dict(group) for group in item.groups],
        "devices": [dict(device) for device in item.devices],
        "cds": _diversions(item),
        "emails": [{"email": item.email}] if item.email else [],
    }
    return {name: values[name] for name in columns if name in values}


def _start(connection: Connection, message: Message) -> Answer:
    replication = Replication(message, iter(()))
    connection.replication = replication
    replication.rows = iter([item for item in connection.world.objects.values() if replication.wants(item)])
    return {"guid": connection.world.database, "usn": "18446744073709551615", "columns": message["columns"]}


def _next(connection: Connection, message: Message) -> Answer:
    if connection.replication is None:
        return None
    if connection.faults.slow_rows:
        replication = connection.replication
        connection.simulator.later(
            connection.faults.slow_rows, lambda: connection.result(message, _row(connection, replication))
        )
        return None
    return _row(connection, connection.replication)


def _row(connection: Connection, replication: Replication) -> Message:
    item = next(replication.rows, None)
    if item is None:
        return {}
    return {"usn": "7", "columns": row(connection, item, replication.request["columns"])}


def tell_row(connection: Connection, item: PbxObject, *, gone: bool = False, new: bool = False) -> None:
    """Send the new state of an object."""
    replication = connection.replication
    if replication is None or not replication.wants(item):
        return
    name = "ReplicateDel" if gone else "ReplicateAdd" if new else "ReplicateUpdate"
    columns = {"guid": item.guid} if gone else row(connection, item, replication.request["columns"])
    connection.indicate(API, name, replication.request.get("src"), {"columns": columns})


HANDLERS: dict[str, Callable[[Connection, Message], Answer]] = {
    "ReplicateStart": _start,
    "ReplicateNext": _next,
}
