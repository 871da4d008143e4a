"""Every login of every system, through the config flow to entities."""

from collections.abc import AsyncIterator
from typing import Any

from homeassistant.config_entries import ConfigEntryState, ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest

from custom_components.pbx.const import DOMAIN
from custom_components.pbx.logins import LOGINS
from tests.simulators.axeos import AxeosSimulator
from tests.simulators.axeos.small_world import ADMIN_LOGIN, API_KEY
from tests.simulators.innovaphone import InnovaphoneSimulator
from tests.simulators.innovaphone.small_world import APP, APP_PASSWORD
from tests.simulators.ipcortex import IpcortexSimulator
from tests.simulators.ipcortex.small_world import ADMIN, KEY
from tests.simulators.switchvox import OWN, PASSWORD, SwitchvoxSimulator
from tests.waiting import until

SIMULATORS: dict[str, Any] = {
    "axeos": AxeosSimulator,
    "innovaphone": InnovaphoneSimulator,
    "ipcortex": IpcortexSimulator,
    "switchvox": SwitchvoxSimulator,
}
FORMS: dict[str, dict[str, Any]] = {
    "axeos_api_key": {"api_key": API_KEY},
    "axeos_user": {"username": ADMIN_LOGIN[0], "password": ADMIN_LOGIN[1]},
    "innovaphone_app": {"app": APP, "password": APP_PASSWORD},
    "innovaphone_user": {"username": "alice", "password": "alicepw"},
    "ipcortex_key": {"auth_key": KEY},
    "ipcortex_user": {"username": ADMIN[0], "password": ADMIN[1]},
    "switchvox": {"extension": OWN, "password": PASSWORD},
}


@pytest.fixture(params=LOGINS)
def login(request: pytest.FixtureRequest) -> str:
    """Name one way to log in after the other."""
    return str(request.param)


@pytest.fixture
async def simulator(login: str) -> AsyncIterator[Any]:
    """Run the PBX that this login is for; its protocol must not be broken."""
    async with SIMULATORS[LOGINS[login].system]() as simulator:
        yield simulator
        assert simulator.violations == []


async def submit(hass: HomeAssistant, simulator: Any, login: str, **changed: str) -> ConfigFlowResult:
    """Go through the menus to the form of a login and send it filled in."""
    flow = hass.config_entries.flow
    result = await flow.async_init(DOMAIN, context={"source": "user"})
    path = [LOGINS[login].system, login]
    while result["type"] is FlowResultType.MENU:
        result = await flow.async_configure(result["flow_id"], {"next_step_id": path.pop(0)})
    assert result["step_id"] == login
    connection = {"port": simulator.port, "tls": False, "verify_ssl": True}
    filled = {"host": simulator.host, **FORMS[login], **changed, "connection": connection}
    return await flow.async_configure(result["flow_id"], filled)


async def test_set_up(hass: HomeAssistant, simulator: Any, login: str) -> None:
    """Each way leads from the first menu to a connected PBX, and leaves nothing behind."""
    result = await submit(hass, simulator, login)
    assert result["type"] is FlowResultType.CREATE_ENTRY, result.get("errors")
    entry = result["result"]
    await until(lambda: entry.state is ConfigEntryState.LOADED)
    await until(lambda: any(s.state == "on" for s in hass.states.async_all("binary_sensor")))
    assert len(hass.states.async_all()) > 5
    assert await hass.config_entries.async_unload(entry.entry_id)


async def test_wrong_credentials(hass: HomeAssistant, simulator: Any, login: str) -> None:
    """Each system says that a wrong password is a wrong password."""
    *_, secret = FORMS[login]
    result = await submit(hass, simulator, login, **{secret: "wrong"})
    assert result["errors"] == {"base": "invalid_auth"}
