"""Import the integration for one PBX, and print what that took as JSON; a process of its own runs this."""

from importlib import import_module
import json
from pathlib import Path
import sys
from time import process_time
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
# Of ours, what is imported when somebody uses it first.
LATE = ("hub.recording.redaction", "hub.recording.texts", "hub.recording.pseudonyms")
# What only the platforms of the core need, which are there before ours, and libraries that one make needs.
LIBRARIES = ("scapy", "aiodhcpwatcher", "aiodiscover", "_quickjs", "quickjs", "phonenumbers")


def get_memory() -> float:
    """Return the resident memory in MiB."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 2**20


def is_strange(name: str, system: str) -> bool:
    """Return whether a module is one that a PBX of this system does not need, or not yet."""
    if name.removeprefix(f"{PACKAGE}.") in LATE:
        return True
    top, _, rest = name.partition(".protocols.")
    part = rest.split(".")
    other = top == PACKAGE and len(part) > 1 and part[0] != system and part[1] != "settings"
    return other or (name.partition(".")[0] in LIBRARIES and "." not in name)


def measure(system: str) -> dict[str, Any]:
    """Import all for one PBX of this system, and return what it took."""
    files = sorted(path.stem for path in INTEGRATION.glob("*.py") if path.stem != "__init__")
    for name in BEFORE:
        import_module(f"homeassistant.{name}")
    for name in files:
        if (Path(sys.modules["homeassistant"].__path__[0]) / "components" / name).is_dir():
            import_module(f"homeassistant.components.{name}")
    known, memory, began = set(sys.modules), get_memory(), process_time()
    import_module(PACKAGE)
    for name in files:
        import_module(f"{PACKAGE}.{name}")
    import_module(f"{PACKAGE}.protocols.registry").SYSTEMS[system].load()
    return {
        "milliseconds": (process_time() - began) * 1000,
        "mebibytes": get_memory() - memory,
        "strangers": sorted(name for name in set(sys.modules) - known if is_strange(name, system)),
    }


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    print(json.dumps(measure(sys.argv[1])))
