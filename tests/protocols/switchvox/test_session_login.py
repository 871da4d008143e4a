"""How a session logs in, and what it makes of refusals."""

from collections.abc import Callable
from dataclasses import dataclass
import ssl

import pytest

from custom_components.pbx.protocols.enums import Capability, LineStatus, NoticeCode, ObjectKind
from custom_components.pbx.protocols.errors import (
    AuthFailed,
    CannotConnect,
    CertificateNotTrusted,
    MissingRight,
    PbxError,
    WrongSystem,
)
from tests.simulators.switchvox import Dialect, SwitchvoxSimulator
from tests.simulators.switchvox.dialect import Extend, Realtime, Transport
from tests.waiting import until

from .client import ANNA, BERT, CARA, Client, client_for, session_for


async def test_probe_names_the_pbx_and_logs_out(pbx: SwitchvoxSimulator) -> None:
    """A probe logs in once and leaves nothing behind."""
    async with session_for(pbx) as session:
        info = await session.probe()
    assert info.id == f"{pbx.world.server_uuid}:{ANNA}"
    assert not info.provisional
    assert len(pbx.journal.of("login")) == len(pbx.journal.of("logout")) == 1
    await until(lambda: not pbx.engine.sessions)


@pytest.mark.parametrize("auth", ["basic", "digest", "both"])
async def test_wrong_password_is_tried_once(auth: str) -> None:
    """A refused login is never repeated, since the PBX blocks who does that."""
    dialect = Dialect(extend=Extend(auth=auth))  # type: ignore[arg-type]
    async with SwitchvoxSimulator(dialect=dialect) as pbx, session_for(pbx, password="wrong") as session:
        with pytest.raises(AuthFailed):
            await session.probe()
        assert pbx.journal.bad_logins == 1
        assert pbx.journal.of("login") == []


async def test_wrong_password_of_the_administrator(pbx: SwitchvoxSimulator) -> None:
    """Both logins are tried when they are entered."""
    async with session_for(pbx, admin_username="admin", admin_password="wrong") as session:
        with pytest.raises(AuthFailed):
            await session.probe()
    assert pbx.journal.bad_logins == 1


@pytest.mark.parametrize("code", [-32000, -32001, -32050, -32602])
async def test_login_refused_by_realtime(pbx: SwitchvoxSimulator, code: int) -> None:
    """Whatever code answers a wrong password, it means that."""
    pbx.dialect.realtime.login_code = code
    async with session_for(pbx) as session:
        with pytest.raises(AuthFailed):
            await session.open()
    assert len(pbx.journal.of("login")) == 1


@pytest.mark.parametrize("code", [-32603, -32700])
async def test_login_that_fails_for_a_while(pbx: SwitchvoxSimulator, code: int) -> None:
    """An internal error of the PBX says nothing about the password."""
    pbx.dialect.realtime.login_code = code
    async with session_for(pbx) as session:
        with pytest.raises(CannotConnect):
            await session.open()


async def test_already_authenticated_is_fine(pbx: SwitchvoxSimulator) -> None:
    """Being logged in already is what was wanted."""
    pbx.dialect.realtime.login_code = -32002
    pbx.dialect.realtime.accepted_targets = set()
    async with session_for(pbx) as session:
        assert (await session.probe()).id


async def test_refusal_at_run_time_is_not_repeated(pbx: SwitchvoxSimulator, client: Client) -> None:
    """A password that was changed meanwhile is noticed by one attempt, and that is the last."""
    pbx.world.account("100").password = "changed"
    pbx.drop()
    await client.wait_until_refused()
    assert pbx.journal.bad_logins == 1


@dataclass
class _Case:
    change: Callable[[SwitchvoxSimulator], object]
    error: type[PbxError]


_REFUSALS = {
    "no realtime": _Case(lambda pbx: pbx.faults.error(404, path="/rtapi"), WrongSystem),
    "blocked": _Case(lambda pbx: pbx.faults.error(403, path="/rtapi"), MissingRight),
    "not ready": _Case(lambda pbx: pbx.faults.error(503, path="/rtapi"), CannotConnect),
    "web pages": _Case(lambda pbx: pbx.faults.html(path="/rtapi"), CannotConnect),
    "extend broken": _Case(lambda pbx: pbx.faults.error(500, path="/json"), CannotConnect),
    "dropped": _Case(lambda pbx: pbx.faults.drop_connection(), CannotConnect),
}


