"""An IPCortex PABX in a real Home Assistant: its script in the engine, a live call, a night mode."""

from collections.abc import AsyncIterator
from pathlib import Path
from time import monotonic

import pytest_asyncio

from tests.live.browser import Browser
from tests.live.flow_dialog import FlowDialog
from tests.live.instance import LiveHomeAssistant
from tests.simulators.ipcortex import IpcortexSimulator
from tests.simulators.ipcortex.small_world import ADMIN

HUB = "ipcortex"
STATUS = f"sensor.{HUB}_anna_archer_status"
HOUSE = f"sensor.{HUB}_house_status"
NIGHT_MODE = f"select.{HUB}_office_hours"


@pytest_asyncio.fixture(loop_scope="session")
async def pbx(live: LiveHomeAssistant) -> AsyncIterator[IpcortexSimulator]:
    """Run a simulated PABX, and remove it from Home Assistant."""
    async with IpcortexSimulator() as simulator:
        yield simulator
        for entry in await live.api.entries("pbx"):
            await live.api.delete_entry(entry["entry_id"])
        assert simulator.violations == []


async def set_up(live: LiveHomeAssistant, pbx: IpcortexSimulator) -> None:
    """Add the PABX over the API."""
    connection = {"port": pbx.port, "tls": False, "trust": "off"}
    form = {"host": pbx.host, "username": ADMIN[0], "password": ADMIN[1], "connection": connection}
    await live.api.config_flow.run("pbx", "ipcortex", "ipcortex_user", form)
    await live.api.wait_for_state(STATUS, "idle")


async def test_ipcortex_in_the_browser(
    live: LiveHomeAssistant, browser: Browser, pbx: IpcortexSimulator, screens: Path
) -> None:
    """A person adds a PABX, sees its night modes, and sets one."""
    page = await browser.page()
    dialog = await FlowDialog.add_integration(page, "PBX")
    await dialog.choose("IPCortex PABX")
    await dialog.choose("As a user")
    await dialog.open_section("Connection")
    await dialog.fill({"Host": pbx.host, "User name": ADMIN[0], "Password": "wrong", "Port": pbx.port})
    await dialog.fill({"Use HTTPS": False})
    await page.screenshot(screens / "1 form.png")
    await dialog.submit()
    assert "refuse" in " ".join(await dialog.errors()).lower()
    await dialog.fill({"Password": ADMIN[1]})
    await dialog.submit()
    await dialog.import_all()
    await dialog.finish()
    await live.api.wait_for_state(NIGHT_MODE, "schedule")
    assert not page.errors
    [hub] = [d for d in await live.api.devices() if d["name"] == "IPCortex"]
    await page.open(f"/config/devices/device/{hub['id']}")
    await page.screenshot(screens / "2 hub.png", "text=Office hours")
    option = {"option": "on"}
    await live.api.call_service("select", "select_option", option, target={"entity_id": NIGHT_MODE})
    await live.api.wait_for_state(NIGHT_MODE, "on")
    assert pbx.world.night_modes["default"][0] == "on"


async def test_ipcortex_live_call(
    live: LiveHomeAssistant, browser: Browser, pbx: IpcortexSimulator, screens: Path
) -> None:
    """A call of an own line rings on the screen within a second; actions answer, hold and end it."""
    await set_up(live, pbx)
    page = await browser.page()
    [house] = [entity for entity in await live.api.entities() if entity["entity_id"] == HOUSE]
    await page.open(f"/config/devices/device/{house['device_id']}")
    began = monotonic()
    pbx.office.ring(pbx.world.devices["SIP/hass"], "+441234567890", "Carla")
    await live.api.wait_for_state(HOUSE, "ringing")
    assert monotonic() - began < 1
    await page.screenshot(screens / "1 ringing.png", "text=Ringing")
    await live.api.call_service("pbx", "answer", target={"entity_id": HOUSE})
    await live.api.wait_for_state(HOUSE, "talking")
    await live.api.call_service("pbx", "hold", target={"entity_id": HOUSE})
    await live.api.wait_for_state(HOUSE, "on_hold")
    await page.screenshot(screens / "2 on hold.png", "text=On hold")
    await live.api.call_service("pbx", "hangup", target={"entity_id": HOUSE})
    await live.api.wait_for_state(HOUSE, "idle")
    assert [command[0] for command in pbx.commands] == ["talk", "hold", "hangup"]
    log = live.log_text()
    assert not [text for text in log.splitlines() if "custom_components.pbx" in text and "ERROR" in text]
    assert ADMIN[1] not in log
