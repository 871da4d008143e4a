"""The telephone systems that this integration can speak to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .axeos import create as create_axeos
from .innovaphone import create as create_innovaphone
from .ipcortex import create as create_ipcortex
from .session import Link, PbxSession
from .switchvox import create as create_switchvox


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """A make of telephone system."""

    name: str
    create: Callable[[Mapping[str, Any], Link], PbxSession]


SYSTEMS: dict[str, System] = {
    "axeos": System(name="Axeos PBX", create=create_axeos),
    "innovaphone": System(name="innovaphone PBX", create=create_innovaphone),
    "ipcortex": System(name="IPCortex PABX", create=create_ipcortex),
    "switchvox": System(name="Switchvox", create=create_switchvox),
}
