"""Tell stories on an Asterisk with the conventions of FreePBX."""

from collections import Counter
from typing import Any, ClassVar, Unpack, override

from tests.simulators.asterisk import AsteriskSimulator
from tests.simulators.asterisk.small_world import LOGIN, TRUNK, UUID
from tests.simulators.asterisk.world import RINGING, Channel
from tests.simulators.common.simulator import Serving

from .teller import BJORN, CARLA, Part, Teller


class AsteriskTeller(Teller):
    """Anna Archer at extension 201."""

    cannot: ClassVar = {
        Part.TAGS: "users have no tags",
        Part.HOT_DESK_CONTROL: "users log in and out at the telephone, by a code",
    }
    shown = CARLA
    also_written: ClassVar = Counter()
    phone, door = "PJSIP/201", "PJSIP/203"
    colleague, door_number = "202", "203"
    queue = "sales"

    def __init__(self, **serving: Unpack[Serving]) -> None:
        self.pbx: AsteriskSimulator = AsteriskSimulator(**serving)
        self.pbx.origination.picks_up = True
        self.anna = "201"
        self.sitter = "206"
        self.mailbox = "201@default"
        self.system_id = UUID

    @property
    @override
    def login(self) -> dict[str, Any]:
        username, password = LOGIN
        return {
            "system": "asterisk",
            "login": "asterisk",
            "username": username,
            "password": password,
            "settings_interval": 0.2,
            "queue_interval": 0.2,
        }

    @property
    @override
    def ready(self) -> bool:
        return bool(self.pbx.listeners)

    @property
    def own(self) -> Channel:
        """Return the channel of Anna's telephone."""
        return self.pbx.world.of_endpoint("201")[0]

    @override
    def ring(self) -> None:
        self.pbx.office.outside_calls("201", CARLA, "Carla")

    @override
    def answer(self) -> None:
        self.pbx.answer("201")

    @override
    def hold(self) -> None:
        self.pbx.office.hold(self.own)

    @override
    def resume(self) -> None:
        self.pbx.office.resume(self.own)

    @override
    def hang_up(self) -> None:
        self.pbx.office.hang_up(self.pbx.world.channels[0])

    @override
    def knock(self) -> None:
        self.pbx.office.outside_calls("201", BJORN, "Björn")

    @override
    def stop_knocking(self) -> None:
        second = next(item for item in self.pbx.world.channels if item.number == BJORN)
        self.pbx.office.hang_up(second)

    @override
    def door_calls(self) -> None:
        self.pbx.office.calls("203", "201")

    @override
    def dial(self, number: str) -> None:
        self.pbx.office.calls("201", number)

    @override
    def voicemail(self) -> None:
        self.pbx.office.set_mailbox(self.mailbox, more=1)

    @override
    def hear_voicemail(self) -> None:
        self.pbx.office.set_mailbox(self.mailbox, heard=True)

    @override
    def do_not_disturb(self) -> bool:
        return self.pbx.world.database.get("/DND/201") == "YES"

    @override
    def outside_answers(self) -> None:
        channel = next(item for item in self.pbx.world.of_endpoint(TRUNK) if item.state == RINGING)
        self.pbx.office.answer(channel)

    @override
    def lose_calls(self) -> None:
        self.pbx.restart()

    @override
    def calls(self) -> int:
        return len({channel.linkedid for channel in self.pbx.world.channels})

    @override
    def caller_waits(self) -> None:
        self.pbx.office.outside_calls("400", CARLA, "Carla")

    @override
    def agents_leave(self) -> None:
        queue = self.pbx.world.queues[self.queue]
        for member in list(queue.members):
            queue.members.remove(member)
            self.pbx.office.member_changes(queue, member, "QueueMemberRemoved")

    @override
    def unregister(self) -> None:
        self.pbx.office.register("201")

    @override
    def sit_down(self) -> None:
        self.pbx.office.sit_down("206", "205")

    @override
    def sits(self) -> bool:
        return self.pbx.world.database["/DEVICE/205/user"] == "206"

    @override
    def stand_up(self) -> None:
        self.pbx.office.stand_up("205")
