"""Where the time of an event or of a call goes, from the hub to the written states, at each stage in place.

The clock itself takes a part of a microsecond at each stage, so that the sum is more than the whole is
without it.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import wraps
from itertools import count, islice
from time import thread_time
from typing import Any
from unittest.mock import patch

from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity import Entity

from custom_components.pbx.entity import PbxEntity
from custom_components.pbx.hub.delivery import Delivery
from custom_components.pbx.protocols.changes import Change
from custom_components.pbx.protocols.model import PbxObject
from custom_components.pbx.protocols.state import PbxState

from .cost import Cost, alternate
from .delivery import list_changes
from .office import make_phones, running_office
from .wires import WIRES

STATE, ENTITIES, WRITES = "state", "entities read", "written by Home Assistant"
MOMENTS = "moments, but their states"
BETWEEN = "the hub, between these"
# The functions in which a stage begins; what belongs to another stage within them is not counted.
_STAGES: Sequence[tuple[str, type[Any], str]] = (
    (STATE, PbxState, "apply"),
    (ENTITIES, PbxEntity, "_handle_update"),
    (WRITES, Entity, "async_write_ha_state"),
    (MOMENTS, Delivery, "_notify_few_moments"),
)


class StageClock:
    """Counts the seconds of each stage, without those of the stages within it."""

    def __init__(self) -> None:
        self.seconds: Counter[str] = Counter()
        self._within: list[float] = []

    def wrap[**P, R](self, stage: str, function: Callable[P, R]) -> Callable[P, R]:
        """Return a function whose time is counted for a stage."""

        @wraps(function)
        def timed(*args: P.args, **kwargs: P.kwargs) -> R:
            self._within.append(0.0)
            start = thread_time()
            try:
                return function(*args, **kwargs)
            finally:
                taken = thread_time() - start
                self.seconds[stage] += taken - self._within.pop()
                if self._within:
                    self._within[-1] += taken

        return timed

    @contextmanager
    def watch(self) -> Iterator[None]:
        """Count the time of all stages of the hub; entities must be made within."""
        with ExitStack() as stack:
            for stage, owner, name in _STAGES:
                stack.enter_context(patch.object(owner, name, self.wrap(stage, getattr(owner, name))))
            yield


async def measure_stages(
    hass: HomeAssistant, system: str, people: int, calls: int, runs: int
) -> dict[str, Cost]:
    """Return what each stage behind the decoding takes of one call."""
    numbers, wire = count(), WIRES[system](people)

    def prepare() -> list[Sequence[Change]]:
        return [
            list(wire.read(frame))
            for number in (next(numbers) for _ in range(calls))
            for step in wire.list_steps(number, number % people)
            for frame in step
        ]

    return await _clock_stages(hass, wire.objects, prepare, calls, runs)


async def measure_event_stages(hass: HomeAssistant, phones: int, events: int, runs: int) -> dict[str, Cost]:
    """Return what each stage takes of one event that changes the status of one phone among all."""
    changes = list_changes(phones)
    return await _clock_stages(hass, make_phones(phones), lambda: list(islice(changes, events)), events, runs)


async def _clock_stages(
    hass: HomeAssistant,
    objects: Sequence[PbxObject],
    prepare: Callable[[], Sequence[Sequence[Change]]],
    operations: int,
    runs: int,
) -> dict[str, Cost]:
    """Return what each stage takes of one operation; `prepare` returns the batches of a run of so many."""
    clock = StageClock()
    taken: dict[str, list[float]] = {stage: [] for stage, _, _ in _STAGES} | {BETWEEN: []}
    with clock.watch():
        async with running_office(hass, objects) as office:

            async def deliver() -> None:
                batches = prepare()
                clock.seconds.clear()
                start = thread_time()
                for changes in batches:
                    await office.pbx.apply(changes)
                clock.seconds[BETWEEN] = thread_time() - start - clock.seconds.total()
                for stage, seconds in taken.items():
                    seconds.append(clock.seconds[stage])

            await alternate(runs, deliver)
    # The first run only warms up.
    return {stage: Cost.of(seconds[1:], operations) for stage, seconds in taken.items()}
