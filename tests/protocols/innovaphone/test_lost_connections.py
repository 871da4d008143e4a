"""Every command and every wait ends when its connection does, at whatever moment that is."""

import asyncio
from collections.abc import Awaitable, Callable
import contextlib
from typing import Any

import pytest

from custom_components.pbx.protocols.commands import PbxCommands
from custom_components.pbx.protocols.enums import ForwardKind, PresenceActivity
from custom_components.pbx.protocols.errors import (
    CannotConnect,
    CommandFailed,
    CommandOutcomeUnknown,
    PbxError,
)
from custom_components.pbx.protocols.innovaphone.connection import OUTSTANDING
from custom_components.pbx.protocols.model import Favourite
from tests.simulators.innovaphone import InnovaphoneSimulator
from tests.simulators.innovaphone.world import Profile
from tests.waiting import TIMEOUT, until

from .client import Client, client_for, turning

ALICE = {"username": "alice", "password": "alicepw"}
OUTSIDE = "00301234567"

type Command = Callable[[PbxCommands, str, str], Awaitable[Any]]
# Of commands on calls, the state of the call that they need first.
COMMANDS: dict[str, tuple[str, Command]] = {
    "dial": ("", lambda commands, alice, call: commands.dial(user=alice, phone=None, number="202")),
    "dial from a phone": (
        "",
        lambda commands, alice, call: commands.dial(user=None, phone="009033aabbcc", number="202"),
    ),
    "hang up": ("ringing", lambda commands, alice, call: commands.hang_up(call)),
    "answer": ("ringing", lambda commands, alice, call: commands.answer(call)),
    "reject": ("ringing", lambda commands, alice, call: commands.reject(call)),
    "hold": ("talking", lambda commands, alice, call: commands.hold(call)),
    "park": ("talking", lambda commands, alice, call: commands.park(call)),
    "send digits": ("talking", lambda commands, alice, call: commands.send_dtmf(call, "1")),
    "transfer": ("talking", lambda commands, alice, call: commands.transfer(call, number="202")),
    "pick up": ("ringing", lambda commands, alice, call: commands.pick_up(alice, call)),
    "presence": (
        "",
        lambda commands, alice, call: commands.set_presence(alice, PresenceActivity.AWAY, None),
    ),
    "do not disturb": ("", lambda commands, alice, call: commands.set_do_not_disturb(alice, on=True)),
    "forward": ("", lambda commands, alice, call: commands.set_forward(alice, ForwardKind.BUSY, "202")),
    "no forward": ("", lambda commands, alice, call: commands.set_forward(alice, ForwardKind.BUSY, None)),
    "notify": ("", lambda commands, alice, call: commands.notify_user(alice, "Door", "Ring")),
    "favourites": ("", lambda commands, alice, call: commands.favourites()),
    "add favourite": ("", lambda commands, alice, call: commands.add_favourite(Favourite(name="Eve"))),
    "change favourite": (
        "",
        lambda commands, alice, call: commands.update_favourite(Favourite(id="1", name="Eve")),
    ),
    "remove favourite": (
        "",
        lambda commands, alice, call: commands.remove_favourite(Favourite(id="1", name="Bob")),
    ),
    "add list": ("", lambda commands, alice, call: commands.add_favourite_list("Work")),
    "rename list": ("", lambda commands, alice, call: commands.rename_favourite_list("Work")),
    "remove list": ("", lambda commands, alice, call: commands.remove_favourite_list()),
    "mark": ("", lambda commands, alice, call: commands.mark_on_call(on=True)),
}


# Those that wait for more than one answer, or for something else.
LONG = ("dial", "dial from a phone", "hold", "no forward", "add favourite", "rename list", "mark")
CASES = [*((name, False) for name in COMMANDS), *((name, True) for name in LONG)]


