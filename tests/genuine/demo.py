"""Let the people of an office on a genuine Asterisk call each other, the same way for the same seed."""

import asyncio
from contextlib import AsyncExitStack, suppress
from random import Random

from .configuration import PEOPLE
from .office import GenuineOffice
from .telephone import Manner, SipCall, Telephone
from .user_agent import Refused

MEAN_PAUSE = 6.0
# For how long a telephone logs in at a time, in seconds.
LEASE = 600
CALLERS = (("+441234567890", "Customer"), ("+442071234567", "Sarah Smith"), ("+447009001234", ""))
# Who may be called from outside, and what leads to several: the group and the queue.
CALLED = ("201", "202", "204", "300", "400")
REFUSALS = (Manner.IS_BUSY, Manner.DECLINES)


class GenuineDemo:
    """Telephones on which people call, answer, hold, refuse, and let it ring."""

    def __init__(self, office: GenuineOffice, seed: int, *, pace: float = 1.0) -> None:
        self._office = office
        self._pace = pace
        self._random = Random(seed)
        self._telephones: list[Telephone] = []

    async def run(self) -> None:
        """Play scene after scene until cancelled."""
        async with AsyncExitStack() as stack:
            outside = await stack.enter_async_context(self._office.outside(*CALLERS[0]))
            for number in PEOPLE:
                telephone = await stack.enter_async_context(self._office.telephone(number))
                self._telephones.append(await telephone.register(LEASE))
            async with asyncio.TaskGroup() as tasks:
                for telephone in self._telephones:
                    tasks.create_task(self._attend(telephone))
                    tasks.create_task(self._stay_logged_in(telephone))
                while True:
                    await self._pause(MEAN_PAUSE)
                    tasks.create_task(self._place_call(outside))

    async def _pause(self, mean: float) -> None:
        await asyncio.sleep(self._random.uniform(mean / 2, mean * 1.5) / self._pace)

    async def _stay_logged_in(self, telephone: Telephone) -> None:
        """Log in anew in good time, as telephones do; also where the server has missed it once."""
        while True:
            await asyncio.sleep(LEASE / 3 / self._pace)
            with suppress(TimeoutError, Refused):
                await telephone.register(LEASE)

    async def _attend(self, telephone: Telephone) -> None:
        """Do something with every call that rings at a telephone."""
        while True:
            with suppress(TimeoutError):
                await self._receive(await telephone.rings())

    async def _receive(self, call: SipCall) -> None:
        await self._pause(4)
        choice = self._random.random()
        if call.is_over or choice < 0.3:
            return
        if choice < 0.4:
            await call.refuse(self._random.choice(REFUSALS))
            return
        await call.answer()
        for act in (call.hold, call.resume, call.hang_up):
            await self._pause(8)
            if call.is_over:
                return
            with suppress(Refused, TimeoutError):
                await act()

    async def _place_call(self, outside: Telephone) -> None:
        """Let somebody call: from outside, or inside."""
        if self._random.random() < 0.6:
            outside.number, outside.name = self._random.choice(CALLERS)
            call = outside.call(f"+31205550{self._random.choice(CALLED)}")
        else:
            caller, callee = self._random.sample(self._telephones, 2)
            call = caller.call(callee.number)
        with suppress(Refused, TimeoutError):
            await call.until(lambda: call.is_over)
        with suppress(Refused, TimeoutError):
            await call.hang_up()
