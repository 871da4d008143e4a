"""The forms of every system, opened in a browser and sent as they are: nothing that is stored gets lost."""

from contextlib import AsyncExitStack
import json
from pathlib import Path
from typing import Any

import pytest

from custom_components.pbx.config.login_forms import LOGIN_FORMS
from custom_components.pbx.hub.options import PbxOptions
from tests.components.systems import BEST, FORMS, SIMULATORS, filled
from tests.live.browser import Browser
from tests.live.flow_dialog import FlowDialog
from tests.live.instance import LiveHomeAssistant
from tests.live.network import until
from tests.simulators.axeos.small_world import OAUTH_CLIENT
from tests.simulators.switchvox.small_world import small_world

PHONE = (390, 844)
# An entry of every system stands beside the others on one page, which saves most of the time.
BATCHES = [list(BEST.values()), [login for login in FORMS if login not in BEST.values()]]
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


async def wait_until_loaded(live: LiveHomeAssistant, count: int) -> dict[str, str]:
    """Wait until so many entries are loaded, and return their ids by the system."""

    async def are_loaded() -> bool:
        return [entry["state"] for entry in await live.api.entries("pbx")] == ["loaded"] * count

    await until(are_loaded)
    ids = [entry["entry_id"] for entry in await live.api.entries("pbx")]
    return {(await wait_until_stored(live, entry_id, "data"))["data"]["system"]: entry_id for entry_id in ids}


async def wait_until_stored(live: LiveHomeAssistant, entry_id: str, field: str) -> dict[str, Any]:
    """Return an entry once a field of it is on disk."""

    async def is_stored() -> bool:
        return bool(read_entry(live, entry_id).get(field))

    await until(is_stored)
    return read_entry(live, entry_id)


@pytest.mark.parametrize("logins", BATCHES, ids=["best", "other"])
async def test_sent_unchanged(
    live: LiveHomeAssistant, browser: Browser, screens: Path, logins: list[str]
) -> None:
    """Neither the form of the connection nor that of the options changes anything by being sent."""
    async with AsyncExitStack() as stack:
        for login in logins:
            system = LOGIN_FORMS[login].system
            path = [system] if login == system else [system, login]
            pbx = await stack.enter_async_context(SIMULATORS[system]())
            await live.api.config_flow.run("pbx", *path, filled(pbx, login, **SECTIONS.get(login, {})))
        ids = await wait_until_loaded(live, len(logins))
        page = await browser.page("/config/integrations/integration/pbx", size=PHONE)
        for login in logins:
            entry_id = ids[LOGIN_FORMS[login].system]
            before = read_entry(live, entry_id)
            row = page.page.locator("ha-config-entry-row").filter(has_text=before["title"])
            dialog = await FlowDialog.reconfigure_row(page, row)
            await page.screenshot(screens / f"{login} 1 reconfigure.png")
            await dialog.submit()
            assert "successful" in await dialog.text(), login
            await dialog.finish()
            await wait_until_loaded(live, len(logins))
            if login not in BEST.values():
                assert_unchanged(before, await store(live, entry_id, before["title"]))
                continue
            # The options are those of the system, whatever the login.
            dialog = await FlowDialog.configure_row(page, row)
            await page.screenshot(screens / f"{login} 2 options.png")
            await dialog.submit()
            await dialog.finish()
            assert_unchanged(before, await wait_until_stored(live, entry_id, "options"))
            await wait_until_loaded(live, len(logins))
        assert not page.errors
        for entry in await live.api.entries("pbx"):
            await live.api.delete_entry(entry["entry_id"])


async def store(live: LiveHomeAssistant, entry_id: str, title: str) -> dict[str, Any]:
    """Return an entry as it is on disk after something was surely written: another name, and the old one."""
    for name in (f"{title} again", title):
        await live.api.socket.command("config_entries/update", entry_id=entry_id, title=name)

        async def is_stored(name: str = name) -> bool:
            return bool(read_entry(live, entry_id)["title"] == name)

        await until(is_stored)
    return read_entry(live, entry_id)


def assert_unchanged(before: dict[str, Any], after: dict[str, Any]) -> None:
    """Fail unless an entry is as it was, with the defaults as its options."""
    for field in ("data", "title", "unique_id"):
        assert after[field] == before[field]
    defaults = PbxOptions()
    for name, value in after["options"].items():
        if hasattr(defaults, name):
            default = getattr(defaults, name)
            assert value == (list(default) if isinstance(default, tuple) else default), name
