"""What a session still shows where the PBX refuses to tell of lines."""

import pytest

from custom_components.pbx.protocols.enums import CallDirection, LineStatus, NoticeCode, Outcome
from tests.simulators.common.clock import Clock
from tests.simulators.switchvox import SwitchvoxSimulator
from tests.simulators.switchvox.realtime import LINE_TOPIC
from tests.simulators.switchvox.world import Account
from tests.waiting import until

from .client import ANNA, BERT, CARA, Client, client_for

OUTSIDE = "5551234567"
SPELLINGS = 7


async def _story(pbx: SwitchvoxSimulator, client: Client) -> None:
    """Tell a call that is answered, and one that rings in vain meanwhile."""
    call = pbx.lines.incoming(OUTSIDE, "100")
    await until(lambda: client.user(ANNA).status is LineStatus.RINGING)
    assert client.open_calls[0].caller.name == "Jane Doe"
    assert client.open_calls[0].direction is CallDirection.INCOMING
    pbx.lines.answer(call)
    await until(lambda: client.user(ANNA).status is LineStatus.TALKING)
    second = pbx.lines.incoming("5559876543", "100")
    await until(lambda: client.phone(ANNA).status is LineStatus.RINGING)
    assert len(client.open_calls) == 2
    pbx.lines.hang_up(second)
    await until(lambda: client.phone(ANNA).status is LineStatus.TALKING)
    pbx.lines.hang_up(call)
    await until(lambda: client.user(ANNA).status is LineStatus.IDLE)
    assert client.story(ANNA) == ["ringing", "answered", "ringing", "missed", "ended"]
    assert client.last(ANNA).outcome is Outcome.ANSWERED


async def test_all_subscriptions_refused(pbx: SwitchvoxSimulator) -> None:
    """Without a single line the list of calls is read instead, and the missing right has a name."""
    pbx.world.account("100").lacks = {"subscribe"}
    async with client_for(pbx, clock=Clock(rate=100)) as client:
        assert client.user(ANNA).status is LineStatus.IDLE
        await until(lambda: (NoticeCode.MISSING_RIGHT, "subscribe") in client.notices())
        await _story(pbx, client)
        assert client.raw_events() == []


@pytest.mark.parametrize("code", [-32600, -32601, -32602, -32603])
async def test_no_subscription_understood(pbx: SwitchvoxSimulator, code: int) -> None:
    """A PBX that knows no such method, or takes it in no spelling, is read as well."""
    pbx.dialect.realtime.codes = {"subscribe": code}
    async with client_for(pbx, clock=Clock(rate=100)) as client:
        tried = [params for params in pbx.journal.of("subscribe") if params["topic"] == LINE_TOPIC]
        assert len(tried) == (1 if code == -32601 else SPELLINGS)
        await _story(pbx, client)


async def test_nothing_can_be_read_either(pbx: SwitchvoxSimulator) -> None:
    """Where even the list is refused nothing is claimed, and all else goes on."""
    pbx.world.account("100").lacks = {"subscribe"}
    pbx.dialect.extend.forbidden = {"users.currentCalls.getList"}
    async with client_for(pbx) as client:
        assert client.user(ANNA).status is LineStatus.UNKNOWN
        right = "switchvox.users.currentCalls.getList"
        await until(lambda: (NoticeCode.MISSING_RIGHT, right) in client.notices())
        await client.session.commands.set_do_not_disturb(ANNA, on=True)
        await until(lambda: client.user(ANNA).do_not_disturb)


async def test_forbidden_lines_are_read_beside_those_that_are_told(pbx: SwitchvoxSimulator) -> None:
    """With an administrator's login only the forbidden lines are read."""
    pbx.world.account("100").may_watch = {1102}
    async with client_for(pbx, clock=Clock(rate=100), admin=True, watch="all") as client:
        assert client.user(CARA).status is LineStatus.IDLE
        call = pbx.lines.incoming(OUTSIDE, "102")
        await until(lambda: client.user(CARA).status is LineStatus.RINGING)
        told = pbx.lines.incoming(OUTSIDE, "101")
        await until(lambda: client.user(BERT).status is LineStatus.RINGING)
        assert len(client.open_calls) == 2
        pbx.lines.hang_up(call)
        pbx.lines.hang_up(told)
        await until(lambda: client.open_calls == [])
        assert client.story(CARA) == client.story(BERT) == ["ringing", "missed"]


async def test_call_between_two_lines_that_are_read(pbx: SwitchvoxSimulator) -> None:
    """Both sides of a listed call are legs of the same call."""
    pbx.world.account("100").lacks = {"subscribe"}
    async with client_for(pbx, clock=Clock(rate=100), admin=True, watch="all") as client:
        call = pbx.lines.outgoing("101", "102")
        await until(lambda: client.user(CARA).status is LineStatus.RINGING)
        assert client.user(BERT).status is LineStatus.DIALING
        assert len(client.open_calls) == 1
        pbx.lines.answer(call)
        await until(lambda: client.user(BERT).status is LineStatus.TALKING)
        pbx.lines.hang_up(call)
        await until(lambda: client.open_calls == [])
        assert client.story(BERT) == ["dialing", "answered", "ended"]
        assert client.story(CARA) == ["ringing", "answered", "ended"]


async def test_new_extension_that_is_forbidden(pbx: SwitchvoxSimulator) -> None:
    """Whoever comes later and may not be watched is read from then on; others stay as they are."""
    pbx.world.account("100").may_watch = {1102, 1103, 1104}
    async with client_for(pbx, clock=Clock(rate=500), admin=True, watch="all") as client:
        pbx.world.accounts.append(Account(1150, "150", "Eve"))
        await until(lambda: client.user("1150") is not None)
        assert client.user(BERT).status is client.user("1150").status is LineStatus.IDLE
        pbx.lines.incoming(OUTSIDE, "150")
        await until(lambda: client.user("1150").status is LineStatus.RINGING)


async def test_events_that_come_after_all(pbx: SwitchvoxSimulator) -> None:
    """An event of a line that was refused is believed, and its call is told of just once."""
    pbx.world.account("100").lacks = {"subscribe"}
    async with client_for(pbx, clock=Clock(rate=100)) as client:
        pbx.realtime_sessions[0].watched = {1101}
        call = pbx.lines.incoming(OUTSIDE, "100")
        await until(lambda: client.user(ANNA).status is LineStatus.RINGING)
        reads = len(pbx.journal.of("switchvox.users.currentCalls.getList"))
        await until(lambda: len(pbx.journal.of("switchvox.users.currentCalls.getList")) > reads)
        assert len(client.open_calls) == 1
        pbx.lines.hang_up(call)
        await until(lambda: client.story(ANNA) == ["ringing", "missed"])
