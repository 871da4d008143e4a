"""Automations on queues, and on what does not work, written without templates."""

import pytest

from tests.components.parity.anna import Anna
from tests.components.parity.doing import Doer
from tests.components.parity.teller import Teller

from .home import Home
from .table import on_each_that_can

NOTICE = "notify.mobile_app_anna_phone"


@on_each_that_can("queue_too_long")
@pytest.mark.parametrize(("patience", "callers"), [("01:00:00", 2), ("00:00:01", 1)])
async def test_queue_too_long(
    home: Home, teller: Teller, anna: Anna, doer: Doer, patience: str, callers: int
) -> None:
    """A second caller is one too many, and so is one who has waited for too long."""
    await home.automate("queue_too_long", patience=patience)
    for count in range(callers):
        assert home.house.actions == []
        teller.caller_waits()
        await doer.shows(home.entity("calls_waiting"), str(count + 1))
    await home.house.did(NOTICE)


@on_each_that_can("nobody_serves")
async def test_nobody_serves(home: Home, teller: Teller, anna: Anna, doer: Doer) -> None:
    """The last agent who leaves is noticed."""
    await home.automate("nobody_serves")
    assert int(str(doer.state(home.entity("agents_logged_in")))) > 0
    teller.agents_leave()
    await home.house.did(NOTICE)


@on_each_that_can("phone_gone")
async def test_phone_gone(home: Home, teller: Teller, anna: Anna) -> None:
    """A phone that is not registered any more is noticed."""
    await home.automate("phone_gone")
    teller.unregister()
    await home.house.did(NOTICE)


@on_each_that_can("pbx_gone")
async def test_pbx_gone(home: Home, teller: Teller, anna: Anna) -> None:
    """A PBX that is switched off is noticed."""
    await home.automate("pbx_gone")
    await teller.pbx.stop()
    await home.house.did(NOTICE)
