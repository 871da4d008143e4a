"""The simulated PBX itself, as strict as a PBX that wants to be spoken to properly."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import json
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from custom_components.pbx.protocols.innovaphone.websocket import login_digest
from tests.simulators.innovaphone import InnovaphoneSimulator
from tests.simulators.innovaphone.demo import VISITOR, Demo, wants_quiet
from tests.simulators.innovaphone.demo_world import demo_world
from tests.simulators.innovaphone.leg import Leg
from tests.simulators.innovaphone.messages import APIS
from tests.simulators.innovaphone.small_world import APP, APP_PASSWORD
from tests.waiting import until


class Wire:
    """Speak JSON over a websocket, and nothing else."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket

    async def send(self, **message: Any) -> None:
        """Send a message."""
        await self._socket.send(json.dumps(message))

    async def next(self, name: str | None = None) -> dict[str, Any]:
        """Return the next message, of this name if there is one."""
        while True:
            message: dict[str, Any] = json.loads(await self._socket.recv())
            if name in {None, message["mt"]}:
                return message

    async def ask(self, api: str, mt: str, **fields: Any) -> dict[str, Any]:
        """Send a request and return its result."""
        await self.send(api=api, mt=mt, src="x", **fields)
        return await self.next(f"{mt}Result")

    async def log_in(self, password: str = APP_PASSWORD, **identity: Any) -> dict[str, Any]:
        """Log in with any identity."""
        await self.send(mt="AppChallenge")
        challenge = (await self.next())["challenge"]
        identity = identity or {"app": APP}
        digest = login_digest(identity, challenge, password, identity.get("info"))
        await self.send(mt="AppLogin", **identity, digest=digest)
        return await self.next("AppLoginResult")


@asynccontextmanager
async def wire_to(pbx: InnovaphoneSimulator, *, log_in: bool = True) -> AsyncIterator[Wire]:
    """Return a connection to the PBX."""
    async with connect(pbx.url, compression=None, close_timeout=1) as socket:
        wire = Wire(socket)
        if log_in:
            await wire.log_in()
        yield wire


@pytest.fixture
async def strict() -> AsyncIterator[InnovaphoneSimulator]:
    """Run a PBX whose protocol may be broken."""
    async with InnovaphoneSimulator() as simulator:
        yield simulator


async def test_challenges_are_new_and_used_once(strict: InnovaphoneSimulator) -> None:
    """Sixteen hex digits, another time others; a second login needs a second one."""
    async with wire_to(strict, log_in=False) as wire:
        await wire.send(mt="AppChallenge")
        first = (await wire.next())["challenge"]
        await wire.send(mt="AppChallenge")
        second = (await wire.next())["challenge"]
        assert len(first) == 16
        assert first != second
        await wire.send(mt="AppLogin", app=APP, digest="0" * 64)
        assert await wire.next() == {"mt": "AppLoginResult"}
        await wire.send(mt="AppLogin", app=APP, digest="0" * 64)
        await until(lambda: strict.violations)
    assert strict.violations[0].violation == "login without a challenge"


async def test_logins(strict: InnovaphoneSimulator) -> None:
    """With and without info, as App object and as user; a wrong password gets no ok."""
    for identity, password in (
        ({"app": APP}, APP_PASSWORD),
        ({"app": APP, "info": {}}, APP_PASSWORD),
        ({"sip": "alice"}, "alicepw"),
    ):
        async with wire_to(strict, log_in=False) as wire:
            assert await wire.log_in(password, **identity) == {"mt": "AppLoginResult", "ok": True}
    async with wire_to(strict, log_in=False) as wire:
        assert await wire.log_in("wrong", sip="alice") == {"mt": "AppLoginResult"}
    async with wire_to(strict, log_in=False) as wire:
        assert await wire.log_in("wrong", sip="nobody") == {"mt": "AppLoginResult"}


