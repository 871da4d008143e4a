"""An office on a genuine Asterisk, which is as it was at the start for every test."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
import shutil

from tests.waiting import TIMEOUT

from .ami import Ami, Block, connect
from .configuration import MAILBOXES, PEOPLE, database
from .server import AsteriskServer
from .telephone import SipCall, Telephone

# Where the settings of FreePBX are.
FAMILIES = ("AMPUSER", "DEVICE", "DND", "CF", "CFB", "CFU", "CW", "DAYNIGHT", "TC")
# How long phones ring, and for how long a call waits for an answer of ours: longer than any test takes.
GLOBALS = {"RINGTIME": "60", "ASKTIME": "60"}
QUEUES = ("sales", "support")
RECOMMENDED = ("homeassistant", "gehe1m-99")


class GenuineOffice:
    """What a test does with a genuine Asterisk."""

    def __init__(self, server: AsteriskServer, manager: Ami, stack: AsyncExitStack) -> None:
        self.server = server
        self._stack = stack
        # A connection with every right.
        self.manager = manager

    def telephone(self, number: str) -> Telephone:
        """Return the telephone of an extension, which has not logged in yet."""
        return Telephone(number, self.server.ports.sip, name=PEOPLE[number])

    def old_telephone(self, number: str) -> Telephone:
        """Return a telephone of the old channel driver, which has not logged in yet."""
        return Telephone(number, self.server.ports.chan_sip)

    def outside(self, number: str = "+31201234567", name: str = "Customer") -> Telephone:
        """Return the provider, as somebody outside who calls and is called."""
        return Telephone(number, self.server.ports.sip, name=name, port=self.server.ports.provider)

    async def set_global(self, name: str, value: object) -> None:
        """Set a variable of the whole dial plan, such as RINGTIME, in seconds."""
        await self.manager.ask("Setvar", Variable=name, Value=value)

    async def channels(self) -> list[Block]:
        """Return the channels that are there."""
        return await self.manager.list_of("CoreShowChannels")

    async def talking(self, number: int = 2) -> None:
        """Return once so many channels talk: a telephone hears of an answer before they do."""
        async with asyncio.timeout(TIMEOUT):
            while sum(bool(channel["BridgeId"]) for channel in await self.channels()) != number:
                await asyncio.sleep(0)

    async def shows_device(self, state: str) -> None:
        """Return once a phone is listed in a state, which the PBX finds out a moment after its cause."""
        async with asyncio.timeout(TIMEOUT):
            while not any(row["State"] == state for row in await self.manager.list_of("DeviceStateList")):
                await asyncio.sleep(0)

    async def hang_up_all(self) -> None:
        """End every call and return when all are gone."""
        while channels := await self.channels():
            for channel in channels:
                await self.manager.ask("Hangup", Channel=channel["Channel"])

    async def mailbox(self, number: str) -> Block:
        """Return how many messages a mailbox has."""
        return await self.manager.ask("MailboxCount", Mailbox=f"{number}@default")

    async def restart(self) -> None:
        """Restart the server as an administrator would, in mid-call, and return once it is there again."""
        before = self.server.process_id()
        await self.command("core restart now")
        await self._come_back(before)

    async def command(self, line: str) -> Block:
        """Run a command of the command line."""
        return await self.manager.ask("Command", Command=line)

    async def die(self) -> None:
        """Let the server die without a word, and return once it is there again."""
        before = self.server.process_id()
        self.server.kill()
        await self._come_back(before)

    async def _come_back(self, before: int) -> None:
        await asyncio.to_thread(self.server.wait_until_booted, before)
        self.manager = await self._stack.enter_async_context(_connected(self.server))

    async def leave_message(self, caller: Telephone, call: SipCall) -> None:
        """Let a caller whom a mailbox has answered say something, and hang up."""
        begin = len(self.server.log)
        while "Recording the message" not in self.server.log[begin:]:
            await caller.talk(call, 0.1)
        await caller.talk(call, 0.3)
        await call.hang_up()

    async def reload(self, module: str = "") -> Block:
        """Let everything, or one module, read its configuration again."""
        return await self.manager.ask("Reload", **({"Module": module} if module else {}))

    async def remove_user(self, name: str) -> None:
        """Remove a user of the manager interface, as somebody would in its files."""
        (self.server.folder / "etc" / "manager.d" / f"{name}.conf").unlink()
        await self.reload("manager")

    async def reset(self) -> None:
        """Make everything as it was at the start."""
        await self.hang_up_all()
        if self.server.restore_users():
            await self.reload("manager")
        for name, value in GLOBALS.items():
            await self.set_global(name, value)
        await self._reset_queues()
        await self._reset_mailboxes()
        await self._reset_database()

    async def _reset_queues(self) -> None:
        await self.manager.ask("QueueReset")
        for member in await self.manager.list_of("QueueStatus"):
            if member["Event"] != "QueueMember":
                continue
            where = {"Queue": member["Queue"], "Interface": member.get("Location", "")}
            if member["Membership"] == "dynamic":
                await self.manager.ask("QueueRemove", **where)
            elif member["Paused"] != "0":
                await self.manager.ask("QueuePause", Paused="false", **where)

    async def _reset_mailboxes(self) -> None:
        folder = self.server.folder / "spool" / "voicemail" / "default"
        for number in MAILBOXES:
            if messages := [path for path in (folder / number).iterdir() if path.is_dir()]:
                for path in messages:
                    shutil.rmtree(path)
                await self.manager.ask("VoicemailRefresh", Context="default", Mailbox=number)

    async def _reset_database(self) -> None:
        wanted = database(self.server.flavour)
        for family in FAMILIES:
            found = await self._family(family)
            first = {key: value for key, value in wanted.items() if key.startswith(f"/{family}/")}
            for key in found.keys() - first.keys():
                await self.manager.ask("DBDel", Family=family, Key=key.removeprefix(f"/{family}/"))
            for key, value in first.items() - found.items():
                await self.manager.ask("DBPut", Family=family, Key=key.removeprefix(f"/{family}/"), Val=value)
        for family, function, nothing in (
            ("CustomDevstate", "DEVICE_STATE(Custom:{})", "NOT_INUSE"),
            ("CustomPresence", "PRESENCE_STATE(CustomPresence:{})", "not_set,,"),
        ):
            for key, value in (await self._family(family)).items():
                if value != nothing:
                    name = function.format(key.rpartition("/")[2])
                    await self.manager.ask("Setvar", Variable=name, Value=nothing)

    async def _family(self, family: str) -> dict[str, str]:
        rows = await self.manager.list_of("DBGetTree", Family=family)
        return {row["Key"]: row["Val"] for row in rows if "Key" in row}


@asynccontextmanager
async def _connected(server: AsteriskServer) -> AsyncIterator[Ami]:
    """Return a connection with every right, on which no event comes."""
    async with connect(server.ports.ami) as manager:
        await manager.log_in("admin", "all of it", Events="off")
        yield manager


@asynccontextmanager
async def open_office(server: AsteriskServer) -> AsyncIterator[GenuineOffice]:
    """Return the office of a server, with everything as it was at the start."""
    async with AsyncExitStack() as stack:
        manager = await stack.enter_async_context(_connected(server))
        office = GenuineOffice(server, manager, stack)
        await office.reset()
        yield office


@asynccontextmanager
async def listening(office: GenuineOffice) -> AsyncIterator[Ami]:
    """Return a connection of its own that hears what a recommended user hears."""
    async with connect(office.server.ports.ami) as ami:
        await ami.log_in(*RECOMMENDED, Events="system,call,agent,user,agi")
        yield ami
