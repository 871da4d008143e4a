"""The forms of every system, opened in a browser and sent as they are: nothing that is stored gets lost."""

import json
from pathlib import Path
from typing import Any

import pytest

from custom_components.pbx.config.login_forms import LOGIN_FORMS
from custom_components.pbx.hub.options import PbxOptions
from tests.components.systems import FORMS, SIMULATORS, filled
from tests.live.browser import Browser
from tests.live.flow_dialog import FlowDialog
from tests.live.instance import LiveHomeAssistant
from tests.live.network import until
from tests.simulators.axeos.small_world import OAUTH_CLIENT
from tests.simulators.switchvox.small_world import small_world

PHONE = (390, 844)
CLIENT = {"v1": {"client_id": OAUTH_CLIENT[0], "client_secret": OAUTH_CLIENT[1]}}
ADMIN = dict(zip(("admin_username", "admin_password"), small_world().admin, strict=True))
# What stands in the sections of a login.
SECTIONS: dict[str, dict[str, Any]] = {
    "axeos_api_key": CLIENT,
    "axeos_user": CLIENT,
    "ipcortex_user": {"company": {"only_own_devices": False}},
    "switchvox": {"administrator": {**ADMIN, "watch": "all"}},
}


def read_entry(live: LiveHomeAssistant, entry_id: str) -> dict[str, Any]:
    """Return an entry as it is on disk; empty where it is not there."""
    store = json.loads((live.config_dir / ".storage/core.config_entries").read_text())
    return next((entry for entry in store["data"]["entries"] if entry["entry_id"] == entry_id), {})


async def wait_until_loaded(live: LiveHomeAssistant) -> None:
    """Wait until the only entry is loaded."""

    async def is_loaded() -> bool:
        return [entry["state"] for entry in await live.api.entries("pbx")] == ["loaded"]

    await until(is_loaded)


async def wait_until_stored(live: LiveHomeAssistant, field: str) -> dict[str, Any]:
    """Return the only entry once a field of it is on disk."""
    [entry] = await live.api.entries("pbx")

    async def is_stored() -> bool:
        return bool(read_entry(live, entry["entry_id"]).get(field))

    await until(is_stored)
    return read_entry(live, entry["entry_id"])


@pytest.mark.parametrize("login", FORMS)
async def test_sent_unchanged(live: LiveHomeAssistant, browser: Browser, screens: Path, login: str) -> None:
    """Neither the form of the connection nor that of the options changes anything by being sent."""
    system = LOGIN_FORMS[login].system
    path = [system] if login == system else [system, login]
    async with SIMULATORS[system]() as pbx:
        await live.api.config_flow.run("pbx", *path, filled(pbx, login, **SECTIONS.get(login, {})))
        await wait_until_loaded(live)
        before = await wait_until_stored(live, "data")
        page = await browser.page(size=PHONE)
        dialog = await FlowDialog.reconfigure(page, "pbx")
        await page.screenshot(screens / "1 reconfigure.png")
        await dialog.submit()
        assert "successful" in await dialog.text()
        await dialog.finish()
        await wait_until_loaded(live)
        dialog = await FlowDialog.configure(page, "pbx")
        await page.screenshot(screens / "2 options.png")
        await dialog.submit()
        await dialog.finish()
        after = await wait_until_stored(live, "options")
        await wait_until_loaded(live)
        for field in ("data", "title", "unique_id"):
            assert after[field] == before[field]
        defaults = PbxOptions()
        for name, value in after["options"].items():
            if hasattr(defaults, name):
                default = getattr(defaults, name)
                assert value == (list(default) if isinstance(default, tuple) else default), name
        assert not page.errors
        for entry in await live.api.entries("pbx"):
            await live.api.delete_entry(entry["entry_id"])
