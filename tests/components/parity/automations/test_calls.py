"""Automations on calls that come in, written without templates."""

from tests.components.parity.anna import Anna
from tests.components.parity.teller import Teller
from tests.waiting import until

from .home import Home
from .table import on_each_that_can

PLAYER = "media_player.office"


async def door_rings_in_vain(teller: Teller, anna: Anna) -> None:
    """Let a phone inside ring Anna, who does not answer."""
    teller.door_calls()
    await anna.shows(status="ringing")
    teller.hang_up()
    await anna.shows(status="idle")


@on_each_that_can("pause_media")
async def test_pause_media(home: Home, teller: Teller, anna: Anna) -> None:
    """Music stops while the phone rings, and goes on after the call."""
    home.house.shows(PLAYER, "playing")
    await home.automate("pause_media")
    teller.ring()
    await home.house.did("media_player.media_pause")
    teller.answer()
    await anna.shows(status="talking")
    teller.hang_up()
    await home.house.did("media_player.media_pause", "media_player.media_play")


@on_each_that_can("some_callers")
async def test_some_callers(home: Home, teller: Teller, anna: Anna) -> None:
    """A colleague does not stop the music, a customer does."""
    await home.automate("some_callers")
    await door_rings_in_vain(teller, anna)
    await home.house.idle()
    assert home.house.actions == []
    teller.ring()
    await home.house.did("media_player.media_pause")


@on_each_that_can("some_lines")
async def test_some_lines(home: Home, teller: Teller, anna: Anna) -> None:
    """What the dial plan has tagged stops the music."""
    await home.automate("some_lines")
    teller.ring()
    await home.house.did("media_player.media_pause")


@on_each_that_can("flash_lights")
async def test_flash_lights(home: Home, teller: Teller, anna: Anna) -> None:
    """The lights flash until somebody answers, and are then as before."""
    await home.automate("flash_lights")
    teller.ring()
    await home.house.did("scene.create", "light.toggle")
    teller.answer()
    await home.house.did("scene.create", "light.toggle", "scene.turn_on")


@on_each_that_can("busy_light")
async def test_busy_light(home: Home, teller: Teller, anna: Anna) -> None:
    """The light is on from the answer to the end of the call."""
    await home.automate("busy_light")
    teller.ring()
    await anna.shows(status="ringing")
    assert home.house.actions == []
    teller.answer()
    assert (await home.house.did("light.turn_on"))["color_name"] == "red"
    teller.hang_up()
    await home.house.did("light.turn_on", "light.turn_off")


@on_each_that_can("missed_call")
async def test_missed_call(home: Home, teller: Teller, anna: Anna) -> None:
    """The notice names the caller; its button calls back from Anna's phone."""
    home.house.phone_with_app()
    await home.automate("missed_call")
    teller.ring()
    await anna.shows(status="ringing")
    teller.hang_up()
    notice = await home.house.did("notify.mobile_app_anna_phone")
    assert notice["title"] == "Missed call"
    assert notice["message"].startswith(f"Carla ({teller.shown}) for Anna")
    home.house.press(notice["data"]["actions"][0]["action"])
    await until(lambda: anna.value("status") not in {"idle", "ringing"})


@on_each_that_can("voicemail_lamp")
async def test_voicemail_lamp(home: Home, teller: Teller, anna: Anna) -> None:
    """A new message lights the lamp, which goes out when all are heard."""
    await home.automate("voicemail_lamp")
    teller.voicemail()
    await until(lambda: "light.turn_on" in home.house.actions)
    teller.hear_voicemail()
    await until(lambda: home.house.actions[-1] == "light.turn_off")
    assert set(home.house.actions[:-1]) == {"light.turn_on"}


@on_each_that_can("known_caller")
async def test_known_caller(home: Home, teller: Teller, anna: Anna) -> None:
    """Carla's call opens the gate and is ended, a colleague's is not."""
    await home.automate("known_caller")
    await door_rings_in_vain(teller, anna)
    assert home.house.actions == []
    teller.ring()
    await home.house.did("lock.open")
    await anna.shows(status="idle")
    await until(lambda: teller.calls() == 0)


@on_each_that_can("nuisance_callers")
async def test_nuisance_callers(home: Home, teller: Teller, anna: Anna) -> None:
    """By day the phone rings, at night the call is ended."""
    home.house.shows("schedule.night", "off")
    await home.automate("nuisance_callers")
    teller.ring()
    await anna.shows(status="ringing")
    await home.house.idle()
    assert teller.calls() == 1
    teller.hang_up()
    await anna.told("call", "ringing", "missed")
    home.house.shows("schedule.night", "on")
    teller.ring()
    await until(lambda: anna.types("call") == ["ringing", "missed", "ringing", "ended"])
    await until(lambda: teller.calls() == 0)
