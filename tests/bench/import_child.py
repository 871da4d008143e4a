"""Import the integration for one PBX, and print what that took as JSON; a process of its own runs this."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.machinery import SourceFileLoader
from itertools import chain
import json
from pathlib import Path
import sys
from time import process_time
import tracemalloc
from types import ModuleType
from typing import Any

ROOT = Path(__file__).parents[2]
INTEGRATION = ROOT / "custom_components" / "pbx"
PACKAGE = "custom_components.pbx"
# What Home Assistant has loaded itself before it comes to an integration of this kind.
BEFORE = (
    *("bootstrap", "config_entries", "helpers.entity_platform", "helpers.llm", "helpers.intent"),
    *(f"components.{name}" for name in ("conversation", "webhook", "frontend", "logbook", "recorder")),
    *(f"components.{name}" for name in ("diagnostics", "repairs", "system_health", "websocket_api")),
    *(f"components.{name}" for name in ("automation", "device_automation", "calendar", "person")),
)
# Of ours, what is imported once there is what it is for, in the executor too.
LATER: dict[str, tuple[str, ...]] = {
    "an automation": tuple(
        f"triggers.{name}" for name in ("calls", "states", "agents", "dial_plan", "people", "conditions")
    ),
    "an action": (
        *(f"services.{name}" for name in ("calls", "call_control", "notify_call", "lookup", "favourites")),
        *(
            f"services.{name}"
            for name in ("users", "queues", "switch_calendar", "call_questions", "recording")
        ),
    ),
    "a number to dial or to forward to": ("hub.dial_guard",),
    "a dashboard": ("dashboard.facts", "dashboard.subscription"),
    "an assistant": ("voice.intents", "voice.sentences", "llm"),
    "somebody who adds a PBX or changes its options": (
        *("config.login_flow", "config.options_flow", "config.import_choice", "config.discovery"),
    ),
    "somebody who repairs something": ("config.repair_flows",),
    "diagnostics": ("config.report",),
    "an address book": ("hub.contact_sources", "hub.vcards", "hub.carddav"),
    "a recording": ("hub.recording.recordings", "hub.recording.redaction"),
    "somebody who has numbers masked": ("hub.number_masks",),
    "settings that end at a time": ("hub.user_settings",),
    "somebody who names the numbers that may be dialed": ("hub.number_patterns",),
    "calls that only ring for an instant": ("hub.ring_filter",),
    "a PBX that calls a web hook": ("hub.webhook",),
    "somebody who makes an automation with devices": ("device_trigger",),
}
# What only the platforms of the core need, which are there before ours, and libraries that one make needs.
LIBRARIES = ("scapy", "aiodhcpwatcher", "aiodiscover", "_quickjs", "quickjs", "phonenumbers")


def get_memory() -> float:
    """Return the resident memory in MiB."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 2**20


def is_strange(name: str, system: str) -> bool:
    """Return whether a module is one that a PBX of this system does not need, or not yet."""
    if name.removeprefix(f"{PACKAGE}.") in chain(*LATER.values()):
        return True
    top, _, rest = name.partition(".protocols.")
    part = rest.split(".")
    other = top == PACKAGE and len(part) > 1 and part[0] != system
    return other or (name.partition(".")[0] in LIBRARIES and "." not in name)


def get_group(name: str) -> str:
    """Return of what a module is one: a folder of ours, the platforms beside them, or a library."""
    if not name.startswith(PACKAGE):
        return name.partition(".")[0]
    part = name.removeprefix(PACKAGE).split(".")[1:]
    deep = part[:1] == ["protocols"] and len(part) > 2
    return ".".join(part[:2]) if deep else part[0] if len(part) > 1 else "platforms and others"


@contextmanager
def grouping(measure: Callable[[], float]) -> Iterator[Counter[str]]:
    """Count what each group of modules takes, but what is imported by them."""
    taken, inner = Counter[str](), list[float]()
    execute = SourceFileLoader.exec_module

    def exec_module(self: SourceFileLoader, module: ModuleType) -> None:
        inner.append(0.0)
        before = measure()
        execute(self, module)
        all_taken = measure() - before
        taken[get_group(module.__name__)] += all_taken - inner.pop()  # type: ignore[assignment]
        if inner:
            inner[-1] += all_taken

    SourceFileLoader.exec_module = exec_module  # type: ignore[method-assign]
    yield taken
    SourceFileLoader.exec_module = execute  # type: ignore[method-assign]


def get_traced() -> float:
    """Return the KiB that Python has taken since they are traced."""
    return tracemalloc.get_traced_memory()[0] / 2**10


def import_home_assistant() -> list[str]:
    """Import what is there before an integration; return what it loads of ours beside the package itself."""
    for name in BEFORE:
        import_module(f"homeassistant.{name}")
    files = list_files()
    for name in files:
        if (Path(sys.modules["homeassistant"].__path__[0]) / "components" / name).is_dir():
            import_module(f"homeassistant.components.{name}")
    return files


def import_integration(system: str, files: Iterable[str]) -> None:
    """Import all that it takes to set up one PBX of this system."""
    import_module(PACKAGE)
    for name in files:
        import_module(f"{PACKAGE}.{name}")
    found = import_module(f"{PACKAGE}.protocols.registry").SYSTEMS[system]
    found.load()
    found.get_assumptions()


def measure(system: str, used: Iterable[str], *, traced: bool) -> dict[str, Any]:
    """Import all for one PBX of this system, and return what it took: KiB of groups if traced, else ms.

    After it the modules are imported that are `used`, and then what others use.
    """
    began = process_time()
    files = import_home_assistant()
    floor = (process_time() - began) * 1000
    if traced:
        tracemalloc.start()
    known, memory, began = set(sys.modules), get_memory(), process_time()
    with grouping(get_traced if traced else lambda: process_time() * 1000) as groups:
        import_integration(system, files)
    return {
        "groups": groups,
        "milliseconds": (process_time() - began) * 1000,
        "mebibytes": get_memory() - memory,
        "strangers": sorted(name for name in set(sys.modules) - known if is_strange(name, system)),
        "floor": floor,
        "used": measure_later(used),
        "later": {
            what: measure_later(f"{PACKAGE}.{name}" for name in names) for what, names in LATER.items()
        },
    }


def list_files() -> list[str]:
    """Return what Home Assistant imports of an integration to set up an entry, beside the package itself."""
    preloaded = import_module("homeassistant.loader").BASE_PRELOAD_PLATFORMS
    platforms = import_module("homeassistant.const").Platform
    return [name for name in (*preloaded, *platforms) if (INTEGRATION / f"{name}.py").exists()]


def measure_later(names: Iterable[str]) -> tuple[float, float]:
    """Return the milliseconds and MiB that importing some modules takes after all that was before."""
    memory, began = get_memory(), process_time()
    for name in names:
        import_module(name)
    return (process_time() - began) * 1000, get_memory() - memory


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    _, wanted, *words = sys.argv
    print(json.dumps(measure(wanted, [word for word in words if word != "traced"], traced="traced" in words)))
