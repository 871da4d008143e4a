"""The choice before an entry is made: what a PBX is called, and what of it is imported."""

from collections.abc import AsyncIterator
from typing import Any

from homeassistant.config_entries import ConfigEntryState, ConfigFlowContext, ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import device_registry as dr
import pytest
from voluptuous import UNDEFINED

from custom_components.pbx.config import import_choice
from custom_components.pbx.const import DOMAIN
from tests.simulators.axeos import AxeosSimulator
from tests.waiting import until

from .systems import BEST, FORMS, SIMULATORS, connection, filled, open_form, submit


@pytest.fixture(params=BEST)
async def simulator(request: pytest.FixtureRequest) -> AsyncIterator[Any]:
    """Run a PBX of each make."""
    async with SIMULATORS[request.param]() as simulator:
        simulator.make = request.param
        yield simulator


async def log_in(hass: HomeAssistant, simulator: Any, login: str) -> ConfigFlowResult:
    """Send the form of a login, and return the step that asks for the choice."""
    result = await open_form(hass, login)
    return await send(hass, result, filled(simulator, login))


async def send(hass: HomeAssistant, result: ConfigFlowResult, data: dict[str, Any]) -> ConfigFlowResult:
    """Send one step and nothing else."""
    return await hass.config_entries.flow.async_configure(result["flow_id"], data)


def fields_of(result: ConfigFlowResult) -> dict[str, Any]:
    """Return the selectors of a form by field."""
    assert result["data_schema"] is not None
    return {str(marker): selector for marker, selector in result["data_schema"].schema.items()}


def suggested_name(result: ConfigFlowResult) -> str:
    """Return the name that a form suggests for the PBX."""
    assert result["data_schema"] is not None
    [marker] = [marker for marker in result["data_schema"].schema if marker == "name"]
    assert marker.default is not UNDEFINED
    return str(marker.default())


def names_of_devices(hass: HomeAssistant, entry_id: str) -> set[str | None]:
    """Return the names of all devices of an entry."""
    registry = dr.async_get(hass)
    devices = dr.async_entries_for_config_entry(registry, entry_id)
    children = dr.async_child_entries_for_config_entry(registry, entry_id)
    return {device.name for device in (*devices, *children)}


async def test_one_user_of_each_make(hass: HomeAssistant, simulator: Any) -> None:
    """The PBX has a name that is no address, and only the chosen user becomes a device."""
    result = await log_in(hass, simulator, BEST[simulator.make])
    assert result["step_id"] == "choice"
    assert simulator.host not in suggested_name(result)
    users = fields_of(result)["chosen_users"].config["options"]
    assert users
    choice = {"kinds": ["user"], "selection": "chosen", "chosen_users": [users[0]["value"]]}
    done = await send(hass, result, {"name": " Reception desk ", **choice})
    assert done["type"] is FlowResultType.CREATE_ENTRY
    entry = done["result"]
    assert entry.title == "Reception desk"
    assert entry.options.items() >= choice.items()
    await until(lambda: entry.state is ConfigEntryState.LOADED)
    await hass.async_block_till_done()
    names = names_of_devices(hass, entry.entry_id)
    assert "Reception desk" in names
    assert len(names) == 2
    assert await hass.config_entries.async_unload(entry.entry_id)


async def test_slow_pbx(hass: HomeAssistant, axeos: AxeosSimulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """A PBX that takes too long to tell what it has is imported by kind or by pattern."""
    monkeypatch.setattr(import_choice, "READ_SECONDS", 0)
    result = await log_in(hass, axeos, "axeos_api_key")
    assert result["step_id"] == "choice_by_kind"
    assert fields_of(result).keys() == {"name", "kinds", "selection", "pattern"}
    assert fields_of(result)["selection"].config["options"] == ["all", "pattern"]
    refused = await send(hass, result, {"selection": "pattern"})
    assert refused["errors"] == {"pattern": "pattern_missing"}
    done = await send(hass, result, {"kinds": ["user"], "selection": "pattern", "pattern": "anna*"})
    assert done["options"] == {"kinds": ["user"], "selection": "pattern", "pattern": "anna*"}
    entry = done["result"]
    await until(lambda: entry.state is ConfigEntryState.LOADED)
    await hass.async_block_till_done()
    assert names_of_devices(hass, entry.entry_id) == {axeos.world.system.hostname, "Anna de Vries"}
    assert await hass.config_entries.async_unload(entry.entry_id)


async def test_pattern_that_fits_nothing(hass: HomeAssistant, axeos: AxeosSimulator) -> None:
    """A mistyped pattern is told before it leaves all users and phones out; without these kinds it may."""
    result = await log_in(hass, axeos, "axeos_api_key")
    choice = {"selection": "pattern", "pattern": "Nobody*"}
    refused = await send(hass, result, choice)
    assert refused["errors"] == {"pattern": "pattern_fits_nothing"}
    done = await send(hass, result, {**choice, "kinds": ["queue"]})
    assert done["type"] is FlowResultType.CREATE_ENTRY
    entry = done["result"]
    await until(lambda: entry.state is ConfigEntryState.LOADED)
    assert await hass.config_entries.async_unload(entry.entry_id)


async def test_as_it_is(hass: HomeAssistant, axeos: AxeosSimulator) -> None:
    """Who changes nothing gets everything, under the own name of the PBX; no option is stored."""
    done = await submit(hass, axeos, "axeos_api_key")
    entry = done["result"]
    assert entry.title == axeos.world.system.hostname
    assert not entry.options
    assert "name" not in entry.data
    await until(lambda: entry.state is ConfigEntryState.LOADED)
    assert await hass.config_entries.async_unload(entry.entry_id)


async def test_name_survives_another_connection(hass: HomeAssistant, axeos: AxeosSimulator) -> None:
    """Another address or login does not rename the PBX, and a flow that came second adds nothing."""
    first = await log_in(hass, axeos, "axeos_api_key")
    # As discovery does: a flow of its own that waits.
    second = await hass.config_entries.flow.async_init(DOMAIN, context={"source": "user"})
    for choice in ("axeos", "axeos_user"):
        second = await send(hass, second, {"next_step_id": choice})
    entry = (await send(hass, first, {"name": "Office"}))["result"]
    form = {"host": axeos.host, **FORMS["axeos_user"], "connection": connection(axeos)}
    assert (await send(hass, second, form))["reason"] == "already_configured"
    await until(lambda: entry.state is ConfigEntryState.LOADED)
    context = ConfigFlowContext(source="reconfigure", entry_id=entry.entry_id)
    result = await hass.config_entries.flow.async_init(DOMAIN, context=context)
    await send(hass, result, filled(axeos, "axeos_api_key"))
    await hass.async_block_till_done()
    assert "Office" in names_of_devices(hass, entry.entry_id)
    assert await hass.config_entries.async_unload(entry.entry_id)


@pytest.fixture
async def axeos() -> AsyncIterator[AxeosSimulator]:
    """Run an Axeos PBX."""
    async with AxeosSimulator(v1=False) as simulator:
        yield simulator
