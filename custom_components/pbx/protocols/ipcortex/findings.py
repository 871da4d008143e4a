"""What the script turned out to have, since the vendor's pages do not show all names."""

from collections.abc import Mapping
import re
from typing import Any

# What a script calls its parts may be shown to anybody, what it has in them may not.
_NAME = re.compile(r"[A-Za-z$][\w$]{0,40}")
_WHERE = re.compile(r"(?:[A-Za-z]{1,20}\.){1,2}[A-Za-z]{1,20} \([a-z]{3,10}\)")


class Findings:
    """Remember the names of lists and functions that were found."""

    def __init__(self) -> None:
        self.lists: dict[str, str | None] = {}
        self.methods: dict[str, list[str]] = {}

    def clear(self) -> None:
        """Forget what another script had."""
        self.lists.clear()
        self.methods.clear()

    def take_lists(self, record: Mapping[str, Any]) -> None:
        """Take where the script has its lists; None for those that it has nowhere."""
        found = record.get("names")
        for kind, where in found.items() if isinstance(found, Mapping) else ():
            known = isinstance(where, str) and _WHERE.fullmatch(where)
            self.lists[str(kind)[:20]] = where if known else None

    def take_methods(self, record: Mapping[str, Any]) -> None:
        """Take the names of the functions of a kind of object."""
        kind, methods = record.get("type"), record.get("methods")
        if not isinstance(kind, str) or not isinstance(methods, list):
            return
        names = [name for name in methods if isinstance(name, str) and _NAME.fullmatch(name)]
        self.methods[kind[:20]] = names[:100]
