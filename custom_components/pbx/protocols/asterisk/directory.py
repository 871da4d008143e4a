"""Remember what the PBX has, and show it as objects of the model."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from functools import lru_cache
from typing import Any

from ..call import Party
from ..changes import Change, Patch, Remove, Upsert
from ..enums import CallState, ForwardKind, LineStatus, ObjectKind, UserPhoneType
from ..keys import PBX_KEY, ObjectKey
from ..lazy_dataclass import dataclass
from ..model import Mailbox, ParkedCall, PbxObject, Phone, Queue, Switch, User, UserPhone, WaitingCall
from ..parties import make_party
from ..phone_numbers import REMEMBERED
from .decode import (
    DEVICE_STATES,
    DO_NOT_DISTURB_STATES,
    FORWARD_FAMILIES,
    IN_USE,
    Endpoint,
    Extension,
    Messages,
    Station,
    Tree,
    get_extension_number,
    get_presentity,
    is_registered,
    split_mailbox,
)
from .decode_queues import complete_queue, decode_agent, decode_queue
from .wire import Block

_LEG_STATUS = {
    CallState.DIALING: LineStatus.DIALING,
    CallState.RINGING: LineStatus.RINGING,
    CallState.TALKING: LineStatus.TALKING,
    CallState.ON_HOLD: LineStatus.ON_HOLD,
}
# The states of a device of which its channels say more.
_IN_CALLS = frozenset(word for word, status in DEVICE_STATES.items() if status in _LEG_STATUS.values())
_RANK = (LineStatus.RINGING, LineStatus.TALKING, LineStatus.ON_HOLD, LineStatus.DIALING)
DAY_NIGHT, TIME_CONDITION, DEVICES = "DAYNIGHT", "TC", "DEVICE"
# What is known of so many devices is kept ready for calls.
MOST_STATIONS = 20_000


@dataclass(slots=True)
class QueueRecord:
    """A queue with its members by what it dials, and its callers by their channels."""

    base: Queue
    members: dict[str, Block] = field(default_factory=dict)
    waiting: dict[str, WaitingCall] = field(default_factory=dict)


@dataclass(slots=True)
class Directory:
    """What is known of a PBX. `get_leg_states` returns what a device does in calls."""

    is_freepbx: bool = False
    states: dict[str, str] = field(default_factory=dict)
    agents: dict[str, str] = field(default_factory=dict)
    extensions: dict[str, Extension] = field(default_factory=dict)
    # The devices at which users log in, with the user who is there.
    hot_desks: Mapping[str, str | None] = field(default_factory=dict)
    # Parts of the database that hold settings, by their family; a family that could not be read is absent.
    trees: dict[str, Tree] = field(default_factory=dict)
    presences: dict[str, dict[str, Any]] = field(default_factory=dict)
    mailboxes: dict[str, Messages] = field(default_factory=dict)
    mailbox_names: dict[str, str] = field(default_factory=dict)
    queues: dict[str, QueueRecord] = field(default_factory=dict)
    # By the unique id of the channel that is parked.
    parked: dict[str, ParkedCall] = field(default_factory=dict)
    custom_switches: Sequence[str] = ()
    get_leg_states: Callable[[str], frozenset[CallState]] = lambda device: frozenset()
    _shown: dict[ObjectKey, PbxObject] = field(default_factory=dict)
    _endpoints: dict[str, Endpoint] = field(default_factory=dict)
    _users_of: dict[str, list[str]] = field(default_factory=dict)
    # What follows from endpoints, users and hot desks, of devices that were asked for since these changed.
    _stations: dict[str, Station] = field(default_factory=dict)

    # Who is who

    @property
    def endpoints(self) -> Mapping[str, Endpoint]:
        """Return what registers at the PBX, and to which it connects, by its devices."""
        return self._endpoints

    def set_endpoints(self, found: Iterable[Endpoint]) -> None:
        """Replace all endpoints."""
        self._endpoints = {endpoint.device: endpoint for endpoint in found}
        self._stations.clear()

    def set_endpoint(self, endpoint: Endpoint) -> None:
        """Add an endpoint, or replace it by what more is known of it."""
        self._endpoints[endpoint.device] = endpoint
        self._stations.clear()

    def set_make(self, *, is_freepbx: bool, hot_desks: Mapping[str, str | None]) -> None:
        """Set whether it is a FreePBX, and the devices at which users of that log in."""
        self.is_freepbx, self.hot_desks = is_freepbx, hot_desks
        self._stations.clear()

    def set_extensions(self, found: Iterable[Extension]) -> None:
        """Replace all users; an extension that two contexts have differently is named by both."""
        self.extensions = {}
        for extension in sorted(found, key=lambda item: (item.number, item.context or "")):
            known = self.extensions.get(extension.number)
            if known is None:
                self.extensions[extension.number] = extension
            elif known.devices != extension.devices:
                self.extensions[f"{extension.number}@{extension.context}"] = extension
        self._index_users()

    def _index_users(self) -> None:
        self._stations.clear()
        self._users_of = {}
        for user, extension in self.extensions.items():
            for device in extension.devices:
                self._users_of.setdefault(device, []).append(user)
        # A hint may stand for a group; a phone is first of all that of who has it alone.
        for users in self._users_of.values():
            users.sort(key=lambda user: len(self.extensions[user].devices))

    def add_users_of_phones(self) -> None:
        """Add a user for each extension that has phones and no hint, as small offices do without."""
        found: dict[str, list[Endpoint]] = {}
        for device in self.get_phones():
            endpoint = self.endpoints.get(device)
            number = get_extension_number(endpoint) if endpoint is not None else None
            if endpoint is None or number is None or device in self._users_of:
                continue
            found.setdefault(number, []).append(endpoint)
        for number, endpoints in found.items():
            if number not in self.extensions:
                devices = tuple(endpoint.device for endpoint in endpoints)
                self.extensions[number] = Extension(
                    number=number,
                    context=endpoints[0].context,
                    devices=devices,
                    presentity=get_presentity(number),
                )
        self._index_users()

    def get_phones(self) -> list[str]:
        """Return the devices that are phones: those of users, and what logs in without being a trunk."""
        others = (device for device in self.endpoints if self._is_phone_of_nobody(device))
        return sorted({*self._users_of, *self.hot_desks, *others})

    def get_station(self, device: str) -> Station:
        """Return whom a device is for."""
        return self._stations.get(device) or self._make_station(device)

    def _make_station(self, device: str) -> Station:
        users = self._users_of.get(device, ())
        station = Station(
            is_phone=bool(users) or device in self.hot_desks or self._is_phone_of_nobody(device),
            users=users,
            party=self._make_user_party(users[0], device) if len(users) == 1 else None,
        )
        # Callers from outside may come by any number of devices.
        if len(self._stations) >= MOST_STATIONS:
            self._stations.clear()
        self._stations[device] = station
        return station

    def _is_phone_of_nobody(self, device: str) -> bool:
        endpoint = self.endpoints.get(device)
        if endpoint is None or self.is_freepbx:
            return False
        return endpoint.authenticates and not endpoint.is_outbound

    def is_phone(self, device: str) -> bool:
        """Return whether a device is a phone, not a trunk."""
        return self.get_station(device).is_phone

    def get_users(self, device: str) -> Sequence[str]:
        """Return the users for whom a device rings."""
        return self.get_station(device).users

    def find_number(self, number: str | None) -> str | None:
        """Return the user of an extension, None where it is none."""
        return number if number is not None and number in self.extensions else None

    def get_user_party(self, user: str) -> Party:
        """Return a user as the party of a call."""
        return self._make_user_party(user, None)

    def _make_user_party(self, user: str, device: str | None) -> Party:
        extension = self.extensions[user]
        return make_party(extension.number, self._get_user_name(extension), user=user, phone=device)

    def get_party(self, device: str, number: str | None, name: str | None) -> Party:
        """Return who is at a device, with the number and name that a channel gives besides."""
        station = self.get_station(device)
        if station.party is not None:
            return station.party
        if station.users:
            # Of several users of one phone, the number says which one it is.
            user = number if number is not None and number in station.users else station.users[0]
            return self._make_user_party(user, device)
        return make_party(number, name, phone=device if station.is_phone else None)

    def find_called(self, device: str, numbers: Iterable[str | None]) -> str | None:
        """Return which user of a phone with several is called by one of these numbers, None where none is.

        A number of a group calls its members, so it must be that of this phone alone.
        """
        users = self.get_users(device)
        if len(users) < 2:
            return None
        own = (number for number in numbers if number is not None and number in users)
        return next((number for number in own if len(self.get_devices(number)) == 1), None)

    def get_devices(self, user: str) -> Sequence[str]:
        """Return the phones of a user, none where there is no such user."""
        extension = self.extensions.get(user)
        return extension.devices if extension is not None else ()

    def find_member_user(self, row: Block) -> str | None:
        """Return the user who a member of a queue is, None where it is none."""
        for field_name in ("StateInterface", "Location", "Interface"):
            interface = row.get(field_name, "")
            users = self.get_users(interface)
            if users:
                return users[0]
            number = interface.partition("/")[2] or interface.partition(":")[2]
            if (user := self.find_number(number.partition("@")[0].partition("/")[0])) is not None:
                return user
        return None

    def _get_user_name(self, extension: Extension) -> str:
        if extension.name:
            return extension.name
        own = (
            endpoint.name
            for device in extension.devices
            if (endpoint := self.endpoints.get(device)) is not None
            # A second number of a phone, or that of a group, is not called as who has the phone.
            and (endpoint.number == extension.number or endpoint.number not in self.extensions)
        )
        return next((name for name in own if name), None) or extension.number

    # Objects

    def create_objects(self) -> dict[ObjectKey, PbxObject]:
        """Return all objects, and remember them as shown."""
        self._shown = {item.key: item for create in self.list_creators() for item in create()}
        return dict(self._shown)

    def list_creators(self) -> list[Callable[[], Sequence[PbxObject]]]:
        """Return what creates each of the objects, none where it is gone in the meantime."""
        kinds: tuple[tuple[Callable[[str], PbxObject], Iterable[str], Callable[[str], bool]], ...] = (
            (self.create_phone, self.get_phones(), self.is_phone),
            (self.create_user, self.extensions, lambda user: user in self.extensions),
            (self.create_mailbox, self.mailboxes, lambda mailbox: mailbox in self.mailboxes),
            (self.create_queue, self.queues, lambda name: name in self.queues),
        )
        creators = [_make_creator(create, key, exists) for create, keys, exists in kinds for key in keys]
        return [*creators, self.create_switches]

    def show_gone(self, present: Collection[ObjectKey], unread: Collection[ObjectKind]) -> list[Change]:
        """Return the removals of objects that are gone, of the kinds that were read."""
        gone = [key for key in self._shown if key not in present and key.kind not in unread]
        for key in gone:
            del self._shown[key]
        return [Remove(key) for key in gone]

    def show(self, item: PbxObject) -> list[Change]:
        """Return the change to one object, none where it is shown like this."""
        key = item.key
        known = self._shown.get(key)
        if known is item:
            return []
        # The same object comes again with the next event, and costs no comparison then.
        self._shown[key] = item
        return [Upsert(item)] if known != item else []

    def show_phone(self, device: str) -> list[Change]:
        """Return the change to a phone, none where the device is no phone or shows nothing new."""
        return self.show(self.create_phone(device)) if self.is_phone(device) else []

    def update_state(self, device: str, state: str) -> list[Change]:
        """Keep the state of a device, and return the change to its phone."""
        before = self.states.get(device)
        self.states[device] = state
        # With most of what a phone does its calls have been shown a moment ago.
        return self.show_phone(device) if _get_idle_state(before) != _get_idle_state(state) else []

    def show_user(self, user: str) -> list[Change]:
        """Return the change to a user."""
        return self.show(self.create_user(user)) if user in self.extensions else []

    def show_queue(self, name: str) -> list[Change]:
        """Return the change to a queue."""
        return self.show(self.create_queue(name)) if name in self.queues else []

    def show_switches(self) -> list[Change]:
        """Return the changes to routing switches."""
        switches = self.create_switches()
        gone = {key for key in self._shown if key.kind is ObjectKind.SWITCH} - {item.key for item in switches}
        for key in gone:
            del self._shown[key]
        return [change for item in switches for change in self.show(item)] + [Remove(key) for key in gone]

    def show_parked(self) -> list[Change]:
        """Return the parked calls as they are now."""
        return [Patch(PBX_KEY, {"parked": self.get_parked()})]

    def get_parked(self) -> tuple[ParkedCall, ...]:
        """Return the parked calls by their spaces.

        A phone that was dialed from here has the name of its caller there, so users go by their own.
        """
        found = (
            replace(call, name=self.get_user_party(user).name)
            if (user := self.find_number(call.number)) is not None
            else call
            for call in self.parked.values()
        )
        return tuple(sorted(found, key=lambda call: call.space))

    def create_phone(self, device: str) -> Phone:
        """Return a phone with what it does."""
        return _make_phone(
            device,
            _get_idle_state(self.states.get(device)),
            self.get_leg_states(device),
            self.agents.get(device),
            device in self.hot_desks,
            self.find_number(self.hot_desks.get(device)),
        )

    def create_user(self, user: str) -> User:
        """Return a user with all settings."""
        extension = self.extensions[user]
        presence = self.presences.get(extension.presentity or "", {})
        hot_desk = next((device for device, sitter in self.hot_desks.items() if sitter == user), None)
        return User(
            id=user,
            name=self._get_user_name(extension),
            username=None,
            number=extension.number,
            phones=tuple(self._list_places(extension)),
            hot_desk=hot_desk,
            do_not_disturb=self._get_do_not_disturb(extension.number),
            call_waiting=self._get_setting("CW", extension.number, "ENABLED"),
            forwards=self._get_forwards(extension.number),
            **presence,
        )

    def _list_places(self, extension: Extension) -> Iterator[UserPhone]:
        """Yield where a user can be reached; a place that is theirs for a while is a hot desk."""
        for device in extension.devices:
            if device not in self.hot_desks:
                personal = len(self.get_users(device)) == 1
                yield UserPhone(type=UserPhoneType.PHONE, phone=device, personal=personal)
        if self.hot_desks and self.hot_desks.keys() >= set(extension.devices):
            yield UserPhone(type=UserPhoneType.HOT_DESK)

    def _get_do_not_disturb(self, number: str) -> bool | None:
        state = self.states.get(f"Custom:DND{number}", "")
        if self.is_freepbx and state in DO_NOT_DISTURB_STATES:
            return DO_NOT_DISTURB_STATES[state]
        return self._get_setting("DND", number, "YES")

    @property
    def hears_do_not_disturb(self) -> bool:
        """Return whether device states tell do not disturb of every user, so that none has to be read."""
        states = (self.states.get(f"Custom:DND{number}") for number in self.extensions)
        return bool(self.extensions) and all(state in DO_NOT_DISTURB_STATES for state in states)

    def _get_setting(self, family: str, number: str, on: str) -> bool | None:
        tree = self.trees.get(family)
        return tree.get((number,)) == on if self.is_freepbx and tree is not None else None

    def _get_forwards(self, number: str) -> Mapping[ForwardKind, str | None]:
        known = {kind: self.trees.get(family) for kind, family in FORWARD_FAMILIES.items()}
        return {kind: tree.get((number,)) or None for kind, tree in known.items() if tree is not None}

    def create_mailbox(self, mailbox: str) -> Mailbox:
        """Return a mailbox with the counts of its messages."""
        number, _ = split_mailbox(mailbox)
        messages = self.mailboxes[mailbox]
        user = self.find_number(number)
        name = self._get_user_name(self.extensions[user]) if user is not None else number
        return Mailbox(
            id=mailbox,
            # Where no name is known, a user has that of the extension.
            name=name if name != number else self.mailbox_names.get(mailbox) or number,
            number=number,
            new=messages.new,
            old=messages.old,
            urgent=messages.urgent,
        )

    def create_queue(self, name: str) -> Queue:
        """Return a queue with its members and callers."""
        record = self.queues[name]
        agents = [decode_agent(row, self.find_member_user(row)) for row in record.members.values()]
        return complete_queue(record.base, agents, list(record.waiting.values()))

    def create_switches(self) -> list[Switch]:
        """Return what steers calls: call flow control, overrides of time conditions, chosen device states."""
        day_night = self._list_settings(DAY_NIGHT)
        conditions = self._list_settings(TIME_CONDITION)
        return [
            *(_make_custom_switch(state, self.states.get(state)) for state in self.custom_switches),
            *(_make_day_night(key, value) for key, value in day_night if key.startswith("C")),
            *(_make_time_condition(key, value) for key, value in conditions if key.isdecimal()),
        ]

    def _list_settings(self, family: str) -> list[tuple[str, str]]:
        """Return the keys of a family with their values, in order, without those of groups within it."""
        tree = self.trees.get(family, {})
        return [(path[0], value) for path, value in sorted(tree.items()) if len(path) == 1]

    # What lists say

    def set_queue_rows(self, rows: Iterable[Block], waiting: Callable[[Block], WaitingCall]) -> None:
        """Replace the queues by the rows of `QueueStatus`, which name each queue before what is in it."""
        self.queues = {}
        for row in rows:
            name = row.get("Queue", "")
            if row.get("Event") == "QueueParams" and name and name != "default":
                self.queues[name] = QueueRecord(decode_queue(row, None))
            record = self.queues.get(name)
            if record is None:
                continue
            if row.get("Event") == "QueueMember":
                record.members[row.get("Location", "")] = row
            elif row.get("Event") == "QueueEntry":
                record.waiting[row.get("Uniqueid") or row.get("Channel", "")] = waiting(row)


def _make_creator(
    create: Callable[[str], PbxObject], key: str, exists: Callable[[str], bool]
) -> Callable[[], Sequence[PbxObject]]:
    return lambda: (create(key),) if exists(key) else ()


TIME_OPTIONS = ("auto", "true_sticky", "false_sticky", "true", "false")


def _make_custom_switch(name: str, state: str | None) -> Switch:
    value = state in IN_USE if state is not None else None
    return Switch(id=name, name=name.partition(":")[2] or name, value=value, reason=state)


def _make_day_night(key: str, value: str) -> Switch:
    return Switch(
        id=f"{DAY_NIGHT}/{key}",
        name=f"Call flow {key[1:]}",
        value=value == "NIGHT",
        default=False,
        reason=value or None,
    )


def _make_time_condition(key: str, value: str) -> Switch:
    return Switch(
        id=f"{TIME_CONDITION}/{key}",
        name=f"Time condition {key}",
        value=value if value in TIME_OPTIONS else TIME_OPTIONS[0],
        options=TIME_OPTIONS,
        reason=value or None,
    )


def get_day_night_state(key: str) -> str:
    """Return the device state that shows a call flow control: `Custom:DAYNIGHT0` of `C0`."""
    return f"Custom:{DAY_NIGHT}{key.removeprefix('C')}"


def _get_idle_state(state: str | None) -> str | None:
    """Return what a state says of a device besides its calls.

    The channels say what it does; of a state without any, the end is only still to be told.
    """
    return "NOT_INUSE" if state in _IN_CALLS else state


@lru_cache(maxsize=REMEMBERED)
def _make_phone(
    device: str,
    state: str | None,
    legs: frozenset[CallState],
    agent: str | None,
    is_hot_desk: bool,  # noqa: FBT001
    sitter: str | None,
) -> Phone:
    """Return a phone, the same one again while it does the same, as most events of a call leave it."""
    statuses = frozenset(_LEG_STATUS[leg] for leg in legs if leg in _LEG_STATUS)
    idle = DEVICE_STATES.get(state or "", LineStatus.UNKNOWN)
    return Phone(
        id=device,
        name=device,
        username=device.partition("/")[2],
        type=agent,
        status=next((status for status in _RANK if status in statuses), idle),
        statuses=statuses,
        # In a call it says what the channels have said a moment before, and would only be written again.
        raw_status=state if not statuses else None,
        registered=is_registered(state),
        hot_desk=is_hot_desk,
        hot_desk_user=sitter,
    )
