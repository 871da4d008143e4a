"""The shapes of events without their contents, for reports about systems that are not known well."""

from collections.abc import Mapping
import json
from typing import Any

MOST_SHAPES = 20
MOST_OUTLINES = 100
_WORDS = ("status", "direction")
_DEEPEST = 6
_MOST_MEMBERS = 40


class ShapeBook:
    """How often each shape of an event came, for the first so many shapes."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}
        # The shapes of outlines: of most events a glance shows that their shape came before.
        self._known: dict[int, str] = {}

    def add(self, topic: str, data: Any) -> None:
        """Count an event of this topic by its shape."""
        outline = _make_outline(topic, data)
        key = self._known.get(outline)
        if key is None:
            words = {name: data.get(name) for name in _WORDS} if isinstance(data, dict) else {}
            key = json.dumps({"topic": topic, **_plain(words), "shape": shape(data)}, sort_keys=True)
        if key in self._counts or len(self._counts) < MOST_SHAPES:
            self._counts[key] = self._counts.get(key, 0) + 1
        if key in self._counts and len(self._known) < MOST_OUTLINES:
            self._known[outline] = key

    def list_topics(self, least: int) -> list[str]:
        """Return the topics of the events that came at least so often, in order."""
        return sorted({entry["topic"] for entry in self.report() if entry["count"] >= least})

    def report(self) -> list[dict[str, Any]]:
        """Return each shape with its `topic` and `count`; the names of members are in it, values are not."""
        return [{**json.loads(key), "count": count} for key, count in self._counts.items()]


def _make_outline(topic: str, data: Any) -> int:
    """Return a number that tells events apart at a glance: by their words, members and which are empty."""
    if not isinstance(data, dict):
        return hash((topic, type(data)))
    words, values = [str(data.get(name)) for name in _WORDS], data.values()
    return hash((topic, *words, *data, *map(type, values), *map(bool, values)))


def _plain(words: Mapping[str, Any]) -> dict[str, str]:
    """Return those words that belong to the protocol: they are short and hold no digits."""
    return {
        name: word
        for name, word in words.items()
        if isinstance(word, str) and word.isalpha() and len(word) < 20
    }


def shape(value: Any, depth: int = 0) -> Any:
    """Return a value with the name of its type in place of each text and number."""
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
    """Return the name of a member, unless it may itself be a number or a word of a person."""
    return key if key.isidentifier() and len(key) <= 40 else "..."
