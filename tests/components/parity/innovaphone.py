"""Tell stories on an innovaphone PBX."""

from collections import Counter
from typing import Any, ClassVar, Unpack, override

from tests.simulators.common.simulator import Serving
from tests.simulators.innovaphone import InnovaphoneSimulator
from tests.simulators.innovaphone.leg import Call
from tests.simulators.innovaphone.small_world import APP, APP_PASSWORD, small_world, user

from .teller import BJORN, CARLA, Part, Teller


def _show(number: str) -> str:
    """Return a number as the PBX writes it: with what it takes to dial it, 0 outside and 00 abroad."""
    return f"000{number.removeprefix('+')}"


class InnovaphoneTeller(Teller):
    """Anna at extension 209."""

    cannot: ClassVar = {
        Part.VOICEMAIL: "the PBX has no public API for mailboxes",
        Part.ROUTING_SWITCHES: "Boolean objects can only be read",
        Part.HOT_DESKS: "there are no hot desks",
        Part.HOT_DESK_CONTROL: "there are no hot desks",
        Part.TAGS: "calls have no tags",
        Part.AUTO_ANSWER: "phones can't be made to answer by themselves",
    }
    shown = _show(CARLA)
    mailbox = sitter = None
    # The PBX tells of the call as presence as well.
    also_written: ClassVar = Counter({"user.presence": 2})
    phone, door = "anna-ip112", "chloe-dect"
    colleague, door_number = "202", "203"

    def __init__(self, **serving: Unpack[Serving]) -> None:
        world = small_world()
        self._user = world.add(user(9, "anna", "Anna de Vries", "Anna", "anna-ip112"))
        self.pbx: InnovaphoneSimulator = InnovaphoneSimulator(world, **serving)
        self.anna = self._user.guid
        self.queue = world.get("hotline").guid
        self.system_id = f"{world.domain}/{world.pbx}"

    @property
    @override
    def login(self) -> dict[str, Any]:
        return {
            "system": "innovaphone",
            "login": "innovaphone_app",
            "app": APP,
            "password": APP_PASSWORD,
        }

    @property
    @override
    def ready(self) -> bool:
        # What is configured is asked for row by row, and who is at its end asks once more.
        rows = self.pbx.count("PbxTableUsers.ReplicateNext")
        return self.is_followed and rows > len(self.pbx.world.objects)

    @property
    def is_followed(self) -> bool:
        """Return whether the client is told of the calls of Anna."""
        return self._user.cn in {item.get("cn") for item in self.pbx.recorder.named("RCC.UserInitialize")}

    @property
    def call(self) -> Call:
        """Return the only call there is."""
        (call,) = self.pbx.engine.calls
        return call

    @override
    def ring(self) -> None:
        self.pbx.engine.incoming(self.shown, self._user, name="Carla")

    @override
    def answer(self) -> None:
        self.pbx.engine.answer(self.call, self._user)

    @override
    def hold(self) -> None:
        self.pbx.engine.hold(self.call.leg(self._user))

    @override
    def resume(self) -> None:
        self.pbx.engine.retrieve(self.call.leg(self._user))

    @override
    def hang_up(self) -> None:
        self.pbx.engine.hang_up(self.call)

    @override
    def knock(self) -> None:
        self._second = self.pbx.engine.incoming(_show(BJORN), self._user, name="Björn")

    @override
    def stop_knocking(self) -> None:
        self.pbx.engine.hang_up(self._second)

    @override
    def door_calls(self) -> None:
        self.pbx.engine.dial("chloe", self._user.e164)

    @override
    def dial(self, number: str) -> None:
        self.pbx.engine.dial(self._user, number)

    @override
    def do_not_disturb(self) -> bool:
        return any(entry.get("activity") == "dnd" for entry in self._user.presence)

    @override
    def outside_answers(self) -> None:
        self.pbx.engine.outside_answers(self.call)

    @override
    def lose_calls(self) -> None:
        self.pbx.engine.lose_calls()

    @override
    def time_jumps(self) -> None:
        self.pbx.recorder.watches_pace = False

    @override
    def calls(self) -> int:
        return len(self.pbx.engine.calls)

    @override
    def caller_waits(self) -> None:
        self.pbx.engine.incoming(self.shown, "hotline", name="Carla")

    @override
    def agents_leave(self) -> None:
        self.pbx.office.agent("alice", "Support", present=False)

    @override
    def unregister(self) -> None:
        self.pbx.office.unregister(self._user, self.phone)
