"""Who acts without a target acts for the user of the PBX that they are."""

from typing import Any

from homeassistant.auth.models import User as HomeAssistantUser
from homeassistant.components import person
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.pbx.const import DOMAIN
from tests.simulators.axeos import AxeosSimulator

from .conftest import state_is

ANNA = "sensor.pbx_example_org_anna_de_vries_status"
HUB = "sensor.pbx_example_org_active_calls"


@pytest.fixture
async def boss(hass: HomeAssistant, hass_admin_user: HomeAssistantUser) -> Context:
    """Return the context of a person of Home Assistant."""
    config = {"id": "boss", "name": "The boss", "user_id": hass_admin_user.id}
    assert await async_setup_component(hass, person.DOMAIN, {person.DOMAIN: [config]})
    await hass.async_block_till_done()
    return Context(user_id=hass_admin_user.id)


@pytest.fixture
async def known(
    hass: HomeAssistant, entry: MockConfigEntry, pbx: AxeosSimulator, boss: Context
) -> MockConfigEntry:
    """Set the integration up, so that the boss is Anna."""
    pbx.engine.ring_time = 0
    people = [
        {"person": "person.the_boss", "user": pbx.world.user("anna").uuid},
        {"person": "person.nobody", "user": pbx.world.user("chloe").uuid},
        {"person": "person.the_boss", "user": "somebody who has left"},
    ]
    hass.config_entries.async_update_entry(entry, options={"people": people})
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    return entry


async def act(hass: HomeAssistant, action: str, context: Context | None, **data: Any) -> None:
    """Run an action."""
    await hass.services.async_call(DOMAIN, action, data, blocking=True, context=context)


@pytest.mark.usefixtures("known")
async def test_dial_and_hang_up(hass: HomeAssistant, pbx: AxeosSimulator, boss: Context) -> None:
    """The boss calls from Anna's phone, and hangs up what Anna has."""
    await act(hass, "dial", boss, number="202")
    sent = [request.json for request in pbx.requests if request.path.endswith("/call")]
    assert sent == [{"user_uuid": pbx.world.user("anna").uuid, "number": "202"}]
    await state_is(hass, HUB, "1")
    await act(hass, "hangup", boss)
    await state_is(hass, HUB, "0")


@pytest.mark.usefixtures("known")
async def test_settings(hass: HomeAssistant, pbx: AxeosSimulator, boss: Context) -> None:
    """The boss forwards the calls of Anna and wants quiet for her."""
    await act(hass, "set_forward", boss, number="202")
    await act(hass, "set_do_not_disturb", boss)
    assert pbx.world.user("anna").call_forward == "202"
    assert pbx.world.user("anna").dnd


@pytest.mark.usefixtures("known")
async def test_named_target(hass: HomeAssistant, pbx: AxeosSimulator, boss: Context) -> None:
    """Whoever is named is meant, and nobody else."""
    await act(hass, "set_forward", boss, number="202", entity_id="sensor.pbx_example_org_chloe_dubois_status")
    assert pbx.world.user("chloe").call_forward == "202"
    assert pbx.world.user("anna").call_forward is None


@pytest.mark.usefixtures("known")
async def test_stranger(hass: HomeAssistant, pbx: AxeosSimulator) -> None:
    """An automation is nobody, and so is a user without a person."""
    stranger = MockUser().add_to_hass(hass)
    stranger.mock_policy({"entities": True})
    for context in (None, Context(user_id=stranger.id)):
        with pytest.raises(ServiceValidationError) as error:
            await act(hass, "dial", context, number="202")
        assert error.value.translation_key == "no_target"
    assert not [request for request in pbx.requests if request.path.endswith("/call")]


@pytest.mark.usefixtures("known")
async def test_call_of_the_person(hass: HomeAssistant, pbx: AxeosSimulator, boss: Context) -> None:
    """What is done to a call without saying which is done to the own one."""
    with pytest.raises(ServiceValidationError) as error:
        await act(hass, "hangup", boss)
    assert error.value.translation_key == "no_call_to_act_on"
    with pytest.raises(ServiceValidationError) as error:
        await act(hass, "answer", boss)
    assert error.value.translation_key == "not_supported"
    assert error.value.translation_placeholders == {"system": "Axeos PBX", "action": "Answer"}
    pbx.engine.incoming(number="+31201234567", extension="201").ring(pbx.world.user("anna"))
    await state_is(hass, ANNA, "ringing")
    with pytest.raises(ServiceValidationError) as error:
        await act(hass, "answer", boss)
    assert error.value.translation_key == "not_supported"
