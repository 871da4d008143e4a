"""What becomes of calls, seen by everybody who takes part."""

from datetime import UTC, datetime

import pytest

from custom_components.pbx.protocols.changes import Upsert
from custom_components.pbx.protocols.enums import CallDirection, CallState, LineStatus, ObjectKind, Outcome
from custom_components.pbx.protocols.innovaphone.feed import Feed
from custom_components.pbx.protocols.keys import ObjectKey
from tests.simulators.innovaphone import InnovaphoneSimulator
from tests.simulators.innovaphone.engine import BUSY, NO_ANSWER, NO_USER, REJECTED
from tests.waiting import until

from .client import Client, client_for

OUTSIDE = "00301234567"


async def test_ring_answer_hold_and_hang_up(pbx: InnovaphoneSimulator, client: Client) -> None:
    """The story of an incoming call, with its caller and every state in between."""
    alice = pbx.world.get("alice")
    call = pbx.engine.incoming(OUTSIDE, alice, name="Bob")
    await until(lambda: client.user(alice).status is LineStatus.RINGING)
    (shown,) = client.state.calls.open
    assert shown.direction is CallDirection.INCOMING
    assert (shown.caller.number, shown.caller.name) == (OUTSIDE, "Bob")
    assert shown.caller.normalized == "+49301234567"
    assert shown.called.user == alice.guid
    pbx.engine.answer(call, alice)
    await until(lambda: client.user(alice).status is LineStatus.TALKING)
    assert client.phone("009033aabbcc").status is LineStatus.TALKING
    pbx.engine.hold(call.leg(alice))
    await until(lambda: client.user(alice).status is LineStatus.ON_HOLD)
    pbx.engine.retrieve(call.leg(alice))
    await until(lambda: client.user(alice).status is LineStatus.TALKING)
    pbx.engine.hang_up(call)
    await until(lambda: client.user(alice).status is LineStatus.IDLE)
    assert client.story(alice) == ["ringing", "answered", "held", "resumed", "ended"]
    assert client.outcome(alice) is Outcome.ANSWERED
    assert not list(client.state.calls.open)


async def test_missed(pbx: InnovaphoneSimulator, client: Client) -> None:
    """A caller who gave up was missed."""
    alice = pbx.world.get("alice")
    call = pbx.engine.incoming(OUTSIDE, alice)
    await until(lambda: client.story(alice) == ["ringing"])
    pbx.engine.hang_up(call)
    await until(lambda: client.story(alice) == ["ringing", "missed"])
    assert client.outcome(alice) is Outcome.MISSED


async def test_one_of_two_answers(pbx: InnovaphoneSimulator, client: Client) -> None:
    """A user who was too late has missed nothing: the call was answered elsewhere."""
    alice, bjorn = pbx.world.get("alice"), pbx.world.get("bjorn")
    call = pbx.engine.incoming(OUTSIDE, alice, bjorn)
    await until(lambda: client.user(bjorn).status is LineStatus.RINGING)
    pbx.engine.answer(call, alice)
    await until(lambda: client.story(bjorn) == ["ringing", "ended"])
    assert client.outcome(bjorn) is Outcome.ANSWERED_ELSEWHERE
    pbx.engine.hang_up(call)
    await until(lambda: client.story(alice) == ["ringing", "answered", "ended"])


async def test_internal_call(pbx: InnovaphoneSimulator, client: Client) -> None:
    """Both sides have a line of their own, which are one call."""
    alice, bjorn = pbx.world.get("alice"), pbx.world.get("bjorn")
    call = pbx.engine.dial(alice, "202")
    await until(lambda: client.user(bjorn).status is LineStatus.RINGING)
    assert client.user(alice).status is LineStatus.DIALING
    (shown,) = client.state.calls.open
    assert shown.direction is CallDirection.INTERNAL
    assert (shown.caller.user, shown.called.user) == (alice.guid, bjorn.guid)
    pbx.engine.answer(call, bjorn)
    pbx.engine.hold(call.leg(bjorn))
    await until(lambda: client.user(alice).status is LineStatus.ON_HOLD)
    pbx.engine.retrieve(call.leg(bjorn))
    pbx.engine.hang_up(call, bjorn)
    await until(lambda: client.story(alice) == ["dialing", "answered", "held", "resumed", "ended"])
    assert client.story(bjorn) == ["ringing", "answered", "held", "resumed", "ended"]
    assert client.outcome(alice) is Outcome.ANSWERED


