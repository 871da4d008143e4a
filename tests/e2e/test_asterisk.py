"""A genuine Asterisk in a real Home Assistant: set up in the browser, shown, and dialed from."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from time import monotonic

import pytest_asyncio

from tests.genuine.install import need
from tests.genuine.office import RECOMMENDED, GenuineOffice, open_office
from tests.genuine.server import AsteriskServer
from tests.live.browser import Browser
from tests.live.flow_dialog import FlowDialog
from tests.live.instance import LiveHomeAssistant

NAME, SECRET = RECOMMENDED
STATUS = "sensor.asterisk_anna_archer_status"
OTHER = "sensor.asterisk_emile_faure_status"
CUSTOMER = "+31201234567"


@pytest_asyncio.fixture(loop_scope="session")
async def office(live: LiveHomeAssistant) -> AsyncIterator[GenuineOffice]:
    """Run a genuine Asterisk with the conventions of FreePBX, and remove it from Home Assistant."""
    server = AsteriskServer(need(22), flavour="freepbx")
    server.launch()
    try:
        await asyncio.to_thread(server.wait_until_booted)
        async with open_office(server) as office:
            yield office
        for entry in await live.api.entries("pbx"):
            await live.api.delete_entry(entry["entry_id"])
    finally:
        await asyncio.to_thread(server.stop)


async def set_up(browser: Browser, office: GenuineOffice, screens: Path) -> None:
    """Add the PBX as a person does, over TLS: the secret is refused, then the certificate is shown."""
    page = await browser.page()
    dialog = await FlowDialog.add_integration(page, "PBX")
    await dialog.choose("Asterisk / FreePBX")
    await dialog.open_section("Connection")
    await dialog.fill({"Host": office.server.host, "User name": NAME, "Password": "wrong"})
    await dialog.fill({"Port": office.server.ports.ami_tls, "Use TLS": True})
    await page.screenshot(screens / "1 form.png")
    await dialog.submit()
    assert "SHA-256" in await dialog.text()
    await page.screenshot(screens / "2 certificate.png")
    await dialog.choose("Trust this certificate")
    assert "refuse" in " ".join(await dialog.errors()).lower()
    await dialog.fill({"Password": SECRET})
    await dialog.submit()
    await dialog.import_all()
    await dialog.finish()
    assert not page.errors


async def test_telephones_on_the_screen(
    live: LiveHomeAssistant, browser: Browser, office: GenuineOffice, screens: Path
) -> None:
    """Somebody outside calls, the screen shows who within a second; then a telephone is dialed from."""
    await set_up(browser, office, screens)
    await live.api.wait_for_state(STATUS, "offline")
    async with office.telephone("201") as anna, office.telephone("206") as emile:
        await anna.register()
        await emile.register()
        await live.api.wait_for_state(STATUS, "idle")
        await live.api.wait_for_state(OTHER, "idle")
        page = await browser.page()
        [device] = [device for device in await live.api.devices() if device["name"] == "Anna Archer"]
        await page.open(f"/config/devices/device/{device['id']}")
        async with office.outside(CUSTOMER, "Carla") as carla:
            call = carla.call("+31205550201")
            ring = await anna.rings()
            began = monotonic()
            await live.api.wait_for_state(STATUS, "ringing")
            assert monotonic() - began < 1
            await page.screenshot(screens / "3 ringing.png", "text=Ringing", "text=Carla")
            await ring.answer()
            await live.api.wait_for_state(STATUS, "talking")
            await live.api.call_service("pbx", "hangup", target={"entity_id": STATUS})
            await call.ends()
            await live.api.wait_for_state(STATUS, "idle")
        await live.api.call_service("pbx", "dial", {"number": "206"}, target={"entity_id": STATUS})
        await (await anna.rings()).answer()
        await (await emile.rings()).answer()
        await live.api.wait_for_state(STATUS, "talking")
        await live.api.wait_for_state(OTHER, "talking")
        await page.screenshot(screens / "4 talking.png", "text=Talking", "text=Émile Faure")
    await live.api.wait_for_state(STATUS, "offline")
    assert not page.errors
    log = live.log_text()
    assert not [text for text in log.splitlines() if "custom_components.pbx" in text and "ERROR" in text]
    assert SECRET not in log
