"""Switchvox: Realtime API over Socket.IO, Extend API beside it."""

from collections.abc import Mapping
from typing import Any

from ..session import Link, PbxSession
from .session import SwitchvoxSession
from .settings import SETTINGS, SwitchvoxSettings

__all__ = ["SETTINGS", "create"]


def create(data: Mapping[str, Any], link: Link) -> PbxSession:
    """Return a session for these settings."""
    return SwitchvoxSession(SwitchvoxSettings.from_data(data), link)
