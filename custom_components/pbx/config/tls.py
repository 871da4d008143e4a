"""TLS: what Home Assistant trusts a PBX by, and the certificate that a PBX presents."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
import re
import ssl
from typing import Any, Self, cast, override

from cryptography import x509
from homeassistant.core import HomeAssistant
from homeassistant.util.ssl import get_default_context, get_default_no_verify_context

from ..const import CONF_CERTIFICATE, CONF_FINGERPRINT, CONF_TLS, CONF_TRUST
from ..protocols.errors import CannotConnect, CertificateNotTrusted, PbxError
from ..protocols.lazy_dataclass import dataclass

CONNECT_SECONDS = 10.0
GREETING_SECONDS = 5.0
MAX_NAME_LENGTH = 200

_PEM_CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----")
_FINGERPRINT = re.compile(r"[0-9a-f]{64}")
# What OpenSSL says to a peer whose first words are none of TLS.
_NOT_TLS = frozenset(
    {"WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "PACKET_LENGTH_TOO_LONG", "HTTP_REQUEST"}
)
_SEPARATORS = re.compile(r"[\s:-]")
# Names come from an unknown peer, and end up in a text that may hold links.
_UNSAFE = re.compile(r"[^\w .,=@:+-]")


class Trust(StrEnum):
    """What a PBX is trusted by: the public authorities, a certificate, a fingerprint, or nothing at all."""

    VERIFY = "verify"
    CERTIFICATE = "certificate"
    FINGERPRINT = "fingerprint"
    OFF = "off"


class CertificateUnusable(PbxError):
    """What was entered as a certificate is none, or its file can't be read."""


class FingerprintUnusable(PbxError):
    """What was entered as a fingerprint is no SHA-256 fingerprint."""


# The setting that belongs to each choice; the settings of the other choices are not kept.
_SETTINGS = {Trust.CERTIFICATE: CONF_CERTIFICATE, Trust.FINGERPRINT: CONF_FINGERPRINT}


def clean_trust_settings(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the data of an entry without what does not belong to its choice of trust.

    A pasted certificate loses what stands around it, such as a private key, and a fingerprint its separators.
    """
    own = _SETTINGS.get(Trust(data.get(CONF_TRUST, Trust.VERIFY)))
    kept = {name: value for name, value in data.items() if name not in _SETTINGS.values() or name == own}
    if found := _PEM_CERTIFICATE.findall(kept.get(CONF_CERTIFICATE, "")):
        kept[CONF_CERTIFICATE] = "\n".join(found)
    if CONF_FINGERPRINT in kept:
        kept[CONF_FINGERPRINT] = _SEPARATORS.sub("", kept[CONF_FINGERPRINT]).lower()
    return kept


async def async_create_ssl_context(hass: HomeAssistant, data: Mapping[str, Any]) -> ssl.SSLContext:
    """Return the context for connections to the PBX of an entry.

    Raises CertificateUnusable, FingerprintUnusable, or CertificateNotTrusted where none is pinned yet.
    """
    chosen = data.get(CONF_TRUST, Trust.VERIFY) if data.get(CONF_TLS, True) else Trust.VERIFY
    return await _CONTEXTS[Trust(chosen)](hass, data)


async def _verifying_context(hass: HomeAssistant, data: Mapping[str, Any]) -> ssl.SSLContext:
    return get_default_context()


async def _unverified_context(hass: HomeAssistant, data: Mapping[str, Any]) -> ssl.SSLContext:
    return get_default_no_verify_context()


async def _certificate_context(hass: HomeAssistant, data: Mapping[str, Any]) -> ssl.SSLContext:
    entered, folder = data.get(CONF_CERTIFICATE, ""), Path(hass.config.config_dir)
    return await hass.async_add_executor_job(_load_certificate_context, entered, folder)


async def _fingerprint_context(hass: HomeAssistant, data: Mapping[str, Any]) -> ssl.SSLContext:
    fingerprint = data.get(CONF_FINGERPRINT, "")
    if not fingerprint:
        raise CertificateNotTrusted("no certificate is pinned yet")
    if not _FINGERPRINT.fullmatch(fingerprint):
        raise FingerprintUnusable("this is no SHA-256 fingerprint")
    return create_pinned_context(fingerprint)


_CONTEXTS: dict[Trust, Callable[[HomeAssistant, Mapping[str, Any]], Awaitable[ssl.SSLContext]]] = {
    Trust.VERIFY: _verifying_context,
    Trust.CERTIFICATE: _certificate_context,
    Trust.FINGERPRINT: _fingerprint_context,
    Trust.OFF: _unverified_context,
}


def _load_certificate_context(entered: str, folder: Path) -> ssl.SSLContext:
    """Return a context that trusts these certificates alone, be they of an authority or the PBX's own."""
    certificates = _PEM_CERTIFICATE.findall(entered) or _PEM_CERTIFICATE.findall(_read_file(entered, folder))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context.set_alpn_protocols(["http/1.1"])
    try:
        context.load_verify_locations(cadata="\n".join(certificates))
    except ssl.SSLError, ValueError:
        raise CertificateUnusable("there is no certificate in it") from None
    return context


def _read_file(name: str, folder: Path) -> str:
    """Return the text of a file in the configuration folder; no other may be read."""
    try:
        path = (folder / name.strip()).resolve()
        if not path.is_relative_to(folder.resolve()):
            raise CertificateUnusable("the file is not in the configuration folder")
        return path.read_text(encoding="ascii", errors="replace")
    except OSError, ValueError:
        raise CertificateUnusable("the file can't be read") from None


class PinnedContext(ssl.SSLContext):
    """Accept a single certificate, on every connection that is made with this context.

    The check is part of the handshake, so nothing is sent to a peer that presents another certificate, and
    the caller sees the error that an untrusted certificate always gives.
    """

    fingerprint: str

    def check(self, certificate: bytes | None) -> None:
        """Raise SSLCertVerificationError where a peer presents another certificate (DER) or none."""
        if certificate is None or compute_fingerprint(certificate) != self.fingerprint:
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


def create_pinned_context(fingerprint: str) -> PinnedContext:
    """Return a context for the certificate with this fingerprint: 64 hex digits in small letters."""
    context = PinnedContext(ssl.PROTOCOL_TLS_CLIENT)
    context.fingerprint = fingerprint
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.sslobject_class = _PinnedObject
    context.sslsocket_class = _PinnedSocket
    context.set_alpn_protocols(["http/1.1"])
    return context


def compute_fingerprint(certificate: bytes) -> str:
    """Return the SHA-256 fingerprint of a certificate (DER): 64 hex digits in small letters."""
    return sha256(certificate).hexdigest()


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
