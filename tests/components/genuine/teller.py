"""Tell the stories that all systems share on a genuine Asterisk, with telephones that really call."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Collection
from contextlib import AsyncExitStack, asynccontextmanager
import shutil
from typing import Any, ClassVar, override

from tests.components.parity.asterisk import AsteriskTeller
from tests.components.parity.teller import BJORN, CARLA, Part, Teller
from tests.genuine.configuration import SILENCE, UUID
from tests.genuine.office import RECOMMENDED, GenuineOffice
from tests.genuine.sip import Message
from tests.genuine.telephone import SipCall, Telephone

# What only FreePBX has.
FREEPBX_PARTS = {
    Part.DO_NOT_DISTURB,
    Part.FORWARDING,
    Part.ROUTING_SWITCHES,
    Part.HOT_DESKS,
    Part.PRESENCE,
    Part.AUTO_ANSWER,
}
OFFICE = "+31205550"
NUMBERS = ("201", "202", "203", "205", "206")


class WillingTelephone(Telephone):
    """A telephone that takes by itself the calls that are placed for it, which show its own number."""

    @override
    def _on_invite(self, message: Message) -> None:
        super()._on_invite(message)
        call = self.calls[-1]
        if call.invitation is message and not call.status and call.caller == self.number:
            call.is_noticed = True
            self.accept(call)


class GenuinePbx:
    """What the stories do with a PBX as such."""

    def __init__(self, office: GenuineOffice, telephones: Collection[Telephone]) -> None:
        self._server = office.server
        self._telephones = telephones
        self.host = office.server.host
        self.port = office.server.ports.ami
        self.is_off = False

    async def stop(self) -> None:
        """Switch the server off, for good."""
        await asyncio.to_thread(self._server.switch_off)
        self.is_off = True

    async def start(self) -> None:
        """Switch it on again, where it is off."""
        if not self.is_off:
            return
        self._server.launch()
        await asyncio.to_thread(self._server.wait_until_booted)
        self.is_off = False
        # Whoever has just registered may have been forgotten.
        await self.register()

    async def register(self) -> None:
        """Let all telephones log in."""
        await asyncio.gather(*(telephone.register() for telephone in self._telephones))


class GenuineTeller(Teller):
    """Anna Archer at extension 201; Carla and Björn are outside, by way of the trunk."""

    cannot: ClassVar = AsteriskTeller.cannot
    also_written: ClassVar = Counter()
    shown = CARLA
    phone, door = "PJSIP/201", "PJSIP/203"
    colleague, door_number = "202", "203"
    queue = "sales"
    anna, sitter, mailbox = "201", "206", "201@default"
    system_id = UUID

    def __init__(self, office: GenuineOffice) -> None:
        self._office = office
        port = office.server.ports.sip
        self._phones = {number: WillingTelephone(number, port) for number in NUMBERS}
        self.pbx: Any = GenuinePbx(office, self._phones.values())
        self._carla = office.outside(CARLA, "Carla")
        self._bjorn = Telephone(BJORN, port, name="Björn")
        self._placed: list[SipCall] = []

    @asynccontextmanager
    async def running(self) -> AsyncIterator[GenuineTeller]:
        """Plug all telephones in and register them, and be as before at the end."""
        async with AsyncExitStack() as stack:
            for telephone in (*self._phones.values(), self._carla, self._bjorn):
                await stack.enter_async_context(telephone)
            await self.pbx.register()
            try:
                yield self
            finally:
                await self.pbx.start()

    @property
    @override
    def login(self) -> dict[str, Any]:
        username, password = RECOMMENDED
        system = {"system": "asterisk", "login": "asterisk"}
        return {**system, "username": username, "password": password, "settings_interval": 0.5}

    @property
    @override
    def ready(self) -> bool:
        return True

    def _call(self, telephone: Telephone, number: str) -> SipCall:
        call = telephone.call(number)
        self._placed.append(call)
        return call

    def _answer(self, telephone: Telephone) -> None:
        async def answer() -> None:
            while (call := await telephone.rings()).is_over:
                pass
            await call.answer()

        telephone.spawn(answer())

    @property
    def _talk(self) -> SipCall:
        """Return the call in which Anna talks."""
        return next(call for call in self._phones["201"].calls if call.status == 200 and not call.is_over)

    @override
    def ring(self) -> None:
        self._call(self._carla, f"{OFFICE}201")

    @override
    def answer(self) -> None:
        self._answer(self._phones["201"])

    @override
    def hold(self) -> None:
        self._carla.spawn(self._talk.hold())

    @override
    def resume(self) -> None:
        self._carla.spawn(self._talk.resume())

    @override
    def hang_up(self) -> None:
        call = next(call for call in self._placed if not call.is_over)
        self._carla.spawn(call.hang_up())

    @override
    def knock(self) -> None:
        self._call(self._bjorn, f"{OFFICE}201")

    @override
    def stop_knocking(self) -> None:
        self._carla.spawn(self._placed[-1].hang_up())

    @override
    def door_calls(self) -> None:
        self._call(self._phones["203"], "201")

    @override
    def dial(self, number: str) -> None:
        self._call(self._phones["201"], number)

    @override
    def voicemail(self) -> None:
        folder = self._inbox
        folder.mkdir(parents=True, exist_ok=True)
        number = len(list(folder.glob("*.txt")))
        (folder / f"msg{number:04}.gsm").write_bytes(SILENCE * 50)
        (folder / f"msg{number:04}.txt").write_text("[message]\norigmailbox=201\nduration=1\n")
        self._count_messages()

    @override
    def hear_voicemail(self) -> None:
        shutil.rmtree(self._inbox)
        self._count_messages()

    @property
    def _inbox(self) -> Any:
        return self._office.server.folder / "spool" / "voicemail" / "default" / "201" / "INBOX"

    def _count_messages(self) -> None:
        async def count() -> None:
            await self._office.manager.ask("VoicemailRefresh", Context="default", Mailbox="201")

        self._carla.spawn(count())

    @override
    def do_not_disturb(self) -> bool:
        return "YES" in self._stored("DND", "201")

    def _stored(self, family: str, key: str) -> list[str]:
        """Return the value that the database has for a key, if any."""
        blocks = self._office.server.ask("DBGet", Family=family, Key=key)
        return [block["Val"] for block in blocks if "Val" in block]

    @override
    def outside_answers(self) -> None:
        self._answer(self._carla)

    @override
    def calls(self) -> int:
        blocks = self._office.server.ask("CoreShowChannels")
        return len({block["Linkedid"] for block in blocks if block.get("Event") == "CoreShowChannel"})

    @override
    def caller_waits(self) -> None:
        self._call(self._carla, f"{OFFICE}400")

    @override
    def agents_leave(self) -> None:
        for number in ("201", "202", "203"):
            self._carla.spawn(self._phones[number].unregister())

    @override
    def unregister(self) -> None:
        self._carla.spawn(self._phones["201"].unregister())

    @override
    def sit_down(self) -> None:
        self._phones["205"].call("*11206")

    @override
    def sits(self) -> bool:
        return "206" in self._stored("DEVICE", "205/user")

    @override
    def stand_up(self) -> None:
        self._phones["205"].call("*12")
