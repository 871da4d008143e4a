"""The objects of a telephone system and what its commands return, in one vocabulary for all makes.

None means that the PBX does not say, unless a field names another meaning. Ids are those that the PBX itself
gives, unique within their kind. Times have a time zone. A session reports objects as here; `PbxState` adds
to the status of phones and users what follows from calls.
"""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime

from .call import Line, keep_shown
from .enums import ForwardKind, LineStatus, NumberKind, ObjectKind, Outcome, PresenceActivity, UserPhoneType
from .evolve import init_quickly
from .keys import PBX_KEY, ObjectKey
from .lazy_dataclass import dataclass

type PbxObject = PbxInfo | Phone | User | Mailbox | Switch | Queue


@dataclass(frozen=True, slots=True, kw_only=True)
class DialPlan:
    """How outside numbers are dialled at a PBX; each prefix includes the one for an outside line."""

    # Of the place of the PBX, as digits without a prefix.
    country_code: str | None = None
    area_code: str | None = None
    # Before a number of the same area, of another area, and of another country.
    external_prefix: str | None = None
    national_prefix: str | None = None
    international_prefix: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkedCall:
    """A call in a parking space; number and name are those of the parked party."""

    space: str
    number: str | None
    name: str | None
    since: datetime | None

    def __post_init__(self) -> None:
        """Keep of the caller ID what is shown, as plain text."""
        keep_shown(self, "number", "name")


@dataclass(frozen=True, slots=True, kw_only=True)
class PbxInfo:
    """The PBX itself."""

    id: str
    name: str
    # Whether `id` is made of its address, because the PBX gives none.
    provisional: bool = False
    manufacturer: str | None = None
    version: str | None = None
    # Where its administration is, for a browser.
    url: str | None = None
    # By its IANA name.
    time_zone: str | None = None
    # The language it speaks to callers, in its own words.
    language: str | None = None
    # How it is reached from outside: its address on the Internet, and its telephone number.
    external_address: str | None = None
    number: str | None = None
    parked: tuple[ParkedCall, ...] = ()
    dial_plan: DialPlan = DialPlan()

    @property
    def key(self) -> ObjectKey:
        """Return the key of every PBX, of which there is one in a session."""
        return PBX_KEY


