"""Check the structure of translations/en.json as hassfest does."""

import re
from typing import Any

from .findings import Findings, error, warning
from .integration import Integration, flatten

SECTIONS = {
    "title",
    "common",
    "config",
    "options",
    "config_subentries",
    "device",
    "device_automation",
    "entity",
    "exceptions",
    "issues",
    "selector",
    "services",
    "triggers",
    "conditions",
    "system_health",
    "config_panel",
    "preview_features",
    "entity_component",
    "conversation",
    "application_credentials",
}
FLOW_KEYS = {
    "abort",
    "create_entry",
    "entry_type",
    "error",
    "flow_title",
    "initiate_flow",
    "progress",
    "step",
}
STEP_KEYS = {
    "data",
    "data_description",
    "description",
    "menu_options",
    "menu_option_descriptions",
    "sections",
    "submit",
    "title",
}
VALID_KEY = re.compile(r"^(?!.+[_-]{2})(?![_-])[a-z0-9_-]+(?<![_-])$")


def check(integration: Integration) -> Findings:
    """Check sections, flows, keys and issues."""
    if not (integration.folder / "translations" / "en.json").is_file():
        yield error("there is no translations/en.json")
        return
    if (integration.folder / "strings.json").is_file():
        yield warning("strings.json is not read at run time for a custom integration")
    texts = integration.english
    yield from (error(f"unknown section {section}") for section in texts if section not in SECTIONS)
    for name in "config", "options":
        yield from _check_flow(name, texts.get(name, {}))
    for name, flow in texts.get("config_subentries", {}).items():
        yield from _check_subentry_flow(f"config_subentries.{name}", flow)
    yield from _check_keys(texts)
    yield from _check_issues(texts.get("issues", {}))


def _check_flow(name: str, flow: dict[str, Any]) -> Findings:
    """Check the texts of a flow."""
    yield from (error(f"{name}.{key} is not known") for key in flow if key not in FLOW_KEYS)
    for step_id, step in flow.get("step", {}).items():
        yield from _check_step(f"{name}.step.{step_id}", step)


def _check_step(name: str, step: dict[str, Any]) -> Findings:
    """Check that each field of a step is named and described."""
    yield from (error(f"{name}.{key} is not known") for key in step if key not in STEP_KEYS)
    fields, described = step.get("data", {}), step.get("data_description", {})
    yield from (error(f"{name}: {field} is described but not in data") for field in described.keys() - fields)
    yield from (warning(f"{name}: {field} has no data_description") for field in fields.keys() - described)
    for section_id, section in step.get("sections", {}).items():
        fields, described = section.get("data", {}), section.get("data_description", {})
        for field in fields.keys() - described:
            yield warning(f"{name}.sections.{section_id}: {field} has no data_description")


def _check_subentry_flow(name: str, flow: dict[str, Any]) -> Findings:
    """Check the texts of a subentry flow."""
    yield from _check_flow(name, flow)
    if not {"entry_type", "initiate_flow"} <= flow.keys():
        yield error(f"{name} names no entry_type or initiate_flow")


def _check_keys(texts: dict[str, Any]) -> Findings:
    """Check the spelling of keys."""
    for section in "entity", "device", "selector":
        for path, _ in flatten(texts.get(section, {})):
            for part in path.split("."):
                if not VALID_KEY.match(part):
                    yield error(f"{section}.{path}: bad key {part}")


def _check_issues(issues: dict[str, Any]) -> Findings:
    """Check that each issue says what is wrong in one way."""
    for key, issue in issues.items():
        if "title" not in issue or ("description" in issue) == ("fix_flow" in issue):
            yield error(f"issue {key} has a title and one of description and fix_flow")
