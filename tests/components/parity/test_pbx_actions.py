"""Actions on queues, calendars and favourites, and those that ask: what reaches the PBX, what it answers."""

from datetime import timedelta

from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import Unauthorized
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockUser

from tests.waiting import until

from .anna import Anna
from .doing import Doer, lacking, on
from .innovaphone import InnovaphoneTeller
from .ipcortex import IpcortexTeller
from .switchvox import SwitchvoxTeller
from .systems import on_all
from .teller import BJORN, CARLA, Teller


@on("ipcortex_admin")
async def test_history(teller: IpcortexTeller, anna: Anna, doer: Doer) -> None:
    """The calls of the PABX are told as it has written them down; a time without a zone is one of here."""
    for index in range(3):
        teller.pbx.add_record(src=f"070{index}", dst="201", disposition="NO ANSWER", clid='"C" <070>')
    answer = await doer.ask("get_call_history", **doer.pbx, limit=2)
    assert [call["caller_number"] for call in answer["calls"]] == ["0701", "0702"]
    assert answer["calls"][0]["outcome"] == "no_answer"
    tomorrow = (dt_util.now() + timedelta(days=1)).strftime("%Y-%m-%d %H:%M:%S")
    assert await doer.ask("get_call_history", **doer.pbx, since=tomorrow) == {"calls": []}


@on("ipcortex")
async def test_contacts(teller: IpcortexTeller, anna: Anna, doer: Doer) -> None:
    """The address book is searched."""
    answer = await doer.ask("find_contacts", **doer.pbx, words="cust")
    assert [(found["name"], found["number"]) for found in answer["contacts"]] == [
        ("Customer", "+441234567890")
    ]


@on("switchvox")
async def test_queue_agent(teller: SwitchvoxTeller, anna: Anna, doer: Doer) -> None:
    """Anna comes to a queue, pauses, goes on and leaves."""
    (queue,) = teller.pbx.world.queues
    member = next(item for item in queue.members if item.account is teller._account)
    sales = doer.device("queue", str(queue.account.account_id))
    seen = []
    for change in ("login", "pause", "resume", "logout"):
        await doer.act("set_queue_agent", entity_id=anna.entity("status"), queue=sales, change=change)
        seen.append((member.logged_in, member.paused))
    assert seen == [(True, False), (True, True), (True, False), (False, False)]


@on("ipcortex")
async def test_queue_membership(teller: IpcortexTeller, anna: Anna, doer: Doer) -> None:
    """Anna opts out of a queue and in again; to pause is unknown there."""
    data = {"entity_id": anna.entity("status"), "queue": doer.device("queue", "sales")}
    await doer.act("set_queue_agent", **data, change="logout")
    assert teller._desk.opt_out == ["300"]
    await doer.act("set_queue_agent", **data, change="login")
    assert teller._desk.opt_out == []
    error = await doer.refused("set_queue_agent", **data, change="pause")
    assert error.translation_key == "not_supported"


async def queue_of(anna: Anna) -> str:
    """Return an entity of a queue, once there is one."""
    await until(lambda: anna.of_entry("_queue_"))
    return anna.of_entry("_queue_")[0]


@on(*lacking("ipcortex", "switchvox", "asterisk"))
async def test_queue_that_nobody_can_join(teller: Teller, anna: Anna, doer: Doer) -> None:
    """A system whose queues can only be read says so."""
    data = {"queue": doer.device_of(await queue_of(anna)), "change": "login"}
    error = await doer.refused("set_queue_agent", entity_id=anna.entity("status"), **data)
    assert error.translation_key == "not_supported"


@on_all()
async def test_queue(teller: Teller, anna: Anna, doer: Doer) -> None:
    """Every system tells what is known of a queue."""
    answer = await doer.ask("get_queue", entity_id=await queue_of(anna))
    assert answer["name"] in {"Sales", "Hotline", "sales"}
    assert isinstance(answer["agents"], list)


@on(*lacking("axeos", "asterisk"))
async def test_statistics_that_stay(teller: Teller, anna: Anna, doer: Doer) -> None:
    """Only one system can start its statistics anew."""
    error = await doer.refused("reset_queue_statistics", entity_id=await queue_of(anna))
    assert error.translation_key == "not_supported"


@on("ipcortex_admin")
async def test_switch_calendar(teller: IpcortexTeller, anna: Anna, doer: Doer) -> None:
    """An event is put into the calendar of a night mode, and read from it."""
    switch = {"entity_id": doer.entity("select", "switch", "default/3", "value")}
    times = {"start": "2026-12-25 00:00:00", "end": "2026-12-26 00:00:00"}
    await doer.act("add_switch_event", **switch, **times, value="on", repeat="NEVER")
    (event,) = (await doer.ask("get_switch_calendar", **switch))["events"]
    start = dt_util.parse_datetime(event["start"])
    assert start == dt_util.as_utc(dt_util.parse_datetime(times["start"]))
    assert (event["value"], event["repeat"]) == ("on", "NEVER")
    assert teller.pbx.world.calendar["default"][0]["event_instance"] == "2"
    backwards = {"start": times["end"], "end": times["start"]}
    assert (await doer.refused("add_switch_event", **switch, **backwards, value="on")).translation_key == (
        "end_before_start"
    )
    wrong = await doer.refused("add_switch_event", **switch, **times, value="sometimes")
    assert wrong.translation_key == "no_such_value"
    user = {"entity_id": anna.entity("status")}
    assert (await doer.refused("get_switch_calendar", **user)).translation_key == "no_such_switch"
    nothing = {"entity_id": "select.nothing"}
    assert (await doer.refused("get_switch_calendar", **nothing)).translation_key == "no_such_switch"


