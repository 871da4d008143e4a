"""Plan the faults of a server: which, where, and how often."""

import asyncio
from typing import Any

from aiohttp import web

from .clock import Clock
from .fault_effects import REFUSE, SPOIL, FaultRule


class FaultPlan:
    """Hold the faults that are to happen.

    Every method takes times (the next n requests, default all), path (a prefix) and method (an HTTP method).
    An aiohttp client repeats a GET once by itself when its connection is closed before the answer.
    """

    def __init__(self, clock: Clock) -> None:
        self.rules: list[FaultRule] = []
        self._clock = clock
        self._released = asyncio.Event()
        self._delays = {"hang": self._hang, "slow": self._slow}

    def add(self, kind: str, **options: Any) -> FaultRule:
        """Plan a fault by the name of its kind."""
        if kind not in REFUSE | SPOIL | self._delays:
            raise ValueError(f"Unknown fault: {kind}")
        rule = FaultRule(kind, **options)
        self.rules.append(rule)
        return rule

    def drop_connection(self, **options: Any) -> FaultRule:
        """Close the connection instead of working on the request."""
        return self.add("drop_connection", **options)

    def lose_answer(self, **options: Any) -> FaultRule:
        """Do the work, then close the connection instead of answering."""
        return self.add("lose_answer", **options)

    def hang(self, **options: Any) -> FaultRule:
        """Work on the request only after clear()."""
        return self.add("hang", **options)

    def error(self, status: int = 500, **options: Any) -> FaultRule:
        """Answer with an HTTP error."""
        return self.add("error", status=status, **options)

    def html(self, **options: Any) -> FaultRule:
        """Answer with a web page and status 200."""
        return self.add("html", **options)

    def slow(self, delay: float, **options: Any) -> FaultRule:
        """Work on the request only after a delay."""
        return self.add("slow", delay=delay, **options)

    def garbage(self, **options: Any) -> FaultRule:
        """Answer with bytes that are no JSON."""
        return self.add("garbage", **options)

    def truncated(self, **options: Any) -> FaultRule:
        """Answer with the first half of the JSON text."""
        return self.add("truncated", **options)

    def cut(self, **options: Any) -> FaultRule:
        """Close the connection in the middle of the answer."""
        return self.add("cut", **options)

    def wrong_types(self, **options: Any) -> FaultRule:
        """Answer with valid JSON in which every value has the wrong type."""
        return self.add("wrong_types", **options)

    def clear(self) -> None:
        """Forget all faults and let hanging requests go on."""
        self.rules.clear()
        self._released.set()
        self._released = asyncio.Event()

    def take(self, request: web.Request) -> list[FaultRule]:
        """Return the faults due for a request and count them."""
        due = [rule for rule in self.rules if rule.matches(request)]
        for rule in due:
            rule.hits += 1
        return due

    async def before(self, rules: list[FaultRule], request: web.Request) -> web.Response | None:
        """Carry out the faults that delay a request or keep it from being worked on."""
        for rule in rules:
            if rule.kind in self._delays:
                await self._delays[rule.kind](rule)
            if rule.kind in REFUSE:
                return REFUSE[rule.kind](rule, request)
        return None

    @staticmethod
    async def after(
        rules: list[FaultRule], request: web.Request, response: web.StreamResponse
    ) -> web.StreamResponse:
        """Carry out the faults that spoil an answer."""
        for rule in rules:
            if rule.kind in SPOIL and isinstance(response, web.Response):
                response = await SPOIL[rule.kind](request, response)
        return response

    async def _hang(self, rule: FaultRule) -> None:
        """Wait for clear()."""
        await self._released.wait()

    async def _slow(self, rule: FaultRule) -> None:
        """Wait for a delay on the simulator's clock."""
        await self._clock.sleep(rule.delay)
