"""Model what a Switchvox knows."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(slots=True)
class Device:
    """Describe an additional phone of an account."""

    id: int
    label: str
    phone_model: str = "D80"
    number: str = ""


@dataclass(slots=True)
class Message:
    """Describe a voicemail message in the inbox."""

    id: str
    caller: str
    date: datetime
    read: bool = False


@dataclass(slots=True, eq=False)
class Account:
    """Describe an account: a person with an extension, a queue, or any other extension."""

    account_id: int
    number: str
    first_name: str
    last_name: str = ""
    type: str = "sip"
    password: str = "secret"
    devices: list[Device] = field(default_factory=list)
    presence: str = "available"
    sub_presence: str = ""
    messages: list[Message] = field(default_factory=list)
    may_watch: set[int] | None = None
    lacks: set[str] = field(default_factory=set)

    @property
    def display(self) -> str:
        """Return the name as the PBX shows it."""
        return f"{self.first_name} {self.last_name}".strip()


@dataclass(slots=True)
class BookNumber:
    """Describe a number in a phone book: internal or external, with the picture that says what it is."""

    number: str
    type: str = "external"
    icon: str = ""


@dataclass(slots=True)
class Entry:
    """Describe an entry of a phone book, which has one number at least."""

    id: int
    name: str
    numbers: list[BookNumber]


@dataclass(slots=True)
class Phonebook:
    """Describe a phone book."""

    id: int
    name: str
    entries: list[Entry]


@dataclass(slots=True)
class Member:
    """Describe a member of a queue."""

    account: Account
    logged_in: bool = True
    paused: bool = False
    login_type: str = "login"
    completed_calls: int = 0
    talking_to: str = ""


@dataclass(slots=True)
class Waiter:
    """Describe a caller who waits in a queue."""

    number: str
    name: str
    since: datetime


@dataclass(slots=True, eq=False)
class Queue:
    """Describe a call queue."""

    account: Account
    members: list[Member] = field(default_factory=list)
    waiters: list[Waiter] = field(default_factory=list)
    strategy: str = "ring_all"
    completed: int = 0
    abandoned: int = 0


@dataclass(slots=True)
class World:
    """Hold everything."""

    accounts: list[Account]
    queues: list[Queue] = field(default_factory=list)
    admin: tuple[str, str] = ("admin", "admin-secret")
    version: str = "8.2.2.1"
    server_uuid: str = "6f1d2a3c-1b7e-4c57-9a52-b8f0a1b2c3d4"
    presence_options: list[dict[str, Any]] = field(default_factory=list)
    phonebooks: list[Phonebook] = field(default_factory=list)

    def by_number(self, number: str) -> Account | None:
        """Return the account of an extension."""
        return next((account for account in self.accounts if account.number == number), None)

    def by_id(self, account_id: object) -> Account | None:
        """Return the account of an id, whatever type that has."""
        return next(
            (account for account in self.accounts if str(account.account_id) == str(account_id)), None
        )

    def account(self, number: str) -> Account:
        """Return an account that is known to be there."""
        found = self.by_number(number)
        if found is None:
            raise KeyError(number)
        return found

    def queue(self, number: str) -> Queue:
        """Return a queue that is known to be there."""
        return next(queue for queue in self.queues if queue.account.number == number)
