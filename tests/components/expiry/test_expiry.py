"""Presence and do not disturb for a while: what comes after that, and what ends it earlier."""

from datetime import timedelta
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
import pytest

from custom_components.pbx.protocols.enums import Capability, PresenceActivity

from .office import BUSY, HOUR, LUNCH, PRESENCE, QUIET, Office, Wait, act, state_is


@pytest.mark.usefixtures("entry")
@pytest.mark.parametrize(
    "end",
    [
        {"until": "2026-11-22T13:00:00+00:00"},
        {"duration": {"hours": 1}},
        {"duration": "01:00:00"},
    ],
)
async def test_presence_for_a_while(hass: HomeAssistant, office: Office, wait: Wait, end: Any) -> None:
    """After its time Anna is at lunch again."""
    await act(hass, "set_presence", activity="busy", note="Hush", **end)
    await state_is(hass, PRESENCE, "busy")
    await wait(HOUR - timedelta(seconds=1))
    assert office.sent == [BUSY]
    await wait(timedelta(seconds=1))
    assert office.sent == [BUSY, LUNCH]
    await state_is(hass, PRESENCE, "away")
    await wait(HOUR)
    assert office.sent == [BUSY, LUNCH]


@pytest.mark.usefixtures("entry")
@pytest.mark.parametrize(("time", "hours"), [("13:00:00", 1), ("12:00", 24), ("11:30", 23.5)])
async def test_until_a_time_of_day(
    hass: HomeAssistant, office: Office, wait: Wait, time: str, hours: float
) -> None:
    """A time of day is the next one, on the clock of the house."""
    await hass.config.async_set_time_zone("UTC")
    await act(hass, "set_presence", activity="busy", note="Hush", until=time)
    await wait(timedelta(hours=hours, seconds=-1))
    assert office.sent == [BUSY]
    await wait(timedelta(seconds=1))
    assert office.sent == [BUSY, LUNCH]


@pytest.mark.usefixtures("entry")
async def test_time_that_is_over(hass: HomeAssistant, office: Office) -> None:
    """Nothing is set until yesterday."""
    with pytest.raises(ServiceValidationError) as error:
        await act(hass, "set_presence", activity="busy", until="2026-11-21 12:00:00")
    assert error.value.translation_key == "until_is_past"
    assert office.sent == []


@pytest.mark.usefixtures("entry")
async def test_words_for_a_while(hass: HomeAssistant, office: Office, wait: Wait) -> None:
    """Words of one's own end as any other presence does."""
    await act(hass, "set_presence", activity="other", words="abroad", note="Far", duration=HOUR.seconds)
    await state_is(hass, PRESENCE, "other")
    await wait(HOUR)
    assert office.sent == [("words", "abroad", "Far"), LUNCH]


@pytest.mark.usefixtures("entry")
async def test_later_action(hass: HomeAssistant, office: Office, wait: Wait) -> None:
    """What is set for good ends what was set for a while."""
    await act(hass, "set_presence", activity="busy", duration=HOUR.seconds)
    await act(hass, "set_presence", activity="available", note="Here")
    await wait(2 * HOUR)
    assert [sent[1] for sent in office.sent] == ["busy", "available"]


@pytest.mark.usefixtures("entry")
async def test_one_after_the_other(hass: HomeAssistant, office: Office, wait: Wait) -> None:
    """What comes back after the last is what was there before the first."""
    await act(hass, "set_presence", activity="busy", note="Hush", duration=HOUR.seconds)
    await hass.async_block_till_done()
    await act(hass, "set_do_not_disturb", duration=2 * HOUR.seconds)
    await wait(HOUR)
    assert office.sent == [BUSY, ("quiet", True)]
    await wait(HOUR)
    assert office.sent[2:] == [LUNCH]


