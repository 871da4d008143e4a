"""Lists of the Extend API in types that its conversion from XML allows: text for numbers, "" for nothing."""

import json
from typing import Any

import pytest

from custom_components.pbx.protocols.enums import CallState, LineStatus, ObjectKind
from tests.simulators.switchvox import SwitchvoxSimulator

from .client import ANNA, SALES, client_for

OUTSIDE = "5551234567"
CALL = {
    "id": "SIP/didproxy36-6602",
    "state": "talking",
    "start_time": "2026-03-01 10:00:00",
    "duration": 16,
    "from_caller_id_name": "Jane Doe",
    "from_caller_id_number": OUTSIDE,
    "to_caller_id_name": "Anna",
    "to_caller_id_number": "100",
    "format": "ulaw->ulaw",
}
MESSAGE = {"id": "41", "caller_id": OUTSIDE, "date": "2026-03-01 09:00:00", "read": "No"}


def answer(pbx: SwitchvoxSimulator, method: str, result: Any) -> None:
    """Let the PBX answer a method in other words."""
    pbx.dialect.extend.spoiled[method] = json.dumps({"response": {"method": method, "result": result}})


def list_calls(pbx: SwitchvoxSimulator, calls: Any) -> None:
    """Let the PBX list these current calls."""
    for method in ("currentCalls.getList", "users.currentCalls.getList"):
        answer(pbx, method, {"current_calls": calls})


@pytest.mark.parametrize(
    "calls",
    [
        "",
        None,
        [],
        {},
        {"total_items": "0"},
        {"total_items": "0", "current_call": ""},
        {"total_items": 1, "current_call": [None, ""]},
        {"total_items": "1", "current_call": {"id": "", "state": ""}},
    ],
)
async def test_no_current_calls(pbx: SwitchvoxSimulator, calls: Any) -> None:
    """No calls may be told in many ways; none of them is a call."""
    list_calls(pbx, calls)
    async with client_for(pbx, admin=True, watch="all") as client:
        assert client.open_calls == []


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"from_caller_id_number": 5551234567, "to_caller_id_number": 100},
        {"to_caller_id_number": " 100 "},
        {"duration": "16", "state": "Talking"},
        {"duration": "", "start_time": ""},
        {"duration": None, "start_time": "2026-03-01T10:00:00-06:00"},
        {"from_caller_id_name": "", "to_caller_id_name": None, "format": None},
        {"id": 6602},
        {"provider": {"deep": [1]}, "lotnum": ""},
    ],
)
async def test_current_call_in_other_types(pbx: SwitchvoxSimulator, fields: dict[str, Any]) -> None:
    """A call that was up at the start talks, whichever member is missing or of another type."""
    list_calls(pbx, {"total_items": "1", "current_call": {**CALL, **fields}})
    async with client_for(pbx, admin=True, watch="all") as client:
        (call,) = client.open_calls
        assert (call.state, call.caller.number) == (CallState.TALKING, OUTSIDE)
        assert client.user(ANNA).status is LineStatus.TALKING


async def test_same_call_twice(pbx: SwitchvoxSimulator) -> None:
    """A list that grew while it was written may hold a call twice; it is one."""
    list_calls(pbx, {"total_items": 2, "current_call": [CALL, CALL]})
    async with client_for(pbx, admin=True, watch="all") as client:
        assert len(client.open_calls) == 1


@pytest.mark.parametrize("read", ["Yes", "yes", "1", 1, True, "No", "no", "0", 0, False])
async def test_words_for_a_message_that_was_heard(pbx: SwitchvoxSimulator, read: Any) -> None:
    """Yes and no are 1 and 0 as well."""
    answer(
        pbx,
        "users.voicemail.getList",
        {"messages": {"total_items": "1", "message": {**MESSAGE, "read": read}}},
    )
    async with client_for(pbx) as client:
        box = client.get(ObjectKind.MAILBOX, ANNA)
        heard = str(read).lower() in {"yes", "1", "true"}
        assert (box.new, box.old) == ((0, 1) if heard else (1, 0))


@pytest.mark.parametrize("messages", ["", {"total_items": "0"}, {"message": ""}, {"message": []}])
async def test_inbox_that_is_empty(pbx: SwitchvoxSimulator, messages: Any) -> None:
    """Zero is data, however it is told."""
    answer(pbx, "users.voicemail.getList", {"messages": messages})
    async with client_for(pbx) as client:
        box = client.get(ObjectKind.MAILBOX, ANNA)
        assert (box.new, box.old) == (0, 0)


@pytest.mark.parametrize(
    "status",
    [
        {"queue_members": "", "waiting_callers": ""},
        {"queue_members": None, "waiting_callers": None},
        {"queue_members": {"queue_member": ""}, "waiting_callers": {"waiting_caller": ""}},
        {},
    ],
)
async def test_queue_without_anybody(pbx: SwitchvoxSimulator, status: dict[str, Any]) -> None:
    """A queue of nobody in which nobody waits is there."""
    queue = {"account_id": SALES, "extension": 300, "call_queue_name": "Sales", **status}
    answer(pbx, "callQueues.getCurrentStatus", {"call_queue": queue})
    async with client_for(pbx, admin=True, watch="all") as client:
        shown = client.get(ObjectKind.QUEUE, SALES)
        assert shown.name == "Sales"
        assert shown.waiting in {0, None}


@pytest.mark.parametrize(
    ("presence", "on"), [("DND", True), (" dnd ", True), ("Available", False), ("", False)]
)
async def test_words_of_a_presence(pbx: SwitchvoxSimulator, presence: str, on: bool) -> None:
    """A presence is known however it is written."""
    answer(pbx, "users.presence.getInfo", {"presence": {"presence": presence, "sub_presence": None}})
    async with client_for(pbx) as client:
        assert client.user(ANNA).do_not_disturb in {on, None if not presence else on}


@pytest.mark.parametrize("number", [100, "100", " 100"])
@pytest.mark.parametrize("account", [1101, "1101"])
async def test_own_extension_in_other_types(pbx: SwitchvoxSimulator, number: Any, account: Any) -> None:
    """An account is known by its id and has its number, as number or text."""
    own = {"number": number, "account_id": account, "display": "Anna", "type": "sip", "first_name": None}
    answer(pbx, "users.getMyInfo", {"extension": own})
    async with client_for(pbx) as client:
        assert (client.user(ANNA).name, client.user(ANNA).number) == ("Anna", "100")
