"""Setting up, logging in anew and reconfiguring in the user interface."""

from collections.abc import AsyncIterator
from typing import Any

from homeassistant.config_entries import ConfigEntryState, ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pbx.const import DOMAIN
from tests.simulators.axeos import AxeosSimulator
from tests.simulators.axeos.small_world import ADMIN_LOGIN, OAUTH_CLIENT, small_world

from .systems import import_all


def form(pbx: AxeosSimulator, **fields: Any) -> dict[str, Any]:
    """Fill in the form for an API key, or another login."""
    credentials = {"api_key": pbx.world.api_keys[0]} if "username" not in fields else {}
    connection = {"port": pbx.port, "tls": pbx.tls, "trust": fields.pop("trust", "verify")}
    return {"host": pbx.host, **credentials, "connection": connection, **fields}


async def start(hass: HomeAssistant, login: str) -> str:
    """Go through the menus and return the id of the flow."""
    result = await hass.config_entries.flow.async_init(DOMAIN, context={"source": "user"})
    assert result["type"] is FlowResultType.MENU
    assert result["menu_options"] == ["asterisk", "axeos", "innovaphone", "ipcortex", "switchvox"]
    for choice in ("axeos", login):
        result = await configure(hass, result["flow_id"], {"next_step_id": choice})
    assert result["type"] is FlowResultType.FORM
    assert result["step_id"] == login
    return result["flow_id"]


async def configure(hass: HomeAssistant, flow_id: str, user_input: dict[str, Any]) -> ConfigFlowResult:
    """Send a step of a flow, and import everything in the end."""
    return await import_all(hass, await hass.config_entries.flow.async_configure(flow_id, user_input))


async def test_api_key(hass: HomeAssistant, pbx: AxeosSimulator) -> None:
    """An API key is all it takes; the PBX names itself."""
    flow_id = await start(hass, "axeos_api_key")
    result = await configure(hass, flow_id, form(pbx))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == pbx.world.system.hostname
    entry = result["result"]
    assert entry.unique_id == pbx.world.system.uuid
    assert entry.data == {
        "system": "axeos",
        "login": "axeos_api_key",
        "host": pbx.host,
        "port": pbx.port,
        "tls": False,
        "trust": "verify",
        "api_key": pbx.world.api_keys[0],
        "provisional_id": False,
    }
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.LOADED


async def test_user_with_client(hass: HomeAssistant, pbx: AxeosSimulator) -> None:
    """A user and an OAuth client are kept together."""
    flow_id = await start(hass, "axeos_user")
    client = {"client_id": OAUTH_CLIENT[0], "client_secret": OAUTH_CLIENT[1]}
    filled = form(pbx, username=ADMIN_LOGIN[0], password=ADMIN_LOGIN[1], v1=client)
    result = await configure(hass, flow_id, filled)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["data"]["client_id"] == OAUTH_CLIENT[0]
    assert result["data"]["username"] == ADMIN_LOGIN[0]


