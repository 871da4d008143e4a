"""WebSocket connections, and what their failures mean in the words of the session contract."""

from collections.abc import Mapping, Sequence
import logging
import socket as network
import ssl
from typing import override

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidHandshake, InvalidStatus, WebSocketException
from websockets.typing import Subprotocol

from .errors import CannotConnect, CertificateNotTrusted, NoAnswer, ProtocolError
from .session import Link

OPEN_TIMEOUT = 10.0
CLOSE_TIMEOUT = 2.0
LARGEST_MESSAGE = 4 * 2**20

# The library logs every message at debug level, with the passwords and numbers in it. That must not be kept,
# not even where everything else is logged at that level.
_WIRE = logging.getLogger(f"{__name__}.wire")
_WIRE.setLevel(logging.WARNING)
_WIRE.addFilter(lambda record: record.levelno >= logging.WARNING)


class UpgradeRefused(ProtocolError):
    """The server answers the request for a WebSocket with an HTTP `status`."""

    def __init__(self, status: int) -> None:
        super().__init__(f"the PBX answers the request for a WebSocket with {status}")
        self.status = status


class NoWebSocket(ProtocolError):
    """The server answers, but not as a WebSocket server does."""


class _Connect(connect):
    """Connect to the address that was given and to no other: a redirect would carry the login there."""

    @override
    def process_redirect(self, exc: Exception) -> Exception:
        return exc


async def connect_websocket(
    link: Link,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    subprotocols: Sequence[str] = (),
    ping_interval: float | None = 20.0,
    largest: int = LARGEST_MESSAGE,
) -> ClientConnection:
    """Connect to a `ws:` or `wss:` address; redirects are never followed.

    Without `ping_interval`, in seconds, the library sends no pings of its own. Raises CertificateNotTrusted,
    UpgradeRefused, NoWebSocket, NoAnswer or CannotConnect.
    """
    try:
        connection = await _Connect(
            url,
            additional_headers=headers,
            subprotocols=[Subprotocol(name) for name in subprotocols] or None,
            ssl=link.ssl if url.startswith("wss:") else None,
            compression=None,
            proxy=None,
            max_size=largest,
            open_timeout=OPEN_TIMEOUT,
            close_timeout=CLOSE_TIMEOUT,
            ping_interval=ping_interval,
            logger=_WIRE,
        )
    except ssl.SSLCertVerificationError:
        raise CertificateNotTrusted("the certificate of the PBX is not trusted") from None
    except InvalidStatus as err:
        raise UpgradeRefused(err.response.status_code) from None
    except InvalidHandshake:
        raise NoWebSocket("the PBX does not answer as a WebSocket server does") from None
    except TimeoutError:
        raise NoAnswer("the PBX does not answer the request for a WebSocket") from None
    except (OSError, ValueError, WebSocketException) as err:
        raise CannotConnect(f"no connection ({type(err).__name__})") from None
    if (raw := connection.transport.get_extra_info("socket")) is not None:
        raw.setsockopt(network.SOL_SOCKET, network.SO_KEEPALIVE, 1)
    return connection
