"""Print how long a call takes from the PBX to the screen, on each system, in a real browser.

Also how long the tasks of the page are while 500 people change 50 times a second. Not a test: a machine that
does something else meanwhile is slower.
"""

import argparse
import asyncio
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from itertools import islice
from statistics import median, quantiles
import time
from typing import Any

from tests.live.browser import Browser, HaPage
from tests.live.config_dir import REPOSITORY
from tests.live.dashboards import cards_in_sections, name_people, save_dashboard
from tests.live.instance import LiveHomeAssistant
from tests.simulators.asterisk import AsteriskSimulator
from tests.simulators.asterisk.small_world import LOGIN
from tests.simulators.axeos import AxeosSimulator
from tests.simulators.axeos.small_world import API_KEY, small_world as axeos_world
from tests.simulators.innovaphone import InnovaphoneSimulator
from tests.simulators.innovaphone.small_world import APP, APP_PASSWORD
from tests.simulators.ipcortex import IpcortexSimulator
from tests.simulators.ipcortex.small_world import ADMIN
from tests.simulators.switchvox import OWN, PASSWORD, SwitchvoxSimulator

from .report import Report

NUMBER = "+31201234567"
CROWD = REPOSITORY.joinpath("tests/live/crowd.js").read_text()
# Notes when the name of a caller was painted: the task after the frame in which it is drawn.
WATCH = """() => {
  const card = (root) => {
    for (const element of root.querySelectorAll("*")) {
      if (element.localName === "pbx-my-phone-card") return element;
      const found = element.shadowRoot && card(element.shadowRoot);
      if (found) return found;
    }
  };
  window.painted = {};
  const look = (root) => {
    for (const caller of root.querySelectorAll(".caller")) {
      const name = caller.textContent.trim();
      if (name in window.painted) continue;
      window.painted[name] = 0;
      requestAnimationFrame(() => {
        const channel = new MessageChannel();
        channel.port1.onmessage = () => (window.painted[name] = performance.timeOrigin + performance.now());
        channel.port2.postMessage(0);
      });
    }
  };
  const root = card(document).renderRoot;
  const all = { subtree: true, childList: true, characterData: true };
  new MutationObserver(() => look(root)).observe(root, all);
}"""

type Hang = Callable[[], object]


@dataclass(frozen=True)
class System:
    """A simulated PBX: how it is added, who of its users looks, and how somebody calls them."""

    simulator: Any
    steps: tuple[str, ...]
    login: Mapping[str, Any]
    user: str
    ring: Callable[[Any, str], Hang]


def _ring_axeos(pbx: AxeosSimulator, name: str) -> Hang:
    call = pbx.engine.incoming(number=NUMBER, name=name, extension="201")
    call.ring(pbx.world.user("anna"))
    return call.hangup


def _ring_innovaphone(pbx: InnovaphoneSimulator, name: str) -> Hang:
    call = pbx.engine.incoming(NUMBER, "alice", name=name)
    return lambda: pbx.engine.hang_up(call)


def _ring_switchvox(pbx: SwitchvoxSimulator, name: str) -> Hang:
    call = pbx.lines.incoming(NUMBER, OWN, name=name)
    return lambda: pbx.lines.hang_up(call)


def _ring_ipcortex(pbx: IpcortexSimulator, name: str) -> Hang:
    call = pbx.office.ring(pbx.world.devices["SIP/hass"], NUMBER, name)
    return lambda: pbx.office.hang_up(call)


def _ring_asterisk(pbx: AsteriskSimulator, name: str) -> Hang:
    channel = pbx.office.outside_calls("201", NUMBER, name)
    return lambda: pbx.office.hang_up(channel)


def make_systems() -> dict[str, System]:
    """Return one of each."""
    axeos, innovaphone = AxeosSimulator(world=axeos_world()), InnovaphoneSimulator()
    login = {"app": APP, "password": APP_PASSWORD}
    alice, anna = innovaphone.world.get("alice").guid, axeos.world.user("anna").uuid
    return {
        "axeos": System(axeos, ("axeos", "axeos_api_key"), {"api_key": API_KEY}, anna, _ring_axeos),
        "innovaphone": System(
            innovaphone, ("innovaphone", "innovaphone_app"), login, alice, _ring_innovaphone
        ),
        "switchvox": System(
            SwitchvoxSimulator(),
            ("switchvox",),
            {"extension": OWN, "password": PASSWORD},
            "1101",
            _ring_switchvox,
        ),
        "ipcortex": System(
            IpcortexSimulator(),
            ("ipcortex", "ipcortex_user"),
            {"username": ADMIN[0], "password": ADMIN[1]},
            "10",
            _ring_ipcortex,
        ),
        "asterisk": System(
            AsteriskSimulator(),
            ("asterisk",),
            {"username": LOGIN[0], "password": LOGIN[1]},
            "201",
            _ring_asterisk,
        ),
    }


