"""How to reach an IPCortex PABX and log in to it."""

import re

from ..lazy_dataclass import dataclass
from ..settings import ConnectionSettings, Setting, SettingKind, flag, seconds

SETTINGS = (
    seconds("settings_interval", 900, low=60),
    seconds("switch_interval", 60, low=10),
    seconds("history_interval", 60, low=10),
    seconds("ping_time", 60, low=10, high=999),
    Setting(name="night_modes", kind=SettingKind.NUMBER, default=10, low=1, high=50),
    flag("with_mailboxes", default=True),
    flag("with_queues", default=True),
    flag("with_presence", default=True),
)

_NUMBERS = re.compile(r"\d{3,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class IpcortexSettings(ConnectionSettings):
    """What a person entered; times are seconds."""

    username: str | None = None
    password: str | None = None
    auth_key: str | None = None
    company: str | None = None
    only_own_devices: bool = False
    night_modes: int = 10
    with_mailboxes: bool = True
    with_queues: bool = True
    with_presence: bool = True
    ping_time: int = 60
    switch_interval: float = 60
    history_interval: float = 60
    settings_interval: float = 900

    @property
    def scripted(self) -> bool:
        """Return whether the login can run the script; an Auth Key opens REST only."""
        return self.username is not None and self.password is not None

    def redact(self, text: str) -> str:
        """Return a text of the script without secrets and numbers."""
        for secret in (self.password, self.auth_key, self.username):
            if secret:
                text = text.replace(secret, "**")
        return _NUMBERS.sub("**", text)
