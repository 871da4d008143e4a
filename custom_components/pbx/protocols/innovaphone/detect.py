"""Find out whether a device is a PBX, not one of the many phones of the same make."""

from ..errors import PbxError
from ..session import Link
from .settings import DEFAULT_PREFIX, InnovaphoneSettings
from .websocket import LOGIN_TIMEOUT, challenge_of, connect_at, within


async def detect(host: str, port: int, link: Link) -> bool:
    """Tell whether something hands out challenges for a login, as only a PBX does; none is answered."""
    settings = InnovaphoneSettings(host=host, port=port, tls=True, password="")
    try:
        socket = await connect_at(settings, link, DEFAULT_PREFIX)
    except PbxError:
        return False
    try:
        await within(link.clock, LOGIN_TIMEOUT, challenge_of(socket))
    except PbxError, TimeoutError:
        return False
    else:
        return True
    finally:
        await socket.close()
