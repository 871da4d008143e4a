"""How to reach an Axeos PBX and log in to it."""

from base64 import b64encode
from collections.abc import Sequence

from ..lazy_dataclass import dataclass
from ..settings import ConnectionSettings, Setting, SettingKind, seconds

SETTINGS = (
    seconds("settings_interval", 60, low=10),
    seconds("queue_interval", 15),
    Setting(name="mailboxes", kind=SettingKind.TEXTS),
)


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
    # The UUIDs of mailboxes of other people, each with its password after a blank.
    mailboxes: Sequence[str] = ()

    @property
    def authorization(self) -> str:
        """Return the header that logs in; the key never goes into an address, where logs would keep it."""
        if self.api_key:
            return encode_login("apiKey", self.api_key)
        return encode_login(self.username, self.password)

    @property
    def mailbox_passwords(self) -> dict[str, str | None]:
        """Return the passwords of mailboxes of other people by the UUIDs, None for none."""
        words = (entry.split(maxsplit=1) for entry in self.mailboxes if entry.strip())
        return {uuid: password[0].strip() if password else None for uuid, *password in words}

    @property
    def is_personal(self) -> bool:
        """Return whether the login is a user's, with or without the admin role."""
        return self.api_key is None
