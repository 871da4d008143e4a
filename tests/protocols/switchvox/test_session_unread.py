"""How a session keeps what it knows when an answer is refused, missing or unreadable."""

import json

import pytest

from custom_components.pbx.protocols.changes import CapabilitiesChanged
from custom_components.pbx.protocols.enums import Capability, LineStatus, NoticeCode, ObjectKind
from custom_components.pbx.protocols.errors import CannotConnect
from tests.simulators.common.clock import Clock
from tests.simulators.switchvox import SwitchvoxSimulator
from tests.simulators.switchvox.world import Account
from tests.waiting import until

from .client import ANNA, BERT, CARA, DAVE, SALES, Client, client_for, session_for

OUTSIDE = "5551234567"
# Answers that say nothing of what was asked for.
ANSWERS: dict[str, str | int] = {
    "web page": "html",
    "not found": 404,
    "not ready": 503,
    "null": "null",
    "no result": '{"response": {"method": "x"}}',
    "null result": '{"response": {"method": "x", "result": null}}',
    "empty result": '{"response": {"method": "x", "result": {}}}',
    "list": '{"response": {"method": "x", "result": []}}',
    "error": '{"response": {"method": "x", "errors": {"error": {"code": 30546, "message": "locked"}}}}',
    "cut off": '{"response": {"method": "x", "resu',
}
METHODS = (
    "users.getMyInfo",
    "extensions.search",
    "users.convergedDevices.getList",
    "users.voicemail.getList",
    "users.presence.getInfo",
    "users.presence.options.getList",
    "users.callQueues.getTodaysStatus",
    "callQueues.getCurrentStatus",
    "currentCalls.getList",
    "info.getSoftwareVersion",
)
EVERYBODY = {ANNA, BERT, CARA, DAVE}


def _keys(client: Client) -> set[tuple[ObjectKind, str]]:
    return {(key.kind, key.id) for key in client.state.objects}


async def _reopen(pbx: SwitchvoxSimulator, client: Client) -> None:
    opened = client.opened
    pbx.drop()
    await until(lambda: client.opened > opened and pbx.live)


@pytest.mark.parametrize("answer", ANSWERS)
async def test_reconnect_to_a_pbx_that_is_not_ready(pbx: SwitchvoxSimulator, answer: str) -> None:
    """Who and what is there does not follow from answers that say nothing, and is read again soon."""
    async with client_for(pbx, clock=Clock(rate=20), admin=True, watch="all") as client:
        known, capabilities = _keys(client), client.session.capabilities
        pbx.dialect.extend.spoiled = dict.fromkeys(METHODS, ANSWERS[answer])
        await _reopen(pbx, client)
        assert _keys(client) == known
        assert client.session.capabilities == capabilities
        assert client.notices() == {(NoticeCode.UNENCRYPTED, "")}
        assert client.user(ANNA).name == "Anna Zoë"
        assert client.get(ObjectKind.MAILBOX, ANNA).new == 1
        assert client.get(ObjectKind.QUEUE, SALES).agents_all == 2
        pbx.lines.incoming(OUTSIDE, "101")
        await until(lambda: client.user(BERT).status is LineStatus.RINGING)
        pbx.dialect.extend.spoiled = {}
        pbx.world.account("100").presence = "dnd"
        await until(lambda: client.user(ANNA).do_not_disturb)
        assert _keys(client) == known


@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize("method", METHODS[1:])
async def test_start_with_one_answer_missing(pbx: SwitchvoxSimulator, method: str, answer: str) -> None:
    """What an answer leaves out at the start is there as soon as the PBX tells it, without a reload."""
    async with client_for(pbx, admin=True, watch="all") as client:
        whole, capabilities = _keys(client), client.session.capabilities
    pbx.dialect.extend.spoiled = {method: ANSWERS[answer]}
    async with client_for(pbx, clock=Clock(rate=50), admin=True, watch="all") as client:
        assert (ObjectKind.USER, ANNA) in _keys(client)
        assert client.state.unread or method != "extensions.search"
        pbx.dialect.extend.spoiled = {}
        await until(lambda: _keys(client) == whole and client.session.capabilities == capabilities)
        assert client.opened == 1
        pbx.lines.incoming(OUTSIDE, "102")
        await until(lambda: client.user(CARA).status is LineStatus.RINGING)


@pytest.mark.parametrize("answer", sorted(ANSWERS.keys() - {"not found"}))
async def test_first_start_needs_to_know_whose_login_it_is(pbx: SwitchvoxSimulator, answer: str) -> None:
    """Nobody is given a stand-in for an id because of a web page."""
    pbx.dialect.extend.spoiled = {"users.getMyInfo": ANSWERS[answer]}
    async with session_for(pbx) as session:
        for work in (session.probe, session.open):
            with pytest.raises(CannotConnect):
                await work()


async def test_account_that_is_told_without_an_id(pbx: SwitchvoxSimulator) -> None:
    """An id that was told once stays; where none ever was, the number stands in for it."""
    answer = json.dumps({"response": {"result": {"extension": {"number": "100", "display": "Anna"}}}})
    async with client_for(pbx) as client:
        known = _keys(client)
        pbx.dialect.extend.spoiled = {"users.getMyInfo": answer}
        await _reopen(pbx, client)
        assert _keys(client) == known
    pbx.dialect.realtime.accepted_targets = {"extension"}
    async with client_for(pbx) as client:
        assert client.user("ext-100").name == "Anna"


