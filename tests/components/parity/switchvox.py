"""Tell stories on a Switchvox."""

from collections import Counter
from typing import Any, ClassVar, Unpack, override

from tests.simulators.common.simulator import Serving
from tests.simulators.switchvox import OWN, PASSWORD, SwitchvoxSimulator
from tests.simulators.switchvox.channel import CurrentCall
from tests.simulators.switchvox.dialect import Dialect
from tests.simulators.switchvox.world import Waiter

from .teller import BJORN, CARLA, Part, Teller


class SwitchvoxTeller(Teller):
    """Anna Zoë at extension 100, whose login is the one that is used."""

    cannot: ClassVar = {
        Part.FORWARDING: "the PBX has rule sets, which can't be set",
        Part.ROUTING_SWITCHES: "there are no switches",
        Part.REGISTRATION: "the PBX does not tell whether a phone is registered",
        Part.HOT_DESKS: "there are no hot desks",
        Part.HOT_DESK_CONTROL: "there are no hot desks",
        Part.TAGS: "calls have no tags",
        Part.DIALED_NUMBERS: "what somebody dials is not told with the call, but a moment later",
    }
    shown = CARLA
    also_written: ClassVar = Counter()
    phone, door = "1101", "1102"
    colleague, door_number = "101", "101"
    sitter = None

    def __init__(
        self,
        dialect: Dialect | None = None,
        simulator: type[SwitchvoxSimulator] = SwitchvoxSimulator,
        **serving: Unpack[Serving],
    ) -> None:
        self.pbx = simulator(dialect=dialect, **serving)
        self._account = self.pbx.world.account(OWN)
        self.anna = self.mailbox = str(self._account.account_id)
        (self._queue,) = self.pbx.world.queues
        self.queue = str(self._queue.account.account_id)
        self.system_id = f"{self.pbx.world.server_uuid}:{self.anna}"

    @property
    @override
    def login(self) -> dict[str, Any]:
        name, password = self.pbx.world.admin
        return {
            "system": "switchvox",
            "login": "switchvox",
            "extension": OWN,
            "password": PASSWORD,
            "admin_username": name,
            "admin_password": password,
            "mailbox_interval": 0.1,
            "presence_interval": 0.1,
            "queue_interval": 0.1,
        }

    @property
    @override
    def ready(self) -> bool:
        return self.pbx.live

    @property
    def call(self) -> CurrentCall:
        """Return the only call there is."""
        (call,) = self.pbx.lines.calls.values()
        return call

    @override
    def ring(self) -> None:
        self.pbx.lines.incoming(CARLA, OWN, name="Carla")

    @override
    def answer(self) -> None:
        self.pbx.lines.answer(self.call)

    @override
    def hold(self) -> None:
        self.pbx.lines.hold(self.call, OWN)

    @override
    def resume(self) -> None:
        self.pbx.lines.resume(self.call, OWN)

    @override
    def hang_up(self) -> None:
        self.pbx.lines.hang_up(self.call)

    @override
    def knock(self) -> None:
        self._second = self.pbx.lines.incoming(BJORN, OWN, name="Björn")

    @override
    def stop_knocking(self) -> None:
        self.pbx.lines.hang_up(self._second)

    @override
    def door_calls(self) -> None:
        self.pbx.lines.outgoing("101", OWN)

    @override
    def dial(self, number: str) -> None:
        self.pbx.lines.outgoing(OWN, number)

    @override
    def voicemail(self) -> None:
        self.pbx.leave_voicemail(OWN, CARLA)

    @override
    def hear_voicemail(self) -> None:
        for message in self._account.messages:
            message.read = True

    @override
    def do_not_disturb(self) -> bool:
        return self._account.presence == "dnd"

    @override
    def outside_answers(self) -> None:
        # The own phone rings first; the number is called once that is taken.
        self.pbx.lines.pick_up(self.call)
        self.pbx.lines.answer(self.call)

    @override
    def lose_calls(self) -> None:
        self.pbx.lines.lose_all()

    @override
    def calls(self) -> int:
        return len(self.pbx.lines.calls)

    @override
    def caller_waits(self) -> None:
        self._queue.waiters.append(Waiter(CARLA, "Carla", self.pbx.clock.now()))

    @override
    def agents_leave(self) -> None:
        for member in self._queue.members:
            member.logged_in = False
