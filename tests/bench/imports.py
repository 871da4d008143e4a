"""Measure what importing the integration takes in a process of its own."""

import asyncio
from dataclasses import dataclass
import json
import os
from pathlib import Path
import sys
from typing import Any

CHILD = Path(__file__).with_name("import_child.py")
USED = Path(__file__).with_name("used_child.py")
# What is loaded at each start for the session of one make, and for none in memory.
ALSO_USED = {"switchvox": ("custom_components.pbx.hub.webhook",)}
LAZY = Path(__file__).with_name("lazy_child.py")
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportCost:
    """Time of the processor and memory of one import; `strangers` are modules that another make needs.

    `groups` has the milliseconds and KiB of each folder and library, of its modules alone. The collection of
    garbage is where it happens. `floor` is the time for Home Assistant and its platforms before. `later` has
    the milliseconds and MiB of what is imported once there is what it is for, and `used` of what most people
    have imported with the first call.
    """

    milliseconds: float
    mebibytes: float
    strangers: tuple[str, ...]
    groups: dict[str, tuple[float, float]]
    floor: float
    later: dict[str, tuple[float, float]]
    used: tuple[float, float]


async def measure_import(system: str, runs: int, *, warm_up: int = 1) -> ImportCost:
    """Return the least that importing all for one PBX of this system takes.

    The runs of the warm-up do not count; after one of them its bytecode is there.
    """
    found = [await _run_child(system) for _ in range(warm_up + runs)][warm_up:]
    traced = await _run_child(system, "traced")
    names = await _list_used(system)
    used = [await _run_child(system, *names) for _ in range(runs)]
    return ImportCost(
        milliseconds=min(item["milliseconds"] for item in found),
        mebibytes=min(item["mebibytes"] for item in found),
        strangers=tuple(found[0]["strangers"]),
        groups={
            group: (min(item["groups"].get(group, 0.0) for item in found), kibibytes)
            for group, kibibytes in traced["groups"].items()
        },
        floor=min(item["floor"] for item in found),
        later={
            what: tuple(map(min, zip(*(item["later"][what] for item in found), strict=True)))
            for what in found[0]["later"]
        },
        used=tuple(map(min, zip(*(item["used"] for item in used), strict=True))),
    )


async def _list_used(system: str) -> list[str]:
    """Return the lazy modules that are there once a PBX was set up beside an assistant, and a call came."""
    names: Any = await _run_child(script=USED)
    return [*names, *ALSO_USED.get(system, ())]


async def try_lazy_modules(system: str) -> dict[str, bool]:
    """Return for each lazy module whether it can be used by a process that has used no other one."""
    return await _run_child(system, script=LAZY)


async def _run_child(*words: str, script: Path = CHILD) -> dict[str, Any]:
    # An environment that keeps no bytecode would have everything compiled each time.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    child = await asyncio.create_subprocess_exec(
        sys.executable, str(script), *words, cwd=ROOT, env=environment, stdout=asyncio.subprocess.PIPE
    )
    output, _ = await child.communicate()
    assert child.returncode == 0
    found: dict[str, Any] = json.loads(output)
    return found
