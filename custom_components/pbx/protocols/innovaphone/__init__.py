"""innovaphone PBX: PbxApi, RCC, PbxTableUsers, PbxAdminApi and PbxAccountApi over one websocket."""

from collections.abc import Mapping
from typing import Any

from ..errors import PbxError
from ..session import Link, PbxSession, within

__all__ = ["create", "detect"]


def create(data: Mapping[str, Any], link: Link) -> PbxSession:
    """Return a session for these settings."""
    # Only for a PBX of this make.
    from .session import InnovaphoneSession  # noqa: PLC0415
    from .settings import InnovaphoneSettings  # noqa: PLC0415

    return InnovaphoneSession(InnovaphoneSettings.from_data(data), link)


async def detect(host: str, port: int, link: Link) -> bool:
    """Return whether this is a PBX, not one of the many phones of the same make.

    Only a PBX hands out challenges for a login; none is answered.
    """
    from .settings import DEFAULT_PREFIX, InnovaphoneSettings  # noqa: PLC0415
    from .websocket import LOGIN_TIMEOUT, connect_at, get_challenge  # noqa: PLC0415

    settings = InnovaphoneSettings(host=host, port=port, tls=True, password="")
    try:
        socket = await connect_at(settings, link, DEFAULT_PREFIX)
    except PbxError:
        return False
    try:
        await within(link.clock, LOGIN_TIMEOUT, get_challenge(socket))
    except PbxError, TimeoutError:
        return False
    else:
        return True
    finally:
        await socket.close()
