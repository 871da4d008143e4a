"""Who may log in, and what follows for what is shown."""

import asyncio
import ssl

import pytest

from custom_components.pbx.protocols.enums import Capability, ForwardKind, LineStatus, NoticeCode, ObjectKind
from custom_components.pbx.protocols.errors import (
    AuthFailed,
    CannotConnect,
    CertificateNotTrusted,
    MissingRight,
    PbxError,
    WrongSystem,
)
from custom_components.pbx.protocols.keeper import SessionKeeper
from tests.simulators.innovaphone import InnovaphoneSimulator
from tests.simulators.innovaphone.small_world import ALL_APIS, APP, user
from tests.waiting import until

from .client import client_for, session_for, turning

ALICE = {"username": "alice", "password": "alicepw"}
RIGHTS = {"RCC": "RCC", "PbxApi": "PbxApi", "PbxTableUsers": "TableUsers"}


@pytest.mark.parametrize("fault", ["", "numeric_challenge", "fragment", "drop_src", "drop_indication_src"])
async def test_probe_names_the_pbx(pbx: InnovaphoneSimulator, fault: str) -> None:
    """The domain and the name of the PBX tell which one this is."""
    if fault:
        setattr(pbx.faults, fault, True)
    async with session_for(pbx) as session:
        info = await session.probe()
    assert (info.id, info.provisional) == ("example.com/master", False)
    (login,) = pbx.recorder.named("AppLogin")
    assert login.keys() == {"mt", "app", "digest"}
    assert all(message.text.find("s3cret") < 0 for message in pbx.recorder.messages)


async def test_probe_without_administration(pbx: InnovaphoneSimulator) -> None:
    """Nothing else names the PBX, so its address and the App object have to do."""
    pbx.world.apps[APP].apis.discard("PbxAdminApi")
    async with session_for(pbx) as session, turning(pbx):
        info = await session.probe()
    assert (info.id, info.provisional) == (f"127.0.0.1:{pbx.port}/{APP}", True)


async def test_pbx_that_introduces_itself(pbx: InnovaphoneSimulator) -> None:
    """What the PBX says of itself names it and its version, and saves asking for what it does not grant."""
    pbx.faults.pbx_info = True
    pbx.world.apps[APP].apis -= {"PbxAdminApi", "PbxTableUsers"}
    async with session_for(pbx) as session:
        info = await session.probe()
    assert (info.id, info.version) == ("example.com/master", "14r1 1410520")
    assert pbx.count("PbxAdminApi.MonitorConfig") == 0


async def test_wrong_password_is_tried_twice(pbx: InnovaphoneSimulator) -> None:
    """A refusal is no proof until a second challenge was refused as well, on a connection of its own."""
    async with session_for(pbx, password="wrong") as session:
        with pytest.raises(AuthFailed):
            await session.probe()
    assert pbx.count("AppChallenge") == pbx.count("AppLogin") == 2


async def test_pbx_that_refuses_once(pbx: InnovaphoneSimulator) -> None:
    """A PBX that is starting may refuse a good login."""
    pbx.faults.refuse_logins = 1
    async with session_for(pbx) as session:
        await session.probe()


@pytest.mark.parametrize("fault", ["missing_challenge", "login_silent"])
async def test_silence_is_no_refusal(pbx: InnovaphoneSimulator, fault: str) -> None:
    """A PBX that does not answer the login can't be reached, whatever the password is."""
    setattr(pbx.faults, fault, True)
    async with session_for(pbx) as session, turning(pbx):
        with pytest.raises(CannotConnect, match="does not answer"):
            await session.probe()


async def test_no_pbx_at_the_address(pbx: InnovaphoneSimulator) -> None:
    """An address without the APIs is another system; a port without anything is no connection."""
    pbx.faults.modules = frozenset({"PBX7"})
    async with session_for(pbx) as session:
        with pytest.raises(WrongSystem):
            await session.probe()
    async with session_for(pbx, port=1) as session:
        with pytest.raises(CannotConnect):
            await session.probe()


async def test_prefix_can_be_set(pbx: InnovaphoneSimulator) -> None:
    """A PBX with another name is found, and one at the default name in spite of a wrong setting."""
    pbx.faults.modules = frozenset({"PBX7"})
    async with session_for(pbx, prefix="/PBX7/") as session:
        await session.probe()
    pbx.faults.modules = frozenset({"PBX0"})
    async with session_for(pbx, prefix="PBX7") as session:
        await session.probe()


async def test_certificate_has_to_be_trusted() -> None:
    """A certificate that nobody vouches for is told apart; who accepts any gets through."""
    async with InnovaphoneSimulator(tls=True) as pbx:
        async with session_for(pbx) as session:
            with pytest.raises(CertificateNotTrusted):
                await session.probe()
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        async with client_for(pbx, context=context) as client:
            assert (NoticeCode.UNENCRYPTED, "") not in client.notices()


