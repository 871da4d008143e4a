"""Follow the calls of each device; one device's side of a call is a call of its own."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..call import Leg, Party
from ..changes import CallChange, Change, TransferChange
from ..enums import CallDirection, CallState, EndCause, LegRole
from ..evolve import evolve
from ..json_fields import get_caller_name, get_text, get_time, get_word
from ..lazy_dataclass import dataclass
from ..name_counter import NameCounter
from ..parties import make_party

CALLER = "caller"
_STATES = {
    "dial": CallState.DIALING,
    "ring": CallState.RINGING,
    "up": CallState.TALKING,
    "hold": CallState.ON_HOLD,
    "park": CallState.ON_HOLD,
}
_UNANSWERED = frozenset({CallState.DIALING, CallState.RINGING})
_ANSWERED = frozenset({CallState.TALKING, CallState.ON_HOLD})
_OVER = frozenset({"dead", "down"})
# What the far end of an outgoing call does; before it rings there is nothing to tell.
_FAR = {
    "ring": CallState.RINGING,
    "up": CallState.TALKING,
    "hold": CallState.TALKING,
    "park": CallState.TALKING,
}


@dataclass(frozen=True, slots=True)
class CallDevice:
    """The device whose calls these are, and whose it is."""

    device: str
    number: str | None
    name: str | None
    user: str | None


@dataclass(frozen=True, slots=True)
class KnownCall:
    """A call as it was last told."""

    id: str
    uid: str
    change: CallChange
    # Whether it was answered at any time.
    answered: bool = False

    @property
    def far(self) -> Party:
        """Return the other side of the call."""
        own = self.change.legs[0].role
        return (self.change.called if own is LegRole.CALLER else self.change.caller) or Party()


class CallBook:
    """Know the open calls of all devices.

    The script's own number of a call is unique until the script is loaded again, the PABX's id is used again
    and again: so calls are found by the first, and named by the second with the time of their beginning.
    """

    def __init__(
        self, internal: Callable[[str], bool], queue: Callable[[Mapping[str, Any]], str | None]
    ) -> None:
        self._internal = internal
        self._queue = queue
        self._known: dict[str, dict[str, KnownCall]] = {}
        self._by_id: dict[str, tuple[str, KnownCall]] = {}
        # To whom calls are being transferred by their own side, by id.
        self.transfers: dict[str, Party] = {}
        self.generation = 0
        self.unknown_states = NameCounter()

    def clear(self) -> None:
        """Forget everything, since the script is loaded again."""
        self._known.clear()
        self._by_id.clear()
        self.generation += 1

    def open(self) -> list[CallChange]:
        """Return all open calls."""
        return [known.change for _, known in self._by_id.values()]

    def find(self, call_id: str) -> tuple[str, KnownCall] | None:
        """Return the device and the call of this id."""
        return self._by_id.get(call_id)

    def get_states(self, device: str) -> list[CallState]:
        """Return what the calls of a device are doing."""
        return [known.change.legs[0].state for known in self._known.get(device, {}).values()]

    def update(self, endpoint: CallDevice, calls: Sequence[Mapping[str, Any]]) -> list[Change]:
        """Compare the calls of a device with those it had."""
        before = self._known.get(endpoint.device, {})
        after: dict[str, KnownCall] = {}
        changes: list[Change] = []
        for call in calls:
            known = self._read(endpoint, call, before)
            if known is None:
                continue
            after[known.uid] = known
            if before.get(known.uid) != known:
                changes.append(known.change)
        for uid, known in before.items():
            if uid not in after:
                changes += self._end(known)
        self._keep(endpoint.device, before, after)
        return changes

    def _keep(self, device: str, before: Mapping[str, KnownCall], after: dict[str, KnownCall]) -> None:
        for known in before.values():
            self._by_id.pop(known.id, None)
        for known in after.values():
            self._by_id[known.id] = (device, known)
        self._known[device] = after
        if not after:
            del self._known[device]

    def _read(
        self, endpoint: CallDevice, call: Mapping[str, Any], before: Mapping[str, KnownCall]
    ) -> KnownCall | None:
        uid = get_text(call, "uid", "id")
        word = get_word(call, "state") or "unknown"
        if uid is None or word in _OVER:
            return None
        state = _STATES.get(word)
        if state is None:
            self.unknown_states[word[:30]] += 1
            return before.get(uid)
        known = before.get(uid)
        answered = get_time(call, "start") is not None or (known is not None and known.answered)
        if answered and state in _UNANSWERED:
            # The far side is being transferred and rings elsewhere; this side goes on talking.
            word, state = "up", CallState.TALKING
        call_id = known.id if known is not None else self._make_id(endpoint.device, uid, call)
        change = self._make_change(endpoint, call_id, call, word, state)
        return KnownCall(call_id, uid, change, answered or state in _ANSWERED)

    def _make_id(self, device: str, uid: str, call: Mapping[str, Any]) -> str:
        pbx_id, stamp = get_text(call, "id"), get_text(call, "stamp")
        if pbx_id is None or stamp is None:
            return f"{device}/{self.generation}.{uid}"
        return f"{device}/{pbx_id}-{stamp}"

    def _make_change(
        self, endpoint: CallDevice, call_id: str, call: Mapping[str, Any], word: str, state: CallState
    ) -> CallChange:
        # Of a call out of a queue, the first ones are those of who waited in it.
        number = get_text(call, "qnumber", "number")
        name = get_caller_name(call, "qname", "name", "label")
        far = make_party(number, name if name != number else None)
        # A person is known by their own name, not by that of their telephone.
        near_name = endpoint.name if endpoint.user is None else None
        near = make_party(endpoint.number, near_name, user=endpoint.user, phone=endpoint.device)
        calls = get_word(call, "party") == CALLER
        direction = CallDirection.OUTGOING if calls else CallDirection.INCOMING
        if number is not None and self._internal(number):
            direction = CallDirection.INTERNAL
        own_leg = Leg(id=call_id, role=LegRole.CALLEE, party=near, state=state)
        return CallChange(
            id=call_id,
            direction=direction,
            caller=near if calls else far,
            called=far if calls else self._get_called(near, call),
            called_for_now=not calls and get_text(call, "extension") is None,
            legs=_make_caller_legs(own_leg, far, word) if calls else (own_leg,),
            queue=self._queue(call),
            started=get_time(call, "stamp"),
            answered=get_time(call, "start"),
            # Each device that rings has a call of its own.
            per_phone=not calls,
        )

    @staticmethod
    def _get_called(near: Party, call: Mapping[str, Any]) -> Party:
        dialled = get_text(call, "extension")
        if dialled is None or dialled == near.number:
            return near
        return make_party(dialled, get_text(call, "extname"))

    def _end(self, known: KnownCall) -> list[Change]:
        ended = evolve(known.change, legs=(), end=EndCause.HANGUP)
        target = self.transfers.pop(known.id, None)
        if target is None:
            return [ended]
        ids = (known.id,)
        return [TransferChange(ids=ids, leaving=ids, success=True, target=target), ended]


def _make_caller_legs(own: Leg, far: Party, word: str) -> tuple[Leg, ...]:
    """Return the legs of a call out of a device: its own, and the other one as far as it shows."""
    # While the other side rings, the state of the caller says so too.
    state = CallState.DIALING if own.state is CallState.RINGING else own.state
    leg = evolve(own, role=LegRole.CALLER, state=state)
    if word not in _FAR:
        return (leg,)
    return leg, Leg(id=f"{own.id}/far", role=LegRole.CALLEE, party=far, state=_FAR[word])
