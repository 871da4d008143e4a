"""Offer the scenes of the demonstration their actors and properties."""

from random import Random

from .call import Call
from .server import AxeosSimulator
from .world import Phone, User

CALLERS = (
    ("+31201234567", "Jansen & Zonen"),
    ("+4989123456", "Jörg Weiß GmbH"),
    ("+33142685300", "Agence Élysée"),
    ("+31612345678", "Sanne van den Berg"),
    ("+48221234567", "Łukasz Wiśniewski"),
    ("+31881234567", ""),
    ("anonymous", "< unknown >"),
)
DIDS = ("+31201234500", "+31201234511")


class CallEnded(Exception):
    """Report that somebody else has ended the call of a scene."""


class Stage:
    """Choose people and let time pass."""

    def __init__(self, pbx: AxeosSimulator, random: Random) -> None:
        self.pbx = pbx
        self.random = random
        self.own_calls: set[Call] = set()

    def incoming(self, extension: str) -> Call:
        """Bring in a call from one of the usual callers."""
        number, name = self.random.choice(CALLERS)
        did = self.random.choice(DIDS)
        return self.own(self.pbx.engine.incoming(number, name, extension, did=did))

    def own(self, call: Call) -> Call:
        """Take responsibility for a call."""
        self.own_calls.add(call)
        return call

    def end(self, call: Call) -> None:
        """Hang a call up."""
        call.hangup()
        self.own_calls.discard(call)

    async def wait(self, call: Call, low: float, high: float) -> None:
        """Let time pass in a call."""
        await self.pause(low, high)
        if call.finished:
            self.own_calls.discard(call)
            raise CallEnded

    async def pause(self, low: float, high: float) -> None:
        """Let time pass."""
        await self.pbx.clock.sleep(self.random.uniform(low, high))

    def free_users(self) -> list[User]:
        """Return users in random order who sit at an idle phone and take calls."""
        world = self.pbx.world
        users = [
            user
            for user in world.users.values()
            if not user.dnd
            and not user.call_forward
            and any(phone.status_code == 0 for phone in world.phones_of(user))
        ]
        return self.random.sample(users, len(users))

    def idle_phone(self, user: User) -> Phone | None:
        """Return a phone of a user at which he can place a call."""
        idle = [phone for phone in self.pbx.world.phones_of(user) if phone.status_code == 0]
        return idle[0] if idle else None
