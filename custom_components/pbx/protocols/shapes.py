"""Keep the shapes of events without their contents, for reports about unknown servers."""

from collections.abc import Mapping
import json
from typing import Any

MOST_SHAPES = 20
_DEEPEST = 6
_MOST_MEMBERS = 40


class ShapeBook:
    """Remember each shape once, with how often it came."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}

    def add(self, topic: str, data: Any) -> None:
        """Note the shape of an event."""
        words = {name: data.get(name) for name in ("status", "direction")} if isinstance(data, dict) else {}
        key = json.dumps({"topic": topic, **_plain(words), "shape": shape(data)}, sort_keys=True)
        if key in self._counts or len(self._counts) < MOST_SHAPES:
            self._counts[key] = self._counts.get(key, 0) + 1

    def report(self) -> list[dict[str, Any]]:
        """Return the shapes; names of members are kept, values are not."""
        return [{**json.loads(key), "count": count} for key, count in self._counts.items()]


def _plain(words: Mapping[str, Any]) -> dict[str, str]:
    """Return words of the protocol, which are short and hold no digits."""
    return {
        name: word
        for name, word in words.items()
        if isinstance(word, str) and word.isalpha() and len(word) < 20
    }


def shape(value: Any, depth: int = 0) -> Any:
    """Return the types in a value."""
    if depth >= _DEEPEST:
        return "..."
    if isinstance(value, dict):
        return {_name(key): shape(item, depth + 1) for key, item in list(value.items())[:_MOST_MEMBERS]}
    if isinstance(value, list):
        return [shape(item, depth + 1) for item in value[:1]]
    if isinstance(value, str):
        return "digits" if value.isdigit() else "text" if value else "empty text"
    return type(value).__name__


def _name(key: str) -> str:
    """Return the name of a member, unless it may itself be a number or somebody's own word."""
    return key if key.isidentifier() and len(key) <= 40 else "..."
