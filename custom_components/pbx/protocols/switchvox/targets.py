"""The spellings that the account object of a subscription may have; the vendor's page does not tell."""

from collections.abc import Callable
from typing import Any

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


def target(spelling: str, account: str, extension: str | None) -> dict[str, Any] | None:
    """Return the target for an account, or None where this spelling needs an extension that is not known."""
    if spelling in _NEED_EXTENSION and extension is None:
        return None
    return {"account": SPELLINGS[spelling](account, extension)}


def spellings_from(first: str | None) -> list[str]:
    """Return all spellings, the one that worked before in front."""
    return sorted(SPELLINGS, key=lambda name: name != first)
