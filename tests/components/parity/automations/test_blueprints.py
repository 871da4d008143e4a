"""Each blueprint does what it says, on every system that has what it needs."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from tests.components.parity.anna import Anna
from tests.components.parity.axeos import AxeosTeller
from tests.components.parity.doing import Doer, on
from tests.components.parity.systems import on_all, with_part
from tests.components.parity.teller import BJORN, CARLA, Part, Teller
from tests.waiting import until

from .house import BLUEPRINTS, House

SPEAKER, LAMP, CALENDAR = "media_player.office", "light.door", "calendar.office"
TARGET = {"entity_id": [LAMP]}


@pytest.fixture
def options(hass: HomeAssistant, tmp_path: Path) -> dict[str, Any]:
    """Have Carla in two groups of the address book."""
    hass.config.config_dir = str(tmp_path)
    folder = tmp_path / "contacts"
    folder.mkdir()
    card = f"BEGIN:VCARD\nVERSION:3.0\nFN:Carla\nTEL:{CARLA}\nCATEGORIES:vip,blocked\nEND:VCARD\n"
    (folder / "carla.vcf").write_text(card)
    return {"vcard_folder": "contacts"}


async def talk(teller: Teller, anna: Anna) -> None:
    """Let Carla call and Anna answer."""
    teller.ring()
    await anna.shows(status="ringing")
    teller.answer()
    await anna.shows(status="talking")


async def miss(teller: Teller, anna: Anna) -> None:
    """Let Carla call in vain."""
    teller.ring()
    await anna.shows(status="ringing")
    teller.hang_up()
    await anna.shows(status="idle")


@on_all()
async def test_pause_media(house: House, line: str, teller: Teller, anna: Anna) -> None:
    """Music stops when it rings and goes on after the call; what was off stays off."""
    house.shows(SPEAKER, "playing")
    house.shows("media_player.kitchen", "off")
    await house.use("pause_media", line=line, players=[SPEAKER, "media_player.kitchen"])
    await talk(teller, anna)
    paused = await house.did("media_player.media_pause")
    assert paused["entity_id"] == [SPEAKER]
    teller.hang_up()
    played = await house.did("media_player.media_pause", "media_player.media_play")
    assert played["entity_id"] == [SPEAKER]


@on_all()
async def test_pause_media_for_some_numbers(house: House, line: str, teller: Teller, anna: Anna) -> None:
    """Only the callers who were named stop the music."""
    house.shows(SPEAKER, "playing")
    await house.use("pause_media", line=line, players=[SPEAKER], numbers=["+4930*"])
    await miss(teller, anna)
    await house.idle()
    assert house.actions == []


@on_all()
async def test_busy_light(house: House, line: str, teller: Teller, anna: Anna) -> None:
    """The light shows ringing, then talking, then nothing."""
    await house.use("busy_light", line=line, light=TARGET)
    teller.ring()
    assert (await house.did("light.turn_on"))["rgb_color"] == [255, 160, 0]
    teller.answer()
    assert (await house.did("light.turn_on", "light.turn_on"))["rgb_color"] == [255, 0, 0]
    teller.hang_up()
    await house.did("light.turn_on", "light.turn_on", "light.turn_off")


@on_all()
async def test_busy_light_while_another_call_rings(
    house: House, line: str, teller: Teller, anna: Anna
) -> None:
    """One who talks is busy, whatever else rings."""
    await house.use("busy_light", line=line, light=TARGET)
    await talk(teller, anna)
    await house.did("light.turn_on", "light.turn_on")
    teller.ring()
    await anna.shows(status="ringing", on_a_call="on")
    assert (await house.did(*["light.turn_on"] * 3))["rgb_color"] == [255, 0, 0]


@on_all()
async def test_missed_call_notice(house: House, line: str, teller: Teller, anna: Anna, doer: Doer) -> None:
    """The notice names the caller; its button calls back from Anna's phone."""
    await house.use("missed_call_notice", line=line, app=house.phone_with_app())
    await miss(teller, anna)
    notice = await house.did("notify.mobile_app_anna_phone")
    assert notice["message"] == f"Carla ({teller.shown})"
    [button] = notice["data"]["actions"]
    house.press(button["action"])
    await until(lambda: anna.value("status") != "idle")


@with_part(Part.VOICEMAIL)
async def test_voicemail_lamp(house: House, teller: Teller, anna: Anna, doer: Doer) -> None:
    """The lamp is on while there are new messages, and each new one is told."""
    assert teller.mailbox is not None
    notice = [{"action": "test.note", "data": {"text": "A message"}}]
    await house.use(
        "voicemail_lamp",
        mailbox=doer.device("mailbox", teller.mailbox),
        new_messages=doer.entity("binary_sensor", "mailbox", teller.mailbox, "has_new_messages"),
        light=TARGET,
        notice=notice,
    )
    teller.voicemail()
    await until(lambda: "test.note" in house.actions)
    assert "homeassistant.turn_on" in house.actions
    assert "homeassistant.turn_off" not in house.actions


@on_all()
async def test_announce_caller(house: House, line: str, teller: Teller, anna: Anna) -> None:
    """The speaker says who calls."""
    await house.use("announce_caller", line=line, tts="tts.voice", speaker=[SPEAKER])
    teller.ring()
    said = await house.did("tts.speak")
    assert said["message"] == "Carla is calling"


