"""What a make of telephone system lets people set, apart from how it is reached."""

from dataclasses import dataclass
from enum import StrEnum


class SettingKind(StrEnum):
    """What sort of value a setting takes."""

    FLAG = "flag"
    SECONDS = "seconds"
    NUMBER = "number"
    TEXTS = "texts"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One setting of a session, by the name under which the session takes it.

    Without a `default` it may be left open.
    """

    name: str
    kind: SettingKind
    default: bool | float | None = None
    low: int = 5
    high: int = 3600
    choices: tuple[str, ...] = ()


def seconds(name: str, default: float, low: int = 5, high: int = 3600) -> Setting:
    """Describe a time, such as the one after which something is read again."""
    return Setting(name=name, kind=SettingKind.SECONDS, default=default, low=low, high=high)


def flag(name: str) -> Setting:
    """Describe something that is off unless somebody wants it."""
    return Setting(name=name, kind=SettingKind.FLAG, default=False)
