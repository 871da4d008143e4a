"""An IPCortex PABX in Home Assistant: lines that share a telephone, night modes, and REST alone."""

from collections.abc import AsyncIterator
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er, issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pbx.const import DOMAIN
from custom_components.pbx.diagnostics import async_get_config_entry_diagnostics
from tests.simulators.ipcortex import IpcortexSimulator
from tests.simulators.ipcortex.small_world import ADMIN, KEY
from tests.simulators.ipcortex.world import Device
from tests.waiting import until

from .conftest import state_is

NIGHT_MODE = "select.pbx_office_hours"
MAC = (dr.CONNECTION_NETWORK_MAC, "02:01:23:45:6a:bc")


@pytest.fixture
async def pbx() -> AsyncIterator[IpcortexSimulator]:
    """Run a simulated PABX; no test may break its protocol."""
    async with IpcortexSimulator().faultless() as simulator:
        yield simulator


@pytest.fixture
def login() -> dict[str, str]:
    """Return the login to use; a test of another one overrides this."""
    return {"login": "ipcortex_user", "username": ADMIN[0], "password": ADMIN[1]}


@pytest.fixture
def entry_data(pbx: IpcortexSimulator, login: dict[str, str]) -> dict[str, Any]:
    """Return what the config flow would keep."""
    return {
        "system": "ipcortex",
        "host": pbx.host,
        "port": pbx.port,
        "tls": False,
        "trust": "verify",
        **login,
    }


@pytest.fixture
def entry(hass: HomeAssistant, pbx: IpcortexSimulator, entry_data: dict[str, Any]) -> MockConfigEntry:
    """Return a config entry for the simulated PABX."""
    unique_id = f"{pbx.host}-default-10"
    entry = MockConfigEntry(domain=DOMAIN, title="PABX", unique_id=unique_id, data=entry_data)
    entry.add_to_hass(hass)
    return entry


def device_of(registry: dr.DeviceRegistry, entry: MockConfigEntry, line: Device) -> dr.DeviceEntry | None:
    """Return the device of a line."""
    return registry.async_get_device_by_identifier(
        (DOMAIN, f"{entry.unique_id}_phone_{line.name}"), entry.entry_id
    )


async def test_lines_of_one_telephone_stay_apart(
    hass: HomeAssistant,
    pbx: IpcortexSimulator,
    loaded: MockConfigEntry,
    device_registry: dr.DeviceRegistry,
    entity_registry: er.EntityRegistry,
) -> None:
    """Each line is a device; the first has the address, and whichever goes, the other stays."""
    first, second = (pbx.world.devices[name] for name in ("SIP/hass", "SIP/hass2"))
    one, two = (device_of(device_registry, loaded, line) for line in (first, second))
    assert one is not None
    assert two is not None
    assert one.id != two.id
    assert sorted((one.connections, two.connections), key=len) == [set(), {MAC}]
    ids = {entity.unique_id for entity in er.async_entries_for_device(entity_registry, two.id)}
    assert ids
    holder, other = (first, second) if one.connections else (second, first)
    pbx.office.remove_device(holder)
    await until(lambda: device_of(device_registry, loaded, holder) is None)
    assert device_of(device_registry, loaded, other) is not None
    pbx.world.devices[holder.name] = holder
    pbx.office.changed(holder)
    await until(lambda: (back := device_of(device_registry, loaded, holder)) and back.connections == {MAC})
    await hass.config_entries.async_reload(loaded.entry_id)
    await hass.async_block_till_done()
    lines = [device_of(device_registry, loaded, line) for line in (holder, other)]
    assert [line.connections for line in lines if line] == [{MAC}, set()]
    assert {entity.unique_id for entity in er.async_entries_for_device(entity_registry, lines[0].id)}  # type: ignore[union-attr]


