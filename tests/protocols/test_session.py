"""The session contract as every system has it."""

from collections.abc import Coroutine
from typing import Any

import pytest

from custom_components.pbx.protocols.enums import ForwardKind, ObjectKind, PresenceActivity
from custom_components.pbx.protocols.errors import NotSupported
from custom_components.pbx.protocols.model import Favourite
from custom_components.pbx.protocols.session import Clock, PbxSession
from tests.memory_session import MemorySession

BASE = PbxSession
FAVOURITE = Favourite(name="Anna")
COMMANDS = {
    "dial": lambda s: BASE.dial(s, user="1", phone=None, number="2"),
    "hang_up": lambda s: BASE.hang_up(s, "1"),
    "get_call": lambda s: BASE.get_call(s, "1"),
    "set_do_not_disturb": lambda s: BASE.set_do_not_disturb(s, "1", on=True),
    "set_call_waiting": lambda s: BASE.set_call_waiting(s, "1", on=True),
    "set_forward": lambda s: BASE.set_forward(s, "1", ForwardKind.ALWAYS, None),
    "set_hot_desk": lambda s: BASE.set_hot_desk(s, "1", None),
    "set_presence": lambda s: BASE.set_presence(s, "1", PresenceActivity.AWAY, None),
    "set_switch": lambda s: BASE.set_switch(s, "1", value=True),
    "reset_queue_statistics": lambda s: BASE.reset_queue_statistics(s, "1"),
    "connect_numbers": lambda s: BASE.connect_numbers(s, user=None, first="1", second="2"),
    "set_queue_agent": lambda s: BASE.set_queue_agent(s, "1", "1", paused=True),
    "push": lambda s: BASE.push(s, {}),
    "answer": lambda s: BASE.answer(s, "1"),
    "hold": lambda s: BASE.hold(s, "1"),
    "resume": lambda s: BASE.resume(s, "1"),
    "transfer": lambda s: BASE.transfer(s, "1", number="2"),
    "send_dtmf": lambda s: BASE.send_dtmf(s, "1", "123#"),
    "park": lambda s: BASE.park(s, "1"),
    "pick_up": lambda s: BASE.pick_up(s, "1", "1"),
    "notify_user": lambda s: BASE.notify_user(s, "1", "title", "message"),
    "mark_on_call": lambda s: BASE.mark_on_call(s, on=True),
    "favourites": BASE.favourites,
    "add_favourite": lambda s: BASE.add_favourite(s, FAVOURITE),
    "update_favourite": lambda s: BASE.update_favourite(s, FAVOURITE),
    "remove_favourite": lambda s: BASE.remove_favourite(s, FAVOURITE),
}


@pytest.mark.parametrize("name", COMMANDS)
async def test_commands_are_not_supported_unless_filled(name: str) -> None:
    """A system that does not fill a command says so by its name."""
    command: Coroutine[Any, Any, Any] = COMMANDS[name](MemorySession(()))
    with pytest.raises(NotSupported) as error:
        await command
    assert error.value.command == name


async def test_defaults() -> None:
    """Watching and statistics may be left as they are."""
    session = MemorySession(())
    session.watch(frozenset({ObjectKind.QUEUE}))
    assert session.statistics() == {}
    assert session.memory == {}
    before = Clock().time()
    await Clock().sleep(0)
    assert Clock().time() >= before
