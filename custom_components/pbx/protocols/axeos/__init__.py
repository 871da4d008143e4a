"""Axeos PBX: HTTP API with long polls, and the WebSocket of the v1 API."""

from collections.abc import Mapping
from typing import Any

from ..session import Link, PbxSession
from .session import AxeosSession
from .settings import SETTINGS, AxeosSettings

__all__ = ["SETTINGS", "create"]


def create(data: Mapping[str, Any], link: Link) -> PbxSession:
    """Return a session for these settings."""
    return AxeosSession(AxeosSettings.from_data(data), link)