@on_all()
async def test_door_station(house: House, line: str, teller: Teller, anna: Anna) -> None:
    """The notice has a picture and a button, which opens and ends the call where the PBX can."""
    opens = [{"action": "lock.open", "target": {"entity_id": "lock.door"}}]
    await house.use("door_station", line=[line], camera="camera.door", app=house.phone_with_app(), open=opens)
    # What Anna dials herself has nothing to do with the door.
    teller.dial(BJORN)
    await anna.told("call", "dialing")
    teller.hang_up()
    await anna.shows(status="idle")
    assert house.actions == []
    teller.ring()
    notice = await house.did("notify.mobile_app_anna_phone")
    assert notice["data"]["image"] == "/api/camera_proxy/camera.door"
    house.press(notice["data"]["actions"][0]["action"])
    await house.did("notify.mobile_app_anna_phone", "lock.open")
    await anna.shows(status="idle")


@on("axeos", "ipcortex_admin")
async def test_office_hours(house: House, teller: Teller, anna: Anna, doer: Doer) -> None:
    """A routing switch follows the calendar."""
    switch = next(entity for entity in anna.of_entry("_switch_") if "holidays" not in entity)
    words = {"during": "on", "otherwise": "off"}
    house.shows(CALENDAR, "off")
    await house.use("office_hours", calendar=CALENDAR, switch=switch, **words)
    house.shows(CALENDAR, "on")
    await doer.shows(switch, "on")
    house.shows(CALENDAR, "off")
    await doer.shows(switch, "off")


@on("axeos", "innovaphone", "ipcortex_admin")
async def test_forward_when_away(
    hass: HomeAssistant, house: House, line: str, teller: Teller, anna: Anna, doer: Doer
) -> None:
    """Calls are forwarded while Anna is away."""
    assert await async_setup_component(hass, "zone", {})
    home, forward = hass.states.get("zone.home"), doer.entity("text", "user", teller.anna, "forward_always")
    assert home is not None
    here = {"latitude": home.attributes["latitude"], "longitude": home.attributes["longitude"]}
    there = {"latitude": here["latitude"] + 1, "longitude": here["longitude"]}
    house.shows("person.anna", "home", **here)
    await house.use("forward_when_away", line=line, person="person.anna", number="202", delay={"seconds": 0})
    house.shows("person.anna", "not_home", **there)
    await doer.shows(forward, "202")
    house.shows("person.anna", "home", **here)
    await doer.shows(forward, "")


@with_part(Part.DO_NOT_DISTURB)
async def test_dnd_from_calendar(hass: HomeAssistant, house: House, teller: Teller, anna: Anna) -> None:
    """Do not disturb is on during the appointments that were chosen."""
    house.shows(CALENDAR, "off")
    await house.use(
        "dnd_from_calendar", calendar=CALENDAR, switch=anna.entity("do_not_disturb"), only=["meeting"]
    )
    house.shows(CALENDAR, "on", message="Lunch")
    await house.idle()
    assert not teller.do_not_disturb()
    house.shows(CALENDAR, "off")
    house.shows(CALENDAR, "on", message="Meeting with Carla")
    await until(teller.do_not_disturb)
    house.shows(CALENDAR, "off")
    await until(lambda: not teller.do_not_disturb())


@on_all()
async def test_flash_lights(house: House, line: str, teller: Teller, anna: Anna) -> None:
    """The lights blink until somebody answers, and are then as they were."""
    await house.use("flash_lights", line=line, light=[LAMP])
    teller.ring()
    await house.did("scene.create", "light.toggle")
    teller.answer()
    await anna.shows(status="talking")
    await house.did("scene.create", "light.toggle", "scene.turn_on")


@with_part(Part.OUTSIDE_ANSWERS)
async def test_alarm_call(hass: HomeAssistant, house: House, line: str, teller: Teller, anna: Anna) -> None:
    """Who does not answer in time is followed by the next number, until somebody answers."""
    house.shows("binary_sensor.leak", "off")
    notes = {name: [{"action": "test.note", "data": {"text": name}}] for name in ("answered", "in_vain")}
    await house.use("alarm_call", line=line, alarm=["binary_sensor.leak"], numbers=["202", CARLA], **notes)
    house.shows("binary_sensor.leak", "on")
    await anna.shows(status="dialing")
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=31))
    await anna.told("call", "dialing", "ended", "dialing")
    teller.outside_answers()
    assert await house.did("test.note") == {"text": "answered"}


@on("axeos")
async def test_queue_alert(house: House, teller: AxeosTeller, anna: Anna, doer: Doer) -> None:
    """A second caller in the queue is one too many."""
    queue = next(iter(teller.pbx.world.queues.values()))
    alert = [{"action": "test.note", "data": {"reason": "{{ reason }}"}}]
    await house.use("queue_alert", queue=doer.device("queue", queue.name), waiting=1, alert=alert)
    teller.pbx.acd.enter(queue, CARLA, "Carla")
    teller.pbx.acd.enter(queue, BJORN, "Bjorn")
    assert await house.did("test.note") == {"reason": "waiting"}


@on_all()
async def test_important_caller(house: House, line: str, teller: Teller, anna: Anna) -> None:
    """Who is in the group is told, by name."""
    note = [{"action": "test.note", "data": {"text": "{{ who }}"}}]
    await house.use("important_caller", line=line, actions=note)
    teller.ring()
    assert await house.did("test.note") == {"text": "Carla"}


@on_all()
async def test_unwanted_caller(house: House, line: str, teller: Teller, anna: Anna) -> None:
    """The call of somebody in the group is hung up; without a group nobody's is."""
    await house.use("unwanted_caller", line=line)
    teller.ring()
    await anna.told("call", "ringing", "ended")
    await anna.shows(status="idle")


def test_each_blueprint_is_tried() -> None:
    """No blueprint is without a test here."""
    names = {path.stem for path in BLUEPRINTS.rglob("*.yaml")}
    assert {name for name in names if f"test_{name}" not in globals()} == set()
