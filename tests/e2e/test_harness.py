"""Prove the harness itself with an integration that Home Assistant brings along."""

from pathlib import Path

from tests.live.browser import Browser
from tests.live.config_dir import REPOSITORY
from tests.live.flow_dialog import FlowDialog
from tests.live.instance import LiveHomeAssistant


async def test_flow_and_states_over_the_api(live: LiveHomeAssistant) -> None:
    """Add an integration over the API, see its state pushed, and remove it again."""
    result = await live.api.config_flow.run("random", "sensor", {"name": "Dice", "minimum": 1, "maximum": 6})
    dice = await live.api.wait_for_state("sensor.dice", lambda state: state.state.isdigit())
    assert 1 <= int(dice.state) <= 6

    await live.api.delete_entry(result["result"]["entry_id"])
    await live.api.wait_until_gone("sensor.dice")
    assert not await live.api.entries("random")


async def test_flow_in_the_browser(live: LiveHomeAssistant, browser: Browser, screens: Path) -> None:
    """Add an integration the way a person does."""
    page = await browser.page()
    dialog = await FlowDialog.add_integration(page, "Local to-do")
    await dialog.fill({"To-do list name": "Callbacks"})
    await page.screenshot(screens / "form.png")
    await dialog.submit()
    await dialog.finish()

    await live.api.wait_for_state("todo.callbacks", "0")
    await page.open("/config/integrations/dashboard")
    await page.screenshot(screens / "dashboard.png", "text=Local to-do")
    assert not page.errors
    [entry] = await live.api.entries("local_todo")
    await live.api.delete_entry(entry["entry_id"])


async def test_blueprints(live: LiveHomeAssistant) -> None:
    """All blueprints of the repository are offered, as Home Assistant finds them in its own folder."""
    offered = await live.api.socket.command("blueprint/list", domain="automation")
    files = (REPOSITORY / "blueprints/automation/pbx").glob("*.yaml")
    assert {f"pbx/{file.name}" for file in files} <= offered.keys()


async def test_restart_keeps_what_was_stored(live: LiveHomeAssistant) -> None:
    """Restart Home Assistant, log in again, and find the entries where they were."""
    entry = (await live.api.config_flow.run("random", "sensor", {"name": "Kept"}))["result"]
    await live.restart()
    await live.api.wait_for_state("sensor.kept", lambda state: state.state.isdigit())
    await live.api.delete_entry(entry["entry_id"])
