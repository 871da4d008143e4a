"""How a PBX is reached, and what else the sessions of one system let people set."""

from collections.abc import Mapping
from dataclasses import fields
from enum import StrEnum
from typing import Any, Self

from .lazy_dataclass import dataclass


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


def flag(name: str, *, default: bool = False) -> Setting:
    """Describe something that is wanted or not."""
    return Setting(name=name, kind=SettingKind.FLAG, default=default)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionSettings:
    """Where a PBX is; the settings of a system add how to log in there. Times are seconds."""

    host: str
    port: int
    tls: bool

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """Pick the fields that belong here out of a larger mapping; what is None counts as left open."""
        names = [field.name for field in fields(cls)]
        return cls(**{name: data[name] for name in names if data.get(name) is not None})

    @property
    def authority(self) -> str:
        """Return host and port as they stand in an address."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def url(self) -> str:
        """Return the address of the PBX, `http:` or `https:`, without a path."""
        return f"{'https' if self.tls else 'http'}://{self.authority}"

    @property
    def websocket_url(self) -> str:
        """Return the address of the PBX, `ws:` or `wss:`, without a path."""
        return f"{'wss' if self.tls else 'ws'}://{self.authority}"
