"""Asterisk and FreePBX, over the manager interface (AMI)."""

from collections.abc import Mapping
from typing import Any

from ..session import Link, PbxSession
from .settings import SETTINGS, AsteriskSettings

__all__ = ["SETTINGS", "create"]


def create(data: Mapping[str, Any], link: Link) -> PbxSession:
    """Return a session for these settings."""
    from .session import AsteriskSession  # noqa: PLC0415  only for a PBX of this make

    return AsteriskSession(AsteriskSettings.from_data(data), link)
