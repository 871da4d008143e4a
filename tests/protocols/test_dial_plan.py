"""What the dial plan of a PBX says and asks becomes a moment of the PBX."""

from datetime import UTC, datetime

from custom_components.pbx.protocols.call import Party
from custom_components.pbx.protocols.changes import CallChange, CallQuestion, DialPlanEvent, Snapshot
from custom_components.pbx.protocols.enums import MomentType
from custom_components.pbx.protocols.keys import PBX_KEY
from custom_components.pbx.protocols.model import PbxInfo
from custom_components.pbx.protocols.state import PbxState

DEADLINE = datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_dial_plan_speaks_and_asks() -> None:
    """Both name the call in which they happen, where there is one."""
    state = PbxState()
    state.apply([Snapshot(info=PbxInfo(id="office", name="Office"))])
    state.apply([CallChange(id="1", caller=Party(number="201"))])
    said, asked = state.apply([
        DialPlanEvent(name="Doorbell", fields={"Door": "front"}),
        CallQuestion(id="1/1", call="1", name="anyone-home", arguments=("front",), deadline=DEADLINE),
    ]).moments  # fmt: skip
    assert (said.key, said.type, said.call) == (PBX_KEY, MomentType.DIAL_PLAN_EVENT, None)
    assert said.data == {"user_event": "Doorbell", "fields": {"Door": "front"}}
    assert asked.type is MomentType.CALL_ASKS
    assert asked.call is not None
    assert asked.call.caller.number == "201"
    assert asked.data == {
        "question_id": "1/1", "question": "anyone-home", "arguments": ["front"], "deadline": DEADLINE
    }  # fmt: skip
