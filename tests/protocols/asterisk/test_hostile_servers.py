"""What a session bears that a genuine server does not do on request, on a simulated one."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
import logging

import pytest

from custom_components.pbx.protocols.commands import ConnectOptions
from custom_components.pbx.protocols.enums import Capability, DialOutcome, LineStatus, ObjectKind
from custom_components.pbx.protocols.errors import (
    CannotConnect,
    CertificateNotTrusted,
    CommandFailed,
    CommandOutcomeUnknown,
    MissingRight,
    NoAnswer,
    NotSupported,
    WrongSystem,
)
from custom_components.pbx.protocols.keys import PBX_KEY
from tests.simulators.asterisk import AsteriskSimulator, small_world
from tests.simulators.asterisk.small_world import LOGIN, TRUNK
from tests.simulators.asterisk.world import RING
from tests.simulators.common.clock import Clock
from tests.waiting import until

from .client import SIMULATED, AsteriskCollector

client_for, session_for = SIMULATED.client_for, SIMULATED.session_for
GREETING = b"Asterisk Call Manager/11.0.0\r\n"


@asynccontextmanager
async def simulated(
    flavour: str = "freepbx", **more: object
) -> AsyncIterator[tuple[AsteriskSimulator, AsteriskCollector]]:
    """Return a simulated server, and a client of it."""
    async with AsteriskSimulator(small_world(flavour)).faultless() as pbx, client_for(pbx, **more) as client:
        yield pbx, client


async def test_silence() -> None:
    """A quiet server is asked for a sign of life; one that gives none is left."""
    async with simulated() as (pbx, client):
        pbx.faults.errors["Ping"] = "Not today"
        async with client.clock.hurrying():
            await until(lambda: any(request.action == "Ping" for request in pbx.requests))
            assert client.errors == []
            pbx.faults.silent = True
            await until(lambda: not pbx.connections)
            pbx.faults.silent = False
            await client.until(lambda: client.opened > 1)


@pytest.mark.parametrize("fault", ["dropped", "lost", "unanswered"])
async def test_lost_answers(fault: str) -> None:
    """Of a command whose answer is lost nobody knows what became; it is never sent twice."""
    async with simulated() as (pbx, client):
        commands = client.session.commands
        actions = {"Originate", "Setvar"}
        getattr(pbx.faults, fault).update(actions)
        async with client.clock.hurrying(200 if fault == "unanswered" else 1):
            orders: list[Callable[[], Awaitable[object]]] = [
                lambda: commands.dial(user="201", phone=None, number="202"),
                lambda: commands.set_do_not_disturb("201", on=True),
            ]
            for number, order in enumerate(orders, start=1):
                with pytest.raises(CommandOutcomeUnknown):
                    await order()
                if fault != "unanswered":
                    await client.until(lambda number=number: client.opened > number)
        sent = [request.action for request in pbx.requests if request.action in actions]
        assert sent.count("Originate") == 1
        pbx.faults.refuse_logins = True
        pbx.drop()
        async with client.clock.hurrying():
            await until(lambda: client.is_refused)
        with pytest.raises(CannotConnect):
            await commands.set_call_waiting("201", on=True)


async def test_failure_is_told_before_the_end() -> None:
    """Why a call failed is known from its end, which may be told after the failure itself."""
    async with simulated() as (pbx, client):
        pbx.origination.ends_late = 0.2
        dialing = asyncio.create_task(client.session.commands.dial(user="201", phone=None, number="202"))
        await client.shows(u201="dialing")
        pbx.refuse("201")
        assert (await dialing).outcome is DialOutcome.BUSY


async def serve(
    behave: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
) -> asyncio.Server:
    """Return a server that behaves in its own way."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await behave(reader, writer)
        writer.close()

    return await asyncio.start_server(handle, "127.0.0.1", 0)


@pytest.mark.parametrize(
    ("answers", "tls", "error"),
    [
        ((b"",), False, CannotConnect),
        ((GREETING, b""), False, CannotConnect),
        ((GREETING, None), False, CannotConnect),
        ((None,), True, NoAnswer),
        ((GREETING, b"Event: Early\r\n\r\n", b"Response: Success\r\n\r\n"), False, WrongSystem),
    ],
    ids=["closes at once", "closes then", "says nothing", "no TLS", "no challenge"],
)
async def test_logins_that_fail(answers: tuple[bytes | None, ...], tls: bool, error: type[Exception]) -> None:
    """Whatever a server does instead of a login ends, and is told as what it is."""

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for answer in answers:
            if answer is None:
                await reader.read()
                return
            writer.write(answer)
            await writer.drain()
            await asyncio.sleep(0)

    async with AsteriskSimulator() as pbx:
        server = await serve(behave)
        port = server.sockets[0].getsockname()[1]
        clock = Clock()
        async with clock.hurrying(), session_for(pbx, clock=clock, port=port, tls=tls) as session:
            with pytest.raises(error):
                await session.probe()
        server.close()


