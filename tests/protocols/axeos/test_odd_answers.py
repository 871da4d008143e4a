"""What the vendor's text allows and no release is known to send: other words, times, and shapes."""

from typing import Any

import pytest

from custom_components.pbx.protocols.axeos.decode_events import decode_event
from custom_components.pbx.protocols.axeos.decode_objects import decode_status_words, decode_user
from custom_components.pbx.protocols.changes import CallChange, TransferChange
from custom_components.pbx.protocols.enums import DialOutcome, EndCause, ObjectKind
from tests.simulators.axeos import AxeosSimulator
from tests.simulators.axeos.small_world import PLAIN_LOGIN
from tests.waiting import until

from .client import client_for

TARGET = {"unique_id": "leg", "user_uuid": "u1", "user_phone_type": "phone"}


def call_event(name: str, **fields: Any) -> Any:
    """Return the one change that an event of a call makes."""
    event = {"event_type": name, "unique_id": "c1", "caller": {"number": "0701"}, **fields}
    (change,) = decode_event(event).changes
    return change


@pytest.mark.parametrize(
    ("words", "code"),
    [
        *(("On Hold", 16), ("OnHold", 16), ("Hold", 16), ("InUse", 1), ("in-use", 1), ("IN_USE", 1)),
        *(("Not in use", 0), ("not_inuse", 0), ("InUse&Ringing", 9), ("Ring+Inuse", 9), ("Moonlit", None)),
        *(("Busy & moonlit", None), ("Not found", -1), ("Idle, idle", 0), ("", None), (None, None)),
    ],
)
def test_words_in_place_of_a_code(words: str | None, code: int | None) -> None:
    """A status is known by its words where the code is missing, several of them are a sum."""
    assert decode_status_words(words) == code


@pytest.mark.parametrize("kind", ["hot-desk", "Hot Desk", "hotdesk", "Trunk Number", "trunk-number"])
def test_words_for_the_phones_of_a_user(kind: str) -> None:
    """Blanks and hyphens make no other kind of phone."""
    user = decode_user({"uuid": "u1", "phones": [{"type": kind}]})
    assert user is not None
    assert len(user.phones) == 1


@pytest.mark.parametrize("status", ["failure", "Failure", "failed", "FAILED", "error", False])
def test_words_for_a_transfer_that_failed(status: object) -> None:
    """However it is written, what failed has not succeeded."""
    change = call_event("blind_transfer", status=status, transferer={"unique_id": "leg"})
    assert isinstance(change, TransferChange)
    assert change.success is False


def test_targets_without_a_list_and_with_one() -> None:
    """One target may stand alone, and the one that was reached in a list."""
    dialed = call_event("internal_dial", targets=TARGET)
    answered = call_event("call_answered", target=[TARGET])
    assert [[leg.party.user for leg in change.legs] for change in (dialed, answered)] == [["u1"], ["u1"]]


@pytest.mark.parametrize("reason", ["expired", "Expired"])
def test_end_that_is_only_the_end_of_the_news(reason: str) -> None:
    """A call of which the PBX reports no more has not been hung up."""
    change = call_event("call_finished", reason=reason)
    assert isinstance(change, CallChange)
    assert change.end is EndCause.EXPIRED


@pytest.mark.parametrize("status", ["no answer", "No-Answer", "NOANSWER", "no_answer"])
async def test_words_for_a_call_that_was_not_answered(pbx: AxeosSimulator, status: str) -> None:
    """What became of a dial is known by its words, however they are written."""
    pbx.faults.edit("/apis/pbx/call", lambda data: {"status": status})
    async with client_for(pbx) as client:
        user = pbx.world.user("anna").uuid
        result = await client.session.commands.dial(user=user, phone=None, number="202")
        assert result.outcome is DialOutcome.NO_ANSWER


@pytest.mark.parametrize("nothing", [None, {}, ""])
async def test_empty_result_that_is_no_list(pbx: AxeosSimulator, nothing: Any) -> None:
    """A poll in vain costs no event, whatever it is answered with, and nothing is read for it."""
    pbx.faults.edit("/apis/pbx/events", lambda data: data or nothing)
    async with client_for(pbx) as client:
        await pbx.events.wait_for_pollers()
        before = len(pbx.requests)
        anna = pbx.world.user("anna")
        pbx.engine.incoming(number="0701", extension="201").ring(anna)
        await until(lambda: client.story(anna) == ["ringing"])
        assert {request.path for request in pbx.requests[before:]} <= {"/apis/pbx/events"}
        assert client.session.statistics()["unknown_event_types"] == {}


async def test_own_mailbox_without_a_list(pbx: AxeosSimulator) -> None:
    """The only mailbox of a user may stand alone."""
    pbx.faults.dialect.own_mailbox = "object"
    async with client_for(pbx, username=PLAIN_LOGIN[0], password=PLAIN_LOGIN[1]) as client:
        assert len([key for key in client.state.objects if key.kind is ObjectKind.MAILBOX]) == 1


@pytest.mark.parametrize(
    ("zone", "hour"), [("Europe/Amsterdam", 9), ("Moon/Tranquility", None), (None, None)]
)
async def test_time_without_a_zone(pbx: AxeosSimulator, zone: str | None, hour: int | None) -> None:
    """It is one of the time zone of the PBX, as far as that is known."""

    def edit(data: Any) -> Any:
        for queue in data["queues"]:
            queue["last_reset"] = "2026-11-30T10:00:00"
        return data

    pbx.faults.edit("/apis/pbx/acd/stats", edit)
    pbx.faults.edit("/apis/pbx/system_information", lambda data: {**data, "time_zone": zone})
    async with client_for(pbx) as client:
        (queue, *_) = (item for key, item in client.state.objects.items() if key.kind is ObjectKind.QUEUE)
        assert (queue.last_reset.astimezone().utctimetuple().tm_hour if queue.last_reset else None) == hour


@pytest.mark.parametrize("left", [{}, {"status": "success"}, {"unique_id": None}, None])
async def test_call_that_was_created_in_few_words(pbx: AxeosSimulator, left: Any) -> None:
    """201 says that there is a call, and its address which."""
    pbx.engine.ring_time = 0
    pbx.faults.location = "/apis/pbx/call/169.7"
    pbx.faults.edit("/apis/pbx/call", lambda data: left)
    async with client_for(pbx) as client:
        user = pbx.world.user("anna").uuid
        result = await client.session.commands.dial(user=user, phone=None, number="202")
        assert (result.outcome, result.call_id) == (DialOutcome.CONNECTED, "169.7")
