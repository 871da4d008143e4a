"""Speak to one client of the manager interface."""

import asyncio
import contextlib
import hashlib
import secrets
from typing import TYPE_CHECKING

from .chaos import Chaos
from .world import ManagerUser

if TYPE_CHECKING:
    from .server import AsteriskSimulator

type Fields = list[tuple[str, str]]

GREETING = "Asterisk Call Manager/{}"
LONGEST_BLOCK = 2**16
OPEN_TO_ALL = {"Login", "Challenge", "Logoff"}


class Request:
    """One action of a client."""

    def __init__(self, fields: Fields) -> None:
        self.fields = fields
        self.action = self.get("Action")
        self.id = self.get("ActionID")

    def get(self, name: str, default: str = "") -> str:
        """Return the first value of a name; case does not matter."""
        return next((value for key, value in self.fields if key.lower() == name.lower()), default)

    def variables(self) -> dict[str, str]:
        """Return the variables that come with the action."""
        pairs = (value.partition("=") for key, value in self.fields if key.lower() == "variable")
        return {name: value for name, _, value in pairs}


class Connection:
    """A client that is connected, logged in or not."""

    def __init__(
        self, pbx: AsteriskSimulator, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.pbx = pbx
        self.user: ManagerUser | None = None
        self.name = ""
        # Which events the client wants of those that it may have; None is all.
        self.mask: set[str] | None = None
        self._reader = reader
        self._writer = writer
        self._challenge = ""
        self._outgoing: asyncio.Queue[bytes] = asyncio.Queue()
        self._over = asyncio.Event()
        # Where events are told out of turn, those that wait, by what they are about.
        self._topics: dict[str, asyncio.Queue[Fields]] = {}

    async def serve(self) -> None:
        """Greet the client and answer it until it goes."""
        sender = asyncio.create_task(self._send_all())
        self._outgoing.put_nowait(f"{GREETING.format(self.pbx.ami_version)}\r\n".encode())
        try:
            while request := await self._read():
                self.pbx.requests.append(request)
                self.pbx.notifier.notify()
                await self._answer(request)
        except asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError:
            pass
        finally:
            with contextlib.suppress(asyncio.CancelledError):
                sender.cancel()
                await sender
            self.close()
            self._over.set()

    def close(self) -> None:
        """End the connection without a word."""
        if (transport := self._writer.transport) is not None:
            transport.abort()

    def send(self, fields: Fields) -> None:
        """Send a block, after an answer that is held: only one thread writes to a client."""
        self.pbx.holding.keep_turn(lambda: self._send(fields))

    def _send(self, fields: Fields) -> None:
        if self.pbx.faults.silent:
            return
        line = self.pbx.variety.line if self.pbx.variety else "{}: {}".format
        self.send_raw("\r\n".join([*(line(*pair) for pair in fields), "", ""]).encode())

    def tell(self, fields: Fields) -> None:
        """Send an event, where there is chaos after some turns: others may overtake it then."""
        chaos = self.pbx.variety
        if not isinstance(chaos, Chaos):
            self.send(fields)
            return
        name = dict(fields)["Event"]
        topic = chaos.get_topic(name)
        if topic not in self._topics:
            self._topics[topic] = asyncio.Queue()
            self.pbx.tasks.spawn(self._relay(chaos, self._topics[topic]))
        for _ in range(chaos.repeat(name)):
            self._topics[topic].put_nowait(fields)

    async def _relay(self, chaos: Chaos, topic: asyncio.Queue[Fields]) -> None:
        while True:
            fields = await topic.get()
            await _wait(chaos)
            self.send(fields)

    def send_raw(self, data: bytes) -> None:
        """Send bytes, whatever they are."""
        self._outgoing.put_nowait(data)

    def may_hear(self, privilege: str) -> bool:
        """Return whether the client may hear of a kind of events, and wants to."""
        if self.user is None or (self.mask is not None and privilege not in self.mask):
            return False
        return privilege in self.user.read

    def respond(self, request: Request, *fields: tuple[str, str], word: str = "Success") -> None:
        """Answer an action."""
        self._reply(request, [("Response", word), *_identity(request), *fields])

    def _reply(self, request: Request, fields: Fields) -> None:
        """Send a block of an answer."""
        self.pbx.holding.pass_on(request.action, lambda: self._send(fields), in_turn=True)

    def refuse(self, request: Request, message: str) -> None:
        """Answer an action with an error."""
        self.respond(request, ("Message", message), word="Error")

    async def list_rows(self, request: Request, message: str, complete: str, rows: list[Fields]) -> None:
        """Answer an action with the events of a list."""
        self.respond(request, ("EventList", "start"), ("Message", message))
        for number, row in enumerate(rows):
            first, *rest = row
            self._reply(request, [first, *_identity(request), *(self.pbx.vary([first, *rest])[1:])])
            if isinstance(self.pbx.variety, Chaos):
                # Live events come between the rows.
                await _wait(self.pbx.variety)
            if number % 50 == 49:
                await asyncio.sleep(0)
        if request.action in self.pbx.faults.endless:
            return
        end: Fields = [("EventList", "Complete"), ("ListItems", str(len(rows)))]
        if isinstance(chaos := self.pbx.variety, Chaos):
            end = chaos.complete(end)
        self._reply(request, [("Event", complete), *_identity(request), *end])

    async def _send_all(self) -> None:
        while True:
            data = await self._outgoing.get()
            piece = self.pbx.faults.piece or len(data)
            for start in range(0, len(data), max(piece, 1)):
                self._writer.write(data[start : start + piece])
                if piece < len(data):
                    await asyncio.sleep(0)
            with contextlib.suppress(ConnectionError):
                await self._writer.drain()
            self._outgoing.task_done()

    async def _read(self) -> Request:
        """Return the next action; whatever is not written as it must be is a violation."""
        data = await self._reader.readuntil(b"\r\n\r\n")
        if len(data) > LONGEST_BLOCK:
            self.pbx.violation("a block that is too long")
        text = data.removesuffix(b"\r\n\r\n").decode("utf-8", "replace")
        if "\n" in text.replace("\r\n", "") or "\r" in text.replace("\r\n", ""):
            self.pbx.violation("a line that does not end with CR LF")
        fields = []
        for line in text.split("\r\n"):
            name, colon, value = line.partition(":")
            if not colon:
                self.pbx.violation(f"a line without a colon in {fields[:1]}")
            fields.append((name, value.strip()))
        return Request(fields)

    async def _answer(self, request: Request) -> None:
        if not request.id:
            self.pbx.violation(f"{request.action} without an ActionID")
        if isinstance(self.pbx.variety, Chaos):
            await _wait(self.pbx.variety)
        if self.pbx.faults.delay:
            await self.pbx.clock.sleep(self.pbx.faults.delay)
        if request.action in self.pbx.faults.dropped:
            self.close()
            return
        if request.action in self.pbx.faults.unanswered or self.pbx.faults.silent:
            return
        if request.action in OPEN_TO_ALL:
            greetings = {"Login": self._login, "Challenge": self._give_challenge, "Logoff": self._logoff}
            greetings[request.action](request)
        elif self.user is None:
            self.pbx.violation(f"{request.action} before the login")
            self.refuse(request, "Permission denied")
        else:
            await self.pbx.actions.perform(self, self.user, request)
        if request.action in self.pbx.faults.lost:
            self.close()

    def _login(self, request: Request) -> None:
        user = self.pbx.world.users.get(request.get("Username"))
        if user is None or self.pbx.faults.refuse_logins or not self._proves(request, user):
            self.refuse(request, "Authentication failed")
            self.pbx.tasks.spawn(self.close_soon())
            return
        self.user, self.name = user, request.get("Username")
        if events := request.get("Events"):
            self.mask = None if events == "on" else set(events.split(",")) - {"off"}
        self.respond(request, ("Message", "Authentication accepted"))
        if "system" in user.read:
            uptime = str(round(self.pbx.clock.time()))
            self.send([
                ("Event", "FullyBooted"), ("Privilege", "system,all"), ("Uptime", uptime),
                ("LastReload", uptime), ("Status", "Fully Booted"),
            ])  # fmt: skip

    def _proves(self, request: Request, user: ManagerUser) -> bool:
        if request.get("AuthType") != "MD5":
            return request.get("Secret") == user.secret
        wanted = hashlib.md5((self._challenge + user.secret).encode(), usedforsecurity=False).hexdigest()
        return bool(self._challenge) and request.get("Key").lower() == wanted

    def _give_challenge(self, request: Request) -> None:
        self._challenge = str(secrets.randbelow(10**9))
        self.respond(request, ("Challenge", self._challenge))

    def _logoff(self, request: Request) -> None:
        self.respond(request, ("Message", "Thanks for all the fish."), word="Goodbye")
        self.pbx.tasks.spawn(self.close_soon())

    async def close_soon(self) -> None:
        """Close once everything has been said, or nobody hears it any more."""
        ends = [asyncio.ensure_future(end) for end in (self._outgoing.join(), self._over.wait())]
        try:
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for end in ends:
                end.cancel()
            await asyncio.gather(*ends, return_exceptions=True)
        self._writer.close()


async def _wait(chaos: Chaos) -> None:
    for _ in range(chaos.choose_turns()):
        await asyncio.sleep(0)


def _identity(request: Request) -> Fields:
    return [("ActionID", request.id)] if request.id else []
