"""What the editor is told of triggers and conditions."""

from collections.abc import Iterator
from itertools import chain
from pathlib import Path
import re
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import condition, config_validation as cv, trigger
from homeassistant.setup import async_setup_component
import pytest
import yaml

from custom_components.pbx.condition import CONDITIONS
from custom_components.pbx.trigger import TRIGGERS
from custom_components.pbx.triggers import agents, calls, conditions, dial_plan, people, states

TARGET = {"entity_id": ["event.anna_call"]}
# One thing that can be chosen for each field for which the editor proposes nothing.
CHOICES: dict[str, Any] = {
    "direction": ["incoming"],
    "number": ["+3120*"],
    "called_number": ["201"],
    "queue": ["a device"],
    "tag": ["shop"],
    "outcome": ["missed"],
    "presence": ["away", "dnd"],
    "agent": ["Anna"],
    "user_event": ["DoorBell"],
    "fields": {"Door": "front"},
    "question": ["is_anyone_home"],
}
CHOICES_OF = {"pbx.do_not_disturb_changed": {"to": ["on"]}, "pbx.presence_changed": {"to": ["away"]}}


@pytest.fixture(autouse=True)
async def editor(hass: HomeAssistant) -> None:
    """Set up what the editor needs."""
    assert await async_setup_component(hass, "automation", {"automation": []})
    assert await async_setup_component(hass, "pbx", {})
    await hass.async_block_till_done()


def filled_in(name: str, description: dict[str, Any] | None, *, all_fields: bool) -> dict[str, Any]:
    """Return what the editor makes of a form."""
    assert description is not None
    assert "target" in description
    chosen = CHOICES | CHOICES_OF.get(name, {})
    options = {
        key: field.get("default", chosen.get(key))
        for key, field in description["fields"].items()
        if all_fields or field.get("required")
    }
    return {"target": TARGET, "options": options}


def test_names() -> None:
    """The names that stand for triggers and conditions are those that the modules behind them have."""
    found = chain(*(module.TRIGGERS for module in (agents, calls, dial_plan, people, states)))
    assert sorted(found) == sorted(TRIGGERS)
    assert sorted(conditions.CONDITIONS) == sorted(CONDITIONS)


@pytest.mark.parametrize("all_fields", [False, True])
@pytest.mark.parametrize("kind", TRIGGERS)
async def test_triggers(hass: HomeAssistant, kind: str, all_fields: bool) -> None:
    """Every trigger is described, and what is filled in as described is taken."""
    name = f"pbx.{kind}"
    descriptions = await trigger.async_get_all_descriptions(hass)
    form = filled_in(name, descriptions[name], all_fields=all_fields)
    (taken,) = await trigger.async_validate_trigger_config(hass, [{"platform": name, **form}])
    assert taken["options"].keys() >= form["options"].keys()


@pytest.mark.parametrize("all_fields", [False, True])
@pytest.mark.parametrize("kind", CONDITIONS)
async def test_conditions(hass: HomeAssistant, kind: str, all_fields: bool) -> None:
    """Every condition is described, and what is filled in as described is taken."""
    name = f"pbx.{kind}"
    descriptions = await condition.async_get_all_descriptions(hass)
    form = filled_in(name, descriptions[name], all_fields=all_fields)
    taken = await condition.async_validate_condition_config(hass, {"condition": name, **form})
    assert taken["options"].keys() >= form["options"].keys()


def examples(page: str, part: str) -> Iterator[Any]:
    """Yield what the examples of a page have of a part of automations."""
    text = (Path(__file__).parents[2] / "docs" / page).read_text()
    for block in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL):
        yield from yaml.safe_load(block).get(part, ())


async def test_documented_triggers(hass: HomeAssistant) -> None:
    """The examples can be copied."""
    configs = cv.TRIGGER_SCHEMA(list(examples("triggers.md", "triggers")))
    assert configs
    await trigger.async_validate_trigger_config(hass, configs)


async def test_documented_conditions(hass: HomeAssistant) -> None:
    """The examples can be copied here, too."""
    configs = cv.CONDITIONS_SCHEMA(list(examples("conditions.md", "conditions")))
    assert configs
    for config in configs:
        await condition.async_validate_condition_config(hass, config)
