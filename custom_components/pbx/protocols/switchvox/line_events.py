"""Decode notifications of line state."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
import re
from typing import Any

from ..enums import CallState
from ..json_fields import as_seconds, as_text, get_path, get_text

_NUMBER_KEYS = ("number", "calleridnumber", "callernumber", "phonenumber", "extension", "exten")
_NAME_KEYS = ("name", "calleridname", "callername", "displayname", "display", "fullname")
_ACCOUNT_KEYS = ("accountId", "account_id", "id")
# The own endpoint may say itself whom it is connected to.
_FOREIGN = re.compile(r"remote|connected(?:line|party)?|caller(?:id)?", re.IGNORECASE)
_CHANNEL_ID = re.compile(r".*\d+\.\d+$")
# What Asterisk and Switchvox say of a caller who does not show a number.
_WITHHELD = frozenset({"unknown", "<unknown>", "anonymous", "s"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Remote:
    """Whoever is on the other side: a channel, an account, a number and a name, as far as they are told."""

    channel: str | None = None
    account: str | None = None
    number: str | None = None
    name: str | None = None


NOBODY = Remote()


def account_id(value: Any) -> str | None:
    """Return the id of an account, which may be an object or the bare id."""
    return get_text(value, *_ACCOUNT_KEYS) if isinstance(value, dict) else as_text(value)


def decode_remotes(event: Mapping[str, Any], own: frozenset[str]) -> tuple[Remote, ...]:
    """Return the other parties of an event; `own` are number and name of the account itself."""
    remotes = event.get("remotes")
    listed = remotes if isinstance(remotes, list) else [remotes]
    found = tuple(remote for item in listed if (remote := _remote(item, own)) is not None)
    if any(remote.number or remote.name for remote in found):
        return found
    number, name = _hunt(_foreign(get_path(event, "endpoint")), own)
    return (*found, Remote(number=number, name=name)) if number or name else found


def _remote(value: Any, own: frozenset[str]) -> Remote | None:
    if isinstance(value, str):
        return Remote(channel=value) if _CHANNEL_ID.match(value) else Remote(number=value)
    if not isinstance(value, dict):
        return None
    endpoint, account = value.get("endpoint"), value.get("account")
    sources = [source for source in (endpoint, value, account) if isinstance(source, dict)]
    number, name = _hunt(sources, own)
    return Remote(
        channel=get_text(value, "uniqueId", "unique_id"),
        account=account_id(account) if account is not None else get_text(value, "accountId", "account_id"),
        number=number,
        name=name,
    )


def _foreign(endpoint: Mapping[str, Any]) -> list[Mapping[str, Any]]:
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


def _hunt(sources: Sequence[Mapping[str, Any]], own: frozenset[str]) -> tuple[str | None, str | None]:
    return _first(sources, _NUMBER_KEYS, own), _first(sources, _NAME_KEYS, own)


def _first(sources: Sequence[Mapping[str, Any]], keys: tuple[str, ...], own: frozenset[str]) -> str | None:
    return next((value for source in sources for value in _values(source, keys) if value not in own), None)


def _values(source: Mapping[str, Any], keys: tuple[str, ...]) -> Iterator[str]:
    plain = {key.replace("_", "").lower(): value for key, value in source.items()}
    for key in keys:
        value = as_text(plain.get(key))
        if value is not None and value.lower() not in _WITHHELD:
            yield value


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


@dataclass(frozen=True, slots=True, kw_only=True)
class LineEvent:
    """News of one channel; `started` and `at` are times of the PBX, `to_pbx` who began it."""

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


def decode_line(event: Mapping[str, Any], own: frozenset[str] = frozenset()) -> LineEvent:
    """Decode an event; whatever it holds, nothing is raised. `own` are number and name of its account."""
    endpoint = get_path(event, "endpoint")
    status = get_text(event, "status") or ""
    state = STATES.get(status.lower())
    number = get_text(endpoint, "extension", "number")
    return LineEvent(
        channel=get_text(event, "uniqueId"),
        account=account_id(event.get("account")),
        number=number,
        device=get_text(endpoint, "convergedDeviceId"),
        # Whatever it is called, something goes on there.
        state=CallState.TALKING if state is None else state,
        status=status,
        known_status=state is not None,
        started=as_seconds(event.get("startTime")),
        at=as_seconds(event.get("serverTime")),
        remotes=decode_remotes(event, own | ({number} if number else set())),
        to_pbx=_DIRECTIONS.get(str(event.get("direction")).lower()),
        dial_data=event.get("dialData"),
        queue=account_id(event.get("queueId")),
        details=_details(event),
    )


def _details(event: Mapping[str, Any]) -> dict[str, str]:
    found = {
        "conference": _label(event.get("conference")),
        "intercom": _label(event.get("intercom")),
        "display_url": get_text(event, "displayUrl", longest=LONGEST_URL),
    }
    return {name: value for name, value in found.items() if value is not None}


def _label(value: Any) -> str | None:
    """Return what to call a conference, whose shape no page describes."""
    if not isinstance(value, dict):
        return as_text(value)
    return get_text(value, *_LABELS) or get_text(get_path(value, "account"), *_LABELS)
