"""Model what an Axeos PBX knows."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from .rights import FULL_RIGHTS, Rights

type PhoneLinkType = Literal["phone", "hot-desk", "number", "trunk number"]
type SwitchValue = bool | str | None


@dataclass(slots=True)
class PhoneLink:
    """Assign a phone to a user, in one of the four ways."""

    type: PhoneLinkType
    phone: str | None = None
    number: str | None = None
    trunk: str | None = None
    personal: bool = False


@dataclass(slots=True, eq=False)
class User:
    """Describe a user; the extension is not part of the API."""

    uuid: str
    username: str
    full_name: str | None
    extension: str
    phones: list[PhoneLink] = field(default_factory=list)
    hot_desk: str | None = None
    call_forward: str | None = None
    cw: bool = True
    dnd: bool = False
    application_data: dict[str, dict[str, Any]] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Phone:
    """Describe a phone; condition overrides what its calls make of the status code."""

    uuid: str
    username: str
    name: str | None = None
    type: str = "SIP"
    hot_desk: bool = False
    hot_desk_user: str | None = None
    extension: str | None = None
    condition: int = 0
    status_code: int = 0


@dataclass(slots=True, eq=False)
class Mailbox:
    """Describe a voice mailbox."""

    uuid: str
    number: str
    owner: str | None = None
    password: str = "0000"
    new: int = 0
    old: int = 0
    urgent: int = 0


@dataclass(slots=True, eq=False)
class Switch:
    """Describe a switch; a text switch takes any string, others only true and false."""

    uuid: str
    name: str
    default: bool = False
    value: SwitchValue = False
    text: bool = False
    can_toggle: bool = True


@dataclass(slots=True, eq=False)
class Agent:
    """Describe a queue agent."""

    user: str
    logged_in: bool = True
    paused: bool = False
    penalty: int = 0
    calls_taken: int = 0
    calls_taken_at_reset: int = 0
    last_call: datetime | None = None


@dataclass(slots=True, eq=False)
class WaitingCall:
    """Describe a caller in a queue, waiting since a moment of the simulator's clock."""

    number: str
    name: str
    since: float


@dataclass(slots=True, eq=False)
class Queue:
    """Describe an ACD queue."""

    uuid: str
    name: str
    extension: str = ""
    agents: list[Agent] = field(default_factory=list)
    calls: list[WaitingCall] = field(default_factory=list)
    hold_time: int = 0
    talk_time: int = 0
    answered: int = 0
    aborted: int = 0
    answered_at_reset: int = 0
    aborted_at_reset: int = 0
    service_level: float = 100.0
    service_level_interval: int = 60
    last_reset: datetime | None = None

    @property
    def members(self) -> set[str]:
        """Return the uuids of the users who take calls from this queue now."""
        return {agent.user for agent in self.agents if agent.logged_in and not agent.paused}


@dataclass(slots=True)
class Trunk:
    """Describe a trunk."""

    uuid: str
    name: str


@dataclass(slots=True)
class Login:
    """Describe a PBX user's credentials."""

    username: str
    password: str
    rights: Rights


@dataclass(slots=True)
class OAuthClient:
    """Describe an application that may ask for tokens by itself."""

    client_id: str
    secret: str
    rights: Rights = FULL_RIGHTS


@dataclass(slots=True)
class SystemInformation:
    """Describe the PBX itself."""

    uuid: str
    version: str = "4.2.3"
    language: str = "nl"
    time_zone: str = "Europe/Amsterdam"
    hostname: str = "pbx.example.org"
    external_ipaddr: str = "192.0.2.10"
    number: str = "+31201234500"


class World:
    """Hold everything a PBX knows and find it by its uuid or by any of its names."""

    def __init__(self, system: SystemInformation) -> None:
        self.system = system
        self.users: dict[str, User] = {}
        self.phones: dict[str, Phone] = {}
        self.mailboxes: dict[str, Mailbox] = {}
        self.switches: dict[str, Switch] = {}
        self.queues: dict[str, Queue] = {}
        self.trunks: dict[str, Trunk] = {}
        self.api_keys: list[str] = []
        self.logins: dict[str, Login] = {}
        self.oauth_clients: dict[str, OAuthClient] = {}

    def user(self, key: User | str) -> User:
        """Return a user by uuid, username, extension or full name."""
        return _find(self.users, key, "username", "extension", "full_name")

    def phone(self, key: Phone | str) -> Phone:
        """Return a phone by uuid, SIP username, name or extension."""
        return _find(self.phones, key, "username", "name", "extension")

    def mailbox(self, key: Mailbox | str) -> Mailbox:
        """Return a mailbox by uuid or number."""
        return _find(self.mailboxes, key, "number")

    def switch(self, key: Switch | str) -> Switch:
        """Return a switch by uuid or name."""
        return _find(self.switches, key, "name")

    def queue(self, key: Queue | str) -> Queue:
        """Return a queue by uuid, name or extension."""
        return _find(self.queues, key, "name", "extension")

    def users_at(self, extension: str) -> list[User]:
        """Return the users that an extension number rings."""
        return [user for user in self.users.values() if user.extension == extension]

    def phones_at(self, extension: str) -> list[Phone]:
        """Return the phones that an extension number rings without a user."""
        return [phone for phone in self.phones.values() if phone.extension == extension]

    def phones_of(self, user: User) -> list[Phone]:
        """Return the telephones on which a user can be reached now."""
        uuids = [link.phone for link in user.phones if link.type == "phone" and link.phone]
        return [self.phones[uuid] for uuid in [*uuids, user.hot_desk] if uuid in self.phones]

    def add[T: (User, Phone, Mailbox, Switch, Queue, Trunk)](self, item: T) -> T:
        """Put an object among its kind without telling anybody."""
        shelves: dict[type, dict[str, Any]] = {
            User: self.users,
            Phone: self.phones,
            Mailbox: self.mailboxes,
            Switch: self.switches,
            Queue: self.queues,
            Trunk: self.trunks,
        }
        shelves[type(item)][item.uuid] = item
        return item


def _find[T](items: dict[str, T], key: T | str, *attributes: str) -> T:
    """Return an item by itself, its uuid or one of its attributes."""
    if not isinstance(key, str):
        return key
    if key in items:
        return items[key]
    for attribute in attributes:
        for item in items.values():
            if getattr(item, attribute) == key:
                return item
    raise KeyError(key)
