"""Find what in a recording is meant by what a client asks now: by meaning, for ids and secrets differ."""

from collections.abc import Iterator, Mapping
from typing import Any

# What a message is about stands in these.
_WORDS = ("mt", "api", "method", "Action", "type", "topic")
# These differ each time.
_VOLATILE = frozenset(
    {"id", "src", "ActionID", "jsonrpc", "t", "b64", "sid", "minDate", "maxDate", "Key", "Secret"}
)
_REDACTED = "redacted"
_LARGE = 10**9


def describe_subject(value: Any, depth: int = 0) -> tuple[str, ...]:
    """Return the words that say what a message is about; messages without the same ones never match."""
    if depth > 4 or not isinstance(value, Mapping | list):
        return ()
    if isinstance(value, list):
        return tuple(word for inner in value[:3] for word in _describe_item(inner, depth))
    words = [f"{name}={value[name]}" for name in _WORDS if isinstance(value.get(name), str)]
    words = [word for word in words if not word.endswith(f"={_REDACTED}")]
    for name, inner in value.items():
        if name != "auth":
            words += describe_subject(inner, depth + 1)
    return tuple(words)


def _describe_item(item: Any, depth: int) -> tuple[str, ...]:
    return (item,) if isinstance(item, str) else describe_subject(item, depth + 1)


def count_likeness(recorded: Any, asked: Any) -> int:
    """Return how much two messages have in common; what differs each time or is secret counts as alike."""
    if isinstance(recorded, Mapping) and isinstance(asked, Mapping):
        names = recorded.keys() | asked.keys()
        return sum(_compare_members(name, recorded, asked) for name in names)
    if isinstance(recorded, list) and isinstance(asked, list):
        pairs = zip(recorded, asked, strict=False)
        return sum(count_likeness(*pair) for pair in pairs) - abs(len(recorded) - len(asked))
    return 1 if _is_alike(recorded, asked) else -1


def _compare_members(name: str, recorded: Mapping[str, Any], asked: Mapping[str, Any]) -> int:
    if name in _VOLATILE:
        return 0
    if name in recorded and name in asked:
        return count_likeness(recorded[name], asked[name])
    return -1


def _is_alike(recorded: Any, asked: Any) -> bool:
    if recorded in (asked, _REDACTED) or str(recorded) == str(asked):
        return True
    numbers = isinstance(recorded, int | float) and isinstance(asked, int | float)
    return numbers and recorded > _LARGE and asked > _LARGE


def iter_ids(value: Any) -> Iterator[str]:
    """Yield the ids by which a message and its answers belong together."""
    if isinstance(value, Mapping):
        for name in ("src", "ActionID"):
            if isinstance(value.get(name), str):
                yield value[name]
        if "jsonrpc" in value and value.get("id") is not None:
            yield str(value["id"])
        for inner in value.values():
            yield from iter_ids(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from iter_ids(inner)


def replace_ids(value: Any, ids: Mapping[str, str]) -> Any:
    """Return a message with the ids by which a client asks now in place of the recorded ones."""
    if isinstance(value, list):
        return [replace_ids(inner, ids) for inner in value]
    if not isinstance(value, Mapping):
        return value
    told = {name: replace_ids(inner, ids) for name, inner in value.items()}
    for name in ("src", "ActionID"):
        if isinstance(told.get(name), str):
            told[name] = ids.get(told[name], told[name])
    if "jsonrpc" in told and str(told.get("id")) in ids:
        new = ids[str(told["id"])]
        told["id"] = int(new) if new.isdigit() else new
    return told
