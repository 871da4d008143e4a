"""Automations on a phone at the door, written without templates."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest

from tests.components.parity.anna import Anna
from tests.components.parity.teller import Teller
from tests.waiting import until

from .home import Home
from .table import on_each_that_can


@pytest.fixture
def options(teller: Teller) -> dict[str, Any]:
    """Choose the phone at the door as such."""
    # A Switchvox shows the phones of others only if these are watched.
    return {"door_phones": [teller.door], "watch": "all"}


@on_each_that_can("door_station")
async def test_door_station(hass: HomeAssistant, home: Home, teller: Teller, anna: Anna) -> None:
    """The notice has a picture and a button, which opens the door and ends the call."""
    assert await async_setup_component(hass, "doorbell", {})
    await home.automate("door_station")
    teller.door_calls()
    notice = await home.house.did("notify.mobile_app_anna_phone")
    assert notice["data"]["image"] == "/api/camera_proxy/camera.door"
    home.house.press(notice["data"]["actions"][0]["action"])
    await home.house.did("notify.mobile_app_anna_phone", "lock.open")
    await anna.shows(status="idle")
    await until(lambda: teller.calls() == 0)


@on_each_that_can("door_by_number")
async def test_door_by_number(home: Home, teller: Teller, anna: Anna) -> None:
    """A call from the number of the door does the same, another does not."""
    await home.automate("door_by_number", door_number=teller.door_number)
    teller.ring()
    await anna.shows(status="ringing")
    teller.hang_up()
    await anna.shows(status="idle")
    assert home.house.actions == []
    teller.door_calls()
    notice = await home.house.did("notify.mobile_app_anna_phone")
    home.house.press(notice["data"]["actions"][0]["action"])
    await home.house.did("notify.mobile_app_anna_phone", "lock.open")
    await anna.shows(status="idle")
    await until(lambda: teller.calls() == 0)


@on_each_that_can("nobody_opened")
async def test_nobody_opened(home: Home, teller: Teller, anna: Anna) -> None:
    """A picture is kept of whoever rang in vain."""
    await home.automate("nobody_opened")
    teller.door_calls()
    await anna.shows(status="ringing")
    assert home.house.actions == []
    teller.hang_up()
    await home.house.did("camera.snapshot", "logbook.log")