async def add(live: LiveHomeAssistant, system: System) -> None:
    """Add a PBX, and say that its user is the one who looks."""
    pbx, known = system.simulator, {entry["entry_id"] for entry in await live.api.entries("pbx")}
    form = {"host": pbx.host, **system.login}
    connection = {"port": pbx.port, "tls": False, "trust": "off"}
    await live.api.config_flow.run("pbx", *system.steps, {**form, "connection": connection})
    [entry] = [found for found in await live.api.entries("pbx") if found["entry_id"] not in known]
    await name_people(live.api, entry["entry_id"], {"person.demo": system.user})


async def measure_call(page: HaPage, system: System, name: str) -> float:
    """Let somebody call, and return after how many milliseconds that was painted."""
    began = time.time() * 1000
    hang_up = system.ring(system.simulator, name)
    painted = await page.page.wait_for_function("(name) => window.painted[name]", arg=name, polling=20)
    hang_up()
    gone = page.page.locator("pbx-my-phone-card .caller", has_text=name)
    await gone.wait_for(state="detached")
    return float(await painted.json_value()) - began


def _describe(times: list[float]) -> str:
    """Return what most calls took."""
    worst = quantiles(times, n=20)[-1]
    return f"median {median(times):6.0f} ms   95 % {worst:6.0f} ms   worst {max(times):6.0f} ms"


async def measure(options: argparse.Namespace, report: Report) -> None:
    """Measure calls one after the other, each on the next system, then the crowd."""
    async with AsyncExitStack() as stack:
        wanted = options.systems or make_systems()
        systems = {name: system for name, system in make_systems().items() if name in wanted}
        for system in systems.values():
            await stack.enter_async_context(system.simulator)
        live = await stack.enter_async_context(LiveHomeAssistant())
        browser = await stack.enter_async_context(Browser(live))
        for system in systems.values():
            await add(live, system)
        config = cards_in_sections(
            {"type": "custom:pbx-my-phone-card"}, {"type": "custom:pbx-switchboard-card"}
        )
        page = await browser.page(await save_dashboard(live.api, "desk", config))
        await page.page.locator("pbx-my-phone-card .idle").wait_for()
        await page.page.evaluate(WATCH)
        times: dict[str, list[float]] = {name: [] for name in systems}
        for name, system in systems.items():
            # Right after its set-up a PBX is still being read.
            await measure_call(page, system, f"First at {name}")
        for number in range(options.calls):
            name, system = next(islice(systems.items(), number % len(systems), None))
            times[name].append(await measure_call(page, system, f"Caller {number}"))
        report.begin(f"{options.calls} calls from the PBX to the painted name, all PBXs on one page")
        for name, some in times.items():
            report.add_text(name, _describe(some), milliseconds=some)
        report.add_text("all", _describe([one for some in times.values() for one in some]))
        await measure_crowd(browser, page, options, report)


async def measure_crowd(browser: Browser, page: HaPage, options: argparse.Namespace, report: Report) -> None:
    """Measure the tasks of the page while people change, by the clock and by the processor's time."""
    crowd = {"people": options.people, "rate": options.rate, "seconds": options.seconds}
    async with browser.trace(page, ["toplevel"]) as events:
        result = await page.page.evaluate(CROWD, crowd)
    report.begin(f"{options.people} people on a switchboard, {options.rate} changes a second, scrolled")
    report.add_text("elements drawn at most", f"{result['drawn']:6}", drawn=result["drawn"])
    tasks = sorted((round(task) for task in result["tasks"]), reverse=True)
    report.add_text("tasks above 50 ms by the clock", f"{len(tasks):6}   {tasks}", tasks=tasks)
    spent = _list_processor_times(events)
    report.add_text("longest task by the processor", f"{max(spent):6.0f} ms", longest=max(spent))
    share = sum(spent) / options.seconds / 10
    report.add_text("of one processor in all", f"{share:6.0f} %", share=share)


def _list_processor_times(events: list[dict[str, Any]]) -> list[float]:
    """Return what each task of the busiest page cost the processor, in milliseconds."""
    pages = {
        (event["pid"], event["tid"])
        for event in events
        if event["name"] == "thread_name" and event["args"]["name"] == "CrRendererMain"
    }
    spent: dict[tuple[int, int], list[float]] = {page: [] for page in pages}
    for event in events:
        if event["name"] == "ThreadControllerImpl::RunTask" and (event["pid"], event["tid"]) in pages:
            spent[event["pid"], event["tid"]].append(event.get("tdur", 0) / 1000)
    return max(spent.values(), key=sum)


def main() -> None:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(prog="scripts/bench screen", description=__doc__)
    parser.add_argument("--calls", type=int, default=100)
    parser.add_argument("--systems", nargs="+", help="only these")
    parser.add_argument("--people", type=int, default=500)
    parser.add_argument("--rate", type=int, default=50, help="changes a second")
    parser.add_argument("--seconds", type=int, default=20, help="how long people change")
    asyncio.run(measure(parser.parse_args(), Report()))


if __name__ == "__main__":
    main()
