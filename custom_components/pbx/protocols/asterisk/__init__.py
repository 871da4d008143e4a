"""Asterisk and FreePBX, over the manager interface (AMI)."""

from collections.abc import Mapping
from typing import Any

from ..session import Link, PbxSession

__all__ = ["create"]


def create(data: Mapping[str, Any], link: Link) -> PbxSession:
    """Return a session for these settings."""
    # Only for a PBX of this make.
    from .session import AsteriskSession  # noqa: PLC0415
    from .settings import AsteriskSettings  # noqa: PLC0415

    return AsteriskSession(AsteriskSettings.from_data(data), link)
