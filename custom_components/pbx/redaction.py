"""Take out of a report what is nobody else's business."""

from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
import re
from typing import Any

from homeassistant.components.diagnostics import REDACTED

# What gives a person or an address away, whatever it belongs to.
_PATTERN = re.compile(
    r"[\w.+-]+@[\w-]+\.[\w.-]+"
    r"|\b(?:\d{1,3}\.){3}\d{1,3}\b"
    r"|\b(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}\b"
    r"|\+?\b\d{5,}\b",
    re.IGNORECASE,
)
# Words of the model that say nothing about anybody.
_HARMLESS = frozenset({"type", "raw_status", "reason", "manufacturer", "version", "time_zone", "status"})
SHORTEST = 2


class Redactor:
    """Know the words of one PBX that are not to be told, and take them out of anything."""

    def __init__(self, words: Iterable[str]) -> None:
        known = sorted({word for word in words if len(word) >= SHORTEST}, key=len, reverse=True)
        spelled = "|".join(map(re.escape, known))
        self._words = re.compile(rf"(?<!\w)(?:{spelled})(?!\w)", re.IGNORECASE) if known else None

    def redact(self, value: Any) -> Any:
        """Return a value without them, in keys and within texts as well."""
        if isinstance(value, Mapping):
            return self._redact_mapping(value)
        if isinstance(value, list | tuple | set | frozenset):
            return [self.redact(item) for item in value]
        return self._text(value) if isinstance(value, str) else value

    def _redact_mapping(self, value: Mapping[Any, Any]) -> dict[str, Any]:
        """Return a mapping with redacted keys; those that become the same are numbered."""
        redacted: dict[str, Any] = {}
        for key, item in value.items():
            name = self._text(str(key))
            if name in redacted:
                name = f"{name} {len(redacted)}"
            redacted[name] = self.redact(item)
        return redacted

    def _text(self, text: str) -> str:
        text = _PATTERN.sub(REDACTED, text)
        return self._words.sub(REDACTED, text) if self._words is not None else text


def personal_words(value: Any) -> Iterable[str]:
    """Yield all texts in objects of the model that may tell of somebody."""
    if isinstance(value, str) and not isinstance(value, Enum):
        yield value
    elif is_dataclass(value):
        names = [field.name for field in fields(value) if field.name not in _HARMLESS]
        yield from personal_words([getattr(value, name) for name in names])
    elif isinstance(value, Mapping):
        yield from personal_words(list(value.values()))
    elif isinstance(value, list | tuple):
        for item in value:
            yield from personal_words(item)
