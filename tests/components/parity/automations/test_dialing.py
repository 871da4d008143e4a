"""Automations that make calls, written without templates."""

import asyncio
from datetime import timedelta

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from tests.components.parity.anna import Anna
from tests.components.parity.doing import Doer
from tests.components.parity.teller import BJORN, Part, Teller
from tests.waiting import TIMEOUT, until

from .home import Home
from .table import on_each_that_can

LEAK = "binary_sensor.cellar_leak"


@pytest.fixture(autouse=True)
def _jumps(teller: Teller) -> None:
    """Say that time will jump."""
    teller.time_jumps()


def pass_time(hass: HomeAssistant, seconds: float) -> None:
    """Let time go by, as far as Home Assistant is concerned."""
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=seconds))


async def answered(teller: Teller, hass: HomeAssistant) -> None:
    """Let whoever is called answer; where that does not show, the time for it goes by."""
    if Part.OUTSIDE_ANSWERS in teller.cannot:
        pass_time(hass, 31)
    else:
        teller.outside_answers()


async def dials(anna: Anna, number: str, times: int = 1) -> None:
    """Wait until Anna's phone has dialed so often, the last time this number."""
    await until(lambda: anna.types("call").count("dialing") == times)
    dialed = [event["number"] for event in anna.events["call"] if event["event_type"] == "dialing"]
    assert dialed[-1].endswith(number.removeprefix("+"))


@on_each_that_can("alarm_call")
async def test_alarm_call(hass: HomeAssistant, home: Home, teller: Teller, anna: Anna) -> None:
    """Whoever answers hears what is wrong."""
    home.house.shows(LEAK, "off")
    await home.automate("alarm_call")
    home.house.shows(LEAK, "on")
    await dials(anna, BJORN)
    assert home.house.actions == []
    await answered(teller, hass)
    assert (await home.house.did("tts.speak"))["message"] == "There is water in the cellar."


@on_each_that_can("escalation")
async def test_escalation(hass: HomeAssistant, home: Home, teller: Teller, anna: Anna) -> None:
    """Who does not answer is followed by the next."""
    home.house.shows(LEAK, "off")
    await home.automate("escalation")
    home.house.shows(LEAK, "on")
    await dials(anna, teller.colleague)
    pass_time(hass, 31)
    await dials(anna, BJORN, times=2)
    assert home.house.actions == []
    await answered(teller, hass)
    await home.house.did("light.turn_on")


@on_each_that_can("handset_as_bell")
async def test_handset_as_bell(
    hass: HomeAssistant, home: Home, teller: Teller, anna: Anna, doer: Doer
) -> None:
    """A call is made that ends by itself."""
    home.house.shows("timer.oven", "active")
    await home.automate("handset_as_bell")
    home.house.shows("timer.oven", "idle")
    await dials(anna, teller.colleague)
    assert teller.calls() == 1
    pass_time(hass, 11)
    await anna.shows(status="idle", active_calls="0")
    await until(lambda: teller.calls() == 0)


@on_each_that_can("wake_up_call")
async def test_wake_up_call(hass: HomeAssistant, home: Home, teller: Teller, anna: Anna) -> None:
    """Who sleeps on is called again, who answers is not."""
    await home.automate("wake_up_call", time=soon())
    pass_time(hass, 6)
    await dials(anna, BJORN)
    if Part.OUTSIDE_ANSWERS not in teller.cannot:
        pass_time(hass, 31)
        await dials(anna, BJORN, times=2)
    await answered(teller, hass)
    await until(lambda: not hass.states.get("automation.tested").attributes["current"])
    await anna.shows(status="talking")


@on_each_that_can("school_bell")
async def test_school_bell(hass: HomeAssistant, home: Home, teller: Teller, anna: Anna) -> None:
    """At its time the loudspeakers are called, without anybody at the phone."""
    await home.automate("school_bell", time=soon())
    assert teller.calls() == 0
    pass_time(hass, 6)
    await dials(anna, "850")
    assert teller.calls() == 1


@on_each_that_can("dialed_code")
async def test_dialed_code(home: Home, teller: Teller, anna: Anna, doer: Doer) -> None:
    """The code runs the scene and ends the call, other numbers are for talking."""
    late = Part.DIALED_NUMBERS in teller.cannot
    await home.automate("dialed_code_late" if late else "dialed_code")
    teller.dial(BJORN)
    await anna.told("call", "dialing")
    teller.hang_up()
    await anna.shows(status="idle")
    assert home.house.actions == []
    teller.dial("777")
    if late:
        await number_shows(doer, anna, "777")
        teller.hang_up()
    assert (await home.house.did("scene.turn_on"))["entity_id"] == ["scene.good_night"]
    await anna.shows(status="idle")
    await until(lambda: teller.calls() == 0)


@on_each_that_can("click_to_dial")
async def test_click_to_dial(home: Home, teller: Teller, anna: Anna) -> None:
    """A press of the button makes the call."""
    home.house.shows("input_button.call_bjorn", "2026-11-02T09:00:00+00:00")
    await home.automate("click_to_dial")
    home.house.shows("input_button.call_bjorn", "2026-11-02T10:00:00+00:00")
    await dials(anna, teller.colleague)
    assert teller.calls() == 1


async def number_shows(doer: Doer, anna: Anna, number: str) -> None:
    """Wait until it is known whom Anna calls."""
    async with asyncio.timeout(TIMEOUT):
        while number not in str(await doer.ask("get_calls", entity_id=anna.entity("status"))):
            await asyncio.sleep(0.05)


def soon() -> str:
    """Return a time of day that is to come."""
    return (dt_util.now() + timedelta(seconds=5)).strftime("%H:%M:%S")
