"""How it is known that a PBX is the one that it claims to be."""

from collections.abc import Awaitable, Callable, Mapping
from enum import StrEnum
from pathlib import Path
import re
import ssl
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.util.ssl import get_default_context, get_default_no_verify_context

from .const import CONF_CERTIFICATE, CONF_FINGERPRINT, CONF_TLS, CONF_TRUST
from .pinning import pinned_context
from .protocols.errors import CertificateNotTrusted, PbxError

_CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----")
_FINGERPRINT = re.compile(r"[0-9a-f]{64}")
_SEPARATORS = re.compile(r"[\s:-]")


class Trust(StrEnum):
    """What vouches for a PBX: the usual authorities, a certificate, a fingerprint, or nothing."""

    VERIFY = "verify"
    CERTIFICATE = "certificate"
    FINGERPRINT = "fingerprint"
    OFF = "off"


class CertificateUnusable(PbxError):
    """What was entered as a certificate is none, or its file can't be read."""


class FingerprintUnusable(PbxError):
    """What was entered as a fingerprint is no SHA-256 fingerprint."""


# What belongs to each choice; what was entered for another one is not kept.
_BELONGS = {Trust.CERTIFICATE: CONF_CERTIFICATE, Trust.FINGERPRINT: CONF_FINGERPRINT}


def tidied(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return settings with nothing in them that does not belong to the choice, such as a private key."""
    own = _BELONGS.get(Trust(data.get(CONF_TRUST, Trust.VERIFY)))
    kept = {name: value for name, value in data.items() if name not in _BELONGS.values() or name == own}
    if found := _CERTIFICATE.findall(kept.get(CONF_CERTIFICATE, "")):
        kept[CONF_CERTIFICATE] = "\n".join(found)
    if CONF_FINGERPRINT in kept:
        kept[CONF_FINGERPRINT] = _SEPARATORS.sub("", kept[CONF_FINGERPRINT]).lower()
    return kept


async def async_context(hass: HomeAssistant, data: Mapping[str, Any]) -> ssl.SSLContext:
    """Return the context for connections to a PBX; raises an error above, or CertificateNotTrusted."""
    chosen = data.get(CONF_TRUST, Trust.VERIFY) if data.get(CONF_TLS, True) else Trust.VERIFY
    return await _CONTEXTS[Trust(chosen)](hass, data)


async def _verifying(hass: HomeAssistant, data: Mapping[str, Any]) -> ssl.SSLContext:
    return get_default_context()


async def _unverified(hass: HomeAssistant, data: Mapping[str, Any]) -> ssl.SSLContext:
    return get_default_no_verify_context()


async def _pinned(hass: HomeAssistant, data: Mapping[str, Any]) -> ssl.SSLContext:
    fingerprint = data.get(CONF_FINGERPRINT, "")
    if not fingerprint:
        raise CertificateNotTrusted("no certificate is pinned yet")
    if not _FINGERPRINT.fullmatch(fingerprint):
        raise FingerprintUnusable("this is no SHA-256 fingerprint")
    return pinned_context(fingerprint)


async def _own(hass: HomeAssistant, data: Mapping[str, Any]) -> ssl.SSLContext:
    entered, folder = data.get(CONF_CERTIFICATE, ""), Path(hass.config.config_dir)
    return await hass.async_add_executor_job(_load, entered, folder)


_CONTEXTS: dict[Trust, Callable[[HomeAssistant, Mapping[str, Any]], Awaitable[ssl.SSLContext]]] = {
    Trust.VERIFY: _verifying,
    Trust.CERTIFICATE: _own,
    Trust.FINGERPRINT: _pinned,
    Trust.OFF: _unverified,
}


def _load(entered: str, folder: Path) -> ssl.SSLContext:
    """Return a context that trusts these certificates alone, be they of an authority or the PBX's own."""
    certificates = _CERTIFICATE.findall(entered) or _CERTIFICATE.findall(_read(entered, folder))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context.set_alpn_protocols(["http/1.1"])
    try:
        context.load_verify_locations(cadata="\n".join(certificates))
    except ssl.SSLError, ValueError:
        raise CertificateUnusable("there is no certificate in it") from None
    return context


def _read(name: str, folder: Path) -> str:
    """Return a file of the configuration; no other may be read."""
    try:
        path = (folder / name.strip()).resolve()
        if not path.is_relative_to(folder.resolve()):
            raise CertificateUnusable("the file is not in the configuration folder")
        return path.read_text(encoding="ascii", errors="replace")
    except OSError, ValueError:
        raise CertificateUnusable("the file can't be read") from None
