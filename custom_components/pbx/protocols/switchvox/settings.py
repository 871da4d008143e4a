"""How to reach a Switchvox and log in to it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from typing import Any, Self, override

from ..lazy_dataclass import dataclass
from ..settings import ConnectionSettings, Setting, SettingKind, seconds


def _to_integer(account: str) -> int | str:
    return int(account) if account.isdigit() else account


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What names an account in subscriptions, as far as it is known."""

    account: str | None
    extension: str | None
    server: str | None = None


type Speller = Callable[[str, Named], Any]

# Assumed after the queue daemon of the same make, which names an account by its id and that of its server.
SPELLINGS: dict[str, Speller] = {
    "account_id": lambda account, named: {"accountId": _to_integer(account)},
    "account_id_and_server": lambda account, named: {
        "accountId": _to_integer(account),
        "serverUuid": named.server,
    },
    "account_id_text": lambda account, named: {"accountId": account},
    "account_id_and_extension": lambda account, named: {
        "accountId": _to_integer(account),
        "extension": named.extension,
    },
    "extension": lambda account, named: {"extension": named.extension},
    "bare": lambda account, named: _to_integer(account),
    "id": lambda account, named: {"id": _to_integer(account)},
}


def spell_target(spelling: str, named: Named) -> dict[str, Any] | None:
    """Return the target for an account, or None where this spelling needs what is not known of it."""
    target = SPELLINGS[spelling](named.account or "", named)
    needed = target.values() if isinstance(target, dict) else (target,)
    return {"account": target} if all(value not in (None, "") for value in needed) else None


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
        known["extensions"] = _split_numbers(known.get("extensions") or ())
        known["targets"] = known.get("targets") if known.get("targets") in SPELLINGS else None
        return super().from_data(known)


def _split_numbers(value: str | Iterable[str]) -> tuple[str, ...]:
    """Return the numbers in a list, or in text with commas or spaces between them."""
    words = value.replace(",", " ").split() if isinstance(value, str) else value
    return tuple(word.strip() for word in words if word.strip())
