"""Describe a PBX for dashboards: plain data, as one user of Home Assistant may see it."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any

from homeassistant.auth.models import User as HomeAssistantUser
from homeassistant.auth.permissions.const import POLICY_CONTROL, POLICY_READ
from homeassistant.core import Context
from homeassistant.helpers import entity_registry as er

from ..const import DOMAIN
from ..describe import describe_queue, format_name, get_party_name, to_public_call_id
from ..hub.call_list import ListedCall
from ..hub.devices import SWITCH_VALUE
from ..hub.hub import PbxHub
from ..hub.masking import mask_for_states
from ..protocols.call import Call, Leg, Line, Party
from ..protocols.enums import UP, CallState, LegRole, ObjectKind
from ..protocols.keys import PBX_KEY, ObjectKey
from ..protocols.lazy_dataclass import dataclass
from ..protocols.model import Mailbox, PbxInfo, Phone, Queue, Switch, User
from ..protocols.phone_numbers import is_code
from ..targets import find_own_targets, is_permitted

type Facts = dict[str, Any]

TO_DO_LIST = "calls_to_return"
# The platforms on which a routing switch can have its entity.
_SWITCH_PLATFORMS = ("switch", "select", "binary_sensor")


@dataclass(frozen=True, slots=True)
class Viewer:
    """A PBX, and the user of Home Assistant who looks at it."""

    hub: PbxHub
    user: HomeAssistantUser

    def may_read(self, *keys: ObjectKey) -> bool:
        """Return whether the user may see one of these objects."""
        return is_permitted(self.hub, self.user, POLICY_READ, keys)

    def may_control(self, key: ObjectKey) -> bool:
        """Return whether the user may act on an object."""
        return is_permitted(self.hub, self.user, POLICY_CONTROL, (key,))

    def may_read_call(self, call: Call) -> bool:
        """Return whether the user may see a call: that of the PBX, or of one who takes or took part."""
        return self.may_read(PBX_KEY, *call.views())

    def may_read_past_call(self, call: ListedCall) -> bool:
        """Return whether the user may see a call that is over."""
        users = {call.caller_user, *call.users} - {None}
        return self.may_read(PBX_KEY) or self.may_read(
            *(ObjectKey(ObjectKind.USER, str(user)) for user in users)
        )

    def may_read_any(self) -> bool:
        """Return whether there is anything that the user may see."""
        return self.may_read(PBX_KEY, *self.hub.imported.keys)

    def list_own_users(self) -> list[str]:
        """Return the ids of the users of the PBX that are, by the options, the user of Home Assistant."""
        own = find_own_targets(self.hub.hass, Context(user_id=self.user.id))
        return [target.key.id for target in own if target.hub is self.hub]

    def mask(self, facts: Facts) -> Facts:
        """Return facts with the numbers masked where the options say so; ids must not be among them."""
        masked: Facts = mask_for_states(self.hub.options, facts)
        return masked


def describe_pbx(viewer: Viewer) -> Facts:
    """Return the PBX itself, with what its session can do and who of its users is looking."""
    hub = viewer.hub
    facts: Facts = {
        "title": hub.entry.title,
        "connected": hub.connected,
        "can": sorted(hub.session.capabilities),
        # What users can set as their presence.
        "presences": list(hub.session.commands.presences),
        "me": viewer.list_own_users(),
        "masked": hub.options.mask_numbers,
        "control": viewer.may_control(PBX_KEY),
        "device_id": hub.devices.get_device_id(PBX_KEY),
        # Which call ended last, so that lists of calls know when to look again.
        "last_call": to_public_call_id(last.id) if (last := hub.state.calls.last_ended) is not None else None,
    }
    info = hub.state.get(PBX_KEY)
    if not isinstance(info, PbxInfo) or not viewer.may_read(PBX_KEY):
        return facts
    return facts | {
        "name": info.name,
        "manufacturer": info.manufacturer,
        "version": info.version,
        "connected_since": _to_iso(hub.connected_since),
        "parked": [
            viewer.mask({"number": parked.number, "name": parked.name, "since": _to_iso(parked.since)})
            | {"space": parked.space}
            for parked in info.parked
        ],
    }


def _describe_user(viewer: Viewer, user: User) -> Facts:
    """Return a person of the PBX with their calls, the one that matters most first."""
    hub = viewer.hub
    settings = {
        "number": user.number,
        "presence_note": user.presence_note,
        "forwards": {str(kind): number for kind, number in user.forwards.items()},
    }
    return viewer.mask(settings) | {
        "name": user.name,
        "status": user.status,
        "do_not_disturb": user.do_not_disturb,
        "do_not_disturb_until": _get_quiet_end(hub, user),
        "presence": user.presence,
        "calls": [_describe_line(viewer, line) for line in user.lines],
        "to_do": _find_to_do_list(hub, user.key),
        "phones": [_describe_place(hub, phone) for phone in _list_phones(hub, user)],
        "person": next((row["person"] for row in hub.options.people if row["user"] == user.id), None),
        "editable": user.editable,
        "controllable": user.controllable,
        "control": viewer.may_control(user.key),
    }


def _get_quiet_end(hub: PbxHub, user: User) -> str | None:
    """Return until when a user does not want to be disturbed, None for an open end."""
    return _to_iso(hub.temporary_settings.get_end(user.id)) if user.do_not_disturb else None


def _find_to_do_list(hub: PbxHub, key: ObjectKey) -> str | None:
    """Return the list with the calls that a user is to return, None where it is not enabled."""
    unique_id = hub.get_unique_id(key, TO_DO_LIST)
    entity_id = er.async_get(hub.hass).async_get_entity_id("todo", DOMAIN, unique_id)
    return entity_id if entity_id is not None and hub.hass.states.get(entity_id) is not None else None


def _list_phones(hub: PbxHub, user: User) -> list[Phone]:
    ids = dict.fromkeys([*(place.phone for place in user.phones), user.hot_desk])
    found = (hub.state.get(ObjectKey(ObjectKind.PHONE, phone)) for phone in ids if phone is not None)
    return [phone for phone in found if isinstance(phone, Phone)]


def _describe_place(hub: PbxHub, phone: Phone) -> Facts:
    return {
        "name": phone.name,
        "registered": phone.registered,
        "device_id": hub.devices.get_device_id(phone.key),
    }


def _describe_line(viewer: Viewer, line: Line) -> Facts:
    """Return a call as one participant sees it; `number` and `name` are those of the other party."""
    call = viewer.hub.state.calls.find(line.call_id)
    up = line.answered if line.state in UP else None
    return _describe_party(viewer, line.other) | {
        "call_id": to_public_call_id(line.call_id),
        "state": line.state,
        "direction": line.direction,
        "since": _to_iso(up or line.started),
        "queue": viewer.hub.get_name(ObjectKind.QUEUE, call.queue) if call is not None else None,
        "recorded": line.recorded,
        "parked": line.parked,
    }


def _describe_party(viewer: Viewer, party: Party) -> Facts:
    """Return number and name of a party, the id of the user who it is, and what the address book adds."""
    hub = viewer.hub
    name = get_party_name(hub, party)
    shown = viewer.mask({"number": party.number, "name": name}) | {"user": party.user}
    if (picture := hub.address_book.get_picture_path(party)) is not None:
        shown["picture"] = picture
    if (contact := hub.address_book.find(party)) is not None and contact.groups:
        shown["groups"] = list(contact.groups)
    return shown


def describe_open_call(viewer: Viewer, call: Call) -> Facts:
    """Return a call that goes on, with everyone who takes part in it now."""
    return {
        "call_id": to_public_call_id(call.id),
        "direction": call.direction,
        "state": call.state,
        "started": _to_iso(call.started),
        "answered": _to_iso(call.answered),
        "caller": _describe_party(viewer, call.caller),
        "called": _describe_party(viewer, call.called),
        "queue": viewer.hub.get_name(ObjectKind.QUEUE, call.queue),
        "participants": [_describe_leg(viewer, leg) for leg in call.legs if leg.state is not CallState.ENDED],
        "parking_space": call.details.get("parking_space"),
    }


def describe_past_call(viewer: Viewer, call: ListedCall, own: Collection[str]) -> Facts:
    """Return a call that is over; `role` and `outcome` are those of the own users where one took part."""
    called = next((user for user in own if call.is_for(user)), None)
    role = LegRole.CALLER if call.caller_user in own else LegRole.CALLEE if called is not None else None
    return {
        "entry_id": viewer.hub.entry.entry_id,
        "call_id": to_public_call_id(call.id),
        "direction": call.direction,
        "role": role,
        "outcome": call.users[called] if role is LegRole.CALLEE and called is not None else call.outcome,
        "started": _to_iso(call.started),
        "answered": _to_iso(call.answered),
        "ended": _to_iso(call.ended),
        "caller": _describe_past_caller(viewer, call),
        "called": _describe_past_party(viewer, call.called_name, call.called_number),
        "queue": viewer.hub.get_name(ObjectKind.QUEUE, call.queue),
    }


def _describe_past_caller(viewer: Viewer, call: ListedCall) -> Facts:
    """Return who called; a code of the PBX in place of a number is shown, but cannot be called back."""
    facts = _describe_past_party(viewer, call.caller_name, call.caller_number, call.caller_user)
    number = call.caller_number
    if not number or not is_code(number):
        return facts
    return facts | {"name": format_name(call.caller_name or number, number), "number": None}


def _describe_past_party(
    viewer: Viewer, name: str | None, number: str | None, user: str | None = None
) -> Facts:
    """Return who took part, by the name of that time, with their picture of now."""
    picture = viewer.hub.address_book.get_picture_path(Party(number=number, name=name, user=user))
    return {"name": name, "number": number} | ({"picture": picture} if picture is not None else {})


def _describe_leg(viewer: Viewer, leg: Leg) -> Facts:
    return _describe_party(viewer, leg.party) | {"role": leg.role, "state": leg.state}


def _describe_phone(viewer: Viewer, phone: Phone) -> Facts:
    return {
        "name": phone.name,
        "type": phone.type,
        "status": phone.status,
        "registered": phone.registered,
    }


def _describe_queue(viewer: Viewer, queue: Queue) -> Facts:
    """Return a queue with its agents and callers."""
    lists = viewer.mask(describe_queue(queue))
    agents = zip(lists["agents"], queue.agents, strict=True)
    calls = zip(lists["calls"], queue.calls, strict=True)
    return lists | {
        "name": queue.name,
        "number": queue.number,
        "agents": [agent | {"user": known.user, "permanent": known.permanent} for agent, known in agents],
        "calls": [
            call | _describe_party(viewer, Party(number=known.number, name=known.name))
            for call, known in calls
        ],
        "waiting": queue.waiting,
        "longest_wait": _to_iso(queue.oldest_since),
        "agents_logged_in": queue.agents_logged_in,
        "agents_free": queue.agents_free,
        "service_level": queue.service_level,
        "answered": queue.answered,
        "aborted": queue.aborted,
        "average_hold": queue.average_hold,
        "average_talk": queue.average_talk,
        "control": viewer.may_control(queue.key),
    }


def _describe_mailbox(viewer: Viewer, mailbox: Mailbox) -> Facts:
    return {
        "name": mailbox.name,
        "number": mailbox.number,
        "new": mailbox.new,
        "old": mailbox.old,
        "urgent": mailbox.urgent,
    }


def _describe_switch(viewer: Viewer, switch: Switch) -> Facts:
    """Return a routing switch; it is set through its entity."""
    registry = er.async_get(viewer.hub.hass)
    unique_id = viewer.hub.get_unique_id(switch.key, SWITCH_VALUE)
    ids = (registry.async_get_entity_id(domain, DOMAIN, unique_id) for domain in _SWITCH_PLATFORMS)
    return {
        "name": switch.name,
        "value": switch.value,
        "options": list(switch.options),
        "settable": switch.settable,
        "entity_id": next((entity_id for entity_id in ids if entity_id is not None), None),
        "control": viewer.may_control(switch.key),
    }


@dataclass(frozen=True, slots=True)
class Section:
    """What is shown of one kind of object."""

    kind: ObjectKind
    describe: Callable[[Viewer, Any], Facts]

    def describe_object(self, viewer: Viewer, key: ObjectKey) -> Facts | None:
        """Return an object as the user may see it, None where there is nothing to be seen."""
        item = viewer.hub.state.get(key)
        if item is None or key not in viewer.hub.imported.keys or not viewer.may_read(key):
            return None
        return self.describe(viewer, item) | {"device_id": viewer.hub.devices.get_device_id(key)}


# By their names on the wire; `calls` are no objects of the PBX.
CALLS = "calls"
SECTIONS: Mapping[str, Section] = {
    "people": Section(ObjectKind.USER, _describe_user),
    "phones": Section(ObjectKind.PHONE, _describe_phone),
    "queues": Section(ObjectKind.QUEUE, _describe_queue),
    "mailboxes": Section(ObjectKind.MAILBOX, _describe_mailbox),
    "switches": Section(ObjectKind.SWITCH, _describe_switch),
}


def _to_iso(time: datetime | None) -> str | None:
    return time.isoformat() if time is not None else None
