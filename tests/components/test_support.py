"""Diagnostics and repair issues: what helps when something is wrong."""

import json
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.components.diagnostics import (
    get_diagnostics_for_config_entry,
    get_diagnostics_for_device,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.pbx.const import DOMAIN
from tests.simulators.axeos import AxeosSimulator
from tests.waiting import until

from .conftest import state_is


def issues(registry: ir.IssueRegistry) -> set[str | None]:
    """Return the issues that are up."""
    return {issue.translation_key for issue in registry.issues.values() if issue.domain == DOMAIN}


async def test_plain_http_is_told(
    hass: HomeAssistant, loaded: MockConfigEntry, issue_registry: ir.IssueRegistry
) -> None:
    """Whoever chose plain HTTP is told what that means; the issue goes with the entry."""
    await until(lambda: issues(issue_registry) == {"unencrypted"})
    await hass.config_entries.async_remove(loaded.entry_id)
    assert issues(issue_registry) == set()


async def test_missing_right_is_told_and_cured(
    hass: HomeAssistant, pbx: AxeosSimulator, entry: MockConfigEntry, issue_registry: ir.IssueRegistry
) -> None:
    """A right that an API key lacks is named, until it is there."""
    fault = pbx.faults.error(403, path="/apis/pbx/switches")
    assert await hass.config_entries.async_setup(entry.entry_id)
    await until(lambda: "missing_right" in issues(issue_registry))
    pbx.faults.rules.remove(fault)
    pbx.events.append("lunar_eclipse", darkness=7)
    await until(lambda: "missing_right" not in issues(issue_registry))
    await state_is(hass, "switch.pbx_example_org_night_mode", "off")


async def test_entry_diagnostics(
    hass: HomeAssistant, pbx: AxeosSimulator, loaded: MockConfigEntry, hass_client: ClientSessionGenerator
) -> None:
    """They hold counters and names of events, and nothing that is private."""
    pbx.engine.incoming(number="+31201234567", name="Carla", extension="201")
    pbx.events.append("lunar_eclipse", darkness=7)
    await state_is(hass, "sensor.pbx_example_org_active_calls", "1")
    data: dict[str, Any] = await get_diagnostics_for_config_entry(hass, hass_client, loaded)
    assert data["objects"] == {"pbx": 1, "phone": 5, "user": 4, "mailbox": 2, "switch": 3, "queue": 1}
    assert data["session"]["unknown_event_types"] == {"lunar_eclipse": 1}
    assert data["events"]["ignored"] == 1
    text = json.dumps(data)
    private = (pbx.world.api_keys[0], "+31201234567", "Carla", "Anna de Vries", pbx.host, "desk-anna")
    assert not [word for word in private if word in text]


@pytest.mark.parametrize("kind", ["phone", "user", "mailbox"])
async def test_device_diagnostics(
    hass: HomeAssistant,
    pbx: AxeosSimulator,
    loaded: MockConfigEntry,
    hass_client: ClientSessionGenerator,
    device_registry: dr.DeviceRegistry,
    kind: str,
) -> None:
    """They say what kind of thing a device is and what it does, without naming anybody."""
    devices = [
        *dr.async_entries_for_config_entry(device_registry, loaded.entry_id),
        *dr.async_child_entries_for_config_entry(device_registry, loaded.entry_id),
    ]
    device = next(d for d in devices if any(f"_{kind}_" in name for _, name in d.identifiers))
    data: dict[str, Any] = await get_diagnostics_for_device(hass, hass_client, loaded, device)
    assert data["kind"] == kind
    assert data["known"] is True
    assert device.name not in json.dumps(data)
