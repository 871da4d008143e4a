"""What can go wrong with a hosted script."""

import re
from typing import Any, Self

_MISSING = re.compile(r"ReferenceError: '?([\w$]+)'? is not defined")
_BREACHES = (
    (re.compile(r"^InternalError: interrupted"), "time"),
    # Where no memory is left even for that, the error lacks its words, or is null.
    (re.compile(r"^InternalError: (?:out of memory|InternalError$|$)|^null\b"), "memory"),
    (re.compile(r"^RangeError: Maximum call stack size exceeded"), "stack"),
)


class HostError(Exception):
    """Base of all errors of the host."""


class HostClosed(HostError):
    """The host was closed while a call waited for it."""

    def __init__(self) -> None:
        super().__init__("the script host is closed")


class EngineMissing(HostError):
    """The JavaScript engine is not installed, or does not run here."""


class ScriptBreach(HostError):
    """The script broke a limit and its engine is gone; `limit` names which."""

    def __init__(self, limit: str) -> None:
        super().__init__(f"the script broke its limit of {limit}")
        self.limit = limit


class ScriptError(HostError):
    """The script raised an error; the text is the script's own and may hold anything."""

    def __init__(self, name: str, message: str, errno: int | None = None) -> None:
        super().__init__(f"the script raised {name}")
        self.name = name
        self.message = message
        self.errno = errno

    @classmethod
    def from_record(cls, record: Any) -> Self:
        """Make an error of what the bridge says of one."""
        record = record if isinstance(record, dict) else {}
        errno = record.get("errno")
        return cls(
            str(record.get("name") or "Error"),
            str(record.get("message") or ""),
            errno if type(errno) is int else None,
        )

    @property
    def text(self) -> str:
        """Return the error as the engine writes it."""
        return f"{self.name}: {self.message}"

    @property
    def missing(self) -> str | None:
        """Return the global that the script looked for in vain."""
        return missing_global(self.text)


def breach_of(text: str) -> str | None:
    """Return the limit that an engine's error tells of."""
    return next((limit for pattern, limit in _BREACHES if pattern.search(text)), None)


def missing_global(text: str) -> str | None:
    """Return the global that an engine's error tells to be missing."""
    found = _MISSING.search(text)
    return found[1] if found else None
