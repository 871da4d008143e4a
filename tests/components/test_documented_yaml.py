"""What the documents show to be copied is valid, as Home Assistant and the actions see it."""

from collections.abc import Iterator
from pathlib import Path
import re
from typing import Any

from homeassistant.components.automation.config import async_validate_config_item as validate_automation
from homeassistant.components.script.config import async_validate_config_item as validate_script
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util.yaml import load_yaml_dict, parse_yaml
import pytest

REPOSITORY = Path(__file__).parents[2]
FILES = [REPOSITORY / "README.md", *sorted((REPOSITORY / "docs").glob("*.md"))]
SERVICES = load_yaml_dict(REPOSITORY / "custom_components/pbx/services.yaml")
BLOCK = re.compile(r"^```yaml\n(.*?)^```", re.DOTALL | re.MULTILINE)
TRIGGER = {"trigger": "event", "event_type": "test"}
ACTION = {"action": "test.action"}
# What is no part of an automation: configuration, cards, and what actions return.
OTHER = ({"recorder"}, {"type", "entity"}, {"calls"}, {"calls_waiting"}, {"logger"})


def blocks() -> Iterator[Any]:
    """Yield every YAML block of the documents, with where it is."""
    for file in FILES:
        for index, text in enumerate(BLOCK.findall(file.read_text(encoding="utf-8"))):
            yield pytest.param(parse_yaml(text), id=f"{file.stem}-{index}")


def actions_in(item: Any) -> Iterator[dict[str, Any]]:
    """Yield every action of the integration, however deep it is."""
    if isinstance(item, list):
        for part in item:
            yield from actions_in(part)
    if isinstance(item, dict):
        if str(item.get("action", "")).startswith("pbx."):
            yield item
        yield from actions_in(list(item.values()))


@pytest.fixture(autouse=True)
async def _home(hass: HomeAssistant) -> None:
    for domain in ("pbx", "automation", "script", "event", "doorbell"):
        assert await async_setup_component(hass, domain, {})


async def check(hass: HomeAssistant, block: Any) -> None:
    """Let Home Assistant validate whatever a block is."""
    if "sequence" in block:
        await validate_script(hass, "example", {"alias": "Example"} | block)
    elif "script" in block:
        for script in block["script"].values():
            await check(hass, script)
    elif "action" in block:
        await check(hass, {"sequence": [block]})
    elif {"triggers", "conditions", "actions"} & block.keys():
        parts = {"alias": "Example", "triggers": [TRIGGER], "actions": [ACTION]}
        await validate_automation(hass, "example", parts | block)
    else:
        assert any(known <= block.keys() for known in OTHER), block


@pytest.mark.parametrize("block", blocks())
async def test_block(hass: HomeAssistant, block: Any) -> None:
    """A block is valid, and its actions have only fields that there are."""
    await check(hass, block)
    for action in actions_in(block):
        fields = SERVICES[action["action"].removeprefix("pbx.")].get("fields", {})
        assert action.get("data", {}).keys() <= fields.keys()


async def test_mistakes_show(hass: HomeAssistant) -> None:
    """A trigger that there is not would be found."""
    with pytest.raises(Exception, match="call_rings"):
        await check(hass, {"triggers": [{"trigger": "pbx.call_rings", "target": {"entity_id": "event.a"}}]})
