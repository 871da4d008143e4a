"""Tell stories on an IPCortex PABX."""

from collections import Counter
from typing import Any, ClassVar, Unpack, override

from tests.simulators.common.simulator import Serving
from tests.simulators.ipcortex import IpcortexSimulator
from tests.simulators.ipcortex.small_world import PLAIN
from tests.simulators.ipcortex.world import Call

from .teller import BJORN, CARLA, Part, Teller


class IpcortexTeller(Teller):
    """Anna Archer at extension 201, whose login is the one that is used."""

    cannot: ClassVar = {
        Part.DO_NOT_DISTURB: "the PABX has none, and the presence of its chat can't be set",
        Part.PRESENCE: "the presence of the chat can't be set",
        Part.TAGS: "calls have no tags",
        Part.AUTO_ANSWER: "phones can't be made to answer by themselves",
        Part.CONTROL_OF_OTHERS: "a login controls its own telephones only",
    }
    shown = CARLA
    also_written: ClassVar = Counter()
    phone, door = "SIP/anna", "SIP/bjorn"
    colleague, door_number = "202", "202"
    queue = "sales"

    def __init__(self, **serving: Unpack[Serving]) -> None:
        self.pbx: IpcortexSimulator = IpcortexSimulator(**serving)
        self._user = self.pbx.world.users["anna"]
        self._desk = self.pbx.world.devices[self.phone]
        self.anna = self.sitter = str(self._user.id)
        self.mailbox = "201@default"
        self.system_id = f"{self.pbx.host}-{self._user.company}-{self._user.id}"

    @property
    @override
    def login(self) -> dict[str, Any]:
        username, password = PLAIN
        return {
            "system": "ipcortex",
            "login": "ipcortex_user",
            "username": username,
            "password": password,
        }

    @property
    @override
    def ready(self) -> bool:
        return bool(self.pbx.feeds)

    @property
    def call(self) -> Call:
        """Return the only call there is."""
        (call,) = self._desk.calls
        return call

    @override
    def ring(self) -> None:
        self.pbx.office.ring(self._desk, CARLA, "Carla")

    @override
    def answer(self) -> None:
        self.pbx.office.answer(self.call)

    @override
    def hold(self) -> None:
        self.pbx.office.set_state(self.call, "hold")

    @override
    def resume(self) -> None:
        self.pbx.office.set_state(self.call, "up")

    @override
    def hang_up(self) -> None:
        self.pbx.office.hang_up(self.call)

    @override
    def knock(self) -> None:
        self._second = self.pbx.office.ring(self._desk, BJORN, "Björn")

    @override
    def stop_knocking(self) -> None:
        self.pbx.office.hang_up(self._second)

    @override
    def door_calls(self) -> None:
        self.pbx.office.dial(self.pbx.world.devices[self.door], self._desk.extension)

    @override
    def dial(self, number: str) -> None:
        self.pbx.office.dial(self._desk, number)

    @override
    def voicemail(self) -> None:
        mailbox = self.pbx.world.mailboxes[self.mailbox]
        self.pbx.office.set_mailbox(self.mailbox, unread=mailbox.unread + 1, read=mailbox.read)

    @override
    def hear_voicemail(self) -> None:
        self.pbx.office.set_mailbox(self.mailbox, unread=0, read=3)

    @override
    def outside_answers(self) -> None:
        self.pbx.office.answer(self.call)

    @override
    def lose_calls(self) -> None:
        self._desk.calls.clear()

    @override
    def calls(self) -> int:
        return len(self._desk.calls)

    @override
    def caller_waits(self) -> None:
        self.pbx.office.wait_in_queue(self.queue, CARLA, "Carla")

    @override
    def agents_leave(self) -> None:
        self._desk.opt_out.append(self.pbx.world.queues[self.queue].extension)
        self.pbx.office.changed(self._desk)

    @override
    def unregister(self) -> None:
        self._desk.state = "down"
        self.pbx.office.changed(self._desk)

    @override
    def sit_down(self) -> None:
        phone = self.pbx.world.devices[self.door].phone
        assert phone is not None
        self.pbx.world.links[phone] = {"type": "hotdesk", "user": self._user.login}

    @override
    def sits(self) -> bool:
        return {"type": "hotdesk", "user": self._user.login} in self.pbx.world.links.values()
