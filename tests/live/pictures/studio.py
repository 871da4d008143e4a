"""A live Home Assistant with two simulated telephone systems, to take pictures of for the documents."""

from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Self

from playwright.async_api import Locator

from tests.live.browser import Browser, HaPage
from tests.live.config_dir import REPOSITORY
from tests.live.instance import LiveHomeAssistant
from tests.simulators.axeos import AxeosSimulator
from tests.simulators.axeos.demo_world import demo_world as axeos_world
from tests.simulators.innovaphone import InnovaphoneSimulator
from tests.simulators.innovaphone.demo_world import demo_world as innovaphone_world
from tests.simulators.innovaphone.small_world import APP, APP_PASSWORD

AXEOS = "pbx_example_org"
HANNAH = "sensor.master_example_com_hannah_status"
JANSEN = ("+31201234567", "Jansen & Zonen")
IMAGES = REPOSITORY / "docs/images"
SIDEBAR = 256
MARGIN = 24


class Studio:
    """All that a picture needs; open while the context lasts."""

    def __init__(self) -> None:
        self.live = LiveHomeAssistant()
        self.browser = Browser(self.live)
        self.axeos = AxeosSimulator(axeos_world(), tls=True)
        self.innovaphone = InnovaphoneSimulator(innovaphone_world(), tls=True)
        self._open = AsyncExitStack()

    async def __aenter__(self) -> Self:
        """Start the telephone systems, Home Assistant and the browser."""
        for part in (self.axeos, self.innovaphone, self.live, self.browser):
            await self._open.enter_async_context(part)
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        """Stop all of it."""
        await self._open.aclose()

    async def add_innovaphone(self) -> None:
        """Add the innovaphone PBX and pin its certificate."""
        connection = {"port": self.innovaphone.port, "tls": True, "trust": "verify"}
        form = {"host": self.innovaphone.host, "app": APP, "password": APP_PASSWORD, "connection": connection}
        steps = ("innovaphone", "innovaphone_app", form, "trust_certificate")
        await self.live.api.config_flow.run("pbx", *steps)

    async def device_of(self, entity_id: str) -> str:
        """Return the id of the device that an entity is on."""
        entities = await self.live.api.entities()
        return next(str(found["device_id"]) for found in entities if found["entity_id"] == entity_id)

    async def open_device(self, page: HaPage, entity_id: str) -> None:
        """Open the page of the device that an entity is on."""
        await page.open(f"/config/devices/device/{await self.device_of(entity_id)}")

    async def enable(self, entity_id: str) -> None:
        """Enable an entity that is disabled at first."""
        command = "config/entity_registry/update"
        await self.live.api.socket.command(command, entity_id=entity_id, disabled_by=None)
        for entry in await self.live.api.entries("pbx"):
            await self.live.api.reload_entry(entry["entry_id"])


async def take(page: HaPage, name: str, *wait_for: str, beside_sidebar: bool = True) -> Path:
    """Write a picture of a page, by default of what is beside the sidebar."""
    for selector in wait_for:
        await page.page.locator(selector).locator("visible=true").first.wait_for()
    await page.settled()
    size = page.page.viewport_size
    assert size is not None
    left = SIDEBAR if beside_sidebar else 0
    clip = {"x": left, "y": 0, "width": size["width"] - left, "height": size["height"]}
    return await _write(page, name, clip)


async def take_dialog(page: HaPage, name: str, dialog: Locator) -> Path:
    """Write a picture of a dialog with a little of what is around it."""
    await page.settled()
    box = await dialog.bounding_box()
    assert box is not None
    clip = {
        "x": box["x"] - MARGIN,
        "y": max(box["y"] - MARGIN, 0),
        "width": box["width"] + 2 * MARGIN,
        "height": box["height"] + 2 * MARGIN,
    }
    return await _write(page, name, clip)


async def _write(page: HaPage, name: str, clip: Any) -> Path:
    """Write a part of the page."""
    file = IMAGES / f"{name}.png"
    file.parent.mkdir(exist_ok=True)
    await page.page.screenshot(path=file, clip=clip, animations="disabled")
    return file