@pytest.mark.parametrize("name", _REFUSALS)
async def test_what_a_probe_says_of_a_door_that_stays_shut(pbx: SwitchvoxSimulator, name: str) -> None:
    """Each reason has its own error."""
    _REFUSALS[name].change(pbx)
    async with session_for(pbx) as session:
        with pytest.raises(_REFUSALS[name].error):
            await session.probe()


async def test_nothing_listens() -> None:
    """A PBX that is off cannot be connected to."""
    async with SwitchvoxSimulator() as pbx:
        pass
    async with session_for(pbx) as session:
        with pytest.raises(CannotConnect):
            await session.probe()


async def test_self_signed_certificate() -> None:
    """A certificate that nothing vouches for is refused, and accepted where somebody vouches for it."""
    async with SwitchvoxSimulator(tls=True) as pbx:
        async with session_for(pbx) as session:
            with pytest.raises(CertificateNotTrusted):
                await session.probe()
        trusting = ssl.create_default_context()
        trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
        async with client_for(pbx, context=trusting) as client:
            assert client.notices() == set()


@pytest.mark.parametrize("expired", [True, False])
async def test_expired_certificate(expired: bool) -> None:
    """A certificate of somebody who is vouched for is good until its last day."""
    async with SwitchvoxSimulator(tls=True, expired=expired) as pbx:
        vouching = ssl.create_default_context(cadata=pbx.pem.decode())
        async with session_for(pbx, context=vouching) as session:
            if expired:
                with pytest.raises(CertificateNotTrusted):
                    await session.probe()
            else:
                assert (await session.probe()).name
        assert (pbx.journal.of("login") == []) == expired


@pytest.mark.parametrize("auth", ["basic", "digest", "both"])
async def test_extend_by_basic_and_digest(auth: str) -> None:
    """Old releases ask for Digest, which is then remembered."""
    dialect = Dialect(extend=Extend(auth=auth))  # type: ignore[arg-type]
    async with SwitchvoxSimulator(dialect=dialect) as pbx, client_for(pbx, admin=True) as client:
        assert client.get(ObjectKind.MAILBOX, ANNA).new == 1
        assert pbx.journal.bad_logins == 0


@pytest.mark.parametrize("change", [{"present": False}, {"blocked": True}])
async def test_without_extend_the_own_line_still_works(change: dict[str, bool]) -> None:
    """Where the Extend API is absent or blocked, the extension's number names the account."""
    dialect = Dialect(extend=Extend(**change), realtime=Realtime(accepted_targets={"extension"}))  # type: ignore[arg-type]
    async with SwitchvoxSimulator(dialect=dialect) as pbx, client_for(pbx) as client:
        pbx.lines.incoming("5551234567", "100")
        await until(lambda: client.user("ext-100").status is LineStatus.RINGING)
        assert client.session.capabilities == {
            Capability.USERS,
            Capability.PHONES,
            Capability.DIAL,
            Capability.DIAL_WITH_DATA,
            Capability.PUSH,
        }
        assert (
            (NoticeCode.MISSING_RIGHT, "switchvox.users.getMyInfo (access control)") in client.notices()
        ) == ("blocked" in change)


async def test_missing_rights_are_named_and_cured(pbx: SwitchvoxSimulator) -> None:
    """A method that is not permitted costs one entity and one notice, until it is permitted."""
    pbx.dialect.extend.forbidden = {"users.voicemail.getList", "users.presence.getInfo"}
    async with client_for(pbx) as client:
        assert Capability.MAILBOXES not in client.session.capabilities
        right = "switchvox.users.voicemail.getList"
        await until(lambda: (NoticeCode.MISSING_RIGHT, right) in client.notices())
        pbx.dialect.extend.forbidden = set()
        pbx.drop()
        await until(lambda: client.opened > 1)
        await until(lambda: all(code is not NoticeCode.MISSING_RIGHT for code, _ in client.notices()))
        assert Capability.MAILBOXES in client.session.capabilities


