"""What people say of themselves, and agents who come and go."""

import pytest

from custom_components.pbx.protocols.enums import Capability, NumberKind, ObjectKind, PresenceActivity
from custom_components.pbx.protocols.errors import CommandFailed, MissingRight, NotSupported
from custom_components.pbx.protocols.model import FoundContact
from tests.simulators.switchvox import SwitchvoxSimulator
from tests.simulators.switchvox.world import BookNumber, Entry, Phonebook
from tests.waiting import until

from .client import ANNA, BERT, SALES, Client, client_for


async def test_presence_and_do_not_disturb(pbx: SwitchvoxSimulator, client: Client) -> None:
    """Presence is set to one of the choices of the PBX and shown at once."""
    anna = pbx.world.account("100")
    choices = (PresenceActivity.AVAILABLE, PresenceActivity.AWAY, PresenceActivity.DND)
    assert client.session.commands.presences == choices
    await client.session.commands.set_do_not_disturb(ANNA, on=True)
    assert anna.presence == "dnd"
    await until(lambda: client.user(ANNA).do_not_disturb is True)
    assert client.user(ANNA).presence is PresenceActivity.DND
    await client.session.commands.set_presence(ANNA, PresenceActivity.AWAY, "Lunch")
    assert (anna.presence, anna.sub_presence) == ("away", "Lunch")
    await client.session.commands.set_presence(ANNA, PresenceActivity.AWAY, "Dentist")
    assert (anna.presence, anna.sub_presence) == ("away", "Dentist")
    await until(lambda: client.user(ANNA).presence_note == "Dentist")
    await client.session.commands.set_do_not_disturb(ANNA, on=False)
    await until(lambda: client.user(ANNA).presence is PresenceActivity.AVAILABLE)
    with pytest.raises(CommandFailed, match="no_such_presence"):
        await client.session.commands.set_presence(ANNA, PresenceActivity.BUSY, None)
    with pytest.raises(CommandFailed, match="no_user_for_phone"):
        await client.session.commands.set_presence("9999", PresenceActivity.AWAY, None)


async def test_presence_without_a_list_of_choices(pbx: SwitchvoxSimulator) -> None:
    """Where the choices can't be read, the words are tried and the PBX says what it thinks of them."""
    pbx.dialect.extend.missing = {"users.presence.options.getList"}
    async with client_for(pbx) as client:
        assert client.session.commands.presences == tuple(PresenceActivity)
        await client.session.commands.set_do_not_disturb(ANNA, on=True)
        assert pbx.world.account("100").presence == "dnd"
        with pytest.raises(CommandFailed, match="presence"):
            await client.session.commands.set_presence(ANNA, PresenceActivity.BUSY, None)


async def test_queue_agent(pbx: SwitchvoxSimulator, client: Client, admin: Client) -> None:
    """The own agent comes and goes; somebody else's only for an administrator."""
    own, other = pbx.world.queue("300").members
    assert client.user(ANNA).controllable
    assert (admin.user(ANNA).controllable, admin.user(BERT).controllable) == (True, True)
    assert Capability.PAUSE_QUEUE_AGENT in client.session.capabilities
    await client.session.commands.set_queue_agent(SALES, ANNA, logged_in=True)
    assert own.logged_in
    await client.session.commands.set_queue_agent(SALES, ANNA, paused=True)
    assert own.paused
    client.session.watch(frozenset({ObjectKind.QUEUE}))
    await client.session.commands.set_queue_agent(SALES, ANNA, logged_in=False, paused=False)
    assert (own.logged_in, own.paused) == (False, False)
    await admin.session.commands.set_queue_agent(SALES, BERT, logged_in=False)
    assert not other.logged_in
    methods = {entry.method for entry in pbx.journal.entries}
    assert {
        f"switchvox.users.callQueues.{name}" for name in ("login", "logout", "pause", "resume")
    } <= methods


async def test_phone_books(pbx: SwitchvoxSimulator, client: Client) -> None:
    """The phone books of the own account are listed with all numbers and what these are for."""
    numbers = [BookNumber("102", "internal", "office"), BookNumber("5555551212", icon="cell")]
    fax = [BookNumber("5555550000", icon="fax")]
    pbx.world.phonebooks = [
        Phonebook(7, "Customers", [Entry(655, "Brian Jones", numbers), Entry(656, "Kim", fax)]),
        Phonebook(8, "Suppliers", []),
    ]
    assert await client.session.commands.list_contacts() == [
        FoundContact(name="Brian Jones", number="102", group="Customers", kind=NumberKind.EXTENSION),
        FoundContact(name="Brian Jones", number="5555551212", group="Customers", kind=NumberKind.MOBILE),
        FoundContact(name="Kim", number="5555550000", group="Customers", kind=NumberKind.FAX),
    ]
    pbx.world.phonebooks.clear()
    assert await client.session.commands.list_contacts() == []
    pbx.dialect.extend.forbidden = {"users.phonebooks.getList"}
    with pytest.raises(MissingRight):
        await client.session.commands.list_contacts()


async def test_no_phone_books_without_the_extend_api(pbx: SwitchvoxSimulator) -> None:
    """Nothing can be listed where the PBX has no Extend API."""
    pbx.dialect.extend.present = False
    async with client_for(pbx) as client:
        with pytest.raises(NotSupported):
            await client.session.commands.list_contacts()
