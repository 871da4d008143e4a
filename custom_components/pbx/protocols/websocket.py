"""WebSocket connections, and what their failures mean in the words of the session contract."""

from collections.abc import Mapping, Sequence
from functools import partial
import logging
import socket as network
import ssl
from typing import Any, cast, override

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus, WebSocketException
from websockets.typing import Subprotocol
from yarl import URL

from .errors import CannotConnect, CertificateNotTrusted, NoAnswer, ProtocolError, UnknownHost
from .recorder import Door, Recorder
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


class _RecordedConnection(ClientConnection):
    """A connection of which every message is recorded; made only during a recording."""

    def __init__(self, recorder: Recorder, stream: int, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self._recorder = recorder
        self._stream = stream

    @override
    async def recv(self, decode: bool | None = None) -> Any:
        try:
            message = await super().recv(decode)
        except ConnectionClosed as err:
            code = err.rcvd.code if err.rcvd is not None else None
            self._recorder.add(Door.WEBSOCKET, self._stream, "closed", code=code)
            raise
        self._recorder.add(Door.WEBSOCKET, self._stream, "received", message=message)
        return message

    @override
    async def send(self, message: Any, *, text: bool | None = None) -> None:
        self._recorder.add(Door.WEBSOCKET, self._stream, "sent", message=message)
        await super().send(message, text=text)


def _make_recorded(recorder: Recorder, url: str) -> type[ClientConnection]:
    """Record that a connection opens, and return what makes it."""
    stream, address = recorder.open_stream(), URL(url)
    recorder.add(Door.WEBSOCKET, stream, "open", path=address.path, query=[*address.query.items()])
    return cast("type[ClientConnection]", partial(_RecordedConnection, recorder, stream))


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
            create_connection=_make_recorded(link.recorder, url) if link.recorder.on else None,
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
    except network.gaierror:
        raise UnknownHost from None
    except (OSError, ValueError, WebSocketException) as err:
        raise CannotConnect(f"no connection ({type(err).__name__})") from None
    if (raw := connection.transport.get_extra_info("socket")) is not None:
        raw.setsockopt(network.SOL_SOCKET, network.SO_KEEPALIVE, 1)
    return connection
