"""What the blocks of the manager interface say of channels and calls."""

from collections.abc import Mapping
from dataclasses import field
from functools import cache
from typing import NamedTuple
from urllib.parse import unquote

from ..enums import EndCause, Outcome
from ..json_fields import as_text, get_integer, get_text
from ..json_text import clean_text
from ..lazy_dataclass import dataclass
from .wire import Block

# The words of the states that matter.
UP, RINGING = "Up", "Ringing"
# Causes of the end of a channel, by Q.850.
USER_BUSY, REJECTED, ELSEWHERE, NORMAL = 17, 21, 26, 16
_NO_ANSWER = frozenset({18, 19, 20})
# Dial plans go on in these; they are no number that anybody has dialed.
_NO_NUMBERS = frozenset({"s", "h", "i", "t", "T", "o", "a", "e", "failed", "~~s~~"})


class ChannelNews(NamedTuple):
    """What one event says of one channel, in the words of the PBX; None where it does not say.

    Most events say the same as the one before, which is found out without looking at the words.
    """

    id: str
    name: str
    call: str | None = None
    state: str | None = None
    number: str | None = None
    caller_name: str | None = None
    exten: str | None = None
    context: str | None = None
    account: str | None = None
    application: str | None = None


# The part of it in which few events differ.
BESIDES_STATE = slice(4, None)

_FIELDS = (
    "Uniqueid", "Channel", "Linkedid", "ChannelStateDesc", "CallerIDNum", "CallerIDName", "Exten", "Context",
    "AccountCode", "Application",
)  # fmt: skip


@cache
def _list_fields(prefix: str) -> tuple[str, ...]:
    return tuple(f"{prefix}{name}" for name in _FIELDS)


def decode_channel(block: Block, prefix: str = "") -> ChannelNews | None:
    """Return what an event says of the channel whose fields begin with a prefix, None where of none."""
    news = ChannelNews._make(map(block.get, _list_fields(prefix)))
    return news if news.id and news.name else None


def get_dialed(exten: str | None) -> str | None:
    """Return the number that a channel was sent to, None where that is none that anybody has dialed."""
    dialed = as_text(exten)
    return dialed if dialed not in _NO_NUMBERS else None


def decode_bridge(row: Block) -> str | None:
    """Return the bridge in which a channel of a list is, None where in none."""
    return get_text(row, "BridgeUniqueid", "BridgeId")


def decode_duration(row: Block) -> int | None:
    """Return for how many seconds a channel of a list has been there, which it says as `00:01:02`."""
    parts = row.get("Duration", "").split(":")
    if len(parts) != 3 or not all(part.isdecimal() and len(part) < 6 for part in parts):
        return None
    hours, minutes, seconds = map(int, parts)
    return hours * 3600 + minutes * 60 + seconds


# Bridges in which the parties of one call speak with each other; in others, strangers wait or confer.
def is_conversation(block: Block) -> bool:
    """Return whether the bridge of an event joins the parties of one call."""
    return (
        block.get("BridgeType", "basic") in ("basic", "")
        and block.get("BridgeTechnology") != "holding_bridge"
    )


def get_cause(block: Block) -> int | None:
    """Return why a channel ended, None where nothing says it."""
    return get_integer(block, "Cause") or None


def get_leg_outcome(cause: int | None, status: str | None) -> Outcome | None:
    """Return what became of a call that was not answered at a phone, None where others may take it yet."""
    if cause == ELSEWHERE:
        return Outcome.ANSWERED_ELSEWHERE
    if cause in (USER_BUSY, REJECTED) or status == "BUSY":
        return Outcome.BUSY
    if status in ("CHANUNAVAIL", "CONGESTION", "INVALIDARGS"):
        return Outcome.FAILED
    return None


def get_end_cause(cause: int | None, status: str | None) -> EndCause:
    """Return why a call ended that nobody answered, by its last attempt to reach somebody."""
    if status == "BUSY" or cause in (USER_BUSY, REJECTED):
        return EndCause.BUSY
    if status == "NOANSWER" or (status is None and cause in _NO_ANSWER):
        return EndCause.NO_ANSWER
    if status in ("CHANUNAVAIL", "CONGESTION", "INVALIDARGS"):
        return EndCause.FAILED
    return EndCause.HANGUP


# What the dial plan says and asks

# What every event of a channel has besides the fields that a dial plan gives a `UserEvent`.
_STANDARD = frozenset({
    "Event", "Privilege", "SystemName", "Timestamp", "SequenceNumber", "File", "Line", "Func", "ActionID",
    "UserEvent",
    "Channel", "ChannelState", "ChannelStateDesc", "CallerIDNum", "CallerIDName", "ConnectedLineNum",
    "ConnectedLineName", "Language", "AccountCode", "Context", "Exten", "Priority", "Uniqueid", "Linkedid",
})  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a dial plan asks by `AGI(agi:async,name,arguments)`."""

    channel: ChannelNews
    name: str
    arguments: tuple[str, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)


def decode_user_event(block: Block) -> tuple[str, dict[str, str]]:
    """Return name and fields of a `UserEvent`."""
    fields = {
        name: text
        for name, text in block.items()
        if name not in _STANDARD and not name.startswith("ChanVariable")
    }
    return block.get("UserEvent", ""), fields


def decode_question(block: Block) -> Question | None:
    """Return the question of an `AsyncAGIStart`, whose environment is encoded as in an address."""
    channel = decode_channel(block)
    if channel is None:
        return None
    lines = (line.partition(":") for line in clean_text(unquote(block.get("Env", ""))).split("\n"))
    fields = {name.strip(): value.strip() for name, _, value in lines if name.strip()}
    arguments = [fields.get(f"agi_arg_{number}", "") for number in range(1, 21)]
    while arguments and not arguments[-1]:
        arguments.pop()
    return Question(
        channel=channel, name=arguments[0] if arguments else "", arguments=tuple(arguments[1:]), fields=fields
    )
