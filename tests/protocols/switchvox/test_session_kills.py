"""No command outlives its session, wherever it waits; and rare commands fall back on plain ones."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from custom_components.pbx.protocols.enums import PresenceActivity
from custom_components.pbx.protocols.errors import (
    CannotConnect,
    CommandFailed,
    CommandOutcomeUnknown,
    NotSent,
    NotSupported,
)
from custom_components.pbx.protocols.switchvox import realtime
from custom_components.pbx.protocols.switchvox.extend import MOST_AT_ONCE
from custom_components.pbx.protocols.switchvox.settings import REALTIME_PATH
from tests.simulators.switchvox import SwitchvoxSimulator
from tests.waiting import TIMEOUT, until

from .client import ANNA, SALES, Client, session_for

OUTSIDE = "5551234567"
type Run = Callable[[Any], Coroutine[Any, Any, object]]
COMMANDS: dict[str, Run] = {
    "dial": lambda commands: commands.dial(user=None, phone=None, number=OUTSIDE),
    "dial for another": lambda commands: commands.dial(user="1102", phone=None, number=OUTSIDE),
    "connect": lambda commands: commands.connect_numbers(user=None, first="850", second="600"),
    "hang up": lambda commands: commands.hang_up("x"),
    "get call": lambda commands: commands.get_call("x"),
    "presence": lambda commands: commands.set_presence(ANNA, PresenceActivity.AWAY, None),
    "do not disturb": lambda commands: commands.set_do_not_disturb(ANNA, on=True),
    "agent": lambda commands: commands.set_queue_agent(SALES, ANNA, logged_in=True, paused=False),
}


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("crowd", [1, 5])
async def test_session_that_ends_during_a_command(
    pbx: SwitchvoxSimulator, name: str, crowd: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each ends with its session: those on the wire, and those that wait for their turn."""
    # It is the end of the session that ends them.
    monkeypatch.setattr(realtime, "REQUEST_TIMEOUT", TIMEOUT * 2)
    async with session_for(pbx, admin=True, watch="all") as session:
        await session.open()
        pbx.dialect.realtime.unanswered = {"dial", "logout"}
        rule = pbx.faults.hang(path="/json")
        before = len(pbx.journal.of("dial"))
        running = [asyncio.create_task(COMMANDS[name](session.commands)) for _ in range(crowd)]
        await until(lambda: rule.hits or len(pbx.journal.of("dial")) > before)
        await session.close()
        async with asyncio.timeout(TIMEOUT):
            ends = await asyncio.gather(*running, return_exceptions=True)
        assert all(isinstance(end, CannotConnect | CommandOutcomeUnknown) for end in ends), ends
        pbx.faults.clear()


async def test_commands_that_wait_for_their_turn(pbx: SwitchvoxSimulator) -> None:
    """Those on the wire may have worked; those that waited have not left, and say so."""
    async with session_for(pbx, admin=True, watch="all") as session:
        await session.open()
        rule = pbx.faults.hang(path="/json")
        running = [asyncio.create_task(COMMANDS["presence"](session.commands)) for _ in range(5)]
        await until(lambda: rule.hits == MOST_AT_ONCE)
        await session.close()
        ends = [type(end) for end in await asyncio.gather(*running, return_exceptions=True)]
        assert sorted(ends, key=str) == [CommandOutcomeUnknown] * MOST_AT_ONCE + [NotSent] * 2
        pbx.faults.clear()


@pytest.mark.parametrize(
    ("status", "error"),
    [(502, CommandOutcomeUnknown), (503, CannotConnect), (400, CommandFailed), (404, NotSupported)],
)
async def test_command_that_breaks_on_its_way_back(
    pbx: SwitchvoxSimulator, admin: Client, status: int, error: type[Exception]
) -> None:
    """What a gateway could not bring back may have been done, unlike what is refused or too early."""
    pbx.faults.error(status, path="/json")
    with pytest.raises(error):
        await COMMANDS["connect"](admin.session.commands)
    pbx.faults.clear()


@pytest.mark.parametrize(("fault", "error"), [("lose_answer", CommandOutcomeUnknown), ("error", NotSent)])
async def test_dial_that_is_posted(pbx: SwitchvoxSimulator, fault: str, error: type[Exception]) -> None:
    """By polling, an answer that is lost on its way leaves open whether a phone rings."""
    pbx.dialect.transport.websocket = False
    async with session_for(pbx) as session:
        await session.open()
        options = {"status": 400} if fault == "error" else {}
        pbx.faults.add(fault, path=REALTIME_PATH, method="POST", **options)
        with pytest.raises(error):
            await COMMANDS["dial"](session.commands)
        pbx.faults.clear()


@pytest.mark.parametrize("absent", [True, False])
async def test_methods_that_the_page_only_names(pbx: SwitchvoxSimulator, admin: Client, absent: bool) -> None:
    """An intercom and the own voicemail are called by methods of their own, or like anybody else."""
    methods = {"intercom", "callVoicemail"}
    pbx.dialect.realtime.missing_methods = methods if absent else set()
    dial = admin.session.commands.dial
    assert (await dial(user=None, phone=None, number="100")).call_id
    assert (await dial(user=None, phone=None, number="850", auto_answer=True)).call_id
    assert all(len(pbx.journal.of(method)) == 1 for method in methods)
    assert len(pbx.journal.of("dial")) == int(absent)
    assert len(pbx.journal.of("switchvox.users.call")) == int(absent)
