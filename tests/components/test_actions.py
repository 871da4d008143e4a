"""The actions, what they send and what they say."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import device_registry as dr
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pbx.const import DOMAIN
from tests.simulators.axeos import AxeosSimulator
from tests.simulators.axeos.small_world import small_world

from .conftest import state_is

ANNA = "sensor.pbx_example_org_anna_de_vries_status"
CHLOE = "sensor.pbx_example_org_chloe_dubois_status"
SALES = "sensor.pbx_example_org_sales_calls_waiting"
HUB = "sensor.pbx_example_org_active_calls"

pytestmark = pytest.mark.usefixtures("loaded")


async def act(hass: HomeAssistant, action: str, **data: Any) -> None:
    """Run an action."""
    await hass.services.async_call(DOMAIN, action, data, blocking=True)


async def ask(hass: HomeAssistant, action: str, **data: Any) -> dict[str, Any]:
    """Run an action for its response."""
    response = await hass.services.async_call(DOMAIN, action, data, blocking=True, return_response=True)
    assert response is not None
    return response


def device_of(registry: dr.DeviceRegistry, name: str) -> str:
    """Return the id of a device."""
    return next(device.id for device in registry.devices if device.name == name)


async def test_dial_and_hang_up_by_user(hass: HomeAssistant, pbx: AxeosSimulator) -> None:
    """A user calls a number; hanging up needs no id."""
    pbx.engine.ring_time = 0
    response = await ask(hass, "dial", entity_id=ANNA, number="+31 20-123 45 67")
    assert response["result"] == "connected"
    sent = [request.json for request in pbx.requests if request.path.endswith("/call")]
    assert sent == [{"user_uuid": pbx.world.user("anna").uuid, "number": "+31201234567"}]
    await state_is(hass, HUB, "1")
    await act(hass, "hangup", entity_id=ANNA)
    await state_is(hass, HUB, "0")


async def test_dial_from_a_phone(
    hass: HomeAssistant, pbx: AxeosSimulator, device_registry: dr.DeviceRegistry
) -> None:
    """A phone can be the target, or the one to use for a user."""
    desk = device_of(device_registry, "Desk Anna")
    pbx.engine.ring_time = 0
    await act(hass, "dial", device_id=desk, number="202", auto_answer=True)
    await act(hass, "dial", entity_id=ANNA, number="202", phone=desk)
    bodies = [request.json for request in pbx.requests if request.path.endswith("/call")]
    assert [body["phone_uuid"] for body in bodies] == [pbx.world.phone("desk-anna").uuid] * 2


@pytest.mark.parametrize("outcome", ["busy", "failed", "unavailable"])
async def test_dial_that_fails(hass: HomeAssistant, pbx: AxeosSimulator, outcome: str) -> None:
    """The response tells why, for an automation to try the next one."""
    pbx.engine.behaviour[pbx.world.phone("desk-anna").uuid] = outcome
    response = await ask(hass, "dial", entity_id=ANNA, number="202")
    assert response == {"result": outcome, "call_id": None}


@pytest.mark.parametrize(
    ("data", "key"),
    [
        ({"entity_id": ANNA, "number": "home"}, "invalid_number"),
        ({"entity_id": SALES, "number": "202"}, "no_target"),
        ({"entity_id": [ANNA, CHLOE], "number": "202"}, "one_target"),
        ({"number": "202"}, "no_target"),
        ({"entity_id": HUB, "number": "202"}, "whole_pbx"),
        ({"entity_id": "sensor.nothing", "number": "202"}, "no_target"),
        ({"device_id": "nothing", "number": "202"}, "no_target"),
        ({"entity_id": CHLOE, "number": "202", "auto_answer": True}, "auto_answer_needs_one_phone"),
        ({"entity_id": "sensor.lobby_status", "number": "202"}, "no_user_for_phone"),
    ],
)
async def test_dial_asked_wrongly(
    hass: HomeAssistant, pbx: AxeosSimulator, data: dict[str, Any], key: str
) -> None:
    """The caller's mistakes are told in words, and nothing is dialled."""
    with pytest.raises(ServiceValidationError) as error:
        await act(hass, "dial", **data)
    assert error.value.translation_key == key
    assert not [request for request in pbx.requests if request.path.endswith("/call")]


async def test_lost_answer(hass: HomeAssistant, pbx: AxeosSimulator) -> None:
    """Whether it rang is not known, and that is what is said."""
    pbx.faults.lose_answer(path="/apis/pbx/call")
    with pytest.raises(HomeAssistantError) as error:
        await act(hass, "dial", entity_id=ANNA, number="202")
    assert error.value.translation_key == "outcome_unknown"


async def test_hang_up_by_id(hass: HomeAssistant, pbx: AxeosSimulator) -> None:
    """A call is ended by its id; an id that nobody knows is told."""
    call = pbx.engine.incoming(number="+31201234567", extension="201")
    await act(hass, "hangup", call_id=call.unique_id)
    assert call.finished
    with pytest.raises(ServiceValidationError) as error:
        await act(hass, "hangup", call_id=call.unique_id)
    assert error.value.translation_key == "no_such_call"


async def test_hang_up_everything(hass: HomeAssistant, pbx: AxeosSimulator) -> None:
    """The PBX as the target ends all its calls."""
    calls = [pbx.engine.incoming(number=f"+3120123456{n}", extension="201") for n in range(2)]
    await state_is(hass, HUB, "2")
    await act(hass, "hangup", entity_id=HUB)
    assert all(call.finished for call in calls)


