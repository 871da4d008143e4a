"""How to reach an innovaphone PBX and log in to it."""

from collections.abc import Mapping
from dataclasses import field

from ..lazy_dataclass import dataclass
from ..settings import ConnectionSettings, flag, seconds

DEFAULT_PREFIX = "PBX0"
SETTINGS = (flag("group_members"), flag("all_calls"), seconds("switch_interval", 30, low=10))


@dataclass(frozen=True, slots=True, kw_only=True)
class InnovaphoneSettings(ConnectionSettings):
    """What a person entered: the name of an App object, or else of a user, and its password.

    `memory` is what an earlier session found out, as its property of that name gives it.
    """

    password: str
    app: str | None = None
    username: str | None = None
    prefix: str = DEFAULT_PREFIX
    group_members: bool = False
    all_calls: bool = False
    switch_interval: float = 30
    memory: Mapping[str, str] = field(default_factory=dict)

    @property
    def personal(self) -> bool:
        """Return whether the login is a user's."""
        return self.app is None

    @property
    def name(self) -> str:
        """Return the name of the object that logs in."""
        return self.app or self.username or ""

    def get_api_url(self, prefix: str) -> str:
        """Return the address of the websocket of the module that has this name in paths."""
        return f"{self.websocket_url}/{prefix.strip('/')}/APPS/websocket"
