"""How to reach the manager interface of an Asterisk and log in to it."""

from collections.abc import Sequence

from ..lazy_dataclass import dataclass
from ..settings import ConnectionSettings, Setting, SettingKind, seconds

# The way of a phone of no known make to answer by itself, and the makes that have a way of their own.
STANDARD = "standard"
MAKES = (STANDARD, "yealink", "snom", "grandstream", "polycom", "cisco", "aastra", "panasonic")
SETTINGS = (
    Setting(name="custom_switches", kind=SettingKind.TEXTS),
    seconds("settings_interval", 30),
    seconds("queue_interval", 60, low=10),
    seconds("question_timeout", 8, low=1, high=120),
    Setting(name="auto_answer_make", kind=SettingKind.CHOICE, choices=MAKES),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AsteriskSettings(ConnectionSettings):
    """What a person entered: a manager user and its secret.

    `context` is where users may dial from, unless that of their phone is wanted. `custom_switches` name
    device states such as `Custom:night` that are shown as routing switches. Intervals are for what the PBX
    tells by no event; a question of its dial plan is answered within `question_timeout` or not at all. Phones
    that name no make of `MAKES` are taken for those of `auto_answer_make`.
    """

    username: str
    password: str
    context: str | None = None
    custom_switches: Sequence[str] = ()
    settings_interval: float = 30
    queue_interval: float = 60
    question_timeout: float = 8
    auto_answer_make: str = STANDARD
