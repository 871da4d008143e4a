"""PBX for Home Assistant: business telephone systems as devices, entities, actions and triggers."""

from collections import Counter
import logging
from typing import TYPE_CHECKING

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import (
    ConfigEntryAuthFailed,
    ConfigEntryError,
    ConfigEntryNotReady,
    HomeAssistantError,
)
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.device_registry import AnyDeviceEntry
from homeassistant.helpers.typing import ConfigType
from homeassistant.util.hass_dict import HassKey

from .call_log import async_log_calls
from .config.connection import async_create_session, get_error_key
from .config.migration import (
    async_adopt_system_id,
    async_find_twin,
    async_migrate,
    async_store_seen_mac,
)
from .const import DOMAIN, PLATFORMS
from .dashboard import async_set_up_dashboard
from .entity import async_remove_entities
from .hub.call_back_buttons import call_back_buttons_store
from .hub.call_list import call_list_store
from .hub.contact_pictures import async_serve_pictures
from .hub.delivery import async_load_ring_filter
from .hub.devices import async_remove_devices
from .hub.hub import PbxConfigEntry, PbxHub
from .hub.issues import async_certificate_refused, async_clear_issues
from .hub.lazy_module import LazyModule, async_load
from .hub.masking import async_load_masks
from .hub.options import PbxOptions
from .hub.recording import async_forget_recordings, async_get_tap
from .hub.recording.download import async_serve_recordings
from .hub.temporary_settings import temporary_settings_store
from .protocols.contract import Contract
from .protocols.errors import AuthFailed, CertificateNotTrusted, MissingRight, PbxError
from .protocols.keys import PBX_KEY
from .services import async_setup_actions

if TYPE_CHECKING:
    from .hub import dial_guard, webhook
else:
    dial_guard = LazyModule(f"{__package__}.hub.dial_guard")
    webhook = LazyModule(f"{__package__}.hub.webhook")

_LOGGER = logging.getLogger(__name__)

# How often in a row each entry was refused at its start.
_REFUSALS: HassKey[Counter[str]] = HassKey(f"{DOMAIN}_refusals")
CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Set up what all telephone systems share: the actions, the dashboard, pictures and recordings."""
    async_setup_actions(hass)
    await async_set_up_dashboard(hass)
    async_serve_pictures(hass)
    async_serve_recordings(hass)
    return True


async def async_setup_entry(hass: HomeAssistant, entry: PbxConfigEntry) -> bool:
    """Set up one telephone system."""
    hub = await _open_session(hass, entry)
    entry.async_on_unload(hub.keeper.stop)
    if (twin := async_find_twin(hass, entry, hub.info)) is not None:
        raise ConfigEntryError(
            translation_domain=DOMAIN,
            translation_key="set_up_twice",
            translation_placeholders={"title": twin.title},
        )
    if not async_adopt_system_id(hass, entry, hub.info):
        raise ConfigEntryError(translation_domain=DOMAIN, translation_key="another_pbx")
    entry.runtime_data = hub
    async_store_seen_mac(hass, entry)
    await hub.phone_numbers.load()
    await hub.call_list.load()
    await hub.call_back_buttons.load()
    await hub.address_book.load()
    hub.devices.create_hub(hub.info)
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    if hub.session.push_hook is not None:
        await async_load(hass, webhook)
        webhook.async_set_up_push(hass, entry, hub.session.push_hook)
    entry.async_on_unload(async_log_calls(hub))
    hub.run()
    await hub.load_entities()
    await hub.temporary_settings.start()
    await hub.remove_stale_devices()
    hub.issues.forget_cured()
    return True


async def _open_session(hass: HomeAssistant, entry: PbxConfigEntry) -> PbxHub:
    """Open the session for the first time; raises ConfigEntryAuthFailed or ConfigEntryNotReady."""
    try:
        with Contract().hold("setting up"):
            tap = await async_get_tap(hass, entry)
            session = await async_create_session(hass, {**entry.data, **entry.options}, tap)
            options = PbxOptions.from_entry(entry)
            await async_load_masks(hass, options)
            await async_load_ring_filter(hass, options)
            hub = PbxHub(hass, entry, session)
            await hub.keeper.start()
    except AuthFailed as err:
        if not _is_refused_for_good(hass, entry, hub.session.refusals):
            raise _not_ready(err) from err
        raise ConfigEntryAuthFailed(translation_domain=DOMAIN, translation_key="login_refused") from err
    except MissingRight as err:
        entry.async_start_reauth(hass, data={"right": err.right})
        raise ConfigEntryAuthFailed(
            translation_domain=DOMAIN,
            translation_key="missing_right",
            translation_placeholders={"detail": err.right},
        ) from err
    except PbxError as err:
        if isinstance(err, CertificateNotTrusted):
            async_certificate_refused(hass, entry)
        raise _not_ready(err) from err
    if _REFUSALS in hass.data:
        del hass.data[_REFUSALS][entry.entry_id]
    return hub


def _is_refused_for_good(hass: HomeAssistant, entry: PbxConfigEntry, most: int) -> bool:
    """Return whether a login was refused so often in a row that another one has to be entered.

    A PBX that starts together with Home Assistant may refuse a good one.
    """
    counts = hass.data.setdefault(_REFUSALS, Counter())
    counts[entry.entry_id] += 1
    if counts[entry.entry_id] < most:
        return False
    del counts[entry.entry_id]
    return True


def _not_ready(error: PbxError) -> ConfigEntryNotReady:
    # The text that people read is translated; what exactly happened is for the log.
    _LOGGER.info("The PBX cannot be set up yet: %s", error)
    key = "login_refused" if isinstance(error, AuthFailed) else get_error_key(error)
    return ConfigEntryNotReady(translation_domain=DOMAIN, translation_key=key)


async def async_migrate_entry(hass: HomeAssistant, entry: PbxConfigEntry) -> bool:
    """Bring the data of an older release up to date."""
    await async_migrate(hass, entry)
    return True


async def async_unload_entry(hass: HomeAssistant, entry: PbxConfigEntry) -> bool:
    """Unload one telephone system."""
    entry.runtime_data.stop_loading()
    await async_remove_entities(hass, entry)
    return await hass.config_entries.async_unload_platforms(entry, PLATFORMS)


async def async_remove_entry(hass: HomeAssistant, entry: PbxConfigEntry) -> None:
    """Clean up after a telephone system that was removed."""
    await async_remove_devices(hass, entry)
    async_forget_recordings(hass, entry)
    async_clear_issues(hass, entry)
    await temporary_settings_store(hass, entry.entry_id).async_remove()
    await async_load(hass, dial_guard)
    await dial_guard.dial_guard_store(hass, entry.entry_id).async_remove()
    await call_list_store(hass, entry.entry_id).async_remove()
    await call_back_buttons_store(hass, entry.entry_id).async_remove()


async def async_remove_config_entry_device(
    hass: HomeAssistant, entry: PbxConfigEntry, device: AnyDeviceEntry
) -> bool:
    """Return whether a device may be removed: one that is gone from the PBX or left out by the options.

    Raises HomeAssistantError, which says what to do instead, for one that would only come back.
    """
    if entry.state is not ConfigEntryState.LOADED:
        return False
    hub = entry.runtime_data
    key = hub.devices.get_key(device.identifiers)
    if key is None or hub.release_device(key):
        return True
    raise HomeAssistantError(
        translation_domain=DOMAIN,
        translation_key="device_of_pbx" if key == PBX_KEY else "device_still_there",
        translation_placeholders={"name": device.name_by_user or device.name or ""},
    )
