"""Find out whether a device is a PBX, not one of the many phones of the same make."""

from ..session import Link
from .settings import REALTIME_PATH, SwitchvoxSettings
from .socketio import Endpoint, SocketIoError, connect


async def detect(host: str, port: int, link: Link) -> bool:
    """Tell whether something greets as the Realtime API does, which comes before any login."""
    settings = SwitchvoxSettings(host=host, port=port, tls=True, extension="", password="")
    endpoint = Endpoint(base=settings.url, path=REALTIME_PATH, link=link)
    try:
        socket, _ = await connect(endpoint)
    except SocketIoError:
        return False
    await socket.close()
    return True
