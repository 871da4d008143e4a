"""Decode the lists of the PBX into the model."""

from collections.abc import Iterator, Mapping
from typing import Any

from ..enums import ForwardKind, UserPhoneType
from ..model import Mailbox, PbxInfo, Phone, Switch, User, UserPhone
from .fields import flag, integer, items, text
from .status import line_status, registered

# The page spells one of these in two ways.
PHONE_TYPES = {
    "phone": UserPhoneType.PHONE,
    "hot-desk": UserPhoneType.HOT_DESK,
    "number": UserPhoneType.NUMBER,
    "trunk number": UserPhoneType.TRUNK_NUMBER,
    "number on trunk": UserPhoneType.TRUNK_NUMBER,
    "forward": UserPhoneType.FORWARD,
}


def decode_info(data: Mapping[str, Any], *, host: str, port: int, url: str) -> PbxInfo:
    """Return the PBX itself; before 4.1.10 it says nothing and is named by its address."""
    uuid = text(data, "uuid")
    return PbxInfo(
        id=uuid or f"{host}:{port}",
        provisional=uuid is None,
        name=text(data, "hostname") or host,
        manufacturer="Axeos",
        version=text(data, "version"),
        url=url,
        time_zone=text(data, "time_zone"),
    )


def decode_user(data: Mapping[str, Any]) -> User | None:
    """Return a user, or None where even the id is missing."""
    uuid = text(data, "uuid")
    if uuid is None:
        return None
    username = text(data, "username")
    phones = tuple(_user_phones(data))
    return User(
        id=uuid,
        name=text(data, "full_name") or username or uuid,
        username=username,
        phones=phones,
        hot_desk=_hot_desk(data, phones),
        do_not_disturb=flag(data, "dnd"),
        call_waiting=flag(data, "cw"),
        forwards={ForwardKind.ALWAYS: text(data, "call_forward")} if "call_forward" in data else {},
    )


def _user_phones(data: Mapping[str, Any]) -> Iterator[UserPhone]:
    for place in items(data.get("phones")):
        kind = PHONE_TYPES.get(str(place.get("type")).lower())
        if kind is not None:
            yield UserPhone(
                type=kind,
                phone=text(place, "phone"),
                number=text(place, "number"),
                trunk=text(place, "trunk"),
                personal=flag(place, "personal") or False,
            )
    if "phones" not in data and (primary := text(data, "primary_phone")):
        yield UserPhone(type=UserPhoneType.PHONE, phone=primary, personal=True)


def _hot_desk(data: Mapping[str, Any], phones: tuple[UserPhone, ...]) -> str | None:
    """Return the phone of a hot-desk user; old releases only tell where the user is at all."""
    if "hot_desk" in data:
        return text(data, "hot_desk")
    current = text(data, "phone")
    return None if current in {place.phone for place in phones} else current


def decode_phone(data: Mapping[str, Any]) -> Phone | None:
    """Return a phone, or None where even the id is missing."""
    uuid = text(data, "uuid")
    if uuid is None:
        return None
    code = integer(data, "status_code")
    username = text(data, "phone_username")
    return Phone(
        id=uuid,
        name=text(data, "name") or username or uuid,
        username=username,
        type=text(data, "type"),
        status=line_status(code),
        raw_status=raw_status(data),
        registered=registered(code),
        hot_desk=flag(data, "hot_desk", "mobile_logins_enabled") or False,
        hot_desk_user=text(data, "hot_desk_user", "mobile_user"),
    )


def raw_status(data: Mapping[str, Any]) -> str | None:
    """Return the status in the words of the PBX, with its code."""
    code = integer(data, "status_code")
    words = text(data, "status")
    return words if code is None else f"{words or 'status'} ({code})"


def decode_mailbox(data: Mapping[str, Any]) -> Mailbox | None:
    """Return a mailbox, or None where even the id is missing."""
    uuid = text(data, "uuid")
    if uuid is None:
        return None
    number = text(data, "mailbox_number")
    return Mailbox(
        id=uuid,
        name=number or uuid,
        number=number,
        new=integer(data, "new_messages"),
        old=integer(data, "old_messages"),
        urgent=integer(data, "urgent_messages"),
    )


def decode_switch(data: Mapping[str, Any]) -> Switch | None:
    """Return a switch; its value is a truth value, its text or None, as releases differ."""
    uuid = text(data, "uuid")
    if uuid is None:
        return None
    return Switch(
        id=uuid,
        name=text(data, "name") or uuid,
        value=switch_value(data),
        default=flag(data, "default"),
        settable=flag(data, "can_toggle") is not False,
    )


def switch_value(data: Mapping[str, Any]) -> bool | None:
    """Return whether a switch is on; the page says "string", newer releases send a boolean."""
    return flag(data, "value")
