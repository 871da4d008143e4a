"""The telephone systems that this integration can speak to."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .axeos import SETTINGS as AXEOS_SETTINGS, create as create_axeos
from .innovaphone import SETTINGS as INNOVAPHONE_SETTINGS, create as create_innovaphone
from .innovaphone.detect import detect as detect_innovaphone
from .ipcortex import SETTINGS as IPCORTEX_SETTINGS, create as create_ipcortex
from .session import Link, PbxSession
from .settings import Setting
from .switchvox import SETTINGS as SWITCHVOX_SETTINGS, create as create_switchvox
from .switchvox.detect import detect as detect_switchvox


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """A make of telephone system, and what its sessions let people set.

    `macs` begin the MAC addresses of its devices; `detect` tells, without a login, whether one is a PBX.
    """

    name: str
    create: Callable[[Mapping[str, Any], Link], PbxSession]
    settings: tuple[Setting, ...] = ()
    macs: tuple[str, ...] = ()
    detect: Callable[[str, int, Link], Awaitable[bool]] | None = None


SYSTEMS: dict[str, System] = {
    "axeos": System(name="Axeos PBX", create=create_axeos, settings=AXEOS_SETTINGS),
    "innovaphone": System(
        name="innovaphone PBX",
        create=create_innovaphone,
        settings=INNOVAPHONE_SETTINGS,
        macs=("009033",),
        detect=detect_innovaphone,
    ),
    "ipcortex": System(name="IPCortex PABX", create=create_ipcortex, settings=IPCORTEX_SETTINGS),
    "switchvox": System(
        name="Switchvox",
        create=create_switchvox,
        settings=SWITCHVOX_SETTINGS,
        macs=("000fd3",),
        detect=detect_switchvox,
    ),
}
