"""Whatever a command waits for, it ends with its connection."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from typing import Any

import pytest

from custom_components.pbx.protocols.enums import ForwardKind
from custom_components.pbx.protocols.errors import CommandOutcomeUnknown, NotSent, PbxError
from custom_components.pbx.protocols.model import SwitchEvent
from tests.simulators.ipcortex import IpcortexSimulator
from tests.waiting import TIMEOUT, until

from .client import session_for

NOW = datetime.now(UTC)
EVENT = SwitchEvent(start=NOW, end=NOW, value="on")

type Command = Callable[[Any, str], Coroutine[Any, Any, Any]]

BY_SCRIPT: dict[str, Command] = {
    "dial": lambda commands, call: commands.dial(user="10", phone=None, number="202"),
    "hang_up": lambda commands, call: commands.hang_up(call),
    "reject": lambda commands, call: commands.reject(call),
    "answer": lambda commands, call: commands.answer(call),
    "hold": lambda commands, call: commands.hold(call),
    "resume": lambda commands, call: commands.resume(call),
    "transfer": lambda commands, call: commands.transfer(call, number="202"),
    "queue": lambda commands, call: commands.set_queue_agent("sales", "10", logged_in=False),
    "contacts": lambda commands, call: commands.find_contacts("x"),
}
BY_REST: dict[str, Command] = {
    "forward": lambda commands, call: commands.set_forward("11", ForwardKind.ALWAYS, "0700"),
    "switch": lambda commands, call: commands.set_switch("default/1", value="on"),
    "calendar": lambda commands, call: commands.switch_calendar("default/1"),
    "event": lambda commands, call: commands.add_switch_event("default/1", EVENT),
    "history": lambda commands, call: commands.call_history(),
    "hot_desk": lambda commands, call: commands.set_hot_desk("11", None),
    "rest": lambda commands, call: commands.call_rest("/rest/dialplan/read", {"type": "nm"}),
}


async def ends(task: asyncio.Task[Any]) -> PbxError:
    """Expect that a command has failed by now, and return with what."""
    async with asyncio.timeout(TIMEOUT):
        with pytest.raises(PbxError) as raised:
            await task
    return raised.value


@pytest.mark.parametrize("name", [*BY_SCRIPT, "join"])
async def test_script_goes_while_a_command_waits(pbx: IpcortexSimulator, name: str) -> None:
    """A command that waits for the script ends with it."""
    async with session_for(pbx) as session:
        pbx.office.ring(pbx.world.devices["SIP/hass"], "0700")
        pbx.office.ring(pbx.world.devices["SIP/hass2"], "0701")
        call, other = (await session.open()).calls
        pbx.faults.silent = True
        asked = len(pbx.feeds[0].asked)
        command = BY_SCRIPT.get(name, lambda commands, call: commands.transfer(call, other=other.id))
        task = asyncio.create_task(command(session.commands, call.id))
        await until(lambda: len(pbx.feeds[0].asked) > asked)
        pbx.drop_feeds()
        await session.close()
        await ends(task)


async def test_feed_goes_before_a_queue_shows_it(pbx: IpcortexSimulator) -> None:
    """What was accepted and never shown is not waited for any longer than the feed lasts."""
    pbx.world.devices["SIP/hass"].queues = {"sales": "idle"}
    async with session_for(pbx) as session:
        await session.open()
        pbx.faults.swallow_commands = True
        task = asyncio.create_task(BY_SCRIPT["queue"](session.commands, ""))
        await until(lambda: pbx.commands)
        await asyncio.sleep(0.1)
        await session.close()
        await ends(task)


@pytest.mark.parametrize("waits", [False, True])
@pytest.mark.parametrize("name", BY_REST)
async def test_session_is_closed_while_a_command_waits(
    pbx: IpcortexSimulator, name: str, waits: bool
) -> None:
    """A command ends with the session, in the middle of its request or while it waits for its turn."""
    pbx.world.links = {"020123456aba0": {"type": "hotdesk", "user": "anna"}}
    async with session_for(pbx) as session:
        await session.open()
        hanging = pbx.faults.hang(path="/rest/dialplan") if waits else pbx.faults.hang(path="/rest")
        blocking = [
            asyncio.create_task(session.commands.switch_calendar("default/1")) for _ in range(4 * waits)
        ]
        await until(lambda: hanging.hits >= len(blocking))
        before = hanging.hits
        task = asyncio.create_task(BY_REST[name](session.commands, ""))
        await until(lambda: hanging.hits > before or waits)
        await asyncio.sleep(0.02)
        # What hangs goes on hanging, and the logout is answered.
        pbx.faults.rules.remove(hanging)
        await session.close()
        error = await ends(task)
        # Only what waits for its turn has surely not left; those that only read have nothing to tell.
        if name in ("forward", "switch", "event", "rest"):
            assert type(error) is NotSent if waits else isinstance(error, CommandOutcomeUnknown | NotSent)
        for each in blocking:
            await ends(each)
        # The simulator goes on with requests whose client has gone, so it counts them all.
        pbx.violations.clear()


async def test_closing_that_is_cancelled(pbx: IpcortexSimulator) -> None:
    """Who is not waited for any more while it logs out still ends its script, and all that this asks for."""
    async with session_for(pbx) as session:
        await session.open()
        script = session._feed.script
        logout = pbx.faults.hang(path="/rest/auth/logout")
        closing = asyncio.create_task(session.close())
        await until(lambda: logout.hits)
        closing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await closing
        assert script.host.broken
        assert not [task for task in asyncio.all_tasks() if task.get_name().startswith("script")]
        pbx.faults.clear()