async def test_outgoing_call(pbx: InnovaphoneSimulator, client: Client) -> None:
    """That a callee outside answered is known here, since the PBX tells it."""
    alice = pbx.world.get("alice")
    call = pbx.engine.dial(alice, OUTSIDE)
    await until(lambda: client.user(alice).status is LineStatus.DIALING)
    pbx.engine.outside_rings(call)
    pbx.engine.outside_answers(call)
    await until(lambda: client.user(alice).status is LineStatus.TALKING)
    (shown,) = client.state.calls.open
    assert shown.direction is CallDirection.OUTGOING
    assert shown.answered_by is not None
    assert shown.answered_by.number == OUTSIDE
    pbx.engine.hang_up(call, alice)
    await until(lambda: client.story(alice) == ["dialing", "answered", "ended"])
    assert client.outcome(alice) is Outcome.ANSWERED


@pytest.mark.parametrize(
    ("cause", "outcome"),
    [(NO_USER, Outcome.FAILED), (BUSY, Outcome.BUSY), (NO_ANSWER, Outcome.NO_ANSWER)],
)
async def test_call_that_did_not_work_out(
    pbx: InnovaphoneSimulator, client: Client, cause: int, outcome: Outcome
) -> None:
    """Why a call failed is told by its cause."""
    alice = pbx.world.get("alice")
    call = pbx.engine.dial(alice, OUTSIDE)
    await until(lambda: client.story(alice) == ["dialing"])
    pbx.engine.fail(call, cause)
    await until(lambda: client.story(alice) == ["dialing", "ended"])
    assert client.outcome(alice) is outcome


async def test_given_up_by_the_caller(pbx: InnovaphoneSimulator, client: Client) -> None:
    """A caller who hung up before an answer got none, and the callee missed the call."""
    alice, bjorn = pbx.world.get("alice"), pbx.world.get("bjorn")
    call = pbx.engine.dial(alice, "202")
    await until(lambda: client.story(bjorn) == ["ringing"])
    pbx.engine.hang_up(call, alice)
    await until(lambda: client.story(bjorn) == ["ringing", "missed"])
    assert client.outcome(alice) is Outcome.NO_ANSWER


async def test_refused_call(pbx: InnovaphoneSimulator, client: Client) -> None:
    """Who refused a call has not missed it."""
    alice, bjorn = pbx.world.get("alice"), pbx.world.get("bjorn")
    call = pbx.engine.dial(alice, "202")
    await until(lambda: client.story(bjorn) == ["ringing"])
    pbx.engine.refuse(call.leg(bjorn), REJECTED)
    await until(lambda: client.story(alice) == ["dialing", "ended"])
    assert client.outcome(bjorn) is Outcome.BUSY
    assert client.outcome(alice) is Outcome.BUSY


async def test_call_to_voicemail(pbx: InnovaphoneSimulator, client: Client) -> None:
    """A machine that takes a call is nobody who answered."""
    alice = pbx.world.get("alice")
    voicemail = pbx.world.get("voicemail")
    call = pbx.engine.dial(alice, "400")
    pbx.engine.answer(call, voicemail)
    await until(lambda: client.user(alice).status is LineStatus.TALKING)
    pbx.engine.hang_up(call, alice)
    await until(lambda: client.story(alice)[-1:] == ["ended"])
    assert client.moments[-1].call is not None
    assert client.moments[-1].call.outcome is Outcome.VOICEMAIL


async def test_attended_transfer(pbx: InnovaphoneSimulator, client: Client) -> None:
    """Two calls become one under another conference; the user who put them together is out."""
    alice, bjorn = pbx.world.get("alice"), pbx.world.get("bjorn")
    first = pbx.engine.incoming(OUTSIDE, alice)
    pbx.engine.answer(first, alice)
    pbx.engine.hold(first.leg(alice))
    second = pbx.engine.dial(alice, "202")
    pbx.engine.answer(second, bjorn)
    await until(lambda: client.user(bjorn).status is LineStatus.TALKING)
    pbx.engine.transfer(first.leg(alice), second.leg(alice))
    await until(lambda: client.user(alice).status is LineStatus.IDLE)
    assert "transferred" in client.story(alice)
    assert client.user(bjorn).status is LineStatus.TALKING
    (shown,) = client.state.calls.open
    assert (shown.id, shown.transferred) == (first.conf, True)
    pbx.engine.hang_up(first, bjorn)
    await until(lambda: client.user(bjorn).status is LineStatus.IDLE)


