"""Try a login that somebody has entered, and find what is behind its failure."""

import asyncio
from collections.abc import Mapping
from typing import Any

from homeassistant.const import CONF_HOST, CONF_PORT
from homeassistant.core import HomeAssistant

from ..const import CONF_TLS
from ..protocols.contract import Contract
from ..protocols.errors import AuthFailed, MissingRight, NoAnswer, PbxError
from ..protocols.lazy_dataclass import dataclass
from ..protocols.model import PbxInfo
from .certificates import Greeting, async_greet
from .connection import async_create_session, get_error_key
from .login_forms import has_further_login

# The translation key for a refusal of each login that is entered beside the first.
_REFUSAL_KEYS = {"administrator": "administrator_refused", "client": "client_refused"}
# These also come of a wrong address, and of TLS asked of a plain port or the reverse.
_MAYBE_ADDRESS = frozenset({"wrong_system", "cannot_connect"})
# What is behind an error: by it, by what answers a greeting of TLS, and by whether TLS was asked for.
_CAUSES: Mapping[tuple[str, Greeting, bool], str] = {
    **{("cannot_connect", Greeting.SILENT, tls): "silent" for tls in (False, True)},
    **{(error, Greeting.TLS, False): "plain_on_tls_port" for error in _MAYBE_ADDRESS},
    **{(error, Greeting.PLAIN, True): "tls_on_plain_port" for error in _MAYBE_ADDRESS},
    # What answers a greeting does answer, only not as this make of PBX does.
    ("cannot_connect", Greeting.PLAIN, False): "wrong_system",
}
# A form waits no longer for a login, in seconds; some try several ways, each with a time of its own.
LOGIN_SECONDS = 45.0


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
        error = await async_find_cause(data, _explain_refusal(err, data))
        return LoginResult(error=error, right=err.right if isinstance(err, MissingRight) else "")


async def async_find_cause(data: Mapping[str, Any], error: str) -> str:
    """Return the translation key of what is behind an error, such as TLS asked of a plain port."""
    if error not in _MAYBE_ADDRESS:
        return error
    greeting = await async_greet(data[CONF_HOST], data[CONF_PORT])
    return _CAUSES.get((error, greeting, bool(data[CONF_TLS])), error)


def _explain_refusal(err: PbxError, data: Mapping[str, Any]) -> str:
    if isinstance(err, AuthFailed) and err.further:
        return _REFUSAL_KEYS[err.further]
    if isinstance(err, AuthFailed) and has_further_login(data):
        return "first_login_refused"
    return get_error_key(err)


async def _probe(hass: HomeAssistant, data: Mapping[str, Any]) -> PbxInfo:
    session = await async_create_session(hass, data)
    try:
        async with asyncio.timeout(LOGIN_SECONDS):
            return await session.probe()
    except TimeoutError:
        raise NoAnswer("the login took too long") from None
    finally:
        await session.close()
