"""What the Extend API adds to what events tell."""

from datetime import UTC, datetime, timedelta
import logging

import pytest

from custom_components.pbx.protocols.enums import (
    Capability,
    LineStatus,
    ObjectKind,
    Outcome,
    PresenceActivity,
)
from custom_components.pbx.protocols.keys import PBX_KEY
from custom_components.pbx.protocols.model import PbxInfo
from tests.simulators.common.clock import Clock
from tests.simulators.switchvox import Dialect, SwitchvoxSimulator
from tests.simulators.switchvox.dialect import Extend, Realtime
from tests.simulators.switchvox.world import Account, Waiter
from tests.waiting import until

from .client import ANNA, BERT, SALES, Client, client_for

OUTSIDE = "5551234567"


async def test_channels_that_vanish_without_a_word(pbx: SwitchvoxSimulator) -> None:
    """What the list of calls does not confirm twice is over."""
    async with client_for(pbx, clock=Clock(rate=100)) as client:
        pbx.lines.incoming(OUTSIDE, "100")
        await until(lambda: client.story(ANNA) == ["ringing"])
        pbx.lines.lose_all()
        await until(lambda: client.story(ANNA) == ["ringing", "ended"])
        assert client.last(ANNA).outcome is Outcome.LOST


async def test_one_of_two_calls_vanishes_without_a_word() -> None:
    """A call that goes on does not keep another one of the same user open that is over."""
    clock = Clock(rate=100)
    async with SwitchvoxSimulator(clock=clock) as pbx, client_for(pbx, clock=clock) as client:
        call = pbx.lines.incoming(OUTSIDE, "100")
        pbx.lines.answer(call)
        second = pbx.lines.incoming("5557654321", "100")
        await until(lambda: len(client.open_calls) == 2)
        pbx.lines.lose(second)
        await until(lambda: len(client.open_calls) == 1)
        assert client.last(ANNA).outcome is Outcome.LOST
        assert client.user(ANNA).status is LineStatus.TALKING
        (left,) = client.open_calls
        assert left.caller.number == OUTSIDE


async def test_calls_that_were_never_told_of(pbx: SwitchvoxSimulator) -> None:
    """A call that only the list knows is shown once it has lasted, and ends with the list."""
    pbx.dialect.realtime.events = False
    async with client_for(pbx, clock=Clock(rate=100), admin=True, watch="all") as client:
        call = pbx.lines.incoming(OUTSIDE, "100")
        call.started -= timedelta(seconds=20)
        await until(lambda: client.user(ANNA).status is LineStatus.RINGING)
        pbx.lines.hang_up(call)
        await until(lambda: client.user(ANNA).status is LineStatus.IDLE)


async def test_subscription_that_is_accepted_and_ignored(caplog: pytest.LogCaptureFixture) -> None:
    """When a call goes on and nothing is told of it, the next spelling is tried, with one warning."""
    realtime = Realtime(
        accepted_targets={"extension"},
        ignored_targets={"account_id", "account_id_and_server", "account_id_text"},
    )
    async with (
        SwitchvoxSimulator(dialect=Dialect(realtime=realtime)) as pbx,
        client_for(pbx, clock=Clock(rate=100)) as client,
    ):
        call = pbx.lines.incoming(OUTSIDE, "100")
        call.started -= timedelta(seconds=20)
        with caplog.at_level(logging.WARNING):
            await until(lambda: client.session.memory["targets"] == "extension")
        pbx.lines.answer(call)
        await until(lambda: client.user(ANNA).status is LineStatus.TALKING)
        assert len([record for record in caplog.records if "tells nothing" in record.message]) == 1


