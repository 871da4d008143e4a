"""Print what the integration costs, as ratios over a bare Home Assistant measured in the same run."""

import argparse
import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import logging
from pathlib import Path
from socket import create_server
from tempfile import TemporaryDirectory
from unittest.mock import patch

from homeassistant.components.http import config as http_config
from homeassistant.components.http.const import CONF_SERVER_PORT
from homeassistant.core import HomeAssistant
from homeassistant.helpers import frame
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import async_test_home_assistant

import custom_components  # noqa: F401  # before the test helpers look for a package of this name
from custom_components.pbx.protocols.enums import ObjectKind
from tests.components.parity.systems import TELLERS

from .blocking import measure_blocking
from .calls import count_writes, measure_calls, measure_entering, measure_open_calls
from .connecting import measure_connecting
from .cost import Cost
from .delivery import measure_delivery
from .entities import measure_entities, measure_memory
from .idle import IDLE_COLUMNS, explain, measure_idle
from .imports import measure_import
from .lines import FEW, measure_lines
from .lookup import measure_lookup
from .peers import measure_peers
from .report import Report, describe_setting
from .script import measure_script
from .sockets import measure_socket
from .stages import measure_event_stages, measure_stages
from .wires import WIRES

BARE = "a bare write in its place"
ALONE = "one while none is"
# Of the groups of modules, those that take less to import are left out; in milliseconds.
LEAST_SHOWN = 0.5


@asynccontextmanager
async def bare_home_assistant() -> AsyncIterator[HomeAssistant]:
    """Run a Home Assistant with nothing in it, also beside one that has its usual port and folder."""
    logging.disable(logging.WARNING)
    with TemporaryDirectory() as folder, create_server(("127.0.0.1", 0)) as taken:
        # Where no settings are stored, it asks for the standard port.
        port = taken.getsockname()[1]
        with patch.dict(http_config._DEFAULT_CONFIG, {CONF_SERVER_PORT: port}):
            taken.close()
            async with async_test_home_assistant(config_dir=folder) as hass:
                frame.async_setup(hass)
                assert await async_setup_component(hass, "network", {})
                yield hass
                await hass.async_stop(force=True)


async def report_events(hass: HomeAssistant, report: Report, options: argparse.Namespace) -> None:
    """Report what one event of one phone costs among few and among many."""
    for size in options.sizes:
        cost = await measure_delivery(hass, size, options.events, options.runs)
        report.begin(f"{size:,} phones: one of them changes")
        report.add("event to its one written state", cost.delivery, cost.floor, BARE)
        stages = await measure_event_stages(hass, size, options.events, min(options.runs, 3))
        for stage, taken in stages.items():
            report.add(f"of which {stage}", taken, cost.floor, BARE)
        report.add("the same, each event in a turn of its own", cost.delivery_apart, cost.floor_apart, BARE)
        report.add("decoding it from JSON before", cost.wire, cost.floor, BARE)
        report.add("resync with nothing new, a phone", cost.resync)


async def report_calls(hass: HomeAssistant, report: Report, options: argparse.Namespace) -> None:
    """Report what a call costs on each system."""
    for system in WIRES:
        cost = await measure_calls(hass, system, options.people, options.calls, options.runs)
        report.begin(f"{system}: a call of {cost.frames:.0f} frames that writes {cost.states:.1f} states")
        report.add("whole call, from its frames to its states", cost.whole, cost.floor, "as many bare writes")
        report.add("of which decoding, up to the hub", cost.decode, cost.floor, "as many bare writes")
        entering = await measure_entering(system, options.people, options.calls, options.runs)
        report.add("of which the door for text", entering, cost.floor, "as many bare writes")
        stages = await measure_stages(hass, system, options.people, options.calls, min(options.runs, 3))
        for stage, taken in stages.items():
            report.add(f"of which {stage}", taken, cost.floor, "as many bare writes")
        # What is read and delivered in turn leaves the caches of the processor to each other.
        apart = cost.decode.best + sum(taken.best for taken in stages.values())
        in_turn = Cost((max(cost.whole.best - apart, 0.0),))
        report.add("of which reading and delivering in turn", in_turn, cost.floor, "as many bare writes")
        rate = cost.frames / cost.whole.best * 1e6
        report.add_text("frames a second", f"{rate:8,.0f}", rate=rate)
        busy = await measure_open_calls(hass, system, options.open, min(options.runs, 3))
        report.add(f"a frame while {options.open} other calls are open", busy.frame_many, busy.frame, ALONE)
        report.add("a bare write meanwhile", busy.write_many, busy.write, ALONE)
        report.add("decoding a frame meanwhile", busy.decode_many, busy.decode, ALONE)


