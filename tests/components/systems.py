"""A simulated PBX for each way to log in, and the forms that lead to it."""

import ssl
from typing import Any

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pbx.config.login_forms import LOGIN_FORMS
from custom_components.pbx.config.tls import compute_fingerprint
from custom_components.pbx.const import DOMAIN
from tests.simulators.asterisk import AsteriskSimulator
from tests.simulators.asterisk.small_world import LOGIN
from tests.simulators.axeos import AxeosSimulator
from tests.simulators.axeos.small_world import ADMIN_LOGIN, API_KEY
from tests.simulators.common.certificate import self_signed_pem
from tests.simulators.innovaphone import InnovaphoneSimulator
from tests.simulators.innovaphone.small_world import APP, APP_PASSWORD
from tests.simulators.ipcortex import IpcortexSimulator
from tests.simulators.ipcortex.small_world import ADMIN, KEY
from tests.simulators.switchvox import OWN, PASSWORD, SwitchvoxSimulator

SIMULATORS: dict[str, Any] = {
    "asterisk": AsteriskSimulator,
    "axeos": AxeosSimulator,
    "innovaphone": InnovaphoneSimulator,
    "ipcortex": IpcortexSimulator,
    "switchvox": SwitchvoxSimulator,
}
FORMS: dict[str, dict[str, Any]] = {
    "asterisk": {"username": LOGIN[0], "password": LOGIN[1]},
    "axeos_api_key": {"api_key": API_KEY},
    "axeos_user": {"username": ADMIN_LOGIN[0], "password": ADMIN_LOGIN[1]},
    "innovaphone_app": {"app": APP, "password": APP_PASSWORD},
    "innovaphone_user": {"username": "alice", "password": "alicepw"},
    "ipcortex_key": {"auth_key": KEY},
    "ipcortex_user": {"username": ADMIN[0], "password": ADMIN[1]},
    "switchvox": {"extension": OWN, "password": PASSWORD},
}
MARK = b"-----BEGIN CERTIFICATE-----"
# The login of each system that shows the most.
BEST = {
    "asterisk": "asterisk",
    "axeos": "axeos_api_key",
    "innovaphone": "innovaphone_app",
    "ipcortex": "ipcortex_user",
    "switchvox": "switchvox",
}


def connection(simulator: Any, **changed: Any) -> dict[str, Any]:
    """Fill in the section about the connection."""
    return {"port": simulator.port, "tls": simulator.tls, "trust": "verify", **changed}


def filled(simulator: Any, login: str, **changed: Any) -> dict[str, Any]:
    """Fill in the form of a login; changes of the connection are given as a mapping of that name."""
    section = connection(simulator, **changed.pop("connection", {}))
    return {"host": simulator.host, **FORMS[login], **changed, "connection": section}


async def open_form(hass: HomeAssistant, login: str) -> ConfigFlowResult:
    """Go through the menus to the form of a login."""
    flow = hass.config_entries.flow
    result = await flow.async_init(DOMAIN, context={"source": "user"})
    path = [LOGIN_FORMS[login].system, login]
    while result["type"] is FlowResultType.MENU:
        result = await flow.async_configure(result["flow_id"], {"next_step_id": path.pop(0)})
    assert result["step_id"] == login
    return result


async def submit(hass: HomeAssistant, simulator: Any, login: str, **changed: Any) -> ConfigFlowResult:
    """Go through the menus to the form of a login, send it filled in, and import everything."""
    result = await open_form(hass, login)
    return await answer(hass, result, filled(simulator, login, **changed))


async def answer(hass: HomeAssistant, result: ConfigFlowResult, user_input: Any) -> ConfigFlowResult:
    """Answer a step of a config flow, where a word chooses from a menu, and import everything in the end."""
    data = {"next_step_id": user_input} if isinstance(user_input, str) else user_input
    return await import_all(hass, await hass.config_entries.flow.async_configure(result["flow_id"], data))


async def import_all(hass: HomeAssistant, result: ConfigFlowResult) -> ConfigFlowResult:
    """Leave the choice of what is imported as it is, where a step has led to it."""
    if result.get("step_id") not in ("choice", "choice_by_kind"):
        return result
    return await hass.config_entries.flow.async_configure(result["flow_id"], {})


def add_entry(hass: HomeAssistant, simulator: Any, login: str, **changed: Any) -> MockConfigEntry:
    """Add an entry as the config flow would keep it; the id of the PBX is taken over at the first start."""
    data = {
        "system": LOGIN_FORMS[login].system,
        "login": login,
        "host": simulator.host,
        **connection(simulator),
        **FORMS[login],
        "provisional_id": True,
        **changed,
    }
    entry = MockConfigEntry(
        domain=DOMAIN, title="Office PBX", unique_id="made-up", data=data, minor_version=2
    )
    entry.add_to_hass(hass)
    return entry


class ShownCertificate:
    """The certificate that a simulator shows, a fresh one to begin with."""

    def __init__(self, simulator: Any) -> None:
        self._simulator = simulator
        self.pem = b""
        self.renew()

    def renew(self) -> None:
        """Show a fresh certificate; connections that are open keep the old one."""
        self.show(self_signed_pem(self._simulator.host))

    def show(self, pem: bytes) -> None:
        """Show a certificate from the next connection on."""
        self.pem = pem
        self._simulator.change_certificate(pem)

    @property
    def fingerprint(self) -> str:
        """Return the fingerprint of the certificate."""
        return compute_fingerprint(ssl.PEM_cert_to_DER_cert(self.pem[self.pem.index(MARK) :].decode()))
