"""Telephone systems that DHCP finds on the network: new ones, and known ones at a new address."""

import asyncio
from collections.abc import Awaitable, Mapping
import ssl
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_HOST, CONF_PORT
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.device_registry import CONNECTION_NETWORK_MAC
from homeassistant.util.hass_dict import HassKey
from homeassistant.util.network import is_ip_address
from homeassistant.util.ssl import get_default_no_verify_context

from ..const import CONF_SYSTEM, CONF_TLS, CONF_TRUST, DOMAIN
from ..protocols.errors import PbxError
from ..protocols.lazy_dataclass import dataclass
from ..protocols.model import PbxInfo
from ..protocols.registry import SYSTEMS
from ..protocols.session import Link
from .migration import store_mac
from .tls import Trust, async_create_ssl_context

PORT = 443
DETECT_SECONDS = 15.0
# A PBX asks for its address long before it answers.
START_SECONDS = 180.0
RETRY_SECONDS = 5.0
# An office may have hundreds of phones that share the first half of their MAC address with the PBX.
MAX_DETECTIONS = 4
_DETECTING: HassKey[asyncio.Semaphore] = HassKey("pbx_detecting")


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscoveredPbx:
    """A telephone system that was found on the network; `system` is its key in the registry."""

    system: str
    host: str
    mac: str


@callback
def find_known(hass: HomeAssistant, mac: str) -> tuple[bool, ConfigEntry | None]:
    """Return whether a MAC address is one of our devices, and the entry of the PBX that has it.

    An entry with a name is left out: the name leads to a new address by itself.
    """
    is_ours = False
    for device in dr.async_get(hass).async_get_devices(connections={(CONNECTION_NETWORK_MAC, mac)}):
        entry = hass.config_entries.async_get_entry(device.config_entry_id)
        if entry is None or entry.domain != DOMAIN:
            continue
        is_ours = True
        if (DOMAIN, str(entry.unique_id)) in device.identifiers and is_ip_address(entry.data[CONF_HOST]):
            return True, entry
    return is_ours, None


async def async_is_proven(hass: HomeAssistant, entry: ConfigEntry, host: str) -> bool:
    """Return whether the PBX of an entry proves by its certificate that it is at a host; no login is sent.

    Anybody in a network can claim a MAC address. Without encryption, or where any certificate will do,
    nothing is a proof. A PBX that starts is waited for.
    """
    data = {**entry.data, CONF_HOST: host}
    if not data.get(CONF_TLS, True) or data.get(CONF_TRUST) == Trust.OFF:
        return False
    try:
        async with asyncio.timeout(START_SECONDS):
            context = await async_create_ssl_context(hass, data)
            return await _await_handshake(host, data[CONF_PORT], context)
    except PbxError, TimeoutError:
        return False


async def _await_handshake(host: str, port: int, context: ssl.SSLContext) -> bool:
    """Return whether something trusted answers at an address, as soon as anything does."""
    while True:
        try:
            _, writer = await asyncio.open_connection(host, port, ssl=context)
        except ssl.SSLError:
            return False
        except OSError:
            await asyncio.sleep(RETRY_SECONDS)
            continue
        writer.transport.abort()
        return True


@callback
def async_change_host(hass: HomeAssistant, entry: ConfigEntry, host: str, before: str) -> None:
    """Let an entry connect to a new address, unless it is gone or has got another one meanwhile."""
    if hass.config_entries.async_get_entry(entry.entry_id) is None or entry.data[CONF_HOST] != before:
        return
    hass.config_entries.async_update_entry(entry, data={**entry.data, CONF_HOST: host})
    hass.config_entries.async_schedule_reload(entry.entry_id)


async def async_adopt_mac(hass: HomeAssistant, mac: str, host: str) -> bool:
    """Store the MAC address in the entries for this address; return whether there are any."""
    entries = [
        entry
        for entry in hass.config_entries.async_entries(DOMAIN, include_ignore=False)
        if host in await _resolve(entry.data[CONF_HOST])
    ]
    for entry in entries:
        store_mac(hass, entry, mac)
    return bool(entries)


async def async_find_same_pbx(hass: HomeAssistant, info: PbxInfo, data: Mapping[str, Any]) -> bool:
    """Return whether an entry is for the same PBX, although its id or its host is written differently."""
    mine = info.id.casefold()
    entries = hass.config_entries.async_entries(DOMAIN, include_ignore=False)
    if any(str(entry.unique_id).casefold() == mine for entry in entries):
        return True
    if not info.provisional:
        return False
    # The address stands in for the id, and many names lead to one address.
    rest = _cut_host(info.id, data)
    addresses = await _resolve(data[CONF_HOST])
    return any([
        addresses & await _resolve(entry.data[CONF_HOST])
        for entry in entries
        if _cut_host(str(entry.unique_id), entry.data) == rest
    ])  # fmt: skip


def _cut_host(unique_id: str, data: Mapping[str, Any]) -> tuple[str, str]:
    """Return the system, and what tells PBXs of it apart at one address."""
    return data[CONF_SYSTEM], unique_id.casefold().replace(data[CONF_HOST].casefold(), "")


async def async_detect(hass: HomeAssistant, mac: str, host: str) -> DiscoveredPbx | None:
    """Return the PBX at an address, or None where it is something else, such as a phone of the same make.

    No login is sent.
    """
    link = Link(http=async_get_clientsession(hass), ssl=get_default_no_verify_context())
    digits = mac.replace(":", "")
    for name, system in SYSTEMS.items():
        if system.detect is None or not digits.startswith(system.macs):
            continue
        await hass.async_add_import_executor_job(system.load)
        async with hass.data.setdefault(_DETECTING, asyncio.Semaphore(MAX_DETECTIONS)):
            if await _await_detection(system.detect(host, PORT, link)):
                return DiscoveredPbx(system=name, host=host, mac=mac)
    return None


async def _await_detection(detecting: Awaitable[bool]) -> bool:
    try:
        async with asyncio.timeout(DETECT_SECONDS):
            return await detecting
    except TimeoutError:
        return False


async def _resolve(host: str) -> set[str]:
    """Return the IP addresses of a host, or the host itself where none is found."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, None)
    except OSError:
        return {host}
    return {str(address[0]) for *_, address in found}
