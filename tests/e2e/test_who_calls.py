"""Who is calling, and what became of it, as a person sees it on a wide and on a narrow screen."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.live.browser import DESKTOP, Browser
from tests.live.instance import LiveHomeAssistant
from tests.simulators.axeos import AxeosSimulator
from tests.simulators.axeos.small_world import API_KEY, small_world

ANNA = "pbx_example_org_anna_de_vries"
OTHER_PARTY, STATUS = f"sensor.{ANNA}_other_party", f"sensor.{ANNA}_status"
PHONE = (390, 844)


@pytest_asyncio.fixture(loop_scope="session")
async def pbx(live: LiveHomeAssistant) -> AsyncIterator[AxeosSimulator]:
    """Run a simulated PBX that Home Assistant knows, and remove it at the end."""
    async with AxeosSimulator(world=small_world()) as simulator:
        form = {
            "host": simulator.host,
            "api_key": API_KEY,
            "connection": {"port": simulator.port, "tls": False},
        }
        await live.api.config_flow.run("pbx", "axeos", "axeos_api_key", form)
        await live.api.wait_for_state(STATUS, "idle")
        await simulator.events.wait_for_pollers()
        yield simulator
        for entry in await live.api.entries("pbx"):
            await live.api.delete_entry(entry["entry_id"])
        assert simulator.violations == []


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
async def test_call(
    live: LiveHomeAssistant, browser: Browser, pbx: AxeosSimulator, screens: Path, size: tuple[int, int]
) -> None:
    """The device shows who calls and nobody afterwards; the activity tells it in a whole sentence."""
    [anna] = [device for device in await live.api.devices() if device["name"] == "Anna de Vries"]
    page = await browser.page(f"/config/devices/device/{anna['id']}", size=size)
    row = page.page.locator("hui-sensor-entity-row", has_text="Other party")
    await row.get_by_text("Nobody").wait_for()
    await page.screenshot(screens / "1 idle.png")
    call = pbx.engine.incoming(number="+31201234567", name="Carla", extension="201")
    call.ring(pbx.world.user("anna"))
    await row.get_by_text("Carla").wait_for()
    await page.screenshot(screens / "2 ringing.png")
    await row.click()
    await page.page.locator("ha-more-info-dialog").get_by_text("Carla").first.wait_for()
    await page.screenshot(screens / "3 more-info.png")
    call.answer(pbx.world.user("anna"))
    await live.api.wait_for_state(STATUS, "talking")
    call.hangup()
    await live.api.wait_for_state(OTHER_PARTY, "none")
    await page.open(f"/config/devices/device/{anna['id']}")
    activity = page.page.locator("ha-logbook").first
    await activity.scroll_into_view_if_needed()
    sentence = activity.get_by_text("from Carla (+31201234567), answered by Anna de Vries")
    await sentence.first.wait_for()
    await page.screenshot(screens / "4 device.png", full_page=True)
    await page.open("/logbook?entity_id=sensor.pbx_example_org_last_call")
    await page.page.get_by_text("Carla (+31201234567)").first.wait_for()
    await page.screenshot(screens / "5 activity.png")
    assert not page.errors
