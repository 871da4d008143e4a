"""The cards in a real browser: what a PBX does is painted, and what is pressed reaches the PBX."""

from collections.abc import AsyncIterator
from pathlib import Path

from playwright.async_api import expect
import pytest_asyncio

from tests.live.browser import PHONE, Browser
from tests.live.dashboards import cards_in_sections, name_person, save_dashboard
from tests.live.instance import LiveHomeAssistant
from tests.simulators.innovaphone import InnovaphoneSimulator
from tests.simulators.innovaphone.small_world import APP, APP_PASSWORD
from tests.waiting import until

STATUS = "sensor.master_example_com_alice_a_status"
JANSEN = ("0003120123456", "Jansen & Zonen")
CARDS = ({"type": "custom:pbx-switchboard-card"}, {"type": "custom:pbx-my-phone-card"})


@pytest_asyncio.fixture(loop_scope="session")
async def pbx(live: LiveHomeAssistant) -> AsyncIterator[InnovaphoneSimulator]:
    """Run a simulated PBX in which the demo user is Alice, and remove it from Home Assistant afterwards."""
    async with InnovaphoneSimulator() as simulator:
        connection = {"port": simulator.port, "tls": False, "trust": "off"}
        form = {"host": simulator.host, "app": APP, "password": APP_PASSWORD, "connection": connection}
        await live.api.config_flow.run("pbx", "innovaphone", "innovaphone_app", form)
        await live.api.wait_for_state(STATUS, "idle")
        [entry] = await live.api.entries("pbx")
        alice = simulator.world.get("alice")
        await name_person(live.api, entry["entry_id"], alice.guid)
        await live.api.wait_for_state(STATUS, "idle")
        yield simulator
        await live.api.delete_entry(entry["entry_id"])
        assert simulator.violations == []


async def test_a_call_from_ringing_to_transfer(
    live: LiveHomeAssistant, browser: Browser, pbx: InnovaphoneSimulator, screens: Path
) -> None:
    """A call rings on the screen, is answered, held, resumed, and dragged onto a colleague."""
    path = await save_dashboard(live.api, "desk", cards_in_sections(*CARDS))
    page = await browser.page(path)
    phone = page.page.locator("pbx-my-phone-card")
    await page.screenshot(screens / "1 idle.png", "pbx-chip", "text=No call")
    call = pbx.engine.incoming(JANSEN[0], "alice", name=JANSEN[1])
    await expect(phone.get_by_text(JANSEN[1])).to_be_visible()
    await page.screenshot(screens / "2 ringing.png")
    await phone.get_by_role("button", name="Answer").click()
    await live.api.wait_for_state(STATUS, "talking")
    await phone.get_by_role("button", name="Hold").click()
    await live.api.wait_for_state(STATUS, "on_hold")
    await phone.get_by_role("button", name="Resume").click()
    await live.api.wait_for_state(STATUS, "talking")
    await page.screenshot(screens / "3 talking.png", "text=On a call with Jansen")
    handle = page.page.locator("pbx-switchboard-card .handle")
    await handle.hover()
    await page.page.mouse.down()
    chloe = page.page.locator("pbx-chip", has_text="Chloé")
    await chloe.hover()
    await page.page.screenshot(path=screens / "4 dragging.png")
    await page.page.mouse.up()
    await until(lambda: any(leg.owner.h323 == "chloe" for leg in call.legs))
    await live.api.wait_for_state(STATUS, "idle")
    await expect(chloe.get_by_text(JANSEN[1])).to_be_visible()
    await chloe.get_by_role("button", name="Pick up").click()
    await live.api.wait_for_state(STATUS, "talking")
    await phone.get_by_role("button", name="Hang up").click()
    await live.api.wait_for_state(STATUS, "idle")
    assert not page.errors


async def test_dial_by_name(
    live: LiveHomeAssistant, browser: Browser, pbx: InnovaphoneSimulator, screens: Path
) -> None:
    """A colleague is found by the beginning of the name and called, on a small dark screen."""
    path = await save_dashboard(live.api, "desk", cards_in_sections(*CARDS))
    page = await browser.page(path, size=PHONE, dark=True)
    await page.screenshot(screens / "1 switchboard.png", "pbx-chip")
    phone = page.page.locator("pbx-my-phone-card")
    await phone.get_by_role("textbox", name="Name or number").fill("bjo")
    await phone.get_by_role("button", name="Björn").scroll_into_view_if_needed()
    await page.screenshot(screens / "2 found.png")
    await phone.get_by_role("button", name="Björn").click()
    await live.api.wait_for_state(STATUS, "dialing")
    await expect(phone.locator(".caller")).to_contain_text("Björn")
    await page.screenshot(screens / "3 dialing.png")
    await phone.get_by_role("button", name="Hang up").click()
    await live.api.wait_for_state(STATUS, "idle")
    assert not page.errors
