"""Every login of every system, through the flows to entities."""

from collections.abc import AsyncIterator
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest

from custom_components.pbx.config.login_forms import LOGIN_FORMS
from tests.waiting import until

from .systems import FORMS, SIMULATORS, add_entry, answer, connection, filled, submit


@pytest.fixture(params=FORMS)
def login(request: pytest.FixtureRequest) -> str:
    """Name one way to log in after the other."""
    return str(request.param)


@pytest.fixture
async def simulator(login: str) -> AsyncIterator[Any]:
    """Run the PBX that this login is for; its protocol must not be broken."""
    async with SIMULATORS[LOGIN_FORMS[login].system]().faultless() as simulator:
        yield simulator


def wrong(login: str) -> dict[str, str]:
    """Return the credentials of a login with another password."""
    *_, secret = FORMS[login]
    return {**FORMS[login], secret: "wrong"}


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
    """Each system says that a wrong password is a wrong password, and takes the right one after it."""
    result = await submit(hass, simulator, login, **wrong(login))
    assert result["errors"] == {"base": "invalid_auth"}
    result = await answer(hass, result, filled(simulator, login))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    assert await hass.config_entries.async_unload(result["result"].entry_id)


# What the form calls a login that has no name.
KEYS = {"api_key": "API key", "auth_key": "Auth Key"}


async def test_reauth(hass: HomeAssistant, simulator: Any, login: str) -> None:
    """A login that is refused is asked for by its name, a wrong one refused, and the right one kept."""
    entry = add_entry(hass, simulator, login, **wrong(login))
    assert not await hass.config_entries.async_setup(entry.entry_id)
    if entry.state is ConfigEntryState.SETUP_RETRY:
        # A PBX that starts up may refuse a good login, so it is asked again before a person is.
        await hass.config_entries.async_reload(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_ERROR
    await until(hass.config_entries.flow.async_progress)
    [flow] = hass.config_entries.flow.async_progress()
    assert flow["step_id"] == "reauth_confirm"
    result = await hass.config_entries.flow.async_configure(flow["flow_id"])
    placeholders = result["description_placeholders"]
    assert placeholders is not None
    assert placeholders["name"] == "Office PBX"
    account = LOGIN_FORMS[login].get_account(entry.data)
    assert placeholders["account"] == KEYS.get(account, account)
    assert FORMS[login].keys() <= {str(marker) for marker in result["data_schema"].schema}
    refused = await answer(hass, result, wrong(login))
    assert refused["errors"] == {"base": "invalid_auth"}
    done = await answer(hass, result, FORMS[login])
    assert done["reason"] == "reauth_successful"
    await until(lambda: entry.state is ConfigEntryState.LOADED)
    assert entry.data.items() >= FORMS[login].items()
    assert await hass.config_entries.async_unload(entry.entry_id)


async def test_reauth_of_the_administrator(hass: HomeAssistant) -> None:
    """Where it is the second login that is refused, that one can be entered as well."""
    async with SIMULATORS["switchvox"]() as pbx:
        name, password = pbx.world.admin
        admin = {"admin_username": name, "admin_password": "wrong"}
        entry = add_entry(hass, pbx, "switchvox", **admin)
        assert not await hass.config_entries.async_setup(entry.entry_id)
        await until(hass.config_entries.flow.async_progress)
        [flow] = hass.config_entries.flow.async_progress()
        result = await hass.config_entries.flow.async_configure(flow["flow_id"])
        refused = await answer(hass, result, FORMS["switchvox"])
        assert refused["errors"] == {"base": "administrator_refused"}
        right = {**FORMS["switchvox"], "administrator": {**admin, "admin_password": password}}
        done = await answer(hass, result, right)
        assert done["reason"] == "reauth_successful"
        await until(lambda: entry.state is ConfigEntryState.LOADED)
        assert entry.data["admin_password"] == password
        assert "administrator" not in entry.data
        assert await hass.config_entries.async_unload(entry.entry_id)


async def test_reconfigure(hass: HomeAssistant, simulator: Any, login: str) -> None:
    """An address that has changed is entered, and the entry comes up with it."""
    entry = add_entry(hass, simulator, login, port=simulator.port + 1)
    assert not await hass.config_entries.async_setup(entry.entry_id)
    result = await entry.start_reconfigure_flow(hass)
    away = await answer(hass, result, filled(simulator, login, connection={"port": simulator.port + 1}))
    assert away["errors"] == {"base": "cannot_connect"}
    done = await answer(hass, result, filled(simulator, login))
    assert done["reason"] == "reconfigure_successful"
    await until(lambda: entry.state is ConfigEntryState.LOADED)
    assert entry.data.items() >= connection(simulator).items()
    assert await hass.config_entries.async_unload(entry.entry_id)
