"""Actions on calls: what reaches the PBX, and what Home Assistant shows after that."""

from typing import Any

import pytest

from tests.waiting import until

from .anna import Anna
from .doing import Doer, lacking, lacks, on
from .innovaphone import InnovaphoneTeller
from .ipcortex import IpcortexTeller
from .systems import TELLERS
from .teller import BJORN, Teller

BOTH = ("innovaphone", "ipcortex")
# Those that can move calls to others, or refuse them.
MOVING = (*BOTH, "asterisk")


async def talk(teller: Teller, anna: Anna) -> None:
    """Let Carla call and Anna answer."""
    teller.ring()
    await anna.shows(status="ringing", active_calls="1")
    teller.answer()
    await anna.shows(status="talking")


@on(*BOTH)
async def test_call_control(teller: Teller, anna: Anna, doer: Doer) -> None:
    """A call is answered, put on hold and taken back by actions on whoever has it."""
    teller.ring()
    await anna.shows(status="ringing")
    await doer.act("answer", entity_id=anna.entity("status"))
    await anna.shows(status="talking")
    await doer.act("hold", entity_id=anna.entity("status"))
    await anna.shows(status="on_hold")
    await doer.act("resume", entity_id=anna.entity("status"))
    await anna.shows(status="talking")
    error = await doer.refused("resume", entity_id=anna.entity("status"))
    assert error.translation_key == "no_call_to_act_on"
    await doer.act("hangup", entity_id=anna.entity("status"))
    await anna.shows(status="idle", active_calls="0")
    await anna.told("call", "ringing", "answered", "held", "resumed", "ended")
    assert teller.calls() == 0


@on("innovaphone")
async def test_hold_before_the_answer_is_told(teller: InnovaphoneTeller, anna: Anna, doer: Doer) -> None:
    """Anna is answered and holds the call at once; that it rings is all that has been told."""
    teller.ring()
    await anna.shows(status="ringing")
    teller.pbx.faults.late = {"x-conn": 0.2}
    teller.answer()
    await doer.act("hold", entity_id=anna.entity("status"))
    assert [leg.held for leg in teller.call.legs] == [True]


@on(*TELLERS)
async def test_hang_up_at_the_moment_of_an_answer(teller: Teller, anna: Anna, doer: Doer) -> None:
    """What the PBX has connected and not told yet ends, and nobody else waits for it."""
    teller.ring()
    await anna.shows(status="ringing", active_calls="1")
    teller.answer()
    await doer.act("hangup", entity_id=anna.entity("status"))
    await anna.shows(status="idle", active_calls="0")
    assert "missed" not in anna.types("call")
    assert teller.calls() == 0


@pytest.mark.parametrize(
    ("action", "data", "status"), [("hold", {}, "on_hold"), ("transfer", {"number": "202"}, "idle")]
)
@on(*BOTH)
async def test_control_at_the_moment_of_an_answer(
    teller: Teller, anna: Anna, doer: Doer, action: str, data: dict[str, Any], status: str
) -> None:
    """What is asked for is done, though all that has been told is that it rings."""
    teller.ring()
    await anna.shows(status="ringing")
    teller.answer()
    await doer.act(action, entity_id=anna.entity("status"), **data)
    await anna.shows(status=status)


@on(*BOTH)
async def test_call_control_by_id(teller: Teller, anna: Anna, doer: Doer) -> None:
    """The id of a call is enough where only one user has a part in it."""
    await talk(teller, anna)
    (found,) = (await doer.ask("get_calls", entity_id=anna.entity("status")))["calls"]
    assert (await doer.ask("get_call", call_id=found["call_id"]))["call"] == found
    await doer.act("hold", call_id=found["call_id"])
    await anna.shows(status="on_hold")
    await doer.act("resume", call_id=found["call_id"], entity_id=anna.entity("status"))
    await anna.shows(status="talking")
    error = await doer.refused("hold", call_id="call-0815", entity_id=anna.entity("status"))
    assert error.translation_key == "no_such_call"


@on("innovaphone")
async def test_whose_side_of_a_call(teller: InnovaphoneTeller, anna: Anna, doer: Doer) -> None:
    """Of two users who talk to each other the target says who is meant; without one nobody guesses."""
    bjorn = teller.pbx.world.get("bjorn")
    teller.pbx.engine.answer(teller.pbx.engine.dial("anna", "202"), "bjorn")
    await anna.shows(status="talking")
    (call_id,) = [
        call["call_id"] for call in (await doer.ask("get_calls", entity_id=anna.entity("status")))["calls"]
    ]
    assert (await doer.refused("hold", call_id=call_id)).translation_key == "several_in_this_call"
    await doer.act("hold", call_id=call_id, entity_id=doer.user(bjorn.guid))
    assert [leg.held for leg in teller.call.legs] == [False, True]
    chloe = doer.user(teller.pbx.world.get("chloe").guid)
    error = await doer.refused("hold", call_id=call_id, entity_id=chloe)
    assert error.translation_key == "not_in_this_call"


