"""An innovaphone PBX in a real Home Assistant, as a person sees it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.live.browser import Browser
from tests.live.flow_dialog import FlowDialog
from tests.live.instance import LiveHomeAssistant
from tests.simulators.innovaphone import InnovaphoneSimulator
from tests.simulators.innovaphone.small_world import APP, APP_PASSWORD

ALICE = "master_example_com_alice_a"
STATUS = f"sensor.{ALICE}_status"


@pytest_asyncio.fixture(loop_scope="session")
async def pbx(live: LiveHomeAssistant) -> AsyncIterator[InnovaphoneSimulator]:
    """Run a simulated PBX, and remove it from Home Assistant afterwards."""
    async with InnovaphoneSimulator() as simulator:
        yield simulator
        for entry in await live.api.entries("pbx"):
            await live.api.delete_entry(entry["entry_id"])
        assert simulator.violations == []


async def test_app_object_in_the_browser(
    live: LiveHomeAssistant, browser: Browser, pbx: InnovaphoneSimulator, screens: Path
) -> None:
    """A person enters the App object: the wrong password is refused, then the users are there."""
    page = await browser.page()
    dialog = await FlowDialog.add_integration(page, "PBX")
    await dialog.choose("innovaphone PBX")
    await page.screenshot(screens / "1 login.png")
    await dialog.choose("As an App object")
    await dialog.open_section("Connection")
    await dialog.fill(
        {"Host": pbx.host, "Port": pbx.port, "Use HTTPS": False, "App object": APP, "Password": "wrong"}
    )
    await page.screenshot(screens / "2 form.png")
    await dialog.submit()
    assert "refuse" in " ".join(await dialog.errors()).lower()
    await dialog.fill({"Password": APP_PASSWORD})
    await dialog.submit()
    await dialog.import_all()
    await dialog.finish()
    await live.api.wait_for_state(STATUS, "idle")
    assert not page.errors


async def test_user_page_in_a_call(
    live: LiveHomeAssistant, browser: Browser, pbx: InnovaphoneSimulator, screens: Path
) -> None:
    """A user's page shows a call and lets presence be chosen, which reaches the PBX."""
    connection = {"port": pbx.port, "tls": False, "trust": "off"}
    form = {"host": pbx.host, "app": APP, "password": APP_PASSWORD, "connection": connection}
    await live.api.config_flow.run("pbx", "innovaphone", "innovaphone_app", form)
    await live.api.wait_for_state(STATUS, "idle")
    alice = pbx.world.find(h323="alice")
    assert alice is not None
    page = await browser.page()
    [device] = [d for d in await live.api.devices() if d["name"].startswith("Alice")]
    await page.open(f"/config/devices/device/{device['id']}")
    call = pbx.engine.incoming("0003120123456", alice, name="Jansen & Zonen")
    await live.api.wait_for_state(STATUS, "ringing")
    await live.api.call_service("pbx", "answer", target={"entity_id": STATUS})
    await live.api.wait_for_state(STATUS, "talking")
    await page.screenshot(screens / "talking.png", "text=Talking >> visible=true")
    await live.api.call_service(
        "select", "select_option", {"option": "away"}, target={"entity_id": f"select.{ALICE}_presence"}
    )
    await live.api.call_service("pbx", "hangup", target={"entity_id": STATUS})
    await live.api.wait_for_state(f"select.{ALICE}_presence", "away")
    assert call not in pbx.engine.calls
    assert "away" in {source["activity"] for source in alice.presence}
    await page.screenshot(screens / "away.png", "text=Away >> visible=true")
    assert not page.errors
