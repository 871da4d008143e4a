"""Find out what was asked for in words: calls, messages, queues, the call history and contacts."""

from collections.abc import Container, Iterator
from datetime import datetime
from enum import StrEnum
from typing import Any

from ..describe import describe_call
from ..hub.call_list import ListedCall
from ..hub.hub import PbxHub
from ..hub.masking import mask_for_states
from ..protocols.call import Call
from ..protocols.enums import (
    CallState,
    Capability,
    ForwardKind,
    LineStatus,
    ObjectKind,
    PresenceActivity,
)
from ..protocols.lazy_dataclass import dataclass
from ..protocols.model import Mailbox, Queue, User
from ..protocols.phone_numbers import is_code, to_dialable
from ..targets import Target
from . import actions
from .language import RequestFailed
from .matching import match_name, match_one
from .names import Asker, NamedObject, get_named_object, list_exposed, list_readable

_NOT_ON_THE_PHONE = frozenset({LineStatus.IDLE, LineStatus.OFFLINE, LineStatus.UNKNOWN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """Somebody at the other side of a call; both None where that is not known or may not be said."""

    name: str | None = None
    number: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UserOnPhone:
    """A user who is on the phone: the state of their call and the other side, where the call is known."""

    user: str
    state: CallState | None = None
    other: Other | None = None


class Availability(StrEnum):
    """Whether somebody can be called now, by what is known of them."""

    FREE = "free"
    DO_NOT_DISTURB = "do_not_disturb"
    AWAY = "away"
    BUSY = "busy"
    OFFLINE = "offline"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class UserState:
    """What a user does: their calls, else whether they can be called."""

    user: str
    calls: list[UserOnPhone]
    availability: Availability


@dataclass(frozen=True, slots=True, kw_only=True)
class PastCaller:
    """Who called and when, and whether the call was missed; the number is the one to call, if it is known."""

    other: Other
    time: datetime
    missed: bool
    number: str | None


_SAID = {
    PresenceActivity.AWAY: Availability.AWAY,
    PresenceActivity.BUSY: Availability.BUSY,
    PresenceActivity.ON_THE_PHONE: Availability.BUSY,
    PresenceActivity.OFFLINE: Availability.OFFLINE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMessages:
    """How many new messages a mailbox holds."""

    mailbox: str
    new: int


def list_users_on_phone(asker: Asker) -> list[UserOnPhone]:
    """Return the users that are on the phone, one for each call."""
    seen: set[str] = set()
    users = list_exposed(asker, ObjectKind.USER)
    return [found for user in users for found in _iter_calls(user.target, seen)]


def find_user_on_phone(asker: Asker, name: str) -> tuple[str, list[UserOnPhone]]:
    """Return the name of the user that is meant, with all of their calls; raises RequestFailed."""
    user = match_one(list_exposed(asker, ObjectKind.USER), name, "nobody_found")
    return user.name, list(_iter_calls(user.target, set()))


def get_user_state(asker: Asker, name: str) -> UserState:
    """Return what the user that is meant does; raises RequestFailed."""
    found = match_one(list_exposed(asker, ObjectKind.USER), name, "nobody_found")
    calls = list(_iter_calls(found.target, set()))
    return UserState(user=found.name, calls=calls, availability=_get_availability(found.item))


def list_own_calls(asker: Asker) -> list[UserOnPhone]:
    """Return the calls of the asker, those that ring first; none where nobody is known to ask."""
    return _list_calls(_list_own_users(asker))


def list_nearest_calls(asker: Asker) -> list[UserOnPhone]:
    """Return the calls of the asker, those that ring first; of all exposed users where nobody is known."""
    return _list_calls(_list_own_users(asker) or list_exposed(asker, ObjectKind.USER))


def has_own_call(asker: Asker, states: Container[CallState]) -> bool:
    """Return whether the asker has a call in one of these states."""
    return any(
        call.views()[own.target.key].state in states
        for own in _list_own_users(asker)
        for call in own.target.hub.state.calls.get_active_calls(own.target.key)
    )


def list_past_callers(asker: Asker, since: datetime) -> list[PastCaller]:
    """Return who has called the asker since a time, the latest first.

    Where nobody is known to ask, it is who has called any of the exposed users.
    """
    own = _list_own_users(asker) or list_exposed(asker, ObjectKind.USER)
    callers: list[PastCaller] = []
    for hub in asker.hubs:
        users = {user.target.key.id for user in own if user.target.hub is hub}
        calls = [call for call in hub.call_list.list_calls(since=since) if users & call.users.keys()]
        callers += [_describe_past_caller(hub, call, users) for call in calls]
    return sorted(callers, key=lambda caller: caller.time, reverse=True)


def get_own_forward(asker: Asker) -> tuple[str | None, str | None]:
    """Return the name and the number that the calls of the asker are forwarded to, both None for not at all.

    Raises RequestFailed where the PBX does not tell.
    """
    own = asker.find_user()
    user = own.hub.state.get(own.key)
    if not isinstance(user, User) or ForwardKind.ALWAYS not in user.forwards:
        raise RequestFailed("not_supported")
    number = user.forwards[ForwardKind.ALWAYS]
    known = match_name(list_exposed(asker, ObjectKind.USER), number, fuzzy=False) if number else []
    return (known[0].name if len(known) == 1 else None), number


def is_own_do_not_disturb(asker: Asker) -> bool:
    """Return whether do not disturb of the asker is on; raises RequestFailed where the PBX does not tell."""
    own = asker.find_user()
    user = own.hub.state.get(own.key)
    if not isinstance(user, User) or user.do_not_disturb is None:
        raise RequestFailed("not_supported")
    return user.do_not_disturb


def list_new_messages(asker: Asker) -> list[NewMessages]:
    """Return the mailboxes of the asker that hold new messages, else those of all exposed mailboxes.

    Raises RequestFailed where there is no mailbox.
    """
    boxes = _list_own_mailboxes(asker) or [box.item for box in list_exposed(asker, ObjectKind.MAILBOX)]
    if not boxes:
        raise RequestFailed("no_mailbox")
    return [NewMessages(mailbox=box.name, new=box.new) for box in boxes if box.new]


def list_queues(asker: Asker, name: str | None = None) -> list[Queue]:
    """Return the exposed queues, or just the one that a name means; raises RequestFailed."""
    queues = list_exposed(asker, ObjectKind.QUEUE)
    if not queues:
        raise RequestFailed("no_queues")
    chosen = queues if name is None else [match_one(queues, name, "no_such_queue")]
    return [queue.item for queue in chosen]


async def get_call_history(asker: Asker, limit: int) -> list[dict[str, Any]]:
    """Return the latest calls of the asker and of the exposed users.

    Of each PBX the latest `limit` calls are searched, in the shape of the action `get_call_history`.
    """
    users = [*_list_own_users(asker), *list_exposed(asker, ObjectKind.USER)]
    calls: list[dict[str, Any]] = []
    for hub in asker.hubs:
        if hub.can(Capability.CALL_HISTORY):
            numbers = {name for user in users if user.target.hub is hub for name in user.names}
            data = {"config_entry_id": hub.entry.entry_id, "limit": limit}
            response = await actions.run_action(asker, "get_call_history", data, return_response=True)
            calls += (
                call for call in response["calls"] if numbers & {call["caller_number"], call["called_number"]}
            )
    return calls


async def find_contacts(asker: Asker, name: str) -> list[dict[str, str | None]]:
    """Return `name` and `number` of the exposed users and address book entries that a name may mean."""
    users = match_name(list_exposed(asker, ObjectKind.USER), name)
    found: list[dict[str, str | None]] = [{"name": user.name, "number": user.number} for user in users]
    for hub in asker.hubs:
        known = await actions.list_book_entries(asker, hub, name)
        found += ({"name": entry.name, "number": entry.lines[0].number} for entry in known)
        if hub.can(Capability.FIND_CONTACTS):
            contacts = await actions.find_contacts(asker, hub, name)
            found += ({"name": contact["name"], "number": contact["number"]} for contact in contacts)
    return found


def _list_calls(users: list[NamedObject]) -> list[UserOnPhone]:
    """Return the calls of users, those that ring first."""
    seen: set[str] = set()
    calls = [call for user in users for call in _iter_calls(user.target, seen)]
    return sorted(calls, key=lambda call: call.state is not CallState.RINGING)


def _iter_calls(target: Target, seen: set[str]) -> Iterator[UserOnPhone]:
    """Yield the calls of a user that are not among those seen, and add them to these."""
    hub, user = target.hub, target.hub.state.get(target.key)
    if not isinstance(user, User):
        return
    calls = hub.state.calls.get_active_calls(target.key)
    if not calls and user.status not in _NOT_ON_THE_PHONE:
        yield UserOnPhone(user=user.name)
    for call in calls:
        call_id = f"{hub.entry.entry_id} {call.id}"
        if call_id not in seen:
            seen.add(call_id)
            yield _describe_user_on_phone(target, user, call)


def _describe_user_on_phone(target: Target, user: User, call: Call) -> UserOnPhone:
    data = describe_call(target.hub, call, target.key)
    other = _get_sayable(target.hub, data.get("name"), data.get("number"))
    return UserOnPhone(user=user.name, state=call.views()[target.key].state, other=other)


def _describe_past_caller(hub: PbxHub, call: ListedCall, users: set[str]) -> PastCaller:
    number = call.caller_number or ""
    return PastCaller(
        other=_get_sayable(hub, call.caller_name, call.caller_number),
        time=call.started,
        missed=all(call.is_missed_by(user) for user in users & call.users.keys()),
        number=to_dialable(number) if not is_code(number) else None,
    )


def _get_sayable(hub: PbxHub, name: str | None, number: str | None) -> Other:
    """Return of a caller what may be said aloud: no number that the options let nobody see."""
    if not hub.options.mask_numbers:
        return Other(name=name, number=number)
    return Other(
        name=mask_for_states(hub.options, name, "name") if name != number else None,
        number=number if number == mask_for_states(hub.options, number, "number") else None,
    )


def _get_availability(user: User) -> Availability:
    """Return whether a user can be called; what they say of themselves comes before what their phones do."""
    if user.do_not_disturb or user.presence is PresenceActivity.DND:
        return Availability.DO_NOT_DISTURB
    if user.presence in _SAID:
        return _SAID[user.presence]
    if user.status is LineStatus.OFFLINE:
        return Availability.OFFLINE
    if user.status is LineStatus.IDLE or user.presence is PresenceActivity.AVAILABLE:
        return Availability.FREE
    return Availability.UNKNOWN if user.status is LineStatus.UNKNOWN else Availability.BUSY


def _list_own_users(asker: Asker) -> list[NamedObject]:
    """Return the user that the asker is, if that is known."""
    try:
        return [get_named_object(asker, asker.find_user())]
    except RequestFailed:
        return []


def _list_own_mailboxes(asker: Asker) -> list[Mailbox]:
    return [
        box.item
        for own in _list_own_users(asker)
        for box in list_readable(asker, ObjectKind.MAILBOX)
        if box.target.hub is own.target.hub and box.item.number in own.names
    ]
