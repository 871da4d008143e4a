"""Whatever the system, the same story gives the same in Home Assistant."""

from homeassistant.const import STATE_UNAVAILABLE

from custom_components.pbx.const import DOMAIN
from tests.waiting import until

from .anna import Anna
from .systems import on_all, with_part, without_part
from .teller import BJORN, CARLA, Part, Teller

TIMES = {"started", "answered", "ended"}


async def begin(teller: Teller, anna: Anna) -> None:
    """Let Carla call and Anna answer."""
    teller.ring()
    await anna.shows(status="ringing", active_calls="1")
    teller.answer()
    await anna.shows(status="talking", on_a_call="on")


@on_all()
async def test_answered_call(teller: Teller, anna: Anna) -> None:
    """Carla calls, Anna answers, Carla hangs up."""
    await begin(teller, anna)
    teller.hang_up()
    await anna.shows(status="idle", on_a_call="off", active_calls="0")
    await anna.told("call", "ringing", "answered", "ended")
    assert anna.values["status"] == ["ringing", "talking", "idle"]
    assert anna.values["on_a_call"] == ["on", "off"]
    assert anna.values["other_party"] == ["Carla", "none"]
    assert anna.values["active_calls"] == ["1", "0"]
    assert anna.value("missed_calls") == "0"


@on_all()
async def test_what_is_told_of_a_call(teller: Teller, anna: Anna) -> None:
    """Each event says who calls; the last one, and the PBX, say what became of it."""
    await begin(teller, anna)
    teller.hang_up()
    await anna.told("call", "ringing", "answered", "ended")
    await anna.shows(active_calls="0")
    told = anna.events["call"]
    for event in (*told, anna.last_call()):
        assert (event["direction"], event["number"], event["name"]) == ("incoming", teller.shown, "Carla")
        assert event.get("normalized_number", event["number"]) == CARLA
    assert len({event["call_id"] for event in (*told, anna.last_call())}) == 1
    assert told[-1]["outcome"] == anna.last_call()["outcome"] == "answered"
    assert told[-1]["answered_by"].startswith("Anna")
    assert anna.last_call().keys() >= TIMES


@on_all()
async def test_hold(teller: Teller, anna: Anna) -> None:
    """Anna puts Carla on hold and takes her back, which is seen by all and told by most."""
    await begin(teller, anna)
    teller.hold()
    await anna.shows(status="on_hold")
    teller.resume()
    await anna.shows(status="talking")
    teller.hang_up()
    await anna.shows(status="idle", on_a_call="off", active_calls="0")
    between = () if Part.HOLD_EVENTS in teller.cannot else ("held", "resumed")
    await anna.told("call", "ringing", "answered", *between, "ended")
    assert anna.values["status"] == ["ringing", "talking", "on_hold", "talking", "idle"]
    assert anna.values["on_a_call"] == ["on", "off"]
    assert anna.values["active_calls"] == ["1", "0"]


@on_all()
async def test_call_that_knocks(teller: Teller, anna: Anna) -> None:
    """While Anna talks Björn rings and gives up: Carla and the call with her are there all along."""
    await begin(teller, anna)
    teller.knock()
    await anna.shows(status="ringing")
    await until(lambda: anna.attributes("other_party").get("knocking_name") == "Björn")
    assert anna.attributes("status")["statuses"] == ["ringing", "talking"]
    assert (anna.value("on_a_call"), anna.value("other_party")) == ("on", "Carla")
    teller.stop_knocking()
    await anna.shows(status="talking", missed_calls="1")
    await until(lambda: "knocking_name" not in anna.attributes("other_party"))
    teller.hang_up()
    await anna.shows(status="idle", on_a_call="off", other_party="none")
    assert anna.values["on_a_call"] == ["on", "off"]
    assert anna.values["other_party"] == ["Carla", "none"]


@on_all()
async def test_missed_call(teller: Teller, anna: Anna) -> None:
    """Carla gives up before Anna answers."""
    teller.ring()
    await anna.shows(status="ringing", active_calls="1")
    teller.hang_up()
    await anna.shows(status="idle", missed_calls="1", active_calls="0")
    await anna.told("call", "ringing", "missed")
    assert anna.events["call"][-1]["outcome"] == anna.last_call()["outcome"] == "missed"
    assert anna.values["status"] == ["ringing", "idle"]
    assert anna.values["active_calls"] == ["1", "0"]
    assert anna.values["on_a_call"] == []


@with_part(Part.VOICEMAIL)
async def test_voicemail(teller: Teller, anna: Anna) -> None:
    """Carla leaves a message."""
    before = int(str(anna.value("new_messages")))
    teller.voicemail()
    await anna.shows(new_messages=str(before + 1))
    await anna.told("message", "message")
    assert anna.events["message"][0]["new_messages"] == before + 1


@without_part(Part.VOICEMAIL)
async def test_no_mailboxes(teller: Teller, anna: Anna) -> None:
    """A system without mailboxes shows none."""
    assert anna.of_entry("_mailbox_") == []


