"""Tell of every state that is another than the last time."""

from collections.abc import Callable

from ..common.clock import Clock
from .fields import STATUS_TEXTS, Fields, member_fields
from .world import Member, Queue, World

type Publish = Callable[[str, str, Fields], None]


class Reporter:
    """What an office has said of its devices, extensions and agents.

    `publish` gets the privilege of an event, its name and its fields.
    """

    def __init__(self, world: World, clock: Clock, publish: Publish) -> None:
        self.world = world
        self._clock = clock
        self._tell = publish
        self._states: dict[str, str] = {}
        self._extensions: dict[str, int] = {}
        self.remember()

    def remember(self) -> None:
        """Take the states as they are for told."""
        self._states = {device: self.world.device_state(device) for device in self._devices()}
        self._extensions = {exten: self.world.extension_state(exten) for exten in self.world.hints}

    def member_changes(self, queue: Queue, member: Member, event: str) -> None:
        """Tell of an agent who came, went or paused."""
        self._tell("agent", event, member_fields(self.world, queue, member))

    def refresh(self) -> None:
        """Tell of every device, extension and agent whose state is another now."""
        for device in self._devices():
            state = self.world.device_state(device)
            if self._states.get(device) != state:
                self._states[device] = state
                self._tell("call", "DeviceStateChange", [("Device", device), ("State", state)])
                self._tell_members(device)
        for exten, hint in self.world.hints.items():
            status = self.world.extension_state(exten)
            if self._extensions.get(exten) != status:
                self._extensions[exten] = status
                where = [("Exten", exten), ("Context", self.world.hint_context), ("Hint", hint)]
                shown = [("Status", str(status)), ("StatusText", STATUS_TEXTS.get(status, "Unknown"))]
                self._tell("call", "ExtensionStatus", [*where, *shown])

    def _tell_members(self, device: str) -> None:
        for queue in self.world.queues.values():
            for member in queue.members:
                if member.interface == device:
                    self.member_changes(queue, member, "QueueMemberStatus")

    def _devices(self) -> list[str]:
        names = [f"PJSIP/{name}" for name in self.world.endpoints]
        return [*names, *(f"Custom:{name}" for name in self.world.custom_states)]
