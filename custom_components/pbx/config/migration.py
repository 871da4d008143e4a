"""Bring entries up to date: the data of an older release, the id of a PBX, its MAC address."""

from typing import TYPE_CHECKING

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_HOST, CONF_VERIFY_SSL
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.device_registry import format_mac

from ..const import CONF_MAC, CONF_PROVISIONAL_ID, CONF_TRUST, DOMAIN
from ..hub.hub import PbxConfigEntry
from ..hub.lazy_module import LazyModule, async_load
from ..protocols.model import PbxInfo
from .tls import Trust

if TYPE_CHECKING:
    from ..hub import number_patterns
else:
    number_patterns = LazyModule("custom_components.pbx.hub.number_patterns")

VERSION = 1
MINOR_VERSION = 4
# What the spellings of subscriptions of Switchvox were called, which texts can't be named by.
SPELLINGS = {
    "accountId": "account_id",
    "accountId text": "account_id_text",
    "accountId and extension": "account_id_and_extension",
}


async def async_migrate(hass: HomeAssistant, entry: PbxConfigEntry) -> None:
    """Bring an entry up to date; Home Assistant itself refuses what is from a newer release."""
    data, options = dict(entry.data), dict(entry.options)
    if entry.minor_version < 2:
        trust = Trust.VERIFY if data.pop(CONF_VERIFY_SSL, True) else Trust.OFF
        data[CONF_TRUST] = trust.value
    if entry.minor_version < 3 and "dial_allowed" in options:
        await async_load(hass, number_patterns)
        options["dial_allowed"] = [
            number_patterns.widen_number_pattern(pattern) for pattern in options["dial_allowed"]
        ]
    if entry.minor_version < 4 and "targets" in options:
        options["targets"] = SPELLINGS.get(options["targets"], options["targets"])
    if entry.minor_version < MINOR_VERSION:
        hass.config_entries.async_update_entry(entry, data=data, options=options, minor_version=MINOR_VERSION)


@callback
def async_find_twin(hass: HomeAssistant, entry: PbxConfigEntry, info: PbxInfo) -> PbxConfigEntry | None:
    """Return another entry for the same PBX, None where there is none.

    The config flow lets no PBX in twice, but one that named no id then may do so now.
    """
    other = hass.config_entries.async_entry_for_domain_unique_id(DOMAIN, info.id)
    return other if other is not entry else None


@callback
def async_adopt_system_id(hass: HomeAssistant, entry: PbxConfigEntry, info: PbxInfo) -> bool:
    """Store the id of the PBX in the entry; return False where another PBX answers.

    An old release of a PBX names no id, so its address stands in for one until an update brings the real one.
    Then all devices and entities get new unique ids.
    """
    old = str(entry.unique_id)
    if old == info.id or info.provisional:
        return True
    if not entry.data.get(CONF_PROVISIONAL_ID):
        return False
    hass.config_entries.async_update_entry(
        entry, unique_id=info.id, data={**entry.data, CONF_PROVISIONAL_ID: False}
    )
    _rename_entities(hass, entry, old, info.id)
    _rename_devices(hass, entry, old, info.id)
    return True


def _rename_entities(hass: HomeAssistant, entry: PbxConfigEntry, old: str, new: str) -> None:
    registry = er.async_get(hass)
    for entity in er.async_entries_for_config_entry(registry, entry.entry_id):
        registry.async_update_entity(
            entity.entity_id, new_unique_id=_replace_prefix(entity.unique_id, old, new)
        )


def _rename_devices(hass: HomeAssistant, entry: PbxConfigEntry, old: str, new: str) -> None:
    registry = dr.async_get(hass)

    def make_identifiers(device: dr.AnyDeviceEntry) -> set[tuple[str, str]]:
        return {
            (DOMAIN, _replace_prefix(name, old, new))
            for domain, name in device.identifiers
            if domain == DOMAIN
        }

    for device in dr.async_entries_for_config_entry(registry, entry.entry_id):
        registry.async_update_device(device.id, new_identifiers=make_identifiers(device))
    for child in dr.async_child_entries_for_config_entry(registry, entry.entry_id):
        registry.async_update_child_device(child.id, new_identifiers=make_identifiers(child))


def _replace_prefix(name: str, old: str, new: str) -> str:
    return new + name.removeprefix(old)


@callback
def async_store_seen_mac(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Store the MAC address of a PBX where DHCP has seen it, so that the PBX is found by it later."""
    if "dhcp" not in hass.config.components:
        return
    # It brings along more than all of this integration, which is wasted where it is not set up.
    from homeassistant.components.dhcp import async_discovered_service_info  # noqa: PLC0415

    for seen in async_discovered_service_info(hass):
        if seen.ip == entry.data[CONF_HOST]:
            store_mac(hass, entry, format_mac(seen.macaddress))


@callback
def store_mac(hass: HomeAssistant, entry: ConfigEntry, mac: str) -> None:
    """Store the MAC address of a PBX, unless it is known."""
    if entry.data.get(CONF_MAC) != mac:
        hass.config_entries.async_update_entry(entry, data={**entry.data, CONF_MAC: mac})
