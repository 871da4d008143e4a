"""Tell stories on an IPCortex PABX."""

from typing import Any, ClassVar, override

from tests.simulators.ipcortex import IpcortexSimulator
from tests.simulators.ipcortex.small_world import PLAIN
from tests.simulators.ipcortex.world import Call

from .teller import CARLA, Part, Teller


class IpcortexTeller(Teller):
    """Anna Archer at extension 201, whose login is the one that is used."""

    cannot: ClassVar = {Part.DO_NOT_DISTURB: "the PABX has none, and the presence of its chat can't be set"}
    shown = CARLA

    def __init__(self) -> None:
        self.pbx: IpcortexSimulator = IpcortexSimulator()
        self._user = self.pbx.world.users["anna"]
        self._desk = self.pbx.world.devices["SIP/anna"]
        self.anna = str(self._user.id)
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
    def voicemail(self) -> None:
        mailbox = self.pbx.world.mailboxes[self.mailbox]
        self.pbx.office.set_mailbox(self.mailbox, unread=mailbox.unread + 1, read=mailbox.read)

    @override
    def outside_answers(self) -> None:
        self.pbx.office.answer(self.call)

    @override
    def lose_calls(self) -> None:
        self._desk.calls.clear()

    @override
    def calls(self) -> int:
        return len(self._desk.calls)
