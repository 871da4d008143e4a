"""Calls in the activity page, on the to-do list, and in words, in a real Home Assistant."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.live.browser import Browser
from tests.live.instance import LiveHomeAssistant
from tests.live.network import until
from tests.simulators.axeos import AxeosSimulator
from tests.simulators.axeos.small_world import API_KEY, small_world

NAME = "pbx_example_org"
ANNA = f"sensor.{NAME}_anna_de_vries_status"
LIST = f"todo.{NAME}_anna_de_vries_calls_to_return"
LAST = f"sensor.{NAME}_last_call"


@pytest_asyncio.fixture(loop_scope="session")
async def pbx(live: LiveHomeAssistant) -> AsyncIterator[AxeosSimulator]:
    """Run a simulated PBX that Home Assistant has, until the end of the test."""
    async with AxeosSimulator(world=small_world()) as simulator:
        connection = {"port": simulator.port, "tls": False}
        form = {"host": simulator.host, "api_key": API_KEY, "connection": connection}
        result = await live.api.config_flow.run("pbx", "axeos", "axeos_api_key", form)
        await live.api.wait_for_state(ANNA, "idle")
        yield simulator
        await live.api.delete_entry(result["result"]["entry_id"])


async def say(live: LiveHomeAssistant, text: str, language: str) -> str:
    """Say something to the assistant, and return its answer."""
    answer = await live.api.rest.post("conversation/process", {"text": text, "language": language})
    speech: str = answer["response"]["speech"]["plain"]["speech"]
    return speech


async def listens(live: LiveHomeAssistant) -> bool:
    """Return whether the assistant listens for our sentences, which it does soon after the set-up."""
    answer = await live.api.socket.command("conversation/sentences/list")
    return any("hang up" in sentence for sentence in answer["trigger_sentences"])


async def let_know(live: LiveHomeAssistant, *entity_ids: str) -> None:
    """Expose entities to the assistant."""
    await live.api.socket.command(
        "homeassistant/expose_entity",
        assistants=["conversation"],
        entity_ids=entity_ids,
        should_expose=True,
    )


async def test_in_words(live: LiveHomeAssistant, pbx: AxeosSimulator) -> None:
    """The assistant answers in three languages."""
    await let_know(live, ANNA)
    await until(lambda: listens(live))
    call = pbx.engine.incoming(number="+31201234567", name="Carla", extension="201")
    call.ring(pbx.world.user("anna"))
    await live.api.wait_for_state(ANNA, "ringing")
    assert await say(live, "Who is calling?", "en") == "Carla is calling Anna de Vries."
    assert await say(live, "Wer ruft an?", "de") == "Anruf für Anna de Vries: Carla."
    assert await say(live, "Wie belt er?", "nl") == "Oproep voor Anna de Vries: Carla."
    call.hangup()


async def test_on_pages(
    live: LiveHomeAssistant, browser: Browser, pbx: AxeosSimulator, screens: Path
) -> None:
    """A missed call and one that was answered are told in sentences; the missed one is to be returned."""
    await live.api.socket.command("config/entity_registry/update", entity_id=LIST, disabled_by=None)
    [entry] = await live.api.entries("pbx")
    await live.api.reload_entry(entry["entry_id"])
    await live.api.wait_for_state(LIST, "0")
    await pbx.events.wait_for_pollers()
    missed = pbx.engine.incoming(number="+31201234567", name="Carla", extension="201")
    missed.ring(pbx.world.user("anna"))
    await live.api.wait_for_state(ANNA, "ringing")
    missed.hangup()
    await live.api.wait_for_state(LIST, "1")
    taken = pbx.engine.incoming(number="+31207654321", extension="202")
    taken.ring(pbx.world.user("bjorn")).answer()
    await live.api.wait_for_state(f"sensor.{NAME}_bjorn_akesson_status", "talking")
    taken.hangup()
    await live.api.wait_for_state(f"sensor.{NAME}_bjorn_akesson_status", "idle")
    page = await browser.page()
    await page.open("/logbook")
    await page.screenshot(screens / "1 activity.png", "text=from Carla")
    await page.open(f"/todo?entity_id={LIST}")
    await page.screenshot(screens / "2 calls to return.png", "text=Call back Carla")
    [anna] = [device for device in await live.api.devices() if device["name"] == "Anna de Vries"]
    await page.open(f"/config/devices/device/{anna['id']}")
    await page.screenshot(screens / "3 device.png", "text=from Carla", full_page=True)
    assert not page.errors
