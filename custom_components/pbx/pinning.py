"""Trust one certificate by its fingerprint, whoever has issued it."""

from hashlib import sha256
import ssl
from typing import cast, override


class PinnedContext(ssl.SSLContext):
    """Accept a single certificate, on every connection that is made with this context.

    The check is part of the handshake, so nothing is sent to a peer that shows another certificate, and
    whoever makes the connection sees the error that an untrusted certificate always gives.
    """

    fingerprint: str

    def check(self, certificate: bytes | None) -> None:
        """Raise where a peer shows another certificate."""
        if certificate is None or fingerprint_of(certificate) != self.fingerprint:
            raise ssl.SSLCertVerificationError("the certificate is not the pinned one")


class _PinnedObject(ssl.SSLObject):
    """A connection of an event loop."""

    @override
    def do_handshake(self) -> None:
        super().do_handshake()
        cast("PinnedContext", self.context).check(self.getpeercert(binary_form=True))


class _PinnedSocket(ssl.SSLSocket):
    """A connection of a thread."""

    @override
    def do_handshake(self, block: bool = False) -> None:
        super().do_handshake(block)
        cast("PinnedContext", self.context).check(self.getpeercert(binary_form=True))


def pinned_context(fingerprint: str) -> PinnedContext:
    """Return a context for the certificate that has this fingerprint."""
    context = PinnedContext(ssl.PROTOCOL_TLS_CLIENT)
    context.fingerprint = fingerprint
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.sslobject_class = _PinnedObject
    context.sslsocket_class = _PinnedSocket
    context.set_alpn_protocols(["http/1.1"])
    return context


def fingerprint_of(certificate: bytes) -> str:
    """Return the SHA-256 fingerprint of a certificate."""
    return sha256(certificate).hexdigest()


def shown(fingerprint: str) -> str:
    """Return a fingerprint as browsers show it."""
    return ":".join(fingerprint[start : start + 2] for start in range(0, len(fingerprint), 2)).upper()
