"""A Switchvox in a real Home Assistant, as a person sees it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.live.browser import Browser
from tests.live.flow_dialog import FlowDialog
from tests.live.instance import LiveHomeAssistant
from tests.simulators.switchvox import OWN, PASSWORD, SwitchvoxSimulator

ANNA = "switchvox_100_anna_zoe"
STATUS = f"sensor.{ANNA}_status"


@pytest_asyncio.fixture(loop_scope="session")
async def pbx(live: LiveHomeAssistant) -> AsyncIterator[SwitchvoxSimulator]:
    """Run a simulated PBX, and remove it from Home Assistant afterwards."""
    async with SwitchvoxSimulator() as simulator:
        yield simulator
        for entry in await live.api.entries("pbx"):
            await live.api.delete_entry(entry["entry_id"])
        assert simulator.violations == []


async def test_extension_in_the_browser(
    live: LiveHomeAssistant, browser: Browser, pbx: SwitchvoxSimulator, screens: Path
) -> None:
    """A person enters an extension: a wrong password is tried once and refused, then everything is there."""
    page = await browser.page()
    dialog = await FlowDialog.add_integration(page, "PBX")
    await dialog.choose("Switchvox")
    await dialog.open_section("Connection")
    await dialog.fill({"Host": pbx.host, "Port": pbx.port, "Use HTTPS": False})
    await dialog.fill({"Extension": OWN, "Password": "wrong"})
    await page.screenshot(screens / "1 form.png")
    await dialog.submit()
    assert "refuse" in " ".join(await dialog.errors()).lower()
    assert pbx.journal.bad_logins == 1
    await dialog.fill({"Password": PASSWORD})
    await dialog.submit()
    await page.screenshot(screens / "2 choice.png")
    await dialog.import_all()
    await dialog.finish()
    await live.api.wait_for_state(STATUS, "idle")
    assert not page.errors
    options = await FlowDialog.configure(page, "pbx")
    await options.open_section("News from the PBX")
    field = await options.field("On New Voicemail")
    await field.scroll_into_view_if_needed()
    await page.screenshot(screens / "3 event triggers.png")
    assert (await field.locator("textarea").first.input_value()).endswith("?event=voicemail_new")
    assert pbx.journal.bad_logins == 1


async def test_form_that_is_sent_unchanged(
    live: LiveHomeAssistant, browser: Browser, pbx: SwitchvoxSimulator, screens: Path
) -> None:
    """Who opens the form of an entry sees the login of the administrator, and loses nothing by sending it."""
    name, password = pbx.world.admin
    administrator = {"admin_username": name, "admin_password": password, "watch": "all"}
    connection = {"port": pbx.port, "tls": False, "trust": "off"}
    form = {"host": pbx.host, "extension": OWN, "password": PASSWORD, "connection": connection}
    await live.api.config_flow.run("pbx", "switchvox", {**form, "administrator": administrator})
    await live.api.wait_for_state(STATUS, "idle")
    before = {entity["entity_id"] for entity in await live.api.entities() if entity["platform"] == "pbx"}
    page = await browser.page()
    dialog = await FlowDialog.reconfigure(page, "pbx")
    await dialog.open_section("Administrator")
    await page.screenshot(screens / "1 reconfigure.png")
    field = await dialog.field("Administrator")
    assert await field.locator("input").first.input_value() == name
    await dialog.submit()
    await dialog.finish()
    await live.api.wait_for_state(STATUS, "idle")
    after = {entity["entity_id"] for entity in await live.api.entities() if entity["platform"] == "pbx"}
    assert after == before
    assert pbx.journal.bad_logins == 0
    assert not page.errors


async def test_extension_in_a_call(
    live: LiveHomeAssistant, browser: Browser, pbx: SwitchvoxSimulator, screens: Path
) -> None:
    """A user's page follows a call that comes in, and an action of Home Assistant ends it."""
    name, password = pbx.world.admin
    administrator = {"admin_username": name, "admin_password": password, "watch": "all"}
    connection = {"port": pbx.port, "tls": False, "trust": "off"}
    login = {"host": pbx.host, "extension": OWN, "password": PASSWORD}
    form = {**login, "administrator": administrator, "connection": connection}
    await live.api.config_flow.run("pbx", "switchvox", form)
    await live.api.wait_for_state(STATUS, "idle")
    page = await browser.page()
    [entity] = [found for found in await live.api.entities() if found["entity_id"] == STATUS]
    await page.open(f"/config/devices/device/{entity['device_id']}")
    call = pbx.lines.incoming("5551234567", OWN, name="Müller & Söhne")
    await page.screenshot(screens / "1 ringing.png", "text=Ringing")
    pbx.lines.answer(call)
    await live.api.wait_for_state(STATUS, "talking")
    await page.screenshot(screens / "2 talking.png", "text=Talking")
    await live.api.wait_for_state(
        f"event.{ANNA}_call", lambda state: state.attributes.get("name") == "Müller & Söhne"
    )
    pbx.lines.hold(call, OWN)
    await live.api.wait_for_state(STATUS, "on_hold")
    shown = live.api.get_state(f"event.{ANNA}_call")
    assert shown is not None
    await live.api.call_service("pbx", "hangup", {"call_id": shown.attributes["call_id"]})
    await live.api.wait_for_state(STATUS, "idle")
    assert call.id not in pbx.lines.calls
    await page.screenshot(screens / "3 idle.png", "text=Idle")
    assert not page.errors
    assert PASSWORD not in live.log_text()