@pytest.mark.parametrize(
    ("fault", "options", "error"),
    [
        ("error", {"status": 401}, "invalid_auth"),
        ("error", {"status": 403}, "missing_right"),
        ("error", {"status": 404}, "wrong_system"),
        # It does answer, so nobody has to look for a firewall.
        ("error", {"status": 500}, "wrong_system"),
        ("html", {}, "wrong_system"),
        ("drop_connection", {}, "wrong_system"),
    ],
)
async def test_errors_and_recovery(
    hass: HomeAssistant, pbx: AxeosSimulator, fault: str, options: dict[str, Any], error: str
) -> None:
    """Each thing that goes wrong has its own text, and the form can be sent again."""
    flow_id = await start(hass, "axeos_api_key")
    pbx.faults.add(fault, **options)
    result = await configure(hass, flow_id, form(pbx))
    assert result["errors"] == {"base": error}
    pbx.faults.clear()
    result = await configure(hass, flow_id, form(pbx))
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_unexpected_error(
    hass: HomeAssistant, pbx: AxeosSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bug is logged, and the form says that something unexpected happened."""
    flow_id = await start(hass, "axeos_api_key")
    with monkeypatch.context() as patch:
        patch.setattr("custom_components.pbx.protocols.axeos.reader.decode_info", None)
        result = await configure(hass, flow_id, form(pbx))
    assert result["errors"] == {"base": "unknown"}
    result = await configure(hass, flow_id, form(pbx))
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_same_pbx_twice(hass: HomeAssistant, pbx: AxeosSimulator, entry: MockConfigEntry) -> None:
    """A PBX is set up once, whichever login is used."""
    flow_id = await start(hass, "axeos_user")
    filled = form(pbx, username=ADMIN_LOGIN[0], password=ADMIN_LOGIN[1])
    result = await configure(hass, flow_id, filled)
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "already_configured"


async def test_port_follows_from_tls(hass: HomeAssistant, pbx: AxeosSimulator) -> None:
    """Without a port the usual one is tried."""
    flow_id = await start(hass, "axeos_api_key")
    filled = form(pbx, connection={"tls": True, "trust": "verify"})
    result = await configure(hass, flow_id, filled)
    assert result["errors"] == {"base": "cannot_connect"}


async def test_reauth(hass: HomeAssistant, pbx: AxeosSimulator, loaded: MockConfigEntry) -> None:
    """A new key is tried before it is kept."""
    result = await loaded.start_reauth_flow(hass)
    assert result["step_id"] == "reauth_confirm"
    wrong = await configure(hass, result["flow_id"], {"api_key": "wrong"})
    assert wrong["errors"] == {"base": "invalid_auth"}
    pbx.world.api_keys.append("new-key")
    done = await configure(hass, result["flow_id"], {"api_key": "new-key"})
    assert done["type"] is FlowResultType.ABORT
    assert done["reason"] == "reauth_successful"
    assert loaded.data["api_key"] == "new-key"
    await hass.async_block_till_done()


@pytest.fixture
async def other() -> AsyncIterator[AxeosSimulator]:
    """Run another PBX."""
    world = small_world()
    world.system.uuid = "another-pbx"
    async with AxeosSimulator(world=world, v1=False) as simulator:
        yield simulator


async def test_reconfigure(hass: HomeAssistant, pbx: AxeosSimulator, loaded: MockConfigEntry) -> None:
    """Address and login can be changed, with an error on the way."""
    hass.config_entries.async_update_entry(loaded, data={**loaded.data, "mac": "00:90:33:00:00:01"})
    result = await loaded.start_reconfigure_flow(hass)
    assert result["step_id"] == "reconfigure"
    wrong = await configure(hass, result["flow_id"], form(pbx, api_key="wrong"))
    assert wrong["errors"] == {"base": "invalid_auth"}
    pbx.world.api_keys.append("new-key")
    done = await configure(hass, result["flow_id"], form(pbx, api_key="new-key"))
    assert done["reason"] == "reconfigure_successful"
    assert loaded.data["api_key"] == "new-key"
    assert loaded.data["mac"] == "00:90:33:00:00:01"
    await hass.async_block_till_done()


async def test_reconfigure_refuses_another_pbx(
    hass: HomeAssistant, other: AxeosSimulator, loaded: MockConfigEntry
) -> None:
    """The entry stays with its PBX."""
    result = await loaded.start_reconfigure_flow(hass)
    done = await configure(hass, result["flow_id"], form(other))
    assert done["type"] is FlowResultType.ABORT
    assert done["reason"] == "another_pbx"


async def test_reconfigure_without_an_id(
    hass: HomeAssistant, pbx: AxeosSimulator, loaded: MockConfigEntry
) -> None:
    """A release that names no id can't be told from another PBX, so it is taken as it is."""
    pbx.faults.dialect.system_information = False
    result = await loaded.start_reconfigure_flow(hass)
    done = await configure(hass, result["flow_id"], form(pbx))
    assert done["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