async def test_line_that_sorts_first_comes_later(
    hass: HomeAssistant, pbx: IpcortexSimulator, loaded: MockConfigEntry, device_registry: dr.DeviceRegistry
) -> None:
    """Whoever has the address keeps it, also over a restart, whatever the new line is called."""
    new = Device("SIP/a-new", "A new line", "219", 10, "020123456abc", "020123456abc0")
    pbx.world.devices = {new.name: new, **pbx.world.devices}
    pbx.office.changed(new)
    await until(lambda: device_of(device_registry, loaded, new))
    await hass.config_entries.async_reload(loaded.entry_id)
    await hass.async_block_till_done()
    device = device_of(device_registry, loaded, new)
    assert device is not None
    assert device.connections == set()
    assert len({device_of(device_registry, loaded, line).id for line in pbx.world.devices.values()}) == 5  # type: ignore[union-attr]


async def test_night_mode(hass: HomeAssistant, pbx: IpcortexSimulator, loaded: MockConfigEntry) -> None:
    """A night mode is a select with its name; choosing sets it on the PABX."""
    (select,) = [s for s in hass.states.async_all("select") if s.name.endswith("Office hours")]
    assert (select.state, select.attributes["options"]) == ("schedule", ["on", "off", "schedule"])
    data = {"entity_id": select.entity_id, "option": "on"}
    await hass.services.async_call("select", "select_option", data, blocking=True)
    assert pbx.world.night_modes["default"][0] == "on"
    await state_is(hass, select.entity_id, "on")


async def test_engine_that_breaks_comes_back(
    hass: HomeAssistant, pbx: IpcortexSimulator, entry: MockConfigEntry
) -> None:
    """A script that runs wild loses its engine; everything is back with a fresh one."""
    pbx.faults.script = pbx._script() + (
        "IPCortex.Types.Contact.addListener('update', (c) => { if (c.show === 'away') for (;;) {} });"
    )
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    first = pbx.feeds[0]
    pbx.office.show(11, "away")
    pbx.world.contacts[11].show = "online"
    await until(lambda: pbx.feeds and pbx.feeds[0] is not first)
    pbx.office.ring(pbx.world.devices["SIP/anna"], "0700900123")
    await until(lambda: [s for s in hass.states.async_all("sensor") if s.state == "ringing"])


async def test_diagnostics(hass: HomeAssistant, pbx: IpcortexSimulator, loaded: MockConfigEntry) -> None:
    """Diagnostics tell which lists and functions were found, and nothing of people."""
    pbx.office.ring(pbx.world.devices["SIP/anna"], "0700900123", "Carla")
    await until(lambda: [s for s in hass.states.async_all("sensor") if s.state == "ringing"])
    told = await async_get_config_entry_diagnostics(hass, loaded)
    session = told["session"]
    assert session["lists"]["Device"] == "PBX.devices (array)"
    assert session["script"]["functions"]["drift"] == "checkDrift"
    assert "xfer" in session["methods"]["Call"]
    assert session["transport"] == "live"
    for secret in ("0700900123", "Carla", "Anna", *ADMIN, pbx.host):
        assert secret not in repr(session)


@pytest.mark.parametrize("login", [{"login": "ipcortex_key", "auth_key": KEY}])
async def test_rest_alone(
    hass: HomeAssistant,
    pbx: IpcortexSimulator,
    loaded: MockConfigEntry,
    issue_registry: ir.IssueRegistry,
    device_registry: dr.DeviceRegistry,
) -> None:
    """With an Auth Key there are users and night modes, no telephones, and a repair issue says why."""
    await until(lambda: issue_registry.issues)
    issues = {i.translation_key: i.translation_placeholders for i in issue_registry.issues.values()}
    why = "an Auth Key opens REST only. Choose Reconfigure and log in as a user."
    assert issues["live_feed_missing"] == {"name": "PABX", "detail": why}
    assert device_of(device_registry, loaded, pbx.world.devices["SIP/anna"]) is None
    assert [s for s in hass.states.async_all("select") if s.state == "schedule"]
    assert [s for s in hass.states.async_all("text") if "anna" in s.entity_id]
