"""The integration set up for a telephone system without a wire."""

from collections.abc import Mapping, Sequence
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pbx.const import DOMAIN
from custom_components.pbx.protocols.model import PbxObject
from custom_components.pbx.protocols.registry import SYSTEMS
from tests.memory_session import INFO, SYSTEM, MemorySession, memory_system


def memory_entry(
    hass: HomeAssistant,
    monkeypatch: pytest.MonkeyPatch,
    objects: Sequence[PbxObject],
    options: Mapping[str, Any] | None = None,
) -> tuple[MockConfigEntry, MemorySession]:
    """Return an entry that is not set up yet, and the session that it will have."""
    session = MemorySession(objects)
    monkeypatch.setitem(SYSTEMS, SYSTEM, memory_system(session))
    entry = MockConfigEntry(
        domain=DOMAIN,
        unique_id=INFO.id,
        title="Memory",
        data={"system": SYSTEM, "login": SYSTEM},
        options=dict(options or {}),
    )
    entry.add_to_hass(hass)
    return entry, session


def have_pbx_event(hass: HomeAssistant, entry: MockConfigEntry) -> str:
    """Register the event entity of the whole PBX as people have it who set the PBX up long ago."""
    registered = er.async_get(hass).async_get_or_create(
        "event", DOMAIN, f"{INFO.id}_pbx__call", config_entry=entry, suggested_object_id="memory_pbx_call"
    )
    return registered.entity_id


async def set_up(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Set the entry up."""
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
