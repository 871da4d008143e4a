"""What can go wrong with a Socket.IO connection."""


class SocketIoError(Exception):
    """Base of every error of this package; its text never holds an address."""


class Unreachable(SocketIoError):
    """Nothing answers at the address."""


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
