"""Describe calls, queues and parties in attributes, event data, responses and sentences."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_cached_translations

from .const import DOMAIN
from .protocols.enums import CallDirection, LegRole, ObjectKind
from .protocols.model import PBX_KEY, Call, Leg, ObjectKey, Party, Queue

if TYPE_CHECKING:
    from .hub.hub import PbxHub

# Without a prefix, templates would take ids such as 1795311575.100 as numbers and drop the last zeros.
_CALL_ID_PREFIX = "call-"
# Keys of `Call.details` that are shown; only some systems fill them.
_DETAILS = ("conference", "intercom", "display_url", "parking_space", "raw_state")


def to_public_call_id(call_id: str) -> str:
    """Return the id of a call as automations see it."""
    return f"{_CALL_ID_PREFIX}{call_id}"


def to_pbx_call_id(call_id: str) -> str:
    """Return the id of a call as its PBX knows it, out of one that automations see."""
    return call_id.removeprefix(_CALL_ID_PREFIX)


def describe_call(hub: PbxHub, call: Call, key: ObjectKey) -> dict[str, Any]:
    """Return a call as one participant sees it, without what is unknown; times are ISO texts.

    `number` and `name` are those of the other party.
    """
    view = call.views().get(key)
    other = get_other_party(call, key)
    return _without_none(
        {
            "call_id": to_public_call_id(call.id),
            "direction": call.direction,
            "number": other.number,
            "name": other.name or _get_name_or_number(hub, other),
            "normalized_number": hub.phone_numbers.get_party_number(other),
            "caller_number": call.caller.number,
            "caller_name": call.caller.name or _get_name_or_number(hub, call.caller),
            "called_number": call.called.number,
            "called_did": call.called_did,
            "answered_by": _get_name_or_number(hub, call.answered_by) if call.answered_by else None,
            "tag": call.tag,
            "account_code": call.account_code,
            "queue": hub.get_name(ObjectKind.QUEUE, call.queue),
            **{name: call.details.get(name) for name in _DETAILS},
            "outcome": view.outcome if view is not None else None,
            "started": _to_iso(call.started),
            "answered": _to_iso(call.answered),
            "ended": _to_iso(view.ended if view is not None else call.ended),
        }
    )


def describe_call_with_participants(hub: PbxHub, call: Call) -> dict[str, Any]:
    """Return a call as the PBX sees it, with its state and every leg, for a response."""
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


def describe_queue(queue: Queue) -> dict[str, Any]:
    """Return the agents and the waiting calls of a queue; times are ISO texts."""
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
                "since": _to_iso(call.since),
            }
            for call in queue.calls
        ],
    }


def get_other_party(call: Call, key: ObjectKey) -> Party:
    """Return with whom a participant speaks: a callee with the caller, the caller with the callee.

    An object that has no leg in the call, such as the PBX itself, is on the inner side of it.
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


def describe_party(hub: PbxHub, party: Party) -> list[str]:
    """Return the name and the number of a party, as far as they are known and not the same."""
    name = _get_internal_name(hub, party) or party.name
    return list(dict.fromkeys(part for part in (name, party.number) if part))


def format_name(name: str, number: str | None = None) -> str:
    """Return a name with its number, which tells people of the same name apart."""
    return f"{name} ({number})" if number and number != name else name


def translate(hass: HomeAssistant, key: str, **values: object) -> str:
    """Return a text of `common` in the translations, in the language of Home Assistant, filled with values.

    Raises KeyError where there is no such text; the translations must be loaded.
    """
    texts = async_get_cached_translations(hass, hass.config.language, "common", DOMAIN)
    return texts[f"component.{DOMAIN}.common.{key}"].format(**values)


def _get_internal_name(hub: PbxHub, party: Party) -> str | None:
    """Return the name of the user or phone that a party is, or None for an outside party."""
    return hub.get_name(ObjectKind.USER, party.user) or hub.get_name(ObjectKind.PHONE, party.phone)


def _get_name_or_number(hub: PbxHub, party: Party) -> str | None:
    """Return the name of the user or phone that a party is, or the number of an outside party."""
    return _get_internal_name(hub, party) or (party.number if not party.internal else None)


def _to_iso(time: datetime | None) -> str | None:
    return time.isoformat() if time is not None else None


def _without_none(data: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if value is not None}
