"""Decode the indications of RCC, and what they say of how a call ended."""

from collections.abc import Callable
from operator import attrgetter
from typing import Any, NamedTuple

from ..enums import CallState, EndCause, LegRole, Outcome
from ..json_fields import (
    JsonObject,
    as_text,
    get_flag,
    get_integer,
    get_object,
    get_text,
    get_word,
    iter_one_or_many,
)
from ..lazy_dataclass import dataclass
from .decode_objects import USER, get_known_text, get_object_type, is_readable_list

PHASE_MASK = 0x00F
SETUP, ALERT, CONNECTED, DISC_SENT, DISC_RECEIVED, PARKED = 1, 4, 5, 6, 7, 8
# What the state of a call says besides its phase; the direction is that of the PBX.
TOWARDS_DEVICE, HELD_BY_USER, HELD_BY_PEER = 0x080, 0x100, 0x200
LARGEST_STATE = 0xFFFF


@dataclass(frozen=True, slots=True, kw_only=True)
class UserRecord:
    """An object in view of RCC; each record is complete."""

    guid: str
    cn: str | None = None
    dn: str | None = None
    h323: str | None = None
    e164: str | None = None
    pbx: str | None = None
    type: str = USER
    registered: tuple[str, ...] = ()


@dataclass(slots=True, kw_only=True)
class UserNews:
    """What one message says of an object: what it is, how many calls it has, and whether it is gone."""

    record: UserRecord
    alerting: int
    channels: int
    counted: bool
    gone: bool


class Peer(NamedTuple):
    """A party of a call in the words of the PBX; `type` says what it has to do with the call."""

    type: str | None = None
    cn: str | None = None
    dn: str | None = None
    h323: str | None = None
    e164: str | None = None
    normalized: str | None = None


# What the PBX calls the fields of a peer, in their order.
_PEER = ("type", "cn", "dn", "h323", "e164", "norm")


@dataclass(slots=True, kw_only=True)
class CallNews:
    """What one message says of a call; `phase` is None where it does not say how far the call is.

    One is made of each message, so it is not frozen, which takes longer to fill.
    """

    conference: str | None = None
    phase: int | None = None
    incoming: bool | None = None
    held: bool = False
    peer: Peer | None = None
    others: tuple[Peer, ...] = ()
    cause: int | None = None
    seconds: int | None = None
    gone: bool = False

    @property
    def over(self) -> bool:
        """Return whether the call is being released, or is gone."""
        return self.gone or self.phase in {DISC_SENT, DISC_RECEIVED}

    @property
    def state(self) -> CallState | None:
        """Return how far the call is; None where nothing rings yet."""
        if self.over:
            return CallState.ENDED
        if self.phase == PARKED or (self.phase == CONNECTED and self.held):
            return CallState.ON_HOLD
        if self.phase == CONNECTED:
            return CallState.TALKING
        if self.incoming:
            return CallState.RINGING if self.phase == ALERT else None
        return CallState.DIALING


# An object or a call that is gone.
_DELETED = frozenset({"del", "delete", "deleted"})
_NAMES = ("cn", "dn", "h323", "e164", "pbx")
_read_names = attrgetter(*_NAMES)


def decode_user(
    message: JsonObject, known: Callable[[str], UserRecord | None] = lambda guid: None
) -> UserNews | None:
    """Return the news of an object in view, None where even its id is missing (RCC, `UserInfo`).

    That `alert` and `channel` are counts stands in the vendor's manual of SOAP. What is left out is none; of
    what is unreadable, what was known stays. The record is the known one where it says the same.
    """
    guid = get_text(message, "guid")
    if guid is None:
        return None
    return UserNews(
        record=_decode_record(message, guid, known(guid)),
        alerting=_get_count(message, "alert"),
        channels=_get_count(message, "channel"),
        counted="alert" in message or "channel" in message,
        gone=get_word(message, "update") in _DELETED,
    )


def _decode_record(message: JsonObject, guid: str, known: UserRecord | None) -> UserRecord:
    type_ = get_object_type(message.get("pseudo"))
    registered = _decode_registered(message) if is_readable_list(message, "regs") else None
    if (
        known is not None
        # What was decoded before stands for itself: decoding it again would change nothing.
        and tuple(map(message.get, _NAMES)) == _read_names(known)
        and type_ == known.type
        and registered in (known.registered, None)
    ):
        return known
    before = known or UserRecord(guid=guid)
    return UserRecord(
        guid=guid,
        **{name: get_known_text(message, name, getattr(before, name)) for name in _NAMES},
        type=type_,
        registered=before.registered if registered is None else registered,
    )


def _decode_registered(message: JsonObject) -> tuple[str, ...]:
    registrations = [get_text(item, "hw") for item in iter_one_or_many(message.get("regs"))]
    return tuple(dict.fromkeys(filter(None, registrations)))


