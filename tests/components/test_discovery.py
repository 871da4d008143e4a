"""A PBX that comes up on the network: offered, followed to another address, and told from phones."""

from collections.abc import AsyncIterator, Callable
import socket
from typing import Any

from homeassistant.components.dhcp.const import HOSTNAME, IP_ADDRESS
from homeassistant.components.dhcp.models import DATA_DHCP, DHCPData, DhcpMatchers
from homeassistant.config_entries import (
    SOURCE_DHCP,
    SOURCE_IGNORE,
    ConfigEntryState,
    ConfigFlowResult,
)
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.service_info.dhcp import DhcpServiceInfo
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pbx.config import discovery
from custom_components.pbx.const import DOMAIN
from custom_components.pbx.protocols.model import Phone
from tests.simulators.axeos import AxeosSimulator
from tests.simulators.innovaphone import InnovaphoneSimulator
from tests.waiting import until

from .memory_entry import memory_entry, set_up
from .systems import BEST, FORMS, SIMULATORS, ShownCertificate, add_entry, answer, connection

HERE = "127.0.0.1"
MACS = {"innovaphone": "009033112233", "switchvox": "000fd3445566"}
LOGIN_OF = {"innovaphone": "innovaphone_app", "switchvox": "switchvox"}

pytestmark = pytest.mark.usefixtures("broken_handshakes")


@pytest.fixture(params=MACS)
async def simulator(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Any]:
    """Run a PBX of a make that can be discovered, on the port that is looked at."""
    async with SIMULATORS[request.param](tls=True).faultless() as simulator:
        simulator.make = request.param
        monkeypatch.setattr(discovery, "PORT", simulator.port)
        yield simulator


async def discover(hass: HomeAssistant, mac: str, host: str = HERE) -> ConfigFlowResult:
    """Let something come up on the network."""
    seen = DhcpServiceInfo(ip=host, hostname="", macaddress=mac)
    return await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_DHCP}, data=seen)


def hub(hass: HomeAssistant, entry_id: str) -> dr.DeviceEntry:
    """Return the device of the PBX itself."""
    devices = dr.async_entries_for_config_entry(dr.async_get(hass), entry_id)
    return next(device for device in devices if device.model == "PBX")


async def test_offered_and_added(hass: HomeAssistant, simulator: Any) -> None:
    """A PBX is offered by its make, the form has its address, and later it is known by its MAC address."""
    login = LOGIN_OF[simulator.make]
    result = await discover(hass, MACS[simulator.make])
    assert result["step_id"] == "discovery_confirm"
    assert result["description_placeholders"]["host"] == HERE
    result = await answer(hass, result, {})
    if result["type"] is FlowResultType.MENU:
        result = await answer(hass, result, login)
    suggested = {str(key): key.description for key in result["data_schema"].schema}
    assert suggested["host"] == {"suggested_value": HERE}
    section = connection(simulator, trust="off")
    result = await answer(hass, result, {"host": HERE, **FORMS[login], "connection": section})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    entry = result["result"]
    await until(lambda: entry.state is ConfigEntryState.LOADED)
    [mac] = hub(hass, entry.entry_id).connections
    assert mac == (dr.CONNECTION_NETWORK_MAC, dr.format_mac(MACS[simulator.make]))
    assert (await discover(hass, MACS[simulator.make]))["reason"] == "already_configured"
    assert await hass.config_entries.async_unload(entry.entry_id)


SENT: dict[str, Callable[[Any], list[str]]] = {
    "innovaphone": lambda pbx: [message.name for message in pbx.recorder.messages],
    "switchvox": lambda pbx: [entry.method for entry in pbx.journal.entries],
}


# How much was received of each make, so that nothing more can have been sent.
SEEN: dict[str, Callable[[Any], int]] = {
    "asterisk": lambda pbx: len(pbx.requests),
    "axeos": lambda pbx: len(pbx.recorder.requests),
    "innovaphone": lambda pbx: len(pbx.recorder.messages),
    "ipcortex": lambda pbx: len(pbx.recorder.requests),
    "switchvox": lambda pbx: len(pbx.journal.entries),
}


