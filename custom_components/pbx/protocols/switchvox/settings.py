"""How to reach a Switchvox and log in to it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self, override

from ..settings import ConnectionSettings, Setting, SettingKind, seconds

type Speller = Callable[[str, str | None], Any]


def _whole(account: str) -> int | str:
    return int(account) if account.isdigit() else account


SPELLINGS: dict[str, Speller] = {
    "accountId": lambda account, extension: {"accountId": _whole(account)},
    "accountId text": lambda account, extension: {"accountId": account},
    "accountId and extension": lambda account, extension: {
        "accountId": _whole(account),
        "extension": extension,
    },
    "extension": lambda account, extension: {"extension": extension},
    "bare": lambda account, extension: _whole(account),
    "id": lambda account, extension: {"id": _whole(account)},
}
_NEED_EXTENSION = frozenset({"accountId and extension", "extension"})


def spell_target(spelling: str, account: str, extension: str | None) -> dict[str, Any] | None:
    """Return the target for an account, or None where this spelling needs an extension that is not known."""
    if spelling in _NEED_EXTENSION and extension is None:
        return None
    return {"account": SPELLINGS[spelling](account, extension)}


def order_spellings(first: str | None) -> list[str]:
    """Return all spellings, the one that worked before in front."""
    return sorted(SPELLINGS, key=lambda name: name != first)


REALTIME_PATH = "/rtapi/socket.io"
SETTINGS = (
    Setting(name="watch", kind=SettingKind.CHOICE, choices=("own", "all")),
    Setting(name="extensions", kind=SettingKind.TEXTS),
    seconds("mailbox_interval", 60, low=10),
    seconds("queue_interval", 15),
    seconds("presence_interval", 60, low=10),
    Setting(name="targets", kind=SettingKind.CHOICE, choices=tuple(SPELLINGS)),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchvoxSettings(ConnectionSettings):
    """What a person entered; times are seconds.

    `watch` is "own" or "all"; with `extensions` only these numbers are watched beside the own one.
    `targets` forces a spelling of subscriptions. `memory` is what an earlier session
    found out, as its property of that name gives it. `settings_interval` counts where there is no
    `mailbox_interval` or `presence_interval`.
    """

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
    @override
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        interval = data.get("settings_interval", 60)
        known = {"mailbox_interval": interval, "presence_interval": interval}
        known |= {name: value for name, value in data.items() if value != ""}
        known["extensions"] = _numbers(known.get("extensions") or ())
        known["targets"] = known.get("targets") if known.get("targets") in SPELLINGS else None
        return super().from_data(known)


def _numbers(value: str | Iterable[str]) -> tuple[str, ...]:
    """Return the numbers in a list, or in text with commas or spaces between them."""
    words = value.replace(",", " ").split() if isinstance(value, str) else value
    return tuple(word.strip() for word in words if word.strip())
