"""What happens when a session breaks its contract: the entry goes on, and nothing of it is told in texts."""

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest

from custom_components.pbx.diagnostics import async_get_config_entry_diagnostics
from custom_components.pbx.protocols.model import Phone, User
from tests.memory_session import MemorySession

from .memory_entry import memory_entry, set_up

SECRET = "0301234567"
ANNA = User(id="1", name="Anna", number="201", do_not_disturb=False)
DESK = Phone(id="1", name="Desk")


@pytest.mark.parametrize("error", [LookupError, ValueError, OverflowError, RecursionError])
async def test_set_up_is_tried_again(
    hass: HomeAssistant,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    error: type[Exception],
) -> None:
    """An entry whose session breaks its contract is set up later, not given up."""
    entry, session = memory_entry(hass, monkeypatch, (ANNA, DESK))
    session.fault = error(SECRET)
    await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert "Something unexpected happened" in str(entry.reason)
    assert error.__name__ in caplog.text
    assert SECRET not in caplog.text + str(entry.reason)
    session.fault = None
    await hass.config_entries.async_reload(entry.entry_id)
    assert entry.state is ConfigEntryState.LOADED


async def test_what_needs_no_network(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither counters, nor what is remembered, nor what is wanted can break the hub."""

    def fail(*args: object) -> None:
        raise LookupError(SECRET)

    entry, session = memory_entry(hass, monkeypatch, (ANNA, DESK))
    for name in ("watch", "statistics"):
        monkeypatch.setattr(session, name, fail)
    monkeypatch.setattr(MemorySession, "memory", property(fail))
    await set_up(hass, entry)
    assert entry.state is ConfigEntryState.LOADED
    assert hass.states.get("sensor.memory_pbx_anna_status") is not None
    report = await async_get_config_entry_diagnostics(hass, entry)
    assert report["session"] == {}
    assert caplog.text.count("Traceback") == 0 < caplog.text.count("Unexpected error, watching")
    assert SECRET not in caplog.text


async def test_command(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A command that breaks its contract fails in words that can be shown."""
    entry, session = memory_entry(hass, monkeypatch, (ANNA, DESK))
    await set_up(hass, entry)
    session.faults["set_do_not_disturb"] = LookupError(SECRET)
    data = {"entity_id": "switch.memory_pbx_anna_do_not_disturb"}
    with pytest.raises(HomeAssistantError, match="Something unexpected happened"):
        await hass.services.async_call("switch", "turn_on", data, blocking=True)
    assert "Unexpected error, command set_do_not_disturb" in caplog.text
    assert SECRET not in caplog.text
    assert isinstance(entry.runtime_data.session, MemorySession)