@pytest.mark.parametrize(("name", "silent"), CASES)
async def test_command_ends_with_its_connection(pbx: InnovaphoneSimulator, name: str, silent: bool) -> None:
    """At whichever of its messages the connection breaks or goes silent, a command ends."""
    needs, command = COMMANDS[name]
    alice, faults = pbx.world.get("alice"), pbx.faults
    async with turning(pbx), client_for(pbx, **ALICE) as client:
        for number in range(10):
            await until(lambda: client.session.statistics()["monitored"] == 1)
            call = await prepare(pbx, client, needs)
            faults.cut_at, faults.silent_cut, faults.is_cutting = number, silent, True
            with contextlib.suppress(CannotConnect, CommandFailed, CommandOutcomeUnknown):
                await asyncio.wait_for(command(client.session.commands, alice.guid, call), TIMEOUT)
            faults.is_cutting = faults.deaf = False
            pbx.engine.lose_calls()
            if faults.cut_at >= 0:
                # The command had fewer messages than that.
                return
            pbx.cut()
            await until(lambda number=number: client.opened == number + 2)
        pytest.fail("the command has no end")


async def prepare(pbx: InnovaphoneSimulator, client: Client, needs: str) -> str:
    """Let there be a call in a state, and one favourite; return the id of the call."""
    alice = pbx.world.get("alice")
    contact = {"id": 1, "name": "bob", "num": "202", "dsp": "Bob"}
    pbx.world.profiles["alice"] = [Profile(1, "Friends", [contact])]
    if not needs:
        return ""
    call = pbx.engine.incoming(OUTSIDE, alice)
    if needs == "talking":
        pbx.engine.answer(call, alice)
    await until(lambda: any(item.id == call.conf for item in client.state.calls.open))
    await until(lambda: client.user(alice).status == needs)
    return call.conf


async def test_commands_behind_others_end_when_the_connection_is_given_up(
    pbx: InnovaphoneSimulator, client: Client
) -> None:
    """Of many commands on a connection that has gone silent, those that never had their turn end as well."""
    alice = pbx.world.get("alice").guid
    pbx.faults.deaf = True
    async with turning(pbx):
        results = await asyncio.wait_for(
            asyncio.gather(
                *(
                    client.session.commands.set_presence(alice, PresenceActivity.AWAY, None)
                    for _ in range(OUTSTANDING + 6)
                ),
                return_exceptions=True,
            ),
            TIMEOUT,
        )
    pbx.faults.deaf = False
    assert all(isinstance(result, PbxError) for result in results)
    # Nobody knows about those that were sent; the others were not, and say so.
    unknown = [result for result in results if isinstance(result, CommandOutcomeUnknown)]
    assert 0 < len(unknown) < len(results)


async def test_cancelled_commands_leave_their_turn_to_others(
    pbx: InnovaphoneSimulator, client: Client
) -> None:
    """Commands that are given up while they wait do not use up what later ones need."""
    alice, commands = pbx.world.get("alice").guid, client.session.commands
    pbx.faults.silent = {"PbxApi.SetPresence"}
    for _ in range(3):
        tasks = [
            asyncio.create_task(commands.set_presence(alice, PresenceActivity.AWAY, None)) for _ in range(10)
        ]
        await asyncio.sleep(0.01)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    pbx.faults.silent = set()
    await asyncio.wait_for(commands.set_presence(alice, PresenceActivity.AWAY, None), TIMEOUT)


@pytest.mark.parametrize("silent", [False, True], ids=["cut", "silent"])
async def test_session_opens_whenever_the_connection_broke(pbx: InnovaphoneSimulator, silent: bool) -> None:
    """Opening gets over a connection that breaks at any of its messages, the login included."""
    async with turning(pbx), client_for(pbx) as client:
        await until(lambda: client.ready(pbx))
        known = set(client.state.objects)
        for number in (0, 1, 2, 3, 5, 9):
            opened = client.opened
            pbx.faults.cut_at, pbx.faults.silent_cut, pbx.faults.is_cutting = number, silent, True
            pbx.cut()
            await until(lambda: pbx.faults.cut_at < 0)
            pbx.faults.is_cutting = pbx.faults.deaf = False
            await until(lambda opened=opened: client.opened > opened and client.ready(pbx))
            assert set(client.state.objects) == known
        assert client.session.statistics()["in_doubt"] == []
