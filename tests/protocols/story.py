"""Tell what happens to calls, and note who was told what."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from custom_components.pbx.protocols.call import Call, Leg, Party
from custom_components.pbx.protocols.call_tracker import CallTracker
from custom_components.pbx.protocols.changes import CallChange, Moment, TransferChange
from custom_components.pbx.protocols.enums import CallState, LegRole, MomentType, ObjectKind, Outcome
from custom_components.pbx.protocols.keys import PBX_KEY, ObjectKey

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
OUTSIDE = Party(number="+31201234567", name="Customer")
ANNA = Party(number="201", user="anna", phone="desk-anna")
ANNA_MOBILE = Party(number="201", user="anna", phone="mobile-anna")
BERT = Party(number="202", user="bert", phone="desk-bert")
CARA = Party(number="203", user="cara", phone="desk-cara")

RINGING, DIALING = MomentType.RINGING, MomentType.DIALING
ANSWERED, ENDED, MISSED = MomentType.ANSWERED, MomentType.ENDED, MomentType.MISSED
HELD, RESUMED, TRANSFERRED = MomentType.HELD, MomentType.RESUMED, MomentType.TRANSFERRED


def user_key(user: str) -> ObjectKey:
    """Return the key of a user."""
    return ObjectKey(ObjectKind.USER, user)


def phone_key(phone: str) -> ObjectKey:
    """Return the key of a phone."""
    return ObjectKey(ObjectKind.PHONE, phone)


def queue_key(queue: str) -> ObjectKey:
    """Return the key of a queue."""
    return ObjectKey(ObjectKind.QUEUE, queue)


def target(party: Party, state: CallState = CallState.RINGING, leg: str | None = None) -> Leg:
    """Return the leg of someone who is called; each phone has one of its own."""
    return Leg(id=leg or f"to {party.phone}", role=LegRole.CALLEE, party=party, state=state)


def caller(party: Party, state: CallState = CallState.DIALING) -> Leg:
    """Return the leg of someone who calls."""
    return Leg(id=f"from {party.phone}", role=LegRole.CALLER, party=party, state=state)


class Watch:
    """Tell a time that only the test moves."""

    def __init__(self) -> None:
        self.time = START

    def __call__(self) -> datetime:
        """Return the time."""
        return self.time

    def forward(self, **by: float) -> None:
        """Let time pass."""
        self.time += timedelta(**by)


class Story:
    """A tracker of calls, and every moment it made."""

    def __init__(self) -> None:
        self.watch = Watch()
        self.tracker = CallTracker(self.watch)
        self.moments: list[Moment] = []

    def tell(self, change: CallChange | TransferChange) -> None:
        """Let something happen."""
        apply = {CallChange: self.tracker.apply, TransferChange: self.tracker.apply_transfer}[type(change)]
        self.note(apply(change))  # type: ignore[operator]

    def note(self, moments: Iterable[Moment]) -> None:
        """Keep what the tracker says."""
        self.moments += moments

    def call(self, call_id: str, *legs: Leg, **news: object) -> None:
        """Let there be news of a call."""
        self.tell(CallChange(id=call_id, legs=legs, **news))  # type: ignore[arg-type]

    def heard(self, key: ObjectKey | str) -> list[MomentType]:
        """Return what an object, or a user, was told so far."""
        return [moment.type for moment in self._moments_of(key)]

    def last(self, key: ObjectKey | str = PBX_KEY) -> Call:
        """Return the call of the latest moment of an object."""
        call = self._moments_of(key)[-1].call
        assert call is not None
        return call

    def outcome(self, key: ObjectKey | str) -> Outcome | None:
        """Return what became of the latest call for an object."""
        return self.last(key).views()[_key(key)].outcome

    def _moments_of(self, key: ObjectKey | str) -> list[Moment]:
        return [moment for moment in self.moments if moment.key == _key(key)]


def _key(key: ObjectKey | str) -> ObjectKey:
    return user_key(key) if isinstance(key, str) else key
