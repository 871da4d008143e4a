"""What a check has to say."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import voluptuous as vol
from voluptuous.humanize import humanize_error


class Level(StrEnum):
    """How bad a finding is."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that hassfest, HACS or our own rules object to."""

    level: Level
    text: str


type Findings = Iterator[Finding]


def error(text: str) -> Finding:
    """Return a finding that fails the check."""
    return Finding(Level.ERROR, text)


def warning(text: str) -> Finding:
    """Return a finding that is only shown."""
    return Finding(Level.WARNING, text)


def invalid(schema: Any, data: dict[str, Any], name: str) -> Findings:
    """Yield how data violates a schema."""
    try:
        schema(data)
    except vol.Invalid as problem:
        for each in getattr(problem, "errors", [problem]):
            yield error(f"{name}: {humanize_error(data, each)}")
