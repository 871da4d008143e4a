"""The table of costs, with all that the runs have shown, and the same as JSON."""

from collections.abc import Callable
import importlib
from importlib import metadata
import json
from pathlib import Path
import platform
from typing import Any

from .cost import Cost

# What Home Assistant has in C where that could be built; each is replaced by slower Python where not.
EXTENSIONS = {
    "ulid_transform": "ulid_transform._ulid_impl",
    "propcache": "propcache._helpers_c",
    "cronsim": "cronsim",
    "lru": "lru",
    "aiohttp": "aiohttp._http_parser",
    "yarl": "yarl._quoting_c",
}


class Report:
    """Print rows as they are measured, and keep them for a file."""

    def __init__(self, show: Callable[[str], None] = print) -> None:
        self._show = show
        self._rows: list[dict[str, Any]] = []
        self._group = ""

    def begin(self, group: str) -> None:
        """Begin a group of rows."""
        self._group = group
        self._show(f"\n{group}")

    def add(self, what: str, cost: Cost, floor: Cost | None = None, floor_name: str = "") -> None:
        """Add a cost with what its runs took, and its ratio over a floor with what the floor's runs took."""
        ratio = f"{cost.ratio(floor):6.2f} x of {floor_name} ({_spread(floor)})" if floor is not None else ""
        self._show(f"  {what:46} {_spread(cost)} us {ratio}")
        row: dict[str, Any] = {"what": what, "microseconds": cost.runs}
        if floor is not None:
            row |= {"ratio": cost.ratio(floor), "floor": floor_name, "floor_microseconds": floor.runs}
        self._keep(row)

    def add_text(self, what: str, text: str, **figures: Any) -> None:
        """Add a row of other figures."""
        self._show(f"  {what:46} {text}")
        self._keep({"what": what, **figures})

    def _keep(self, row: dict[str, Any]) -> None:
        self._rows.append({"group": self._group.strip(), **row})

    def save(self, path: Path) -> None:
        """Write all rows to a file."""
        path.write_text(json.dumps({"setting": describe_setting(), "rows": self._rows}, indent=1) + "\n")


def _spread(cost: Cost) -> str:
    """Return the fastest run, that in the middle and the slowest."""
    return f"{cost.best:8.2f} … {cost.median:.2f} … {cost.worst:.2f}"


def describe_setting() -> dict[str, Any]:
    """Return what the figures depend on besides our own code."""
    return {
        "python": platform.python_version(),
        "homeassistant": metadata.version("homeassistant"),
        "c_extensions": {name: _is_there(module) for name, module in EXTENSIONS.items()},
    }


def _is_there(module: str) -> bool:
    try:
        importlib.import_module(module)
    except ImportError:
        return False
    return True
