"""Options mean the same on every system."""

from typing import Any

from homeassistant.core import HomeAssistant
import pytest

from custom_components.pbx.const import DOMAIN
from tests.waiting import until

from .anna import Anna
from .systems import on_all
from .teller import BJORN, Teller

# The phone of Anna on each system.
PHONES = ["00000002-0000-4000-8000-000000000001", "anna-ip112", "SIP/anna", "1101", "PJSIP/201"]


@pytest.fixture
def options() -> dict[str, Any]:
    """Ignore calls that ring for less than ten seconds, and take Anna's phone for a door phone."""
    return {"ring_filter": 10, "door_phones": PHONES}


@on_all()
async def test_short_ring(teller: Teller, anna: Anna) -> None:
    """A call that rings for an instant is not told; the next one, which Anna answers, is told at once."""
    teller.ring()
    teller.hang_up()
    teller.ring()
    # The PBX itself says of her phone that it rings.
    await anna.shows(status="ringing")
    teller.answer()
    await anna.shows(status="talking", active_calls="1")
    teller.hang_up()
    await anna.shows(status="idle", active_calls="0", missed_calls="0")
    await anna.told("call", "ringing", "answered", "ended")
    assert anna.values["active_calls"] == ["1", "0"]


@on_all()
async def test_doorbell(hass: HomeAssistant, teller: Teller, anna: Anna) -> None:
    """A door phone that calls somebody rings the doorbell, at once."""
    (doorbell,) = anna.of_entry("_doorbell")
    await anna.run(DOMAIN, "dial", "status", number=BJORN)
    await until(lambda: (state := hass.states.get(doorbell)) is not None and state.state != "unknown")
    await anna.told("call", "dialing")
    ring = hass.states.get(doorbell)
    assert ring is not None
    assert ring.attributes["event_type"] == "ring"
    assert ring.attributes["call_id"] == anna.events["call"][0]["call_id"]
    await anna.run(DOMAIN, "hangup", "status")
    await anna.shows(status="idle", active_calls="0")
