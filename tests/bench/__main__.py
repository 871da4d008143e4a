"""Print what the integration costs, as ratios over a bare Home Assistant measured in the same run."""

import argparse
import asyncio
from collections import Counter
import logging

from homeassistant.core import HomeAssistant
from homeassistant.helpers import frame
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import async_test_home_assistant

import custom_components  # noqa: F401  # before the test helpers look for a package of this name
from tests.components.parity.systems import TELLERS

from .blocking import measure_blocking
from .calls import measure_call
from .delivery import measure_delivery, measure_resync, measure_wire
from .floor import Cost, measure_changed_write, measure_entities, measure_unchanged_write
from .lines import FEW, LinesCost, measure_lines
from .office import running_office
from .script import ScriptCost, measure_script


def row(what: str, cost: Cost, floor_name: str, floor: Cost) -> None:
    """Print one ratio with what it is made of."""
    print(
        f"  {what:42} {cost.best:8.2f} us  {cost.ratio(floor):5.2f} x  of {floor_name} ({floor.best:.2f} us)"
    )


def script_rows(cost: ScriptCost, floor: Cost) -> None:
    """Print what the script of an IPCortex PABX takes, and what an event of it costs."""
    mebibytes = [size / 2**20 for size in (cost.memory_empty, cost.memory_at_rest, cost.memory_under_load)]
    print(f"\nA hosted script with {cost.devices:,} devices on calls, {cost.rate:.0f} events a second")
    print("  memory of the engine: {:.1f} MiB empty, {:.1f} at rest, {:.1f} under load".format(*mebibytes))
    print(
        f"  processor of the engine: {cost.busy_at_rest:.2%} at rest, {cost.busy_under_load:.1%} under load"
    )
    print(f"  an event shows after {cost.delay * 1000:.0f} ms")
    row("an event inside the engine", cost.in_engine, "a bare write of a changed state", floor)
    row("its record outside", cost.in_python, "a bare write of a changed state", floor)


def lines_rows(cost: LinesCost, floor: Cost) -> None:
    """Print what the lines of a Switchvox cost."""
    print(f"\n{cost.watched:,} watched extensions")
    row("line event, from its packet to its call", cost.decode, "reading its JSON", cost.parse)
    row("line event, from its packet to its call", cost.decode, f"the same among {FEW}", cost.decode_few)
    row("line event to all of its states", cost.written, "a bare write of a changed state", floor)
    each = cost.written.ratio(floor) / cost.writes
    print(f"  that are {cost.writes:.1f} states, each {each:.2f} x of a bare write")
    print(f"  opening takes {cost.opened.best / 1000:.2f} ms for each extension, without the polite pauses")
    print(f"  of calls that begin together the last one shows after {cost.rang * 1000:.0f} ms")


def call_rows(system: str, count: Counter[str]) -> None:
    """Print what one call writes on a system, each of which is a row of the recorder."""
    by_kind = Counter[str]()
    for name, writes in count.items():
        by_kind[name.partition(".")[0]] += writes
    kinds = ", ".join(f"{writes} of the {kind}" for kind, writes in sorted(by_kind.items()))
    print(f"  {system:12} {count.total():3} states: {kinds}")


async def print_blocking(hass: HomeAssistant, count: int) -> None:
    """Print how long the event loop is held in one piece."""
    print(f"\n{count:,} phones and {count:,} users: how long all else waits at most")
    for phase in await measure_blocking(hass, count):
        print(
            f"  {phase.name:42} {phase.longest * 1000:8.1f} ms, {phase.took:6.2f} s in all,"
            f" garbage collection up to {phase.collecting * 1000:.0f} ms"
        )


async def main_blocking(count: int) -> None:
    """Measure in a bare Home Assistant how long the event loop is held."""
    logging.disable(logging.WARNING)
    async with async_test_home_assistant() as hass:
        frame.async_setup(hass)
        assert await async_setup_component(hass, "network", {})
        await print_blocking(hass, count)
        await hass.async_stop(force=True)


async def main(sizes: list[int], events: int, runs: int) -> None:
    """Measure floor and integration in turn, size by size."""
    logging.disable(logging.WARNING)
    async with async_test_home_assistant() as hass:
        frame.async_setup(hass)
        assert await async_setup_component(hass, "network", {})
        for size in sizes:
            async with running_office(hass, size) as office:
                floor = await measure_changed_write(hass, events, runs)
                delivery = await measure_delivery(office, events, runs)
                wire = await measure_wire(events, runs)
                unchanged = await measure_unchanged_write(hass, events, runs)
                resync = await measure_resync(office, runs)
            bare = await measure_entities(hass, office.entities, 3)
            print(f"\n{size:,} phones with {office.entities:,} entities")
            row("event to its one written state", delivery, "a bare write of a changed state", floor)
            row("decoding it from JSON before", wire, "a bare write of a changed state", floor)
            row("resync with nothing new, a phone", resync, "an unchanged write", unchanged)
            row("set-up new to the registries, an entity", office.cold, "a bare one", bare.cold)
            row("set-up known to the registries, an entity", office.warm, "a bare one", bare.warm)
        floor = await measure_changed_write(hass, events, runs)
        lines_rows(await measure_lines(hass, 1000, events - events % 3, runs), floor)
        # The script looks through its lists twice a minute, and a rest without that would be none.
        script_rows(await measure_script(500, 500, 10, rest=31), floor)
        print("\nOne call that rings, is answered, held, resumed and ended")
        for system in TELLERS:
            call_rows(system, await measure_call(hass, system))
        await hass.async_stop(force=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[100, 5000])
    parser.add_argument("--events", type=int, default=20_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--blocking", type=int, metavar="PHONES", help="only how long all else has to wait")
    arguments = parser.parse_args()
    if arguments.blocking:
        asyncio.run(main_blocking(arguments.blocking))
    else:
        asyncio.run(main(arguments.sizes, arguments.events, arguments.runs))