async def test_blind_transfer(pbx: InnovaphoneSimulator, client: Client) -> None:
    """A call sent elsewhere rings there, while the caller is still in it."""
    alice, bjorn = pbx.world.get("alice"), pbx.world.get("bjorn")
    call = pbx.engine.incoming(OUTSIDE, alice)
    pbx.engine.answer(call, alice)
    await until(lambda: client.user(alice).status is LineStatus.TALKING)
    pbx.engine.redirect(call.leg(alice), "202")
    await until(lambda: client.story(bjorn) == ["ringing"])
    assert client.story(alice) == ["ringing", "answered", "transferred", "ended"]
    pbx.engine.answer(call, bjorn)
    pbx.engine.hang_up(call, bjorn)
    await until(lambda: client.story(bjorn) == ["ringing", "answered", "ended"])


@pytest.mark.parametrize("deletion", ["flag", "msg"])
@pytest.mark.parametrize("info_as_object", [False, True])
async def test_both_forms_of_deletion(pbx: InnovaphoneSimulator, deletion: str, info_as_object: bool) -> None:
    """The end of a call is told in either of two ways, its cause in a list or without one."""
    pbx.faults.deletion, pbx.faults.info_as_object = deletion, info_as_object
    alice = pbx.world.get("alice")
    async with client_for(pbx) as client:
        await client.settled(pbx)
        call = pbx.engine.dial(alice, OUTSIDE)
        pbx.engine.fail(call, BUSY)
        await until(lambda: client.story(alice) == ["dialing", "ended"])
        assert client.outcome(alice) is Outcome.BUSY


async def test_call_without_peer(pbx: InnovaphoneSimulator) -> None:
    """A PBX that hides the other party still tells of the call."""
    pbx.faults.no_peer = True
    alice = pbx.world.get("alice")
    async with client_for(pbx) as client:
        await client.settled(pbx)
        call = pbx.engine.incoming(OUTSIDE, alice)
        pbx.engine.answer(call, alice)
        pbx.engine.hang_up(call)
        await until(lambda: client.story(alice) == ["ringing", "answered", "ended"])


async def test_digits_are_told(pbx: InnovaphoneSimulator, client: Client) -> None:
    """Keys that the other side presses are in the raw events."""
    alice = pbx.world.get("alice")
    call = pbx.engine.incoming(OUTSIDE, alice)
    pbx.engine.answer(call, alice)
    pbx.engine.dtmf(call.leg(alice), "5")
    await until(lambda: any(item.data.get("dtmf") == "5" for item in client.raw_events("RCC.CallInfo")))


async def test_user_whose_calls_cannot_be_followed(pbx: InnovaphoneSimulator) -> None:
    """Without a handle the counts of calls tell the status."""
    pbx.faults.handle_zero = {"alice"}
    alice, bjorn = pbx.world.get("alice"), pbx.world.get("bjorn")
    async with client_for(pbx) as client:
        await client.subscribed(pbx, 3)
        call = pbx.engine.incoming(OUTSIDE, alice)
        await until(lambda: client.user(alice).status is LineStatus.RINGING)
        pbx.engine.answer(call, alice)
        await until(lambda: client.user(alice).status is LineStatus.TALKING)
        pbx.engine.hang_up(call)
        await until(lambda: client.user(alice).status is LineStatus.IDLE)
        assert client.story(alice) == []
        second = pbx.engine.dial(bjorn, "201")
        await until(lambda: client.story(bjorn) == ["dialing"])
        pbx.engine.answer(second, alice)
        await until(lambda: client.story(alice) == ["ringing", "answered"])
        pbx.engine.hang_up(second, bjorn)
        await until(lambda: client.story(alice)[-1:] == ["ended"])


@pytest.mark.parametrize("as_bool", [False, True])
async def test_counts_may_be_truth_values(pbx: InnovaphoneSimulator, as_bool: bool) -> None:
    """Some firmware counts, some only says whether."""
    pbx.faults.alert_as_bool = as_bool
    pbx.faults.handle_zero = {"alice"}
    alice = pbx.world.get("alice")
    async with client_for(pbx) as client:
        await client.subscribed(pbx, 3)
        pbx.engine.incoming(OUTSIDE, alice)
        await until(lambda: client.user(alice).status is LineStatus.RINGING)


async def test_without_counts_presence_tells_who_is_busy(pbx: InnovaphoneSimulator) -> None:
    """Where neither calls nor counts are told, on the phone means a call."""
    pbx.faults.send_alert = False
    pbx.faults.handle_zero = {"alice"}
    alice = pbx.world.get("alice")
    async with client_for(pbx) as client:
        await until(lambda: client.user(alice) is not None and client.user(alice).presence is not None)
        call = pbx.engine.incoming(OUTSIDE, alice)
        pbx.engine.answer(call, alice)
        await until(lambda: client.user(alice).status is LineStatus.TALKING)


