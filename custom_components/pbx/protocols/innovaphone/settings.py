"""How to reach an innovaphone PBX and log in to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from ..settings import flag, seconds

DEFAULT_PREFIX = "PBX0"
SETTINGS = (flag("group_members"), flag("all_calls"), seconds("switch_interval", 30, low=10))


@dataclass(frozen=True, slots=True, kw_only=True)
class InnovaphoneSettings:
    """What a person entered: the name of an App object, or else of a user, and its password."""

    host: str
    port: int
    tls: bool
    password: str
    app: str | None = None
    username: str | None = None
    prefix: str = DEFAULT_PREFIX
    group_members: bool = False
    all_calls: bool = False
    switch_interval: float = 30

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """Pick the fields that belong here out of a larger mapping."""
        return cls(**{name: data[name] for name in cls.__slots__ if data.get(name) is not None})

    @property
    def personal(self) -> bool:
        """Tell whether the login is a user's."""
        return self.app is None

    @property
    def name(self) -> str:
        """Return the name of the object that logs in."""
        return self.app or self.username or ""

    @property
    def address(self) -> str:
        """Return host and port as they stand in an address."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def web_url(self) -> str:
        """Return the address of the administration pages."""
        return f"{'https' if self.tls else 'http'}://{self.address}"

    def url(self, prefix: str) -> str:
        """Return the address of the websocket."""
        return f"{'wss' if self.tls else 'ws'}://{self.address}/{prefix.strip('/')}/APPS/websocket"
