"""Let an office live by itself, the same way for the same seed."""

from collections.abc import Callable, Coroutine
from random import Random
from typing import Any

from .call import Call
from .demo_calls import CALL_SCENES
from .demo_routine import ROUTINE_SCENES
from .demo_stage import CallEnded, Stage
from .server import AxeosSimulator

type Scene = Callable[[Stage], Coroutine[Any, Any, None]]

SCENES: dict[Scene, int] = {**CALL_SCENES, **ROUTINE_SCENES}
MOST_CALLS = 5
MEAN_PAUSE = 5.0


class Demo:
    """Play scene after scene, several at a time."""

    def __init__(self, pbx: AxeosSimulator, seed: int) -> None:
        self._pbx = pbx
        self._stage = Stage(pbx, Random(seed))
        self._strangers: set[Call] = set()

    def start(self) -> None:
        """Begin; the story ends with the simulator."""
        engine = self._pbx.engine
        engine.ring_time, engine.no_answer_time = 3.0, 20.0
        self._pbx.tasks.spawn(self._run())

    async def _run(self) -> None:
        """Choose what happens next."""
        scenes, weights = list(SCENES), list(SCENES.values())
        while True:
            await self._pbx.clock.sleep(self._stage.random.expovariate(1 / MEAN_PAUSE))
            self._adopt_strangers()
            (scene,) = self._stage.random.choices(scenes, weights)
            if scene not in CALL_SCENES or len(self._pbx.engine.calls) < MOST_CALLS:
                self._pbx.tasks.spawn(self._play(scene))

    async def _play(self, scene: Scene) -> None:
        """Play a scene, unless an API client ends its call early."""
        try:
            await scene(self._stage)
        except CallEnded:
            return

    def _adopt_strangers(self) -> None:
        """See to it that calls placed by API clients end some day."""
        for call in set(self._pbx.engine.calls.values()) - self._stage.own_calls - self._strangers:
            self._strangers.add(call)
            self._pbx.tasks.spawn(self._end_later(call))

    async def _end_later(self, call: Call) -> None:
        """Hang a call up after a while."""
        await self._pbx.clock.sleep(self._stage.random.uniform(60, 180))
        call.hangup()
        self._strangers.discard(call)
