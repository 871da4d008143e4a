"""Find out what was asked for in words: calls, messages, queues, the call history and contacts."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ..describe import describe_call
from ..protocols.enums import CallState, Capability, LineStatus, ObjectKind
from ..protocols.model import Call, Mailbox, Queue, User
from ..targets import Target
from . import actions
from .language import RequestFailed
from .names import Asker, NamedObject, get_named_object, list_exposed, list_readable, match_name, match_one

_NOT_ON_THE_PHONE = frozenset({LineStatus.IDLE, LineStatus.OFFLINE, LineStatus.UNKNOWN})


@dataclass(frozen=True, slots=True, kw_only=True)
class UserOnPhone:
    """A user who is on the phone: the state of their call and the other side, where the call is known."""

    user: str
    state: CallState | None = None
    other: str | None = None


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
        if hub.can(Capability.FIND_CONTACTS):
            contacts = await actions.find_contacts(asker, hub, name)
            found += ({"name": contact["name"], "number": contact["number"]} for contact in contacts)
    return found


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
            yield _describe_call(target, user, call)


def _describe_call(target: Target, user: User, call: Call) -> UserOnPhone:
    data = describe_call(target.hub, call, target.key)
    return UserOnPhone(
        user=user.name, state=call.views()[target.key].state, other=data.get("name") or data.get("number")
    )


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
