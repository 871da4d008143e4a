"""Callers in a group of the address book are turned away, as each system can."""

from pathlib import Path
from typing import Any

from homeassistant.core import HomeAssistant
import pytest

from .anna import Anna
from .doing import Doer, on
from .teller import BJORN, CARLA, Teller

# What becomes of the call: a PBX that has no refusal ends it.
RESULTS = {
    "asterisk": "rejected",
    "axeos": "hung_up",
    "innovaphone": "rejected",
    "switchvox": "hung_up",
    "ipcortex": "rejected",
}


@pytest.fixture
def options(hass: HomeAssistant, tmp_path: Path) -> dict[str, Any]:
    """Return options with an address book in which Carla is blocked."""
    hass.config.config_dir = str(tmp_path)
    folder = tmp_path / "contacts"
    folder.mkdir()
    card = f"BEGIN:VCARD\nVERSION:3.0\nFN:Carla\nTEL:{CARLA}\nCATEGORIES:Blocked\nEND:VCARD\n"
    (folder / "carla.vcf").write_text(card)
    return {"vcard_folder": "contacts"}


@on(*RESULTS)
async def test_unwanted(request: pytest.FixtureRequest, teller: Teller, anna: Anna, doer: Doer) -> None:
    """Who is in the group is turned away; who is in another one is left alone."""
    teller.ring()
    await anna.shows(status="ringing")
    here = {"entity_id": anna.entity("status")}
    assert await doer.ask("reject_unwanted", **here, group=["vip", "family"]) == {"result": "passed"}
    answer = await doer.ask("reject_unwanted", **here, group=["blocked"])
    assert answer == {"result": RESULTS[request.node.callspec.params["teller"]]}
    await anna.shows(status="idle")
    assert "answered" not in anna.types("call")


async def turn_away(action: str, teller: Teller, anna: Anna, doer: Doer) -> None:
    """Let Carla call, and end that on purpose."""
    teller.ring()
    await anna.shows(status="ringing", active_calls="1")
    before = anna.value("missed_calls")
    await doer.act(action, entity_id=anna.entity("status"))
    await anna.shows(status="idle", active_calls="0")
    await anna.told("call", "ringing", "ended")
    assert anna.events["call"][-1]["outcome"] == "busy"
    assert anna.last_call()["outcome"] == "busy"
    assert anna.value("missed_calls") == before
    assert teller.calls() == 0


@on(*RESULTS)
async def test_hung_up_while_it_rings(teller: Teller, anna: Anna, doer: Doer) -> None:
    """Who ends a call that rings has not missed it."""
    await turn_away("hangup", teller, anna, doer)


@on(*(name for name, result in RESULTS.items() if result == "rejected"))
async def test_rejected_while_it_rings(teller: Teller, anna: Anna, doer: Doer) -> None:
    """Nor who refuses it."""
    await turn_away("reject", teller, anna, doer)


@on("axeos")
async def test_no_redirecting(teller: Teller, anna: Anna, doer: Doer) -> None:
    """A PBX that redirects no calls says so, and does nothing else instead."""
    teller.ring()
    await anna.shows(status="ringing")
    data = {"entity_id": anna.entity("status"), "group": ["blocked"], "number": BJORN}
    assert (await doer.refused("reject_unwanted", **data)).translation_key == "not_supported"
    await anna.shows(status="ringing")


@on("innovaphone")
async def test_redirecting(teller: Teller, anna: Anna, doer: Doer) -> None:
    """An unwanted caller is sent elsewhere."""
    teller.ring()
    await anna.shows(status="ringing")
    data = {"entity_id": anna.entity("status"), "group": "blocked", "number": "202"}
    assert await doer.ask("reject_unwanted", **data) == {"result": "redirected"}
    await anna.shows(status="idle")
