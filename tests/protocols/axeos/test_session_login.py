"""Who may log in, and what follows for what is shown."""

import ssl

import pytest

from custom_components.pbx.protocols.enums import Capability, NoticeCode, ObjectKind
from custom_components.pbx.protocols.errors import (
    AuthFailed,
    CannotConnect,
    CertificateNotTrusted,
    MissingRight,
    PbxError,
    WrongSystem,
)
from tests.simulators.axeos import AxeosSimulator
from tests.simulators.axeos.small_world import ADMIN_LOGIN, PLAIN_LOGIN, small_world
from tests.waiting import until

from .client import client_for, hurried_client_for, session_for

ADMIN = {"username": ADMIN_LOGIN[0], "password": ADMIN_LOGIN[1]}
PLAIN = {"username": PLAIN_LOGIN[0], "password": PLAIN_LOGIN[1]}


@pytest.mark.parametrize("login", [{}, ADMIN, PLAIN], ids=["api key", "administrator", "plain user"])
async def test_probe_names_the_pbx(pbx: AxeosSimulator, login: dict[str, str]) -> None:
    """Each kind of login finds out which PBX this is, with the login in the header only."""
    async with session_for(pbx, **login) as session:
        info = await session.probe()
    assert info.id == pbx.world.system.uuid
    assert info.provisional is False
    assert all("key" not in request.query for request in pbx.requests)


async def test_wrong_credentials(pbx: AxeosSimulator) -> None:
    """A refused login is told as such."""
    async with session_for(pbx, username="anna", password="wrong") as session:
        with pytest.raises(AuthFailed):
            await session.probe()


async def test_administrator_sees_and_does_everything(pbx: AxeosSimulator) -> None:
    """The role of administrator is worth as much as an API key, but for logging people in at hot desks."""
    async with client_for(pbx, **ADMIN) as client:
        assert Capability.RESET_QUEUE_STATISTICS in client.session.capabilities
        assert Capability.CLEAR_HOT_DESK in client.session.capabilities
        assert Capability.SET_HOT_DESK not in client.session.capabilities
        assert all(client.user(user).editable for user in pbx.world.users.values())
        assert client.session.statistics()["restricted"] is False


async def test_plain_user_sees_what_answers(pbx: AxeosSimulator) -> None:
    """A plain user has their own mailbox and settings; what they lack is not shown and not complained of."""
    async with client_for(pbx, **PLAIN) as client:
        able = client.session.capabilities
        kinds = [key.kind for key in client.state.objects]
        assert Capability.SWITCHES not in able
        assert Capability.QUEUES not in able
        assert Capability.SET_HOT_DESK not in able
        assert kinds.count("mailbox") == 1
        assert client.user(pbx.world.user("anna")).editable is True
        assert client.user(pbx.world.user("bjorn")).editable is False
        await until(lambda: client.notices() == {(NoticeCode.UNENCRYPTED, "")})
        with pytest.raises(MissingRight):
            await client.session.commands.set_hot_desk(
                pbx.world.user("anna").uuid, pbx.world.phone("hot-1").uuid
            )


async def test_mailbox_of_another_person(pbx: AxeosSimulator) -> None:
    """With its password a user sees it; with a wrong one not, and while it cannot be read it stays."""
    own, other = pbx.world.mailboxes.values()
    async with hurried_client_for(
        pbx, **PLAIN, mailboxes=[own.uuid, f"{other.uuid}  {other.password} "]
    ) as client:
        assert client.get(ObjectKind.MAILBOX, other.uuid).new == other.new
        pbx.faults.error(500, path=f"/apis/pbx/voicemail/{other.uuid}", times=1)
        pbx.leave_voicemail(other)
        await until(lambda: client.get(ObjectKind.MAILBOX, other.uuid).new == 1)
        pbx.events.append("lunar_eclipse", darkness=7)
        await pbx.recorder.until(lambda request: request.path.endswith(other.uuid) and request.status == 500)
        assert client.get(ObjectKind.MAILBOX, other.uuid) is not None
    async with client_for(pbx, **PLAIN, mailboxes=[f"{other.uuid} 9999", " ", "nobody"]) as client:
        assert client.get(ObjectKind.MAILBOX, other.uuid) is None
        assert client.get(ObjectKind.MAILBOX, own.uuid) is not None


