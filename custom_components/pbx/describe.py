"""Describe calls, queues and parties in attributes, event data, responses and sentences."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_cached_translations

from .const import DOMAIN
from .protocols.call import NOBODY, Call, Leg, Line, Party
from .protocols.enums import ObjectKind
from .protocols.json_text import add_detail
from .protocols.keys import PBX_KEY, ObjectKey
from .protocols.model import Queue, Switch, User
from .protocols.parties import get_knocking, list_other_parties

if TYPE_CHECKING:
    from .hub.call_list import ListedCall
    from .hub.hub import PbxHub

# Without a prefix, templates would take ids such as 1795311575.100 as numbers and drop the last zeros.
_CALL_ID_PREFIX = "call-"
# Keys of `Call.details` that are shown; only some systems fill them.
_DETAILS = (
    "original_number",
    "conference",
    "intercom",
    "display_url",
    "parking_space",
    "raw_state",
    "dial_data",
)


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
    others = list_other_parties(call, key)
    other = others[0] if others else NOBODY
    named = _describe_name(hub, other)
    return _without_none(
        {
            "call_id": to_public_call_id(call.id),
            "direction": call.direction,
            "number": other.number,
            **named,
            "normalized_number": hub.phone_numbers.get_party_number(other),
            "other_parties": _describe_several(hub, others),
            "caller_number": call.caller.number,
            "caller_name": named["name"] if call.caller is other else get_party_name(hub, call.caller),
            "called_number": call.called.number,
            "called_did": call.called_did,
            "answered_by": _get_name_or_number(hub, call.answered_by) if call.answered_by else None,
            "tag": call.tag,
            "account_code": call.account_code,
            "queue": hub.get_name(ObjectKind.QUEUE, call.queue),
            **({name: call.details.get(name) for name in _DETAILS} if call.details else {}),
            "outcome": view.outcome if view is not None else None,
            "started": _to_iso(call.started),
            "answered": _to_iso(call.answered),
            "ended": _to_iso(view.ended if view is not None else call.ended),
        }
    )


def _describe_several(hub: PbxHub, parties: Sequence[Party]) -> list[dict[str, Any]] | None:
    """Return the number and name of each of several parties, None where there is only one."""
    if len(parties) < 2:
        return None
    return [_without_none({"number": party.number, "name": get_party_name(hub, party)}) for party in parties]


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
            "name": hub.address_book.get_name(leg.party, leg.party.name),
            "user": hub.get_name(ObjectKind.USER, leg.party.user),
            "phone": hub.get_name(ObjectKind.PHONE, leg.party.phone),
        }
    )


def describe_listed_call(hub: PbxHub, call: ListedCall, user: str | None = None) -> dict[str, Any]:
    """Return a call that is over, for a response; with a user the outcome is the one for them."""
    own = user is not None and call.is_for(user)
    return _without_none(
        {
            "config_entry_id": hub.entry.entry_id,
            "call_id": to_public_call_id(call.id),
            "direction": call.direction,
            "outcome": call.users[user] if own and user is not None else call.outcome,
            "caller_number": call.caller_number,
            "caller_name": call.caller_name,
            "called_number": call.called_number,
            "called_name": call.called_name,
            "queue": hub.get_name(ObjectKind.QUEUE, call.queue),
            "started": _to_iso(call.started),
            "answered": _to_iso(call.answered),
            "ended": _to_iso(call.ended),
        }
    )


def describe_line(hub: PbxHub, line: Line) -> dict[str, Any]:
    """Return with whom somebody is in a call and since when, without what is unknown; times are ISO texts."""
    return _without_none(
        {
            "number": line.other.number,
            **_describe_name(hub, line.other),
            "normalized_number": hub.phone_numbers.get_party_number(line.other),
            "other_parties": _describe_several(hub, line.others),
            "direction": line.direction,
            "since": _to_iso(line.started),
            "called_number": line.called.number,
        }
    )


def describe_lines(hub: PbxHub, lines: Sequence[Line]) -> dict[str, Any]:
    """Return the foremost of the calls of somebody, with who knocks meanwhile; empty where there is none."""
    if not lines:
        return {}
    knocking = get_knocking(lines)
    knocks = describe_line(hub, knocking) if knocking is not None else {}
    return describe_line(hub, lines[0]) | {
        f"knocking_{name}": knocks[name] for name in ("name", "number") if name in knocks
    }


def describe_presence_sources(user: User) -> dict[str, Any]:
    """Return what each source says of the presence of a user, nothing where the PBX names none."""
    sources = [asdict(source) for source in user.presence_sources]
    return {"presence_sources": sources} if sources else {}


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
                **_without_none(
                    {
                        "paused_since": _to_iso(agent.paused_since),
                        "pause_reason": agent.pause_reason,
                        "penalty": agent.penalty,
                        "last_call": _to_iso(agent.last_call),
                    }
                ),
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
        **_without_none({"last_reset": _to_iso(queue.last_reset)}),
    }


def describe_switch(switch: Switch) -> dict[str, Any]:
    """Return what the PBX calls the normal value of a routing switch, and why it has its value."""
    return _without_none({"default": switch.default, "reason": switch.reason})


def describe_party(hub: PbxHub, party: Party) -> list[str]:
    """Return the name and the number of a party, as far as they are known and not the same."""
    name = hub.address_book.get_name(party, _get_internal_name(hub, party) or party.name)
    return list(dict.fromkeys(filter(None, (name, party.number))))


def get_party_name(hub: PbxHub, party: Party) -> str | None:
    """Return the name of a party, by the first source of the options that has one; None without any."""
    return hub.address_book.get_name(party, _get_pbx_name(hub, party))


def _get_pbx_name(hub: PbxHub, party: Party) -> str | None:
    return party.name or _get_internal_name(hub, party)


def _describe_name(hub: PbxHub, party: Party) -> dict[str, Any]:
    """Return how a party is called, its name at the PBX where that is another one, and who else it is."""
    book, pbx_name = hub.address_book, _get_pbx_name(hub, party)
    if not book.knows(party):
        return {"name": pbx_name}
    contact, name = book.find(party), book.get_name(party, pbx_name)
    return {
        "name": name,
        "pbx_name": pbx_name if pbx_name != name else None,
        "groups": list(contact.groups) or None if contact is not None else None,
        "picture": book.get_picture_path(party),
    }


def format_name(name: str, number: str | None = None) -> str:
    """Return a name with its number, which tells people of the same name apart."""
    return add_detail(name, number) if number and number != name else name


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
    if time is None:
        return None
    return _format_utc(time) if time.tzinfo is UTC else time.isoformat()


# Equal times of several zones are told in different words, those of one zone in the same.
@lru_cache(maxsize=1000)
def _format_utc(time: datetime) -> str:
    """Return a time in UTC as an ISO text; each step of a call tells again when the call began."""
    return time.isoformat()


def _without_none(data: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if value is not None}
