"""The certificate that a PBX presents, and what answers a greeting of TLS."""

import asyncio
from datetime import datetime
from enum import StrEnum
import re
import ssl
from typing import Self

from cryptography import x509
from homeassistant.util.ssl import get_default_no_verify_context

from ..const import CONF_FINGERPRINT, CONF_TRUST
from ..protocols.errors import CannotConnect
from ..protocols.lazy_dataclass import dataclass
from .tls import Trust, compute_fingerprint

CONNECT_SECONDS = 10.0
GREETING_SECONDS = 5.0
MAX_NAME_LENGTH = 200

# What OpenSSL says to a peer whose first words are none of TLS.
_NOT_TLS = frozenset(
    {"WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "PACKET_LENGTH_TOO_LONG", "HTTP_REQUEST"}
)
# Names come from an unknown peer, and end up in a text that may hold links.
_UNSAFE = re.compile(r"[^\w .,=@:+-]")


def format_fingerprint(fingerprint: str) -> str:
    """Return a fingerprint as browsers show it."""
    return ":".join(fingerprint[start : start + 2] for start in range(0, len(fingerprint), 2)).upper()


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """What a person needs to know of a certificate to recognize it."""

    subject: str
    issuer: str
    valid_from: datetime
    valid_until: datetime
    fingerprint: str

    @classmethod
    def from_der(cls, raw: bytes) -> Self:
        """Decode a certificate; raises ValueError."""
        certificate = x509.load_der_x509_certificate(raw)
        return cls(
            subject=_format_name(certificate.subject),
            issuer=_format_name(certificate.issuer),
            valid_from=certificate.not_valid_before_utc,
            valid_until=certificate.not_valid_after_utc,
            fingerprint=compute_fingerprint(raw),
        )

    @property
    def trust_settings(self) -> dict[str, str]:
        """Return the data of an entry that trusts this certificate alone."""
        return {CONF_TRUST: Trust.FINGERPRINT.value, CONF_FINGERPRINT: self.fingerprint}

    @property
    def placeholders(self) -> dict[str, str]:
        """Return the placeholders of the texts that show a certificate."""
        return {
            "subject": self.subject,
            "issuer": self.issuer,
            "valid_from": f"{self.valid_from:%Y-%m-%d}",
            "valid_until": f"{self.valid_until:%Y-%m-%d}",
            "fingerprint": format_fingerprint(self.fingerprint),
        }


def _format_name(name: x509.Name) -> str:
    return _UNSAFE.sub("?", name.rfc4514_string())[:MAX_NAME_LENGTH] or "-"


async def async_fetch_certificate(host: str, port: int) -> Certificate:
    """Return the certificate that is presented at an address, sending nothing; raises CannotConnect."""
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            _, writer = await asyncio.open_connection(host, port, ssl=get_default_no_verify_context())
    except OSError as err:
        raise CannotConnect(f"no certificate ({type(err).__name__})") from None
    raw: bytes = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    # The answer to a TLS shutdown is of no interest, and an old box may never give it.
    writer.transport.abort()
    try:
        return Certificate.from_der(raw)
    except ValueError:
        raise CannotConnect("a certificate that can't be read") from None


class Greeting(StrEnum):
    """What comes of a greeting of TLS: an answer in TLS or in plain text, silence, or no connection."""

    TLS = "tls"
    PLAIN = "plain"
    SILENT = "silent"
    NONE = "none"


async def async_greet(host: str, port: int) -> Greeting:
    """Return what answers at an address; nothing but a greeting of TLS is sent.

    `SILENT` accepts the connection and says nothing; `NONE` accepts none, or ends it.
    """
    try:
        await _connect(host, port, None)
    except OSError:
        return Greeting.NONE
    try:
        # Anew, since some servers speak at once, and their words would be lost before TLS begins.
        await _connect(host, port, get_default_no_verify_context())
    except ssl.SSLError as err:
        return Greeting.PLAIN if err.reason in _NOT_TLS else Greeting.NONE
    except TimeoutError:
        return Greeting.SILENT
    except OSError:
        return Greeting.NONE
    return Greeting.TLS


async def _connect(host: str, port: int, context: ssl.SSLContext | None) -> None:
    async with asyncio.timeout(GREETING_SECONDS):
        _, writer = await asyncio.open_connection(host, port, ssl=context)
    writer.transport.abort()
