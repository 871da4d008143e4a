"""Actions on what users have set: what reaches the PBX, and what it shows after that."""

from homeassistant.core import HomeAssistant
import pytest

from .anna import Anna
from .doing import Doer, on
from .innovaphone import InnovaphoneTeller
from .teller import Teller


@on("innovaphone", "switchvox")
async def test_presence(teller: Teller, anna: Anna, doer: Doer) -> None:
    """What a user says of themselves is set on the PBX, which then tells it."""
    presence = doer.entity("select", "user", teller.anna, "presence")
    await doer.act("set_presence", entity_id=presence, activity="away", note="Lunch")
    await doer.shows(presence, "away")
    await doer.act("set_presence", entity_id=presence, activity="dnd")
    await anna.shows(do_not_disturb="on")
    assert teller.do_not_disturb()


@on("innovaphone")
async def test_presence_that_cannot_be_set(teller: Teller, anna: Anna, doer: Doer) -> None:
    """To be on the phone comes about by itself."""
    error = await doer.refused("set_presence", entity_id=anna.entity("status"), activity="on_the_phone")
    assert error.translation_key == "activity_cannot_be_set"


@on("switchvox")
async def test_presence_that_is_not_offered(teller: Teller, anna: Anna, doer: Doer) -> None:
    """The administrator of the PBX says what there is to choose from."""
    error = await doer.refused("set_presence", entity_id=anna.entity("status"), activity="busy")
    assert error.translation_key == "no_such_presence"


@on("asterisk", "axeos", "innovaphone", "switchvox")
async def test_do_not_disturb(teller: Teller, anna: Anna, doer: Doer) -> None:
    """Quiet is an action as well as a switch."""
    await doer.act("set_do_not_disturb", entity_id=anna.entity("status"))
    await anna.shows(do_not_disturb="on")
    assert teller.do_not_disturb()
    await doer.act("set_do_not_disturb", entity_id=anna.entity("status"), on=False)
    await anna.shows(do_not_disturb="off")
    assert not teller.do_not_disturb()


@on("axeos", "innovaphone", "switchvox")
async def test_do_not_disturb_for_a_moment(teller: Teller, anna: Anna, doer: Doer) -> None:
    """After its time Anna can be disturbed again."""
    await doer.act("set_do_not_disturb", entity_id=anna.entity("status"), duration={"seconds": 1})
    await anna.shows(do_not_disturb="on")
    await anna.shows(do_not_disturb="off")
    assert not teller.do_not_disturb()


@on("innovaphone", "switchvox", "asterisk")
async def test_presence_for_a_moment(teller: Teller, anna: Anna, doer: Doer) -> None:
    """What a user said of themselves before comes back, with its note."""
    presence = doer.entity("select", "user", teller.anna, "presence")
    note = doer.entity("text", "user", teller.anna, "presence_note")
    await doer.act("set_presence", entity_id=presence, activity="away", note="Lunch")
    await doer.shows(note, "Lunch")
    await doer.act("set_presence", entity_id=presence, activity="dnd", note="", duration={"seconds": 1})
    await doer.shows(presence, "dnd")
    await doer.shows(note, "")
    await doer.shows(presence, "away")
    await doer.shows(note, "Lunch")


@on("asterisk", "axeos", "innovaphone", "ipcortex_admin")
async def test_forward(teller: Teller, anna: Anna, doer: Doer) -> None:
    """Calls are forwarded, and then no longer."""
    forward = doer.entity("text", "user", teller.anna, "forward_always")
    await doer.act("set_forward", entity_id=forward, number="(03) 0123-4567")
    await doer.shows(forward, "0301234567")
    await doer.act("set_forward", entity_id=forward)
    await doer.shows(forward, "")


@on("asterisk", "innovaphone")
@pytest.mark.parametrize("condition", ["busy", "no_answer"])
async def test_forward_on_a_condition(teller: Teller, anna: Anna, doer: Doer, condition: str) -> None:
    """One system knows when else calls are to be forwarded."""
    forward = doer.entity("text", "user", teller.anna, f"forward_{condition}")
    await doer.act("set_forward", entity_id=forward, number="202", condition=condition)
    await doer.shows(forward, "202")


@on("innovaphone")
async def test_message(hass: HomeAssistant, teller: InnovaphoneTeller, anna: Anna, doer: Doer) -> None:
    """A message goes to the client programs of a user."""
    target = doer.entity("notify", "user", teller.anna, "message")
    data = {"entity_id": target, "title": "Door", "message": "Somebody rang"}
    await hass.services.async_call("notify", "send_message", data, blocking=True)
    (sent,) = teller.pbx.recorder.named("PbxApi.AppNotify")
    assert (sent["sip"], sent["title"], sent["text"]) == ("anna", "Door", "Somebody rang")
