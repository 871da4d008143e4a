"""How to reach an Axeos PBX and log in to it."""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from ..settings import seconds

SETTINGS = (seconds("settings_interval", 60, low=10), seconds("queue_interval", 15))


def basic(username: str | None, password: str | None) -> str:
    """Return the header of a basic login; the PBX takes it in UTF-8."""
    return f"Basic {b64encode(f'{username}:{password}'.encode()).decode()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AxeosSettings:
    """What a person entered; times are seconds."""

    host: str
    port: int
    tls: bool
    api_key: str | None = None
    username: str | None = None
    password: str | None = None
    client_id: str | None = None
    client_secret: str | None = None
    settings_interval: float = 60
    queue_interval: float = 15

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """Pick the fields that belong here out of a larger mapping."""
        return cls(**{name: data[name] for name in cls.__slots__ if data.get(name) is not None})

    @property
    def url(self) -> str:
        """Return the address of the PBX."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self.tls else 'http'}://{host}:{self.port}"

    @property
    def authorization(self) -> str:
        """Return the header that logs in; the key never goes into an address, where logs would keep it."""
        return basic("apiKey", self.api_key) if self.api_key else basic(self.username, self.password)

    @property
    def personal(self) -> bool:
        """Tell whether the login is a user's, with or without the admin role."""
        return self.api_key is None
