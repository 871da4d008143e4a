"""Axeos PBX: HTTP API with long polls, and the WebSocket of the v1 API."""

from collections.abc import Mapping
from typing import Any

from ..session import Link, PbxSession
from .settings import SETTINGS, AxeosSettings

__all__ = ["SETTINGS", "create"]


def create(data: Mapping[str, Any], link: Link) -> PbxSession:
    """Return a session for these settings."""
    from .session import AxeosSession  # noqa: PLC0415  only for a PBX of this make

    return AxeosSession(AxeosSettings.from_data(data), link)
