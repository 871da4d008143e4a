"""The life of a session with a genuine Asterisk: login, rights, what is read, restarts."""

import asyncio

import pytest

from custom_components.pbx.protocols.asterisk.wire import LARGEST_BLOCK
from custom_components.pbx.protocols.changes import CallQuestion, DialPlanEvent
from custom_components.pbx.protocols.enums import Capability, LineStatus, MomentType, ObjectKind
from custom_components.pbx.protocols.errors import (
    AuthFailed,
    CannotConnect,
    CommandFailed,
    MissingRight,
    WrongSystem,
)
from custom_components.pbx.protocols.keys import PBX_KEY
from tests.genuine.configuration import UUID
from tests.genuine.fixtures import EVERY, on_asterisk
from tests.genuine.office import GenuineOffice
from tests.genuine.telephone import Manner

from .client import client_for, session_for, telephones


@on_asterisk(*EVERY)
async def test_what_is_read(genuine: GenuineOffice) -> None:
    """Users, phones, mailboxes and queues have their names, and a phone tells when it registers."""
    is_freepbx = genuine.server.flavour == "freepbx"
    async with client_for(genuine) as client:
        info = client.state.info
        assert (info.id, info.provisional) == (UUID, False)
        assert info.manufacturer == ("FreePBX" if is_freepbx else "Asterisk")
        names = {
            key.id: item.name for key, item in client.state.objects.items() if key.kind is ObjectKind.USER
        }
        assert {"201": "Anna Archer", "202": "Björn Berg", "206": "Émile Faure"}.items() <= names.items()
        assert ("205" in names) is not is_freepbx
        phones = {key.id for key in client.state.objects if key.kind is ObjectKind.PHONE}
        assert {"PJSIP/201", "PJSIP/206"} <= phones
        assert "PJSIP/trunk" not in phones
        boxes = {key.id for key in client.state.objects if key.kind is ObjectKind.MAILBOX}
        assert boxes == {"201@default", "202@default", "204@default"}
        phone = lambda: client.phone("201")  # noqa: E731
        await client.until(lambda: (phone().status, phone().registered) == (LineStatus.OFFLINE, False))
        async with telephones(genuine, "201"):
            await client.until(lambda: phone().registered)
            await client.shows(u201="idle")
        await client.until(lambda: phone().registered is False)
        assert client.missing_rights() == set()
        capabilities = client.session.capabilities
        assert (Capability.FORWARD_ALWAYS in capabilities) is is_freepbx
        assert {Capability.DIAL, Capability.QUEUES, Capability.ANSWER_CALL_QUESTION} <= capabilities
        statistics = client.session.statistics()
        assert statistics["missing_rights"] == []
        assert statistics["unknown_events"] == {}


async def test_logins(genuine: GenuineOffice) -> None:
    """A wrong secret is refused, TLS works, a user without rights is told what is missing."""
    async with session_for(genuine) as session:
        assert (await session.probe()).id == UUID
    ports = genuine.server.ports
    async with session_for(genuine, port=ports.ami_tls, tls=True) as session:
        assert (await session.probe()).id == UUID
        assert (await session.open()).info.version.startswith("22")
        assert session.statistics()["transport"] == "tls"
    for refused in {"password": "wrong"}, {"password": "wrong", "port": ports.ami_tls, "tls": True}:
        async with session_for(genuine, **refused) as session:
            with pytest.raises(AuthFailed):
                await session.probe()
    async with session_for(genuine, username="nobody", password="nothing at all") as session:
        with pytest.raises(MissingRight, match="reporting"):
            await session.probe()
    async with session_for(genuine, port=1) as session:
        with pytest.raises(CannotConnect):
            await session.probe()


async def test_rights_that_are_missing(genuine: GenuineOffice) -> None:
    """Each right that matters is told by itself, with the line for manager.conf."""
    async with client_for(genuine, username="reader", password="only reading") as client:
        told = lambda: {detail.partition(" ")[0] for detail in client.missing_rights()}  # noqa: E731
        await client.until(lambda: told() == {"system", "call", "originate", "agent", "message"})
        assert all("write = system,call,agent,originate" in detail for detail in client.missing_rights())
        assert Capability.DIAL not in client.session.capabilities
        # Without the list of endpoints the hints tell who there is.
        assert client.user("201").number == "201"


async def test_dial_plan_speaks(genuine: GenuineOffice) -> None:
    """A UserEvent arrives with its name and its own fields, and the call that it comes from."""
    async with client_for(genuine) as client, telephones(genuine, "201") as (anna,):
        await anna.call("610").ends()
        await client.until(lambda: any(isinstance(item, DialPlanEvent) for item in client.changes))
        event = next(item for item in client.changes if isinstance(item, DialPlanEvent))
        assert event.name == "DoorBell"
        assert event.fields == {"Door": "front", "Floor": "2", "Name": "Anna Archer"}
        moment = next(item for item in client.moments if item.type is MomentType.DIAL_PLAN_EVENT)
        assert (moment.key, moment.call.caller.user) == (PBX_KEY, "201")


