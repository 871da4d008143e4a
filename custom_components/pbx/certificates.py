"""Look at the certificate that a PBX shows."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
import re
from typing import Self

from cryptography import x509
from homeassistant.util.ssl import get_default_no_verify_context

from .pinning import fingerprint_of, shown
from .protocols.errors import CannotConnect

CONNECT_SECONDS = 10.0
LONGEST_NAME = 200
# Names come from whoever answers, and end up in a text that may hold links.
_UNSAFE = re.compile(r"[^\w .,=@:+-]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """What a person needs to know of a certificate to recognize it."""

    subject: str
    issuer: str
    valid_from: datetime
    valid_until: datetime
    fingerprint: str

    @classmethod
    def of(cls, raw: bytes) -> Self:
        """Decode a certificate; raises ValueError."""
        certificate = x509.load_der_x509_certificate(raw)
        return cls(
            subject=_name(certificate.subject),
            issuer=_name(certificate.issuer),
            valid_from=certificate.not_valid_before_utc,
            valid_until=certificate.not_valid_after_utc,
            fingerprint=fingerprint_of(raw),
        )

    def placeholders(self) -> dict[str, str]:
        """Return what the texts about a certificate need."""
        return {
            "subject": self.subject,
            "issuer": self.issuer,
            "valid_from": f"{self.valid_from:%Y-%m-%d}",
            "valid_until": f"{self.valid_until:%Y-%m-%d}",
            "fingerprint": shown(self.fingerprint),
        }


def _name(name: x509.Name) -> str:
    return _UNSAFE.sub("?", name.rfc4514_string())[:LONGEST_NAME] or "-"


async def async_presented(host: str, port: int) -> Certificate:
    """Return the certificate that is shown at an address, sending nothing; raises CannotConnect."""
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            _, writer = await asyncio.open_connection(host, port, ssl=get_default_no_verify_context())
    except OSError as err:
        raise CannotConnect(f"no certificate ({type(err).__name__})") from None
    raw: bytes = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    # The answer to the farewell is of no interest, and an old box may never give it.
    writer.transport.abort()
    try:
        return Certificate.of(raw)
    except ValueError:
        raise CannotConnect("a certificate that can't be read") from None
