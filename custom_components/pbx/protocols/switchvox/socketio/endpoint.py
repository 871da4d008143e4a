"""Where a Socket.IO server is, and what is needed to reach it."""

from dataclasses import dataclass
import ssl
from typing import Protocol
from urllib.parse import urlencode

from aiohttp import ClientSession


class Timepiece(Protocol):
    """Where time comes from."""

    def time(self) -> float:
        """Return seconds that only go up."""

    async def sleep(self, seconds: float) -> None:
        """Wait."""


class Transport(Protocol):
    """A way for packets to go."""

    async def receive(self) -> list[str]:
        """Return the next packets; raises Disconnected."""

    async def send(self, packet: str) -> None:
        """Send a packet, which holds ASCII only; raises Disconnected."""

    async def close(self) -> None:
        """End the connection; never raises."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """The address of a server, as `http://host:port` or `https://host:port`, and the path there."""

    base: str
    path: str
    http: ClientSession
    ssl: ssl.SSLContext
    clock: Timepiece

    @property
    def secure(self) -> bool:
        """Tell whether the connection is encrypted."""
        return self.base.startswith("https")

    def url(self, transport: str, revision: int, **query: str) -> str:
        """Return the address for a transport; without the slash at the end of the path there is nothing."""
        base = self.base.replace("http", "ws", 1) if transport == "websocket" else self.base
        arguments = urlencode({"EIO": revision, "transport": transport, **query})
        return f"{base}{self.path.rstrip('/')}/?{arguments}"
