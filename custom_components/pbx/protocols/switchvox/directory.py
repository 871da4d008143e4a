"""Who is there: accounts with their numbers and names."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..enums import UserPhoneType
from ..json_fields import get_text
from ..model import Phone, User, UserPhone

PEOPLE = frozenset({"sip", "zap", "virtual"})
QUEUE = "call_queue"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An extension; `id` is None where only its number is known."""

    id: str | None
    number: str
    name: str
    kind: str = "sip"
    server: str | None = None

    @property
    def key(self) -> str:
        """Return what names this account for good."""
        return self.id or f"ext-{self.number}"

    @property
    def own(self) -> frozenset[str]:
        """Return number and name, which are never those of the other party."""
        return frozenset({self.number, self.name})

    def user(self, devices: Iterable[Phone], *, editable: bool) -> User:
        """Return the person, with the main phone and the additional ones."""
        phones = (self.phone().id, *(device.id for device in devices))
        places = tuple(UserPhone(type=UserPhoneType.PHONE, phone=phone, personal=True) for phone in phones)
        return User(id=self.key, name=self.name, number=self.number, phones=places, editable=editable)

    def phone(self) -> Phone:
        """Return the main phone, whose status follows the line."""
        return Phone(id=self.key, name=self.name, username=self.number, type=self.kind)


def decode_account(data: Mapping[str, Any]) -> Account | None:
    """Return an account, or None where even the number is missing."""
    number = get_text(data, "number", "extension")
    if number is None:
        return None
    names = (get_text(data, name) for name in ("first_name", "last_name"))
    whole = " ".join(name for name in names if name is not None)
    return Account(
        id=get_text(data, "account_id"),
        number=number,
        name=get_text(data, "display", "call_queue_name", "fullname") or whole or number,
        kind=get_text(data, "type") or "sip",
        server=get_text(data, "server_uuid"),
    )


def device_key(account: str, device: str) -> str:
    """Return what names an additional phone for good."""
    return f"{account}-{device}"


def decode_device(account: Account, data: Mapping[str, Any]) -> Phone | None:
    """Return an additional phone, or None where even the id is missing."""
    device = get_text(data, "id")
    if device is None:
        return None
    model = get_text(data, "phone_model")
    label = get_text(data, "label") or model or device
    return Phone(id=device_key(account.key, device), name=f"{account.name} {label}", type=model)


class Directory:
    """All accounts that are known and which are watched; `complete` unless some could not be read."""

    def __init__(self, own: Account) -> None:
        self.own = own
        self.complete = True
        self.watched: dict[str, Account] = {own.key: own}
        self.devices: dict[str, Phone] = {}
        self._accounts: dict[str, Account] = {}
        self._by_number: dict[str, Account] = {}
        self.add(own)

    def add(self, account: Account) -> None:
        """Learn of an account."""
        self._accounts[account.key] = account
        self._by_number.setdefault(account.number, account)

    def get(self, key: str | None) -> Account | None:
        """Return the account of an id."""
        return self._accounts.get(key) if key is not None else None

    def by_number(self, number: str | None) -> Account | None:
        """Return the account of an extension."""
        return self._by_number.get(number) if number is not None else None

    def of_kind(self, *kinds: str) -> Iterator[Account]:
        """Yield the accounts of these kinds."""
        return (account for account in self._accounts.values() if account.kind in kinds)

    def watch(self, *, everybody: bool, numbers: tuple[str, ...]) -> None:
        """Choose whom to watch: oneself, and these numbers or everybody."""
        chosen = [account for account in self.of_kind(*PEOPLE) if _wanted(account, everybody, numbers)]
        self.watched = {account.key: account for account in (self.own, *chosen)}


def _wanted(account: Account, everybody: bool, numbers: tuple[str, ...]) -> bool:  # noqa: FBT001
    return account.number in numbers if numbers else everybody