async def test_app_object_without_any_right(pbx: InnovaphoneSimulator) -> None:
    """An App object on which nothing is ticked is told by the name of the first checkbox."""
    pbx.world.apps[APP].apis.clear()
    async with session_for(pbx) as session, turning(pbx):
        with pytest.raises(MissingRight) as caught:
            await session.probe()
    assert caught.value.right == "RCC"


@pytest.mark.parametrize("api", sorted(ALL_APIS))
async def test_right_that_is_missing(pbx: InnovaphoneSimulator, api: str) -> None:
    """An API that stays silent is not granted: what depends on it is not there, and a notice names it."""
    pbx.world.apps[APP].apis.discard(api)
    async with turning(pbx), client_for(pbx) as client:
        await until(client.notices)
        named = {detail for code, detail in client.notices() if code == NoticeCode.MISSING_RIGHT}
        assert named == ({RIGHTS[api]} if api in RIGHTS else set())
        able = client.session.capabilities
        assert (Capability.DIAL in able) == (api != "RCC")
        assert (Capability.PRESENCE in able) == (api != "PbxApi")
        assert (Capability.QUEUES in able) == (api != "PbxTableUsers")
        assert (Capability.SWITCHES in able) == (api != "PbxAdminApi")
        assert len(client.session.statistics()["granted"]) == 4
        await until(lambda: all(client.user(item) is not None for item in pbx.world.users()))


async def test_right_that_is_ticked_later(pbx: InnovaphoneSimulator) -> None:
    """Every six hours, what was missing is tried again."""
    pbx.world.apps[APP].apis.discard("PbxTableUsers")
    hotline = pbx.world.get("hotline")
    async with turning(pbx), client_for(pbx) as client:
        assert client.queue(hotline) is None
        pbx.world.apps[APP].apis.add("PbxTableUsers")
        pbx.clock.advance(6 * 3600)
        await until(lambda: client.queue(hotline) is not None)
        assert Capability.QUEUES in client.session.capabilities
        await until(lambda: not {item for item in client.notices() if item[0] == NoticeCode.MISSING_RIGHT})


async def test_right_that_is_taken_away(pbx: InnovaphoneSimulator) -> None:
    """What came from an API that is not granted any more is gone after the next connection."""
    async with turning(pbx, 150), client_for(pbx) as client:
        hotline = pbx.world.get("hotline")
        await until(lambda: client.ready(pbx))
        pbx.world.apps[APP].apis -= {"PbxTableUsers", "PbxAdminApi"}
        pbx.cut()
        await until(lambda: client.queue(hotline) is None)
        assert not [key for key in client.state.objects if key.kind is ObjectKind.SWITCH]
        assert Capability.QUEUES not in client.session.capabilities


async def test_api_that_closes_the_socket(pbx: InnovaphoneSimulator) -> None:
    """What makes the PBX close the connection is not used again on the next one."""
    pbx.faults.closing = {"PbxTableUsers"}
    async with session_for(pbx) as session:
        with pytest.raises(PbxError):
            await session.open()
        await session.close()
        await session.open()
        assert session.statistics()["forbidden"] == ["PbxTableUsers"]
        assert pbx.count("PbxTableUsers.ReplicateStart") == 1


async def test_nobody_has_the_app(pbx: InnovaphoneSimulator) -> None:
    """An App object that is assigned to nobody sees nobody, which is the usual mistake."""
    for item in pbx.world.objects.values():
        item.apps.clear()
    async with client_for(pbx) as client:
        await until(lambda: (NoticeCode.NO_USERS_VISIBLE, "") in client.notices())


async def test_nobody_shows_their_presence(pbx: InnovaphoneSimulator) -> None:
    """Where the visibility of all users hides their presence, it is unknown and a notice says so."""
    for item in pbx.world.users():
        item.visible = False
    async with client_for(pbx) as client:
        await until(lambda: pbx.count("PbxApi.SubscribePresence") == 3)
        async with turning(pbx):
            await until(lambda: (NoticeCode.PRESENCE_HIDDEN, "") in client.notices())
        assert client.user(pbx.world.get("alice")).presence is None