@on("innovaphone")
async def test_phone_as_the_target(teller: InnovaphoneTeller, anna: Anna, doer: Doer) -> None:
    """A phone means the side of whoever uses it."""
    teller.pbx.engine.answer(teller.pbx.engine.dial("anna", "202"), "bjorn")
    await anna.shows(status="talking")
    await doer.act("hold", device_id=doer.device("phone", "anna-ip112"))
    assert [leg.held for leg in teller.call.legs] == [True, False]


@on(*MOVING)
async def test_transfer(teller: Teller, anna: Anna, doer: Doer) -> None:
    """A call goes to a number and is gone for whoever had it."""
    await talk(teller, anna)
    await doer.act("transfer", entity_id=anna.entity("status"), number="(202)")
    await anna.shows(status="idle")
    await until(lambda: anna.types("call")[-1] == "ended")


@on("innovaphone")
async def test_what_a_transfer_sends(teller: InnovaphoneTeller, anna: Anna, doer: Doer) -> None:
    """A call that was answered is sent on, one that rings is diverted."""
    await talk(teller, anna)
    await doer.act("transfer", entity_id=anna.entity("status"), number="202")
    (sent,) = teller.pbx.recorder.named("RCC.UserRedirect")
    assert sent["e164"] == "202"
    bjorn = doer.user(teller.pbx.world.get("bjorn").guid)
    await until(lambda: teller.call.leg(teller.pbx.world.get("bjorn")).rings)
    await doer.shows(bjorn, "ringing")
    assert (
        await doer.refused("redirect", entity_id=anna.entity("status"), number="203")
    ).translation_key == ("no_call_to_act_on")
    await doer.act("redirect", entity_id=bjorn, number="203")
    (sent,) = teller.pbx.recorder.named("RCC.UserReroute")
    assert sent["e164"] == "203"
    await doer.shows(doer.user(teller.pbx.world.get("chloe").guid), "ringing")


@on(*MOVING)
async def test_redirect(teller: Teller, anna: Anna, doer: Doer) -> None:
    """A call that rings is handed on without an answer; one that was answered is not redirected."""
    teller.ring()
    await anna.shows(status="ringing")
    await doer.act("redirect", entity_id=anna.entity("status"), number="202")
    await anna.shows(status="idle")
    assert "answered" not in anna.types("call")


@on("ipcortex")
async def test_redirect_of_an_answered_call(teller: Teller, anna: Anna, doer: Doer) -> None:
    """By its id alone a call that was answered is not redirected either."""
    await talk(teller, anna)
    (found,) = (await doer.ask("get_calls", entity_id=anna.entity("status")))["calls"]
    error = await doer.refused("redirect", call_id=found["call_id"], number="202")
    assert error.translation_key == "does_not_ring"


@on("innovaphone")
async def test_consultative_transfer(teller: InnovaphoneTeller, anna: Anna, doer: Doer) -> None:
    """Anna joins Carla with Björn, whom she has asked, and is out of both calls."""
    await talk(teller, anna)
    error = await doer.refused("transfer", entity_id=anna.entity("status"), other=True)
    assert error.translation_key == "no_other_call"
    teller.pbx.engine.hold(teller.call.leg(teller._user))
    second = teller.pbx.engine.dial("anna", "202")
    teller.pbx.engine.answer(second, "bjorn")
    await anna.shows(active_calls="2", status="talking")
    await doer.act("transfer", entity_id=anna.entity("status"), other=True)
    (sent,) = teller.pbx.recorder.named("RCC.UserTransfer")
    assert sent["a"] != sent["b"]
    await anna.shows(status="idle", active_calls="1")
    assert [leg.owner.h323 for leg in teller.call.legs] == ["bjorn"]