@on("axeos", "innovaphone")
async def test_switch_without_a_calendar(teller: Teller, anna: Anna, doer: Doer) -> None:
    """A switch of a PBX that keeps no calendar says so."""
    await until(lambda: anna.of_entry("_switch_"))
    switch = anna.of_entry("_switch_")[0]
    error = await doer.refused("get_switch_calendar", entity_id=switch)
    assert error.translation_key == "control_not_supported"


@on("ipcortex_admin")
async def test_rest(hass: HomeAssistant, teller: IpcortexTeller, anna: Anna, doer: Doer) -> None:
    """Any call can be made, except for logging in and out, and only by administrators."""
    call = {**doer.pbx, "path": "/rest/dialplan/readlink", "data": {"type": "user"}}
    answer = await doer.ask("call_rest", **call)
    assert answer["values"] == {"020123456aba0": {"type": "link", "user": "anna"}}
    wrong = await doer.refused("call_rest", **doer.pbx, path="/rest/auth/logout")
    assert wrong.translation_key == "path_not_allowed"
    guest = MockUser(is_owner=False).add_to_hass(hass)
    requests = len(teller.pbx.recorder.requests)
    with pytest.raises(Unauthorized):
        await doer.act("call_rest", Context(user_id=guest.id), **call)
    assert "readlink" not in str([item.path for item in teller.pbx.recorder.requests[requests:]])
    admin = MockUser(is_owner=True).add_to_hass(hass)
    await doer.act("call_rest", Context(user_id=admin.id), **call)


@on("switchvox")
async def test_connect_numbers(teller: SwitchvoxTeller, anna: Anna, doer: Doer) -> None:
    """One number is called and connected to another; the call can be ended by what the answer says."""
    answer = await doer.ask(
        "connect_numbers",
        entity_id=anna.entity("status"),
        first="100",
        second=BJORN,
        caller_name="Doorbell",
        timeout=20,
        variables={"door": "front"},
    )
    (sent,) = teller.pbx.journal.of("switchvox.users.call")
    assert (sent["dial_first"], sent["dial_second"]) == ("100", BJORN)
    assert (sent["caller_id_name"], sent["timeout"]) == ("Doorbell", "20")
    assert sent["variables"] == ["door=front"]
    assert answer["result"] == "ringing"
    await anna.shows(active_calls="1")
    await doer.act("hangup", call_id=answer["call_id"])
    await anna.shows(active_calls="0")


@on("switchvox")
async def test_connect_numbers_whose_call_is_not_named(teller: Teller, anna: Anna, doer: Doer) -> None:
    """A call that starts at nobody who is watched has no id."""
    user = anna.entity("status")
    answer = await doer.ask("connect_numbers", entity_id=user, first="850", second="600")
    assert answer == {"result": "ringing", "call_id": None}


@on("innovaphone_user")
async def test_favourites(teller: InnovaphoneTeller, anna: Anna, doer: Doer) -> None:
    """Favourites are added, changed and removed, and so are lists of them."""
    assert await doer.ask("get_favourites", **doer.pbx) == {"favourites": []}
    await doer.act("add_favourite", **doer.pbx, name="Carla", number=CARLA)
    profiles = teller.pbx.world.profiles
    await until(lambda: profiles["alice"] and profiles["alice"][0].contacts)
    (carla,) = (await doer.ask("get_favourites", **doer.pbx))["favourites"]
    named = {**doer.pbx, "favourite_id": carla["id"]}
    await doer.act("update_favourite", **named, name="Carla C.")
    (found,) = (await doer.ask("get_favourites", **doer.pbx))["favourites"]
    assert (found["name"], found["number"]) == ("Carla C.", CARLA)
    await doer.act("update_favourite", **named, number="204")
    assert profiles["alice"][0].contacts[0]["num"] == "204"
    await doer.act("remove_favourite", **named)
    assert await doer.ask("get_favourites", **doer.pbx) == {"favourites": []}
    error = await doer.refused("update_favourite", **named, name="Nobody")
    assert error.translation_key == "no_such_favourite"


@on("innovaphone_user")
async def test_lists_of_favourites(teller: InnovaphoneTeller, anna: Anna, doer: Doer) -> None:
    """A list is created, renamed and removed."""

    def names() -> list[str]:
        return [profile.name for profile in teller.pbx.world.profiles.get("alice", [])]

    await doer.act("add_favourite_list", **doer.pbx, name="Customers")
    await until(lambda: names() == ["Customers"])
    await doer.act("rename_favourite_list", **doer.pbx, name="Partners")
    await until(lambda: names() == ["Partners"])
    await doer.act("remove_favourite_list", **doer.pbx)
    await until(lambda: names() == [])


@on("innovaphone_user")
async def test_call_elsewhere(teller: InnovaphoneTeller, anna: Anna, doer: Doer) -> None:
    """A call that the PBX knows nothing of can be shown, and taken away again."""
    await doer.act("mark_on_call", **doer.pbx, on=True)
    assert teller.pbx.count("PbxApi.AddAlienCall") == 1
    await doer.act("mark_on_call", **doer.pbx, on=False)
    assert teller.pbx.count("PbxApi.DelAlienCall") == 1