BROKEN: list[tuple[dict[str, Any], str]] = [
    ({"api": "RCC", "mt": "Nonsense"}, "unknown message"),
    ({"api": "Nonsense", "mt": "Initialize"}, "unknown message"),
    ({"api": "RCC", "mt": "Initialize", "more": 1}, "knows no field more"),
    ({"api": "RCC", "mt": "Initialize", "limit": "50"}, "limit is a str"),
    ({"api": "RCC", "mt": "Initialize", "limit": 51}, "more than 50"),
    ({"api": "RCC", "mt": "UserClear"}, "lacks call"),
    ({"api": "RCC", "mt": "UserCall", "user": 1}, "names nobody"),
    ({"api": "PbxApi", "mt": "SubscribePresence", "src": "p"}, "names nobody"),
    ({"api": "PbxApi", "mt": "SubscribePresence", "sip": "alice", "src": 7}, "knows no field src"),
    ({"api": "PbxApi", "mt": "GetDiversion", "sip": "alice", "type": "all"}, "unknown type"),
    ({"api": "PbxTableUsers", "mt": "ReplicateStart", "columns": {"pwd": {}}}, "nobody should ask"),
    ({"api": "PbxTableUsers", "mt": "ReplicateStart", "columns": {"cn": {"update": True}}}, "nobody"),
    ({"api": "PbxTableUsers", "mt": "ReplicateStart", "columns": {}, "pseudo": list("abcdef")}, "too many"),
    ({"api": "PbxTableUsers", "mt": "ReplicateUpdate", "columns": {}}, "unknown message"),
    ({"api": "PbxAdminApi", "mt": "UpdateObject", "guid": "*"}, "unknown message"),
    ({"api": "PbxApi", "mt": "SetPresence", "sip": "alice", "activity": "x" * 70_000}, "too long"),
]


@pytest.mark.parametrize(("message", "reason"), BROKEN)
async def test_broken_protocol_is_noticed(
    strict: InnovaphoneSimulator, message: dict[str, Any], reason: str
) -> None:
    """Whatever a client does wrong is kept for the test to fail."""
    async with wire_to(strict) as wire:
        await wire.send(**message)
        await until(lambda: strict.violations)
    assert reason in (strict.violations[0].violation or "")


async def test_text_that_is_no_message(strict: InnovaphoneSimulator) -> None:
    """No JSON, no object and no name are violations too, and so is speaking before the login."""
    async with connect(strict.url) as socket:
        for text in ("{", "[]", "{}", '{"api":"RCC","mt":"Initialize"}'):
            await socket.send(text)
        await until(lambda: len(strict.violations) == 4)
    assert strict.violations[-1].violation == "API message before login"


async def test_too_many_requests(strict: InnovaphoneSimulator) -> None:
    """More than the text allows in a second is too much."""
    async with wire_to(strict) as wire:
        for _ in range(60):
            await wire.send(api="PbxApi", mt="GetNodeInfo")
        await until(lambda: strict.count("PbxApi.GetNodeInfo") == 60)
    assert strict.violations[0].violation == "too many requests in a second"


async def test_user_sees_only_themselves(strict: InnovaphoneSimulator) -> None:
    """A user's login has no directory, and no handle of anybody else."""
    async with wire_to(strict, log_in=False) as wire:
        await wire.log_in("alicepw", sip="alice")
        assert (await wire.ask("RCC", "UserInitialize", cn="Björn Weiß"))["user"] == 0
        assert (await wire.ask("RCC", "UserInitialize", cn="Alice Example"))["user"] > 0
        await wire.send(api="PbxTableUsers", mt="ReplicateNext")
        refused = await wire.ask("PbxApi", "SetPresence", sip="bjorn", activity="dnd")
        assert refused["errorText"]


async def test_what_is_not_there(strict: InnovaphoneSimulator) -> None:
    """Names and handles that mean nothing are refused in the way of each API."""
    async with wire_to(strict) as wire:
        assert (await wire.ask("PbxApi", "SubscribePresence", sip="nobody"))["error"]
        assert (await wire.ask("PbxApi", "AppNotify", sip="nobody", title="", text=""))[
            "error"
        ] == "not found"
        assert (await wire.ask("RCC", "UserCall", user=99, e164="201"))["call"] == 0
        assert (await wire.ask("RCC", "UserPickup", user=99, call=1))["call"] == 0
        for name in ("UserClear", "UserConnect", "UserHold", "UserRetrieve", "UserPark"):
            assert (await wire.ask("RCC", name, call=99))["error"]
        assert (await wire.ask("RCC", "UserTransfer", a=1, b=2))["error"]
        assert (await wire.ask("PbxAdminApi", "GetRegs", cn="nobody"))["regs"] == []
        assert (await wire.ask("PbxAdminApi", "GetPbxConfig"))["loc"] == "master"
        assert (await wire.ask("RCC", "Devices", cn="nobody"))["devices"] == []