async def test_forbidden_lines_are_found_one_by_one(pbx: SwitchvoxSimulator) -> None:
    """One forbidden account must not cost the others; what goes on there is unknown."""
    pbx.world.account("100").may_watch = {1102}
    pbx.dialect.extend.forbidden = {"currentCalls.getList"}
    async with client_for(pbx, admin=True, watch="all") as client:
        assert client.user(CARA).status is LineStatus.UNKNOWN
        assert client.user(BERT).status is LineStatus.IDLE
        await until(lambda: (NoticeCode.MISSING_RIGHT, "subscribe") in client.notices())
        pbx.lines.incoming("5551234567", "101")
        await until(lambda: client.user(BERT).status is LineStatus.RINGING)


async def test_chosen_extensions(pbx: SwitchvoxSimulator) -> None:
    """Only these numbers are watched, with an administrator's login or without."""
    for admin in (True, False):
        async with client_for(pbx, admin=admin, extensions=("101",)) as client:
            users = {key.id for key in client.state.objects if key.kind is ObjectKind.USER}
            assert users == {ANNA, BERT}


async def test_plain_directory_is_read_where_search_is_forbidden(pbx: SwitchvoxSimulator) -> None:
    """There is a second list of extensions with a right of its own."""
    pbx.dialect.extend.forbidden = {"extensions.search"}
    async with client_for(pbx, admin=True, watch="all") as client:
        assert client.user(CARA).name == "Cara Çelik"


@pytest.mark.parametrize(
    ("spelling", "tried"),
    [
        ("account_id", 1),
        ("account_id_and_server", 2),
        ("account_id_text", 3),
        ("account_id_and_extension", 4),
        ("extension", 5),
        ("bare", 6),
        ("id", 7),
    ],
)
async def test_spellings_of_targets(spelling: str, tried: int) -> None:
    """Each spelling is found in its turn, remembered, and tried first the next time."""
    dialect = Dialect(realtime=Realtime(accepted_targets={spelling}))
    async with SwitchvoxSimulator(dialect=dialect) as pbx:
        async with client_for(pbx) as client:
            lines = [params for params in pbx.journal.of("subscribe") if "targets" in params]
            assert len(lines) == tried
            memory = dict(client.session.memory)
            assert memory.items() >= {"dialect": "websocket 3", "targets": spelling}.items()
        pbx.journal.clear()
        async with client_for(pbx, memory=memory) as client:
            lines = [params for params in pbx.journal.of("subscribe") if "targets" in params]
            assert len(lines) == 1
            pbx.lines.incoming("5551234567", "100")
            await until(lambda: client.user(ANNA).status is LineStatus.RINGING)


async def test_forced_spelling_is_the_only_one(pbx: SwitchvoxSimulator) -> None:
    """What a person chose is not argued with."""
    async with session_for(pbx, targets="bare") as session:
        with pytest.raises(PbxError, match="spelling"):
            await session.open()


@pytest.mark.parametrize(
    "transport",
    [
        Transport(eio=4),
        Transport(websocket=False),
        Transport(eio=4, websocket=False),
        Transport(double_utf8_websocket=True),
        Transport(double_utf8_polling=True, websocket=False),
        Transport(connect_with_open=False, websocket=False),
    ],
    ids=["4", "polling 3", "polling 4", "double", "double polling", "late connect"],
)
async def test_every_kind_of_server(transport: Transport) -> None:
    """Names with letters of all kinds arrive, whatever server there is."""
    async with SwitchvoxSimulator(dialect=Dialect(transport=transport)) as pbx:
        async with client_for(pbx, admin=True, watch="all") as client:
            pbx.lines.incoming("5551234567", "100", name="Zoë Çelik €")
            await until(lambda: client.user(ANNA).status is LineStatus.RINGING)
            assert client.open_calls[0].caller.name == "Zoë Çelik €"
            await client.session.commands.dial(user=None, phone=None, number="101")
        assert pbx.violations == []
