"""Favourites and the on-the-phone mark, which belong to the user who logs in."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from custom_components.pbx.protocols.enums import PresenceActivity
from custom_components.pbx.protocols.errors import CommandFailed, NotSupported
from custom_components.pbx.protocols.innovaphone.session import InnovaphoneSession
from custom_components.pbx.protocols.model import Favourite
from tests.simulators.innovaphone import InnovaphoneSimulator
from tests.waiting import until

from .client import Client, client_for, turning

ALICE = {"username": "alice", "password": "alicepw"}

COMMANDS: list[Callable[[InnovaphoneSession], Awaitable[Any]]] = [
    lambda session: session.favourites(),
    lambda session: session.add_favourite(Favourite(name="Bob")),
    lambda session: session.mark_on_call(on=True),
]


@pytest.mark.parametrize("command", COMMANDS)
async def test_what_only_a_user_has(
    client: Client, command: Callable[[InnovaphoneSession], Awaitable[Any]]
) -> None:
    """An App object is nobody, so it has no favourites and is in no call."""
    with pytest.raises(NotSupported):
        await command(client.session)


@pytest.mark.parametrize("silent", [False, True])
async def test_favourites(pbx: InnovaphoneSimulator, silent: bool) -> None:
    """Favourites are read, added, changed and removed, also where the PBX does not confirm that."""
    names = ("AddProfileContact", "DelProfileContact", "UpdateProfileContact", "AddProfile")
    async with client_for(pbx, **ALICE) as client, turning(pbx):
        session = client.session
        assert await session.favourites() == ()
        if silent:
            pbx.faults.unanswered = set(names)
        await session.add_favourite(Favourite(name="Bob", number="0301234567", address="bob"))
        await until(lambda: pbx.world.profiles["alice"])
        (bob,) = await read(session)
        assert (bob.name, bob.number, bob.address, bob.id) == ("Bob", "0301234567", "bob", "1")
        await session.update_favourite(Favourite(id="1", name="Robert", number="202", address="bob"))
        assert [item.name for item in await session.favourites()] == ["Robert"]
        assert pbx.world.profiles["alice"][0].contacts[0]["dsp"] == "Robert"
        await session.remove_favourite(bob)
        assert await session.favourites() == ()
        with pytest.raises(CommandFailed, match="no_such_favourite"):
            await session.remove_favourite(bob)


async def read(session: InnovaphoneSession) -> list[Favourite]:
    """Return the favourites once there are any."""
    found: list[Favourite] = []
    while not found:
        await asyncio.sleep(0.01)
        found = list(await session.favourites())
    return found


async def test_lists_of_favourites(pbx: InnovaphoneSimulator) -> None:
    """Lists can be made, renamed and removed; changes made elsewhere arrive."""
    async with client_for(pbx, **ALICE) as client:
        session = client.session
        with pytest.raises(CommandFailed):
            await session.rename_favourite_list("Friends")
        await session.add_favourite_list("Family")
        await session.rename_favourite_list("Friends")
        await session.add_favourite(Favourite(name="Bob", number="202", list="Friends"))
        (bob,) = await read(session)
        assert bob.list == "Friends"
        await session.remove_favourite_list()
        assert await session.favourites() == ()
        assert pbx.world.profiles["alice"] == []


async def test_mark_on_call(pbx: InnovaphoneSimulator) -> None:
    """A call that takes place elsewhere makes the user busy, once, until it is taken away."""
    alice = pbx.world.get("alice")
    async with client_for(pbx, **ALICE) as client:
        await until(lambda: client.user(alice) is not None and client.user(alice).presence is not None)
        await client.session.mark_on_call(on=True)
        await client.session.mark_on_call(on=True)
        await until(lambda: client.user(alice).presence is PresenceActivity.ON_THE_PHONE)
        await client.session.mark_on_call(on=False)
        await client.session.mark_on_call(on=False)
        await until(lambda: client.user(alice).presence is PresenceActivity.AVAILABLE)
    assert pbx.count("PbxApi.AddAlienCall") == pbx.count("PbxApi.DelAlienCall") == 1
