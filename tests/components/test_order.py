"""Moments are told in the order in which they happened, also where a delivery gives others turns."""

from datetime import timedelta

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant, callback
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.pbx.hub import slices
from custom_components.pbx.hub.hub import PbxHub
from custom_components.pbx.hub.moments import async_listen_moments
from custom_components.pbx.protocols.call import Leg, Party
from custom_components.pbx.protocols.changes import CallChange, Moment, Patch
from custom_components.pbx.protocols.enums import CallState, EndCause, LegRole, LineStatus, MomentType
from custom_components.pbx.protocols.model import User
from tests.waiting import soon

from .memory_entry import memory_entry, set_up

USERS = [User(id=str(index), name=f"User {index}", status=LineStatus.IDLE) for index in range(40)]
ANNA, BJORN = "1", "2"


def call(call_id: str, **states: CallState) -> CallChange:
    """Return news of a call from outside, with the state at each user."""
    legs = (
        Leg(id=user, role=LegRole.CALLEE, party=Party(user=user.removeprefix("u")), state=state)
        for user, state in states.items()
    )
    return CallChange(id=call_id, caller=Party(number="+31201234567"), legs=tuple(legs))


async def test_timer_during_a_delivery(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What becomes sure by time while a difference is delivered is told after that difference."""
    entry, session = memory_entry(hass, monkeypatch, USERS)
    await set_up(hass, entry)
    monkeypatch.setattr(slices, "SLICE", 0)
    told: list[str] = []

    # Anything but a callback is called in threads, whose order is nobody's.
    @callback
    def keep(hub: PbxHub, moment: Moment) -> None:
        if moment.key.id:
            told.append(moment.key.id)

    async_listen_moments(hass, [MomentType.MISSED], keep)

    session.report(call("1", u1=CallState.RINGING))
    session.report(call("2", u2=CallState.RINGING, u3=CallState.RINGING))
    # From here on it is open for three seconds whether Björn has missed his call.
    session.report(call("2", u2=CallState.ENDED))
    hub: PbxHub = entry.runtime_data
    await soon(lambda: hub.state.calls.due is not None)

    def let_time_pass() -> None:
        freezer.tick(timedelta(seconds=4))
        async_fire_time_changed(hass)

    stop = hub.listeners.listen_updates(USERS[9].key, let_time_pass)
    news = [Patch(user.key, {"status": LineStatus.BUSY}) for user in USERS]
    session.report(*news, CallChange(id="1", end=EndCause.HANGUP))
    await soon(lambda: len(told) == 2)
    stop()
    assert told == [ANNA, BJORN]
