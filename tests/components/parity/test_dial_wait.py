"""Wait for what becomes of a call that Home Assistant makes, on every system."""

import asyncio
from datetime import timedelta
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.pbx.const import DOMAIN

from .anna import Anna
from .systems import with_part, without_part
from .teller import BJORN, Part, Teller

SECONDS = 5


class Patience:
    """Somebody who lets Anna call and waits for the response."""

    def __init__(self, hass: HomeAssistant, anna: Anna) -> None:
        self._hass = hass
        self._anna = anna

    def dial(self, **data: Any) -> asyncio.Task[dict[str, Any]]:
        """Begin to wait."""
        dial = self._anna.run(DOMAIN, "dial", "status", number=BJORN, **data)
        return self._hass.async_create_task(dial)

    def lose(self) -> None:
        """Let the time be over."""
        async_fire_time_changed(self._hass, dt_util.utcnow() + timedelta(seconds=SECONDS + 1))


@pytest.fixture
def patience(hass: HomeAssistant, anna: Anna) -> Patience:
    """Return somebody who waits."""
    return Patience(hass, anna)


@with_part(Part.OUTSIDE_ANSWERS)
async def test_answered(teller: Teller, anna: Anna, patience: Patience) -> None:
    """Whoever is called answers in time."""
    dial = patience.dial(wait=SECONDS)
    await anna.shows(status="dialing")
    teller.outside_answers()
    response = await dial
    assert response["result"] == "connected"
    await anna.told("call", "dialing", "answered")
    assert response["call_id"] == anna.events["call"][0]["call_id"]


@with_part(Part.OUTSIDE_ANSWERS)
async def test_rings_on(teller: Teller, anna: Anna, patience: Patience) -> None:
    """Nobody answers in time; the call rings on, and can be ended by its id."""
    dial = patience.dial(wait=SECONDS)
    await anna.shows(status="dialing")
    assert not dial.done()
    patience.lose()
    response = await dial
    assert response["result"] == "ringing"
    assert teller.calls() == 1
    await anna.run(DOMAIN, "hangup", "status", call_id=response["call_id"])
    await anna.shows(status="idle")
    assert teller.calls() == 0


@with_part(Part.OUTSIDE_ANSWERS)
async def test_rings_for_a_while(teller: Teller, anna: Anna, patience: Patience) -> None:
    """A call that nobody answers in time is ended."""
    dial = patience.dial(ring_for=SECONDS)
    await anna.shows(status="dialing")
    patience.lose()
    assert (await dial)["result"] == "no_answer"
    await anna.shows(status="idle")
    assert teller.calls() == 0


@with_part(Part.OUTSIDE_ANSWERS)
async def test_ends(teller: Teller, anna: Anna, patience: Patience) -> None:
    """The call ends before anybody has answered."""
    dial = patience.dial(wait=SECONDS)
    await anna.shows(active_calls="1")
    teller.hang_up()
    assert (await dial)["result"] == "no_answer"
    await anna.shows(status="idle")


@without_part(Part.OUTSIDE_ANSWERS)
async def test_hidden_answer(teller: Teller, anna: Anna, patience: Patience) -> None:
    """Where nobody can know whether it was answered, the answer of the PBX is all there is."""
    dial = patience.dial(wait=SECONDS)
    await anna.shows(active_calls="1")
    patience.lose()
    assert (await dial)["result"] == "connected"
    assert teller.calls() == 1
