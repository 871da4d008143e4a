"""What an automation that was triggered by a call does to that call, without naming it."""

from typing import Any

from homeassistant.auth.models import User as HomeAssistantUser
from homeassistant.core import Context, HomeAssistant
from homeassistant.setup import async_setup_component
import pytest

from custom_components.pbx.const import DOMAIN
from tests.waiting import until

from .anna import Anna
from .doing import Doer, on
from .innovaphone import InnovaphoneTeller
from .ipcortex import IpcortexTeller
from .systems import on_all
from .teller import Teller


async def told(hass: HomeAssistant, anna: Anna, *types: str) -> Context:
    """Wait until Anna's event entity has told of these, and return what an automation runs in then."""
    await anna.told("call", *types)
    state = hass.states.get(anna.entity("call"))
    assert state is not None
    return Context(parent_id=state.context.id)


@on("innovaphone", "ipcortex")
async def test_control(hass: HomeAssistant, teller: Teller, anna: Anna, doer: Doer) -> None:
    """The call that rang is answered, held, taken back and ended."""
    teller.ring()
    context = await told(hass, anna, "ringing")
    await doer.act("answer", context)
    await anna.shows(status="talking")
    await doer.act("hold", context)
    await anna.shows(status="on_hold")
    await doer.act("resume", context)
    await anna.shows(status="talking")
    await doer.act("hangup", context)
    await anna.shows(status="idle", active_calls="0")


@on("innovaphone")
@pytest.mark.parametrize(
    ("action", "data", "message"),
    [
        ("send_dtmf", {"digits": "5"}, "RCC.UserDTMF"),
        ("park", {}, "RCC.UserPark"),
        ("transfer", {"number": "202"}, "RCC.UserRedirect"),
    ],
)
async def test_answered_call(
    hass: HomeAssistant,
    teller: InnovaphoneTeller,
    anna: Anna,
    doer: Doer,
    action: str,
    data: dict[str, Any],
    message: str,
) -> None:
    """What is done to a call that was answered needs no target."""
    teller.ring()
    await anna.shows(status="ringing")
    teller.answer()
    await doer.act(action, await told(hass, anna, "ringing", "answered"), **data)
    assert teller.pbx.count(message) == 1


@on("innovaphone", "ipcortex")
async def test_redirect(hass: HomeAssistant, teller: Teller, anna: Anna, doer: Doer) -> None:
    """The call that rings goes elsewhere."""
    teller.ring()
    await doer.act("redirect", await told(hass, anna, "ringing"), number="202")
    await anna.shows(status="idle")


@on("innovaphone")
async def test_call_that_rings_for_several(
    hass: HomeAssistant, teller: InnovaphoneTeller, anna: Anna, doer: Doer
) -> None:
    """Whoever's phone has triggered the automation is the one who answers."""
    bjorn = teller.pbx.world.get("bjorn")
    teller.pbx.engine.incoming(teller.shown, bjorn, teller._user)
    await anna.told("call", "ringing")
    await doer.shows(doer.user(bjorn.guid), "ringing")
    await doer.act("answer", await told(hass, anna, "ringing"))
    await anna.shows(status="talking")
    await doer.shows(doer.user(bjorn.guid), "idle")


@on("innovaphone")
async def test_pick_up(hass: HomeAssistant, teller: InnovaphoneTeller, anna: Anna, doer: Doer) -> None:
    """Somebody else takes the call that rings."""
    bjorn = doer.user(teller.pbx.world.get("bjorn").guid)
    teller.ring()
    await doer.act("pick_up", await told(hass, anna, "ringing"), entity_id=bjorn)
    await doer.shows(bjorn, "talking")


@on_all()
async def test_get_call(hass: HomeAssistant, teller: Teller, anna: Anna) -> None:
    """Every system tells of the call that rang."""
    teller.ring()
    context = await told(hass, anna, "ringing")
    answer = await hass.services.async_call(
        DOMAIN, "get_call", {}, blocking=True, return_response=True, context=context
    )
    assert answer["call"]["call_id"] == anna.events["call"][0]["call_id"]


@on("ipcortex")
@pytest.mark.parametrize("action", ["answer", "get_call", "hangup"])
async def test_no_call(teller: IpcortexTeller, anna: Anna, doer: Doer, action: str) -> None:
    """Outside of such an automation it has to be said which call is meant."""
    teller.ring()
    await anna.shows(status="ringing")
    error = await doer.refused(action)
    assert error.translation_key in {"no_call_named", "no_target"}
    assert len(teller._desk.calls) == 1


@on("innovaphone", "ipcortex")
async def test_automation(hass: HomeAssistant, teller: Teller, anna: Anna) -> None:
    """A real automation answers whatever rings."""
    rings = {"attribute": "event_type", "to": "ringing"}
    trigger = {"trigger": "state", "entity_id": anna.entity("call"), **rings}
    config = {"triggers": trigger, "actions": {"action": "pbx.answer"}}
    assert await async_setup_component(hass, "automation", {"automation": config})
    await hass.async_block_till_done()
    teller.ring()
    await until(lambda: anna.value("status") == "talking")


@on("innovaphone", "ipcortex")
async def test_own_call(
    hass: HomeAssistant, teller: Teller, anna: Anna, doer: Doer, hass_admin_user: HomeAssistantUser
) -> None:
    """Whoever runs an action and is Anna means what rings for Anna."""
    person = {"id": "anna", "name": "Anna", "user_id": hass_admin_user.id}
    assert await async_setup_component(hass, "person", {"person": [person]})
    options = {"people": [{"person": "person.anna", "user": teller.anna}]}
    hass.config_entries.async_update_entry(anna.config_entry, options=options)
    assert await hass.config_entries.async_reload(anna.config_entry.entry_id)
    await until(lambda: teller.ready)
    teller.ring()
    await anna.shows(status="ringing", active_calls="1")
    await doer.act("answer", Context(user_id=hass_admin_user.id))
    await anna.shows(status="talking")
