"""Sessions made from the data of an entry, and the test of a login before an entry keeps it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession

from ..const import CONF_SYSTEM
from ..protocols.contract import Contract
from ..protocols.errors import (
    AuthFailed,
    CannotConnect,
    CertificateNotTrusted,
    MissingRight,
    PbxError,
    UnexpectedError,
    WrongSystem,
)
from ..protocols.model import PbxInfo
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
    (CannotConnect, "cannot_connect"),
    (UnexpectedError, "unknown"),
    (PbxError, "wrong_system"),
)


async def async_create_session(hass: HomeAssistant, data: Mapping[str, Any]) -> PbxSession:
    """Return a session for the data of an entry; nothing is sent yet.

    Raises CertificateUnusable, FingerprintUnusable, or CertificateNotTrusted.
    """
    link = Link(http=async_get_clientsession(hass), ssl=await async_create_ssl_context(hass, data))
    return SYSTEMS[data[CONF_SYSTEM]].create(data, link)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginResult:
    """The PBX that answered a login, or the translation key of an error and the right that is missing."""

    info: PbxInfo | None = None
    error: str | None = None
    right: str = ""

    @property
    def errors(self) -> dict[str, str]:
        """Return the errors of the form."""
        return {"base": self.error} if self.error is not None else {}


async def async_try_login(hass: HomeAssistant, data: Mapping[str, Any]) -> LoginResult:
    """Log in with the data of an entry, log out again, and return what came of it."""
    try:
        with Contract().hold("trying the login"):
            return LoginResult(info=await _probe(hass, data))
    except PbxError as err:
        error = next(key for kind, key in _ERROR_KEYS if isinstance(err, kind))
        return LoginResult(error=error, right=err.right if isinstance(err, MissingRight) else "")


async def _probe(hass: HomeAssistant, data: Mapping[str, Any]) -> PbxInfo:
    session = await async_create_session(hass, data)
    try:
        return await session.probe()
    finally:
        await session.close()
