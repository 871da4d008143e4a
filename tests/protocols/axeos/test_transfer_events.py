"""Test that transfers are decoded, and find the call that they are about."""

from typing import Any

import pytest

from custom_components.pbx.protocols.axeos.decode_events import EventKind, decode_event
from custom_components.pbx.protocols.call import Party
from custom_components.pbx.protocols.changes import TransferChange
from custom_components.pbx.protocols.enums import MomentType, Outcome
from custom_components.pbx.protocols.keys import PBX_KEY
from custom_components.pbx.protocols.state import PbxState
from tests.protocols.office import OBJECTS, snapshot, told
from tests.protocols.story import ANSWERED, ENDED, RINGING, TRANSFERRED, user_key

from .events import ATTENDED, BLIND, CALL, TARGETS, event, without

STORY = [
    event("incoming call", CALL),
    event("internal dial", CALL, targets=TARGETS[:1]),
    event("call answered", CALL, target=TARGETS[0]),
    event("blind transfer", CALL, BLIND),
    event("internal dial", CALL, targets=TARGETS[1:2]),
    event("call answered", CALL, target=TARGETS[1]),
    event("call finished", CALL, reason="hangup"),
]


def respelled(transfer: dict[str, Any]) -> dict[str, Any]:
    """Return the transfer in the other spelling of its most important word."""
    return without(transfer, "transferer") | {"transferrer": transfer["transferer"]}


@pytest.mark.parametrize("transfer", [BLIND, respelled(BLIND)])
@pytest.mark.parametrize("name", ["blind transfer", "surprise"])
def test_blind_transfer(name: str, transfer: dict[str, Any]) -> None:
    """The leg of whoever handed the call on is named among all the ids."""
    decoded = decode_event(event(name, CALL, transfer))
    assert decoded.kind is EventKind.BLIND_TRANSFER
    (change,) = decoded.changes
    assert isinstance(change, TransferChange)
    assert change.leaving == ("1700000000.2",)
    assert set(change.ids) == {"1700000000.1", "1700000000.2"}
    assert change.target == Party(number="202")
    assert change.success


@pytest.mark.parametrize("transfer", [ATTENDED, respelled(ATTENDED)])
@pytest.mark.parametrize("name", ["attended transfer", "surprise"])
def test_attended_transfer(name: str, transfer: dict[str, Any]) -> None:
    """Both connections of whoever handed the call on end."""
    decoded = decode_event(event(name, CALL, transfer))
    assert decoded.kind is EventKind.ATTENDED_TRANSFER
    (change,) = decoded.changes
    assert isinstance(change, TransferChange)
    assert change.leaving == ("a.1", "a.2")
    assert set(change.ids) == {CALL["unique_id"], "a.1", "a.2", "b.1", "b.2", "c.1", "c.2", "d.1", "d.2"}
    assert change.target == Party(number="202", name="Bert")
    assert (change.stays, change.joins) == ("c.1", "d.1")
    assert (change.transferer, change.transferee) == (None, Party(number="201"))


@pytest.mark.parametrize(("status", "success"), [("success", True), ("failure", False), (None, True)])
def test_transfer_that_failed(status: str | None, success: bool) -> None:
    """Only a failure is none."""
    (change,) = decode_event(event("blind transfer", CALL, BLIND, status=status)).changes
    assert isinstance(change, TransferChange)
    assert change.success is success


def test_story_of_a_blind_transfer() -> None:
    """Anna answers and hands the call on to Bert, who talks until the end."""
    state = PbxState()
    state.apply([snapshot(*OBJECTS)])
    deltas = [state.apply(decode_event(data).changes) for data in STORY]
    heard = {
        user: [kind for delta in deltas for kind in told(delta, user_key(user))] for user in ("anna", "bert")
    }
    assert heard == {"anna": [RINGING, ANSWERED, TRANSFERRED, ENDED], "bert": [RINGING, ANSWERED, ENDED]}
    assert {
        moment.call.outcome
        for delta in deltas
        for moment in delta.moments
        if moment.call and moment.call.ended
    } == {Outcome.ANSWERED}
    assert told(deltas[-1], PBX_KEY) == [MomentType.ENDED]
    assert list(state.calls.open) == []
