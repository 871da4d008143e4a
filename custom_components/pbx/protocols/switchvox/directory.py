"""Who is there: accounts with their numbers and names."""

from collections.abc import Iterable, Iterator
from dataclasses import field, replace
from functools import lru_cache

from ..enums import UserPhoneType
from ..lazy_dataclass import dataclass
from ..model import Phone, User, UserPhone
from ..phone_numbers import REMEMBERED

PEOPLE = frozenset({"sip", "zap", "virtual"})
QUEUE = "call_queue"
INTERCOM = "intercom"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An extension; `id` is None where only its number is known.

    `alias` is the name of one that was first known by its number only, and keeps it.
    """

    id: str | None
    number: str
    name: str
    kind: str = "sip"
    server: str | None = None
    alias: str | None = None
    # What names this account for good, here and nowhere else.
    key: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Keep the key, which each event of the account asks for many times."""
        object.__setattr__(self, "key", self.alias or self.id or f"ext-{self.number}")

    @property
    def pbx_id(self) -> str:
        """Return what the PBX calls this account, as far as that is known."""
        return self.id or self.number

    @property
    def own_words(self) -> frozenset[str]:
        """Return number and name, which are never those of the other party."""
        return _make_own_words(self.number, self.name)

    def make_user(self, devices: Iterable[Phone], *, editable: bool) -> User:
        """Return the person, with the main phone and the additional ones."""
        phones = (self.make_phone().id, *(device.id for device in devices))
        places = tuple(UserPhone(type=UserPhoneType.PHONE, phone=phone, personal=True) for phone in phones)
        return User(
            id=self.key,
            name=self.name,
            number=self.number,
            phones=places,
            editable=editable,
            controllable=editable,
        )

    def make_phone(self) -> Phone:
        """Return the main phone, whose status follows the channels of the account."""
        return Phone(id=self.key, name=self.name, username=self.number, type=self.kind)


@lru_cache(maxsize=REMEMBERED)
def _make_own_words(*words: str) -> frozenset[str]:
    return frozenset(words)


def device_key(account: str, device: str) -> str:
    """Return what names an additional phone for good."""
    return f"{account}-{device}"


class Directory:
    """All accounts that are known and which are watched; `complete` unless some could not be read.

    What was known before and could not be read now is still in it, with the additional phones.
    """

    def __init__(self, own: Account) -> None:
        self.own = own
        self.complete = True
        self.watched: dict[str, Account] = {own.key: own}
        self.devices: dict[str, Phone] = {}
        self._accounts: dict[str, Account] = {}
        self._by_id: dict[str, Account] = {}
        self._by_number: dict[str, Account] = {}
        self.add_account(own)

    def add_account(self, account: Account) -> None:
        """Add an account."""
        if account.id is not None and account.id == self.own.id:
            account = replace(account, alias=self.own.alias)
        self._accounts[account.key] = account
        if account.id is not None:
            self._by_id[account.id] = account
        self._by_number.setdefault(account.number, account)

    def keep_accounts(self, before: Directory) -> None:
        """Add what was known before, except for what has another meaning now."""
        for account in before._accounts.values():
            if account.key not in self._accounts and account.key != before.own.key:
                self.add_account(account)

    def get_account(self, key: str | None) -> Account | None:
        """Return the account of a key, or of an id that the PBX gives."""
        return (self._accounts.get(key) or self._by_id.get(key)) if key is not None else None

    def get_own_words(self, key: str | None) -> frozenset[str]:
        """Return what names the account of an event, which is never the other party."""
        account = self.get_account(key)
        if account is None and len(self.watched) == 1:
            account = self.own
        return account.own_words if account is not None else frozenset()

    def find_by_number(self, number: str | None) -> Account | None:
        """Return the account of an extension."""
        return self._by_number.get(number) if number is not None else None

    def iter_kinds(self, *kinds: str) -> Iterator[Account]:
        """Yield the accounts of these kinds."""
        return (account for account in self._accounts.values() if account.kind in kinds)

    def choose_watched(self, *, everybody: bool, numbers: tuple[str, ...]) -> None:
        """Watch the own account, and these numbers or everybody."""
        people = self.iter_kinds(*PEOPLE)
        chosen = [account for account in people if (account.number in numbers if numbers else everybody)]
        self.watched = {account.key: account for account in (self.own, *chosen)}
