"""Answer which calls there are, and make or end some."""

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from .channel import CurrentCall
from .envelope import ExtendError, elements
from .extend_auth import Identity
from .extend_people import account_of

if TYPE_CHECKING:
    from .server import SwitchvoxSimulator

TIME = "%Y-%m-%d %H:%M:%S"
_CALL_PARAMETERS = {
    "dial_first",
    "dial_second",
    "dial_as_account_id",
    "account_id",
    "caller_id_name",
    "timeout",
    "timeout_second_call",
    "ignore_user_api_settings",
    "ignore_user_call_rules",
    "auto_answer",
    "variables",
}


def describe(pbx: SwitchvoxSimulator, call: CurrentCall) -> dict[str, Any]:
    """Return a current call."""
    now = pbx.clock.now()
    described = {
        "id": call.id,
        "state": call.state,
        "start_time": (call.started + pbx.utc_offset).strftime(TIME),
        "duration": int((now - call.started) / timedelta(seconds=1)),
        "from_caller_id_name": call.first.name,
        "from_caller_id_number": call.first.number,
        "to_caller_id_name": call.to_name,
        "to_caller_id_number": call.to_number,
        "format": "ulaw->ulaw",
    }
    return described | ({"lotnum": call.lot} if call.lot else {})


def _current(pbx: SwitchvoxSimulator, identity: Identity, params: Mapping[str, Any]) -> Any:
    calls = [
        describe(pbx, call)
        for call in pbx.lines.calls.values()
        if identity.account is None or _is_of(call, identity.account.number)
    ]
    listed = elements("current_call", calls, pbx.dialect.extend)
    return {"current_calls": {"total_items": len(calls), **listed}}


def _is_of(call: CurrentCall, number: str) -> bool:
    return number in {call.to_number, *(channel.number for channel in call.channels)}


def _users_current(pbx: SwitchvoxSimulator, identity: Identity, params: Mapping[str, Any]) -> Any:
    account_of(pbx, params)
    return _current(pbx, identity, params)


def _hang_up(pbx: SwitchvoxSimulator, identity: Identity, params: Mapping[str, Any]) -> Any:
    call = pbx.lines.calls.get(str(params.get("current_call_id")))
    if call is None:
        raise ExtendError(10010)
    pbx.lines.hang_up(call)
    return {"success": 1}


def _call(pbx: SwitchvoxSimulator, identity: Identity, params: Mapping[str, Any]) -> Any:
    account = account_of(pbx, params, "dial_as_account_id")
    return _connect(pbx, account.number, params)


def _users_call(pbx: SwitchvoxSimulator, identity: Identity, params: Mapping[str, Any]) -> Any:
    account = identity.account or account_of(pbx, params)
    return _connect(pbx, account.number, params)


def _connect(pbx: SwitchvoxSimulator, number: str, params: Mapping[str, Any]) -> Any:
    """Ring the first number, and call the second when it is answered."""
    for name in ("dial_first", "dial_second"):
        if not params.get(name):
            raise ExtendError(10011, name)
    if unknown := set(params) - _CALL_PARAMETERS:
        pbx.journal.violation(f"unknown parameters {sorted(unknown)}")
    first = pbx.world.by_number(str(params["dial_first"]))
    call = pbx.lines.dial(first.number if first else number, str(params["dial_second"]))
    if str(params.get("auto_answer", "0")) == "1":
        pbx.lines.pick_up(call)
    dialed = {"dialed_first": params["dial_first"], "dialed_second": params["dial_second"]}
    return {"call_info": {**dialed, "variables": params.get("variables", "")}}


CALL_METHODS = {
    "currentCalls.getList": _current,
    "users.currentCalls.getList": _users_current,
    "currentCalls.hangUp": _hang_up,
    "call": _call,
    "users.call": _users_call,
}
