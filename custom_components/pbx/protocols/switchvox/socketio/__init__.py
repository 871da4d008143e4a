"""A small client for Socket.IO servers of 1.0 to 4.x, over WebSocket or polling."""

from .client import SocketIo
from .dialects import DIALECTS, Dialect, connect
from .endpoint import (
    CertificateRefused,
    Disconnected,
    Endpoint,
    HandshakeRefused,
    HostUnknown,
    NoHandshake,
    SocketIoError,
    Undelivered,
    Unreachable,
)

__all__ = [
    "DIALECTS",
    "CertificateRefused",
    "Dialect",
    "Disconnected",
    "Endpoint",
    "HandshakeRefused",
    "HostUnknown",
    "NoHandshake",
    "SocketIo",
    "SocketIoError",
    "Undelivered",
    "Unreachable",
    "connect",
]