async def test_right_lost_at_run_time(pbx: AxeosSimulator) -> None:
    """A list that is refused from now on goes away, is named, and comes back with the right."""
    async with hurried_client_for(pbx, settings_interval=1) as client:
        fault = pbx.faults.error(403, path="/apis/pbx/switches")
        await until(lambda: (NoticeCode.MISSING_RIGHT, "/switches") in client.notices())
        assert Capability.SET_SWITCH not in client.session.capabilities
        assert not any(key.kind == "switch" for key in client.state.objects)
        pbx.faults.rules.remove(fault)
        # What nobody understands makes every list be read, also those that were refused.
        pbx.events.append("lunar_eclipse", darkness=7)
        await until(lambda: (NoticeCode.MISSING_RIGHT, "/switches") not in client.notices())
        assert Capability.SET_SWITCH in client.session.capabilities


async def test_release_without_system_information(pbx: AxeosSimulator) -> None:
    """Before 4.1.10 the PBX has no name of its own, so its address stands in."""
    pbx.faults.dialect.system_information = False
    async with session_for(pbx) as session:
        info = await session.probe()
    assert info.id == f"{pbx.host}:{pbx.port}"
    assert info.provisional is True


async def test_old_fields_are_read(pbx: AxeosSimulator) -> None:
    """Where the new fields are missing the obsolete ones are read."""
    pbx.faults.dialect.fields = "obsolete"
    async with client_for(pbx) as client:
        anna = client.user(pbx.world.user("anna"))
        assert [place.phone for place in anna.phones] == [pbx.world.phone("desk-anna").uuid]
        assert client.phone(pbx.world.phone("hot-1")).hot_desk is True


@pytest.mark.parametrize("spoil", ["html", "garbage"])
async def test_something_else_answers(pbx: AxeosSimulator, spoil: str) -> None:
    """A web server that is no Axeos PBX is told as such."""
    pbx.faults.add(spoil)
    async with session_for(pbx) as session:
        with pytest.raises(WrongSystem):
            await session.probe()


@pytest.mark.parametrize(("status", "error"), [(404, WrongSystem), (403, MissingRight), (500, CannotConnect)])
async def test_refusing_statuses(pbx: AxeosSimulator, status: int, error: type[PbxError]) -> None:
    """Each status that refuses has its own meaning."""
    pbx.faults.error(status)
    async with session_for(pbx) as session:
        with pytest.raises(error):
            await session.probe()


async def test_nobody_there(pbx: AxeosSimulator) -> None:
    """A closed port is no wrong password."""
    await pbx.stop()
    async with session_for(pbx) as session:
        with pytest.raises(CannotConnect):
            await session.probe()


async def test_redirect_is_not_followed(pbx: AxeosSimulator) -> None:
    """A PBX that only redirects plain HTTP gets no login sent elsewhere."""
    pbx.faults.plain_http = "redirect"
    async with session_for(pbx) as session:
        with pytest.raises(WrongSystem):
            await session.probe()


async def test_certificates() -> None:
    """A self-signed certificate is refused unless the person says otherwise."""
    unverified = ssl.create_default_context()
    unverified.check_hostname = False
    unverified.verify_mode = ssl.CERT_NONE
    async with AxeosSimulator(world=small_world(), tls=True) as pbx:
        async with session_for(pbx) as session:
            with pytest.raises(CertificateNotTrusted):
                await session.probe()
        async with client_for(pbx, context=unverified) as client:
            assert client.notices() == set()


async def test_no_secret_in_errors(pbx: AxeosSimulator) -> None:
    """Error texts hold neither the login nor an address with it."""
    pbx.faults.drop_connection()
    async with session_for(pbx, **ADMIN) as session:
        with pytest.raises(CannotConnect) as error:
            await session.probe()
    assert ADMIN_LOGIN[1] not in str(error.value)
    assert pbx.host not in str(error.value)
