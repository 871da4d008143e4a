"""What the blocks of the manager interface say of phones, users, mailboxes and settings."""

import base64
import binascii
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
import re

from ..call import Party
from ..enums import ForwardKind, LineStatus, PresenceActivity
from ..json_fields import get_caller_name, get_count, get_text
from ..json_text import clean_text
from ..lazy_dataclass import dataclass
from .wire import Block

# The technologies that are telephones or trunks; all others are plumbing inside of the PBX.
TECHNOLOGIES = frozenset({
    "PJSIP", "SIP", "IAX2", "DAHDI", "SCCP", "Skinny", "MGCP", "Mobile", "Motif", "UniStim", "OOH323", "H323",
    "Console", "Dongle", "Quectel", "WebSocket", "mISDN", "Khomp",
})  # fmt: skip
DEVICE_STATES: Mapping[str, LineStatus] = {
    "NOT_INUSE": LineStatus.IDLE,
    "INUSE": LineStatus.TALKING,
    "BUSY": LineStatus.TALKING,
    "RINGING": LineStatus.RINGING,
    "RINGINUSE": LineStatus.RINGING,
    "ONHOLD": LineStatus.ON_HOLD,
    "UNAVAILABLE": LineStatus.OFFLINE,
    "INVALID": LineStatus.OFFLINE,
}
# Lists of endpoints have these words for the same.
_STATE_WORDS = {
    "Not in use": "NOT_INUSE",
    "In use": "INUSE",
    "Busy": "BUSY",
    "Ringing": "RINGING",
    "Ring+Inuse": "RINGINUSE",
    "On Hold": "ONHOLD",
    "Unavailable": "UNAVAILABLE",
    "Invalid": "INVALID",
}
IN_USE = frozenset({"INUSE", "BUSY", "RINGINUSE", "ONHOLD"})
# What is longer is a number outside.
LONGEST_EXTENSION = 6
_NOT_REGISTERED = frozenset({"UNAVAILABLE", "INVALID"})


def is_registered(state: str | None) -> bool | None:
    """Return whether a device of this state can be reached, None where its state is not known."""
    return state not in _NOT_REGISTERED if state in DEVICE_STATES else None


def get_technology(device: str) -> str:
    """Return the part of a channel or device before the slash."""
    return device.partition("/")[0]


def get_device(channel: str) -> str:
    """Return the device of a channel: `PJSIP/201` of `PJSIP/201-0000001a`."""
    return channel.rpartition("-")[0] if "-" in channel else channel


def is_telephone(device: str) -> bool:
    """Return whether a channel or device is a telephone or a trunk, not plumbing of the PBX."""
    return "/" in device and get_technology(device) in TECHNOLOGIES


# Endpoints


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """What registers at the PBX or to which it connects; `device` is its name with its technology."""

    device: str
    state: str | None = None
    # Whether anything logs in as it, and whether the PBX logs in elsewhere as it.
    authenticates: bool = False
    is_outbound: bool = False
    user_agent: str | None = None
    # Known only where its details were read.
    context: str | None = None
    name: str | None = None
    number: str | None = None
    mailboxes: tuple[str, ...] = ()


def decode_endpoint(row: Block, registering: Collection[str] = ()) -> Endpoint | None:
    """Return an endpoint out of `EndpointList`, None where it has no name.

    `registering` are the credentials with which the PBX logs in elsewhere. A phone may have outbound ones as
    well, for requests that it wants to be authenticated, as FreePBX writes them.
    """
    name = get_text(row, "ObjectName")
    if name is None:
        return None
    word = row.get("DeviceState", "")
    outbound = split_list(row.get("OutboundAuths", ""), separator=",")
    return Endpoint(
        device=f"PJSIP/{name}",
        state=_STATE_WORDS.get(word, word.upper() or None),
        authenticates=bool(row.get("Auths")),
        is_outbound=bool(outbound) and (not row.get("Auths") or not set(outbound).isdisjoint(registering)),
    )


def decode_peer(row: Block) -> Endpoint | None:
    """Return an endpoint out of `PeerEntry`, as chan_sip and IAX2 list them."""
    name, technology = get_text(row, "ObjectName"), row.get("Channeltype", "SIP")
    if name is None:
        return None
    status = row.get("Status", "").upper()
    reachable = status.startswith(("OK", "LAGGED")) or (
        status.startswith("UNMONITORED") and row.get("IPaddress") not in ("-none-", "(null)", None)
    )
    return Endpoint(
        device=f"{'IAX2' if technology.upper().startswith('IAX') else technology}/{name}",
        state="NOT_INUSE" if reachable else "UNAVAILABLE",
        authenticates=row.get("Dynamic", "").lower() == "yes",
        is_outbound=row.get("Dynamic", "").lower() == "no",
    )