async def test_certificates_and_interruption() -> None:
    """A certificate that nobody vouches for is told, and a login that is given up leaves nothing behind."""
    async with AsteriskSimulator(tls=True) as pbx, session_for(pbx) as session:
        with pytest.raises(CertificateNotTrusted):
            await session.probe()
    async with AsteriskSimulator() as pbx:
        pbx.faults.unanswered.add("Login")
        async with session_for(pbx) as session:
            task = asyncio.create_task(session.probe())
            await until(lambda: any(request.action == "Login" for request in pbx.requests))
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await until(lambda: not pbx.connections)


LISTS = {
    "DeviceStateList": ObjectKind.PHONE,
    "PJSIPShowEndpoints": ObjectKind.PHONE,
    "DBGetTree": ObjectKind.USER,
    "QueueStatus": ObjectKind.QUEUE,
    "VoicemailUsersList": ObjectKind.MAILBOX,
    "ParkedCalls": None,
    "CoreShowChannels": None,
    "PresenceStateList": None,
    "PJSIPShowContacts": None,
}


async def test_lists_that_fail() -> None:
    """A list that is refused leaves what was known, and says which kinds are not read."""
    async with AsteriskSimulator().faultless() as pbx, session_for(pbx) as session:
        whole = await session.open()
        for action, kind in LISTS.items():
            pbx.faults.errors = {action: "Out of order"}
            snapshot = await session.open()
            assert kind is None or kind in snapshot.unread, action
            assert len(snapshot.objects) == len(whole.objects), action
            assert session.statistics()["failed_readings"], action
        pbx.faults.errors = {}
        pbx.faults.missing = {
            "PJSIPShowEndpoints",
            "PJSIPShowContacts",
            "QueueStatus",
            "ParkedCalls",
            "VoicemailUsersList",
        }
        snapshot = await session.open()
        assert snapshot.unread == frozenset()
        assert Capability.QUEUES not in session.capabilities
        assert {item.key.kind for item in snapshot.objects} >= {ObjectKind.USER, ObjectKind.MAILBOX}


async def test_lists_without_end() -> None:
    """A list that is never completed is given up, and the kind counts as not read."""
    async with AsteriskSimulator() as pbx:
        pbx.faults.endless.add("QueueStatus")
        clock = Clock()
        async with clock.hurrying(), session_for(pbx, clock=clock) as session:
            assert (await session.open()).unread == {ObjectKind.QUEUE}


async def test_rights_that_come_and_go() -> None:
    """What the login may not do any more is told, and taken back when it may."""
    async with simulated() as (pbx, client):
        user = pbx.world.users[LOGIN[0]]
        async with client.clock.hurrying(20):
            pbx.faults.missing.add("Originate")
            pbx.reload()
            await client.until(lambda: Capability.DIAL not in client.session.capabilities)
            await client.until(
                lambda: any(detail.startswith("originate ") for detail in client.missing_rights())
            )
            pbx.faults.missing.clear()
            pbx.reload()
            await client.until(lambda: not client.missing_rights())
        user.write.clear()
        for order in (
            client.session.commands.dial(user="201", phone=None, number="202"),
            client.session.commands.set_call_waiting("201", on=True),
        ):
            with pytest.raises(MissingRight):
                await order


async def test_passwords_of_telephones(caplog: pytest.LogCaptureFixture) -> None:
    """The server tells them among the details of telephones; they get nowhere, however late they come."""
    caplog.set_level(logging.DEBUG)
    async with simulated("plain") as (pbx, client):
        asked = next(request for request in pbx.requests if request.action == "PJSIPShowEndpoint")
        late = f"Event: AuthDetail\r\nActionID: {asked.id}\r\nPassword: 201-sip-secret\r\n\r\n"
        # Ids that others gave to their own actions mean nothing here.
        other = "Event: OriginateResponse\r\nActionID: 1\r\nReason: 4\r\nResponse: Success\r\n\r\n"
        pbx.say_raw((late + other).encode())
        await client.until(lambda: client.raw_events("OriginateResponse"))
        assert not client.raw_events("AuthDetail")
        told = f"{client.changes} {client.state.objects} {client.session.statistics()} {caplog.text}"
        assert "sip-secret" not in told
        assert client.user("201").name == "Anna Archer"


async def test_rights_for_messages_and_questions() -> None:
    """The rights to send messages and to answer a dial plan are told, the latter where it can ask."""
    world = small_world()
    world.users[LOGIN[0]].write -= {"message", "agi"}
    async with AsteriskSimulator(world).faultless() as pbx, session_for(pbx) as session:
        for error, missing in {"": ["agi", "message"], "Module not loaded": ["message"]}.items():
            pbx.faults.errors = {"ModuleCheck": error} if error else {}
            await session.open()
            found = session.statistics()["missing_rights"]
            assert [right.partition(" (write = ")[0] for right in found] == missing


