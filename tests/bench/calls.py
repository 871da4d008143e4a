"""What one call costs and writes on each system, from its frames to its states."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import count

from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import HomeAssistant
from homeassistant.loader import DATA_CUSTOM_COMPONENTS

from tests.components.parity.entry import set_up
from tests.components.parity.systems import TELLERS
from tests.components.parity.writes import Writes, expected, tell
from tests.waiting import until

from .cost import Cost, alternate, subtract
from .floor import BareDevice, BareSensors
from .office import Office, running_office
from .wires import WIRES, Wire


@dataclass(frozen=True, slots=True, kw_only=True)
class CallCost:
    """Costs of a call that rings, is answered and ends.

    `whole` is from its frames to its states, `decode` up to the hub, `floor` as many bare writes after the
    same decoding. `frames` and `states` are how many there are of one call.
    """

    whole: Cost
    decode: Cost
    floor: Cost
    frames: float
    states: float


async def measure_calls(hass: HomeAssistant, system: str, people: int, calls: int, runs: int) -> CallCost:
    """Return the costs of calls to one after the other of so many people, who each have a phone."""
    wire, alone = WIRES[system](people), WIRES[system](people)
    numbers = count()
    async with (
        running_office(hass, wire.objects) as office,
        BareSensors(hass, "calls", [BareDevice(enabled=4)] * people) as bare,
    ):
        await bare.load()
        states = await _count_states(office, wire, people, numbers)
        frames = sum(len(step) for step in wire.list_steps(0, 0))
        prepared = [_list_frames(wire, people, calls, numbers) for _ in range(runs + 1)]
        for_project, for_decoding, for_floor = iter(prepared), iter(prepared), iter(prepared)
        share = states / frames

        async def deliver() -> None:
            for frame in next(for_project):
                await office.pbx.apply(list(wire.read(frame)))

        async def decode() -> None:
            for frame in next(for_decoding):
                alone.read(frame)

        async def write() -> None:
            due = 0.0
            for frame in next(for_floor):
                bystander.read(frame)
                due += share
                bare.write(int(due))
                due -= int(due)

        bystander = WIRES[system](people)
        delivered, decoded, written = await alternate(runs, deliver, decode, write)
    return CallCost(
        whole=Cost.of(delivered, calls),
        decode=Cost.of(decoded, calls),
        floor=Cost.of(subtract(written, decoded), calls),
        frames=frames,
        states=states,
    )


async def measure_entering(system: str, people: int, calls: int, runs: int) -> Cost:
    """Return what the frames of a call cost until they are plain values, before anything is decoded."""
    wire, numbers = WIRES[system](people), count()
    prepared = iter([_list_frames(wire, people, calls, numbers) for _ in range(runs + 1)])

    async def enter() -> None:
        for frame in next(prepared):
            wire.enter(frame)

    (entered,) = await alternate(runs, enter)
    return Cost.of(entered, calls)


def _list_frames(wire: Wire, people: int, calls: int, numbers: Iterable[int]) -> list[str]:
    """Return the frames of so many calls, one after the other."""
    return [
        frame
        for _, number in zip(range(calls), numbers, strict=False)
        for step in wire.list_steps(number, number % people)
        for frame in step
    ]


async def _count_states(office: Office, wire: Wire, people: int, numbers: Iterable[int]) -> float:
    """Return how many states a call writes."""
    calls, written = min(people, 20), list[None]()
    stop = office.hass.bus.async_listen(EVENT_STATE_CHANGED, lambda event: written.append(None))
    for frame in _list_frames(wire, people, calls, numbers):
        await office.pbx.apply(list(wire.read(frame)))
    await office.hass.async_block_till_done()
    stop()
    return len(written) / calls


@dataclass(frozen=True, slots=True)
class OpenCallsCost:
    """Costs while no call is open, and `_many` while many are.

    `frame` is from one frame to its states, and `write` one bare write at the same time, which shows what
    having more in memory costs everything. `decode` is a frame up to the hub, both measured in turns.
    """

    frame: Cost
    frame_many: Cost
    write: Cost
    write_many: Cost
    decode: Cost
    decode_many: Cost


async def measure_open_calls(
    hass: HomeAssistant, system: str, people: int, runs: int, calls: int = 200
) -> OpenCallsCost:
    """Return the cost of a frame of a call while no other call is open, and while so many others are.

    A run has `calls` calls.
    """
    numbers = count()
    wire = WIRES[system](people + 1)
    frames = calls * sum(len(step) for step in wire.list_steps(0, 0))
    async with (
        running_office(hass, wire.objects) as office,
        BareSensors(hass, "open", [BareDevice(enabled=4)] * people) as bare,
    ):
        await bare.load()

        async def deliver() -> None:
            for frame in next(prepared):
                await office.pbx.apply(list(wire.read(frame)))

        async def write() -> None:
            bare.write(frames)

        def prepare() -> Iterator[list[str]]:
            return iter([_list_frames_of(wire, people, calls, numbers) for _ in range(runs + 1)])

        prepared = prepare()
        few, bare_few = await alternate(runs, deliver, write)
        for frame in _list_opening(wire, people, numbers):
            await office.pbx.apply(list(wire.read(frame)))
        prepared = prepare()
        many, bare_many = await alternate(runs, deliver, write)
    decoded = await _decode_open_calls(system, people, runs, calls)
    return OpenCallsCost(
        *(Cost.of(seconds, frames) for seconds in (few, many, bare_few, bare_many, *decoded))
    )


async def _decode_open_calls(system: str, people: int, runs: int, calls: int) -> list[list[float]]:
    """Return the seconds of runs that decode calls, of which so many others are open at the second wire."""
    numbers = count()
    few, many = WIRES[system](people + 1), WIRES[system](people + 1)
    for frame in _list_opening(many, people, numbers):
        many.read(frame)
    prepared = iter([_list_frames_of(few, people, calls, numbers) for _ in range(2 * (runs + 1))])

    async def decode_few() -> None:
        for frame in next(prepared):
            few.read(frame)

    async def decode_many() -> None:
        for frame in next(prepared):
            many.read(frame)

    return await alternate(runs, decode_few, decode_many)


def _list_frames_of(wire: Wire, person: int, calls: int, numbers: Iterator[int]) -> list[str]:
    """Return the frames of so many calls to one person."""
    steps = [step for _ in range(calls) for step in wire.list_steps(next(numbers), person)]
    return [frame for step in steps for frame in step]


def _list_opening(wire: Wire, people: int, numbers: Iterator[int]) -> list[str]:
    """Return the frames with which a call is answered by each of so many people."""
    steps = [step for person in range(people) for step in wire.list_steps(next(numbers), person)[:2]]
    return [frame for step in steps for frame in step]


async def count_writes(hass: HomeAssistant, system: str) -> Counter[str]:
    """Return what was written of a call that rang, was answered, held, resumed and ended."""
    hass.data.pop(DATA_CUSTOM_COMPONENTS, None)
    teller = TELLERS[system]()
    async with teller.pbx:
        anna = await set_up(hass, teller, {})
        writes = Writes(hass, anna)
        await tell(teller, anna)
        await until(lambda: expected(teller) <= writes.count)
        written = Counter(writes.count)
        await hass.config_entries.async_remove(anna.config_entry.entry_id)
    return written
