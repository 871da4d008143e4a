"""A thousand watched extensions."""

import asyncio
from time import perf_counter, thread_time

from custom_components.pbx.protocols.enums import LineStatus, ObjectKind
from tests.simulators.switchvox import SwitchvoxSimulator, large_world
from tests.waiting import until

from .client import Client, client_for

PEOPLE = 1000
LONGEST_BLOCK = 0.25


class Stopwatch:
    """Note the longest time for which the event loop was held up, in processor time."""

    def __init__(self) -> None:
        self.longest = 0.0

    async def run(self) -> None:
        """Look at the time again and again."""
        while True:
            before = thread_time()
            await asyncio.sleep(0.001)
            self.longest = max(self.longest, thread_time() - before)


def _ringing(client: Client) -> int:
    users = [item for key, item in client.state.objects.items() if key.kind is ObjectKind.USER]
    return sum(getattr(user, "status", None) is LineStatus.RINGING for user in users)


async def test_a_thousand_extensions() -> None:
    """Everybody is there within seconds, and a storm of calls is followed without holding the loop up."""
    async with SwitchvoxSimulator(large_world(PEOPLE)) as pbx:
        watch = Stopwatch()
        timer = asyncio.create_task(watch.run())
        before = perf_counter()
        async with client_for(pbx, admin=True, watch="all") as client:
            opened = perf_counter() - before
            subscribed = [params for params in pbx.journal.of("subscribe") if "targets" in params]
            assert [len(params["targets"]) for params in subscribed] == [50] * (PEOPLE // 50)
            before = perf_counter()
            calls = []
            for index in range(200):
                calls.append(pbx.lines.incoming("5551234567", str(2000 + index)))
                await asyncio.sleep(0)
            await until(lambda: _ringing(client) == 200)
            rang = perf_counter() - before
            for call in calls:
                pbx.lines.hang_up(call)
            await until(lambda: client.open_calls == [])
        timer.cancel()
        print(f"open {opened:.2f} s, 200 calls {rang:.3f} s, longest block {watch.longest * 1000:.1f} ms")  # noqa: T201
        assert watch.longest < LONGEST_BLOCK
        assert pbx.violations == []
