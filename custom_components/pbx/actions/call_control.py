"""Answer, hold, park and send tones: what is done to a call that somebody has."""

from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

from homeassistant.core import ServiceCall
from homeassistant.helpers import config_validation as cv
import voluptuous as vol

from ..protocols.enums import CallState
from ..protocols.session import PbxSession
from .common import ATTR_CALL_ID, Action
from .which_call import Side, find_side

ATTR_DIGITS = "digits"
ATTR_POSITION = "position"

type Command = Coroutine[Any, Any, None]
type Send = Callable[[PbxSession, ServiceCall, Side], Command]

UP = frozenset({CallState.TALKING, CallState.ON_HOLD})


async def _control(states: frozenset[CallState], send: Send, call: ServiceCall) -> None:
    """Send a command for the call that is meant."""
    side = find_side(call, states)
    await send(side.pbx.command_session(), call, side)


def _answer(session: PbxSession, call: ServiceCall, side: Side) -> Command:
    return session.answer(side.call_id, user=side.user)


def _hold(session: PbxSession, call: ServiceCall, side: Side) -> Command:
    return session.hold(side.call_id, user=side.user)


def _resume(session: PbxSession, call: ServiceCall, side: Side) -> Command:
    return session.resume(side.call_id, user=side.user)


def _send_dtmf(session: PbxSession, call: ServiceCall, side: Side) -> Command:
    return session.send_dtmf(side.call_id, call.data[ATTR_DIGITS], user=side.user)


def _park(session: PbxSession, call: ServiceCall, side: Side) -> Command:
    return session.park(side.call_id, user=side.user, position=call.data.get(ATTR_POSITION))


def _action(states: frozenset[CallState], send: Send, fields: dict[vol.Marker, Any] | None = None) -> Action:
    return Action(
        run=partial(_control, states, send),
        fields={vol.Optional(ATTR_CALL_ID): cv.string, **(fields or {})},
    )


_DIGITS = vol.All(cv.string, vol.Match(r"^[0-9*#A-D]{1,64}$"))
_POSITION = vol.All(vol.Coerce(int), vol.Range(min=0, max=9999))

ACTIONS = {
    "answer": _action(frozenset({CallState.RINGING}), _answer),
    "hold": _action(frozenset({CallState.TALKING}), _hold),
    "resume": _action(frozenset({CallState.ON_HOLD}), _resume),
    "send_dtmf": _action(UP, _send_dtmf, {vol.Required(ATTR_DIGITS): _DIGITS}),
    "park": _action(UP, _park, {vol.Optional(ATTR_POSITION): _POSITION}),
}