def _get_count(data: JsonObject, name: str) -> int:
    """Return a count, which some firmware sends as a truth value and leaves out when it is 0."""
    value = data.get(name)
    if value is None:
        return 0
    return int(value) if isinstance(value, bool) else max(get_integer(data, name) or 0, 0)


def decode_call(message: JsonObject, known: Peer | None = None) -> CallNews:
    """Return the news of a call (RCC, `CallInfo`); its state counts, since the names of events differ.

    `known` is the peer that the call had before, who is the same object where the message names him again.
    """
    state = get_integer(message, "state")
    has_state = state is not None and 0 <= state <= LARGEST_STATE
    bits = state if state is not None and has_state else 0
    return CallNews(
        conference=get_text(message, "conf"),
        phase=bits & PHASE_MASK if has_state else None,
        incoming=bool(bits & TOWARDS_DEVICE) if has_state else None,
        held=bool(bits & (HELD_BY_USER | HELD_BY_PEER)),
        peer=_decode_peer(get_object(message, "peer"), known),
        others=_decode_others(message.get("no")),
        cause=_get_cause(message.get("info")),
        seconds=get_integer(message, "time"),
        gone=get_flag(message, "del") is True or get_word(message, "msg") in _DELETED,
    )


def _decode_others(found: Any) -> tuple[Peer, ...]:
    if found is None:
        return ()
    others = (_decode_peer(item) for item in iter_one_or_many(found))
    return tuple(peer for peer in others if peer is not None)


def _decode_peer(data: JsonObject, known: Peer | None = None) -> Peer | None:
    if not data:
        return None
    told = tuple(map(data.get, _PEER))
    # Each message of a call names the same one again; decoding that again would change nothing.
    return known if told == known else Peer(*map(as_text, told))


def _get_cause(information: Any) -> int | None:
    """Return the Q.931 cause, if a message has one among its further information."""
    if information is None:
        return None
    causes = (item for item in iter_one_or_many(information) if item.get("type") == "cause")
    return next((get_integer(item, "vali") for item in causes), None)


# Of PBX-wide calls only the first message has a state; the others are known by the name of the event.
_PHASES = {
    "setup": SETUP,
    "setup-ack": SETUP,
    "call-proc": SETUP,
    "alert": ALERT,
    "conn": CONNECTED,
    "retrieved": CONNECTED,
    "held": CONNECTED,
    "disc": DISC_RECEIVED,
    "rel": DISC_RECEIVED,
}
# What the user sends: a call of their own is set up by them, one to them is answered by them.
_FROM_USER = {"setup": False, "alert": True, "conn": True, "call-proc": True}


def decode_wide_call(message: JsonObject) -> CallNews:
    """Return the news of a call anywhere at the PBX (RCC, `CallAdd` and `CallUpdate`)."""
    news = decode_call({**message, "conf": message.get("conf-id"), "peer": message.get("remote")})
    side, _, event = (get_text(message, "msg") or "").partition("-")
    if event not in _PHASES:
        return news
    incoming = _FROM_USER.get(event)
    return CallNews(
        conference=news.conference,
        phase=_PHASES[event],
        incoming=None if incoming is None else incoming is (side == "x"),
        held=event == "held",
        peer=news.peer,
    )


NORMAL, BUSY, NO_RESPONSE, NO_ANSWER, REJECTED, ELSEWHERE, UNSPECIFIED = 16, 17, 18, 19, 21, 26, 31

_CALL = {
    NORMAL: EndCause.HANGUP,
    BUSY: EndCause.BUSY,
    NO_RESPONSE: EndCause.NO_ANSWER,
    NO_ANSWER: EndCause.NO_ANSWER,
    REJECTED: EndCause.BUSY,
    ELSEWHERE: EndCause.HANGUP,
    UNSPECIFIED: EndCause.HANGUP,
}
_CALLER = {
    EndCause.HANGUP: Outcome.NO_ANSWER,
    EndCause.BUSY: Outcome.BUSY,
    EndCause.NO_ANSWER: Outcome.NO_ANSWER,
    EndCause.FAILED: Outcome.FAILED,
}


def get_end_cause(cause: int | None) -> EndCause:
    """Return why a call ended, by causes of Q.931.

    What the PBX means by 21, 26 and 31 is assumed (innovaphone/causes).
    """
    return EndCause.HANGUP if cause is None else _CALL.get(cause, EndCause.FAILED)


def get_leg_outcome(role: LegRole, cause: int | None, *, taken: bool) -> Outcome:
    """Return the outcome of a leg that ended unanswered before its call did."""
    if role is LegRole.CALLER:
        return _CALLER[get_end_cause(cause)]
    if taken or cause == ELSEWHERE:
        return Outcome.ANSWERED_ELSEWHERE
    return Outcome.BUSY if get_end_cause(cause) is EndCause.BUSY else Outcome.MISSED
