"""Tell stories on an Axeos PBX."""

from collections import Counter
from typing import Any, ClassVar, Unpack, override

from tests.simulators.axeos import AxeosSimulator
from tests.simulators.axeos.call import Call
from tests.simulators.axeos.phone_status import UNAVAILABLE
from tests.simulators.axeos.small_world import API_KEY, phone_uuid, small_world
from tests.simulators.common.simulator import Serving

from .teller import BJORN, CARLA, Part, Teller


class AxeosTeller(Teller):
    """Anna de Vries at extension 201."""

    cannot: ClassVar = {
        Part.HOLD_EVENTS: "only the status of the phone tells of it",
        Part.OUTSIDE_ANSWERS: "no event tells that a number outside has answered",
        Part.PRESENCE: "there is no presence",
    }
    shown = CARLA
    also_written: ClassVar = Counter()
    phone, door = phone_uuid(1), phone_uuid(5)
    # Of the phone in the lobby: of users who have numbers outside as well less is known.
    colleague, door_number = "290", "290"

    def __init__(self, *, v1: bool = False, **serving: Unpack[Serving]) -> None:
        self.pbx: AxeosSimulator = AxeosSimulator(world=small_world(), v1=v1, **serving)
        self.system_id = self.pbx.world.system.uuid
        self._user = self.pbx.world.user("anna")
        self.anna = self._user.uuid
        self.mailbox = next(iter(self.pbx.world.mailboxes))
        self.queue = next(iter(self.pbx.world.queues.values())).name
        self._sitter = self.pbx.world.user("chloe")
        self.sitter = self._sitter.uuid
        self.pbx.engine.behaviour[self.door] = "manual"
        self._call: Call | None = None

    @property
    @override
    def login(self) -> dict[str, Any]:
        return {
            "system": "axeos",
            "login": "axeos_api_key",
            "api_key": API_KEY,
            "queue_interval": 0.1,
        }

    @property
    @override
    def ready(self) -> bool:
        return self.pbx.events.waiting > 0

    @property
    def call(self) -> Call:
        """Return the call of the story."""
        assert self._call is not None
        return self._call

    @override
    def ring(self) -> None:
        self._call = self.pbx.engine.incoming(number=CARLA, name="Carla", extension="201").ring(self._user)

    @override
    def answer(self) -> None:
        self.call.answer(self._user)

    @override
    def hold(self) -> None:
        self.call.hold(self._user)

    @override
    def resume(self) -> None:
        self.call.resume(self._user)

    @override
    def hang_up(self) -> None:
        self.call.hangup()

    @override
    def knock(self) -> None:
        self._second = self.pbx.engine.incoming(number=BJORN, name="Björn", extension="201").ring(self._user)

    @override
    def stop_knocking(self) -> None:
        self._second.hangup()

    @override
    def door_calls(self) -> None:
        self._call = self.pbx.engine.outgoing(self.door, self._user.extension)

    @override
    def dial(self, number: str) -> None:
        self._call = self.pbx.engine.outgoing(self.phone, number)

    @override
    def voicemail(self) -> None:
        self.pbx.leave_voicemail(self.mailbox)

    @override
    def hear_voicemail(self) -> None:
        self.pbx.hear_voicemail(self.mailbox)

    @override
    def do_not_disturb(self) -> bool:
        return self._user.dnd

    @override
    def lose_calls(self) -> None:
        self.pbx.restart()

    @override
    def calls(self) -> int:
        return len(self.pbx.engine.calls)

    @override
    def caller_waits(self) -> None:
        self.pbx.acd.enter(self.queue, CARLA, "Carla")

    @override
    def agents_leave(self) -> None:
        for agent in self.pbx.world.queue(self.queue).agents:
            agent.logged_in = False

    @override
    def unregister(self) -> None:
        self.pbx.set_phone_status(self.phone, UNAVAILABLE)

    @override
    def sit_down(self) -> None:
        self.pbx.hot_desk_login(self._sitter, "hot-1")

    @override
    def sits(self) -> bool:
        return self._sitter.hot_desk is not None
