"""Drive one call."""

from typing import TYPE_CHECKING, Any

from .call_parts import Caller, Leg, present
from .phone_status import LegState
from .world import Phone, User

if TYPE_CHECKING:
    from .call_engine import CallEngine


class Call:
    """Follow one call from its first ring to its end; every step tells the pollers."""

    def __init__(
        self,
        engine: CallEngine,
        caller: Caller,
        caller_leg: Leg,
        *,
        called: str | None = None,
        did: str | None = None,
        event_tag: str = "main",
        account_code: str = "",
    ) -> None:
        self.unique_id = caller_leg.unique_id
        self.caller = caller
        self.caller_leg = caller_leg
        self.called_extension = called
        self.called_did = did
        self.event_tag = event_tag
        self.account_code = account_code
        self.called: list[User | Phone] = []
        self.targets: list[Leg] = []
        self.parties: list[Leg] = [caller_leg]
        self.monitored = False
        self.finished = False
        self._engine = engine

    @property
    def answered(self) -> Leg | None:
        """Return the leg that picked up."""
        return next((leg for leg in self.parties if leg is not self.caller_leg), None)

    @property
    def ringing(self) -> list[Leg]:
        """Return the legs that ring."""
        return [leg for leg in self.targets if leg.state is LegState.RINGING]

    def describe(self) -> dict[str, Any]:
        """Return the fields that all events of this call have."""
        return present(
            event_tag=self.event_tag,
            unique_id=self.unique_id,
            account_code=self.account_code,
            called_did=self.called_did,
            called_extension=self.called_extension,
            caller=self.caller.describe(),
        )

    def information(self) -> dict[str, Any]:
        """Return what a request for this call gets: its fields as its latest events have them."""
        targets = [leg.describe() for leg in self.targets if leg.state and not leg.outside]
        target = self.answered.describe() if self.answered and not self.answered.outside else None
        return self.describe() | present(targets=targets or None, target=target)

    def involves(self, user: User) -> bool:
        """Return whether a user takes part in this call."""
        return user.uuid in {self.caller.user_uuid, *(leg.user_uuid for leg in self.targets)}

    def announce(self) -> Call:
        """Run the dial plan's "API events" rule."""
        self.monitored = True
        self.emit("incoming_call")
        return self

    def ring(self, *called: User | Phone | str) -> Call:
        """Ring phones and users, by default whoever the call is for."""
        return self.dial(self._engine.legs_for(*(called or self.called)))

    def dial(self, legs: list[Leg]) -> Call:
        """Ring legs; numbers outside are not announced as local phones are."""
        self.targets.extend(legs)
        if local := [leg.describe() for leg in legs if not leg.outside]:
            self.emit("internal_dial", targets=local)
        for leg in legs:
            self._engine.lines.set_leg(leg, LegState.RINGING)
        return self

    def answer(self, by: Phone | User | str | None = None) -> Call:
        """Let a ringing phone, or number, pick up; the others stop ringing."""
        return self.connect(self.find_leg(by, LegState.RINGING))

    def connect(self, leg: Leg) -> Call:
        """Make a ringing leg a party of the call."""
        self.parties.append(leg)
        self._engine.lines.set_leg(leg, LegState.IN_USE)
        for other in self.ringing:
            self._engine.lines.set_leg(other, LegState.ENDED)
        if not leg.outside:
            self.emit("call_answered", target=leg.describe())
        return self

    def decline(self, by: Phone | User | str | None = None) -> Call:
        """Let one ringing phone stop while the others ring on."""
        self._engine.lines.set_leg(self.find_leg(by, LegState.RINGING), LegState.ENDED)
        return self

    def hold(self, by: Phone | User | str | None = None) -> Call:
        """Put the other side on hold; the API shows only the phone's status."""
        self._engine.lines.set_leg(self.find_leg(by, LegState.IN_USE), LegState.ON_HOLD)
        return self

    def resume(self, by: Phone | User | str | None = None) -> Call:
        """Take the other side back from hold."""
        self._engine.lines.set_leg(self.find_leg(by, LegState.ON_HOLD), LegState.IN_USE)
        return self

    def hangup(self) -> None:
        """End the call for everybody."""
        self.finish("hangup")
        self._engine.forget(self)

    def expire(self) -> None:
        """Stop monitoring the call, which itself goes on until hangup()."""
        self.finish("expired")

    def finish(self, reason: str) -> None:
        """Report the end of the call."""
        self.emit("call_finished", reason=reason)
        self.monitored = False

    def blind_transfer(
        self, extension: str, status: str = "success", by: Phone | User | str | None = None
    ) -> Call:
        """Send the other side to an extension, which then rings."""
        leg = self.find_leg(by, LegState.IN_USE, LegState.ON_HOLD)
        self._engine.transfers.blind(self, leg, extension, status)
        return self

    def attended_transfer(
        self, target: Call | str, status: str = "success", by: Phone | User | str | None = None
    ) -> Call:
        """Connect the other side to a second call, or to an extension that is consulted first."""
        leg = self.find_leg(by, LegState.IN_USE, LegState.ON_HOLD)
        self._engine.transfers.attended(self, leg, target, status)
        return self

    def release(self, leg: Leg) -> None:
        """Let one party leave the call."""
        self.parties.remove(leg)
        self._engine.lines.set_leg(leg, LegState.ENDED)

    def other_party(self, leg: Leg) -> Leg:
        """Return the leg that a leg talks to."""
        return next((party for party in self.parties if party is not leg), leg)

    def find_leg(self, by: Phone | User | str | None, *states: LegState) -> Leg:
        """Return the leg of a phone, user or number, by default the called side's first."""
        candidates = [leg for leg in (*self.targets, self.caller_leg) if leg.state in states]
        if by is not None:
            key = self._engine.key_of(by)
            candidates = [leg for leg in candidates if key in {leg.key, leg.number, leg.user_uuid}]
        if not candidates:
            raise ValueError(f"No leg of {self.unique_id} is {' or '.join(map(repr, states))}")
        return candidates[0]

    def emit(self, kind: str, **fields: Any) -> None:
        """Report something about this call."""
        if self.monitored:
            self._engine.emit(kind, **self.describe(), **fields)
