"""IPCortex PABX: the script that the PBX serves, hosted, and REST beside it."""

from collections.abc import Mapping
from typing import Any

from ..session import Link, PbxSession
from .session import IpcortexSession
from .settings import SETTINGS, IpcortexSettings

__all__ = ["SETTINGS", "create"]


def create(data: Mapping[str, Any], link: Link) -> PbxSession:
    """Return a session for these settings."""
    return IpcortexSession(IpcortexSettings.from_data(data), link)
