"""Find out what was asked in words."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ..describe import describe_call
from ..protocols.enums import CallState, Capability, LineStatus, ObjectKind
from ..protocols.model import Call, Mailbox, Queue, User
from ..targets import Target
from .commands import act, address_book
from .directory import Asker, Listing, find, find_one, listing_of, listings
from .language import Unable

_OFF = frozenset({LineStatus.IDLE, LineStatus.OFFLINE, LineStatus.UNKNOWN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A user who is on the phone; without a `state` nothing more is known."""

    user: str
    state: CallState | None = None
    other: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Messages:
    """How many new messages a mailbox holds."""

    mailbox: str
    new: int


def lines(asker: Asker) -> list[Line]:
    """Return who is on the phone, each call once."""
    told: set[str] = set()
    users = listings(asker, ObjectKind.USER)
    return [line for listing in users for line in _lines_of(listing.target, told)]


def lines_of_user(asker: Asker, name: str) -> tuple[str, list[Line]]:
    """Return the whole name of the one user that a name means, and whom that user has on the phone."""
    found = find_one(listings(asker, ObjectKind.USER), name, "nobody_found")
    return found.item.name, list(_lines_of(found.target, set()))


def messages(asker: Asker) -> list[Messages]:
    """Return the new messages of the one who asks, else those of all mailboxes that may be told of."""
    boxes = _own_mailboxes(asker) or [listing.item for listing in listings(asker, ObjectKind.MAILBOX)]
    if not boxes:
        raise Unable("no_mailbox")
    return [Messages(mailbox=box.name, new=box.new) for box in boxes if box.new]


def queues(asker: Asker, name: str | None = None) -> list[Queue]:
    """Return the queues that may be told of, or just the one that is called so."""
    found = listings(asker, ObjectKind.QUEUE)
    if not found:
        raise Unable("no_queues")
    chosen = found if name is None else [find_one(found, name, "no_such_queue")]
    return [listing.item for listing in chosen]


async def history(asker: Asker, limit: int) -> list[dict[str, Any]]:
    """Return the latest calls of the one who asks, and of the users that the assistant may know of."""
    users = [*_own(asker), *listings(asker, ObjectKind.USER)]
    calls: list[dict[str, Any]] = []
    for hub in asker.hubs:
        if hub.can(Capability.CALL_HISTORY):
            numbers = {name for user in users if user.target.hub is hub for name in user.names}
            data = {"config_entry_id": hub.entry.entry_id, "limit": limit}
            answer = await act(asker, "get_call_history", data, response=True)
            calls += (
                call for call in answer["calls"] if numbers & {call["caller_number"], call["called_number"]}
            )
    return calls


async def contacts(asker: Asker, name: str) -> list[dict[str, str | None]]:
    """Return the users that a name may mean, and the entries of address books that have it in them."""
    users = find(listings(asker, ObjectKind.USER), name)
    found: list[dict[str, str | None]] = [{"name": user.name, "number": user.number} for user in users]
    for hub in asker.hubs:
        if hub.can(Capability.FIND_CONTACTS):
            entries = await address_book(asker, hub, name)
            found += ({"name": entry["name"], "number": entry["number"]} for entry in entries)
    return found


def _lines_of(target: Target, told: set[str]) -> Iterator[Line]:
    hub, user = target.hub, target.hub.state.get(target.key)
    calls = hub.state.calls.get_active_calls(target.key)
    if not calls and isinstance(user, User) and user.status not in _OFF:
        yield Line(user=user.name)
    for call in calls:
        name = f"{hub.entry.entry_id} {call.id}"
        if isinstance(user, User) and name not in told:
            told.add(name)
            yield _line(target, user, call)


def _line(target: Target, user: User, call: Call) -> Line:
    known = describe_call(target.hub, call, target.key)
    return Line(
        user=user.name, state=call.views()[target.key].state, other=known.get("name") or known.get("number")
    )


def _own(asker: Asker) -> list[Listing]:
    """Return the user that asks, if that is known."""
    try:
        return [listing_of(asker, asker.user())]
    except Unable:
        return []


def _own_mailboxes(asker: Asker) -> list[Mailbox]:
    return [
        box
        for own in _own(asker)
        for box in own.target.hub.state.objects.values()
        if isinstance(box, Mailbox) and box.number in own.names
    ]
