"""Everything the script has told, as objects of the common model."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ..changes import Change, Remove, Upsert
from ..enums import ForwardKind, LineStatus, ObjectKind, UserPhoneType
from ..json_fields import as_word, get_text, iter_values
from ..keys import ObjectKey
from ..model import PbxObject, Phone, User, UserPhone
from ..name_counter import NameCounter
from .calls import CallBook, CallDevice
from .decode import decode_lamp, decode_line_status, decode_mailbox, decode_names, decode_queue, decode_tags
from .decode_rest import HOT_DESK, Inventory, Person, PhoneLink, decode_presence

type Fields = Mapping[str, Any]


MOST_WAITED = 500
# What a device says that is shown of its user too; its calls are not.
_FIELDS_OF_USERS = ("ownerID", "owner", "extension", "phone")


class Directory:
    """Keep the records of the script and say what each of them changes in the model."""

    def __init__(self) -> None:
        self._records: dict[str, dict[str, Fields]] = {}
        self._shown: dict[ObjectKey, PbxObject] = {}
        self._devices_of: dict[str, dict[str, None]] = {}
        # Of each device whose it is, and what it said last of what its user is made of.
        self._alias_of: dict[str, str] = {}
        self._told_of: dict[str, tuple[Any, ...]] = {}
        self._contact_of: dict[str, str] = {}
        self._numbers: set[str] = set()
        self._people: dict[str, Person] = {}
        self._inventory = Inventory()
        self._hot_desks: set[str] = set()
        # In which queue the latest calls have waited, by the id that the PABX gives them.
        self._waited_in: dict[str, str] = {}
        # The queues of each device that is an agent; either side may name the other alone.
        self._queues_of: dict[str, dict[str, None]] = {}
        self.calls = CallBook(self._numbers.__contains__, self.find_queue)
        self.own_devices: tuple[str, ...] = ()
        # Called when a device has another owner than before, as a hot desk has.
        self.on_owner_changed: Callable[[], None] = lambda: None
        self.ignored = NameCounter()
        self._readers: dict[str, Callable[[str, Fields], list[Change]]] = {
            "Device": self._update_device,
            "Contact": self._update_contact,
            "Extension": self._update_extension,
            "Phone": self._update_phone,
            "Queue": self._update_queue,
            "Mailbox": self._update_mailbox,
            "Address": lambda key, fields: [],
        }

    def clear(self) -> None:
        """Forget what the script told, since it starts anew; people come from elsewhere."""
        self._records.clear()
        self._shown.clear()
        self._devices_of.clear()
        self._alias_of.clear()
        self._told_of.clear()
        self._contact_of.clear()
        self._queues_of.clear()
        self._numbers.clear()
        self._numbers.update(self._inventory.owners)
        self.calls.clear()
        self.own_devices = ()
        for key in self._people:
            self._show_user(key)

    @property
    def objects(self) -> Iterable[PbxObject]:
        """Return all objects of the model."""
        return self._shown.values()

    def set_own_devices(self, names: Iterable[str]) -> list[Change]:
        """Take over which devices the login controls, and return the users whom that changes."""
        self.own_devices = tuple(names)
        users = [key.id for key in tuple(self._shown) if key.kind is ObjectKind.USER]
        return [change for user in users for change in self._show_user(user)]

    def get_controllable_devices(self, user: str) -> list[str]:
        """Return the devices of a user that this login controls, all while the script has not said so."""
        own = self.own_devices
        return [device for device in self.get_devices(user) if not own or device in own]

    def get_record(self, kind: str, key: str) -> Fields | None:
        """Return what the script last told of an object."""
        return self._records.get(kind, {}).get(key)

    def get_records(self, kind: str) -> Mapping[str, Fields]:
        """Return what the script last told of all objects of a kind."""
        return self._records.get(kind, {})

    def update_record(self, kind: Any, key: Any, fields: Any) -> list[Change]:
        """Keep a record and return what it changes."""
        reader = self._readers.get(kind) if isinstance(kind, str) else None
        if reader is None or not isinstance(key, str) or not isinstance(fields, Mapping):
            self.ignored[kind[:30] if isinstance(kind, str) else "malformed"] += 1
            return []
        self._records.setdefault(kind, {})[key] = fields
        return reader(key, fields)

    def remove_record(self, kind: Any, key: Any) -> list[Change]:
        """Forget an object and return what that changes."""
        if not isinstance(kind, str) or not isinstance(key, str):
            return []
        fields = self._records.get(kind, {}).pop(key, None)
        if fields is None:
            return []
        if kind == "Device":
            return self._remove_device(key)
        kinds = {"Contact": ObjectKind.USER, "Queue": ObjectKind.QUEUE, "Mailbox": ObjectKind.MAILBOX}
        return self._hide(ObjectKey(kinds[kind], key)) if kind in kinds else []

    def update_people(self, people: Mapping[str, Person]) -> list[Change]:
        """Keep what REST says of users; without a script they are all there is."""
        gone = self._people.keys() - people.keys() - self.get_records("Contact").keys()
        self._people = dict(people)
        changes = [change for key in gone for change in self._hide(ObjectKey(ObjectKind.USER, key))]
        for key in people:
            changes += self._show_user(key)
        return changes

    def update_inventory(self, inventory: Inventory) -> list[Change]:
        """Keep what REST says of extensions and telephones."""
        self._inventory = inventory
        self._numbers.update(inventory.owners)
        devices = self.get_records("Device").items()
        changes = [change for key, fields in devices for change in self._show(self._make_phone(key, fields))]
        for user in {*self.get_records("Contact"), *self._people}:
            changes += self._show_user(user)
        return changes

    def get_hot_desk_link(self, user: str) -> PhoneLink | None:
        """Return by what a user is logged in at a telephone."""
        links = (link for link in self._inventory.links if link.type == HOT_DESK)
        return next((link for link in links if self._find_user(link.user) == user), None)

    def get_person(self, user: str) -> Person | None:
        """Return what REST says of a user."""
        return self._people.get(user)

    def get_owner(self, fields: Fields) -> str | None:
        """Return the user who owns a device."""
        return self._find_user(get_text(fields, "ownerID", "owner"))

    def get_devices(self, user: str) -> list[str]:
        """Return the devices of a user."""
        contact = self.get_record("Contact", user) or {}
        aliases = [alias for alias in (user, get_text(contact, "uname")) if alias is not None]
        return [device for alias in dict.fromkeys(aliases) for device in self._devices_of.get(alias, ())]

    def find_queue(self, call: Fields) -> str | None:
        """Return the queue that a call came through, by what was dialled or by the call that waited there.

        Source: developer pages, Types.Call `qcall`, `inq`, `extension`; `qname` and `qnumber` are the caller.
        """
        queues = self.get_records("Queue")
        named = {get_text(call, "qcall"), get_text(call, "extension")} - {None}
        for key, fields in queues.items():
            if not named.isdisjoint({key, get_text(fields, "extension"), get_text(fields, "label")}):
                return key
        if not call.get("qcall") and get_text(call, "inq") is None:
            return None
        return self._waited_in.get(get_text(call, "id") or "")

    def _update_device(self, key: str, fields: Fields) -> list[Change]:
        before = self._link(key, fields)
        number = get_text(fields, "extension")
        self._numbers.update(decode_names(fields.get("extensions")), [number] if number else [])
        calls = self._update_calls(key, fields)
        changes = self._show(self._make_phone(key, fields))
        told = tuple(map(fields.get, _FIELDS_OF_USERS))
        if before is not None or self._told_of.get(key) != told:
            self._told_of[key] = told
            # A record that names no owner leaves the device to the one that it has.
            for user in {self._find_user(self._alias_of.get(key)), self._find_user(before)} - {None}:
                changes += self._show_user(user) if user is not None else []
        for queue in self._find_queues_of(key, fields):
            changes += self._refresh_queue(queue)
        return [*changes, *calls]

    def _update_calls(self, key: str, fields: Fields) -> list[Change]:
        """Compare the calls of a device with those it had, as calls of its owner."""
        label, number = get_text(fields, "label"), get_text(fields, "extension")
        endpoint = CallDevice(key, number, label, self.get_owner(fields))
        return self.calls.update(endpoint, list(iter_values(fields.get("calls"))))

    def _link(self, key: str, fields: Fields) -> str | None:
        """Keep whose a device is, and return whose it was if that is another user."""
        alias = get_text(fields, "ownerID", "owner")
        before = self._alias_of.get(key)
        if alias is None or alias == before:
            return None
        # A hot desk has another owner now.
        self._unlink(key)
        self._alias_of[key] = alias
        self._devices_of.setdefault(alias, {})[key] = None
        if before is not None:
            self.on_owner_changed()
        return before

    def _unlink(self, key: str) -> str | None:
        """Forget whose a device is, and return who it was."""
        alias = self._alias_of.pop(key, None)
        if alias is not None:
            self._devices_of[alias].pop(key, None)
        return self._find_user(alias)

    def _remove_device(self, key: str) -> list[Change]:
        user = self._unlink(key)
        self._told_of.pop(key, None)
        ended = self.calls.update(CallDevice(key, None, None, None), [])
        changes: list[Change] = [*ended, *self._hide(ObjectKey(ObjectKind.PHONE, key))]
        for queue in self._queues_of.pop(key, {}):
            changes += self._refresh_queue(queue)
        return [*changes, *(self._show_user(user) if user is not None else [])]

    def _make_phone(self, key: str, fields: Fields) -> Phone:
        state = get_text(fields, "state")
        hardware = get_text(fields, "phone")
        mac = get_text(fields, "mac") or get_text(self.get_record("Phone", hardware or "") or {}, "mac")
        at_it = self._inventory.get_hot_desk_user(hardware)
        if at_it is not None:
            self._hot_desks.add(key)
        return Phone(
            id=key,
            name=get_text(fields, "label", "extension") or key,
            username=get_text(fields, "extension"),
            type=self._inventory.get_type(hardware, mac),
            mac=mac,
            status=decode_line_status(self.calls.get_states(key), state, fields.get("blf")),
            raw_status=state,
            registered={"up": True, "down": False}.get(as_word(state)),
            hot_desk=key in self._hot_desks,
            hot_desk_user=self._find_user(at_it),
        )

    def _find_user(self, alias: str | None) -> str | None:
        """Return a user by id or by login."""
        return self._contact_of.get(alias) if alias is not None else None

    def _get_hot_desk(self, user: str) -> str | None:
        link = self.get_hot_desk_link(user)
        phone = link.phone if link is not None else None
        if not phone:
            return None
        devices = self.get_records("Device").items()
        return next((key for key, fields in devices if get_text(fields, "phone") == phone), None)

    def _update_contact(self, key: str, fields: Fields) -> list[Change]:
        aliases = {key, get_text(fields, "uname") or key}
        is_new = any(self._contact_of.get(alias) != key for alias in aliases)
        self._contact_of |= dict.fromkeys(aliases, key)
        return [*self._show_user(key), *(self._relink(key) if is_new else [])]

    def _relink(self, user: str) -> list[Change]:
        """Return what follows for calls and agents told before it was known whose devices these are."""
        changes: list[Change] = []
        for device in self.get_devices(user):
            fields = self.get_record("Device", device)
            if fields is None:
                continue
            changes += self._update_calls(device, fields)
            for queue in decode_names(fields.get("queues")):
                changes += self._refresh_queue(queue)
        return changes

    def _update_extension(self, key: str, fields: Fields) -> list[Change]:
        self._numbers.update(number for number in (key, get_text(fields, "number")) if number)
        owner = self._contact_of.get(get_text(fields, "owner") or "")
        return self._show_user(owner) if owner is not None else []

    def _update_phone(self, key: str, fields: Fields) -> list[Change]:
        devices = self.get_records("Device")
        return [
            change
            for name in decode_names(fields.get("deviceNames"))
            if name in devices
            for change in self._show(self._make_phone(name, devices[name]))
        ]

    def _update_mailbox(self, key: str, fields: Fields) -> list[Change]:
        return self._show(decode_mailbox(key, fields))

    def _update_queue(self, key: str, fields: Fields) -> list[Change]:
        for call in iter_values(fields.get("calls")):
            if (call_id := get_text(call, "id")) is not None:
                self._waited_in.pop(call_id, None)
                self._waited_in[call_id] = key
        while len(self._waited_in) > MOST_WAITED:
            del self._waited_in[next(iter(self._waited_in))]
        for device in decode_names(fields.get("members")):
            self._queues_of.setdefault(device, {})[key] = None
        return self._show(decode_queue(key, fields, self.get_records("Device"), self.get_owner))

    def _find_queues_of(self, device: str, fields: Fields) -> list[str]:
        """Return the queues of which a device is an agent, or was one at any time."""
        queues = self._queues_of.setdefault(device, {})
        queues.update(dict.fromkeys(decode_names(fields.get("queues"))))
        return list(queues)

    def _refresh_queue(self, key: str) -> list[Change]:
        fields = self.get_record("Queue", key)
        return self._update_queue(key, fields) if fields is not None else []

    def _show_user(self, key: str) -> list[Change]:
        contact, person = self.get_record("Contact", key), self._people.get(key)
        if contact is None and person is None:
            return []
        return self._show(self._make_user(key, contact or {}, person))

    def _make_user(self, key: str, fields: Fields, person: Person | None) -> User:
        places = tuple(
            UserPhone(type=UserPhoneType.PHONE, phone=device, personal=True)
            for device in self.get_devices(key)
        )
        known = person or Person()
        return User(
            id=key,
            name=get_text(fields, "name") or known.name or get_text(fields, "uname") or key,
            username=get_text(fields, "uname") or known.username,
            number=self._get_number(key) or known.extension,
            status=LineStatus.UNKNOWN if places else decode_lamp(fields.get("blf")),
            phones=places,
            hot_desk=self._get_hot_desk(key),
            forwards={ForwardKind.ALWAYS: known.forward} if person is not None else {},
            presence=decode_presence(fields),
            email=get_text(fields, "email"),
            tags=decode_tags(fields),
            editable=person is not None,
            controllable=bool(self.get_controllable_devices(key)),
        )

    def _get_number(self, user: str) -> str | None:
        for device in self.get_devices(user):
            number = get_text(self.get_record("Device", device) or {}, "extension")
            if number is not None:
                return number
        return None

    def _show(self, item: PbxObject) -> list[Change]:
        key = item.key
        if self._shown.get(key) == item:
            return []
        self._shown[key] = item
        return [Upsert(item)]

    def _hide(self, key: ObjectKey) -> list[Change]:
        return [Remove(key)] if self._shown.pop(key, None) is not None else []
