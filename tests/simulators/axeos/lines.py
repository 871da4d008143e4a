"""Keep the status codes of the phones true to their calls."""

from collections import defaultdict
from functools import reduce
from operator import or_

from .call_parts import Leg
from .dialect import Dialect
from .event_buffer import EventBuffer
from .phone_status import LegState, status_text
from .world import Phone, World


class Lines:
    """Know which legs each phone has and report the status they add up to."""

    def __init__(self, world: World, events: EventBuffer, dialect: Dialect) -> None:
        self._world = world
        self._events = events
        self._dialect = dialect
        self._legs: defaultdict[str, list[Leg]] = defaultdict(list)

    def set_leg(self, leg: Leg, state: LegState) -> None:
        """Change the state of a leg, and with it the status of its phone."""
        if leg.state is state:
            return
        leg.state = state
        if state is not LegState.RINGING:
            leg.settle("gone")
        if leg.phone is None:
            return
        legs = self._legs[leg.phone.uuid]
        if leg not in legs:
            legs.append(leg)
        if state is LegState.ENDED:
            legs.remove(leg)
        self.refresh(leg.phone)

    def set_condition(self, phone: Phone, code: int) -> None:
        """Override a phone's status code; 0 leaves it to the phone's calls again."""
        phone.condition = code
        self.refresh(phone)

    def refresh(self, phone: Phone) -> None:
        """Work out a phone's status code and report it if it changed."""
        code = phone.condition or reduce(or_, (int(leg.state) for leg in self._legs[phone.uuid]), 0)
        if code == phone.status_code:
            return
        phone.status_code = code
        text = {"status": status_text(code)} if self._dialect.status_text else {}
        self._events.append("phone_status_update", phone_uuid=phone.uuid, status_code=code, **text)

    def lose_all(self) -> None:
        """Forget all legs without a word."""
        for legs in self._legs.values():
            for leg in legs:
                leg.state = LegState.ENDED
        self._legs.clear()
        for phone in self._world.phones.values():
            phone.status_code = phone.condition
