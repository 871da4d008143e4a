"""Remember the calls that were made by an action, and those that are still being made."""

from collections.abc import Iterable
from dataclasses import dataclass

from ..protocols.call_tracker import CallTracker
from ..protocols.enums import ObjectKind
from ..protocols.model import PBX_KEY, Call, ObjectKey

MOST_REMEMBERED = 200


@dataclass(slots=True, eq=False)
class PendingDial:
    """A dial command on its way; once unwanted, its call is to be ended as soon as the PBX has answered."""

    key: ObjectKey
    unwanted: bool = False
    answered: bool = False


class PlacedCalls:
    """Know whose call is whose, also where the PBX tells no events of it."""

    def __init__(self, tracker: CallTracker) -> None:
        self._tracker = tracker
        self._dialed: dict[str, ObjectKey] = {}
        self._pending: list[PendingDial] = []

    def start_dial(self, key: ObjectKey) -> PendingDial:
        """Note that a call is being made for a user or from a phone."""
        pending = PendingDial(key)
        self._pending.append(pending)
        return pending

    def finish_dial(self, pending: PendingDial, call_id: str | None) -> None:
        """Note that the PBX has answered, and which call it has made."""
        self._pending.remove(pending)
        pending.answered = True
        if call_id is not None:
            self.add_call(pending.key, call_id)

    def abandon_dials(self, key: ObjectKey) -> None:
        """Want none of the calls that are being made."""
        for dial in self._pending:
            dial.unwanted = dial.unwanted or key in (dial.key, PBX_KEY)

    def add_call(self, key: ObjectKey, call_id: str) -> None:
        """Note that a call was made for a user or from a phone."""
        self._dialed[call_id] = key
        while len(self._dialed) > MOST_REMEMBERED:
            del self._dialed[next(iter(self._dialed))]

    def remove_call(self, call_id: str) -> None:
        """Note that a call is over."""
        self._dialed.pop(call_id, None)

    def has_call(self, call_id: str) -> bool:
        """Tell whether a call is one of this PBX."""
        return call_id in self._dialed or self._tracker.get(call_id) is not None

    def get_call_ids(self, key: ObjectKey) -> list[str]:
        """Return the ids of the calls of an object, or of all calls of the PBX."""
        dialed = [call_id for call_id, owner in self._dialed.items() if key in (owner, PBX_KEY)]
        return list(dict.fromkeys([*(call.id for call in self._open(key)), *dialed]))

    def _open(self, key: ObjectKey) -> Iterable[Call]:
        return self._tracker.open if key.kind is ObjectKind.PBX else self._tracker.get_active_calls(key)
