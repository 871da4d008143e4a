"""Answer, hold, hand on and send tones: what is done to a call that somebody has."""

from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

from homeassistant.core import ServiceCall
from homeassistant.helpers import config_validation as cv
import voluptuous as vol

from ..calls import pbx_id
from ..errors import invalid
from ..numbers import dial_string
from ..protocols.enums import CallState, ObjectKind
from ..protocols.session import PbxSession
from ..targets import Target, find_target
from .common import ATTR_CALL_ID, ATTR_NUMBER, Action, user_id

ATTR_DIGITS = "digits"

type Command = Coroutine[Any, Any, None]
type Send = Callable[[PbxSession, ServiceCall, str, str | None], Command]

_UP = frozenset({CallState.TALKING, CallState.ON_HOLD})


async def _control(states: frozenset[CallState], send: Send, call: ServiceCall) -> None:
    """Send a command for the call that is named, or the one of the target that is in the right state."""
    target = find_target(call, ObjectKind.USER, ObjectKind.PHONE)
    call_id = call.data.get(ATTR_CALL_ID)
    call_id = pbx_id(call_id) if call_id else _call_of(target, states)
    await send(target.pbx.command_session(), call, call_id, user_id(target))


def _call_of(target: Target, states: frozenset[CallState]) -> str:
    """Return the latest call of a target that is in one of these states."""
    calls = [
        call for call in target.pbx.state.calls.active(target.key) if call.views()[target.key].state in states
    ]
    if not calls:
        raise invalid("no_call_to_act_on")
    return max(calls, key=lambda call: call.started).id


def _answer(session: PbxSession, call: ServiceCall, call_id: str, user: str | None) -> Command:
    return session.answer(call_id, user=user)


def _hold(session: PbxSession, call: ServiceCall, call_id: str, user: str | None) -> Command:
    return session.hold(call_id, user=user)


def _resume(session: PbxSession, call: ServiceCall, call_id: str, user: str | None) -> Command:
    return session.resume(call_id, user=user)


def _transfer(session: PbxSession, call: ServiceCall, call_id: str, user: str | None) -> Command:
    return session.transfer(call_id, number=dial_string(call.data[ATTR_NUMBER]), user=user)


def _send_dtmf(session: PbxSession, call: ServiceCall, call_id: str, user: str | None) -> Command:
    return session.send_dtmf(call_id, call.data[ATTR_DIGITS], user=user)


def _action(states: frozenset[CallState], send: Send, fields: dict[vol.Marker, Any] | None = None) -> Action:
    return Action(
        run=partial(_control, states, send),
        fields={vol.Optional(ATTR_CALL_ID): cv.string, **(fields or {})},
    )


_DIGITS = vol.All(cv.string, vol.Match(r"^[0-9*#A-D]{1,64}$"))

ACTIONS = {
    "answer": _action(frozenset({CallState.RINGING}), _answer),
    "hold": _action(frozenset({CallState.TALKING}), _hold),
    "resume": _action(frozenset({CallState.ON_HOLD}), _resume),
    "transfer": _action(_UP, _transfer, {vol.Required(ATTR_NUMBER): cv.string}),
    "send_dtmf": _action(_UP, _send_dtmf, {vol.Required(ATTR_DIGITS): _DIGITS}),
}
