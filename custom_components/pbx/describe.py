"""Say what there is to say of a call, in attributes and responses."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from .protocols.enums import CallDirection, LegRole, ObjectKind
from .protocols.model import PBX_KEY, Call, Leg, ObjectKey, Party, Queue

if TYPE_CHECKING:
    from .hub.hub import PbxHub


def names(hub: PbxHub, party: Party) -> list[str]:
    """Return the name and the number of a party, as far as they are known."""
    own = own_name(hub, party)
    return list(dict.fromkeys(part for part in (own or party.name, party.number) if part))


def own_name(hub: PbxHub, party: Party) -> str | None:
    """Return the name of the user or phone that a party is."""
    return hub.get_name(ObjectKind.USER, party.user) or hub.get_name(ObjectKind.PHONE, party.phone)


def full_name(name: str, number: str | None = None) -> str:
    """Return a name with its number, by which people can be told apart."""
    return f"{name} ({number})" if number and number != name else name


# Ids such as 1795311575.100 are numbers to a template, which would drop their last zeros.
_ID_PREFIX = "call-"
# What else a PBX may say of a call.
_DETAILS = ("conference", "intercom", "display_url", "parking_space", "raw_state")


def public_id(call_id: str) -> str:
    """Return the id of a call as automations are to see it."""
    return f"{_ID_PREFIX}{call_id}"


def pbx_id(call_id: str) -> str:
    """Return the id of a call as its PBX knows it."""
    return call_id.removeprefix(_ID_PREFIX)


def describe_call(hub: PbxHub, call: Call, key: ObjectKey) -> dict[str, Any]:
    """Return a call as one participant sees it; `number` and `name` are those of the other side."""
    view = call.views().get(key)
    other = other_side(call, key)
    return _without_none(
        {
            "call_id": public_id(call.id),
            "direction": call.direction,
            "number": other.number,
            "name": other.name or _who(hub, other),
            "normalized_number": hub.phone_numbers.get_party_number(other),
            "caller_number": call.caller.number,
            "caller_name": call.caller.name or _who(hub, call.caller),
            "called_number": call.called.number,
            "answered_by": _who(hub, call.answered_by) if call.answered_by else None,
            "tag": call.tag,
            "account_code": call.account_code,
            "queue": hub.get_name(ObjectKind.QUEUE, call.queue),
            **{name: call.details.get(name) for name in _DETAILS},
            "outcome": view.outcome if view is not None else None,
            "started": _iso(call.started),
            "answered": _iso(call.answered),
            "ended": _iso(view.ended if view is not None else call.ended),
        }
    )


def list_call(hub: PbxHub, call: Call) -> dict[str, Any]:
    """Return a call with everybody who takes part, for a response."""
    return describe_call(hub, call, PBX_KEY) | {
        "state": call.state,
        "participants": [_describe_leg(hub, leg) for leg in call.legs],
    }


def _describe_leg(hub: PbxHub, leg: Leg) -> dict[str, Any]:
    return _without_none(
        {
            "role": leg.role,
            "state": leg.state,
            "outcome": leg.outcome,
            "number": leg.party.number,
            "user": hub.get_name(ObjectKind.USER, leg.party.user),
            "phone": hub.get_name(ObjectKind.PHONE, leg.party.phone),
        }
    )


def other_side(call: Call, key: ObjectKey) -> Party:
    """Return whom a participant has on the line: the caller, or for the caller whoever is called.

    The PBX itself has whoever is outside on the line.
    """
    own = next((leg for leg in call.legs if key in leg.party.objects()), None)
    if own is None:
        return call.called if call.direction is CallDirection.OUTGOING else call.caller
    if own.role is LegRole.CALLEE:
        return call.caller
    if call.answered_by is None:
        return call.called
    return Party(
        number=call.called.number or call.answered_by.number,
        name=call.called.name or call.answered_by.name,
        normalized=call.called.normalized or call.answered_by.normalized,
        user=call.answered_by.user,
        phone=call.answered_by.phone,
    )


def _who(hub: PbxHub, party: Party) -> str | None:
    """Return the name of the user or phone that a party is, the number of somebody outside."""
    return own_name(hub, party) or (party.number if not party.internal else None)


def _iso(time: datetime | None) -> str | None:
    return time.isoformat() if time is not None else None


def _without_none(data: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if value is not None}


def queue_attributes(queue: Queue) -> dict[str, Any]:
    """Return agents and waiting calls, for the eyes of the moment."""
    return {
        "agents": [
            {
                "name": agent.name,
                "logged_in": agent.logged_in,
                "status": agent.status,
                "paused": agent.paused,
                "calls_taken": agent.calls_taken,
            }
            for agent in queue.agents
        ],
        "calls": [
            {
                "position": call.position,
                "number": call.number,
                "name": call.name,
                "since": call.since.isoformat() if call.since else None,
            }
            for call in queue.calls
        ],
    }
