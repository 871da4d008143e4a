"""The calls that actions have placed, and the dial commands that the PBX has not answered yet."""

from collections.abc import Iterable

from ..protocols.call import Call
from ..protocols.call_tracker import CallTracker
from ..protocols.enums import ObjectKind
from ..protocols.keys import PBX_KEY, ObjectKey
from ..protocols.lazy_dataclass import dataclass

MOST_REMEMBERED = 200


@dataclass(slots=True, eq=False)
class PendingDial:
    """A dial command that is on its way for a user or a phone.

    Once it is `unwanted`, its call is to be ended as soon as the PBX has `answered` the command.
    """

    key: ObjectKey
    unwanted: bool = False
    answered: bool = False


class PlacedCalls:
    """The calls of one PBX by who placed them, also where the PBX reports no events of them."""

    def __init__(self, tracker: CallTracker) -> None:
        self._tracker = tracker
        self._dialed: dict[str, ObjectKey] = {}
        self._pending: list[PendingDial] = []

    def start_dial(self, key: ObjectKey) -> PendingDial:
        """Add a dial command that is sent for a user or from a phone."""
        pending = PendingDial(key)
        self._pending.append(pending)
        return pending

    def finish_dial(self, pending: PendingDial, call_id: str | None) -> None:
        """Remove a dial command that the PBX has answered, and add its call, None where that has no id."""
        self._pending.remove(pending)
        pending.answered = True
        if call_id is not None:
            self.add_call(pending.key, call_id)

    def abandon_dials(self, key: ObjectKey) -> bool:
        """Mark as unwanted the dial commands of a user, a phone, or with the key of the PBX all of them.

        Returns whether there are any.
        """
        unwanted = [dial for dial in self._pending if key in (dial.key, PBX_KEY)]
        for dial in unwanted:
            dial.unwanted = True
        return bool(unwanted)

    def add_call(self, key: ObjectKey, call_id: str) -> None:
        """Add a call that was placed for a user or from a phone."""
        self._dialed[call_id] = key
        while len(self._dialed) > MOST_REMEMBERED:
            del self._dialed[next(iter(self._dialed))]

    def remove_call(self, call_id: str) -> None:
        """Remove a call that is over."""
        self._dialed.pop(call_id, None)

    def get_owner(self, call_id: str) -> ObjectKey | None:
        """Return for whom an action has placed a call, or None where none has."""
        return self._dialed.get(call_id)

    def has_call(self, call_id: str) -> bool:
        """Return whether a call belongs to this PBX."""
        return call_id in self._dialed or self._tracker.find(call_id) is not None

    def get_call_ids(self, key: ObjectKey) -> list[str]:
        """Return the ids of the calls of a user or a phone, or with the key of the PBX of all calls."""
        dialed = [call_id for call_id, owner in self._dialed.items() if key in (owner, PBX_KEY)]
        known = [name for call in self._list_open_calls(key) for name in call.get_command_ids()]
        return list(dict.fromkeys([*known, *dialed]))

    def get_command_ids(self, call_id: str) -> list[str]:
        """Return the ids by which commands reach a call, several where each phone has one of its own."""
        call = self._tracker.get(call_id)
        return call.get_command_ids() if call is not None else [call_id]

    def _list_open_calls(self, key: ObjectKey) -> Iterable[Call]:
        return self._tracker.open if key.kind is ObjectKind.PBX else self._tracker.get_active_calls(key)
