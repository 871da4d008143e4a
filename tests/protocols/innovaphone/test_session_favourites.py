"""Favourites and the on-the-phone mark, which belong to the user who logs in."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from custom_components.pbx.protocols.commands import PbxCommands
from custom_components.pbx.protocols.enums import PresenceActivity
from custom_components.pbx.protocols.errors import CommandFailed, NotSupported
from custom_components.pbx.protocols.model import Favourite
from tests.simulators.innovaphone import InnovaphoneSimulator
from tests.waiting import until

from .client import Client, client_for, turning

ALICE = {"username": "alice", "password": "alicepw"}

COMMANDS: list[Callable[[PbxCommands], Awaitable[Any]]] = [
    lambda commands: commands.favourites(),
    lambda commands: commands.add_favourite(Favourite(name="Bob")),
    lambda commands: commands.mark_on_call(on=True),
]


@pytest.mark.parametrize("command", COMMANDS)
async def test_what_only_a_user_has(client: Client, command: Callable[[PbxCommands], Awaitable[Any]]) -> None:
    """An App object is nobody, so it has no favourites and is in no call."""
    with pytest.raises(NotSupported):
        await command(client.session.commands)


@pytest.mark.parametrize("silent", [False, True])
async def test_favourites(pbx: InnovaphoneSimulator, silent: bool) -> None:
    """Favourites are read, added, changed and removed, also where the PBX does not confirm that."""
    names = ("AddProfileContact", "DelProfileContact", "UpdateProfileContact", "AddProfile")
    async with client_for(pbx, **ALICE) as client, turning(pbx):
        commands = client.session.commands
        assert await commands.favourites() == ()
        if silent:
            pbx.faults.unanswered = set(names)
        await commands.add_favourite(Favourite(name="Bob", number="0301234567", address="bob"))
        await until(lambda: pbx.world.profiles["alice"])
        (bob,) = await read(commands)
        assert (bob.name, bob.number, bob.address, bob.id) == ("Bob", "0301234567", "bob", "1")
        await commands.update_favourite(Favourite(id="1", name="Robert", number="202", address="bob"))
        assert [item.name for item in await commands.favourites()] == ["Robert"]
        assert pbx.world.profiles["alice"][0].contacts[0]["dsp"] == "Robert"
        await commands.remove_favourite(bob)
        assert await commands.favourites() == ()
        with pytest.raises(CommandFailed, match="no_such_favourite"):
            await commands.remove_favourite(bob)


async def read(commands: PbxCommands) -> list[Favourite]:
    """Return the favourites once there are any."""
    found: list[Favourite] = []
    while not found:
        await asyncio.sleep(0.01)
        found = list(await commands.favourites())
    return found


async def test_lists_of_favourites(pbx: InnovaphoneSimulator) -> None:
    """Lists can be made, renamed and removed; changes made elsewhere arrive."""
    async with client_for(pbx, **ALICE) as client:
        commands = client.session.commands
        with pytest.raises(CommandFailed):
            await commands.rename_favourite_list("Friends")
        await commands.add_favourite_list("Family")
        await commands.rename_favourite_list("Friends")
        await commands.add_favourite(Favourite(name="Bob", number="202", list="Friends"))
        (bob,) = await read(commands)
        assert bob.list == "Friends"
        await commands.remove_favourite_list()
        assert await commands.favourites() == ()
        assert pbx.world.profiles["alice"] == []


async def test_mark_on_call(pbx: InnovaphoneSimulator) -> None:
    """A call that takes place elsewhere makes the user busy, once, until it is taken away."""
    alice = pbx.world.get("alice")
    async with client_for(pbx, **ALICE) as client:
        await until(lambda: client.user(alice) is not None and client.user(alice).presence is not None)
        await client.session.commands.mark_on_call(on=True)
        await client.session.commands.mark_on_call(on=True)
        await until(lambda: client.user(alice).presence is PresenceActivity.ON_THE_PHONE)
        await client.session.commands.mark_on_call(on=False)
        await client.session.commands.mark_on_call(on=False)
        await until(lambda: client.user(alice).presence is PresenceActivity.AVAILABLE)
    assert pbx.count("PbxApi.AddAlienCall") == pbx.count("PbxApi.DelAlienCall") == 1
