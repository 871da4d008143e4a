"""IPCortex PABX: the script that the PBX serves, hosted, and REST beside it."""

from collections.abc import Mapping
from typing import Any

from ..session import Link, PbxSession

__all__ = ["create"]


def create(data: Mapping[str, Any], link: Link) -> PbxSession:
    """Return a session for these settings."""
    # Only for a PBX of this make.
    from .session import IpcortexSession  # noqa: PLC0415
    from .settings import IpcortexSettings  # noqa: PLC0415

    return IpcortexSession(IpcortexSettings.from_data(data), link)
