"""Speak to the manager interface as plainly as can be, for tests of the servers themselves."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
import ssl

from tests.ports import LOCALHOST
from tests.waiting import TIMEOUT

type Block = dict[str, str]


class Ami:
    """A connection to a manager interface, and every block that it said."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.greeting = ""
        self.blocks: list[Block] = []
        self.is_closed = False
        self._reader = reader
        self._writer = writer
        self._number = 0
        self._news = asyncio.Event()

    async def listen(self) -> None:
        """Keep what is said until the connection ends."""
        try:
            self.greeting = (await self._reader.readline()).decode().strip()
            self._changed()
            while data := await self._reader.readuntil(b"\r\n\r\n"):
                self.blocks += parse_blocks(data.decode("utf-8", "replace"))
                self._changed()
        except asyncio.IncompleteReadError, ConnectionError:
            pass
        self.is_closed = True
        self._changed()

    def _changed(self) -> None:
        self._news.set()
        self._news = asyncio.Event()

    async def until(self, condition: Callable[[], object]) -> None:
        """Wait until a condition holds."""
        async with asyncio.timeout(TIMEOUT):
            while not condition():
                await self._news.wait()

    async def ask(self, action: str, *variables: str, **fields: object) -> Block:
        """Send an action and return the response; variables are written `name=value`."""
        self._number += 1
        number = str(self._number)
        lines = [f"Action: {action}", f"ActionID: {number}"]
        lines += [f"{name}: {value}" for name, value in fields.items()]
        lines += [f"Variable: {variable}" for variable in variables]
        self._writer.write("\r\n".join([*lines, "", ""]).encode())
        found: list[Block] = []

        def answered() -> bool:
            found[:] = [block for block in self.of_action(number) if "Response" in block]
            return bool(found) or self.is_closed

        await self.until(answered)
        return found[0] if found else {"Response": "Closed"}

    async def list_of(self, action: str, **fields: object) -> list[Block]:
        """Return the events of a list, without the one that completes it; nothing where there is no list."""
        response = await self.ask(action, **fields)
        if response.get("EventList") != "start":
            return []
        number = response["ActionID"]
        await self.until(lambda: any(_completes(block) for block in self.of_action(number)))
        return [block for block in self.of_action(number) if "Event" in block and not _completes(block)]

    def of_action(self, number: str) -> list[Block]:
        """Return what was said about an action."""
        return [block for block in self.blocks if block.get("ActionID") == number]

    def events(self, name: str, **fields: str) -> list[Block]:
        """Return the events of a name with these fields."""
        wanted = {"Event": name, **fields}
        return [block for block in self.blocks if wanted.items() <= block.items()]

    async def event(self, name: str, **fields: str) -> Block:
        """Wait for an event of a name with these fields, and return the first."""
        await self.until(lambda: self.events(name, **fields))
        return self.events(name, **fields)[0]

    async def log_in(self, username: str, secret: str, **fields: str) -> Block:
        """Log in and return the response."""
        return await self.ask("Login", Username=username, Secret=secret, **fields)


def parse_blocks(text: str) -> list[Block]:
    """Return the blocks of what a manager interface says, the greeting among the fields of the first."""
    blocks = (block.split("\r\n") for block in text.split("\r\n\r\n") if block)
    return [
        {name: value.strip() for name, _, value in (line.partition(":") for line in lines if line)}
        for lines in blocks
    ]


def _completes(block: Block) -> bool:
    return block.get("EventList") == "Complete" or block.get("Event", "").endswith("Complete")


@asynccontextmanager
async def connect(port: int, context: ssl.SSLContext | None = None) -> AsyncIterator[Ami]:
    """Return a connection that has not logged in."""
    reader, writer = await asyncio.open_connection(LOCALHOST, port, ssl=context)
    ami = Ami(reader, writer)
    task = asyncio.create_task(ami.listen())
    try:
        await ami.until(lambda: ami.greeting or ami.is_closed)
        yield ami
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        writer.close()
