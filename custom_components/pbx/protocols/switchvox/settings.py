"""How to reach a Switchvox and log in to it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

REALTIME_PATH = "/rtapi/socket.io"


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchvoxSettings:
    """What a person entered; times are seconds.

    `watch` is "own" or "all"; with `extensions` only these numbers are watched beside the own one.
    `targets` forces a spelling of subscriptions. `memory` is what an earlier session
    found out, as its property of that name gives it.
    """

    host: str
    port: int
    tls: bool
    extension: str
    password: str
    admin_username: str | None = None
    admin_password: str | None = None
    watch: str = "own"
    extensions: tuple[str, ...] = ()
    targets: str | None = None
    memory: Mapping[str, str] = field(default_factory=dict)
    mailbox_interval: float = 60
    queue_interval: float = 15
    presence_interval: float = 60

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """Pick the fields that belong here out of a larger mapping."""
        known = {name: data[name] for name in cls.__slots__ if data.get(name) not in (None, "")}
        return cls(**known | {"extensions": tuple(known.get("extensions", ()))})

    @property
    def url(self) -> str:
        """Return the address of the PBX."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self.tls else 'http'}://{host}:{self.port}"
