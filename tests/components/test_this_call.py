"""Which call an automation was triggered by, as actions find it."""

from typing import Any

from homeassistant.core import Context, HomeAssistant
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pbx.hub.call_contexts import MOST_REMEMBERED, CallContexts
from custom_components.pbx.protocols.call import Call
from custom_components.pbx.protocols.changes import Moment
from custom_components.pbx.protocols.enums import CallDirection, MomentType, ObjectKind
from custom_components.pbx.protocols.keys import ObjectKey
from custom_components.pbx.targets import find_triggering_call
from tests.simulators.axeos import AxeosSimulator

from .automations import automate

EVENT = "event.pbx_example_org_anna_de_vries_call"
TRIGGERS: dict[str, dict[str, Any]] = {
    "own": {"trigger": "pbx.call_ringing", "target": {"entity_id": EVENT}},
    "core": {
        "trigger": "event.received",
        "target": {"entity_id": EVENT},
        "options": {"event_type": ["ringing"]},
    },
    "state": {"trigger": "state", "entity_id": EVENT},
}


@pytest.mark.parametrize("trigger", TRIGGERS.values(), ids=TRIGGERS)
async def test_action_without_a_target_means_this_call(
    hass: HomeAssistant, pbx: AxeosSimulator, loaded: MockConfigEntry, trigger: dict[str, Any]
) -> None:
    """However an automation hears of a call, what it does next is about that call."""
    runs = await automate(hass, trigger, {})
    pbx.engine.incoming(number="+31201234567", extension="201").ring("bjorn")
    call = pbx.engine.incoming(number="+31201234568", extension="201").ring("anna")
    await runs.wait()
    assert find_triggering_call(hass, runs[0].context) == (loaded.runtime_data, call.unique_id)


async def test_no_call(hass: HomeAssistant, loaded: MockConfigEntry) -> None:
    """What a person does, or an automation that no call triggered, is about no call."""
    assert find_triggering_call(hass, Context()) is None
    assert find_triggering_call(hass, Context(parent_id="somebody")) is None
    assert await hass.config_entries.async_unload(loaded.entry_id)
    assert find_triggering_call(hass, Context()) is None


def test_old_calls_are_forgotten() -> None:
    """Only so many contexts are remembered, and everybody gets the same one for a moment."""
    contexts = CallContexts()
    user = ObjectKey(ObjectKind.USER, "1")
    call = Call(id="7", direction=CallDirection.INCOMING, started=dt_util.utcnow())
    first = contexts.get_context(Moment(key=user, type=MomentType.RINGING, call=call))
    assert contexts.get_call_id(first.id) == "7"
    for _ in range(MOST_REMEMBERED):
        moment = Moment(key=user, type=MomentType.ANSWERED, call=call)
        assert contexts.get_context(moment) is contexts.get_context(moment)
    assert contexts.get_call_id(first.id) is None
    assert contexts.get_call_id(contexts.get_context(moment).id) == "7"
    assert contexts.get_call_id(contexts.get_context(Moment(key=user, type=MomentType.MESSAGE)).id) is None
