"""Check services.yaml, triggers.yaml and conditions.yaml, and that their texts are there."""

from typing import Any

from homeassistant.helpers.condition import _CONDITIONS_DESCRIPTION_SCHEMA
from homeassistant.helpers.service import _SERVICES_SCHEMA
from homeassistant.helpers.trigger.descriptions import _TRIGGERS_DESCRIPTION_SCHEMA
from homeassistant.util.yaml import load_yaml_dict

from .field_contexts import check_context
from .findings import Findings, error, invalid
from .integration import Integration

SCHEMAS = {
    "services": _SERVICES_SCHEMA,
    "triggers": _TRIGGERS_DESCRIPTION_SCHEMA,
    "conditions": _CONDITIONS_DESCRIPTION_SCHEMA,
}
TEXTS = {"name", "description"}
# What hassfest lets a field of a trigger or a condition have.
FLAT_KEYS = {"example", "default", "required", "selector", "context"}


def check(integration: Integration) -> Findings:
    """Check each kind of description file."""
    for kind, schema in SCHEMAS.items():
        path = integration.folder / f"{kind}.yaml"
        items = load_yaml_dict(str(path)) if path.is_file() else {}
        if problems := list(invalid(schema, items, path.name)):
            yield from problems
            continue
        yield from _check_items(integration, kind, items)


def _check_items(integration: Integration, kind: str, items: dict[str, Any]) -> Findings:
    """Check the items of one file against their texts."""
    texts: dict[str, Any] = integration.english.get(kind, {})
    yield from (error(f"{kind}.{key} is translated but not there") for key in texts.keys() - items)
    for key, item in items.items():
        if key.startswith("."):
            continue
        name, text = f"{kind}.{key}", texts.get(key, {})
        yield from (error(f"{name} has no {part} in en.json") for part in sorted(TEXTS - text.keys()))
        if "device" in ((item or {}).get("target") or {}):
            yield error(f"{name}: a target has no device filter any more")
        if kind != "services":
            yield from _check_flat(name, item or {})
        yield from _check_fields(integration, name, item or {}, text.get("fields", {}))


def _check_flat(name: str, item: dict[str, Any]) -> Findings:
    """Check that the fields of one trigger or condition are what the editor can show."""
    for key, field in (item.get("fields") or {}).items():
        unknown = sorted((field or {}).keys() - FLAT_KEYS)
        yield from (error(f"{name}.{key}: a field has no {part}") for part in unknown)
        if "context" in (field or {}):
            yield from check_context(f"{name}.{key}", field, item)


def _check_fields(
    integration: Integration, name: str, item: dict[str, Any], texts: dict[str, Any]
) -> Findings:
    """Check the fields of one item against their texts."""
    fields = _fields(item)
    yield from (error(f"{name}.{field} is translated but not there") for field in texts.keys() - fields)
    for key, field in fields.items():
        missing = sorted(TEXTS - texts.get(key, {}).keys())
        yield from (error(f"{name}.{key} has no {part} in en.json") for part in missing)
        yield from _check_selector(integration, f"{name}.{key}", field.get("selector"))


def _fields(item: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of an item with those of its sections."""
    fields: dict[str, Any] = {}
    for key, field in (item.get("fields") or {}).items():
        fields |= field["fields"] if field and "fields" in field else {key: field or {}}
    return fields


def _check_selector(integration: Integration, name: str, config: Any) -> Findings:
    """Check that a field has a translated selector."""
    if config is None:
        yield error(f"{name} has no selector")
    for options in (config or {}).values():
        key = options.get("translation_key") if isinstance(options, dict) else None
        if key and key not in integration.english.get("selector", {}):
            yield error(f"{name}: selector {key} is not translated")
