"""Decode objects: rows of the directory, accounts, switches, presence and numbering."""

from collections.abc import Callable, Iterable, Mapping, Sequence
import re
from typing import Any, Self

from ..enums import ForwardKind, PresenceActivity
from ..json_fields import (
    JsonObject,
    as_integer,
    as_word,
    get_flag,
    get_integer,
    get_object,
    get_text,
    get_word,
    iter_one_or_many,
)
from ..lazy_dataclass import dataclass
from ..model import DialPlan, PresenceEntry, Switch

DIVERSIONS = {"cfu": ForwardKind.ALWAYS, "cfb": ForwardKind.BUSY, "cfnr": ForwardKind.NO_ANSWER}
DIVERSION_TYPES = {kind: name for name, kind in DIVERSIONS.items()}
USER, QUEUE, VOICEMAIL = "", "waiting", "vm"
# Too many types have made a PBX restart; these are all that is needed.
TYPES = (USER, QUEUE, VOICEMAIL)
# A note is sent back whole where only the activity is set, so it must not be cut as names are.
LONGEST_NOTE = 4096
_NAMES = ("h323", "cn", "dn", "e164")
COLUMNS = ("guid", *_NAMES, "pseudo", "grps", "devices", "cds")
_TYPE = re.compile(r"""\btype\s*=\s*["']([^"']*)["']""")


# What a person is told of a refusal in the words of the PBX.
LONGEST_REFUSAL = 80
_ERRORS = ("errorText", "error", "err")


def get_refusal(answer: JsonObject) -> str | None:
    """Return the words of a refusal, None where an answer is none; an error of 0 is success.

    The vendor's pages have `error` and `errorText` in PbxApi, `error` in RCC, and `err` in PbxSignal.
    """
    if "error" in answer and as_integer(answer["error"]) == 0:
        return None
    if not any(answer.get(name) for name in _ERRORS):
        return None
    return get_text(answer, *_ERRORS, longest=LONGEST_REFUSAL) or "rejected"


def is_readable_list(data: JsonObject, name: str) -> bool:
    """Return whether a field is a list, one object in place of a list, or left out since there is nothing."""
    return name not in data or isinstance(data[name], (list, dict))


def get_known_text(data: JsonObject, name: str, known: str | None) -> str | None:
    """Return the text of a field, or what was known where it holds what can't be read as text."""
    return known if isinstance(data.get(name), (list, dict, bool, float)) else get_text(data, name)


