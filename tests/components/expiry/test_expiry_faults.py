"""What was set for a while when commands fail, the PBX is gone or Home Assistant starts again."""

import asyncio
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from custom_components.pbx.hub.temporary_settings import temporary_settings_store
from custom_components.pbx.protocols.enums import Capability, PresenceActivity
from custom_components.pbx.protocols.errors import CannotConnect, CommandFailed

from .office import BUSY, HOUR, LUNCH, PRESENCE, Office, Wait, act, soon, state_is

QUIET = ("presence", PresenceActivity.DND, None)


@pytest.mark.usefixtures("entry")
async def test_command_that_fails(hass: HomeAssistant, office: Office, wait: Wait) -> None:
    """What could not be set is not set back either."""
    office.refuses = CommandFailed("no_such_presence")
    with pytest.raises(ServiceValidationError):
        await act(hass, "set_presence", activity="busy", note="Hush", duration=HOUR.seconds)
    await wait(HOUR)
    assert office.sent == [BUSY]


@pytest.mark.usefixtures("entry")
async def test_setting_back_that_is_refused(
    hass: HomeAssistant, office: Office, wait: Wait, caplog: pytest.LogCaptureFixture
) -> None:
    """That is told once, and nothing more is tried."""
    await act(hass, "set_presence", activity="busy", note="Hush", duration=HOUR.seconds)
    office.refuses = CommandFailed("rejected")
    await wait(HOUR)
    assert "could not be set back" in caplog.text
    await wait(HOUR)
    assert office.sent == [BUSY, LUNCH]


@pytest.mark.usefixtures("entry")
async def test_setting_back_that_nobody_heard(hass: HomeAssistant, office: Office, wait: Wait) -> None:
    """It is tried again with the next news of the PBX."""
    await act(hass, "set_presence", activity="busy", note="Hush", duration=HOUR.seconds)
    office.refuses = CannotConnect("gone")
    await wait(HOUR)
    tried = len(office.sent)
    assert office.sent == [BUSY, *[LUNCH] * (tried - 1)]
    office.refuses = None
    office.show(name="Anna B.")
    await state_is(hass, PRESENCE, "away")
    await wait(HOUR)
    assert len(office.sent) == tried + 1


@pytest.mark.usefixtures("entry")
async def test_set_anew_while_it_is_set_back(
    hass: HomeAssistant, office: Office, freezer: FrozenDateTimeFactory, wait: Wait
) -> None:
    """What is set while the PBX does not answer counts, and ends in its own time, once."""
    await act(hass, "set_presence", activity="busy", note="Hush", duration=HOUR.seconds)
    await state_is(hass, PRESENCE, "busy")
    lost = office.loses = asyncio.Event()
    freezer.tick(HOUR)
    async_fire_time_changed(hass, dt_util.utcnow())
    await soon(lambda: office.sent == [BUSY, LUNCH])
    await act(hass, "set_presence", activity="dnd", duration=2 * HOUR.seconds)
    await state_is(hass, PRESENCE, "dnd")
    lost.set()
    await wait(HOUR)
    assert office.sent[2:] == [QUIET]
    await wait(HOUR)
    assert office.sent[2:] == [QUIET, ("presence", PresenceActivity.BUSY, "Hush")]


@pytest.mark.usefixtures("entry")
async def test_pbx_that_is_away_at_the_time(hass: HomeAssistant, office: Office, wait: Wait) -> None:
    """It is set back as soon as the PBX is there again."""
    await act(hass, "set_presence", activity="busy", note="Hush", duration=HOUR.seconds)
    office.cut()
    await state_is(hass, PRESENCE, "unavailable")
    await wait(HOUR)
    assert office.sent == [BUSY]
    office.down = False
    await wait(HOUR)
    await soon(lambda: office.sent == [BUSY, LUNCH])


async def test_restart(hass: HomeAssistant, office: Office, entry: MockConfigEntry, wait: Wait) -> None:
    """A restart changes nothing."""
    await act(hass, "set_presence", activity="busy", note="Hush", duration=HOUR.seconds)
    await state_is(hass, PRESENCE, "busy")
    await hass.async_block_till_done()
    assert await hass.config_entries.async_reload(entry.entry_id)
    await wait(HOUR)
    assert office.sent == [BUSY, LUNCH]


@pytest.mark.parametrize(("meanwhile", "sent"), [({}, [LUNCH]), ({"presence": PresenceActivity.DND}, [])])
async def test_time_that_passes_during_a_restart(
    hass: HomeAssistant,
    office: Office,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    meanwhile: dict[str, Any],
    sent: list[Any],
) -> None:
    """What was due is set back at once, unless somebody has changed it in the meantime."""
    await act(hass, "set_presence", activity="busy", note="Hush", duration=HOUR.seconds)
    await state_is(hass, PRESENCE, "busy")
    await hass.async_block_till_done()
    assert await hass.config_entries.async_unload(entry.entry_id)
    freezer.tick(HOUR)
    office.show(**meanwhile)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert office.sent[1:] == sent


async def test_quiet_over_a_restart(
    hass: HomeAssistant, office: Office, entry: MockConfigEntry, wait: Wait
) -> None:
    """Do not disturb survives one as well."""
    office.capabilities -= {Capability.SET_PRESENCE}
    await act(hass, "set_do_not_disturb", duration=HOUR.seconds)
    assert await hass.config_entries.async_reload(entry.entry_id)
    await wait(HOUR)
    assert office.sent == [("quiet", True), ("quiet", False)]


async def test_removal(hass: HomeAssistant, office: Office, entry: MockConfigEntry, wait: Wait) -> None:
    """An entry that is removed leaves nothing behind."""
    await act(hass, "set_presence", activity="busy", note="Hush", duration=HOUR.seconds)
    assert await temporary_settings_store(hass, entry.entry_id).async_load()
    assert await hass.config_entries.async_remove(entry.entry_id)
    assert await temporary_settings_store(hass, entry.entry_id).async_load() is None
    await wait(HOUR)
    assert office.sent == [BUSY]