@on_asterisk((22, "plain"), (16, "plain"))
async def test_dial_plan_asks(genuine: GenuineOffice) -> None:
    """A question is answered in mid-call, which steers where the call goes."""
    async with (
        client_for(genuine) as client,
        telephones(genuine, "201", "202", "203") as (anna, _bjorn, carla),
    ):
        call = carla.call("600")
        await client.until(lambda: any(isinstance(item, CallQuestion) for item in client.changes))
        asked = next(item for item in client.changes if isinstance(item, CallQuestion))
        assert (asked.name, asked.arguments) == ("is_anyone_home", ("front door",))
        assert client.state.calls.get(asked.call).caller.user == "203"
        await client.session.commands.answer_call_question(asked.id, {"ANSWER": "yes"})
        await (await anna.rings()).answer()
        await call.is_answered()
        with pytest.raises(CommandFailed, match="no_such_question"):
            await client.session.commands.answer_call_question(asked.id, {"ANSWER": "no"})
        await call.hang_up()
        await client.until_over()


@on_asterisk((22, "plain"), (16, "freepbx"))
async def test_secrets_of_phones(genuine: GenuineOffice) -> None:
    """The PBX lists the secret of a phone in clear, which goes no further than the door."""
    async with client_for(genuine) as client:
        connection = client.session._connection
        rows = await connection.fetch("PJSIPShowEndpoint", Endpoint="201")
        (auth,) = [row for row in rows if row["Event"] == "AuthDetail"]
        assert auth["Username"] == "201"
        # So they are in the list of the PBX itself.
        told = await genuine.manager.list_of("PJSIPShowEndpoint", Endpoint="201")
        assert [row["Password"] for row in told if row["Event"] == "AuthDetail"] == ["telephone"]
        assert "telephone" not in {value for row in rows for value in row.values()}


async def test_question_that_nobody_answers(genuine: GenuineOffice) -> None:
    """After our own deadline the call goes on by itself."""
    async with client_for(genuine, question_timeout=1) as client, telephones(genuine, "202", "203") as phones:
        bjorn, carla = phones
        call = carla.call("600")
        await bjorn.rings()
        asked = next(item for item in client.changes if isinstance(item, CallQuestion))
        with pytest.raises(CommandFailed, match="no_such_question"):
            await client.session.commands.answer_call_question(asked.id, {"ANSWER": "yes"})
        await call.hang_up()


@on_asterisk((22, "plain"), (16, "freepbx"))
async def test_call_from_before_the_session(genuine: GenuineOffice) -> None:
    """A call that is up when the session opens is known, with who holds it."""
    async with telephones(genuine, "201", "202") as (anna, bjorn):
        bjorn.manner = Manner.ANSWERS
        call = await anna.call("202").is_answered()
        await genuine.talking()
        await call.hold()
        await genuine.shows_device("ONHOLD")
        async with client_for(genuine) as client:
            await client.shows(u201="on_hold", u202="talking")
            assert client.heard("201") == []
            await call.resume()
            await client.shows(u201="talking")
            await call.hang_up()
            await client.shows(u201="idle", u202="idle")


async def test_reload_in_mid_call(genuine: GenuineOffice) -> None:
    """A reload costs no call, and what it brings is read."""
    async with client_for(genuine) as client, telephones(genuine, "201", "202") as (anna, bjorn):
        bjorn.manner = Manner.ANSWERS
        call = await anna.call("202").is_answered()
        await client.shows(u201="talking", u202="talking")
        hints = genuine.server.folder / "etc" / "extensions.conf"
        text = hints.read_text()
        try:
            hints.write_text(text.replace("exten => 206,hint,PJSIP/206", "exten => 207,hint,PJSIP/206"))
            await genuine.reload()
            await client.until(lambda: client.user("207"))
            await client.until(lambda: client.user("206") is None)
        finally:
            hints.write_text(text)
            await genuine.reload()
        assert client.opened == 1
        await client.shows(u201="talking")
        await call.hang_up()
        await client.until_over()


async def test_user_who_is_removed(genuine: GenuineOffice) -> None:
    """An open session goes on when its user is removed; a new login is refused."""
    async with client_for(genuine) as client:
        await genuine.remove_user("homeassistant")
        with pytest.raises(CommandFailed, match="no_such_call"):
            await client.session.commands.get_call("1.1")
        async with session_for(genuine) as session:
            with pytest.raises(AuthFailed):
                await session.probe()


async def serve(answer: bytes) -> tuple[asyncio.Server, int]:
    """Return a server that says one thing to everybody."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(answer)
        await reader.read(LARGEST_BLOCK)
        writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    return server, server.sockets[0].getsockname()[1]


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (b"220 mail.example ESMTP\r\n", WrongSystem),
        (b"x" * 200_000, WrongSystem),
        (b"Asterisk Call Manager/9\r\nResponse: Error\r\nMessage: x\r\n\r\n", WrongSystem),
    ],
)
async def test_other_servers(genuine: GenuineOffice, answer: bytes, error: type[Exception]) -> None:
    """What is no manager interface is told as such."""
    server, port = await serve(answer)
    try:
        async with session_for(genuine, port=port) as session:
            with pytest.raises(error):
                await session.probe()
    finally:
        server.close()
