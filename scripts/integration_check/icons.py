"""Check icons.json, and that everything which shows an icon has one."""

from pathlib import Path
from typing import Any

import homeassistant

from .code_keys import key_uses
from .findings import Findings, error, warning
from .integration import Integration, flatten, read_json

SECTIONS = {"entity", "services", "triggers", "conditions", "config", "options", "issues"}
COMPONENTS = Path(homeassistant.__file__).parent / "components"


def check(integration: Integration) -> Findings:
    """Check the icons themselves, then what has none."""
    if not (integration.folder / "icons.json").is_file():
        yield error("there is no icons.json")
        return
    icons = integration.icons
    yield from (error(f"unknown section {section}") for section in icons if section not in SECTIONS)
    for path, icon in flatten(icons):
        if not str(icon).startswith("mdi:"):
            yield error(f"{path}: {icon} is no mdi icon")
    for platform, entries in icons.get("entity", {}).items():
        for key, entry in entries.items():
            yield from _check_entity(f"{platform}.{key}", entry)
    for section in "services", "triggers", "conditions":
        missing = integration.english.get(section, {}).keys() - icons.get(section, {})
        yield from (error(f"{section}.{key} has no icon") for key in missing)
    yield from _check_entities_complete(integration)


def _check_entity(name: str, entry: dict[str, Any]) -> Findings:
    """Check the states and ranges of one entity."""
    if entry.get("default") in entry.get("state", {}).values():
        yield warning(f"{name}: a state repeats the default icon")
    steps = [float(step) for step in entry.get("range", {})]
    if steps != sorted(steps):
        yield error(f"{name}: the ranges are to go up")


def _check_entities_complete(integration: Integration) -> Findings:
    """Check that each translated entity has an icon, and each icon an entity."""
    icons, texts = integration.icons.get("entity", {}), integration.english.get("entity", {})
    by_class = _keys_with_class_icon(integration)
    for platform in texts.keys() | icons:
        named, drawn = set(texts.get(platform, {})), set(icons.get(platform, {}))
        for key in sorted(named - drawn - by_class.get(platform, set())):
            yield error(f"entity.{platform}.{key} has no icon")
        for key in sorted(drawn - named):
            yield error(f"entity.{platform}.{key} is no translated entity")


def _keys_with_class_icon(integration: Integration) -> dict[str, set[str]]:
    """Return by platform the translation keys whose device class brings an icon."""
    keys: dict[str, set[str]] = {}
    for use in key_uses(integration):
        if use.section == "entity" and use.platform and use.device_class in _class_icons(use.platform):
            keys.setdefault(use.platform, set()).add(use.key)
    return keys


def _class_icons(platform: str) -> set[str]:
    """Return the device classes for which Home Assistant brings an icon that tells something."""
    icons = read_json(COMPONENTS / platform / "icons.json").get("entity_component", {})
    return set(icons) - {"_", "enum"}
