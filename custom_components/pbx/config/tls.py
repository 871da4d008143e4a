"""TLS: what Home Assistant trusts a PBX by."""

from collections.abc import Awaitable, Callable, Mapping
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
import re
import ssl
from typing import Any, cast, override

from homeassistant.core import HomeAssistant
from homeassistant.util.ssl import get_default_context, get_default_no_verify_context

from ..const import CONF_CERTIFICATE, CONF_FINGERPRINT, CONF_TLS, CONF_TRUST
from ..protocols.errors import CertificateNotTrusted, PbxError

_PEM_CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----")
_FINGERPRINT = re.compile(r"[0-9a-f]{64}")
_SEPARATORS = re.compile(r"[\s:-]")


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
