"""Decode the notifications of line state and the list of current calls.

The Realtime API page names the members of an event, but not the shapes of Endpoint, Account, Remote and
Conference in them. Those are assumed (switchvox/account-object and more), in several spellings, until a
recording shows more.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from datetime import datetime, timedelta
from functools import lru_cache
import json
import re
from typing import Any

from ..enums import CallState
from ..errors import ProtocolError
from ..json_fields import (
    LONGEST_TEXT,
    as_seconds,
    as_text,
    as_word,
    get_integer,
    get_object,
    get_path,
    get_text,
    get_word,
)
from ..json_text import parse_json
from ..lazy_dataclass import dataclass
from ..model import ParkedCall
from ..phone_numbers import REMEMBERED, is_withheld


@dataclass(frozen=True, slots=True, kw_only=True)
class Remote:
    """The other party: a channel, an account, a number and a name, as far as they are known."""

    channel: str | None = None
    account: str | None = None
    number: str | None = None
    name: str | None = None


NOBODY = Remote()


# The member of `dialData` by which own dials are known.
TAG = "ha"
# Longer than this is no address that a browser takes.
LONGEST_URL = 2000
LINE_TOPIC = "state.change.extension.line"
PARKING_TOPIC = "state.change.parkingSpace"

STATES = {
    "idle": CallState.ENDED,
    "starting": CallState.DIALING,
    "calling": CallState.DIALING,
    "ringing": CallState.RINGING,
    "onthephone": CallState.TALKING,
    "onhold": CallState.ON_HOLD,
    # Not documented, but what else would they mean.
    "down": CallState.ENDED,
    "hangup": CallState.ENDED,
    "hungup": CallState.ENDED,
    "ended": CallState.ENDED,
}
_DIRECTIONS = {"topbx": True, "frompbx": False}
_LABELS = ("name", "displayName", "extension", "number", "accountId")


@dataclass(slots=True, kw_only=True)
class LineEvent:
    """News of one channel; `started` and `at` are times of the PBX, `to_pbx` who began it.

    One is made of each event, so it is not frozen, which takes longer to fill.
    """

    channel: str | None
    account: str | None
    number: str | None
    device: str | None
    state: CallState
    status: str
    known_status: bool
    started: float | None
    at: float | None
    remotes: tuple[Remote, ...]
    to_pbx: bool | None
    dial_data: Any = None
    queue: str | None = None
    details: Mapping[str, str] = field(default_factory=dict)


def decode_line(
    event: Mapping[str, Any],
    get_own_words: Callable[[str | None], frozenset[str]] = lambda account: frozenset(),
) -> LineEvent:
    """Decode an event; whatever it holds, nothing is raised.

    `get_own_words` returns number and name of an account by its id. Realtime API, event
    `state.change.extension.line`. Times are seconds since 1970.
    """
    endpoint, account = get_object(event, "endpoint"), decode_account_id(event.get("account"))
    status = get_text(event, "status") or ""
    state = STATES.get(as_word(status))
    number = get_text(endpoint, "extension", "number")
    dial_data, own = _decode_dial_data(event.get("dialData")), get_own_words(account)
    return LineEvent(
        channel=get_text(event, "uniqueId"),
        account=account,
        number=number,
        device=get_text(endpoint, "convergedDeviceId"),
        # Whatever it is called, something goes on there.
        state=CallState.TALKING if state is None else state,
        status=status,
        known_status=state is not None,
        started=as_seconds(event.get("startTime")),
        at=as_seconds(event.get("serverTime")),
        remotes=decode_remotes(event, own if number is None or number in own else own | {number}),
        to_pbx=_DIRECTIONS.get(get_word(event, "direction")),
        dial_data=dial_data,
        queue=_decode_queue(event.get("queueId")),
        details=_decode_details(event, dial_data),
    )


_DETAILED = ("conference", "intercom", "displayUrl", "dialData")
# What most events have of these.
_NOT_DETAILED = [None] * len(_DETAILED)


def _decode_details(event: Mapping[str, Any], dial_data: Any) -> dict[str, str]:
    """Return what else is worth showing: `conference`, `intercom`, `displayUrl`, `dialData`.

    Realtime API, event `state.change.extension.line`.
    """
    if list(map(event.get, _DETAILED)) == _NOT_DETAILED:
        return {}
    found = {
        "conference": _get_label(event.get("conference")),
        "intercom": _get_label(event.get("intercom")),
        "display_url": get_text(event, "displayUrl", longest=LONGEST_URL),
        "dial_data": _get_dial_data(dial_data),
    }
    return {name: value for name, value in found.items() if value is not None}


def _decode_queue(value: Any) -> str | None:
    """Return the account of a queue; 0 is the id of none (Realtime API, `queueId`)."""
    found = decode_account_id(value) if value is not None else None
    return None if found == "0" else found


def _decode_dial_data(value: Any) -> Any:
    """Return what was sent with a dial, None for nothing; "serialized and stored", it may come back so."""
    if not isinstance(value, str):
        return value or None
    try:
        return parse_json(value) or None
    except ValueError:
        return value.strip() or None


def _get_dial_data(value: Any) -> str | None:
    """Return as JSON what was sent with a dial, but for our tag (Realtime API, `dialData`)."""
    data = {name: item for name, item in value.items() if name != TAG} if isinstance(value, dict) else value
    return json.dumps(data, ensure_ascii=False)[:LONGEST_TEXT] if data else None


def _get_label(value: Any) -> str | None:
    """Return what to call a conference; its shape is assumed (switchvox/conference)."""
    if not isinstance(value, dict):
        return as_text(value)
    return get_text(value, *_LABELS) or get_text(get_path(value, "account"), *_LABELS)


_NUMBER_KEYS = ("number", "calleridnumber", "callernumber", "phonenumber", "extension", "exten")
_NAME_KEYS = ("name", "calleridname", "callername", "displayname", "display", "fullname")
_ACCOUNT_KEYS = ("accountId", "account_id", "id")
# The own endpoint may say itself whom it is connected to.
_FOREIGN = re.compile(r"remote|connected(?:line|party)?|caller(?:id)?", re.IGNORECASE)
_CHANNEL_ID = re.compile(r".*\d+\.\d+$")
# The extension of Asterisk for calls that name none.
_NO_EXTENSIONS = frozenset({"s", "S"})


def decode_account_id(value: Any) -> str | None:
    """Return the id of an account, an object or the bare id (Realtime API, Account).

    Its shape is assumed (switchvox/account).
    """
    return get_text(value, *_ACCOUNT_KEYS) if isinstance(value, dict) else as_text(value)


def decode_remotes(event: Mapping[str, Any], own: frozenset[str]) -> tuple[Remote, ...]:
    """Return the other parties of an event; `own` are number and name of the account itself.

    Realtime API, `remotes`; where they name nobody, what the own endpoint says of the other side, which is
    assumed (switchvox/other-side).
    """
    remotes = event.get("remotes")
    if isinstance(remotes, dict) and remotes and all(name.isdigit() for name in remotes):
        # A list by its positions.
        remotes = list(remotes.values())
    listed = remotes if isinstance(remotes, list) else [remotes]
    found = tuple([remote for item in listed if (remote := _decode_remote(item, own)) is not None])
    for remote in found:
        if remote.number or remote.name:
            return found
    endpoint = get_path(event, "endpoint")
    sources = [*_get_other_side(endpoint), *_get_caller_ids(endpoint), *_get_caller_ids(event)]
    number, name = _search(sources, own)
    return (*found, Remote(number=number, name=name)) if number or name else found


def _decode_remote(value: Any, own: frozenset[str]) -> Remote | None:
    """Return one of the `remotes`: a name, an object, or with an endpoint in it.

    Its shape is assumed (switchvox/remotes).
    """
    if isinstance(value, str):
        return Remote(channel=value) if _CHANNEL_ID.match(value) else Remote(number=value)
    if not isinstance(value, dict):
        return None
    endpoint, account = value.get("endpoint"), value.get("account")
    sources = [source for source in (endpoint, value, account) if isinstance(source, dict)]
    number, name = _search(sources, own)
    if number is None or name is None:
        nested = [inner for source in sources for inner in _get_caller_ids(source)]
        number, name = _search([*sources, *nested], own)
    return _make_remote(
        get_text(value, "uniqueId", "unique_id"),
        decode_account_id(account) if account is not None else get_text(value, "accountId", "account_id"),
        number,
        name,
    )


@lru_cache(maxsize=REMEMBERED)
def _make_remote(channel: str | None, account: str | None, number: str | None, name: str | None) -> Remote:
    """Return another party; each event of a channel names the same ones again."""
    return Remote(channel=channel, account=account, number=number, name=name)


def _get_caller_ids(source: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return `callerId: {name, number}`, as assumed (switchvox/caller-id), also that of a `caller`."""
    if "callerId" not in source and "caller" not in source:
        return []
    caller = get_path(source, "caller")
    return [get_path(source, "callerId"), caller, get_path(caller, "callerId")]


