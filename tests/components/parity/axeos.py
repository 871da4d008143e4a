"""Tell stories on an Axeos PBX."""

from typing import Any, ClassVar, override

from tests.simulators.axeos import AxeosSimulator
from tests.simulators.axeos.call import Call
from tests.simulators.axeos.small_world import API_KEY, small_world

from .teller import CARLA, Part, Teller


class AxeosTeller(Teller):
    """Anna de Vries at extension 201."""

    cannot: ClassVar = {
        Part.HOLD_EVENTS: "only the status of the phone tells of it",
        Part.OUTSIDE_ANSWERS: "no event tells that a number outside has answered",
        Part.LOST_CALLS: "calls can't be listed, so that they are lost shows at the next event",
    }
    shown = CARLA

    def __init__(self) -> None:
        self.pbx: AxeosSimulator = AxeosSimulator(world=small_world(), v1=False)
        self.system_id = self.pbx.world.system.uuid
        self._user = self.pbx.world.user("anna")
        self.anna = self._user.uuid
        self.mailbox = next(iter(self.pbx.world.mailboxes))
        self._call: Call | None = None

    @property
    @override
    def login(self) -> dict[str, Any]:
        return {"system": "axeos", "login": "axeos_api_key", "api_key": API_KEY}

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
    def voicemail(self) -> None:
        self.pbx.leave_voicemail(self.pbx.world.mailboxes[self.mailbox])

    @override
    def do_not_disturb(self) -> bool:
        return self._user.dnd

    @override
    def lose_calls(self) -> None:
        self.pbx.restart()

    @override
    def calls(self) -> int:
        return len(self.pbx.engine.calls)
