"""Let things other than calls happen at the PBX, and report it to the listeners."""

from collections.abc import Callable
from typing import Any

from .leg import CONNECTED, Leg
from .world import BooleanObject, PbxObject, World

type Listener = Callable[[str, PbxObject], None]
TEL = "tel:"
ON_THE_PHONE = "on-the-phone"


class Office:
    """Change objects the way people and administrators do.

    Listeners get one of: presence, state (registrations and counts), row (configuration), gone, contacts.
    """

    def __init__(self, world: World, *, in_tel: Callable[[], bool] = lambda: False) -> None:
        self._world = world
        self._in_tel = in_tel
        self.listeners: list[Listener] = []
        self._hidden: dict[str, list[dict[str, Any]]] = {}

    def tell(self, topic: str, item: PbxObject) -> None:
        """Tell everybody who listens."""
        for listener in list(self.listeners):
            listener(topic, item)

    def set_presence(
        self, who: PbxObject | str, activity: str, note: str = "", *, contact: str = TEL, status: str = "open"
    ) -> None:
        """Replace what one source says; the newest stands first."""
        item = self._world.get(who)
        entry = {"contact": contact, "status": status, "activity": activity, "note": note}
        item.presence[:] = [entry, *(old for old in item.presence if old.get("contact") != contact)]
        self.tell("presence", item)

    def go_online(self, who: PbxObject | str, *, online: bool) -> None:
        """Open or close the client program of a user."""
        self.set_presence(who, "", contact="im:", status="open" if online else "closed")

    def register(self, who: PbxObject | str, hardware: str) -> None:
        """Let a phone register."""
        item = self._world.get(who)
        item.regs.append(hardware)
        self.tell("state", item)

    def unregister(self, who: PbxObject | str, hardware: str) -> None:
        """Let a phone go away."""
        item = self._world.get(who)
        item.regs.remove(hardware)
        self.tell("state", item)

    def rename(self, who: PbxObject | str, cn: str) -> None:
        """Change the long name of an object."""
        item = self._world.get(who)
        item.cn = cn
        self.tell("state", item)
        self.tell("row", item)

    def agent(self, who: PbxObject | str, group: str, *, present: bool) -> None:
        """Let an agent join or leave a dynamic group."""
        item = self._world.get(who)
        for entry in item.groups:
            if entry["name"] == group:
                entry["dyn"] = "in" if present else "out"
        self.tell("row", item)

    def divert(self, who: PbxObject | str, kind: str, number: str | None) -> None:
        """Set or clear a diversion."""
        item = self._world.get(who)
        item.diversions.pop(kind, None)
        if number:
            item.diversions[kind] = {"num": number}
        self.tell("row", item)

    def add(self, item: PbxObject) -> PbxObject:
        """Create an object."""
        self._world.add(item)
        self.tell("state", item)
        self.tell("row", item)
        return item

    def remove(self, who: PbxObject | str) -> None:
        """Delete an object."""
        item = self._world.get(who)
        del self._world.objects[item.guid]
        self.tell("gone", item)

    def switch(self, boolean: BooleanObject, *, on: bool, reason: str = "manual") -> None:
        """Turn a Boolean object, which nobody is told."""
        boolean.on, boolean.reason = on, reason

    def on_leg(self, leg: Leg, msg: str, details: dict[str, Any], busy: bool) -> None:
        """Follow a call in the presence of its user."""
        self.tell("state", leg.owner)
        shown = any(entry.get("activity") == ON_THE_PHONE for entry in leg.owner.presence)
        if leg.owner.is_user and busy != shown:
            self.mark_on_call(leg.owner, on=busy)

    def mark_on_call(self, item: PbxObject, *, on: bool) -> None:
        """Show, or stop showing, that a user is in a call: in an entry of its own, or in that of tel:."""
        own = {"contact": TEL, "status": "open", "activity": ON_THE_PHONE}
        others = [entry for entry in item.presence if entry.get("activity") != ON_THE_PHONE]
        if on and self._in_tel():
            self._hidden[item.guid] = [entry for entry in others if entry.get("contact") == TEL]
            others = [entry for entry in others if entry.get("contact") != TEL]
        elif not on:
            others = [*self._hidden.pop(item.guid, []), *others]
        item.presence[:] = [own, *others] if on else others
        self.tell("presence", item)


def in_call(legs: list[Leg]) -> bool:
    """Return whether any of these legs makes its user busy."""
    return any(leg.state == CONNECTED for leg in legs)
