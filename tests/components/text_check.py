"""Check that every text and icon that the integration asks for while a test runs is there.

Home Assistant shows a bare key where a text is missing, or has a placeholder that is not filled in, and says
nothing about it. `python -m scripts.integration_check` sees to the languages other than English.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import cache
import json
from pathlib import Path
import re
from typing import Any

import homeassistant
from homeassistant.components.repairs.issue_handler import RepairsFlowManager
from homeassistant.config_entries import (
    SOURCE_DHCP,
    SOURCE_REAUTH,
    ConfigEntriesFlowManager,
    OptionsFlowManager,
)
from homeassistant.core import callback
from homeassistant.data_entry_flow import FlowManager, FlowResultType, section
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr, entity_registry as er, issue_registry as ir
from homeassistant.helpers.translation import recursive_flatten
import pytest

from custom_components import pbx
from custom_components.pbx.const import DOMAIN, PLATFORMS

# Flows that begin by themselves have a card with a title.
_OFFERED = frozenset({SOURCE_DHCP, SOURCE_REAUTH})
PLACEHOLDER = re.compile(r"{(\w+)}")
FOLDER = Path(pbx.__file__).parent
COMPONENTS = Path(homeassistant.__file__).parent / "components"


@cache
def read_json(path: Path) -> dict[str, Any]:
    """Return what a JSON file holds."""
    found: dict[str, Any] = json.loads(path.read_text())
    return found


@cache
def english() -> dict[str, str]:
    """Return the English texts by their dotted keys."""
    return recursive_flatten("", read_json(FOLDER / "translations/en.json"))


@cache
def named_entities() -> frozenset[tuple[str, str]]:
    """Return the platforms and keys of the entities that have a text of their own."""
    parts = (text.split(".") for text in english() if text.startswith("entity."))
    return frozenset((platform, key) for _, platform, key, *_rest in parts)


@cache
def find_entity_faults(platform: str, key: str, device_class: str | None) -> frozenset[str]:
    """Return in words what a kind of entity lacks; most tests show the same kinds."""
    faults = set()
    if (platform, key) not in named_entities():
        faults.add(f"entity.{platform}.{key} is not in en.json")
    drawn = read_json(FOLDER / "icons.json")["entity"].get(platform, {})
    by_class = read_json(COMPONENTS / platform / "icons.json").get("entity_component", {}).keys()
    if key not in drawn and device_class not in by_class - {"_", "enum"}:
        faults.add(f"entity.{platform}.{key} has no icon")
    return frozenset(faults)


class TextCheck:
    """Collect the texts and icons that are missing."""

    def __init__(self) -> None:
        self.faults: set[str] = set()

    def read_ahead(self) -> None:
        """Read all files before anything runs in the event loop, where they would hold it up."""
        english()
        for folder in (FOLDER, *(COMPONENTS / platform for platform in PLATFORMS)):
            read_json(folder / "icons.json")

    def watch(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Look at what is raised, reported, shown and registered from now on."""
        self.read_ahead()
        steps = FlowManager._async_handle_step
        raised = HomeAssistantError.__init__

        def look_at_error(error: HomeAssistantError, *args: object, **options: Any) -> None:
            raised(error, *args, **options)
            self.check_error(error)

        async def look_at_step(manager: Any, flow: Any, *args: Any) -> Any:
            result = await steps(manager, flow, *args)
            self.check_step(manager, flow, result)
            return result

        monkeypatch.setattr(HomeAssistantError, "__init__", look_at_error)
        monkeypatch.setattr(FlowManager, "_async_handle_step", look_at_step)
        for owner, name, check in (
            (ir.IssueRegistry, "async_get_or_create", self.check_issue),
            (er.EntityRegistry, "async_get_or_create", self.check_entity),
            (dr.DeviceRegistry, "_resolve_translated_name", self.check_device),
        ):
            monkeypatch.setattr(owner, name, _checked(getattr(owner, name), check))

    def check_error(self, error: HomeAssistantError) -> None:
        """Check what an exception says."""
        if error.translation_domain == DOMAIN:
            self._need(f"exceptions.{error.translation_key}.message", error.translation_placeholders)

    def check_issue(self, domain: str, _issue_id: str, **issue: Any) -> None:
        """Check the title of an issue, and what it says unless a flow does."""
        if domain != DOMAIN:
            return
        key, filled = f"issues.{issue['translation_key']}", issue.get("translation_placeholders")
        self._need(f"{key}.title", filled)
        if not any(text.startswith(f"{key}.fix_flow.") for text in english()):
            self._need(f"{key}.description", filled)

    def check_entity(self, platform: str, domain: str, _unique_id: str, **entity: Any) -> None:
        """Check that an entity is translated and has an icon."""
        if domain == DOMAIN and (key := entity.get("translation_key")):
            self.faults |= find_entity_faults(platform, key, entity.get("original_device_class"))

    def check_device(self, entry: Any, key: str, filled: Mapping[str, str] | None) -> None:
        """Check the name of a device."""
        if entry.domain == DOMAIN:
            self._need(f"device.{key}.name", filled)

    def check_step(self, manager: Any, flow: Any, result: Any) -> None:
        """Check what a flow shows."""
        if (prefix := _prefix(manager, flow)) is None:
            return
        if prefix == "config" and flow.source in _OFFERED and result["type"] is not FlowResultType.ABORT:
            self._need("config.flow_title", flow.context.get("title_placeholders"))
        filled, step = result.get("description_placeholders"), f"{prefix}.step.{result.get('step_id')}"
        match result["type"]:
            case FlowResultType.FORM:
                self._check_form(step, result["data_schema"], filled)
                for error in (result["errors"] or {}).values():
                    self._need(f"{prefix}.error.{error}", filled)
            case FlowResultType.MENU:
                self._need(f"{step}.title", filled)
                for option in result["menu_options"]:
                    self._need(f"{step}.menu_options.{option}", filled)
            case FlowResultType.ABORT if result.get("translation_domain", DOMAIN) == DOMAIN:
                self._need(f"{prefix}.abort.{result['reason']}", filled)

    def _check_form(self, step: str, schema: Any, filled: Mapping[str, str] | None) -> None:
        """Check the fields of a form, or of a section of it."""
        for text in ("title", "description"):
            self._check_placeholders(f"{step}.{text}", filled)
        for field, shown in (schema.schema if schema else {}).items():
            if isinstance(shown, section):
                self._need(f"{step}.sections.{field}.name", filled)
                self._check_form(f"{step}.sections.{field}", shown.schema, filled)
                continue
            self._need(f"{step}.data.{field}", filled)
            self._need(f"{step}.data_description.{field}", filled)
            self._check_selector(getattr(shown, "config", {}))

    def _check_selector(self, config: Mapping[str, Any]) -> None:
        """Check the options of a selector, or the fields of one for objects."""
        if (key := config.get("translation_key")) is None:
            return
        for option in config.get("options", ()):
            self._need(f"selector.{key}.options.{option}")
        for field in config.get("fields", ()):
            self._need(f"selector.{key}.fields.{field}.name")

    def _need(self, key: str, filled: Mapping[str, str] | None = None) -> None:
        """Check that a text is there, with its placeholders."""
        if key not in english():
            self.faults.add(f"{key} is not in en.json")
        self._check_placeholders(key, filled)

    def _check_placeholders(self, key: str, filled: Mapping[str, str] | None) -> None:
        """Check that what a text leaves open is filled in, if it is there."""
        wanted: Iterable[str] = PLACEHOLDER.findall(english().get(key, ""))
        for name in sorted(set(wanted) - (filled or {}).keys()):
            self.faults.add(f"{key}: nothing is said of {name}")


def _prefix(manager: Any, flow: Any) -> str | None:
    """Return where the texts of a flow are, if it is one of the integration's."""
    hass = flow.hass
    if isinstance(manager, OptionsFlowManager):
        return "options" if hass.config_entries.async_get_known_entry(flow.handler).domain == DOMAIN else None
    if flow.handler != DOMAIN:
        return None
    if isinstance(manager, ConfigEntriesFlowManager):
        return "config"
    if not isinstance(manager, RepairsFlowManager):
        return None
    issue = ir.async_get(hass).async_get_issue(DOMAIN, flow.context["issue_id"])
    return f"issues.{issue.translation_key}.fix_flow" if issue else None


def _checked(function: Callable[..., Any], check: Callable[..., None]) -> Callable[..., Any]:
    """Return a method before which its arguments are checked."""

    @callback
    def checked(owner: Any, *args: Any, **options: Any) -> Any:
        check(*args, **options)
        return function(owner, *args, **options)

    return checked
