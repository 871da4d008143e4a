"""Decode voicemail, presence, parked calls and versions."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from ..enums import PresenceActivity
from ..errors import ProtocolError
from ..model import ParkedCall
from .current_calls import PARKED, CurrentCall
from .fields import flag, items, scalar, text
from .queues import since

# The vocabulary of XMPP, and a word or two beside it.
ACTIVITIES = {
    "available": PresenceActivity.AVAILABLE,
    "chat": PresenceActivity.AVAILABLE,
    "away": PresenceActivity.AWAY,
    "xa": PresenceActivity.AWAY,
    "busy": PresenceActivity.BUSY,
    "dnd": PresenceActivity.DND,
    "unavailable": PresenceActivity.OFFLINE,
    "offline": PresenceActivity.OFFLINE,
}
_DEEPEST = 6


def decode_presence(result: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a user that follow from a presence."""
    found = next(_with_member(result, "presence"), {})
    word = text(found, "presence")
    if word is None:
        return {}
    activity = ACTIVITIES.get(word.lower(), PresenceActivity.OTHER)
    return {
        "presence": activity,
        "presence_note": text(found, "sub_presence"),
        "do_not_disturb": activity is PresenceActivity.DND,
    }


def decode_presence_options(result: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return what a presence can be set to, in the words of the PBX; their frame is not documented."""
    options = _with_member(result, "presence")
    return [
        {name: word for name, value in option.items() if (word := _word(value)) is not None}
        for option in options
    ]


def choose_option(
    options: Iterable[Mapping[str, str]], activity: PresenceActivity, note: str | None
) -> dict[str, str] | None:
    """Return the option for an activity, the one with this note if there is one."""
    fitting = [dict(option) for option in options if ACTIVITIES.get(option["presence"].lower()) is activity]
    exact = next((option for option in fitting if option.get("sub_presence", "") == (note or "")), None)
    if exact is not None or not fitting:
        return exact
    return fitting[0] | ({"sub_presence": note} if note else {})


def count_messages(results: Iterable[Mapping[str, Any]]) -> tuple[int, int]:
    """Return how many messages are new and old; raises ProtocolError where they do not say."""
    read = [flag(message, "read") for result in results for message in items(result, "messages", "message")]
    if read and not any(state is not None for state in read):
        raise ProtocolError("the messages do not say whether they were read")
    return read.count(False), read.count(True)


def parked_calls(
    calls: Iterable[CurrentCall], before: Iterable[ParkedCall], now: datetime
) -> tuple[ParkedCall, ...]:
    """Return the callers in parking spaces."""
    known = {(call.space, call.number): call.since for call in before}
    return tuple(
        ParkedCall(
            space=call.space or "",
            number=call.caller.number,
            name=call.caller.name,
            since=since(call.seconds, known.get((call.space or "", call.caller.number)), now),
        )
        for call in calls
        if call.state == PARKED
    )


def decode_version(result: Mapping[str, Any]) -> str | None:
    """Return the first thing that is called a version."""
    for found in _objects(result):
        for name, value in found.items():
            if "version" in name.lower() and (word := scalar(value)) is not None:
                return word
    return None


def _word(value: Any) -> str | None:
    return "" if value == "" else scalar(value)


def _with_member(data: Any, name: str) -> Iterator[Mapping[str, Any]]:
    return (found for found in _objects(data) if scalar(found.get(name)) is not None)


def _objects(data: Any, depth: int = 0) -> Iterator[Mapping[str, Any]]:
    """Yield every object in a result, wherever it is."""
    if depth > _DEEPEST:
        return
    if isinstance(data, dict):
        yield data
    for item in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
        yield from _objects(item, depth + 1)
