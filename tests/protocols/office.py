"""A small office and a large one, as a session would tell of them."""

from dataclasses import replace
from typing import Any

from custom_components.pbx.protocols.changes import CallChange, Change, Snapshot
from custom_components.pbx.protocols.delta import Delta
from custom_components.pbx.protocols.enums import LineStatus, MomentType, UserPhoneType
from custom_components.pbx.protocols.keys import ObjectKey
from custom_components.pbx.protocols.model import (
    Mailbox,
    PbxInfo,
    PbxObject,
    Phone,
    Queue,
    Switch,
    User,
    UserPhone,
)
from custom_components.pbx.protocols.state import PbxState

from .story import Watch, user_key

PBX = PbxInfo(id="pbx", name="Office")


def phone(name: str, status: LineStatus = LineStatus.IDLE) -> Phone:
    """Return a phone."""
    return Phone(id=name, name=name, status=status)


def place(name: str, *, personal: bool = True) -> UserPhone:
    """Return a phone as a place where a user can be reached."""
    return UserPhone(type=UserPhoneType.PHONE, phone=name, personal=personal)


DESK, MOBILE, LOBBY = phone("desk-anna"), phone("mobile-anna"), phone("lobby")
ANNA_USER = User(id="anna", name="Anna", number="201", phones=(place("desk-anna"), place("mobile-anna")))
BERT_USER = User(id="bert", name="Bert", number="202", phones=(place("lobby", personal=False),))
ROAMER = User(id="roamer", name="Roamer", phones=(UserPhone(type=UserPhoneType.HOT_DESK),))
BOX = Mailbox(id="box", name="201", number="201", new=1, old=0)
NIGHT = Switch(id="night", name="Night", value=False)
SALES = Queue(id="sales", name="Sales", waiting=0)
OBJECTS: tuple[PbxObject, ...] = (DESK, MOBILE, LOBBY, ANNA_USER, BERT_USER, ROAMER, BOX, NIGHT, SALES)


def snapshot(*objects: PbxObject, calls: tuple[CallChange, ...] | None = ()) -> Snapshot:
    """Return a snapshot of these objects."""
    return Snapshot(info=PBX, objects=objects, calls=calls)


def office_with(item: PbxObject) -> tuple[PbxObject, ...]:
    """Return the objects of the small office, one of them as it is given."""
    return tuple(item if item.key == known.key else known for known in OBJECTS)


class Office:
    """The state of the small office, after its first snapshot."""

    def __init__(self, *objects: PbxObject) -> None:
        self.watch = Watch()
        self.state = PbxState(self.watch)
        self.tell(snapshot(*(objects or OBJECTS)))

    def tell(self, *changes: Change) -> Delta:
        """Let something happen."""
        return self.state.apply(changes)

    def status(self, item: ObjectKey | str) -> LineStatus:
        """Return what a phone, or a user, shows."""
        shown = self.state.get(user_key(item) if isinstance(item, str) else item)
        assert isinstance(shown, Phone | User)
        return shown.status


# What a difference says, but of which objects only the lines or the settings differ.
_SAID = (
    *("touched", "described", "added", "removed", "moments", "notices", "raw_events"),
    *("capabilities", "doubtful"),
)


def list_news(delta: Delta) -> dict[str, Any]:
    """Return all that a difference says, by the name of it."""
    return {name: said for name in _SAID if (said := getattr(delta, name))}


def told(delta: Delta, key: ObjectKey) -> list[MomentType]:
    """Return the moments of an object."""
    return [moment.type for moment in delta.moments if moment.key == key]


def large_office(size: int) -> tuple[PbxObject, ...]:
    """Return so many phones, and as many users who have one each."""
    phones = (replace(DESK, id=f"phone {number}", name=f"Phone {number}") for number in range(size))
    users = (
        User(id=f"user {number}", name=f"User {number}", phones=(place(f"phone {number}"),))
        for number in range(size)
    )
    return (*phones, *users)