def decode_registering(rows: Iterable[Block]) -> frozenset[str]:
    """Return the names of the credentials with which the PBX logs in elsewhere."""
    return frozenset(name for row in rows for name in split_list(row.get("OutboundAuth", ""), separator=","))


_CALLER_ID = re.compile(r'\s*"?(?P<name>[^"<]*?)"?\s*(?:<(?P<number>[^>]*)>)?\s*')


def complete_endpoint(known: Endpoint, rows: Iterable[Block]) -> Endpoint:
    """Return an endpoint with what its details say; the password among them is not looked at."""
    detail = next((row for row in rows if row.get("Event") == "EndpointDetail"), None)
    return _complete(known, detail, detail.get("Mailboxes", "")) if detail is not None else known


def complete_peer(known: Endpoint, answer: Block) -> Endpoint:
    """Return an endpoint of chan_sip with what the answer to `SIPshowpeer` says."""
    return _complete(known, answer, answer.get("VoiceMailbox", "")) if answer else known


def _complete(known: Endpoint, detail: Block, mailboxes: str) -> Endpoint:
    found = _CALLER_ID.fullmatch(detail.get("Callerid", ""))
    name, number = (found["name"], found["number"]) if found is not None else (None, None)
    return replace(
        known,
        context=get_text(detail, "Context"),
        name=get_caller_name({"name": name}, "name"),
        number=get_caller_name({"number": number}, "number"),
        mailboxes=tuple("@".join(split_mailbox(box)) for box in split_list(mailboxes, separator=",")),
    )


def get_extension_number(endpoint: Endpoint) -> str | None:
    """Return the extension of a phone without a hint, None where nothing looks like one.

    It is the name of the endpoint, or else what its calls show as their number, unless that is one outside.
    """
    numbers = (endpoint.device.partition("/")[2], endpoint.number or "")
    return next((number for number in numbers if _is_extension(number)), None)


def _is_extension(number: str) -> bool:
    return number.isdecimal() and not number.startswith("0") and len(number) <= LONGEST_EXTENSION


def decode_contact(row: Block) -> tuple[str, str] | None:
    """Return the endpoint and the user agent of a contact, None where it names neither."""
    endpoint = get_text(row, "Endpoint", "EndpointName", "Aor", "AOR")
    agent = get_text(row, "UserAgent")
    return (f"PJSIP/{endpoint}", agent) if endpoint is not None and agent is not None else None


def split_list(text: str, *, separator: str) -> list[str]:
    """Return the parts of a list without blanks, and without empty ones."""
    return [part.strip() for part in text.split(separator) if part.strip()]


# Extensions


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """A user of the PBX: an extension of FreePBX, or a hint of a plain Asterisk."""

    number: str
    name: str | None = None
    context: str | None = None
    # The devices that ring for it.
    devices: tuple[str, ...] = ()
    mailbox: str | None = None
    # The name of its presence, as `CustomPresence:201`.
    presentity: str | None = None


@dataclass(frozen=True, slots=True)
class Station:
    """Whom a device is for: whether it is a phone, no trunk, and the users for whom it rings.

    `party` is who is at it in any call, None where that depends on what the call says.
    """

    is_phone: bool
    users: Sequence[str]
    party: Party | None


def decode_hint(row: Block) -> Extension | None:
    """Return an extension out of the row of a hint, None where no telephone belongs to it."""
    number, hint = get_text(row, "Exten"), row.get("Hint", "")
    devices, _, presentity = hint.partition(",")
    phones = tuple(device for device in split_list(devices, separator="&") if is_telephone(device))
    if number is None or not phones or number.startswith("_"):
        return None
    return Extension(
        number=number,
        context=get_text(row, "Context"),
        devices=phones,
        presentity=presentity.strip() or get_presentity(number),
    )


def get_presentity(number: str) -> str:
    """Return under which name the presence of an extension is kept, unless its hint says another."""
    return f"CustomPresence:{number}"


type Tree = Mapping[tuple[str, ...], str]


def decode_tree(rows: Iterable[Block]) -> dict[tuple[str, ...], str]:
    """Return a part of the database, its keys as their parts below the family."""
    return {
        tuple(key.strip("/").split("/")[1:]): row.get("Val", "")
        for row in rows
        if (key := row.get("Key", "")).count("/") > 1
    }


def decode_extensions(users: Tree, devices: Tree) -> list[Extension]:
    """Return the extensions of a FreePBX out of `AMPUSER` and `DEVICE`."""
    dials = {key[0]: value for key, value in devices.items() if key[1:] == ("dial",)}
    fields: dict[str, dict[str, str]] = {}
    for key, value in users.items():
        if len(key) == 2:
            fields.setdefault(key[0], {})[key[1]] = value
    return [_decode_extension(number, found, dials) for number, found in sorted(fields.items())]


