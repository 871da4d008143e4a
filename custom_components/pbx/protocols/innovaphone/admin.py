"""Read what only PbxAdminApi tells: Boolean objects, registrations, licences."""

from collections.abc import Iterator, Mapping
from typing import Any

from ..changes import Change
from ..model import Switch
from .connection import Connection
from .feed import Feed
from .fields import Frame, integer, items, mapping, text
from .rights import Api

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


def _switches(frame: Frame) -> Iterator[Switch]:
    for item in items(frame.get("booleans")):
        guid = text(item, "guid") or text(item, "name")
        if guid is not None:
            yield Switch(
                id=guid,
                name=text(item, "name") or guid,
                value=item.get("on") is True,
                settable=False,
                reason=text(item, "reason"),
            )


async def read_registrations(connection: Connection, feed: Feed, guid: str) -> list[Change]:
    """Read which devices of a user are registered, for a login without RCC."""
    frame = await connection.ask(Api.ADMIN, "GetRegs", guid=guid)
    entry = feed.directory.entry(guid)
    # A schema of the vendor nests each registration once more.
    found = (text(mapping(item, "reg") or item, "hw") for item in items(frame.get("regs")))
    entry.registered = tuple(dict.fromkeys(hardware for hardware in found if hardware))
    return feed.refresh(guid)


async def read_licences(connection: Connection) -> list[Mapping[str, Any]]:
    """Read how many licences there are and how many are in use."""
    frame = await connection.ask(Api.ADMIN, "GetPbxLicenses")
    lists = [value for value in frame.values() if isinstance(value, list)]
    return [
        {
            "name": text(item, "name"),
            "version": text(item, "version"),
            "count": integer(item, "count"),
            "used": integer(item, "used"),
        }
        for found in lists
        for item in items(found)
    ]
