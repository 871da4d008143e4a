"""The options form in a real browser, as a person fills it in."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.live.browser import Browser, HaPage
from tests.live.flow_dialog import FlowDialog
from tests.live.instance import LiveHomeAssistant
from tests.simulators.axeos import AxeosSimulator
from tests.simulators.axeos.small_world import API_KEY, small_world
from tests.waiting import TIMEOUT

STATUS = "sensor.pbx_example_org_anna_de_vries_status"
DO_NOT_DISTURB = "switch.pbx_example_org_anna_de_vries_do_not_disturb"
SECTIONS = (
    "What is imported",
    "What is read, and how often",
    "Privacy",
    "Calls",
    "Dialing",
    "People",
    "Door phones",
    "Diagnostics",
)


@pytest_asyncio.fixture(loop_scope="session")
async def pbx(live: LiveHomeAssistant) -> AsyncIterator[AxeosSimulator]:
    """Run a simulated PBX that is set up in Home Assistant, and remove it in the end."""
    async with AxeosSimulator(world=small_world()) as simulator:
        form = {
            "host": simulator.host,
            "api_key": API_KEY,
            "connection": {"port": simulator.port, "tls": False},
        }
        await live.api.config_flow.run("pbx", "axeos", "axeos_api_key", form)
        await live.api.wait_for_state(STATUS, "idle")
        yield simulator
        for entry in await live.api.entries("pbx"):
            await live.api.delete_entry(entry["entry_id"])


async def devices(live: LiveHomeAssistant) -> set[str]:
    """Return the names of all devices."""
    return {device["name"] for device in await live.api.devices()}


async def add_person(page: HaPage, dialog: FlowDialog, person: str, user: str) -> None:
    """Say who somebody is, in the dialog for a row of the list."""
    await dialog.open_section("People")
    await dialog.root.get_by_role("button", name="Add").last.click()
    row = page.page.locator("dialog-form")
    for field, choice in (("ha-entity-picker", person), ("ha-selector-select", user)):
        await row.locator(field).first.click()
        await page.settled()
        await page.page.get_by_text(choice, exact=True).last.click()
        await page.settled()
    await row.get_by_role("button", name="Add").last.click()
    await page.settled()


async def test_options(live: LiveHomeAssistant, browser: Browser, pbx: AxeosSimulator, screens: Path) -> None:
    """A person imports some users, first with a pattern that is missing, and says who they are."""
    page = await browser.page()
    dialog = await FlowDialog.configure(page, "pbx")
    await page.screenshot(screens / "1 closed.png")
    for title in SECTIONS:
        await dialog.open_section(title)
    await page.screenshot(screens / "2 open.png")
    await dialog.fill({"Users and phones": "By pattern"})
    await dialog.submit()
    await page.screenshot(screens / "3 error.png")
    assert "pattern" in " ".join(await dialog.errors()).lower()
    await dialog.fill({"Pattern": "anna*, *jörn*"})
    await add_person(page, dialog, "Demo", "Anna de Vries")
    assert "Demo" in await dialog.text()
    await page.screenshot(screens / "4 filled.png")
    await dialog.submit()
    async with asyncio.timeout(TIMEOUT):
        while "Dave" in await devices(live):
            await asyncio.sleep(0.1)
    await live.api.wait_for_state(STATUS, "idle")
    assert {"Anna de Vries", "Björn Åkesson", "Sales"} <= await devices(live)
    assert not page.errors


async def test_an_interval(
    live: LiveHomeAssistant, browser: Browser, pbx: AxeosSimulator, screens: Path
) -> None:
    """A person shortens an interval, since what is set at a telephone shows too late."""
    page = await browser.page()
    dialog = await FlowDialog.configure(page, "pbx")
    await dialog.open_section("What is read, and how often")
    text = await dialog.text()
    assert "no call for half an hour" in text
    await dialog.fill({"Interval for settings": 10})
    await page.screenshot(screens / "1 intervals.png")
    await dialog.submit()
    await live.api.wait_for_state(STATUS, "idle")
    pbx.world.user("Anna de Vries").dnd = True
    await live.api.wait_for_state(DO_NOT_DISTURB, "on", within=30)
    assert not page.errors