@pytest.mark.parametrize("right", ["call", "agent", "agi"])
async def test_rights_to_read(right: str) -> None:
    """What only lists tell, though it began after the login, shows which right to read is missing."""
    world = small_world()
    world.users[LOGIN[0]].read.discard(right)
    async with AsteriskSimulator(world).faultless() as pbx, client_for(pbx) as client:
        caller = pbx.office.outside_calls("400", "+31201234567")
        pbx.office.ask(caller, "is_anyone_home")
        pbx.clock.advance(20)
        client.clock.advance(65)
        told = lambda: {detail.partition(" (read = ")[0] for detail in client.missing_rights()}  # noqa: E731
        await client.until(lambda: told() == {right})
        world.users[LOGIN[0]].read.add(right)
        pbx.office.ask(pbx.office.outside_calls("400", "+31201234567"), "is_anyone_home")
        client.clock.advance(65)
        await client.until(lambda: not client.missing_rights())


async def test_without_reading_system() -> None:
    """Without the right to read `system` the server never says that it has booted."""
    world = small_world()
    world.users[LOGIN[0]].read.discard("system")
    async with AsteriskSimulator(world).faultless() as pbx, session_for(pbx) as session:
        await session.open()
        assert [right.partition(" ")[0] for right in session.statistics()["missing_rights"]] == ["system"]


ODD_VARIABLE = ConnectOptions(variables={"A B": "1"})
ANSWERED_ITSELF = ConnectOptions(auto_answer=True)


async def test_what_cannot_be_done() -> None:
    """What makes no sense at a moment is refused before anything is sent."""
    async with simulated(custom_switches=["Custom:night"]) as (pbx, client):
        commands = client.session.commands
        pbx.office.calls("203", "201")
        await client.shows(u201="ringing", u203="dialing")
        [call] = client.state.calls.open
        refusals: list[tuple[Awaitable[object], str]] = [
            (commands.hang_up("9.9"), "no_such_call"),
            (commands.transfer(call.id, number="202", user="204"), "no_such_call"),
            (commands.transfer(call.id), "no_destination"),
            (commands.send_dtmf(call.id, "x"), "invalid_number"),
            (commands.send_dtmf(call.id, "1", user="201"), "wrong_state"),
            (commands.reject(call.id, user="203"), "wrong_state"),
            (commands.park(call.id, user="203"), "wrong_state"),
            (commands.set_call_waiting("999", on=True), "no_such_user"),
            (commands.set_switch("TC/1", value="noon"), "no_such_switch"),
            (commands.set_queue_agent("sales", "203", paused=True), "wrong_state"),
            (commands.reset_queue_statistics("nowhere"), "no_such_queue"),
            (
                commands.connect_numbers(user=None, first="201", second="202", options=ODD_VARIABLE),
                "invalid_text",
            ),
            (commands.answer_call_question("1/1", {"A B": "1"}), "invalid_text"),
        ]
        before = len(pbx.commands)
        for order, key in refusals:
            with pytest.raises(CommandFailed, match=key):
                await order
        with pytest.raises(NotSupported):
            await commands.connect_numbers(user=None, first="201", second="202", options=ANSWERED_ITSELF)
        await commands.set_queue_agent("sales", "203", logged_in=False)
        assert len(pbx.commands) == before
        pbx.answer("201")
        await client.shows(u201="talking")
        with pytest.raises(CommandFailed, match="wrong_state"):
            await commands.pick_up("202", call.id)


async def test_parked_and_fetched_by_command() -> None:
    """A call is parked where it is wanted, and a phone is called to fetch it; what was missed is read."""
    async with simulated() as (pbx, client):
        commands = client.session.commands
        pbx.office.calls("203", "201")
        pbx.answer("201")
        await client.shows(u201="talking", u203="talking")
        [call] = client.state.calls.open
        pbx.faults.skipped.add("ParkedCall")
        await commands.park(call.id, user="201", position=703)
        async with client.clock.hurrying(500):
            await client.until(lambda: client.state.get(PBX_KEY).parked)
        [parked] = client.state.get(PBX_KEY).parked
        pbx.origination.picks_up = True
        await commands.pick_up("202", call.id)
        assert pbx.asked("Originate")[-1].get("Exten") == parked.space


