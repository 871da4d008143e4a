"""Serve the private live feed that the stand-in script speaks."""

from contextlib import suppress
import json
from typing import TYPE_CHECKING, Any

from aiohttp import WSMsgType, web

from . import render
from .world import Call, Device, User

if TYPE_CHECKING:
    from .server import IpcortexSimulator

SETS = {
    "device": ("Phone", "Extension", "Device"),
    "deviceMin": ("Phone", "Extension", "Device"),
    "mailbox": ("Mailbox",),
    "queue": ("Queue",),
    "presence": ("Contact",),
}

NEEDS_FEED = {"pause", "idle", "do", "addresses"}
KNOWN = {*NEEDS_FEED, "start", "history", "tags", "tag", "stun", "ping"}
SETTABLE = {"autoanswer", "autohold"}
# In which states of a call its methods make sense.
STATES = {"hold": {"up"}, "talk": {"ring", "hold"}, "xfer": {"up", "hold", "ring"}, "send": {"up"}}


def _words(text: str) -> list[Any]:
    """Return a message, or nothing where it is none."""
    try:
        message = json.loads(text)
    except ValueError:
        return []
    return message if isinstance(message, list) and len(message) > 1 else []


class Feed:
    """One script that listens."""

    def __init__(self, pbx: IpcortexSimulator, user: User, token: str) -> None:
        self._pbx = pbx
        self.user = user
        self.token = token
        self.kinds: set[str] = set()
        self.sets: list[str] = []
        self.paused = False
        self.idle = False
        self.history = False
        self.asked: list[list[Any]] = []
        self.tags = False
        self.pingtime: Any = None
        self.retry: float | None = None
        self._socket = web.WebSocketResponse()

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """Talk until one side ends."""
        await self._socket.prepare(request)
        async for message in self._socket:
            if message.type is WSMsgType.TEXT and (words := _words(message.data)):
                await self._take(words)
            else:
                self._pbx.violation("malformed message")
        return self._socket

    async def send(self, *message: Any) -> None:
        """Send one message."""
        if not self._socket.closed and not self._pbx.faults.silent:
            # A line that was cut is noticed a moment later.
            with suppress(ConnectionError):
                await self._socket.send_str(json.dumps(message))

    def abort(self) -> None:
        """Cut the line."""
        request = self._socket._req  # aiohttp has no public way to be this rude
        if request is not None and request.transport is not None:
            request.transport.abort()

    def wants(self, kind: str, key: str) -> bool:
        """Return whether this script is to hear of an object."""
        if self.paused or kind not in self.kinds:
            return False
        device = self._pbx.world.devices.get(key) if kind == "Device" else None
        narrow = "deviceMin" in self.sets or self.idle
        return device is None or not narrow or device.owner == self.user.id

    def state(self) -> list[tuple[str, str, Any]]:
        """Return everything this script is to hear of."""
        world = self._pbx.world
        keys: dict[str, list[str]] = {
            "Phone": sorted({device.phone for device in world.devices.values() if device.phone}),
            "Extension": [device.extension for device in world.devices.values()]
            + [queue.extension for queue in world.queues.values()],
            "Device": list(world.devices),
            "Mailbox": list(world.mailboxes),
            "Queue": list(world.queues),
            "Contact": [str(cid) for cid in world.contacts],
        }
        return [
            (kind, key, self._pbx.vary(render.RENDER[kind](world, key)))
            for kind, names in keys.items()
            for key in names
            if self.wants(kind, key)
        ]

    async def _take(self, message: list[Any]) -> None:
        self.asked.append(message)
        what, number, *values = message
        if what not in KNOWN or (what in NEEDS_FEED and not self.kinds):
            self._pbx.violation(f"{what} {'before the start' if what in KNOWN else 'is unknown'}")
        if what == "ping":
            await self.send("p")
            return
        errno, value = await self._answer(what, values)
        await self.send("r", number, errno, value)

    async def _answer(self, what: str, values: list[Any]) -> tuple[int, Any]:
        if what == "start":
            return await self._start(*values)
        if what in {"pause", "idle", "history"}:
            name = {"pause": "paused"}.get(what, what)
            setattr(self, name, bool(values[0]) if values else True)
        if what == "addresses":
            self.kinds.add("Address")
            return 0, [render.address(self._pbx.world, key) for key in self._pbx.world.addresses]
        if what == "tags":
            self.tags = bool(values[0])
        if what == "tag":
            return self._tag(*values)
        if what == "do":
            return self._do(*values)
        return 0, None

    def _tag(self, key: Any, tags: list[str]) -> tuple[int, Any]:
        """Write tags, as an administrator for anybody, else for oneself."""
        if not self.tags:
            self._pbx.violation("tags were written before they were enabled")
        if not self.user.admin and key != self.user.id:
            return 99, "not yours"
        if self._pbx.faults.swallow_commands:
            return 0, None
        world = self._pbx.world
        kind, item = (
            ("Contact", world.contacts[key]) if key in world.contacts else ("Address", world.addresses[key])
        )
        item.tags = tags
        self._pbx.office.publish(kind, key)
        return 0, None

    async def _start(
        self, sets: list[str], version: str, pingtime: Any, retry: float | None
    ) -> tuple[int, Any]:
        faults = self._pbx.faults
        if version != self._pbx.version:
            return 100, "version mismatch"
        if faults.not_ready:
            faults.not_ready -= 1
            return 3, "not ready"
        if faults.start_error is not None:
            return faults.start_error, "failed"
        self.paused = False
        self.pingtime, self.retry = pingtime, retry
        if type(pingtime) not in {int, float} or not 10 <= pingtime <= 999:
            self._pbx.violation(f"pingtime {pingtime}")
        self.sets = sets or list(SETS)
        if not sets:
            self.sets.remove("deviceMin")
        self.kinds = {kind for name in self.sets for kind in SETS[name]}
        state, variety = self.state(), self._pbx.variety
        for kind, key, data in state if variety is None else variety.shuffle(state):
            await self.send("o", kind, key, data)
        return 0, None

    def _do(self, what: str, target: Any, values: list[Any]) -> tuple[int, Any]:
        refusal = self._pbx.faults.command_error
        if refusal is not None:
            return refusal, self._pbx.faults.refusal_words
        self._pbx.commands.append((what, target, *values))
        if what == "attendedTransfer" and not (values and isinstance(values[0], list)):
            self._pbx.violation("an attended transfer to something that is no call")
        if self._pbx.faults.swallow_commands:
            return 0, None
        device = self._pbx.world.devices.get(target) if isinstance(target, str) else None
        call = self._pbx.office.find(target) if isinstance(target, int) else None
        owner = device or self._pbx.world.devices.get(call.device if call else "")
        if owner is not None and owner.owner != self.user.id:
            return 99, "not yours"
        if device is not None:
            return self._do_device(what, device, values)
        if call is not None:
            return self._do_call(what, call, values)
        return 1, "no such thing"

    def _do_device(self, what: str, device: Device, values: list[Any]) -> tuple[int, Any]:
        office = self._pbx.office
        if what == "dial":
            office.dial(device, str(values[0]))
        elif what == "optIn":
            device.opt_out = [name for name in device.opt_out if name != values[0]]
            office.changed(device)
        elif what == "optOutOf":
            device.opt_out.append(values[0])
            office.changed(device)
        elif what not in SETTABLE:
            return 1, "no such method"
        return 0, None

    def _do_call(self, what: str, call: Call, values: list[Any]) -> tuple[int, Any]:
        office = self._pbx.office
        if call.state not in STATES.get(what, {call.state}):
            return 1, "not in this state"
        if what == "hangup":
            office.hang_up(call)
        elif what == "hold":
            office.set_state(call, "hold")
        elif what == "talk":
            office.set_state(call, "up") if call.state == "hold" else office.answer(call)
        elif what in {"xfer", "send"}:
            office.set_state(call, "dead") if call.device else office.leave_queue(call)
        elif what == "attendedTransfer":
            other = office.find(values[0][1]) if values and isinstance(values[0], list) else None
            if other is None:
                return 1, "no such call"
            for each in (call, other):
                office.set_state(each, "dead")
        else:
            return 1, "no such method"
        return 0, None