@pytest.mark.usefixtures("entry")
@pytest.mark.parametrize(
    "fields",
    [{"presence": PresenceActivity.AVAILABLE}, {"presence_note": "Really"}],
)
async def test_change_on_the_pbx(
    hass: HomeAssistant, office: Office, wait: Wait, fields: dict[str, Any]
) -> None:
    """Whatever Anna sets herself stays."""
    await act(hass, "set_presence", activity="busy", note="Hush", duration=HOUR.seconds)
    await state_is(hass, PRESENCE, "busy")
    office.show(**fields)
    await hass.async_block_till_done()
    await wait(HOUR)
    assert office.sent == [BUSY]


@pytest.mark.usefixtures("entry")
async def test_call_meanwhile(hass: HomeAssistant, office: Office, wait: Wait) -> None:
    """A call hides what was set and ends nothing."""
    await act(hass, "set_presence", activity="busy", note="Hush", duration=HOUR.seconds)
    await state_is(hass, PRESENCE, "busy")
    for activity in (PresenceActivity.ON_THE_PHONE, PresenceActivity.BUSY):
        office.show(presence=activity)
        await state_is(hass, PRESENCE, activity)
    await wait(HOUR)
    assert office.sent == [BUSY, LUNCH]


@pytest.mark.usefixtures("entry")
async def test_pbx_that_shows_something_else(hass: HomeAssistant, office: Office, wait: Wait) -> None:
    """As long as what was set is not seen, nobody can have changed it."""
    office.echoes = False
    await act(hass, "set_presence", activity="busy", note="Hush", duration=HOUR.seconds)
    office.show(presence=PresenceActivity.AVAILABLE)
    await state_is(hass, PRESENCE, "available")
    await wait(HOUR)
    assert office.sent == [BUSY, LUNCH]


@pytest.mark.usefixtures("entry")
@pytest.mark.parametrize("before", ["busy", "on_the_phone", "offline", "other", None])
async def test_what_nobody_can_be_set_back_to(
    hass: HomeAssistant, office: Office, wait: Wait, before: str | None
) -> None:
    """Whoever was busy already, or something that only comes about by itself, is available after that."""
    office.show(presence=PresenceActivity(before) if before else None)
    await state_is(hass, PRESENCE, before or "unknown")
    await act(hass, "set_presence", activity="busy", note="Hush", duration=HOUR.seconds)
    await wait(HOUR)
    assert office.sent == [BUSY, ("presence", PresenceActivity.AVAILABLE, "")]


@pytest.mark.usefixtures("entry")
async def test_quiet_that_is_a_presence(hass: HomeAssistant, office: Office, wait: Wait) -> None:
    """Where do not disturb replaces the presence, that comes back."""
    await act(hass, "set_do_not_disturb", duration=HOUR.seconds)
    await state_is(hass, QUIET, "on")
    await wait(HOUR)
    assert office.sent == [("quiet", True), LUNCH]


@pytest.mark.usefixtures("entry")
@pytest.mark.parametrize("on", [True, False])
async def test_quiet_that_is_a_setting(hass: HomeAssistant, office: Office, wait: Wait, on: bool) -> None:
    """Where do not disturb is a switch, it is switched back."""
    office.capabilities -= {Capability.SET_PRESENCE}
    await act(hass, "set_do_not_disturb", on=on, duration=HOUR.seconds)
    await wait(HOUR)
    assert office.sent == [("quiet", on), ("quiet", not on)]


@pytest.mark.usefixtures("entry")
async def test_quiet_that_was_ended_by_hand(hass: HomeAssistant, office: Office, wait: Wait) -> None:
    """The switch ends it earlier."""
    office.capabilities -= {Capability.SET_PRESENCE}
    await act(hass, "set_do_not_disturb", duration=HOUR.seconds)
    await state_is(hass, QUIET, "on")
    await hass.services.async_call("switch", "turn_off", {"entity_id": QUIET}, blocking=True)
    await state_is(hass, QUIET, "off")
    await wait(HOUR)
    assert office.sent == [("quiet", True), ("quiet", False)]