async def test_calls_of_the_whole_pbx(pbx: InnovaphoneSimulator) -> None:
    """With PBX-wide calls those of users who can't be monitored are followed too; others are not doubled."""
    pbx.faults.handle_zero = {"alice"}
    alice, bjorn = pbx.world.get("alice"), pbx.world.get("bjorn")
    async with client_for(pbx, all_calls=True) as client:
        await client.subscribed(pbx, 3)
        call = pbx.engine.dial(alice, "202")
        await until(lambda: client.user(bjorn).status is LineStatus.RINGING)
        pbx.engine.answer(call, bjorn)
        pbx.engine.hang_up(call, bjorn)
        await until(lambda: client.story(alice)[-1:] == ["ended"])
        assert client.story(alice) == ["dialing", "answered", "ended"]
        assert client.story(bjorn) == ["ringing", "answered", "ended"]


async def test_wide_call_of_before_ends_for_an_object_that_is_monitored_now(
    pbx: InnovaphoneSimulator,
) -> None:
    """A call that only the report for the whole PBX told of ends, though its object is monitored by then."""
    pbx.faults.replay_calls = False
    alice = pbx.world.get("alice")
    call = pbx.engine.incoming(OUTSIDE, alice)
    pbx.engine.answer(call, alice)
    async with client_for(pbx, all_calls=True) as client:
        await client.settled(pbx)
        assert [item.state for item in client.state.calls.open] == [CallState.TALKING]
        pbx.engine.hang_up(call)
        await until(lambda: not client.state.calls.open)


async def test_calls_that_are_up_when_the_session_opens(pbx: InnovaphoneSimulator) -> None:
    """A PBX tells of calls in progress, which are shown without a story of how they began."""
    alice = pbx.world.get("alice")
    call = pbx.engine.incoming(OUTSIDE, alice)
    pbx.engine.answer(call, alice)
    pbx.clock.advance(600)
    async with client_for(pbx) as client:
        await until(lambda: client.user(alice).status is LineStatus.TALKING and client.ready(pbx))
        await until(lambda: any(item.state is CallState.TALKING for item in client.state.calls.open))
        (known,) = client.state.calls.open
        assert 590 < (datetime.now(UTC) - known.started).total_seconds() < 700
        pbx.engine.hang_up(call)
        await until(lambda: client.story(alice)[-1:] == ["ended"])


def test_end_of_a_call_is_not_undone_by_a_count_of_before() -> None:
    """A user is idle once the last call has ended, though the PBX takes it from its count a moment later."""
    feed = Feed()
    key = ObjectKey(ObjectKind.USER, "a")
    call = {"api": "RCC", "mt": "CallInfo", "src": "u:a", "user": 1, "call": 2, "conf": "c"}

    def count(**counts: int) -> LineStatus:
        record = {"guid": "a", "cn": "Alice", "h323": "alice", "regs": [{"hw": "desk"}], **counts}
        feed.handle_event({"api": "RCC", "mt": "UserInfo", "src": "rcc", **record}, answer=False)
        return feed.directory.shown[key].status

    assert count(alert=0, channel=0) is LineStatus.IDLE
    feed.update_handle("a", {"user": 1})
    feed.handle_event({**call, "state": 133, "msg": "x-conn"}, answer=False)
    assert count(channel=1) is LineStatus.IDLE
    told = feed.handle_event({**call, "del": True, "msg": "del"}, answer=False)
    assert key not in {change.object.key for change in told if isinstance(change, Upsert)}
    assert count() is LineStatus.IDLE
    assert count(channel=1) is LineStatus.TALKING
    assert count(alert=1) is LineStatus.RINGING


async def test_number_that_is_told_late(pbx: InnovaphoneSimulator, client: Client) -> None:
    """A group is who was called, though a user of it rings before that is told, whoever answers."""
    alice, bjorn, chloe = (pbx.world.get(name) for name in ("alice", "bjorn", "chloe"))
    call = pbx.engine.incoming(OUTSIDE, alice)
    await until(lambda: client.story(alice) == ["ringing"])
    call_id = client.call_id()
    assert client.state.calls.get(call_id).called.user == alice.guid
    late = pbx.engine.ring(call, bjorn, alert=False)
    late.others = [{"type": "leg2orig", "e164": "300"}]
    pbx.engine.alert(late)
    await until(lambda: client.state.calls.get(call_id).called.number == "300")
    pbx.engine.answer(call, alice)
    await until(lambda: client.user(alice).status is LineStatus.TALKING)
    pbx.engine.ring(call, chloe)
    await until(lambda: client.story(chloe) == ["ringing"])
    assert client.state.calls.get(call_id).called.number == "300"