@on("ipcortex")
async def test_consultative_transfer_by_ids(teller: IpcortexTeller, anna: Anna, doer: Doer) -> None:
    """Both calls can be named, and then no target is needed."""
    await talk(teller, anna)
    teller.hold()
    await anna.shows(status="on_hold")
    teller.pbx.office.set_state(teller.pbx.office.ring(teller._desk, BJORN), "up")
    await anna.shows(status="talking", active_calls="2")
    calls = (await doer.ask("get_calls", entity_id=anna.entity("status")))["calls"]
    first, second = (call["call_id"] for call in calls)
    await doer.act("transfer", call_id=first, other_call_id=second)
    await anna.shows(status="idle", active_calls="0")
    assert teller.pbx.commands[-1][0] == "attendedTransfer"


@on("ipcortex")
async def test_other_call_of_the_only_user(teller: IpcortexTeller, anna: Anna, doer: Doer) -> None:
    """Whose other call is meant follows from the call that is named."""
    await talk(teller, anna)
    teller.hold()
    await anna.shows(status="on_hold")
    (held,) = (await doer.ask("get_calls", entity_id=anna.entity("status")))["calls"]
    teller.pbx.office.set_state(teller.pbx.office.ring(teller._desk, BJORN), "up")
    await anna.shows(status="talking", active_calls="2")
    await doer.act("transfer", call_id=held["call_id"], other=True)
    await anna.shows(status="idle", active_calls="0")
    error = await doer.refused("transfer", call_id=held["call_id"], other=True)
    assert error.translation_key == "no_other_call"


@on("innovaphone")
async def test_tones(teller: InnovaphoneTeller, anna: Anna, doer: Doer) -> None:
    """Digits reach the other side."""
    await talk(teller, anna)
    await doer.act("send_dtmf", entity_id=anna.entity("status"), digits="12#")
    assert [sent["dtmf"] for sent in teller.pbx.recorder.named("RCC.UserDTMF")] == ["12#"]


@on("innovaphone")
@pytest.mark.parametrize(("data", "position"), [({}, -1), ({"position": 7}, 7)])
async def test_park_and_pick_up(
    teller: InnovaphoneTeller, anna: Anna, doer: Doer, data: dict[str, int], position: int
) -> None:
    """Anna parks Carla, and Björn takes her."""
    await talk(teller, anna)
    await doer.act("park", entity_id=anna.entity("status"), **data)
    assert [sent["position"] for sent in teller.pbx.recorder.named("RCC.UserPark")] == [position]
    await anna.shows(status="on_hold")
    (parked,) = (await doer.ask("get_calls", entity_id=anna.entity("status")))["calls"]
    bjorn = doer.user(teller.pbx.world.get("bjorn").guid)
    await doer.act("pick_up", entity_id=bjorn, call_id=parked["call_id"])
    await doer.shows(bjorn, "talking")
    await anna.shows(status="idle")


@on("innovaphone")
async def test_pick_up_what_rings(teller: InnovaphoneTeller, anna: Anna, doer: Doer) -> None:
    """Björn takes what rings for Anna, whose device is named."""
    bjorn = doer.user(teller.pbx.world.get("bjorn").guid)
    place = doer.device("user", teller.anna)
    error = await doer.refused("pick_up", entity_id=bjorn, ringing_at=place)
    assert error.translation_key == "no_call_to_act_on"
    assert (await doer.refused("pick_up", entity_id=bjorn)).translation_key == "no_call_named"
    teller.ring()
    await anna.shows(status="ringing")
    await doer.act("pick_up", entity_id=bjorn, ringing_at=place)
    await doer.shows(bjorn, "talking")
    await anna.told("call", "ringing", "ended")


CALL: dict[str, Any] = {"call_id": "call-1"}
REFUSED: list[tuple[str, dict[str, Any], list[str]]] = [
    ("answer", CALL, lacking(*BOTH)),
    ("reject", CALL, lacking(*MOVING)),
    ("hold", CALL, lacking(*BOTH)),
    ("resume", CALL, lacking(*BOTH)),
    ("transfer", CALL | {"number": "202"}, lacking(*MOVING)),
    ("transfer", CALL | {"other_call_id": "call-2"}, lacking(*MOVING)),
    ("redirect", CALL | {"number": "202"}, lacking(*MOVING)),
    ("send_dtmf", CALL | {"digits": "1"}, lacking("innovaphone", "asterisk")),
    ("park", CALL, lacking("innovaphone", "asterisk")),
    ("pick_up", CALL, lacking("innovaphone", "asterisk")),
]


@lacks(*REFUSED)
async def test_what_a_system_lacks(
    teller: Teller, anna: Anna, doer: Doer, actions: list[tuple[str, dict[str, Any]]]
) -> None:
    """A system that has no such command says so."""
    await doer.has_none_of(actions, entity_id=anna.entity("status"))
