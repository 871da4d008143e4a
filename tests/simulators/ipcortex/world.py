"""Hold everything that a simulated PABX knows."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class User:
    """A login; perms as the PABX names them."""

    id: int
    login: str
    password: str
    name: str
    company: str = "default"
    perms: dict[str, str] = field(default_factory=dict)
    companies: list[str] | None = None
    key: str | None = None
    extension: str | None = None
    phone_id: str | None = None
    vacation: str = ""
    vacation_mode: str = "off"
    can_hotdesk: bool = False

    @property
    def admin(self) -> bool:
        """Return whether this user may administer."""
        return "admin" in self.perms


@dataclass(slots=True)
class Call:
    """One call as one device sees it."""

    uid: int
    id: str
    device: str
    party: str
    number: str
    name: str
    state: str
    stamp: int
    start: int | None = None
    queue: str | None = None
    inq: int | None = None
    extension: str = ""
    near_state: str | None = None
    heard: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Device:
    """One line of a telephone."""

    name: str
    label: str
    extension: str
    owner: int | None = None
    mac: str | None = None
    phone: str | None = None
    mailbox: str | None = None
    state: str = "up"
    queues: dict[str, str] = field(default_factory=dict)
    opt_out: list[str] = field(default_factory=list)
    features: list[str] = field(default_factory=lambda: ["hold", "talk", "answer"])
    calls: list[Call] = field(default_factory=list)

    @property
    def blf(self) -> int:
        """Return the lamp: 1 for a call, 2 for ringing, 3 for both."""
        ringing = any(call.state == "ring" and call.party == "callee" for call in self.calls)
        busy = any(call.state in {"up", "hold", "dial"} for call in self.calls)
        return int(busy) + 2 * int(ringing)


@dataclass(slots=True)
class Queue:
    """A queue and who waits in it."""

    name: str
    extension: str
    members: list[str] = field(default_factory=list)
    waiting: list[Call] = field(default_factory=list)


@dataclass(slots=True)
class Mailbox:
    """A mailbox and its counters."""

    name: str
    label: str
    read: int = 0
    unread: int = 0


@dataclass(slots=True)
class Contact:
    """A person, as chat sees them."""

    cid: int
    name: str
    uname: str
    company: str = "default"
    show: str = ""
    tags: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Address:
    """An entry of the address book."""

    key: str
    name: str
    number: str
    group: str = "company"
    tags: list[str] = field(default_factory=list)


@dataclass(slots=True)
class World:
    """Everything there is."""

    users: dict[str, User] = field(default_factory=dict)
    devices: dict[str, Device] = field(default_factory=dict)
    queues: dict[str, Queue] = field(default_factory=dict)
    mailboxes: dict[str, Mailbox] = field(default_factory=dict)
    contacts: dict[int, Contact] = field(default_factory=dict)
    addresses: dict[str, Address] = field(default_factory=dict)
    night_modes: dict[str, list[str]] = field(default_factory=dict)
    night_names: dict[str, list[str | None]] = field(default_factory=dict)
    calendar: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    records: list[dict[str, Any]] = field(default_factory=list)
    links: dict[str, dict[str, str]] = field(default_factory=dict)
    extensions: dict[str, str] = field(default_factory=dict)

    def device(self, extension: str) -> Device | None:
        """Return the device that has an extension."""
        return next((item for item in self.devices.values() if item.extension == extension), None)
