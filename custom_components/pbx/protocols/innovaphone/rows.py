"""Decode the rows of the replicated directory, and accounts."""

from dataclasses import dataclass
import re
from typing import Any

from ..enums import ForwardKind
from .fields import Frame, items, mapping, text

DIVERSIONS = {"cfu": ForwardKind.ALWAYS, "cfb": ForwardKind.BUSY, "cfnr": ForwardKind.NO_ANSWER}
DIVERSION_TYPES = {kind: name for name, kind in DIVERSIONS.items()}
USER, QUEUE, VOICEMAIL = "", "waiting", "vm"
COLUMNS = ("guid", "h323", "cn", "dn", "e164", "pseudo", "grps", "devices", "cds")
_TYPE = re.compile(r"""\btype\s*=\s*["']([^"']*)["']""")


@dataclass(frozen=True, slots=True)
class Membership:
    """A group, and whether its member is logged in; None where the group is not dynamic."""

    group: str
    logged_in: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """An object of the replicated directory."""

    guid: str
    cn: str | None
    dn: str | None
    h323: str | None
    e164: str | None
    type: str
    groups: tuple[Membership, ...]
    devices: tuple[tuple[str, str | None], ...]
    forwards: tuple[tuple[ForwardKind, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One step of the walk over the accounts."""

    guid: str | None
    h323: str | None
    name: str | None
    database: str | None
    position: tuple[str | None, str | None]


def object_type(value: Any) -> str:
    """Return the type of an object from its XML or its bare name; a user has none."""
    if not isinstance(value, str):
        return USER
    match = _TYPE.search(value)
    if match is not None:
        return match[1]
    return "" if "<" in value else value.strip()


def decode_row(frame: Frame) -> Row | None:
    """Return a row, or None where even the id is missing."""
    columns = mapping(frame, "columns")
    guid = text(columns, "guid")
    if guid is None:
        return None
    return Row(
        guid=guid,
        cn=text(columns, "cn"),
        dn=text(columns, "dn"),
        h323=text(columns, "h323"),
        e164=text(columns, "e164"),
        type=object_type(columns.get("pseudo")),
        groups=tuple(_groups(columns)),
        devices=decode_devices(columns.get("devices")),
        forwards=tuple(_forwards(columns)),
    )


def decode_devices(data: Any) -> tuple[tuple[str, str | None], ...]:
    """Return the hardware id and the text of each device."""
    return tuple((hardware, text(item, "text")) for item in items(data) if (hardware := text(item, "hw")))


def _groups(columns: Frame) -> list[Membership]:
    present = {"in": True, "out": False}
    return [
        Membership(name, present.get(str(item.get("dyn"))))
        for item in items(columns.get("grps"))
        if (name := text(item, "name"))
    ]


def _forwards(columns: Frame) -> list[tuple[ForwardKind, str]]:
    """Return the diversions that always hold; those bound to a Boolean object or to a caller do not."""
    return [
        (DIVERSIONS[item["type"]], target)
        for item in items(columns.get("cds"))
        if item.get("type") in DIVERSIONS
        and not (item.get("bool") or item.get("src"))
        and (target := text(item, "e164", "h323"))
    ]


def decode_account(frame: Frame) -> Account:
    """Return what an AccountInfoResult says."""
    info = mapping(frame, "info")
    return Account(
        guid=text(frame, "account-guid"),
        h323=text(frame, "account-h323"),
        name=text(info, "cn"),
        database=text(frame, "guid"),
        position=(text(frame, "usn"), text(frame, "ausn")),
    )
