"""Know the phones that hot-desk users can log in at."""

from collections.abc import Iterable

from .protocols.enums import ObjectKind
from .protocols.model import ObjectKey, Phone
from .protocols.state import PbxState


class HotDesks:
    """The names of hot-desk phones, kept so that a change of another phone costs nothing."""

    def __init__(self, state: PbxState) -> None:
        self._state = state
        self._names: dict[str, str] = {}
        self.by_name: dict[str, str] = {}

    def refresh(self, keys: Iterable[ObjectKey]) -> bool:
        """Take note of what became of some objects, and say whether there is another choice now."""
        changed = False
        for key in keys:
            if key.kind is not ObjectKind.PHONE or self._names.get(key.id) == (name := self._name(key)):
                continue
            changed = True
            if name is None:
                del self._names[key.id]
            else:
                self._names[key.id] = name
        if changed:
            self.by_name = dict(sorted((name, phone) for phone, name in self._names.items()))
        return changed

    def _name(self, key: ObjectKey) -> str | None:
        phone = self._state.get(key)
        return phone.name if isinstance(phone, Phone) and phone.hot_desk else None