@init_quickly
@dataclass(frozen=True, slots=True, kw_only=True)
class Phone:
    """A telephone."""

    id: str
    name: str
    # The name by which it registers.
    username: str | None = None
    # Make and model, in the words of the PBX.
    type: str | None = None
    # In any notation.
    mac: str | None = None
    status: LineStatus = LineStatus.UNKNOWN
    # All that it does at once, of which `status` is shown; empty where the PBX says no more than that.
    statuses: frozenset[LineStatus] = frozenset()
    # Its open calls, foremost first; the state derives them.
    lines: tuple[Line, ...] = ()
    # The status in the words of the PBX.
    raw_status: str | None = None
    registered: bool | None = None
    # Whether users can log in at it.
    hot_desk: bool = False
    # The id of the user who is logged in at it, None where there is none.
    hot_desk_user: str | None = None
    # The ids of the users who can be reached at it, in order; the state derives them.
    users: tuple[str, ...] = ()

    @property
    def key(self) -> ObjectKey:
        """Return the key of this phone."""
        return ObjectKey(ObjectKind.PHONE, self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class UserPhone:
    """One place where a user can be reached."""

    type: UserPhoneType
    # The id of a phone of the PBX, or else the outside number; the other one is None.
    phone: str | None = None
    number: str | None = None
    # The trunk by which the outside number is called.
    trunk: str | None = None
    # Whether the phone is used by no other user.
    personal: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PresenceEntry:
    """What one source says of the presence of a user, in the words of the PBX."""

    # The name of the source, such as `tel:` or `calendar:`.
    contact: str
    status: str | None = None
    activity: str | None = None
    note: str | None = None


@init_quickly
@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A person with an extension."""

    id: str
    name: str
    username: str | None = None
    # The extension.
    number: str | None = None
    status: LineStatus = LineStatus.UNKNOWN
    # All that the user does at once, of which `status` is shown; empty where the PBX says no more than that.
    statuses: frozenset[LineStatus] = frozenset()
    # The user's open calls, foremost first; the state derives them.
    lines: tuple[Line, ...] = ()
    email: str | None = None
    # What the PBX lets people call this user besides, in its own words.
    tags: tuple[str, ...] = ()
    phones: tuple[UserPhone, ...] = ()
    # The id of the phone at which the user is logged in, None where at none.
    hot_desk: str | None = None
    do_not_disturb: bool | None = None
    call_waiting: bool | None = None
    # To which number calls are forwarded, None for not at all; kinds that the PBX does not report are absent.
    forwards: Mapping[ForwardKind, str | None] = field(default_factory=dict)
    presence: PresenceActivity | None = None
    presence_note: str | None = None
    presence_sources: tuple[PresenceEntry, ...] = ()
    # Whether the login may change the settings of this user.
    editable: bool = True
    # Whether the login may act with the phones of this user: dial, answer, transfer …
    controllable: bool = True

    @property
    def key(self) -> ObjectKey:
        """Return the key of this user."""
        return ObjectKey(ObjectKind.USER, self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """A voice mailbox."""

    id: str
    name: str
    # The extension to which it belongs.
    number: str | None = None
    # Counts of messages.
    new: int | None = None
    old: int | None = None
    urgent: int | None = None

    @property
    def key(self) -> ObjectKey:
        """Return the key of this mailbox."""
        return ObjectKey(ObjectKind.MAILBOX, self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch:
    """A routing switch, such as a night mode."""

    id: str
    name: str
    # True or False, one of `options` where there are any, or any other word.
    value: bool | str | None = None
    # The value that the PBX calls the normal one.
    default: bool | None = None
    options: tuple[str, ...] = ()
    settable: bool = True
    # Whether it has a name of its own, where others of its kind have one.
    named: bool = True
    # Why it has its value, in the words of the PBX.
    reason: str | None = None

    @property
    def key(self) -> ObjectKey:
        """Return the key of this switch."""
        return ObjectKey(ObjectKind.SWITCH, self.id)

    @property
    def word(self) -> str | None:
        """Return the value where it is a word that is none of several to choose from."""
        return self.value if isinstance(self.value, str) and not self.options else None

    @property
    def is_on(self) -> bool | None:
        """Return whether the switch is on, None where its value is not that, or is not known."""
        return self.value if isinstance(self.value, bool) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueAgent:
    """An agent of a queue."""

    name: str
    # The id of the user who the agent is, None where it is none.
    user: str | None = None
    logged_in: bool | None = None
    # Whether the configuration of the PBX makes this an agent for good, whom nobody can log out.
    permanent: bool = False
    paused: bool | None = None
    # Both None while not paused.
    paused_since: datetime | None = None
    pause_reason: str | None = None
    # Agents of the lowest penalty are called first.
    penalty: int | None = None
    # In the words of the PBX.
    status: str | None = None
    # Since the statistics were reset.
    calls_taken: int | None = None
    last_call: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingCall:
    """A caller who waits in a queue."""

    # 1 for the next one.
    position: int | None
    number: str | None
    name: str | None
    since: datetime | None

    def __post_init__(self) -> None:
        """Keep of the caller ID what is shown, as plain text."""
        keep_shown(self, "number", "name")


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """A call queue."""

    id: str
    name: str
    # By which it is called inside.
    number: str | None = None
    # How many callers wait, and since when the first of them; None also while none does.
    waiting: int | None = None
    oldest_since: datetime | None = None
    # Available agents are logged in and not paused; free agents are not on a call either.
    agents_all: int | None = None
    agents_logged_in: int | None = None
    agents_free: int | None = None
    agents_available: int | None = None
    # Which percentage of calls was answered within so many seconds.
    service_level: float | None = None
    service_level_seconds: int | None = None
    # Counts of calls since the statistics were reset: answered, given up by the caller, and all taken in.
    answered: int | None = None
    aborted: int | None = None
    calls_taken: int | None = None
    # In seconds.
    average_hold: int | None = None
    average_talk: int | None = None
    last_reset: datetime | None = None
    agents: tuple[QueueAgent, ...] = ()
    calls: tuple[WaitingCall, ...] = ()
    # Whether its statistics can be started anew without those of other queues.
    resettable: bool = True

    @property
    def key(self) -> ObjectKey:
        """Return the key of this queue."""
        return ObjectKey(ObjectKind.QUEUE, self.id)


# What commands return


@dataclass(frozen=True, slots=True, kw_only=True)
class Favourite:
    """An entry of a user's list of favourites."""

    name: str
    number: str | None = None
    # The SIP name.
    address: str | None = None
    # None where the PBX names entries by their number or address only.
    id: str | None = None
    # The list that holds it, None where each user has only one.
    list: str | None = None
    # Whether its presence and its calls can be seen, None where the PBX does not say.
    shows_presence: bool | None = None
    shows_calls: bool | None = None
    # What it is outside of the PBX, in the words of the PBX; None for a user of the PBX.
    external: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PastCall:
    """An entry of the call history of the PBX."""

    id: str
    # When it began.
    time: datetime | None
    caller_number: str | None = None
    caller_name: str | None = None
    called_number: str | None = None
    outcome: Outcome | None = None
    # How long the parties talked.
    seconds: int | None = None

    def __post_init__(self) -> None:
        """Keep of the caller ID what is shown, as plain text."""
        keep_shown(self, "caller_number", "caller_name")


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundContact:
    """An entry of the address book of the PBX."""

    name: str
    number: str | None = None
    email: str | None = None
    group: str | None = None
    # Words that people have attached to it.
    tags: tuple[str, ...] = ()
    # What the number is for, None where the PBX does not say; who has several has an entry for each.
    kind: NumberKind | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchEvent:
    """A time at which the PBX itself sets a switch."""

    start: datetime
    end: datetime
    # One of the options of the switch.
    value: str
    # How it is repeated, in the words of the PBX; None for once.
    repeat: str | None = None
