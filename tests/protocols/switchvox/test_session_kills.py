"""No command outlives its session, wherever it waits; and rare commands fall back on plain ones."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from custom_components.pbx.protocols.enums import PresenceActivity
from custom_components.pbx.protocols.errors import CannotConnect, CommandOutcomeUnknown
from custom_components.pbx.protocols.switchvox import realtime
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
