"""Let things happen in a simulated PABX."""

from collections.abc import Callable
from typing import Any

from ..common.clock import Clock
from . import render
from .world import Call, Device, World


class Office:
    """Drive calls, messages and presence; every step is published to the feeds."""

    def __init__(self, world: World, clock: Clock, publish: Callable[[str, str, Any], None]) -> None:
        self.world = world
        self.clock = clock
        self._publish = publish
        self._last = 0

    def ring(
        self, device: Device, number: str, name: str = "", *, party: str = "callee", state: str = "ring",
        queue: str | None = None, pbx_id: str | None = None,
    ) -> Call:  # fmt: skip
        """Let a call appear at a device."""
        call = self._call(device.name, number, name, party=party, state=state, pbx_id=pbx_id)
        if queue is not None:
            call.queue, call.inq = queue, call.stamp // 1000
            call.extension = self.world.queues[queue].extension
        device.calls.append(call)
        self.changed(device)
        return call

    def dial(self, device: Device, number: str) -> Call:
        """Let a device call somebody, who rings if they are here."""
        call = self.ring(device, number, party="caller", state="dial")
        call.extension = number
        target = self.world.device(number)
        if target is not None:
            call.state = "ring"
            self.ring(target, device.extension, device.label, pbx_id=call.id)
        self.changed(device)
        return call

    def set_state(self, call: Call, state: str) -> None:
        """Bring a call into a state; a dead one disappears."""
        device = self.world.devices[call.device]
        call.state = state
        if state == "up" and call.start is None:
            call.start = self.stamp()
        self.changed(device)
        if state == "dead":
            device.calls.remove(call)
            self.changed(device)

    def answer(self, call: Call) -> None:
        """Take a call, and let the other side know."""
        for each in self.sides(call):
            self.set_state(each, "up")

    def hang_up(self, call: Call) -> None:
        """End a call on all its sides."""
        for each in self.sides(call):
            self.set_state(each, "dead")

    def hand_over(self, call: Call, number: str) -> None:
        """Let the far side of a call be transferred to another party, which rings before it answers."""
        call.near_state, call.number, call.name = "up", number, ""
        self.set_state(call, "ring")

    def vanish(self, call: Call) -> None:
        """Let a call disappear without a last word."""
        device = self.world.devices[call.device]
        device.calls.remove(call)
        self.changed(device)

    def sides(self, call: Call) -> list[Call]:
        """Return a call as each of its devices sees it."""
        return [each for device in self.world.devices.values() for each in device.calls if each.id == call.id]

    def find(self, uid: int) -> Call | None:
        """Return a call by the number that the script knows it by."""
        calls = [call for device in self.world.devices.values() for call in device.calls]
        calls += [call for queue in self.world.queues.values() for call in queue.waiting]
        return next((call for call in calls if call.uid == uid), None)

    def wait_in_queue(self, queue: str, number: str, name: str = "") -> Call:
        """Let somebody wait in a queue."""
        call = self._call("", number, name, party="caller", state="up")
        call.queue, call.inq = queue, call.stamp // 1000
        self.world.queues[queue].waiting.append(call)
        self.publish("Queue", queue)
        return call

    def leave_queue(self, call: Call) -> None:
        """Let a waiting caller go."""
        queue = self.world.queues[call.queue or ""]
        queue.waiting.remove(call)
        self.publish("Queue", queue.name)

    def set_mailbox(self, name: str, *, unread: int, read: int) -> None:
        """Count messages."""
        mailbox = self.world.mailboxes[name]
        mailbox.unread, mailbox.read = unread, read
        self.publish("Mailbox", name)

    def show(self, cid: int, show: str) -> None:
        """Let a person be present."""
        self.world.contacts[cid].show = show
        self.publish("Contact", cid)

    def changed(self, device: Device) -> None:
        """Publish a device and whose it is."""
        self.publish("Device", device.name)
        if device.owner is not None:
            self.publish("Contact", device.owner)

    def publish(self, kind: str, key: Any) -> None:
        """Publish an object as it is now."""
        self._publish(kind, str(key), render.RENDER[kind](self.world, key))

    def remove_device(self, device: Device) -> None:
        """Take a device away."""
        del self.world.devices[device.name]
        self._publish("Device", device.name, None)

    def remove_address(self, key: str) -> None:
        """Take an entry of the address book away."""
        del self.world.addresses[key]
        self._publish("Address", key, None)

    def stamp(self) -> int:
        """Return the time in milliseconds."""
        return round(self.clock.now().timestamp() * 1000)

    def _call(
        self, device: str, number: str, name: str, *, party: str, state: str, pbx_id: str | None = None
    ) -> Call:
        self._last += 1
        call_id = pbx_id or f"{self._last % 7}"
        start = self.stamp() if state == "up" else None
        return Call(self._last, call_id, device, party, number, name, state, self.stamp(), start)