async def test_silent_pbx_runs_out_of_spellings(caplog: pytest.LogCaptureFixture) -> None:
    """When every spelling is ignored there is nothing more to try."""
    names = {"account_id", "account_id_text", "account_id_and_extension", "extension", "bare", "id"}
    names |= {"account_id_and_server"}
    realtime = Realtime(ignored_targets=names)
    async with (
        SwitchvoxSimulator(dialect=Dialect(realtime=realtime)) as pbx,
        client_for(pbx, clock=Clock(rate=100)) as client,
    ):
        pbx.lines.incoming(OUTSIDE, "100").started -= timedelta(seconds=20)
        await until(lambda: client.session.memory["targets"] == "id")
        seen = len(pbx.journal.entries)
        await until(lambda: len(pbx.journal.entries) > seen + 2)
        assert client.session.memory["targets"] == "id"
        assert client.opened == 1


def _parked(client: Client) -> list[tuple[str, str | None]]:
    info = client.state.get(PBX_KEY)
    assert isinstance(info, PbxInfo)
    return [(call.space, call.number) for call in info.parked]


@pytest.mark.parametrize("told", [True, False])
async def test_parked_calls(told: bool) -> None:
    """Parked calls come from the current calls, at once where the PBX tells of parking."""
    dialect = Dialect(realtime=Realtime(parking_topic=told))
    async with (
        SwitchvoxSimulator(dialect=dialect) as pbx,
        client_for(pbx, admin=True, clock=None if told else Clock(rate=100)) as client,
    ):
        assert Capability.PARKED_CALLS in client.session.capabilities
        call = pbx.lines.incoming(OUTSIDE, "100")
        pbx.lines.answer(call)
        pbx.lines.park(call, "701")
        await until(lambda: _parked(client) == [("701", OUTSIDE)])
        assert client.user(ANNA).status is LineStatus.IDLE
        pbx.lines.hang_up(call)
        pbx.lines.tell_parking("701")
        await until(lambda: _parked(client) == [])


@pytest.mark.parametrize("as_admin", [True, False])
async def test_queues(pbx: SwitchvoxSimulator, as_admin: bool) -> None:
    """Queues are read again only while somebody watches them; members see them as well."""
    queue = pbx.world.queue("300")
    async with client_for(pbx, admin=as_admin, queue_interval=0.05) as client:
        assert {Capability.QUEUES, Capability.SET_QUEUE_AGENT} <= client.session.capabilities
        shown = client.get(ObjectKind.QUEUE, SALES)
        assert (shown.agents_all, shown.agents_logged_in, shown.agents_free, shown.waiting) == (2, 1, 1, 0)
        assert (shown.answered, shown.average_hold, shown.average_talk) == (12, 14, 61)
        assert [agent.user for agent in shown.agents] == [ANNA, BERT]
        queue.waiters.append(Waiter(OUTSIDE, "Jane Doe", pbx.clock.now() - timedelta(seconds=40)))
        client.session.watch(frozenset({ObjectKind.QUEUE}))
        await until(lambda: client.get(ObjectKind.QUEUE, SALES).waiting == 1)
        since = client.get(ObjectKind.QUEUE, SALES).oldest_since
        assert abs(datetime.now(UTC) - since - timedelta(seconds=40)) < timedelta(seconds=5)
        reads = len(pbx.journal.entries)
        await until(lambda: len(pbx.journal.entries) > reads + 2)
        assert client.get(ObjectKind.QUEUE, SALES).oldest_since == since
        client.session.watch(frozenset())


async def test_figures_of_today_are_read_when_something_goes_on(pbx: SwitchvoxSimulator) -> None:
    """A queue where nothing changes has the same figures, which are not asked for; a call changes them."""
    today, status = "users.callQueues.getTodaysStatus", "callQueues.getCurrentStatus"

    def count(method: str) -> int:
        return sum(entry.method.endswith(method) for entry in pbx.journal.entries)

    async with client_for(pbx, admin=True, clock=Clock(rate=20), queue_interval=1) as client:
        before, read = count(today), count(status)
        client.session.watch(frozenset({ObjectKind.QUEUE}))
        await until(lambda: count(status) > read + 3)
        assert count(today) <= before + 1
        before = count(today)
        pbx.world.queue("300").completed += 1
        call = pbx.lines.incoming(OUTSIDE, "100")
        await until(lambda: count(today) > before)
        await until(lambda: client.get(ObjectKind.QUEUE, SALES).answered == 13)
        pbx.lines.hang_up(call)


