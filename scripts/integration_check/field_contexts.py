"""Check what the selectors of fields take over from other fields."""

from typing import Any

from homeassistant.helpers import selector
import voluptuous as vol

from .findings import Findings, error


def check_context(name: str, field: dict[str, Any], item: dict[str, Any]) -> Findings:
    """Check that a selector takes something it knows from a field, or the target, that is there."""
    try:
        allowed = selector.selector(field.get("selector")).allowed_context_keys
    except vol.Invalid:
        yield error(f"{name} has a context, but no selector that could use it")
        return
    for key, source in field["context"].items():
        kind = _kind_of(source, item)
        if kind is None:
            yield error(f"{name}: there is no {source} to take {key} from")
        elif kind not in allowed.get(key, ()):
            yield error(f"{name}: {key} cannot be taken from {source}")


def _kind_of(source: str, item: dict[str, Any]) -> str | None:
    """Return the type of the selector that a field has, or the target."""
    if source == "target":
        return "target" if "target" in item else None
    config = ((item.get("fields") or {}).get(source) or {}).get("selector")
    return next(iter(config), None) if config else None