async def test_hang_up_what_is_over(hass: HomeAssistant, pbx: AxeosSimulator) -> None:
    """A call that was made here and has ended without an event is no error."""
    pbx.faults.dialect.api_events = False
    pbx.engine.ring_time = 0
    response = await ask(hass, "dial", entity_id=ANNA, number="202")
    pbx.engine.lose_calls()
    await act(hass, "hangup", entity_id=ANNA)
    with pytest.raises(ServiceValidationError):
        await act(hass, "hangup", call_id=response["call_id"])


async def test_hang_up_that_is_refused(hass: HomeAssistant, pbx: AxeosSimulator) -> None:
    """A call that goes on in spite of the action is an error."""
    pbx.engine.incoming(number="+31201234567", extension="201")
    await state_is(hass, HUB, "1")
    pbx.faults.error(409, method="DELETE")
    with pytest.raises(HomeAssistantError) as error:
        await act(hass, "hangup", entity_id=HUB)
    assert error.value.translation_key == "rejected"


async def test_forward(hass: HomeAssistant, pbx: AxeosSimulator) -> None:
    """Calls are forwarded and not; a condition the system does not have is named."""
    anna = pbx.world.user("anna")
    await act(hass, "set_forward", entity_id=ANNA, number="+31 6 1234")
    assert anna.call_forward == "+3161234"
    await act(hass, "set_forward", entity_id=ANNA)
    assert anna.call_forward is None
    with pytest.raises(ServiceValidationError) as error:
        await act(hass, "set_forward", entity_id=ANNA, number="202", condition="busy")
    assert error.value.translation_key == "not_supported"


async def test_hot_desk(hass: HomeAssistant, pbx: AxeosSimulator, device_registry: dr.DeviceRegistry) -> None:
    """A user is logged in at a phone and out of it."""
    hot = device_of(device_registry, "Hot desk 1")
    await act(hass, "hot_desk_login", entity_id=CHLOE, phone=hot)
    assert pbx.world.user("chloe").hot_desk == pbx.world.phone("hot-1").uuid
    await act(hass, "hot_desk_logout", entity_id=CHLOE)
    assert pbx.world.user("chloe").hot_desk is None


async def test_queue(hass: HomeAssistant, pbx: AxeosSimulator) -> None:
    """A queue tells who waits; the only one is reset with all of them, where the PBX names no id for it."""
    response = await ask(hass, "get_queue", entity_id=SALES)
    assert response["name"] == "Sales"
    assert response["answered_calls"] == 12
    assert [agent["name"] for agent in response["agents"]] == ["anna", "bjorn"]
    await act(hass, "reset_queue_statistics", entity_id=SALES)
    (sales,) = pbx.world.queues.values()
    assert sales.answered_at_reset == sales.answered == 12


async def test_get_calls(hass: HomeAssistant, pbx: AxeosSimulator) -> None:
    """The open calls of somebody, with everybody who takes part."""
    call = pbx.engine.incoming(number="+31201234567", name="Carla", extension="201")
    call.ring(pbx.world.user("anna"))
    await state_is(hass, ANNA, "ringing")
    response = await ask(hass, "get_calls", entity_id=[ANNA, HUB])
    assert [found["caller_name"] for found in response["calls"]] == ["Carla"]
    assert response["calls"][0]["participants"][0]["user"] == "Anna de Vries"
    response = await ask(hass, "get_calls", entity_id=CHLOE)
    assert response == {"calls": []}


async def test_get_call(hass: HomeAssistant, pbx: AxeosSimulator, loaded: MockConfigEntry) -> None:
    """A call by its id, from what is known here or else from the PBX."""
    call = pbx.engine.incoming(number="+31201234567", name="Carla", extension="201")
    await state_is(hass, HUB, "1")
    response = await ask(hass, "get_call", call_id=call.unique_id)
    assert response["call"]["caller_name"] == "Carla"
    pbx.faults.dialect.api_events = False
    silent = pbx.engine.incoming(number="+31207654321", extension="201")
    response = await ask(hass, "get_call", call_id=silent.unique_id, config_entry_id=loaded.entry_id)
    assert response["call"]["caller_number"] == "+31207654321"
    with pytest.raises(ServiceValidationError):
        await ask(hass, "get_call", call_id="17.4")


async def test_two_pbxs(hass: HomeAssistant, pbx: AxeosSimulator, loaded: MockConfigEntry) -> None:
    """A call id is looked up where it is known; a phone of another PBX is refused."""
    world = small_world()
    world.system.uuid = "second-pbx"
    async with AxeosSimulator(world=world, v1=False) as second:
        entry = MockConfigEntry(
            domain=DOMAIN, unique_id="second-pbx", data={**loaded.data, "port": second.port}
        )
        entry.add_to_hass(hass)
        assert await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done()
        call = pbx.engine.incoming(number="+31201234567", extension="201")
        await state_is(hass, HUB, "1")
        await act(hass, "hangup", call_id=call.unique_id)
        assert call.finished
        with pytest.raises(ServiceValidationError) as error:
            await act(hass, "hangup", call_id="17.4")
        assert error.value.translation_key == "no_such_call"
        registry = dr.async_get(hass)
        foreign = next(
            device.id
            for device in dr.async_entries_for_config_entry(registry, entry.entry_id)
            if device.name == "Hot desk 1"
        )
        with pytest.raises(ServiceValidationError) as error:
            await act(hass, "hot_desk_login", entity_id=CHLOE, phone=foreign)
        assert error.value.translation_key == "device_of_another_pbx"
        assert await hass.config_entries.async_unload(entry.entry_id)