def _decode_extension(number: str, fields: Mapping[str, str], dials: Mapping[str, str]) -> Extension:
    context = fields.get("voicemail", "")
    devices = split_list(fields.get("device", ""), separator="&") or ([number] if number in dials else [])
    return Extension(
        number=number,
        name=get_caller_name(fields, "cidname"),
        devices=tuple(_to_device(dials.get(device, f"PJSIP/{device}")) for device in devices),
        mailbox=f"{number}@{context}" if context and context != "novm" else None,
        presentity=get_presentity(number),
    )


def decode_hot_desks(devices: Tree) -> dict[str, str | None]:
    """Return the devices of a FreePBX at which users log in, with who is there, out of `DEVICE`."""
    fields: dict[str, dict[str, str]] = {}
    for key, value in devices.items():
        if len(key) == 2:
            fields.setdefault(key[0], {})[key[1]] = value
    return {
        _to_device(found.get("dial", f"PJSIP/{device}")): _get_sitter(found.get("user"))
        for device, found in sorted(fields.items())
        if found.get("type") == "adhoc"
    }


def _get_sitter(user: str | None) -> str | None:
    return user if user and user != "none" else None


def _to_device(dial: str) -> str:
    """Return the device that a dial string calls: `PJSIP/201` of `PJSIP/201/sip:201@host`."""
    return "/".join(dial.split("/")[:2])


# Settings of users

FORWARD_FAMILIES: Mapping[ForwardKind, str] = {
    ForwardKind.ALWAYS: "CF",
    ForwardKind.BUSY: "CFB",
    ForwardKind.NO_ANSWER: "CFU",
}
# How `Custom:DND201` shows it; FreePBX takes the second one for off, since it leaves the state of a hint
# to the phones, and other dial plans the third.
DO_NOT_DISTURB_STATES: Mapping[str, bool] = {"BUSY": True, "UNAVAILABLE": False, "NOT_INUSE": False}
DO_NOT_DISTURB_ON, DO_NOT_DISTURB_OFF = "BUSY", "UNAVAILABLE"
_PRESENCES = {
    "available": PresenceActivity.AVAILABLE,
    "chat": PresenceActivity.AVAILABLE,
    "away": PresenceActivity.AWAY,
    "xa": PresenceActivity.AWAY,
    "dnd": PresenceActivity.DND,
    "unavailable": PresenceActivity.OFFLINE,
}
# What is set for each presence; `busy` has no word of its own.
SETTABLE: Mapping[PresenceActivity, str] = {
    PresenceActivity.AVAILABLE: "available",
    PresenceActivity.AWAY: "away",
    PresenceActivity.DND: "dnd",
    PresenceActivity.OFFLINE: "unavailable",
}


def decode_presence(row: Block) -> dict[str, object]:
    """Return the fields of a user out of `PresenceStateChange`, or of the status of a hint."""
    status = row.get("Status", "").lower()
    note = row.get("Message") or None
    if status in ("", "not_set", "invalid"):
        return {"presence": None, "presence_note": None}
    return {"presence": _PRESENCES.get(status, PresenceActivity.OTHER), "presence_note": note}


def encode_presence(activity: PresenceActivity, note: str | None) -> str:
    """Return the value of `PRESENCE_STATE`; a comma or an `e` in a plain note would be taken for options."""
    state = SETTABLE[activity]
    if not note:
        return f"{state},,"
    return f"{state},,{base64.b64encode(note.encode()).decode()},e"


def decode_note(text: str) -> str:
    """Return the note that is behind a text in Base64, or the text itself."""
    try:
        return clean_text(base64.b64decode(text, validate=True).decode())
    except binascii.Error, ValueError:
        return text


# Mailboxes


@dataclass(frozen=True, slots=True, kw_only=True)
class Messages:
    """The counts of a mailbox; None where they are not told."""

    new: int | None = None
    old: int | None = None
    urgent: int | None = None


def decode_messages(row: Block) -> Messages:
    """Return the counts out of `MailboxCount`, in which new messages do not include the urgent ones."""
    new, urgent = get_count(row, "NewMessages", "New"), get_count(row, "UrgMessages")
    if new is not None and urgent:
        new += urgent
    return Messages(new=new, old=get_count(row, "OldMessages", "Old"), urgent=urgent)


def split_mailbox(mailbox: str) -> tuple[str, str]:
    """Return number and context of a mailbox."""
    number, _, context = mailbox.partition("@")
    return number, context or "default"


def get_now() -> datetime:
    """Return the time, in the zone of all times of the model."""
    return datetime.now(UTC)
