"""Switchvox: Realtime API over Socket.IO, Extend API beside it."""

from collections.abc import Mapping
from typing import Any

from ..session import Link, PbxSession
from .settings import REALTIME_PATH, SETTINGS, SwitchvoxSettings

__all__ = ["SETTINGS", "create", "detect"]


def create(data: Mapping[str, Any], link: Link) -> PbxSession:
    """Return a session for these settings."""
    from .session import SwitchvoxSession  # noqa: PLC0415  only for a PBX of this make

    return SwitchvoxSession(SwitchvoxSettings.from_data(data), link)


async def detect(host: str, port: int, link: Link) -> bool:
    """Return whether something greets as the Realtime API does, which comes before any login.

    The phones of the same make do not.
    """
    from .socketio import Endpoint, SocketIoError, connect  # noqa: PLC0415

    settings = SwitchvoxSettings(host=host, port=port, tls=True, extension="", password="")
    endpoint = Endpoint(base=settings.url, path=REALTIME_PATH, link=link)
    try:
        socket, _ = await connect(endpoint)
    except SocketIoError:
        return False
    await socket.close()
    return True