async def test_identity_outlives_a_restart(pbx: SwitchvoxSimulator) -> None:
    """Even where the PBX says nothing at the next start, the account keeps its id, its name and its line."""
    async with client_for(pbx) as client:
        memory, info = dict(client.session.memory), client.state.info
    for answer in ("html", 404, 403):
        pbx.dialect.extend.spoiled = {"users.getMyInfo": answer}
        async with client_for(pbx, memory=memory) as client:
            assert client.user(ANNA).name == "Anna Zoë"
            assert client.state.info is not None
            assert info is not None
            assert client.state.info.id == info.id
            assert not client.state.info.provisional
            pbx.lines.hang_up_all()
            pbx.lines.incoming(OUTSIDE, "100")
            await until(lambda: client.user(ANNA).status is LineStatus.RINGING)


async def test_rights_that_come_and_go(pbx: SwitchvoxSimulator) -> None:
    """The PBX's word on a right counts at once, in both directions, and nothing else goes with it."""
    async with client_for(pbx, clock=Clock(rate=500)) as client:
        client.session.watch(frozenset({ObjectKind.QUEUE}))
        gone = {"users.voicemail.getList", "users.presence.getInfo", "users.callQueues.getTodaysStatus"}
        pbx.dialect.extend.forbidden = set(gone)
        capabilities = {Capability.MAILBOXES, Capability.PRESENCE, Capability.QUEUES}
        await until(lambda: not client.session.capabilities & capabilities)
        await until(lambda: any(isinstance(change, CapabilitiesChanged) for change in client.changes))
        await until(
            lambda: {f"switchvox.{name}" for name in gone} <= {right for _, right in client.notices()}
        )
        assert client.opened == 1
        pbx.dialect.extend.forbidden = set()
        await until(lambda: client.session.capabilities >= capabilities)
        await until(lambda: all(code is not NoticeCode.MISSING_RIGHT for code, _ in client.notices()))


async def test_list_that_shrinks_is_read_twice(pbx: SwitchvoxSimulator) -> None:
    """Half of the people do not leave at once, unless the PBX says so again."""
    pbx.world.accounts.append(Account(1150, "150", "Eve"))
    short = {"extensions": {"extension": {"account_id": 1101, "number": "100"}}}
    async with client_for(pbx, admin=True, watch="all") as client:
        known = _keys(client)
        pbx.dialect.extend.spoils_once = True
        pbx.dialect.extend.spoiled = {"extensions.search": json.dumps({"response": {"result": short}})}
        await _reopen(pbx, client)
        assert _keys(client) == known
        pbx.world.accounts = [account for account in pbx.world.accounts if account.number in {"100", "300"}]
        await _reopen(pbx, client)
        # The state wants to hear it twice as well, for which the hub opens the session anew.
        await _reopen(pbx, client)
        assert {key.id for key in client.state.objects if key.kind is ObjectKind.USER} == {ANNA}


async def test_queues_come_and_go(pbx: SwitchvoxSimulator) -> None:
    """A queue that is removed goes without a reload, and a new one comes."""
    async with client_for(pbx, admin=True, watch="all", clock=Clock(rate=1000)) as client:
        queue = pbx.world.queues.pop()
        pbx.world.accounts.remove(queue.account)
        await until(lambda: client.get(ObjectKind.QUEUE, SALES) is None)
        pbx.world.queues.append(queue)
        pbx.world.accounts.append(queue.account)
        await until(lambda: client.get(ObjectKind.QUEUE, SALES) is not None)


async def test_account_whose_id_is_told_later(pbx: SwitchvoxSimulator) -> None:
    """What was first known by its number keeps that name, and is asked for by its id."""
    answer = json.dumps({"response": {"result": {"extension": {"number": "100", "display": "Anna"}}}})
    pbx.dialect.extend.spoiled = {"users.getMyInfo": answer}
    pbx.dialect.realtime.accepted_targets = {"extension"}
    async with client_for(pbx) as client:
        memory = dict(client.session.memory)
        assert client.user("ext-100").name == "Anna"
        pbx.dialect.extend.spoiled = {}
        await _reopen(pbx, client)
        await until(lambda: client.user("ext-100").name == "Anna Zoë")
        assert client.user(ANNA) is None
        assert memory["key"] == dict(client.session.memory)["key"] == "ext-100"
    for known in (memory, dict(client.session.memory)):
        async with client_for(pbx, memory=known, admin=True, watch="all") as client:
            keys = _keys(client)
            assert {key for kind, key in keys if kind is ObjectKind.USER} == {"ext-100", BERT, CARA, DAVE}
            assert client.get(ObjectKind.MAILBOX, "ext-100").new == 1
            assert client.state.info is not None
            assert client.state.info.id.endswith(f":{ANNA}")
            assert "ext-100" in {agent.user for agent in client.get(ObjectKind.QUEUE, SALES).agents}
            pbx.lines.hang_up_all()
            call = pbx.lines.incoming(OUTSIDE, "100")
            await until(lambda: client.user("ext-100").status is LineStatus.RINGING)
            pbx.lines.hang_up(call)
            await client.session.commands.set_do_not_disturb("ext-100", on=True)
            assert pbx.world.account("100").presence == "dnd"
            await client.session.commands.set_do_not_disturb("ext-100", on=False)
