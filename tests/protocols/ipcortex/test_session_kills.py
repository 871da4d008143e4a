"""No command outlives its session, whether it waits for the script or for REST."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from typing import Any

import pytest

from custom_components.pbx.protocols.enums import ForwardKind
from custom_components.pbx.protocols.errors import PbxError
from custom_components.pbx.protocols.model import SwitchEvent
from tests.simulators.ipcortex import IpcortexSimulator
from tests.waiting import TIMEOUT, until

from .client import client_for

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
type Run = Callable[[Any, str], Coroutine[Any, Any, object]]
COMMANDS: dict[str, Run] = {
    "dial": lambda commands, call: commands.dial(user="10", phone=None, number="202"),
    "answer": lambda commands, call: commands.answer(call),
    "hold": lambda commands, call: commands.hold(call),
    "resume": lambda commands, call: commands.resume(call),
    "transfer": lambda commands, call: commands.transfer(call, number="202"),
    "hang up": lambda commands, call: commands.hang_up(call),
    "tags": lambda commands, call: commands.set_tags("10", ("a",)),
    "agent": lambda commands, call: commands.set_queue_agent("q", "10", logged_in=True),
    "forward": lambda commands, call: commands.set_forward("10", ForwardKind.ALWAYS, "202"),
    "switch": lambda commands, call: commands.set_switch("default/1", value="on"),
    "calendar": lambda commands, call: commands.switch_calendar("default/1"),
    "event": lambda commands, call: commands.add_switch_event(
        "default/1", SwitchEvent(start=NOW, end=NOW, value="on")
    ),
    "contacts": lambda commands, call: commands.find_contacts("a"),
    "history": lambda commands, call: commands.call_history(),
    "rest": lambda commands, call: commands.call_rest("/rest/ops/read", {}),
}


@pytest.mark.parametrize("silent", [True, False])
async def test_commands_end_with_their_session(pbx: IpcortexSimulator, silent: bool) -> None:
    """Each returns or raises an error of the contract, however many wait and whatever the PABX does."""
    async with client_for(pbx) as client:
        pbx.office.ring(pbx.world.devices["SIP/hass"], "+441234567890")
        await until(lambda: list(client.state.calls.open))
        (call,) = client.state.calls.open
        rule = pbx.faults.hang() if silent else pbx.faults.lose_answer()
        commands = client.session.commands
        running = {name: asyncio.create_task(run(commands, call.id)) for name, run in COMMANDS.items()}
        await until(lambda: rule.hits)
        await client.session.close()
        async with asyncio.timeout(TIMEOUT):
            ends = await asyncio.gather(*running.values(), return_exceptions=True)
        pbx.faults.clear()
    odd = {
        name: end
        for name, end in zip(running, ends, strict=True)
        if isinstance(end, BaseException) and not isinstance(end, PbxError)
    }
    assert odd == {}