@with_part(Part.DO_NOT_DISTURB)
async def test_do_not_disturb(teller: Teller, anna: Anna) -> None:
    """Anna is not to be disturbed, and then may be again."""
    await anna.shows(do_not_disturb="off")
    anna.values["do_not_disturb"].clear()
    await anna.run("switch", "turn_on", "do_not_disturb")
    await anna.shows(do_not_disturb="on")
    assert teller.do_not_disturb()
    await anna.run("switch", "turn_off", "do_not_disturb")
    await anna.shows(do_not_disturb="off")
    assert not teller.do_not_disturb()
    assert anna.values["do_not_disturb"] == ["on", "off"]


@without_part(Part.DO_NOT_DISTURB)
async def test_no_do_not_disturb(teller: Teller, anna: Anna) -> None:
    """A system without do not disturb shows none."""
    assert anna.of_entry("_do_not_disturb") == []


@on_all()
async def test_dial_and_hang_up(teller: Teller, anna: Anna) -> None:
    """Home Assistant lets Anna call somebody outside, and ends the call before anybody answers."""
    response = await anna.run(DOMAIN, "dial", "status", number=BJORN)
    assert response["result"] in {"connected", "ringing"}
    await anna.told("call", "dialing")
    await anna.shows(active_calls="1")
    await anna.run(DOMAIN, "hangup", "status")
    await anna.shows(status="idle", active_calls="0")
    assert teller.calls() == 0
    await anna.told("call", "dialing", "ended")
    assert {event["direction"] for event in anna.events["call"]} == {"outgoing"}
    assert {event["call_id"] for event in anna.events["call"]} == {response["call_id"]}


@with_part(Part.OUTSIDE_ANSWERS)
async def test_dialled_call_that_is_answered(teller: Teller, anna: Anna) -> None:
    """Whoever Anna called answers; Home Assistant hangs up."""
    await anna.run(DOMAIN, "dial", "status", number=BJORN)
    await anna.shows(status="dialing", active_calls="1")
    assert anna.value("on_a_call") == "off"
    teller.outside_answers()
    await anna.shows(status="talking", on_a_call="on")
    await anna.run(DOMAIN, "hangup", "status")
    await anna.shows(status="idle", on_a_call="off", active_calls="0")
    await anna.told("call", "dialing", "answered", "ended")
    assert anna.values["status"] == ["dialing", "talking", "idle"]
    assert anna.events["call"][-1]["outcome"] == "answered"


@without_part(Part.OUTSIDE_ANSWERS)
async def test_dialled_call_whose_far_end_is_hidden(teller: Teller, anna: Anna) -> None:
    """A call that may have been answered outside for long shows as talking, and is not told as answered."""
    await anna.run(DOMAIN, "dial", "status", number=BJORN)
    await anna.shows(status="talking", on_a_call="on", active_calls="1")
    await anna.run(DOMAIN, "hangup", "status")
    await anna.shows(status="idle", on_a_call="off", active_calls="0")
    await anna.told("call", "dialing", "ended")
    assert "outcome" not in anna.events["call"][-1]


@on_all()
async def test_pbx_goes_and_comes_back(teller: Teller, anna: Anna) -> None:
    """The PBX is switched off and on again, and then goes on as before."""
    await teller.pbx.stop()
    await anna.shows(status=STATE_UNAVAILABLE, call=STATE_UNAVAILABLE, connected="off")
    assert anna.value("active_calls") == STATE_UNAVAILABLE
    await teller.pbx.start()
    await anna.shows(status="idle", connected="on", active_calls="0")
    assert anna.events["call"] == []
    teller.ring()
    await anna.shows(status="ringing")
    await anna.told("call", "ringing")


async def lose(teller: Teller, anna: Anna) -> None:
    """Let the PBX lose its calls while it is off; where it can't tell, something else must happen first."""
    await teller.pbx.stop()
    await anna.shows(status=STATE_UNAVAILABLE)
    teller.lose_calls()
    await teller.pbx.start()
    await anna.shows(status="idle", connected="on")
    if Part.LOST_CALLS in teller.cannot:
        await until(lambda: teller.ready)
        teller.voicemail()
    await anna.shows(status="idle", on_a_call="off", active_calls="0", missed_calls="0")


@on_all()
async def test_ringing_call_that_is_lost(teller: Teller, anna: Anna) -> None:
    """What became of a call that rang when the PBX went off is not known, so it was not missed."""
    teller.ring()
    await anna.shows(status="ringing", active_calls="1")
    await lose(teller, anna)
    await anna.told("call", "ringing", "ended")
    assert anna.events["call"][-1]["outcome"] == anna.last_call()["outcome"] == "lost"


@on_all()
async def test_answered_call_that_is_lost(teller: Teller, anna: Anna) -> None:
    """A call that was up when the PBX went off was answered."""
    await begin(teller, anna)
    await lose(teller, anna)
    await anna.told("call", "ringing", "answered", "ended")
    assert anna.events["call"][-1]["outcome"] == "answered"
