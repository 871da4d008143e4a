"""Axeos PBX: HTTP API with long polls, and the WebSocket of the v1 API."""

from collections.abc import Mapping
from typing import Any

from ..session import Link, PbxSession

__all__ = ["create"]


def create(data: Mapping[str, Any], link: Link) -> PbxSession:
    """Return a session for these settings."""
    # Only for a PBX of this make.
    from .session import AxeosSession  # noqa: PLC0415
    from .settings import AxeosSettings  # noqa: PLC0415

    return AxeosSession(AxeosSettings.from_data(data), link)
