"""Triggers as they are offered on the pages of devices."""

from typing import Any

from homeassistant.components.device_automation import DeviceAutomationType
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_get_device_automations

from custom_components.pbx.const import DOMAIN
from custom_components.pbx.device_trigger import DEVICE_TRIGGERS
from custom_components.pbx.protocols.enums import Capability
from custom_components.pbx.protocols.model import Mailbox, Queue
from custom_components.pbx.triggers.calls import TRIGGERS as CALL_TRIGGERS
from tests.simulators.axeos import AxeosSimulator

from .automations import automate, is_running
from .memory_entry import memory_entry, set_up

ANNA = "event.pbx_example_org_anna_de_vries_call"
QUEUE = "sensor.pbx_example_org_sales_calls_waiting"
CALLS = set(CALL_TRIGGERS)


def device_of(hass: HomeAssistant, entity_id: str) -> str:
    """Return the device that an entity is on."""
    entity = er.async_get(hass).async_get(entity_id)
    assert entity is not None
    assert entity.device_id is not None
    return entity.device_id


def trigger_on(device_id: str, kind: str) -> dict[str, Any]:
    """Return the configuration of a trigger of a device."""
    return {"platform": "device", "domain": DOMAIN, "device_id": device_id, "type": kind}


async def listed(hass: HomeAssistant, device_id: str) -> set[str]:
    """Return the types of triggers that a device offers of its own."""
    assert await async_setup_component(hass, "device_automation", {})
    triggers = await async_get_device_automations(hass, DeviceAutomationType.TRIGGER, device_id)
    return {trigger["type"] for trigger in triggers if trigger["domain"] == DOMAIN}


@pytest.mark.parametrize(
    ("entity_id", "kinds"),
    [
        ("event.pbx_example_org_call", CALLS),
        ("event.desk_anna_call", CALLS | {"became_free", "phone_registered", "phone_unregistered"}),
        (
            ANNA,
            CALLS | {"became_free", "hot_desk_logged_in", "hot_desk_logged_out", "do_not_disturb_changed"},
        ),
        ("event.pbx_example_org_mailbox_201_message", {"voicemail_received"}),
        # An Axeos does not tell through which queue a call came.
        (QUEUE, {"queue_without_agents"}),
    ],
)
async def test_what_is_listed(
    hass: HomeAssistant, loaded: MockConfigEntry, entity_id: str, kinds: set[str]
) -> None:
    """A device offers what can happen to it, and nothing else."""
    assert await listed(hass, device_of(hass, entity_id)) == kinds


@pytest.mark.parametrize(
    ("lacking", "missing"),
    [
        (set(), set()),
        ({Capability.TRANSFER_FAILURES}, {"call_transfer_failed"}),
        ({Capability.QUEUE_CALLS}, CALLS),
    ],
)
async def test_what_a_pbx_tells_is_listed(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch, lacking: set[Capability], missing: set[str]
) -> None:
    """What a PBX cannot tell starts nothing, so it is not offered; automations that have it still load."""
    box, queue = Mailbox(id="9", name="Voicemail", new=None), Queue(id="5", name="Sales", waiting=0)
    entry, session = memory_entry(hass, monkeypatch, [box, queue])
    session.capabilities = frozenset(Capability) - lacking
    await set_up(hass, entry)
    find = entry.runtime_data.devices.get_device_id
    assert await listed(hass, find(box.key)) == set()
    assert await listed(hass, find(queue.key)) == (CALLS | {"queue_without_agents"}) - missing
    await automate(
        hass, [trigger_on(find(queue.key), kind) for kind in ("call_transfer_failed", "voicemail_received")]
    )
    assert is_running(hass)


async def test_nothing_is_listed_of_what_is_not_there(hass: HomeAssistant, loaded: MockConfigEntry) -> None:
    """While the PBX is not loaded, nothing can be offered."""
    device_id = device_of(hass, ANNA)
    assert await hass.config_entries.async_unload(loaded.entry_id)
    assert await listed(hass, device_id) == set()


@pytest.mark.parametrize("reload", [False, True])
async def test_a_call(
    hass: HomeAssistant, pbx: AxeosSimulator, loaded: MockConfigEntry, reload: bool
) -> None:
    """A trigger of a device says the same as the one that it stands for."""
    variables = {
        "platform": "{{ trigger.platform }}",
        "type": "{{ trigger.type }}",
        "device": "{{ trigger.device_id }}",
        "name": "{{ trigger.name }}",
        "index": "{{ trigger.idx }}",
    }
    device_id = device_of(hass, ANNA)
    runs = await automate(hass, trigger_on(device_id, "call_ringing"), variables)
    if reload:
        assert await hass.config_entries.async_reload(loaded.entry_id)
    pbx.engine.incoming(number="+31201234567", name="Carla", extension="201").ring("anna")
    assert await runs.wait() == [
        {"platform": "device", "type": "call_ringing", "device": device_id, "name": "Carla", "index": 0}
    ]


async def test_a_setting(hass: HomeAssistant, pbx: AxeosSimulator, loaded: MockConfigEntry) -> None:
    """A trigger on what an entity shows can be one of a device as well."""
    runs = await automate(
        hass,
        trigger_on(device_of(hass, ANNA), "do_not_disturb_changed"),
        {"to": "{{ trigger.to_state.state }}"},
    )
    entity_id = "switch.pbx_example_org_anna_de_vries_do_not_disturb"
    await hass.services.async_call("switch", "turn_on", {"entity_id": entity_id}, blocking=True)
    assert await runs.wait() == [{"to": "on"}]


@pytest.mark.parametrize("kind", DEVICE_TRIGGERS)
async def test_every_type_can_be_used(hass: HomeAssistant, loaded: MockConfigEntry, kind: str) -> None:
    """What is offered is taken, whatever device it is offered on."""
    await automate(hass, trigger_on(device_of(hass, ANNA), kind))
    assert is_running(hass)


async def test_invalid_type(hass: HomeAssistant, loaded: MockConfigEntry) -> None:
    """What is not offered is refused."""
    await automate(hass, trigger_on(device_of(hass, ANNA), "queue_waiting_above"))
    assert not is_running(hass)