async def test_mailboxes_and_presences_of_others_take_turns(pbx: SwitchvoxSimulator) -> None:
    """With an administrator's login everybody is asked about, one after the other."""
    intervals = {"mailbox_interval": 0.05, "presence_interval": 0.05}
    async with client_for(pbx, clock=Clock(rate=100), admin=True, watch="all", **intervals) as client:
        pbx.leave_voicemail("101", OUTSIDE)
        pbx.world.account("101").presence = "xa"
        await until(lambda: client.get(ObjectKind.MAILBOX, BERT).new == 1)
        await until(lambda: client.user(BERT).presence is PresenceActivity.AWAY)


@pytest.mark.parametrize(
    "extend",
    [Extend(numbers="string"), Extend(one_as_object=False), Extend(server_uuid=False)],
    ids=["text", "always lists", "no uuid"],
)
async def test_answers_of_all_kinds(extend: Extend) -> None:
    """Numbers may be text, one may be a list, and the server may have no name."""
    async with (
        SwitchvoxSimulator(dialect=Dialect(extend=extend)) as pbx,
        client_for(pbx, admin=True, watch="all") as client,
    ):
        pbx.lines.incoming(OUTSIDE, "100")
        await until(lambda: client.user(ANNA).status is LineStatus.RINGING)
        assert client.get(ObjectKind.QUEUE, SALES).agents_all == 2
        assert client.state.info is not None
        assert client.state.info.provisional != extend.server_uuid


@pytest.mark.parametrize("fault", ["garbage", "truncated", "wrong_types", "cut", "lose_answer"])
async def test_spoilt_answers_cost_nothing_but_what_they_held(pbx: SwitchvoxSimulator, fault: str) -> None:
    """Answers that make no sense are counted; what was known stays."""
    async with client_for(pbx, clock=Clock(rate=100)) as client:
        rule = pbx.faults.add(fault, path="/json")
        await until(lambda: rule.hits > 3)
        pbx.faults.clear()
        assert client.get(ObjectKind.MAILBOX, ANNA).new == 1
        assert client.opened == 1
        assert client.session.statistics()["failures"]


@pytest.mark.parametrize("several", [True, False])
async def test_errors_with_one_or_several_entries(several: bool) -> None:
    """An error is an error, however many there are."""
    extend = Extend(several_errors=several, forbidden={"users.voicemail.getList"}, error_code=64125)
    async with SwitchvoxSimulator(dialect=Dialect(extend=extend)) as pbx, client_for(pbx) as client:
        assert client.session.statistics()["refused_methods"] == {"users.voicemail.getList": 1}
        assert client.get(ObjectKind.MAILBOX, ANNA) is None
        assert client.notices() <= {("unencrypted", "")}


async def test_event_triggers(pbx: SwitchvoxSimulator, client: Client) -> None:
    """A hook that is called makes the mailbox be read, and is otherwise only passed on."""
    pbx.leave_voicemail("100", OUTSIDE)
    await client.session.push({"event": "voicemail_new"})
    await until(lambda: client.get(ObjectKind.MAILBOX, ANNA).new == 2)
    await client.session.push(
        {"event": "incoming", "number": OUTSIDE, "name": "%CALLER_ID_NAME%", "job": "99.100"}
    )
    await client.session.push({"event": "made up", "transfer_extension": "900"})
    await until(lambda: any(event.type == "trigger.incoming" for event in client.raw_events()))
    event = next(event for event in client.raw_events() if event.type == "trigger.incoming")
    assert event.data == {"number": OUTSIDE, "job": "99.100"}
    assert client.session.statistics()["events"]["unknown push"] == 1
    await client.session.push({"event": "agent_login"})


