"""Say how a PBX spells and shapes what the vendor's text leaves open or changed between versions."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

EVENT_KINDS = (
    "phone_status_update",
    "user_logged_in",
    "user_logged_out",
    "user_list_changed",
    "phone_list_changed",
    "incoming_call",
    "internal_dial",
    "call_answered",
    "call_finished",
    "blind_transfer",
    "attended_transfer",
    "voicemail_status",
)
OTHER_NAMES = {
    "phone_status_update": "device_status",
    "user_logged_in": "hot_desk_login",
    "user_logged_out": "hot_desk_logoff",
    "user_list_changed": "users_changed",
    "phone_list_changed": "phones_changed",
    "incoming_call": "call_incoming",
    "internal_dial": "call_dial",
    "call_answered": "answer",
    "call_finished": "hangup",
    "blind_transfer": "transfer_blind",
    "attended_transfer": "transfer_attended",
    "voicemail_status": "mailbox_update",
}


def _camel(kind: str) -> str:
    """Spell a kind like phoneStatusUpdate."""
    first, *rest = kind.split("_")
    return first + "".join(word.title() for word in rest)


def _opaque(kind: str) -> str:
    """Spell a kind in a way that says nothing, such as evt17."""
    return f"evt{EVENT_KINDS.index(kind) + 10}" if kind in EVENT_KINDS else kind


type EventStyle = Literal[
    "snake",
    "human",
    "title",
    "pascal",
    "camel",
    "upper",
    "dashed",
    "dotted",
    "suffixed",
    "other",
    "opaque",
]
EVENT_STYLES: dict[EventStyle, Callable[[str], str]] = {
    "snake": str,
    "human": lambda kind: kind.replace("_", " "),
    "title": lambda kind: kind.replace("_", " ").title(),
    "pascal": lambda kind: kind.replace("_", " ").title().replace(" ", ""),
    "camel": _camel,
    "upper": str.upper,
    "dashed": lambda kind: kind.replace("_", "-"),
    "dotted": lambda kind: kind.replace("_", "."),
    "suffixed": lambda kind: f"{kind}_event",
    "other": lambda kind: OTHER_NAMES.get(kind, kind),
    "opaque": _opaque,
}
# A time without a zone is one of the clock on the wall.
TIME_ZONE = ZoneInfo("Europe/Amsterdam")
TIMESTAMP_STYLES: dict[str, Callable[[datetime], str]] = {
    "utc": lambda moment: moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
    "naive": lambda moment: moment.astimezone(TIME_ZONE).strftime("%Y-%m-%dT%H:%M:%S"),
    "offset": lambda moment: moment.isoformat(timespec="milliseconds"),
}
SWITCH_STYLES: dict[str, tuple[str | bool, str | bool]] = {
    "string": ("true", "false"),
    "digit": ("1", "0"),
    "on_off": ("on", "off"),
    "bool": (True, False),
}


@dataclass(slots=True)
class Dialect:
    """Hold one choice per open question; the defaults are the vendor's words where it has any."""

    event_style: EventStyle = "snake"
    timestamps: Literal["utc", "naive", "offset"] = "utc"
    transferer: Literal["transferer", "transferrer"] = "transferer"
    target_trunk_number: Literal["number on trunk", "trunk number"] = "number on trunk"
    phone_trunk_number: Literal["trunk number", "number on trunk"] = "trunk number"
    fields: Literal["both", "current", "obsolete"] = "both"
    status_text: bool = True
    system_information: bool = True
    transfer_events: bool = True
    api_events: bool = True
    first_limit_keeps: Literal["newest", "oldest"] = "newest"
    # What follows a number that was never given out since the PBX has restarted.
    unknown_last: Literal["all", "nothing"] = "all"
    # How often each event is in the answer that has it.
    repeats: Literal[1, 2] = 1
    location: Literal["absolute", "path", "hostname", "elsewhere"] = "absolute"
    switch_values: Literal["string", "digit", "on_off", "bool"] = "string"
    acd_container: Literal["object", "list"] = "object"
    acd_names: bool = True
    acd_uuids: bool = False
    acd_calls_taken: bool = True
    v1: bool = True
    # What a password or refresh grant may have in its header.
    token_login: Literal["clients only", "any", "required"] = "clients only"
    # How an empty result for a poll looks, and a list that holds one mailbox only.
    no_events: Literal["list", "null"] = "list"
    own_mailbox: Literal["list", "object"] = "list"
    agent_status_scale: Literal["queue member", "extension"] = "queue member"

    def event_type(self, kind: str) -> str:
        """Spell the type of an event."""
        return EVENT_STYLES[self.event_style](kind)

    def timestamp(self, moment: datetime) -> str:
        """Spell a date and time."""
        return TIMESTAMP_STYLES[self.timestamps](moment)

    def switch_value(self, *, on: bool) -> str | bool:
        """Spell the value of a plain switch."""
        return SWITCH_STYLES[self.switch_values][0 if on else 1]

    def hidden_fields(self, obsolete: set[str], replaced: set[str]) -> set[str]:
        """Return the fields that this version lacks: the obsolete ones, or those that replace them."""
        return {"both": set(), "current": obsolete, "obsolete": replaced}[self.fields]
