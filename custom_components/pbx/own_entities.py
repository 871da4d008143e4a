"""Pick the entities of this integration that show a certain thing."""

from collections.abc import Iterable

from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.automation import DomainSpec

from .const import DOMAIN

# What shows something differs with what may be set: a select where others have a sensor.
DOMAIN_SPECS = {domain: DomainSpec() for domain in ("binary_sensor", "select", "sensor", "switch")}


def that_show(hass: HomeAssistant, entity_ids: Iterable[str], key: str) -> set[str]:
    """Return those of the entities that are ours and go by this translation key."""
    registry = er.async_get(hass)
    return {
        entity_id
        for entity_id in entity_ids
        if (entity := registry.async_get(entity_id)) is not None
        and entity.platform == DOMAIN
        and entity.translation_key == key
    }


def owner_of(hass: HomeAssistant, entity_id: str) -> dict[str, str | None]:
    """Return the id and the name of the device that an entity is on."""
    entity = er.async_get(hass).async_get(entity_id)
    device = dr.async_get(hass).async_get(entity.device_id or "") if entity is not None else None
    return {
        ATTR_DEVICE_ID: device.id if device is not None else None,
        "name": (device.name_by_user or device.name) if device is not None else None,
    }
