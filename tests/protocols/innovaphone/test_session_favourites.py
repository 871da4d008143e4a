"""Favourites and the on-the-phone mark, which belong to the user who logs in."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from custom_components.pbx.protocols.commands import PbxCommands
from custom_components.pbx.protocols.enums import PresenceActivity
from custom_components.pbx.protocols.errors import CommandFailed, NotSupported, PbxError
from custom_components.pbx.protocols.model import Favourite
from tests.simulators.innovaphone import InnovaphoneSimulator
from tests.waiting import until

from .client import Client, client_for, session_for, turning

ALICE = {"username": "alice", "password": "alicepw"}
CHANGES = {"AddProfileContact", "DelProfileContact", "UpdateProfileContact", "AddProfile"}

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
@pytest.mark.parametrize("new_profile_id", [0, "none"])
async def test_favourites(pbx: InnovaphoneSimulator, silent: bool, new_profile_id: int | str) -> None:
    """Favourites are read, added, changed and removed, also where the PBX does not confirm that."""
    pbx.faults.new_profile_id = new_profile_id
    async with client_for(pbx, **ALICE) as client, turning(pbx):
        commands = client.session.commands
        assert await commands.favourites() == ()
        pbx.faults.unanswered = CHANGES if silent else set()
        await commands.add_favourite(Favourite(name="Bob", number="0301234567", address="bob"))
        (bob,) = await commands.favourites()
        assert (bob.name, bob.number, bob.address, bob.id) == ("Bob", "0301234567", "bob", "1")
        assert (bob.shows_presence, bob.shows_calls, bob.external) == (True, True, None)
        await commands.add_favourite(Favourite(name="Eve", number="202"))
        assert len(pbx.world.profiles["alice"]) == 1
        await commands.update_favourite(Favourite(id="1", name="Robert", number="203"))
        assert [item.name for item in await commands.favourites()] == ["Robert", "Eve"]
        await commands.remove_favourite(bob)
        assert [item.name for item in await commands.favourites()] == ["Eve"]
        with pytest.raises(CommandFailed, match="no_such_favourite"):
            await commands.remove_favourite(bob)


@pytest.mark.parametrize(("ext", "sent"), [("tel", "tel"), (None, "")])
async def test_whole_contact_goes_back(pbx: InnovaphoneSimulator, ext: str | None, sent: str) -> None:
    """What a change does not name stays: the address, the monitoring and the kind of the contact."""
    pbx.faults.contact_ext = ext
    async with client_for(pbx, **ALICE) as client:
        await client.session.commands.add_favourite(Favourite(name="Bob", number="202", address="bob"))
        await client.session.commands.update_favourite(Favourite(id="1", name="Robert"))
    (request,) = pbx.recorder.named("PbxApi.UpdateProfileContact")
    assert request["contact"] == {
        "id": 1,
        "name": "bob",
        "num": "202",
        "dsp": "Robert",
        "presence": True,
        "dialog": True,
        "ext": sent,
    }
    assert pbx.world.profiles["alice"][0].contacts == [request["contact"]]


@pytest.mark.parametrize("refused", [False, True])
async def test_change_without_effect_is_no_success(pbx: InnovaphoneSimulator, refused: bool) -> None:
    """Where the list does not show the change afterwards, the command says so."""
    bob = Favourite(name="Bob", number="202")
    async with client_for(pbx, **ALICE) as client, turning(pbx):
        commands = client.session.commands
        await commands.add_favourite(bob)
        pbx.faults.odd = {name: {"error": 5} if refused else {} for name in CHANGES}
        pbx.faults.odd |= {"UpdateProfile": {}, "DelProfile": {}}
        changed = Favourite(id="1", name="Robert", number="203")
        for command in (
            commands.add_favourite(Favourite(name="Eve", number="203")),
            commands.update_favourite(changed),
            commands.remove_favourite(changed),
            commands.rename_favourite_list("Friends"),
            commands.remove_favourite_list(),
        ):
            with pytest.raises(CommandFailed):
                await command
        assert [item.name for item in await commands.favourites()] == ["Bob"]


async def test_favourites_that_cannot_be_read_are_not_none(pbx: InnovaphoneSimulator) -> None:
    """A refusal is told, and the list is read again the next time."""
    async with client_for(pbx, **ALICE) as client:
        commands = client.session.commands
        await commands.add_favourite(Favourite(name="Bob", number="202"))
        pbx.cut()
        await until(lambda: client.opened == 2)
        pbx.faults.errors = {"SubscribeProfile": {"error": 1}}
        with pytest.raises(CommandFailed):
            await commands.favourites()
        pbx.faults.errors = {}
        assert [item.name for item in await commands.favourites()] == ["Bob"]


async def test_lists_of_favourites(pbx: InnovaphoneSimulator) -> None:
    """Lists can be made, renamed and removed, and a contact can go into a list that is not shown."""
    async with client_for(pbx, **ALICE) as client:
        commands = client.session.commands
        with pytest.raises(CommandFailed):
            await commands.rename_favourite_list("Friends")
        await commands.add_favourite_list("Family")
        await commands.rename_favourite_list("Friends")
        await commands.add_favourite(Favourite(name="Bob", number="202", list="Friends"))
        (bob,) = await commands.favourites()
        assert bob.list == "Friends"
        pbx.faults.new_profile_id = 0
        await commands.add_favourite(Favourite(name="Eve", number="203", list="Work"))
        assert [item.name for item in pbx.world.profiles["alice"]] == ["Friends", "Work"]
        await commands.remove_favourite_list()
        (eve,) = await commands.favourites()
        assert (eve.name, eve.list) == ("Eve", "Work")


async def test_changes_made_elsewhere_arrive(pbx: InnovaphoneSimulator) -> None:
    """What another client adds or deletes is followed."""
    async with client_for(pbx, **ALICE) as first, client_for(pbx, **ALICE) as second:
        assert await second.session.commands.favourites() == ()
        await first.session.commands.add_favourite(Favourite(name="Bob", number="202"))
        await wait_for_names(second, "Bob")
        (bob,) = await second.session.commands.favourites()
        await first.session.commands.remove_favourite(bob)
        await wait_for_names(second)


async def wait_for_names(client: Client, *names: str) -> None:
    """Wait until the favourites have these names."""
    while [item.name for item in await client.session.commands.favourites()] != list(names):
        await asyncio.sleep(0.01)


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


@pytest.mark.parametrize("outlives", [False, True])
async def test_mark_is_renewed_on_the_next_connection(pbx: InnovaphoneSimulator, outlives: bool) -> None:
    """The mark stays on over a lost connection as one mark, and goes off when it shall."""
    async with client_for(pbx, **ALICE) as client:
        await client.session.commands.mark_on_call(on=True)
        if not outlives:
            pbx.world.alien_calls.clear()
        pbx.cut()
        await until(lambda: pbx.count("PbxApi.AddAlienCall") == 2)
        await until(lambda: list(pbx.world.alien_calls) == [2])
        await until(lambda: client.session.memory.get("alien_call") == "2")
        await client.session.commands.mark_on_call(on=False)
        assert pbx.world.alien_calls == {}
        assert "alien_call" not in client.session.memory


async def test_mark_does_not_outlive_a_restart(pbx: InnovaphoneSimulator) -> None:
    """After a restart the mark of before is taken away by the number that was remembered."""
    async with session_for(pbx, **ALICE) as session:
        await session.open()
        await session.commands.mark_on_call(on=True)
        memory = session.memory
    assert pbx.world.alien_calls
    async with client_for(pbx, **ALICE, memory=memory):
        await until(lambda: not pbx.world.alien_calls)


async def test_mark_that_cannot_be_taken_away_is_told(pbx: InnovaphoneSimulator) -> None:
    """A refusal is no success, neither of setting the mark nor of taking it away."""
    async with client_for(pbx, **ALICE) as client:
        commands = client.session.commands
        pbx.faults.odd = {"AddAlienCall": {}}
        with pytest.raises(CommandFailed):
            await commands.mark_on_call(on=True)
        pbx.faults.odd = {"DelAlienCall": {"error": 1, "errorText": "not now"}}
        await commands.mark_on_call(on=True)
        with pytest.raises(PbxError, match="not now"):
            await commands.mark_on_call(on=False)
        pbx.faults.odd = {}
        await commands.mark_on_call(on=False)
        assert pbx.world.alien_calls == {}


async def test_identity_outlives_a_pbx_that_does_not_name_itself(pbx: InnovaphoneSimulator) -> None:
    """A PBX that keeps silent while it starts is the one that was found at this address before."""
    async with session_for(pbx) as session:
        info = (await session.open()).info
        memory = session.memory
    pbx.faults.silent = {"PbxAdminApi"}
    async with session_for(pbx, memory=memory) as session, turning(pbx):
        assert (await session.open()).info == info
    async with session_for(pbx, memory={**memory, "address": "elsewhere:443"}) as session, turning(pbx):
        assert (await session.open()).info.provisional


async def test_favourites_are_the_address_book(pbx: InnovaphoneSimulator) -> None:
    """Favourites with a number are what a login sees of an address book."""
    async with client_for(pbx, **ALICE) as client, turning(pbx):
        commands = client.session.commands
        await commands.add_favourite(Favourite(name="Bob", number="0301234567"))
        await commands.add_favourite(Favourite(name="Eve", address="eve"))
        (bob,) = await commands.list_contacts()
        assert (bob.name, bob.number) == ("Bob", "0301234567")
