"""Check icons.json, and that every action, trigger and condition has an icon.

Whether entities have one is seen by every test that adds them, in tests/components/text_check.py.
"""

from typing import Any

from .findings import Findings, error, warning
from .integration import Integration, flatten

SECTIONS = {"entity", "services", "triggers", "conditions", "config", "options", "issues"}


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
    for platform, drawn in icons.get("entity", {}).items():
        unknown = drawn.keys() - integration.english.get("entity", {}).get(platform, {})
        yield from (error(f"entity.{platform}.{key} is no translated entity") for key in unknown)


def _check_entity(name: str, entry: dict[str, Any]) -> Findings:
    """Check the states and ranges of one entity."""
    if entry.get("default") in entry.get("state", {}).values():
        yield warning(f"{name}: a state repeats the default icon")
    steps = [float(step) for step in entry.get("range", {})]
    if steps != sorted(steps):
        yield error(f"{name}: the ranges are to go up")