async def test_message_for_somebody_is_looked_for_with_everybody(pbx: SwitchvoxSimulator) -> None:
    """The hook does not say whose mailbox it was, so each is read once."""
    async with client_for(
        pbx, clock=Clock(rate=100), admin=True, watch="all", mailbox_interval=10**6
    ) as client:
        pbx.leave_voicemail("102", OUTSIDE)
        await client.session.push({"event": "voicemail_new"})
        await until(lambda: client.get(ObjectKind.MAILBOX, "1103").new == 1)


async def test_statistics_hold_nothing_personal(pbx: SwitchvoxSimulator, client: Client) -> None:
    """Shapes and counts are shown, no number, name or password."""
    pbx.dialect.events.extra_fields = True
    pbx.dialect.events.status_words = {"ringing": "jingling"}
    pbx.lines.incoming(OUTSIDE, "100")
    await until(lambda: client.user(ANNA).status is LineStatus.TALKING)
    statistics = client.session.statistics()
    assert statistics["unknown_status"] == {"jingling": 1}
    assert {"peerServer", "flags", "video"} == set(statistics["unknown_members"])
    assert statistics["event_shapes"][0]["shape"]["remotes"][0]["endpoint"] == {
        "name": "text",
        "number": "digits",
    }
    shown = str(statistics)
    for secret in (OUTSIDE, "Jane", "Anna", "secret", "1101"):
        assert secret not in shown


async def test_extensions_come_and_go(pbx: SwitchvoxSimulator) -> None:
    """People who are added, renamed and removed are followed without a new session."""
    async with client_for(pbx, clock=Clock(rate=500), admin=True, watch="all") as client:
        bert = pbx.world.account("101")
        pbx.lines.incoming(OUTSIDE, "101")
        await until(lambda: client.user(BERT).status is LineStatus.RINGING)
        pbx.world.accounts.append(Account(1150, "150", "Eve"))
        pbx.world.account("102").first_name = "Carla"
        pbx.world.accounts.remove(bert)
        await until(lambda: client.user("1150") is not None)
        assert client.user(BERT) is None
        assert client.phone(BERT) is None
        assert client.open_calls == []
        assert client.user("1103").name == "Carla Çelik"
        target = {"account": {"accountId": int(BERT)}}
        gone = {"topic": "state.change.extension.line", "targets": [target]}
        await until(lambda: pbx.journal.of("unsubscribe") == [gone])
        pbx.lines.hang_up_all()
        pbx.lines.incoming(OUTSIDE, "150")
        await until(lambda: client.user("1150").status is LineStatus.RINGING)
        assert client.opened == 1
        pbx.dialect.extend.forbidden = {"extensions.search", "directories.getExtensionList"}
        reads = len(pbx.journal.of("switchvox.extensions.search"))
        await until(lambda: len(pbx.journal.of("switchvox.extensions.search")) > reads)
        pbx.dialect.extend.forbidden = set()
        pbx.faults.error(500, path="/json")
        await until(lambda: pbx.faults.rules[0].hits > 3)
        assert client.user("1150") is not None


async def test_new_extension_that_cannot_be_subscribed_to(pbx: SwitchvoxSimulator) -> None:
    """What was only half followed is made good by a new connection."""
    async with client_for(pbx, clock=Clock(rate=500), admin=True, watch="all") as client:
        pbx.dialect.realtime.codes = {"subscribe": -32050}
        subscribed = len(pbx.journal.of("subscribe"))
        pbx.world.accounts.append(Account(1150, "150", "Eve"))
        await until(lambda: len(pbx.journal.of("subscribe")) > subscribed)
        pbx.dialect.realtime.codes = {}
        await until(lambda: client.user("1150") is not None)
        pbx.lines.incoming(OUTSIDE, "150")
        await until(lambda: client.user("1150").status is LineStatus.RINGING)