async def test_no_login_is_tried(hass: HomeAssistant, simulator: Any) -> None:
    """Looking whether it is a PBX sends no login, so that nobody is locked out."""
    await discover(hass, MACS[simulator.make])
    assert set(SENT[simulator.make](simulator)) <= {"AppChallenge"}


@pytest.mark.parametrize("mac", [*MACS.values(), "aabbccddeeff"])
async def test_phone_is_not_offered(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch, mac: str) -> None:
    """Something of the same make that has a web page, but none of the interfaces of a PBX, is a phone."""
    async with AxeosSimulator(tls=True) as phone:
        monkeypatch.setattr(discovery, "PORT", phone.port)
        result = await discover(hass, mac)
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "not_a_pbx"
    assert hass.config_entries.flow.async_progress() == []


async def test_silent_phone_is_not_offered(
    hass: HomeAssistant, simulator: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Something that takes too long is left alone."""
    monkeypatch.setattr(discovery, "DETECT_SECONDS", 0)
    assert (await discover(hass, MACS[simulator.make]))["reason"] == "not_a_pbx"


async def test_garbage_is_no_pbx(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> None:
    """A WebSocket that hands out no challenge is none of a PBX."""
    async with InnovaphoneSimulator(tls=True) as simulator:
        simulator.faults.garbage = 100
        monkeypatch.setattr(discovery, "PORT", simulator.port)
        assert (await discover(hass, MACS["innovaphone"]))["reason"] == "not_a_pbx"


async def test_ignored_stays_ignored(hass: HomeAssistant, simulator: Any) -> None:
    """Whoever does not want it is not asked again."""
    result = await discover(hass, MACS[simulator.make])
    unique_id = dr.format_mac(MACS[simulator.make])
    data = {"unique_id": unique_id, "title": "PBX"}
    await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_IGNORE}, data=data)
    assert hass.config_entries.flow.async_progress() == []
    again = await discover(hass, MACS[simulator.make])
    assert again["reason"] == "already_configured"
    assert result["type"] is FlowResultType.FORM


def look_up(host: str, *args: Any, **more: Any) -> Any:
    """Know the names of this machine only."""
    if host != "localhost":
        raise socket.gaierror
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (HERE, 0))]


async def test_known_address_is_not_offered(
    hass: HomeAssistant, simulator: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A PBX that was added by its name before is recognized, and remembered by its MAC address."""
    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    entry = add_entry(hass, simulator, LOGIN_OF[simulator.make], host="localhost", trust="off")
    elsewhere = add_entry(hass, simulator, LOGIN_OF[simulator.make], host="pbx.invalid")
    result = await discover(hass, MACS[simulator.make])
    assert result["reason"] == "already_configured"
    assert entry.data["mac"] == dr.format_mac(MACS[simulator.make])
    assert "mac" not in elsewhere.data


def seen_by_home_assistant(hass: HomeAssistant, mac: str, host: str) -> None:
    """Let Home Assistant have seen an address on the network."""
    seen: dict[str, Any] = {
        mac: {IP_ADDRESS: host, HOSTNAME: "PBX"},
        "aabbccddeeff": {IP_ADDRESS: "192.0.2.9", HOSTNAME: ""},
    }
    hass.data[DATA_DHCP] = DHCPData(DhcpMatchers(set(), {}, {}), address_data=seen)
    hass.config.components.add("dhcp")


MAC = "020000000001"
OLD = "192.0.2.5"


@pytest.fixture(params=SIMULATORS)
async def trusted(request: pytest.FixtureRequest) -> AsyncIterator[Any]:
    """Run a PBX of each make, with a certificate that can be told from others."""
    async with SIMULATORS[request.param](tls=True).faultless() as simulator:
        simulator.make = request.param
        simulator.shown = ShownCertificate(simulator)
        yield simulator


async def move(hass: HomeAssistant, simulator: Any, **trust: Any) -> MockConfigEntry:
    """Let a PBX be known by its MAC address, and be elsewhere now."""
    seen_by_home_assistant(hass, MAC, simulator.host)
    entry = add_entry(hass, simulator, BEST[simulator.make], **trust)
    assert await hass.config_entries.async_setup(entry.entry_id)
    assert hub(hass, entry.entry_id).connections == {(dr.CONNECTION_NETWORK_MAC, dr.format_mac(MAC))}
    assert await hass.config_entries.async_unload(entry.entry_id)
    hass.config_entries.async_update_entry(entry, data={**entry.data, "host": OLD})
    return entry


def trust_in(simulator: Any) -> dict[str, str]:
    """Return the trust in the certificate that a PBX shows now."""
    return {"trust": "fingerprint", "fingerprint": simulator.shown.fingerprint}


async def test_followed_where_it_proves_who_it_is(hass: HomeAssistant, trusted: Any) -> None:
    """A PBX that shows its certificate at the new address is followed without a question."""
    entry = await move(hass, trusted, **trust_in(trusted))
    result = await discover(hass, MAC, trusted.host)
    assert result["reason"] == "moved"
    await hass.async_block_till_done()
    await until(lambda: entry.state is ConfigEntryState.LOADED)
    assert entry.data["host"] == trusted.host
    assert await hass.config_entries.async_unload(entry.entry_id)


async def test_somebody_else_with_its_mac_address(hass: HomeAssistant, trusted: Any) -> None:
    """Who shows another certificate gets no byte of a login, and the entry stays where it is."""
    entry = await move(hass, trusted, **trust_in(trusted))
    trusted.shown.renew()
    sent = SEEN[trusted.make](trusted)
    result = await discover(hass, MAC, trusted.host)
    assert result["step_id"] == "moved"
    assert result["description_placeholders"] == {
        "name": "Office PBX",
        "host": trusted.host,
        "old_host": OLD,
    }
    assert SEEN[trusted.make](trusted) == sent
    assert entry.data["host"] == OLD
    # Even where somebody believes it, the certificate is none of the PBX.
    assert (await answer(hass, result, {}))["reason"] == "moved"
    await hass.async_block_till_done()
    assert SEEN[trusted.make](trusted) == sent
    assert entry.state is ConfigEntryState.SETUP_RETRY


@pytest.mark.parametrize("trust", [{"trust": "off"}, {"tls": False}])
async def test_asked_where_nothing_proves_it(
    hass: HomeAssistant, trusted: Any, trust: dict[str, Any]
) -> None:
    """Without a certificate to check, a person decides, and nothing is sent before."""
    entry = await move(hass, trusted, trust="off")
    hass.config_entries.async_update_entry(entry, data={**entry.data, **trust})
    sent = SEEN[trusted.make](trusted)
    first = await discover(hass, MAC, "192.0.2.6")
    result = await discover(hass, MAC, trusted.host)
    assert SEEN[trusted.make](trusted) == sent
    asked = hass.config_entries.flow.async_progress()
    assert [flow["flow_id"] for flow in asked] == [result["flow_id"]] != [first["flow_id"]]
    assert entry.data["host"] == OLD
    hass.config_entries.async_update_entry(entry, data={**entry.data, "tls": True})
    await answer(hass, result, {})
    await hass.async_block_till_done()
    await until(lambda: entry.state is ConfigEntryState.LOADED)
    assert entry.data["host"] == trusted.host
    assert await hass.config_entries.async_unload(entry.entry_id)


async def test_pbx_that_starts(hass: HomeAssistant, simulator: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A PBX that asks for its address before it answers is waited for, and one that never does is not."""
    monkeypatch.setattr(discovery, "RETRY_SECONDS", 0.01)
    simulator.shown = ShownCertificate(simulator)
    entry = await move(hass, simulator, **trust_in(simulator))
    await simulator.stop()
    following = hass.async_create_task(discover(hass, MAC, HERE))
    await until(lambda: hass.config_entries.flow.async_progress(include_uninitialized=True))
    await simulator.start()
    assert (await following)["reason"] == "moved"
    hass.config_entries.async_update_entry(entry, data={**entry.data, "host": OLD})
    monkeypatch.setattr(discovery, "START_SECONDS", 0.1)
    await simulator.stop()
    assert (await discover(hass, MAC, HERE))["step_id"] == "moved"


async def test_asked_no_more(hass: HomeAssistant, simulator: Any) -> None:
    """A question is not asked again where it was ignored, and answers nothing for an entry that is gone."""
    entry = await move(hass, simulator, trust="off")
    result = await discover(hass, MAC)
    assert await hass.config_entries.async_remove(entry.entry_id)
    assert (await answer(hass, result, {}))["reason"] == "moved"
    entry = await move(hass, simulator, trust="off")
    await discover(hass, MAC)
    data = {"unique_id": dr.format_mac(MAC), "title": "PBX"}
    await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_IGNORE}, data=data)
    assert (await discover(hass, MAC))["reason"] == "already_configured"
    assert entry.data["host"] == OLD


async def test_entry_with_a_name(hass: HomeAssistant, simulator: Any) -> None:
    """A name leads to the new address by itself."""
    entry = await move(hass, simulator, trust="off")
    hass.config_entries.async_update_entry(entry, data={**entry.data, "host": "pbx.invalid"})
    assert (await discover(hass, MAC))["reason"] == "already_configured"
    assert entry.data["host"] == "pbx.invalid"


async def test_phone_with_the_address_of_the_pbx(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a phone goes by the MAC address already, the PBX has none, and its entry stays where it is."""
    mac = "02:00:00:00:00:02"
    entry, _ = memory_entry(hass, monkeypatch, [Phone(id="1", name="Desk", mac=mac)])
    await set_up(hass, entry)
    hass.config_entries.async_update_entry(entry, data={**entry.data, "mac": mac, "host": HERE})
    assert await hass.config_entries.async_reload(entry.entry_id)
    assert hub(hass, entry.entry_id).connections == set()
    result = await discover(hass, mac.replace(":", ""), "127.0.0.9")
    assert result["reason"] == "already_configured"
    assert entry.data["host"] == HERE
    assert await hass.config_entries.async_unload(entry.entry_id)


async def test_device_of_another_integration(hass: HomeAssistant, device_registry: dr.DeviceRegistry) -> None:
    """A MAC address that others know says nothing about a PBX."""
    other = MockConfigEntry(domain="router")
    other.add_to_hass(hass)
    device_registry.async_get_or_create(
        config_entry_id=other.entry_id, connections={(dr.CONNECTION_NETWORK_MAC, "02:00:00:00:00:03")}
    )
    assert (await discover(hass, "020000000003"))["reason"] == "not_a_pbx"


def list_flows(hass: HomeAssistant) -> list[Any]:
    """Return all flows, also those that have not shown anything yet."""
    return hass.config_entries.flow.async_progress(include_uninitialized=True)


@pytest.mark.parametrize("meanwhile", ["removed", "elsewhere"])
async def test_entry_that_changes_meanwhile(
    hass: HomeAssistant, simulator: Any, monkeypatch: pytest.MonkeyPatch, meanwhile: str
) -> None:
    """What somebody does while a PBX that starts is waited for stays as it is."""
    monkeypatch.setattr(discovery, "RETRY_SECONDS", 0.01)
    simulator.shown = ShownCertificate(simulator)
    entry = await move(hass, simulator, **trust_in(simulator))
    await simulator.stop()
    following = hass.async_create_task(discover(hass, MAC, HERE))
    await until(lambda: any("unique_id" in flow["context"] for flow in list_flows(hass)))
    if meanwhile == "removed":
        assert await hass.config_entries.async_remove(entry.entry_id)
    else:
        hass.config_entries.async_update_entry(entry, data={**entry.data, "host": "pbx.invalid"})
    await simulator.start()
    assert (await following)["reason"] == "moved"
    assert entry.data["host"] == (OLD if meanwhile == "removed" else "pbx.invalid")