async def report_sockets(hass: HomeAssistant, report: Report, options: argparse.Namespace) -> None:
    """Report how many events a session takes in a second, with none lost."""
    report.begin("Events in a second of one core, through a real socket")
    runs = min(options.runs, 3)
    for system in TELLERS:
        rate = await measure_socket(hass, system, min(options.calls, 300) // runs, runs)
        rates = {"state": rate.state, "written": rate.written, "apart": rate.apart}
        report.add_text(
            system,
            f"{rate.state.rate:8,.0f} up to the state, {rate.written.rate:8,.0f} up to all written states,"
            f" {rate.apart.rate:8,.0f} one by one"
            f" ({rate.written.events:,} events of {rate.written.calls} calls, {rate.lost} lost);"
            f" {1 / rate.written.call:,.0f} calls, each {rate.written.call / rate.floor:.1f} x of"
            f" {rate.states:.1f} bare writes",
            **{f"{name}_rate": taken.rate for name, taken in rates.items()},
            calls_rate=1 / rate.written.call,
            ratio=rate.written.call / rate.floor,
            states=rate.states,
            lost=rate.lost,
        )


async def report_states(hass: HomeAssistant, report: Report, options: argparse.Namespace) -> None:
    """Report what one call writes on each simulated system, each of which is a row of the recorder."""
    report.begin("One call that rings, is answered, held, resumed and ended")
    for system in TELLERS:
        written = await count_writes(hass, system)
        by_kind = Counter[str]()
        for name, writes in written.items():
            by_kind[name.partition(".")[0]] += writes
        kinds = ", ".join(f"{writes} of the {kind}" for kind, writes in sorted(by_kind.items()))
        report.add_text(system, f"{written.total():3} states: {kinds}", states=dict(written))


async def report_entities(hass: HomeAssistant, report: Report, options: argparse.Namespace) -> None:
    """Report what phones cost as they come, and what they keep of the memory."""
    for size in options.phones:
        cost = await measure_entities(hass, size, min(options.runs, 3))
        report.begin(f"{size:,} phones come with {cost.entities:,} entities")
        report.add("set-up new to the registries, a phone", cost.cold, cost.bare_cold, "a bare one")
        report.add("set-up known to the registries, a phone", cost.warm, cost.bare_warm, "a bare one")
        project, floor = await measure_memory(hass, size)
        text = f"{project / 1024:8.1f} KiB  {project / floor:6.2f} x of a bare one ({floor / 1024:.1f} KiB)"
        report.add_text("memory of a phone", text, bytes=project, floor_bytes=floor, ratio=project / floor)


async def report_peers(hass: HomeAssistant, report: Report, options: argparse.Namespace) -> None:
    """Report what others charge."""
    for size in options.sizes:
        cost = await measure_peers(hass, size, options.events, options.runs)
        report.begin(f"Peers, {size:,} phones")
        report.add("call at the call monitor of the core", cost.monitored_call)
        report.add("one changed value of a plain coordinator", cost.coordinated)


async def report_blocking(hass: HomeAssistant, report: Report, options: argparse.Namespace) -> None:
    """Report how long the event loop is held in one piece."""
    count = options.blocking or max(options.sizes)
    report.begin(f"{count:,} phones and {count:,} users: how long all else waits at most")
    for phase in await measure_blocking(hass, count):
        report.add_text(
            phase.name,
            f"{phase.longest * 1000:8.1f} ms, {phase.took:6.2f} s in all,"
            f" garbage collection up to {phase.collecting * 1000:.0f} ms",
            longest=phase.longest,
            took=phase.took,
            collecting=phase.collecting,
        )


async def report_lines(hass: HomeAssistant, report: Report, options: argparse.Namespace) -> None:
    """Report what the lines of a Switchvox cost."""
    cost = await measure_lines(hass, options.people, options.events - options.events % 3, options.runs)
    report.begin(f"{cost.watched:,} watched extensions of a Switchvox")
    report.add("line event, from its packet to its call", cost.decode, cost.parse, "reading its JSON")
    report.add("line event, from its packet to its call", cost.decode, cost.decode_few, f"the same of {FEW}")
    report.add("line event to all of its states", cost.written)
    report.add("opening, an extension", cost.opened)
    report.add_text("calls that begin together all show after", f"{cost.rang * 1000:8.0f} ms", rang=cost.rang)


async def report_connecting(hass: HomeAssistant, report: Report, options: argparse.Namespace) -> None:
    """Report when a large innovaphone PBX is known, at the pace that such a one bears."""
    cost = await measure_connecting(options.people, busy=20)
    report.begin(f"{options.people:,} users of an innovaphone PBX: seconds from connecting until there are")
    rows = {
        "the 20 calls that go on": cost.talking,
        "a new call, from its ringing": cost.ringing,
        "all rows of the directory": cost.directory,
        "the presence of all users": cost.presence,
        "all users whose calls are followed": cost.monitored,
    }
    for what, seconds in rows.items():
        report.add_text(what, f"{seconds:8.1f} s", seconds=seconds)


async def report_idle(hass: HomeAssistant, report: Report, options: argparse.Namespace) -> None:
    """Report what an idle PBX is asked and who forces it, in a loop of its own, which jumps over waiting."""
    for column in IDLE_COLUMNS:
        none, default = [
            await asyncio.to_thread(measure_idle, column, wanted=wanted) for wanted in ((), ObjectKind)
        ]
        report.begin(
            f"{column}: {default.requests.total()} requests in an idle hour, {none.requests.total()} where"
            f" nothing wants polling, {none.forced} of them forced by the protocol"
        )
        for name, count, who in explain(default, none):
            report.add_text(name, f"{count:4}  {who}", default=count, none=none.requests[name])


async def report_imports(hass: HomeAssistant, report: Report, options: argparse.Namespace) -> None:
    """Report what it takes to import the integration for one PBX in a fresh process."""
    report.begin("Import in a fresh process in which Home Assistant and its platforms are")
    for system in WIRES:
        cost = await measure_import(system, options.runs)
        strangers = ", ".join(cost.strangers) or "none"
        text = f"{cost.milliseconds:6.0f} ms, {cost.mebibytes:4.1f} MiB; of others: {strangers}"
        before = f"Home Assistant before: {cost.floor:.0f} ms"
        report.add_text(
            system,
            f"{text}; {before}",
            milliseconds=cost.milliseconds,
            mebibytes=cost.mebibytes,
            floor=cost.floor,
        )
        for group, (milliseconds, kibibytes) in sorted(cost.groups.items(), key=lambda item: -item[1][0]):
            if milliseconds >= LEAST_SHOWN:
                text = f"{milliseconds:6.1f} ms, {kibibytes:6,.0f} KiB"
                report.add_text(f"  {group}", text, milliseconds=milliseconds, kibibytes=kibibytes)
        after = {"what most have with their first call": cost.used}
        after |= {f"later, for {what}": taken for what, taken in cost.later.items()}
        for what, (milliseconds, mebibytes) in after.items():
            text = f"{milliseconds:6.1f} ms, {mebibytes:6.2f} MiB"
            report.add_text(f"  {what}", text, milliseconds=milliseconds, mebibytes=mebibytes)


async def report_script(hass: HomeAssistant, report: Report, options: argparse.Namespace) -> None:
    """Report what the script of an IPCortex PABX takes, and what an event of it costs."""
    # The script looks through its lists twice a minute, and a rest without that would be none.
    cost = await measure_script(500, 500, 10, rest=31)
    report.begin(f"A hosted script with {cost.devices:,} devices on calls, {cost.rate:.0f} events a second")
    sizes = [size / 2**20 for size in (cost.memory_empty, cost.memory_at_rest, cost.memory_under_load)]
    report.add_text(
        "memory of the engine",
        "{:.1f} MiB empty, {:.1f} at rest, {:.1f} under load".format(*sizes),
        mebibytes=sizes,
    )
    shares = (cost.busy_at_rest, cost.busy_under_load)
    report.add_text(
        "processor of the engine", "{:.2%} at rest, {:.1%} under load".format(*shares), shares=shares
    )
    report.add_text("an event shows after", f"{cost.delay * 1000:8.0f} ms", delay=cost.delay)
    report.add("an event inside the engine", cost.in_engine)
    report.add("its record outside", cost.in_python)


async def report_lookup(hass: HomeAssistant, report: Report, options: argparse.Namespace) -> None:
    """Report what it costs to find out who calls."""
    for size in options.sizes:
        cost = await measure_lookup(hass, size, 500, options.runs)
        report.begin(f"{size:,} contacts in the address book: the name of a caller")
        report.add("of one who is in it", cost.known, cost.no_book, "one without a book")
        report.add("of one in that of the PBX", cost.of_pbx, cost.no_book, "one without a book")
        report.add("of one who is asked for", cost.asked, cost.no_book, "one without a book")
        report.add("of one who is not", cost.unknown, cost.no_book, "one without a book")


PARTS = {
    "events": report_events,
    "calls": report_calls,
    "sockets": report_sockets,
    "states": report_states,
    "entities": report_entities,
    "peers": report_peers,
    "blocking": report_blocking,
    "lines": report_lines,
    "connecting": report_connecting,
    "idle": report_idle,
    "imports": report_imports,
    "script": report_script,
    "lookup": report_lookup,
}


async def main(options: argparse.Namespace) -> None:
    """Measure the chosen parts, one after the other."""
    report, setting = Report(), describe_setting()
    found = ", ".join(f"{name} {'C' if is_c else 'Python'}" for name, is_c in setting["c_extensions"].items())
    print(f"Python {setting['python']}, Home Assistant {setting['homeassistant']}; {found}")
    print("Of each figure: the fastest run, that in the middle, the slowest; ratios are of the fastest runs.")
    async with bare_home_assistant() as hass:
        for part in options.only:
            await PARTS[part](hass, report, options)
            if options.json:
                report.save(options.json)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--sizes",
        type=int,
        nargs="+",
        default=[100, 5000],
        help="how many phones there are, or contacts, one size after the other: for events, peers, lookup",
    )
    sizes = [1000, 5000]
    parser.add_argument("--phones", type=int, nargs="+", default=sizes, help="how many come in entities")
    parser.add_argument(
        "--events", type=int, default=20_000, help="events in each run: for events, peers, lines"
    )
    parser.add_argument(
        "--runs", type=int, default=5, help="how often each figure is taken, in turn with its floor"
    )
    parser.add_argument("--people", type=int, default=1000, help="who are called, one after the other")
    parser.add_argument("--calls", type=int, default=1000, help="calls in each run")
    parser.add_argument("--open", type=int, default=1000, help="calls that are open meanwhile")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS), help="the parts to measure")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures to a file as well")
    parser.add_argument("--blocking", type=int, metavar="PHONES", help="only how long all else has to wait")
    arguments = parser.parse_args()
    if arguments.blocking:
        arguments.only = ["blocking"]
    asyncio.run(main(arguments))
