"""The same story told by many varieties of the PBX, each by a seed that a failure names."""

import os

import pytest

from custom_components.pbx.protocols.enums import CallDirection, LineStatus, ObjectKind
from tests.simulators.switchvox import SwitchvoxSimulator
from tests.simulators.switchvox.varieties import vary
from tests.waiting import until

from .client import ANNA, BERT, CARA, SALES, Client, client_for

OUTSIDE = "5551234567"
# The id of a test names its seed; others are tried by PBX_FIRST_SEED=1000 PBX_SEEDS=50.
FIRST = int(os.environ.get("PBX_FIRST_SEED", "0"))
SEEDS = range(FIRST, FIRST + int(os.environ.get("PBX_SEEDS", "12")))


@pytest.mark.parametrize("seed", SEEDS)
async def test_same_story(seed: int) -> None:
    """Whatever the spellings, orders and gaps, people see the same."""
    async with (
        SwitchvoxSimulator(dialect=vary(seed)).faultless() as pbx,
        client_for(pbx, admin=True, watch="all") as client,
    ):
        assert client.user(ANNA).name == "Anna Zoë"
        assert client.get(ObjectKind.MAILBOX, ANNA).new == 1
        assert client.get(ObjectKind.QUEUE, SALES).agents_all == 2
        await _call_from_outside(pbx, client)
        await _call_inside(pbx, client)
        await _ring_in_vain(pbx, client)
        assert client.open_calls == []
        assert client.opened == 1


async def _call_from_outside(pbx: SwitchvoxSimulator, client: Client) -> None:
    call = pbx.lines.incoming(OUTSIDE, "100")
    await until(lambda: client.story(ANNA) == ["ringing"])
    assert client.open_calls[0].caller.number == OUTSIDE
    assert client.open_calls[0].direction is CallDirection.INCOMING
    pbx.lines.answer(call)
    await until(lambda: client.user(ANNA).status is LineStatus.TALKING)
    pbx.lines.hold(call, "100")
    await until(lambda: client.user(ANNA).status is LineStatus.ON_HOLD)
    pbx.lines.resume(call, "100")
    await until(lambda: client.user(ANNA).status is LineStatus.TALKING)
    pbx.lines.hang_up(call)
    await until(lambda: client.user(ANNA).status is LineStatus.IDLE)
    assert client.story(ANNA) == ["ringing", "answered", "held", "resumed", "ended"]


async def _call_inside(pbx: SwitchvoxSimulator, client: Client) -> None:
    call = pbx.lines.outgoing("101", "102")
    await until(lambda: client.story(CARA) == ["ringing"])
    assert client.user(BERT).status is LineStatus.DIALING
    pbx.lines.answer(call)
    await until(lambda: client.story(CARA) == ["ringing", "answered"])
    pbx.lines.hang_up(call)
    await until(lambda: client.open_calls == [])
    assert client.story(BERT)[0] == "dialing"
    assert client.story(CARA) == ["ringing", "answered", "ended"]


async def _ring_in_vain(pbx: SwitchvoxSimulator, client: Client) -> None:
    client.moments.clear()
    call = pbx.lines.incoming(OUTSIDE, "102")
    await until(lambda: client.story(CARA) == ["ringing"])
    pbx.lines.hang_up(call)
    await until(lambda: client.story(CARA) == ["ringing", "missed"])
