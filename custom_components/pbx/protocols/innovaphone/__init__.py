"""innovaphone PBX: PbxApi, RCC, PbxTableUsers, PbxAdminApi and PbxAccountApi over one websocket."""

from collections.abc import Mapping
from typing import Any

from ..session import Link, PbxSession
from .session import InnovaphoneSession
from .settings import SETTINGS, InnovaphoneSettings

__all__ = ["SETTINGS", "create"]


def create(data: Mapping[str, Any], link: Link) -> PbxSession:
    """Return a session for these settings."""
    return InnovaphoneSession(InnovaphoneSettings.from_data(data), link)
