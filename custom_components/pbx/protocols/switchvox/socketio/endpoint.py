"""Where a Socket.IO server is, and what can go wrong with it."""

from typing import Protocol
from urllib.parse import urlencode

from ...lazy_dataclass import dataclass
from ...session import Link


class Transport(Protocol):
    """A way for packets to go."""

    async def receive(self) -> list[str]:
        """Return the next packets; raises Disconnected."""

    async def send(self, packet: str) -> None:
        """Send a packet, which holds ASCII only; raises Disconnected, Undelivered where it never left."""

    async def close(self) -> None:
        """End the connection; never raises."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """The address of a server, as `http://host:port` or `https://host:port`, and the path there."""

    base: str
    path: str
    link: Link

    def url(self, transport: str, revision: int, **query: str) -> str:
        """Return the address for a transport; without the slash at the end of the path there is nothing."""
        base = self.base.replace("http", "ws", 1) if transport == "websocket" else self.base
        arguments = urlencode({"EIO": revision, "transport": transport, **query})
        return f"{base}{self.path.rstrip('/')}/?{arguments}"


class SocketIoError(Exception):
    """Base of every error of this package; its text never holds an address."""


class Unreachable(SocketIoError):
    """Nothing answers at the address."""


class HostUnknown(Unreachable):
    """No address is known for the host name."""


class CertificateRefused(SocketIoError):
    """The server shows a certificate that is not trusted."""


class HandshakeRefused(SocketIoError):
    """The server answers the handshake with an HTTP error."""

    def __init__(self, status: int) -> None:
        super().__init__(f"the handshake was answered with {status}")
        self.status = status


class NoHandshake(SocketIoError):
    """The server answers, but not as Socket.IO of this dialect does."""


class Disconnected(SocketIoError):
    """A connection that was open has ended."""


class Undelivered(Disconnected):
    """A connection has ended before a packet could leave on it, or the server does not know it any more."""
