"""Sessions made from the data of an entry, and what their errors are called."""

from collections.abc import Mapping
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession

from ..const import CONF_SYSTEM
from ..protocols.errors import (
    AuthFailed,
    CannotConnect,
    CertificateNotTrusted,
    MissingRight,
    PbxError,
    UnexpectedError,
    UnknownHost,
    WrongSystem,
)
from ..protocols.evidence import Evidence
from ..protocols.recorder import Recorder
from ..protocols.registry import SYSTEMS
from ..protocols.session import Link, PbxSession
from .tls import CertificateUnusable, FingerprintUnusable, async_create_ssl_context

NOT_TRUSTED = "certificate_not_trusted"
# The translation key of each error in a form; the first class that fits counts.
_ERROR_KEYS: tuple[tuple[type[PbxError], str], ...] = (
    (AuthFailed, "invalid_auth"),
    (CertificateNotTrusted, NOT_TRUSTED),
    (CertificateUnusable, "certificate_unusable"),
    (FingerprintUnusable, "fingerprint_unusable"),
    (MissingRight, "missing_right"),
    (WrongSystem, "wrong_system"),
    (UnknownHost, "unknown_host"),
    (CannotConnect, "cannot_connect"),
    (UnexpectedError, "unknown"),
    (PbxError, "wrong_system"),
)


async def async_create_session(
    hass: HomeAssistant, data: Mapping[str, Any], recorder: Recorder | None = None
) -> PbxSession:
    """Return a session for the data of an entry, with a tap at its doors; nothing is sent yet.

    Raises CertificateUnusable, FingerprintUnusable, or CertificateNotTrusted.
    """
    http, context = async_get_clientsession(hass), await async_create_ssl_context(hass, data)
    system = SYSTEMS[data[CONF_SYSTEM]]
    await hass.async_add_import_executor_job(system.load)
    evidence = Evidence(await hass.async_add_import_executor_job(system.get_assumptions))
    link = Link(http=http, ssl=context, recorder=recorder or Recorder(), evidence=evidence)
    session = system.create(data, link)
    session.evidence = evidence
    return session


def get_error_key(error: PbxError) -> str:
    """Return the translation key of an error in a form, which has the same text where an entry is set up."""
    return next(key for kind, key in _ERROR_KEYS if isinstance(error, kind))
