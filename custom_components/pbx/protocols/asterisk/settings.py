"""How to reach the manager interface of an Asterisk and log in to it."""

from collections.abc import Sequence
from dataclasses import dataclass

from ..settings import ConnectionSettings, Setting, SettingKind, seconds

SETTINGS = (
    Setting(name="custom_switches", kind=SettingKind.TEXTS),
    seconds("settings_interval", 30),
    seconds("queue_interval", 60, low=10),
    seconds("question_timeout", 8, low=1, high=120),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AsteriskSettings(ConnectionSettings):
    """What a person entered: a manager user and its secret.

    `context` is where users may dial from, unless that of their phone is wanted. `custom_switches` name
    device states such as `Custom:night` that are shown as routing switches. Intervals are for what the PBX
    tells by no event; a question of its dial plan is answered within `question_timeout` or not at all.
    """

    username: str
    password: str
    context: str | None = None
    custom_switches: Sequence[str] = ()
    settings_interval: float = 30
    queue_interval: float = 60
    question_timeout: float = 8
