"""The last calls of one PBX that are over, kept in a store of their own."""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any, Self

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.storage import Store
from homeassistant.util import dt as dt_util

from ..const import DOMAIN
from ..protocols.call import Call, Party
from ..protocols.changes import Moment
from ..protocols.enums import OVER, CallDirection, ObjectKind, Outcome
from ..protocols.evolve import init_quickly
from ..protocols.keys import ObjectKey
from ..protocols.lazy_dataclass import dataclass
from ..protocols.state import PbxState
from .address_book import AddressBook
from .masking import mask_for_states
from .options import PbxOptions

STORAGE_VERSION = 1
# A restart loses at most the calls of so many seconds.
SAVE_DELAY = 30.0
_MISSED = frozenset({Outcome.MISSED, Outcome.VOICEMAIL})
_MASKED = ("caller_name", "caller_number", "called_name", "called_number")

type Stored = dict[str, list[dict[str, Any]]]


def call_list_store(hass: HomeAssistant, entry_id: str) -> Store[Stored]:
    """Return the store that keeps the call list of an entry over restarts."""
    return Store(hass, STORAGE_VERSION, f"{DOMAIN}.{entry_id}.calls")


@init_quickly
@dataclass(frozen=True, slots=True, kw_only=True)
class ListedCall:
    """A call that is over, with times in UTC; names and numbers are masked where the options say so."""

    id: str
    direction: CallDirection
    started: datetime
    ended: datetime
    # None where nobody answered.
    answered: datetime | None = None
    outcome: Outcome | None = None
    caller_name: str | None = None
    caller_number: str | None = None
    called_name: str | None = None
    called_number: str | None = None
    # The ids at the PBX: of the queue, of the user who called, and of those it rang for with their outcome.
    queue: str | None = None
    caller_user: str | None = None
    users: Mapping[str, Outcome | None]

    def is_for(self, user: str) -> bool:
        """Return whether the call rang for a user."""
        return user in self.users

    def is_of(self, user: str) -> bool:
        """Return whether a user called, or the call rang for them."""
        return self.caller_user == user or self.is_for(user)

    def is_missed_by(self, user: str) -> bool:
        """Return whether a user has missed the call, which may have gone to their mailbox."""
        return self.users.get(user) in _MISSED

    @property
    def is_missed(self) -> bool:
        """Return whether nobody has answered a call from outside or inside, which may have left a message."""
        return self.direction is not CallDirection.OUTGOING and self.outcome in _MISSED

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Self:
        """Return a call out of what `as_dict` returned."""
        times = {name: _parse_time(stored[name]) for name in ("started", "ended", "answered")}
        users = {user: _parse_outcome(outcome) for user, outcome in stored["users"].items()}
        words = {
            "direction": CallDirection(stored["direction"]),
            "outcome": _parse_outcome(stored["outcome"]),
        }
        return cls(**{**stored, **times, **words, "users": users})

    def as_dict(self) -> dict[str, Any]:
        """Return this as JSON can hold it."""
        times = {name: getattr(self, name) for name in ("started", "ended", "answered")}
        return asdict(self) | {name: time.isoformat() if time else None for name, time in times.items()}


class CallList:
    """The last calls of one PBX; calls during which Home Assistant was down are not among them."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        options: PbxOptions,
        state: PbxState,
        address_book: AddressBook,
    ) -> None:
        self._entry = entry
        self._options = options
        self._state = state
        self._address_book = address_book
        self._store = call_list_store(hass, entry.entry_id)
        self._calls: deque[ListedCall] = deque(maxlen=options.call_list_size)
        self._max_age = timedelta(days=options.call_list_days)

    async def load(self) -> None:
        """Go on with the calls from before a restart."""
        stored = (await self._store.async_load() or {}).get("calls", [])
        self._calls.extend(self._mask(call) for call in map(ListedCall.from_dict, stored))
        self._entry.async_on_unload(self._save)

    @callback
    def handle_moment(self, moment: Moment) -> None:
        """Add the call of a moment of the PBX if the call is over."""
        if moment.type in OVER and moment.call is not None:
            self._calls.append(self._mask(self._list_call(moment.call)))
            self._store.async_delay_save(self._to_stored, SAVE_DELAY)

    def list_calls(self, *, since: datetime | None = None) -> Iterator[ListedCall]:
        """Yield the calls that began at a time or later, the latest first."""
        kept_from = dt_util.utcnow() - self._max_age
        oldest = max(since or kept_from, kept_from)
        return (call for call in reversed(self._calls) if call.started >= oldest)

    def _list_call(self, call: Call) -> ListedCall:
        called = _get_callee(call)
        return ListedCall(
            id=call.id,
            direction=call.direction,
            started=call.started,
            ended=call.ended or dt_util.utcnow(),
            answered=call.answered,
            outcome=call.outcome,
            caller_name=self._get_name(call.caller),
            caller_number=call.caller.number,
            called_name=self._get_name(called),
            called_number=called.number,
            queue=call.queue,
            caller_user=call.caller.user,
            users=_list_users(call),
        )

    def _get_name(self, party: Party) -> str | None:
        """Return the name of the user or phone that a party is, else the name that the call shows."""
        items = (self._state.get(key) for key in party.objects())
        name = next((item.name for item in items if item is not None), party.name)
        return self._address_book.get_name(party, name)

    def _mask(self, call: ListedCall) -> ListedCall:
        """Return a call masked as the options say, also one that was stored before they said so."""
        if not self._options.mask_numbers:
            return call
        shown = {name: getattr(call, name) for name in _MASKED}
        return replace(call, **mask_for_states(self._options, shown))

    def _to_stored(self) -> Stored:
        return {"calls": [call.as_dict() for call in reversed(list(self.list_calls()))]}

    async def _save(self) -> None:
        await self._store.async_save(self._to_stored())


def _list_users(call: Call) -> dict[str, Outcome | None]:
    """Return the outcome for each user whom the call rang for."""
    views = call.views()
    users = {party.user for party in call.iter_callees() if party.user is not None}
    return {user: views[ObjectKey(ObjectKind.USER, user)].outcome for user in sorted(users)}


def _get_callee(call: Call) -> Party:
    """Return who answered, else who rang, else who was called."""
    if call.direction is CallDirection.OUTGOING:
        return call.called
    return call.answered_by or next((party for party in call.iter_callees() if party.internal), call.called)


def _parse_time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text is not None else None


def _parse_outcome(text: str | None) -> Outcome | None:
    return Outcome(text) if text is not None else None
