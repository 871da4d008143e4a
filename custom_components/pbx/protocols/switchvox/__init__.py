"""Switchvox: Realtime API over Socket.IO, Extend API beside it."""

from collections.abc import Mapping
from typing import Any

from ..session import Link, PbxSession
from .session import SwitchvoxSession
from .settings import REALTIME_PATH, SETTINGS, SwitchvoxSettings
from .socketio import Endpoint, SocketIoError, connect

__all__ = ["SETTINGS", "create", "detect"]


def create(data: Mapping[str, Any], link: Link) -> PbxSession:
    """Return a session for these settings."""
    return SwitchvoxSession(SwitchvoxSettings.from_data(data), link)


async def detect(host: str, port: int, link: Link) -> bool:
    """Return whether something greets as the Realtime API does, which comes before any login.

    The phones of the same make do not.
    """
    settings = SwitchvoxSettings(host=host, port=port, tls=True, extension="", password="")
    endpoint = Endpoint(base=settings.url, path=REALTIME_PATH, link=link)
    try:
        socket, _ = await connect(endpoint)
    except SocketIoError:
        return False
    await socket.close()
    return True
