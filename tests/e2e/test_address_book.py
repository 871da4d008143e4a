"""An address book as a newcomer sets it up: three people, one of them blocked, and a call by voice."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest_asyncio

from tests.e2e.test_options import add_person
from tests.live.browser import Browser
from tests.live.flow_dialog import FlowDialog
from tests.live.instance import LiveHomeAssistant
from tests.live.network import until
from tests.simulators.axeos import AxeosSimulator
from tests.simulators.axeos.small_world import API_KEY, small_world

ANNA = "pbx_example_org_anna_de_vries"
OTHER_PARTY, STATUS, EVENT = (
    f"sensor.{ANNA}_other_party",
    f"sensor.{ANNA}_status",
    f"event.{ANNA}_call",
)
CARDS = """BEGIN:VCARD
VERSION:3.0
FN:Maria Rossi
TEL;TYPE=CELL:+31 (0)6 1234 5671
TEL;TYPE=HOME:+31 20 123 4571
CATEGORIES:Family
END:VCARD
BEGIN:VCARD
VERSION:3.0
FN:Maria Weber
TEL;TYPE=WORK:+49 30 123 4572 (office)
END:VCARD
BEGIN:VCARD
VERSION:3.0
FN:Pushy Sales
TEL:+44 0 20 7946 0123
CATEGORIES:Blocked
END:VCARD
"""
CALLERS = {"+31612345671": "Maria Rossi", "+49301234572": "Maria Weber", "+442079460123": "Pushy Sales"}
AUTOMATION = {
    "alias": "Nobody from sales",
    "mode": "queued",
    "triggers": [{"trigger": "pbx.call_ringing", "target": {"entity_id": EVENT}}],
    "actions": [{"action": "pbx.reject_unwanted", "data": {"group": ["blocked"], "end_call": True}}],
}


@pytest_asyncio.fixture(loop_scope="session")
async def pbx(live: LiveHomeAssistant) -> AsyncIterator[AxeosSimulator]:
    """Run a simulated PBX that Home Assistant knows, and remove it at the end."""
    async with AxeosSimulator(world=small_world()) as simulator:
        connection = {"port": simulator.port, "tls": False}
        form = {"host": simulator.host, "api_key": API_KEY, "connection": connection}
        await live.api.config_flow.run("pbx", "axeos", "axeos_api_key", form)
        await live.api.wait_for_state(STATUS, "idle")
        await simulator.events.wait_for_pollers()
        yield simulator
        for entry in await live.api.entries("pbx"):
            await live.api.delete_entry(entry["entry_id"])


async def ask(live: LiveHomeAssistant, text: str, conversation: str | None) -> tuple[str, str]:
    """Say something through a voice pipeline, and return the answer with the id of the conversation."""
    fields: dict[str, Any] = {"start_stage": "intent", "end_stage": "intent", "input": {"text": text}}
    if conversation is not None:
        fields["conversation_id"] = conversation
    async with live.api.listen("assist_pipeline/run", **fields) as events:
        while True:
            event = await events.get()
            if event["type"] == "intent-end":
                output = event["data"]["intent_output"]
                return output["response"]["speech"]["plain"]["speech"], output["conversation_id"]
            assert event["type"] != "error", event


async def test_newcomer(
    live: LiveHomeAssistant, browser: Browser, pbx: AxeosSimulator, screens: Path
) -> None:
    """Three people are put into a folder, which is named in the options; each calls, and is called."""
    folder = live.config_dir / "contacts"
    folder.mkdir(exist_ok=True)
    (folder / "people.vcf").write_text(CARDS)
    page = await browser.page(size=(1280, 1900))
    dialog = await FlowDialog.configure(page, "pbx")
    await dialog.open_section("Address book")
    await page.screenshot(screens / "1 address book.png")
    await dialog.fill({"Folder with vCard files": "/config/contacts"})
    await dialog.submit()
    await page.screenshot(screens / "2 refused.png")
    assert await dialog.errors()
    await dialog.fill({"Folder with vCard files": "contacts"})
    await add_person(page, dialog, "Demo", "Anna de Vries")
    await dialog.submit()
    await until(lambda: is_loaded(live))
    await live.api.wait_for_state(STATUS, "idle")
    await pbx.events.wait_for_pollers()

    for number, name in CALLERS.items():
        call = pbx.engine.incoming(number=number, name="", extension="201")
        call.ring(pbx.world.user("anna"))
        await live.api.wait_for_state(OTHER_PARTY, name)
        call.hangup()
        await live.api.wait_for_state(STATUS, "idle")

    await live.api.rest.post("config/automation/config/unwanted", AUTOMATION)
    await live.api.wait_for_state("automation.nobody_from_sales", "on")
    call = pbx.engine.incoming(number="+442079460123", name="", extension="201")
    call.ring(pbx.world.user("anna"))
    await live.api.wait_for_state(OTHER_PARTY, "Pushy Sales")
    await live.api.wait_for_state(STATUS, "idle")
    call = pbx.engine.incoming(number="+31612345671", name="", extension="201")
    call.ring(pbx.world.user("anna"))
    await live.api.wait_for_state(OTHER_PARTY, "Maria Rossi")
    await live.api.wait_for_state(STATUS, "ringing")
    call.hangup()
    await live.api.wait_for_state(STATUS, "idle")
    await live.api.rest.delete("config/automation/config/unwanted")

    answer, conversation = await ask(live, "call Maria", None)
    assert answer == "Which one: Maria Rossi or Maria Weber?"
    assert await ask(live, "Weber", conversation) == ("Calling Maria Weber.", conversation)
    await live.api.wait_for_state(STATUS, "talking")
    assert not page.errors


async def is_loaded(live: LiveHomeAssistant) -> bool:
    """Return whether the entry is loaded."""
    (entry,) = await live.api.entries("pbx")
    return bool(entry["state"] == "loaded")