@dataclass(frozen=True, slots=True)
class Membership:
    """A group, and whether its member is logged in; None where the group is not dynamic."""

    group: str
    logged_in: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """An object of the replicated directory."""

    guid: str
    cn: str | None = None
    dn: str | None = None
    h323: str | None = None
    e164: str | None = None
    type: str = USER
    groups: tuple[Membership, ...] = ()
    devices: tuple[tuple[str, str | None], ...] = ()
    forwards: tuple[tuple[ForwardKind, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountStep:
    """One step of the walk over the accounts."""

    guid: str | None
    h323: str | None
    name: str | None
    database: str | None
    position: tuple[str | None, str | None]


def get_object_type(value: Any) -> str:
    """Return the type of an object from its XML or its bare name; a user has none.

    As XML in PbxTableUsers, as a bare name in RCC, `UserInfo`.
    """
    if not isinstance(value, str) or not value:
        return USER
    match = _TYPE.search(value)
    if match is not None:
        return match[1]
    return "" if "<" in value else value.strip()


def decode_row(message: JsonObject, known: Callable[[str], Row | None] = lambda guid: None) -> Row | None:
    """Return a row, or None where even the id is missing; of what is unreadable, what was known stays.

    PbxTableUsers, `ReplicateNextResult`, `ReplicateAdd`, `ReplicateUpdate` and `ReplicateDel`.
    """
    columns = get_object(message, "columns")
    guid = get_text(columns, "guid")
    if guid is None:
        return None
    before = known(guid) or Row(guid=guid)
    names = {name: get_known_text(columns, name, getattr(before, name)) for name in _NAMES}
    return Row(
        guid=guid,
        **names,
        type=get_object_type(columns.get("pseudo")),
        groups=_decode_groups(columns) if is_readable_list(columns, "grps") else before.groups,
        devices=(
            decode_devices(columns.get("devices")) if is_readable_list(columns, "devices") else before.devices
        ),
        forwards=_decode_forwards(columns) if is_readable_list(columns, "cds") else before.forwards,
    )


def is_last_row(message: JsonObject) -> bool:
    """Return whether an answer says that there are no more rows, which is to have no columns."""
    return "columns" not in message or (isinstance(message["columns"], dict) and not message["columns"])


def decode_devices(data: Any) -> tuple[tuple[str, str | None], ...]:
    """Return the hardware id and the text of each device (PbxTableUsers, `devices`; RCC, `DevicesResult`)."""
    return tuple(
        (hardware, get_text(item, "text"))
        for item in iter_one_or_many(data)
        if (hardware := get_text(item, "hw"))
    )


def _decode_groups(columns: JsonObject) -> tuple[Membership, ...]:
    present = {"in": True, "out": False}
    return tuple(
        Membership(name, present.get(get_word(item, "dyn"), get_flag(item, "dyn")))
        for item in iter_one_or_many(columns.get("grps"))
        if (name := get_text(item, "name"))
    )


def _decode_forwards(columns: JsonObject) -> tuple[tuple[ForwardKind, str], ...]:
    """Return the diversions that always hold; those bound to a Boolean object or to a caller do not."""
    return tuple(
        (kind, target)
        for item in iter_one_or_many(columns.get("cds"))
        if (kind := DIVERSIONS.get(get_text(item, "type") or "")) is not None
        and not (item.get("bool") or item.get("src"))
        and (target := get_text(item, "e164", "h323"))
    )


def decode_account(message: JsonObject) -> AccountStep:
    """Return one step of the walk over the accounts (PbxAccountApi, `AccountInfoResult`)."""
    info = get_object(message, "info")
    return AccountStep(
        guid=get_text(message, "account-guid"),
        h323=get_text(message, "account-h323"),
        name=get_text(info, "cn"),
        database=get_text(message, "guid"),
        position=(get_text(message, "usn"), get_text(message, "ausn")),
    )


def decode_diversion(message: JsonObject) -> str | None:
    """Return the number or name to which calls are diverted (PbxApi, `GetDiversionResult`)."""
    return get_text(message, "num", "sip")


def is_readable_diversion(message: JsonObject) -> bool:
    """Return whether an answer names a diversion in readable form, or none."""
    return not any(isinstance(message.get(name), (list, dict, bool)) for name in ("num", "sip"))


def decode_switches(message: JsonObject) -> Sequence[Switch]:
    """Return the Boolean objects that are readable (PbxAdminApi, `GetBooleansResult`)."""
    return [
        Switch(
            id=guid,
            name=get_text(item, "name") or guid,
            value=get_flag(item, "on") is True,
            settable=False,
            reason=get_text(item, "reason"),
        )
        for item in iter_one_or_many(message.get("booleans"))
        if (guid := get_text(item, "guid", "name")) is not None
    ]


def decode_registrations(message: JsonObject) -> tuple[str, ...]:
    """Return the hardware ids of registered devices (PbxAdminApi, `GetRegsResult`).

    The vendor's schema nests each registration once more than the vendor's page does.
    """
    items = iter_one_or_many(message.get("regs"))
    found = (get_text(get_object(item, "reg") or item, "hw") for item in items)
    return tuple(dict.fromkeys(hardware for hardware in found if hardware))


def decode_licences(message: JsonObject) -> Sequence[Mapping[str, Any]]:
    """Return name, version, count and use of each licence (PbxAdminApi, `GetPbxLicensesResult`).

    Under which name their list comes is assumed (innovaphone/licence-list) to be of no importance.
    """
    lists = [value for value in message.values() if isinstance(value, list)]
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


TEL, IM, CALENDAR, APP = "tel:", "im:", "cal", "app:"
# Activities as words to compare; phones and other programs write them as they like.
ON_THE_PHONE, DND = "onthephone", "dnd"
# Machines speak to each other in notes, in words that begin with a hash.
_TOKEN = re.compile(r"(?:^|\s)#\S*")
_ACTIVITIES = {
    "": PresenceActivity.AVAILABLE,
    "away": PresenceActivity.AWAY,
    "busy": PresenceActivity.BUSY,
    DND: PresenceActivity.DND,
    ON_THE_PHONE: PresenceActivity.ON_THE_PHONE,
}
SETTABLE = {
    PresenceActivity.AVAILABLE: "",
    PresenceActivity.AWAY: "away",
    PresenceActivity.BUSY: "busy",
    PresenceActivity.DND: "dnd",
}


@dataclass(frozen=True, slots=True)
class Presence:
    """What a person says of themselves, and what follows from what else is known."""

    activity: PresenceActivity
    note: str | None
    manual: PresenceEntry | None
    sources: tuple[PresenceEntry, ...]

    @property
    def on_the_phone(self) -> bool:
        """Return whether the PBX sees this person in a call."""
        return any(as_word(entry.activity) == ON_THE_PHONE for entry in self.sources)

    @property
    def do_not_disturb(self) -> bool:
        """Return whether this person asked for quiet."""
        return self.manual is not None and as_word(self.manual.activity) == DND

    def get_note(self, contact: str) -> str | None:
        """Return the note of a source, as it is; None where it has none."""
        entry = self.manual if contact == TEL else _find_entry(self.sources, contact)
        return entry.note if entry is not None else None


@dataclass(frozen=True, slots=True, kw_only=True)
class PresenceEndpoint:
    """What the monitor of a presence says of its user."""

    name: str | None = None
    number: str | None = None
    email: str | None = None


def decode_endpoint(message: JsonObject, known: PresenceEndpoint) -> PresenceEndpoint:
    """Return the endpoint of a presence, with what was known of it (PbxApi, `PresenceState`)."""
    return PresenceEndpoint(
        name=get_text(message, "dn") or known.name,
        number=get_text(message, "num") or known.number,
        email=get_text(message, "email") or known.email,
    )


def decode_presence(data: Any) -> tuple[PresenceEntry, ...] | None:
    """Return what each source says, the newest first, None where that is unreadable.

    PbxApi, `PresenceUpdate`.
    """
    if not isinstance(data, (list, dict)):
        return None
    return tuple(
        PresenceEntry(
            contact=get_text(item, "contact") or "",
            status=get_text(item, "status"),
            activity=get_text(item, "activity"),
            note=get_text(item, "note", longest=LONGEST_NOTE),
        )
        for item in iter_one_or_many(data)
    )


def summarize_presence(sources: tuple[PresenceEntry, ...], before: Presence | None = None) -> Presence:
    """Return the presence to show; a call may hide what was set by hand, which still holds then."""
    manual = _find_entry(sources, TEL)
    if manual is not None and as_word(manual.activity) == ON_THE_PHONE:
        manual = before.manual if before is not None else None
    others = [entry for entry in sources if entry.contact != APP]
    decisive = _find_decisive(others, manual)
    note = strip_note(manual.note if manual is not None else None) or strip_note(
        decisive.note if decisive is not None else None
    )
    return Presence(_get_activity(others, decisive), note, manual, sources)


def strip_note(note: str | None) -> str | None:
    """Return a note without what is meant for machines (recording: `#free`, `#until:…`, `#badge:…`)."""
    return (_TOKEN.sub("", note).strip() or None) if note else None


def _find_decisive(sources: Iterable[PresenceEntry], manual: PresenceEntry | None) -> PresenceEntry | None:
    """Return the entry that decides: a call, then what was set by hand, the client, the calendar."""
    entries = list(sources)
    in_call = next((entry for entry in entries if as_word(entry.activity) == ON_THE_PHONE), None)
    ranked = (in_call, manual, _find_entry(entries, IM), _find_calendar(entries), *entries[:1])
    return next((entry for entry in ranked if entry is not None and entry.activity), None)


def _get_activity(sources: list[PresenceEntry], decisive: PresenceEntry | None) -> PresenceActivity:
    if decisive is not None and decisive.activity:
        return _ACTIVITIES.get(as_word(decisive.activity), PresenceActivity.OTHER)
    statuses = {as_word(entry.status) for entry in sources if entry.contact in (TEL, IM)} - {""}
    return PresenceActivity.OFFLINE if statuses == {"closed"} else PresenceActivity.AVAILABLE


def _find_entry(sources: Iterable[PresenceEntry], contact: str) -> PresenceEntry | None:
    """Return the entry of a source; where a call has one as well, the other one counts."""
    found = [entry for entry in sources if entry.contact == contact]
    return next(
        (entry for entry in found if as_word(entry.activity) != ON_THE_PHONE), next(iter(found), None)
    )


def _find_calendar(sources: Iterable[PresenceEntry]) -> PresenceEntry | None:
    return next((entry for entry in sources if entry.contact.startswith(CALENDAR)), None)


_BEFORE_COUNTRY = re.compile(r"^(?:\+|00)")


def _decode_country(message: JsonObject, name: str) -> str | None:
    """Return a country code without what is dialled before it."""
    code = get_text(message, name)
    return _BEFORE_COUNTRY.sub("", code) or None if code is not None else None


_DECORATION = re.compile(r"[\s()./-]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """The numbering of the node that the login is at."""

    international: str | None = None
    national: str | None = None
    local: str | None = None
    country: str | None = None
    area: str | None = None
    name: str | None = None

    @classmethod
    def from_node_info(cls, message: JsonObject) -> Self:
        """Decode the answer to GetNodeInfo (PbxApi, `GetNodeInfoResult`)."""
        return cls(
            international=get_text(message, "prefix_intl"),
            national=get_text(message, "prefix_ntl"),
            local=get_text(message, "prefix_subs"),
            country=_decode_country(message, "country_code"),
            name=get_text(message, "name"),
        )

    @classmethod
    def from_user(cls, message: JsonObject) -> Self:
        """Decode what is said of the numbering of a user (RCC, `UserInitializeResult`)."""
        return cls(
            international=get_text(message, "prefixIntl"),
            national=get_text(message, "prefixNtl"),
            local=get_text(message, "prefixSubs"),
            country=_decode_country(message, "country"),
            area=get_text(message, "area"),
        )

    @property
    def dial_plan(self) -> DialPlan:
        """Return the same in the words of the model."""
        return DialPlan(
            country_code=self.country,
            area_code=self.area,
            external_prefix=self.local,
            national_prefix=self.national,
            international_prefix=self.international,
        )

    def normalize(self, number: str | None) -> str | None:
        """Return a shown number with its country, or None where it is internal or unclear."""
        if not number or not number.lstrip("+").isdigit():
            return None
        if number.startswith("+"):
            return number
        if self.international and number.startswith(self.international):
            return "+" + number.removeprefix(self.international)
        if self.country and self.national and number.startswith(self.national):
            return f"+{self.country}{number.removeprefix(self.national)}"
        if self.country and self.area and self.local and number.startswith(self.local):
            return f"+{self.country}{self.area}{number.removeprefix(self.local)}"
        return None

    def get_dialled(self, number: str) -> str:
        """Return a number as it has to be dialled; only the international form needs work."""
        plain = _DECORATION.sub("", number)
        if not plain.startswith("+"):
            return plain
        digits = plain[1:]
        if self.country and self.national and digits.startswith(self.country):
            return self.national + digits.removeprefix(self.country)
        return (self.international or "00") + digits