async def test_plain_phones() -> None:
    """A plain Asterisk dials from the context of the phone, or from that of the options."""
    async with simulated("plain") as (pbx, client):
        commands = client.session.commands
        result = await commands.dial(user=None, phone="SIP/301", number="202", auto_answer=True)
        assert result.outcome is DialOutcome.UNAVAILABLE
        request = pbx.asked("Originate")[-1]
        assert request.get("Context") == "default"
        assert any(name.startswith("SIPADDHEADER") for name in request.variables())
        await commands.set_presence("202", client.session.commands.presences[0], None)
        pbx.flood(250)
        pbx.say_raw(b"Response: Success\r\nActionID: none of ours\r\n\r\nEvent: FullyBooted\r\n\r\n")
        await client.until(lambda: client.phone("201").status is LineStatus.IDLE)
    async with simulated("plain", dial_from="office") as (pbx, client):
        task = asyncio.create_task(client.session.commands.dial(user="201", phone=None, number="202"))
        await until(lambda: pbx.asked("Originate"))
        assert pbx.asked("Originate")[-1].get("Context") == "office"
        pbx.refuse("201", "16")
        assert (await task).outcome is DialOutcome.NO_ANSWER


async def start_call(pbx: AsteriskSimulator, client: AsteriskCollector) -> str:
    """Let Carla call Anna, who answers; return the id of the call."""
    pbx.office.calls("203", "201")
    pbx.answer("201")
    await client.shows(u201="talking", u203="talking")
    [call] = client.state.calls.open
    return call.id


@pytest.mark.parametrize("late", [{"Hangup"}, {"Hangup", "BlindTransfer"}], ids=["end", "end and transfer"])
async def test_call_whose_caller_has_gone(late: set[str]) -> None:
    """A call that its caller has transferred is ended, though nobody has told yet that the caller is gone."""
    async with simulated() as (pbx, client):
        call = await start_call(pbx, client)
        pbx.faults.skipped |= late
        await client.session.commands.transfer(call, number="202", user="203")
        pbx.answer("202")
        await client.shows(u201="talking", u202="talking")
        await client.session.commands.hang_up(call)
        assert not pbx.world.channels


async def test_transfer_right_after_the_answer() -> None:
    """A caller who is answered transfers the other one, though the bridge between them is not told yet."""
    async with simulated() as (pbx, client):
        pbx.faults.skipped.add("BridgeEnter")
        call = await start_call(pbx, client)
        await client.session.commands.transfer(call, number="202", user="203")
        assert [channel.endpoint for channel in pbx.world.channels] == ["201", "202"]


async def test_park_right_after_the_answer() -> None:
    """Who answers parks the caller, though nobody has told yet that either of them is connected."""
    async with simulated() as (pbx, client):
        pbx.office.calls("203", "201")
        await client.shows(u203="dialing", u201="ringing")
        [call] = client.state.calls.open
        pbx.faults.skipped |= {"Newstate", "BridgeEnter", "DialEnd"}
        pbx.answer("201")
        await client.session.commands.park(call.id, user="201")
        await client.until(lambda: [item.number for item in client.get(ObjectKind.PBX, "").parked] == ["203"])


async def test_transfer_by_the_caller_right_after_the_answer() -> None:
    """Who called hands on whom they reached, though nobody has told yet that they were answered."""
    async with simulated() as (pbx, client):
        pbx.office.calls("203", "201")
        await client.shows(u203="dialing", u201="ringing")
        [call] = client.state.calls.open
        pbx.faults.skipped |= {"Newstate", "BridgeEnter", "DialEnd"}
        pbx.answer("201")
        await client.session.commands.transfer(call.id, number="202", user="203")
        assert [sent.action for sent in pbx.commands] == ["BlindTransfer"]


@pytest.mark.parametrize("name", ["reject", "pick_up"])
async def test_command_right_after_the_first_ring(name: str) -> None:
    """What rings is refused, or taken elsewhere, though nobody has told yet that it rings."""
    async with simulated() as (pbx, client):
        pbx.faults.skipped |= {"Newstate", "DialState"}
        pbx.office.calls("203", "201")
        await client.shows(u203="dialing")
        [call] = client.state.calls.open
        commands = client.session.commands
        await (commands.reject(call.id, user="201") if name == "reject" else commands.pick_up("202", call.id))


async def test_number_that_is_told_late() -> None:
    """A group is who was called, though a phone of it rings before the number is told."""
    async with simulated() as (pbx, client):
        pbx.faults.skipped |= {"DialBegin", "DialState"}
        caller = pbx.office.new_channel(TRUNK, state=RING, exten="+31205551300", number="+31201112233")
        pbx.office.route(caller, "300")
        await client.shows(u201="ringing", u202="ringing")
        [call] = client.state.calls.open
        assert call.called.user == "201"
        pbx.faults.skipped.clear()
        pbx.office.records(caller, on=True)
        await client.until(lambda: client.state.calls.get(call.id).called.number == "300")
        # The call is of the group whoever answers it, and wherever the caller is led then.
        pbx.answer("202")
        await client.shows(u202="talking")
        assert client.state.calls.get(call.id).called.number == "300"
