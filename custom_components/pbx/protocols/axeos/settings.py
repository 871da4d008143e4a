"""How to reach an Axeos PBX and log in to it."""

from base64 import b64encode
from dataclasses import dataclass

from ..settings import ConnectionSettings, seconds

SETTINGS = (seconds("settings_interval", 60, low=10), seconds("queue_interval", 15))


def encode_login(username: str | None, password: str | None) -> str:
    """Return the Authorization header of a basic login; the PBX takes it in UTF-8."""
    return f"Basic {b64encode(f'{username}:{password}'.encode()).decode()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AxeosSettings(ConnectionSettings):
    """What was entered; an API key goes before a user's login. Times are seconds."""

    api_key: str | None = None
    username: str | None = None
    password: str | None = None
    client_id: str | None = None
    client_secret: str | None = None
    settings_interval: float = 60
    queue_interval: float = 15

    @property
    def authorization(self) -> str:
        """Return the header that logs in; the key never goes into an address, where logs would keep it."""
        if self.api_key:
            return encode_login("apiKey", self.api_key)
        return encode_login(self.username, self.password)

    @property
    def is_personal(self) -> bool:
        """Return whether the login is a user's, with or without the admin role."""
        return self.api_key is None
