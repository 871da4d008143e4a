"""Switchvox: Realtime API over Socket.IO, Extend API beside it."""

from collections.abc import Mapping
from typing import Any

from ..session import Link, PbxSession

__all__ = ["create", "detect"]


def create(data: Mapping[str, Any], link: Link) -> PbxSession:
    """Return a session for these settings."""
    # Only for a PBX of this make.
    from .session import SwitchvoxSession  # noqa: PLC0415
    from .settings import SwitchvoxSettings  # noqa: PLC0415

    return SwitchvoxSession(SwitchvoxSettings.from_data(data), link)


async def detect(host: str, port: int, link: Link) -> bool:
    """Return whether something greets as the Realtime API does, which comes before any login.

    The phones of the same make do not.
    """
    from .settings import REALTIME_PATH, SwitchvoxSettings  # noqa: PLC0415
    from .socketio import Endpoint, SocketIoError, connect  # noqa: PLC0415

    settings = SwitchvoxSettings(host=host, port=port, tls=True, extension="", password="")
    endpoint = Endpoint(base=settings.url, path=REALTIME_PATH, link=link)
    try:
        socket, _ = await connect(endpoint)
    except SocketIoError:
        return False
    await socket.close()
    return True
