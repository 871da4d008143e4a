"""Run the calls of the PBX."""

from itertools import count
from typing import Any

from ..common.clock import Clock
from .call import Call
from .call_parts import Caller, Leg
from .dialect import Dialect
from .dialing import Dialing
from .event_buffer import EventBuffer
from .lines import Lines
from .phone_status import LegState
from .transfer import Transfers
from .world import Phone, User, World


class CallEngine:
    """Place calls, keep the phones' status codes true and report both.

    behaviour says by phone uuid (or number) how a phone that the API makes ring takes it: "answer", "busy",
    "no answer", "failed", "unavailable", or "manual" to ring until release() or Call.answer().
    """

    def __init__(self, world: World, clock: Clock, events: EventBuffer, dialect: Dialect) -> None:
        self.dialect = dialect
        self.behaviour: dict[str, str] = {}
        self.default_behaviour = "answer"
        self.ring_time = 0.0
        self.no_answer_time = 0.0
        self.calls: dict[str, Call] = {}
        self.deciding: set[Leg] = set()
        self.lines = Lines(world, events, dialect)
        self.transfers = Transfers(self)
        self.dialing = Dialing(world, dialect, self.new_unique_id)
        self._world = world
        self._clock = clock
        self._events = events
        self._ids = count(100)

    def new_unique_id(self) -> str:
        """Return an id in the manner of Asterisk."""
        return f"{int(self._clock.now().timestamp())}.{next(self._ids)}"

    def incoming(
        self,
        number: str,
        name: str = "",
        extension: str | None = None,
        *,
        users: list[User | Phone | str] | None = None,
        did: str | None = None,
        event_tag: str = "main",
        account_code: str = "",
        trunk: str | None = None,
        normalized_number: str | None = None,
        original_number: str | None = None,
    ) -> Call:
        """Bring in a call from outside; it rings nobody before Call.ring()."""
        caller = Caller(
            number,
            name,
            trunk_uuid=trunk or next(iter(self._world.trunks), None),
            normalized_number=normalized_number or (number if number.startswith("+") else None),
            original_number=original_number,
        )
        leg = self.dialing.outside_leg(number, name)
        call = Call(
            self, caller, leg, called=extension, did=did, event_tag=event_tag, account_code=account_code
        )
        call.called = self._called(users) if users else self.callees(extension or "")
        self.open(call)
        return call.announce()

    def outgoing(self, phone: Phone | str, number: str, *, event_tag: str = "main") -> Call:
        """Let a phone call a number; whoever is there rings until Call.answer()."""
        leg = self.caller_leg(self._world.phone(phone))
        call = self.call_from(leg, number, event_tag=event_tag)
        self.open(call)
        return call.announce().dial(self.legs_to(number))

    def caller_leg(self, phone: Phone) -> Leg:
        """Return a phone's leg for a call of its own, in the name of the one user it belongs to."""
        owners = [user for user in self._world.users.values() if phone in self._world.phones_of(user)]
        return self.dialing.phone_leg(phone, owners[0] if len(owners) == 1 else None)

    def call_from(self, leg: Leg, number: str, **options: Any) -> Call:
        """Make the call that a leg starts."""
        caller = Caller(leg.number, leg.name, leg.user_uuid, leg.phone.uuid if leg.phone else None)
        return Call(self, caller, leg, called=number, **options)

    def open(self, call: Call) -> None:
        """Take up a call."""
        self.calls[call.unique_id] = call
        self.lines.set_leg(call.caller_leg, LegState.IN_USE)

    def forget(self, call: Call) -> None:
        """Drop a call that is over and free its phones."""
        call.finished = True
        self.calls.pop(call.unique_id, None)
        for leg in (call.caller_leg, *call.targets):
            self.lines.set_leg(leg, LegState.ENDED)

    def lose_calls(self) -> None:
        """Forget all calls without a word, as a restart does."""
        for leg in list(self.deciding):
            leg.settle("gone")
        for call in self.calls.values():
            call.finished, call.monitored = True, False
        self.calls.clear()
        self.lines.lose_all()

    def restart(self) -> None:
        """Forget all calls without a word, and count channels anew."""
        self.lose_calls()
        self._ids = count()

    def callees(self, number: str) -> list[User | Phone]:
        """Return whom a number reaches inside."""
        return [*self._world.users_at(number), *self._world.phones_at(number)]

    def legs_for(self, *called: User | Phone | str) -> list[Leg]:
        """Return the legs that ring for users and phones, also given by name."""
        return [leg for item in self._called(called) for leg in self.dialing.legs_for(item)]

    def legs_to(self, number: str) -> list[Leg]:
        """Return the legs that ring for a number, inside or outside."""
        if callees := self.callees(number):
            return self.legs_for(*callees)
        return [self.dialing.outside_leg(number)]

    def key_of(self, item: Phone | User | str) -> str:
        """Return what a leg to a phone, user or number is known by."""
        if not isinstance(item, str):
            return item.uuid
        try:
            return self._world.phone(item).uuid
        except KeyError:
            return item

    def release(self, phone: Phone | str, outcome: str = "answer") -> None:
        """Let a phone or number that the API made ring take the call, or not."""
        key = self.key_of(phone)
        for leg in [leg for leg in self.deciding if leg.key == key]:
            leg.settle(outcome)

    def emit(self, kind: str, **fields: Any) -> None:
        """Report something about a call, if the dial plan has an "API events" rule."""
        if self.dialect.api_events:
            self._events.append(kind, **fields)

    def _called(self, called: Any) -> list[User | Phone]:
        """Return users and phones for whatever names them, extensions included."""
        found: list[User | Phone] = []
        for item in called:
            found.extend([item] if not isinstance(item, str) else self._by_name(item))
        return found

    def _by_name(self, name: str) -> list[User | Phone]:
        """Return whom an extension or a name means."""
        if callees := self.callees(name):
            return callees
        try:
            return [self._world.user(name)]
        except KeyError:
            return [self._world.phone(name)]
