"""Remember the objects of the PBX, and what the model shows of them."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from ..absences import is_suspicious
from ..call import Party
from ..changes import Change, Patch, Remove, Upsert
from ..enums import CallState, LineStatus, ObjectKind
from ..evolve import evolve_fields
from ..keys import ObjectKey
from ..model import PbxObject, Phone, Queue, QueueAgent, Switch, User, WaitingCall
from ..parties import make_party
from ..phone_numbers import REMEMBERED
from ..status import combine
from .decode_calls import Peer, UserRecord
from .decode_objects import QUEUE, USER, Node, Row
from .entries import Entry, Identity

_LINE_STATUS = {
    CallState.DIALING: LineStatus.DIALING,
    CallState.RINGING: LineStatus.RINGING,
    CallState.TALKING: LineStatus.TALKING,
    CallState.ON_HOLD: LineStatus.ON_HOLD,
}


class Computed(NamedTuple):
    """Of what the model's view of an object was computed last.

    `basis` is what it is and how it is set up; where that has not changed, `activity` and `states` of its
    lines change some fields only.
    """

    basis: tuple[object, ...]
    activity: tuple[object, ...]
    states: tuple[CallState, ...]


# No PBX has as many objects.
MOST_OBJECTS = 100_000

type LineStates = Callable[[str], Sequence[CallState]]
type WaitingCalls = Callable[[str], Sequence[WaitingCall]]


class Directory:
    """Hold the objects of the PBX by their guid."""

    def __init__(self) -> None:
        self.entries: dict[str, Entry] = {}
        self._node = Node()
        # The book of calls sets these two.
        self.get_line_states: LineStates = lambda guid: ()
        self.get_waiting_calls: WaitingCalls = lambda guid: ()
        self.is_editable: Callable[[Entry], bool] = lambda entry: True
        self.own_name: str | None = None
        self.counts_calls = False
        self._shown: dict[ObjectKey, PbxObject] = {}
        # The objects that have a name or number, the one first that had it first.
        self._names: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
        self._names_of: dict[str, set[tuple[str, str]]] = {}
        # Who the parties of calls are, as long as names and numbering are the same; each message of a call
        # names its parties anew. And objects as parties, by what they were when they became one.
        self._peers: dict[Peer, Entry | Party] = {}
        self._parties: dict[str, tuple[Identity, str | None, Party]] = {}
        self._owners: dict[str, set[str]] = {}
        # How often any device has got or lost an owner, and of what each object was last computed.
        self._owner_changes = 0
        self._computed: dict[str, Computed] = {}
        # How often any object has become another one, and the agents of each queue at such a time.
        self._basis_changes = 0
        self._agents_of: dict[str, tuple[int, tuple[QueueAgent, ...]]] = {}
        # The Boolean objects that were not in the last list.
        self._doubted_switches: set[ObjectKey] = set()

    @property
    def shown(self) -> dict[ObjectKey, PbxObject]:
        """Return every object of the model as it was last reported."""
        return dict(self._shown)

    @property
    def node(self) -> Node:
        """Return the numbering of the node that the login is at."""
        return self._node

    @node.setter
    def node(self, node: Node) -> None:
        self._node = node
        self._peers.clear()

    def has_room_for(self, guid: str) -> bool:
        """Return whether an object can be kept; a PBX that makes up objects must not fill the memory."""
        return guid in self.entries or len(self.entries) < MOST_OBJECTS

    def add_entry(self, guid: str) -> Entry:
        """Return the entry of an object, adding one where there is none."""
        entry = self.entries.get(guid)
        if entry is None:
            entry = self.entries[guid] = Entry(guid)
        return entry

    def get_record(self, guid: str) -> UserRecord | None:
        """Return what RCC says of an object, None where it is not in view."""
        entry = self.entries.get(guid)
        return entry.record if entry is not None else None

    def count_records(self) -> int:
        """Return how many objects are in the view of RCC."""
        return sum(entry.record is not None for entry in self.entries.values())

    def get_row(self, guid: str) -> Row | None:
        """Return the row of an object in the replicated directory, None where it has none."""
        entry = self.entries.get(guid)
        return entry.row if entry is not None else None

    def get_users(self) -> list[Entry]:
        """Return the entries that are users."""
        return [entry for entry in self.entries.values() if self._is_user(entry)]

    def get_owner(self, device: str) -> str | None:
        """Return the user whose device this is."""
        return next(iter(sorted(self._owners.get(device, ()))), None)

    def get_queues(self) -> list[Entry]:
        """Return the entries that are waiting queues."""
        return [entry for entry in self.entries.values() if entry.present and entry.type == QUEUE]

    def _is_user(self, entry: Entry) -> bool:
        # The walk over the accounts does not distinguish people from App objects.
        identity = entry.identity
        if not identity.present or identity.type != USER:
            return False
        return not identity.h323 or identity.h323 != self.own_name

    def find_entry(self, peer: Peer) -> Entry | None:
        """Return the object that a party of a call is."""
        found = self._identify(peer)
        return found if isinstance(found, Entry) else None

    def _identify(self, peer: Peer) -> Entry | Party:
        """Return the object that a party of a call is, or the party where it is outside."""
        found = self._peers.get(peer)
        if found is None:
            if len(self._peers) >= REMEMBERED:
                self._peers.clear()
            found = self._peers[peer] = self._find_named(peer) or self._make_outside(peer)
        return found

    def _find_named(self, peer: Peer) -> Entry | None:
        for name, value in (("h323", peer.h323), ("cn", peer.cn), ("e164", peer.e164)):
            if value and (named := self._names.get((name, value))):
                return self.entries.get(next(iter(named)))
        return None

    def _make_outside(self, peer: Peer) -> Party:
        return make_party(
            peer.e164 or peer.h323,
            # Where no name is known some firmware repeats the number.
            next((name for name in (peer.dn, peer.cn) if name and name != peer.e164), None),
            self.node.normalize(peer.normalized or peer.e164),
        )

    def find_addressed(self, address: str | None, number: str | None) -> Entry | None:
        """Return the object that has a SIP address, whole or its name alone, or else a number."""
        entry = self.find_entry(Peer(h323=address, e164=number))
        if entry is not None or address is None:
            return entry
        name = address.casefold().removeprefix("sip:").partition("@")[0]
        known = (entry for entry in self.entries.values() if (entry.h323 or "").casefold() == name)
        return next(known, None)

    def get_party(self, peer: Peer) -> Party:
        """Return a party of a call in the words of the model."""
        found = self._identify(peer)
        return self.get_own_party(found) if isinstance(found, Entry) else found

    def get_own_party(self, entry: Entry) -> Party:
        """Return an object as a party of a call."""
        identity, known = entry.identity, self._parties.get(entry.guid)
        if known is not None and known[0] is identity and known[1] == self.own_name:
            return known[2]
        user = entry.guid if self._is_user(entry) else None
        phone = identity.only_phone if user is not None else None
        party = make_party(identity.number or identity.h323, identity.name, user=user, phone=phone)
        self._parties[entry.guid] = identity, self.own_name, party
        return party

    def update_object(self, guid: str) -> list[Change]:
        """Compute anew what the model shows of an object, and return what changed."""
        entry = self.entries.get(guid)
        if entry is None:
            return []
        computed, before = self._get_computed(entry), self._computed.get(guid)
        if before is None or computed.basis != before.basis:
            return self._update_whole(entry)
        self._computed[guid] = computed
        return self._update_activity(entry, computed, before)

    def _get_computed(self, entry: Entry) -> Computed:
        states = tuple(self.get_line_states(entry.guid))
        told = (entry.record, entry.row, entry.account, entry.endpoint, entry.identity, entry.forwards)
        return Computed(
            basis=(*told, self.is_editable(entry), self.own_name, self._owner_changes),
            activity=(
                entry.presence,
                entry.alerting,
                entry.channels,
                bool(states),
                entry.is_count_old,
                self.counts_calls,
            ),
            states=states,
        )

    def _update_activity(self, entry: Entry, computed: Computed, before: Computed) -> list[Change]:
        """Compute anew what follows from lines, counts and presence, where nothing else has changed."""
        key = ObjectKey(ObjectKind.USER, entry.guid)
        user = self._shown.get(key)
        if not isinstance(user, User):
            queue = ObjectKey(ObjectKind.QUEUE, entry.guid)
            return self._update_shown(queue, self._make_queue(entry)) if queue in self._shown else []
        changes: list[Change] = []
        if computed.states != before.states:
            for place in user.phones:
                changes += self._update_phone_status(place.phone) if place.phone is not None else []
        if computed.activity != before.activity:
            fields = entry.get_activity(has_lines=bool(computed.states), counts=self.counts_calls)
            changes += self._update_fields(key, user, fields)
        return changes

    def _update_phone_status(self, device: str) -> list[Change]:
        key = ObjectKey(ObjectKind.PHONE, device)
        phone = self._shown.get(key)
        if not isinstance(phone, Phone):
            return []
        return self._update_fields(key, phone, {"status": self._find_phone_status(device)})

    def _update_fields(self, key: ObjectKey, item: PbxObject, fields: Mapping[str, Any]) -> list[Change]:
        """Show other values in these fields of an object, and return what changed."""
        changed = {name: value for name, value in fields.items() if getattr(item, name) != value}
        if not changed:
            return []
        self._shown[key] = evolve_fields(item, changed)
        return [Patch(key, changed)]

    def _find_phone_status(self, device: str) -> LineStatus:
        owners = self._get_owners(device)
        if len(owners) == 1:
            return self._get_phone_status(owners[0], device)
        return combine([self._get_phone_status(owner, device) for owner in owners])

    def _get_owners(self, device: str) -> list[Entry]:
        owners = self._owners.get(device, ())
        ordered = sorted(owners) if len(owners) > 1 else owners
        return [self.entries[guid] for guid in ordered if guid in self.entries]

    def _update_whole(self, entry: Entry) -> list[Change]:
        """Compute anew what the model shows of an object that has become another one, or is new."""
        guid = entry.guid
        self._basis_changes += 1
        self._index(entry)
        before = self._get_shown_devices(guid)
        if not entry.present:
            del self.entries[guid]
        devices = set(entry.identity.devices) if self._is_user(entry) else set()
        for device in before | devices:
            self._set_owner(device, guid, owned=device in devices)
        changes = [change for device in before | devices for change in self._update_phone(device)]
        for kind, item in self._make_objects(entry).items():
            changes += self._update_shown(ObjectKey(kind, guid), item)
        if entry.present:
            self._computed[guid] = self._get_computed(entry)
        else:
            for kept in (self._computed, self._agents_of, self._parties):
                kept.pop(guid, None)
        return changes

    def _set_owner(self, device: str, guid: str, *, owned: bool) -> None:
        owners = self._owners.setdefault(device, set())
        self._owner_changes += owned is not (guid in owners)
        (owners.add if owned else owners.discard)(guid)
        if not owners:
            del self._owners[device]

    def _get_shown_devices(self, guid: str) -> set[str]:
        shown = self._shown.get(ObjectKey(ObjectKind.USER, guid))
        return {place.phone for place in getattr(shown, "phones", ()) if place.phone is not None}

    def _index(self, entry: Entry) -> None:
        """Keep the names under which others speak of an object."""
        names = {("h323", entry.h323), ("cn", entry.cn), ("e164", entry.number)} if entry.present else set()
        wanted = {(attribute, value) for attribute, value in names if value}
        before = self._names_of.pop(entry.guid, set())
        if wanted != before:
            self._peers.clear()
        if wanted:
            self._names_of[entry.guid] = wanted
        for name in before - wanted:
            self._names[name].pop(entry.guid, None)
            if not self._names[name]:
                del self._names[name]
        for name in wanted - before:
            self._names[name][entry.guid] = None

    def _make_objects(self, entry: Entry) -> dict[ObjectKind, PbxObject | None]:
        """Return what an entry is, and is not: with its sources goes what they said of its type."""
        return {
            ObjectKind.USER: self._make_user(entry) if self._is_user(entry) else None,
            ObjectKind.QUEUE: self._make_queue(entry) if entry.present and entry.type == QUEUE else None,
        }

    def _make_user(self, entry: Entry) -> PbxObject:
        devices = entry.identity.devices
        return entry.get_user(
            has_lines=bool(self.get_line_states(entry.guid)),
            shared=[device for device in devices if len(self._owners.get(device, ())) > 1],
            editable=self.is_editable(entry),
            counts=self.counts_calls,
        )

    def _update_phone(self, device: str) -> list[Change]:
        owners = self._get_owners(device)
        if not owners:
            return self._update_shown(ObjectKey(ObjectKind.PHONE, device), None)
        first = owners[0].identity
        label = next((owner.identity.devices.get(device) for owner in owners), None)
        known = [device in found for owner in owners if (found := owner.identity.hardware) is not None]
        phone = Phone(
            id=device,
            name=label or f"{first.name} {device}",
            username=first.h323,
            mac=_format_mac(device),
            registered=any(known) if known else None,
            status=self._find_phone_status(device),
        )
        return self._update_shown(phone.key, phone)

    def _get_phone_status(self, owner: Entry, device: str) -> LineStatus:
        """Return what a phone does; of several phones the PBX does not say which one a call is at."""
        identity = owner.identity
        if identity.hardware is None:
            return LineStatus.UNKNOWN
        if device not in identity.hardware:
            return LineStatus.OFFLINE
        states = [_LINE_STATUS[state] for state in self.get_line_states(owner.guid) if state in _LINE_STATUS]
        if not states:
            return LineStatus.IDLE
        return combine(states) if identity.only_phone == device else LineStatus.UNKNOWN

    def _update_shown(self, key: ObjectKey, item: PbxObject | None) -> list[Change]:
        known = self._shown.get(key)
        if item is known or item == known:
            return []
        if item is None:
            del self._shown[key]
            return [Remove(key, certain=True)]
        self._shown[key] = item
        return [Upsert(item)]

    def _make_queue(self, entry: Entry) -> Queue:
        agents = self._get_agents(entry)
        calls = tuple(self.get_waiting_calls(entry.guid))
        return Queue(
            id=entry.guid,
            name=entry.name,
            number=entry.number,
            waiting=len(calls),
            oldest_since=min((call.since for call in calls if call.since is not None), default=None),
            agents_all=len(agents) if entry.row is not None else None,
            agents_logged_in=self._count_logged_in(agents) if entry.row is not None else None,
            agents=agents,
            calls=calls,
        )

    def _count_logged_in(self, agents: Iterable[QueueAgent]) -> int:
        return sum(agent.status != "logged_out" for agent in agents)

    def _get_agents(self, queue: Entry) -> tuple[QueueAgent, ...]:
        """Return who serves a queue, which no call changes and only all users together tell."""
        known = self._agents_of.get(queue.guid)
        if known is None or known[0] != self._basis_changes:
            known = self._agents_of[queue.guid] = (self._basis_changes, tuple(self._iter_agents(queue)))
        return known[1]

    def _iter_agents(self, queue: Entry) -> Iterable[QueueAgent]:
        """Yield the users who are in a group of the queue."""
        groups = self.get_groups(queue)
        for entry in self.get_users():
            found = (
                [item for item in entry.row.groups if item.group in groups] if entry.row is not None else []
            )
            if found:
                present = any(item.logged_in is not False for item in found)
                status = "logged_in" if present else "logged_out"
                yield QueueAgent(name=entry.name, user=entry.guid, logged_in=present, status=status)

    def get_groups(self, queue: Entry) -> set[str]:
        """Return the groups whose members serve a queue; by custom one is called like the queue."""
        named = {item.group for item in queue.row.groups} if queue.row is not None else set()
        return named or {name for name in (queue.cn, queue.h323) if name}

    def update_switches(self, switches: Iterable[Switch], *, complete: bool) -> list[Change]:
        """Replace the Boolean objects by those that were just read, and return what changed.

        Those that are gone stay until a second reading says so as well, where the first one was not
        `complete` or half of them would go at once.
        """
        wanted = {switch.key: switch for switch in switches}
        known = {key for key in self._shown if key.kind is ObjectKind.SWITCH}
        gone = known - wanted.keys()
        sure = complete and not is_suspicious(len(gone), len(known))
        confirmed, self._doubted_switches = gone if sure else gone & self._doubted_switches, gone
        changes = [change for key in sorted(confirmed) for change in self._update_shown(key, None)]
        return changes + [
            change for key, switch in wanted.items() for change in self._update_shown(key, switch)
        ]

    def forget_switches(self) -> list[Change]:
        """Drop the Boolean objects, which can no longer be read, and return what changed."""
        gone = [key for key in self._shown if key.kind is ObjectKind.SWITCH]
        return [change for key in gone for change in self._update_shown(key, None)]


def _format_mac(device: str) -> str | None:
    """Return the hardware address, if the id of the device is one."""
    digits = device.lower()
    if len(digits) != 12 or not set(digits) <= set("0123456789abcdef"):
        return None
    return ":".join(digits[start : start + 2] for start in range(0, 12, 2))