async def test_user_login(pbx: InnovaphoneSimulator) -> None:
    """A plain user sees themselves, and has favourites; what they lack by design is not complained of."""
    alice = pbx.world.get("alice")
    async with client_for(pbx, **ALICE) as client:
        await until(lambda: client.user(alice) is not None and client.user(alice).presence is not None)
        assert [key.id for key in client.state.objects if key.kind is ObjectKind.USER] == [alice.guid]
        assert client.user(alice).editable is True
        assert {
            Capability.FAVOURITES,
            Capability.MARK_ON_CALL,
            Capability.DIAL,
        } <= client.session.capabilities
        assert not {code for code, _ in client.notices()} - {NoticeCode.UNENCRYPTED}
    (login,) = pbx.recorder.named("AppLogin")
    assert login.keys() == {"mt", "sip", "digest"}


async def test_older_firmware(pbx: InnovaphoneSimulator) -> None:
    """Before 14r1 there is no way to set a diversion or to notify; the directory still shows diversions."""
    pbx.faults.diversions = False
    async with turning(pbx), client_for(pbx) as client:
        able = client.session.capabilities
        assert Capability.FORWARD_ALWAYS in able
        assert not {Capability.SET_FORWARD, Capability.NOTIFY_USER} & able


async def test_without_rcc_administration_tells_registrations(pbx: InnovaphoneSimulator) -> None:
    """Registrations are read one by one where nothing pushes them, in either shape."""
    pbx.world.apps[APP].apis.discard("RCC")
    pbx.faults.nested_regs = True
    alice = pbx.world.get("alice")
    async with turning(pbx), client_for(pbx) as client:
        await until(
            lambda: client.phone("009033aabbcc") is not None and client.phone("009033aabbcc").registered
        )
        assert client.user(alice).status is LineStatus.IDLE
        # A user who comes later need not wait until all registrations are read again.
        pbx.office.add(user(9, "eve", "Ève Dupont", "", "eve-phone"))
        await until(lambda: client.phone("eve-phone") is not None and client.phone("eve-phone").registered)


async def test_accounts_alone_name_the_users(pbx: InnovaphoneSimulator) -> None:
    """Firmware that tells accounts to every App object needs no other directory to show presence."""
    pbx.world.apps[APP].apis = {"PbxApi", "PbxAccountApi"}
    alice = pbx.world.get("alice")
    async with turning(pbx), client_for(pbx) as client:
        await until(lambda: client.user(alice) is not None and client.user(alice).presence is not None)
        assert client.user(alice).name == "Alice Example"
        assert client.user(alice).status is LineStatus.UNKNOWN


async def test_without_directory_devices_and_forwards_are_asked_for(pbx: InnovaphoneSimulator) -> None:
    """What the directory would tell comes from requests for each user instead."""
    pbx.world.apps[APP].apis.discard("PbxTableUsers")
    bjorn = pbx.world.get("bjorn")
    pbx.office.divert(bjorn, "cfu", "201")
    async with turning(pbx), client_for(pbx) as client:
        await until(lambda: client.phone("bjorn-softphone") is not None)
        await until(lambda: client.user(bjorn).forwards.get(ForwardKind.ALWAYS) == "201")
        pbx.office.divert(bjorn, "cfu", None)
        pbx.clock.advance(901)
        await until(lambda: client.user(bjorn).forwards[ForwardKind.ALWAYS] is None)


async def test_group_members_can_be_watched(pbx: InnovaphoneSimulator) -> None:
    """An App object may see the members of its groups instead of those who have the app."""
    async with client_for(pbx, group_members=True) as client:
        assert client.opened == 1
    (request,) = pbx.recorder.named("RCC.Initialize")
    assert request["grp"] is True
    assert request["limit"] == 50


async def test_changed_password_stops_the_attempts(pbx: InnovaphoneSimulator) -> None:
    """A refused login is tried again once, for a PBX that was just starting, and then left alone."""
    async with client_for(pbx) as client:
        pbx.world.apps[APP].password = "another"
        pbx.cut()
        await client.wait_until_refused()
        assert isinstance(client.keeper, SessionKeeper)
        assert pbx.count("AppLogin") == 5


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ("404 Not Found", WrongSystem),
        ("401 Unauthorized", WrongSystem),
        ("301 Moved Permanently", WrongSystem),
        ("408 Request Timeout", CannotConnect),
        ("429 Too Many Requests", CannotConnect),
        ("502 Bad Gateway", CannotConnect),
        ("", CannotConnect),
    ],
)
async def test_proxy_that_answers_for_the_pbx(
    pbx: InnovaphoneSimulator, answer: str, error: type[PbxError]
) -> None:
    """What only says that the PBX is away, or asked too often, says nothing of what is at the address."""

    async def answer_all(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        if answer:
            writer.write(f"HTTP/1.1 {answer}\r\nRetry-After: 3\r\nContent-Length: 0\r\n\r\n".encode())
        writer.close()

    server = await asyncio.start_server(answer_all, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, session_for(pbx, port=port) as session:
        with pytest.raises(error):
            await session.probe()