async def test_pick_up_by_name_and_refused_handles(strict: InnovaphoneSimulator) -> None:
    """A call can be picked up by the name of whom it rings at; a handle can be given back."""
    async with wire_to(strict) as wire:
        handle = (await wire.ask("RCC", "UserInitialize", cn="Chloé Dubois"))["user"]
        strict.engine.incoming("00301234567", "alice")
        assert (await wire.ask("RCC", "UserPickup", user=handle, cn="Alice Example"))["call"] > 0
        await wire.ask("RCC", "UserEnd", user=handle)
        assert (await wire.ask("RCC", "UserCall", user=handle, cn="Alice Example"))["call"] == 0


async def test_keepalive_and_fragments(strict: InnovaphoneSimulator) -> None:
    """A sign of life is returned; long messages may come in pieces."""
    strict.faults.fragment = True
    strict.world.get("alice").groups = [{"name": f"Group {number}"} for number in range(200)]
    async with wire_to(strict) as wire:
        await wire.send(mt="KeepAlive")
        assert await wire.next() == {"mt": "KeepAlive"}
        await wire.ask("PbxTableUsers", "ReplicateStart", columns={"grps": {}})
        row = await wire.ask("PbxTableUsers", "ReplicateNext")
        assert len(row["columns"]["grps"]) == 200


async def test_closing_api_closes(strict: InnovaphoneSimulator) -> None:
    """A PBX may close the connection instead of staying silent."""
    strict.faults.closing = {"RCC.Initialize"}
    async with wire_to(strict) as wire:
        with pytest.raises(ConnectionClosed):
            await wire.ask("RCC", "Initialize")


def test_every_message_of_the_vendor_pages_is_known() -> None:
    """The strict list of messages holds those of both pages."""
    pages = {
        "SubscribePresence", "UnsubscribePresence", "SetPresence", "SubscribeProfile", "UnsubscribeProfile",
        "AddProfile", "DelProfile", "UpdateProfile", "AddProfileContact", "DelProfileContact",
        "UpdateProfileContact", "GetNodeInfo", "AddAlienCall", "DelAlienCall",
    }  # fmt: skip
    assert pages <= APIS["PbxApi"].keys()
    assert "AccountInfo" in APIS["PbxAccountApi"]


async def test_demo_lives() -> None:
    """The office of the demonstration makes calls by itself, for as long as it runs."""
    async with InnovaphoneSimulator(demo_world()) as pbx:
        Demo(pbx, seed=3).start()
        seen: set[str] = set()
        has_quiet = False
        disturbed: list[str] = []

        def listen(leg: Leg, msg: str, more: object) -> None:
            seen.add(msg)
            if msg == "r-setup" and wants_quiet(leg.owner):
                disturbed.append(leg.owner.cn)

        pbx.engine.listeners.append(listen)
        for _ in range(600):
            pbx.clock.advance(2)
            await wait_a_moment()
            has_quiet |= any(map(wants_quiet, pbx.world.users()))
        assert {"r-setup", "x-conn", "del", "update", "x-setup"} <= seen
        # Nobody is called who does not want to be disturbed.
        assert has_quiet
        assert not disturbed


async def test_demo_answers_others() -> None:
    """Who calls somebody in the demonstration, or outside, is answered, and no call goes on for ever."""
    async with InnovaphoneSimulator(demo_world()) as pbx:
        Demo(pbx, seed=3).start()
        for number in ("208", "0003120123456"):
            heard: set[str] = set()
            call = pbx.engine.dial(VISITOR, number)
            own = call.legs[0]
            pbx.engine.listeners.append(
                lambda leg, msg, more, own=own, heard=heard: heard.add(msg) if leg is own else None
            )
            while call in pbx.engine.calls:
                pbx.clock.advance(2)
                await wait_a_moment()
            assert "r-conn" in heard


async def wait_a_moment() -> None:
    """Let whatever became due happen."""
    done: list[bool] = []
    await until(lambda: done or done.append(True))
