"""IPCortex PABX: the script that the PBX serves, hosted, and REST beside it."""

from collections.abc import Mapping
from typing import Any

from ..session import Link, PbxSession
from .settings import SETTINGS, IpcortexSettings

__all__ = ["SETTINGS", "create"]


def create(data: Mapping[str, Any], link: Link) -> PbxSession:
    """Return a session for these settings."""
    from .session import IpcortexSession  # noqa: PLC0415  only for a PBX of this make

    return IpcortexSession(IpcortexSettings.from_data(data), link)
