"""Know which call a channel belongs to, also a channel of nobody who is watched."""

# A call with more channels than this is none.
MOST_NAMES = 200


class CallIndex:
    """Map names of channels to their calls."""

    def __init__(self) -> None:
        self._call_of: dict[str, str] = {}
        self._names: dict[str, list[str]] = {}

    def get(self, name: str | None) -> str | None:
        """Return the call of a channel."""
        return self._call_of.get(name) if name is not None else None

    def add(self, name: str, call: str) -> None:
        """Note that a channel belongs to a call."""
        names = self._names.setdefault(call, [])
        if self._call_of.get(name) != call and len(names) < MOST_NAMES:
            self._call_of[name] = call
            names.append(name)

    def forget(self, call: str) -> None:
        """Note that a call is over."""
        for name in self._names.pop(call, ()):
            if self._call_of.get(name) == call:
                del self._call_of[name]
