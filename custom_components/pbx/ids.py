"""Make the unique ids of entities."""

from homeassistant.config_entries import ConfigEntry

from .protocols.model import ObjectKey

# An entity of a routing switch shows its value, whatever platform it is of.
SWITCH_VALUE = "value"


def unique_id(entry: ConfigEntry, key: ObjectKey, suffix: str) -> str:
    """Return the unique id of an entity of an object, from ids that the PBX itself gave."""
    return f"{entry.unique_id}_{key.kind}_{key.id}_{suffix}"
