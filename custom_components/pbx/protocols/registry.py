"""The telephone systems that this integration supports, by the word that entries keep.

What speaks with a system is imported only where there is a PBX of it.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import field
from importlib import import_module
from typing import Any

from .asterisk import create as create_asterisk
from .axeos import create as create_axeos
from .enums import NoticeCode
from .evidence import Assumption
from .innovaphone import create as create_innovaphone, detect as detect_innovaphone
from .ipcortex import create as create_ipcortex
from .lazy_dataclass import dataclass
from .session import Link, PbxSession
from .settings import Setting
from .switchvox import create as create_switchvox, detect as detect_switchvox


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """A make of telephone system."""

    name: str
    # Makes a session out of what an entry holds; see the settings of each system.
    create: Callable[[Mapping[str, Any], Link], PbxSession]
    # The package in this folder that is imported for its sessions, empty where that is done already.
    package: str = ""
    # The keys of texts that name the steps to take at a PBX of this make, for the notices that have such.
    notice_texts: Mapping[NoticeCode, str] = field(default_factory=dict)
    # How the MAC addresses of its devices begin, in lower case without separators.
    macs: tuple[str, ...] = ()
    # Returns, without a login, whether a PBX of this make is at a host and port; None where nothing tells.
    detect: Callable[[str, int, Link], Awaitable[bool]] | None = None

    def get_settings(self) -> tuple[Setting, ...]:
        """Return what people may set of its sessions; imports it where no session was created so far."""
        if not self.package:
            return ()
        settings: tuple[Setting, ...] = import_module(f"{__package__}.{self.package}.settings").SETTINGS
        return settings

    def get_assumptions(self) -> tuple[Assumption, ...]:
        """Return what is assumed of PBXs of this make; imports what `load` does."""
        if not self.package:
            return ()
        assumptions: tuple[Assumption, ...] = import_module(
            f"{__package__}.{self.package}.assumptions"
        ).ASSUMPTIONS
        return assumptions

    def load(self) -> None:
        """Import what `create` and `detect` need, which takes longer than the event loop may wait."""
        if self.package:
            import_module(f"{__package__}.{self.package}.session")


SYSTEMS: dict[str, System] = {
    "asterisk": System(
        name="Asterisk / FreePBX",
        create=create_asterisk,
        package="asterisk",
        notice_texts={NoticeCode.MISSING_RIGHT: "missing_right_asterisk"},
    ),
    "axeos": System(
        name="Axeos PBX",
        create=create_axeos,
        package="axeos",
        notice_texts={NoticeCode.MISSING_RIGHT: "missing_right_axeos"},
    ),
    "innovaphone": System(
        name="innovaphone PBX",
        create=create_innovaphone,
        package="innovaphone",
        notice_texts={NoticeCode.MISSING_RIGHT: "missing_right_innovaphone"},
        macs=("009033",),
        detect=detect_innovaphone,
    ),
    "ipcortex": System(
        name="IPCortex PABX",
        create=create_ipcortex,
        package="ipcortex",
        notice_texts={NoticeCode.MISSING_RIGHT: "missing_right_ipcortex"},
    ),
    "switchvox": System(
        name="Switchvox",
        create=create_switchvox,
        package="switchvox",
        notice_texts={NoticeCode.MISSING_RIGHT: "missing_right_switchvox"},
        macs=("000fd3",),
        detect=detect_switchvox,
    ),
}