def _get_other_side(endpoint: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return what an endpoint says of the other side, nested or in members of its own."""
    flat: dict[str, Any] = {}
    nested: list[Mapping[str, Any]] = []
    for key, value in endpoint.items():
        match = _FOREIGN.match(key)
        if match is None:
            continue
        if isinstance(value, dict):
            nested.append(value)
        else:
            rest = key[match.end() :].lower().removeprefix("_")
            flat[{"": "number", "num": "number"}.get(rest, rest)] = value
    return [*nested, flat]


def _search(sources: Sequence[Mapping[str, Any]], own: frozenset[str]) -> tuple[str | None, str | None]:
    number: str | None = None
    name: str | None = None
    for source in sources:
        numbers, names = _find_members(tuple(source))
        number = number or _first(source, numbers, own)
        name = name or _first(source, names, own)
        if number is not None and name is not None:
            break
    return number, name


# A PBX has few shapes of what may hold a number and a name.
@lru_cache(maxsize=50)
def _find_members(members: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return which members may hold a number, and which a name, those first that are more likely to."""
    plain = {member.replace("_", "").lower(): member for member in members}
    numbers = tuple(plain[key] for key in _NUMBER_KEYS if key in plain)
    return numbers, tuple(plain[key] for key in _NAME_KEYS if key in plain)


def _first(source: Mapping[str, Any], members: tuple[str, ...], own: frozenset[str]) -> str | None:
    for member in members:
        value = as_text(source[member])
        if value is None or value in own or value in _NO_EXTENSIONS or is_withheld(value):
            continue
        return value
    return None


_LISTED_STATES = {"ringing": CallState.RINGING, "queued": CallState.RINGING}
PARKED = "parked"


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrentCall:
    """A call of the Extend API from one number to another; `seconds` is how long it has lasted."""

    id: str
    state: str
    caller: Remote
    called: Remote
    seconds: int | None
    space: str | None

    @property
    def progress(self) -> CallState:
        """Return how far the call is for the called party; any other word means that they talk."""
        return _LISTED_STATES.get(as_word(self.state), CallState.TALKING)

    def get_other_party(self, number: str) -> Remote | None:
        """Return the other party for an extension, or None where it takes no part."""
        if self.called.number == number:
            return self.caller
        return self.called if self.caller.number == number else None

    def get_state(self, number: str) -> CallState:
        """Return how far the call is for an extension."""
        calling = self.progress is CallState.RINGING and self.caller.number == number
        return CallState.DIALING if calling else self.progress


def list_elements(result: Mapping[str, Any], *path: str, element: str) -> list[Mapping[str, Any]]:
    """Return the repeated elements in the frame to which a path leads.

    Extend API, conversion of XML: one element is an object, several are a list, none leave the frame empty.
    Raises ProtocolError where there is no such frame: then the answer does not say that there are none.
    """
    frame: Any = result
    for name in path:
        frame = frame.get(name) if isinstance(frame, dict) else None
    if isinstance(frame, (str, list)) and not frame:
        return []
    found = frame.get(element) if isinstance(frame, dict) else _UNREADABLE
    if not found and not get_integer(frame if isinstance(frame, dict) else {}, "total_items"):
        return []
    if not isinstance(found, (dict, list)):
        raise ProtocolError(f"the answer holds no {path[-1]}")
    return [item for item in (found if isinstance(found, list) else [found]) if isinstance(item, dict)]


_UNREADABLE = "unreadable"


def decode_current_calls(result: Mapping[str, Any]) -> list[CurrentCall]:
    """Return the calls of an answer; raises ProtocolError where it is none.

    Extend API, `currentCalls.getList` and `users.currentCalls.getList`.
    """
    return list(_decode(list_elements(result, "current_calls", element="current_call")))


def _decode(found: Iterable[Mapping[str, Any]]) -> Iterator[CurrentCall]:
    for data in found:
        call_id = get_text(data, "id")
        if call_id is not None:
            yield CurrentCall(
                id=call_id,
                state=get_text(data, "state") or "unknown",
                caller=_decode_party(data, "from"),
                called=_decode_party(data, "to"),
                seconds=get_integer(data, "duration"),
                space=get_text(data, "lotnum"),
            )


def _decode_party(data: Mapping[str, Any], side: str) -> Remote:
    prefix = f"{side}_caller_id_"
    return Remote(number=get_text(data, f"{prefix}number"), name=get_text(data, f"{prefix}name"))


def decode_parked_calls(
    calls: Iterable[CurrentCall], before: Iterable[ParkedCall], now: datetime
) -> tuple[ParkedCall, ...]:
    """Return the callers in parking spaces (Extend API, current calls with `state` parked and a `lotnum`)."""
    known = {(call.space, call.number): call.since for call in before}
    return tuple(
        ParkedCall(
            space=call.space or "",
            number=call.caller.number,
            name=call.caller.name,
            since=estimate_start(call.seconds, known.get((call.space or "", call.caller.number)), now),
        )
        for call in calls
        if as_word(call.state) == PARKED
    )


# Waiting times are whole seconds read at some moment, so the start they give wobbles by this much.
_WOBBLE = timedelta(seconds=5)


def estimate_start(seconds: int | None, before: datetime | None, now: datetime) -> datetime | None:
    """Return when something began that has lasted so long, without a wobble from one reading to the next."""
    if seconds is None or not 0 <= seconds < 10**8:
        return None
    began = (now - timedelta(seconds=seconds)).replace(microsecond=0)
    return before if before is not None and abs(before - began) <= _WOBBLE else began
