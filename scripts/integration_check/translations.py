"""Check the structure of translations/en.json as hassfest does."""

import re
from typing import Any

import voluptuous as vol

from .findings import Findings, error, invalid, warning
from .integration import Integration, flatten

FIELDS = {vol.Optional("data"): {str: object}, vol.Optional("data_description"): {str: object}}
SECTION = FIELDS | {vol.Optional("name"): object, vol.Optional("description"): object}
STEP = FIELDS | {
    vol.Optional("description"): object,
    vol.Optional("menu_options"): {str: object},
    vol.Optional("menu_option_descriptions"): {str: object},
    vol.Optional("sections"): {str: SECTION},
    vol.Optional("submit"): object,
    vol.Optional("title"): object,
}
FLOW = {
    vol.Optional("abort"): {str: object},
    vol.Optional("create_entry"): {str: object},
    vol.Optional("error"): {str: object},
    vol.Optional("flow_title"): object,
    vol.Optional("progress"): {str: object},
    vol.Optional("step"): {str: STEP},
}
SUBENTRY_FLOW = FLOW | {vol.Required("entry_type"): object, vol.Required("initiate_flow"): {str: object}}
FIX_FLOW = {vol.Required("title"): object, vol.Required("fix_flow"): FLOW}
ISSUE = {vol.Required("title"): object, vol.Required("description"): object}
SECTIONS = (
    "common",
    "conditions",
    "device",
    "device_automation",
    "entity",
    "exceptions",
    "selector",
    "services",
)
TEXTS = vol.Schema(
    {
        vol.Optional("title"): object,
        vol.Optional("config"): FLOW,
        vol.Optional("config_subentries"): {str: SUBENTRY_FLOW},
        vol.Optional("issues"): {str: vol.Any(ISSUE, FIX_FLOW)},
        vol.Optional("options"): FLOW,
        **{vol.Optional(section): dict for section in (*SECTIONS, "system_health", "triggers")},
    }
)
VALID_KEY = re.compile(r"^(?!.+[_-]{2})(?![_-])[a-z0-9_-]+(?<![_-])$")


def check(integration: Integration) -> Findings:
    """Check sections, flows, keys and issues."""
    if not (integration.folder / "translations" / "en.json").is_file():
        yield error("there is no translations/en.json")
        return
    if (integration.folder / "strings.json").is_file():
        yield warning("strings.json is not read at run time for a custom integration")
    texts = integration.english
    yield from invalid(TEXTS, texts, "en.json")
    for name in "config", "options":
        for step_id, step in texts.get(name, {}).get("step", {}).items():
            yield from _check_described(f"{name}.step.{step_id}", step)
    yield from _check_keys(texts)


def _check_described(name: str, form: dict[str, Any]) -> Findings:
    """Check that each field of a step or section is described."""
    fields, described = form.get("data", {}), form.get("data_description", {})
    yield from (error(f"{name}: {field} is described but not in data") for field in described.keys() - fields)
    yield from (warning(f"{name}: {field} has no data_description") for field in fields.keys() - described)
    for section_id, section in form.get("sections", {}).items():
        yield from _check_described(f"{name}.sections.{section_id}", section)


def _check_keys(texts: dict[str, Any]) -> Findings:
    """Check the spelling of keys."""
    for section in "entity", "device", "selector":
        for path, _ in flatten(texts.get(section, {})):
            for part in path.split("."):
                if not VALID_KEY.match(part):
                    yield error(f"{section}.{path}: bad key {part}")
