"""Keep one connection to the manager interface: log in, read, correlate, notice silence."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
import contextlib
from dataclasses import field
import hashlib
from itertools import count
import socket as network
import ssl
from uuid import uuid4

from ..errors import (
    AuthFailed,
    CannotConnect,
    CertificateNotTrusted,
    CommandFailed,
    ConnectionLost,
    MissingRight,
    NoAnswer,
    NotSent,
    NotSupported,
    ProtocolError,
    UnknownHost,
    WrongSystem,
)
from ..evidence import Evidence
from ..lazy_dataclass import dataclass
from ..recorder import Door, Recorder
from ..session import Clock, Link, run_together, within
from ..turns import give_turn
from .settings import AsteriskSettings
from .wire import GREETING, Block, PassingEvent, Splitter, encode_action

OPEN_TIMEOUT = 10.0
TIMEOUT = 15.0
CLOSE_TIMEOUT = 2.0
# After so long without a word a sign of life is asked for, and waited for as long as for any answer.
PING_AFTER = 60.0
TICK = 5.0
CHUNK = 2**16
# After this many messages in a row all other tasks get a turn.
SLICE = 100
MOST_ROWS = 100_000
# Everything else would be traffic of which nothing is shown.
EVENTS = "system,call,agent,user,agi"


type OnEvent = Callable[[Block], Awaitable[None]]
# Puts what was answered where it belongs, before any event is handled that arrived after it.
type Keep = Callable[[Sequence[Block]], None]

type _Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass(slots=True)
class _Pending:
    """A request that waits; `rows` collect the events of a list, `later` what it tells of its end.

    Who waits goes on when the loop has time for that, and by then events from after the answer may have been
    handled; `keep` gets the answer in the order of the wire.
    """

    answer: asyncio.Future[Block]
    rows: list[Block] | None = None
    later: asyncio.Future[Block] | None = None
    keep: Keep | None = None

    def finish(self, block: Block) -> None:
        """Take the last block of the answer."""
        if self.answer.done():
            return
        try:
            if self.keep is not None and not self._is_refusal(block):
                self.keep([block] if self.rows is None else self.rows)
        except Exception as err:  # noqa: BLE001
            self.answer.set_exception(err)
        else:
            self.answer.set_result(block)

    def _is_refusal(self, block: Block) -> bool:
        is_empty = self.rows is not None and is_empty_list(block.get("Message"))
        return block.get("Response") == "Error" and not is_empty


@dataclass(slots=True)
class Connection:
    """One login over one stream."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    clock: Clock
    recorder: Recorder = field(default_factory=Recorder)
    evidence: Evidence = field(default_factory=Evidence)
    stream: int = 0
    # The version of the interface, which is not that of the PBX.
    version: str = ""
    booted: asyncio.Event = field(default_factory=asyncio.Event)
    _splitter: Splitter = field(default_factory=Splitter)
    _early: list[Block] = field(default_factory=list)
    _pending: dict[str, _Pending] = field(default_factory=dict)
    # Some events repeat the id of an action to everybody, so ours must be like nobody else's.
    _own: str = field(default_factory=lambda: f"pbx-{uuid4().hex[:12]}-")
    _numbers: count[int] = field(default_factory=lambda: count(1))
    _received: float = 0.0
    _closed: bool = False

    async def run(self, on_event: OnEvent, on_alive: Callable[[], None]) -> None:
        """Hand on every event that belongs to no request of ours; ends with ConnectionLost.

        `on_alive` is called whenever a PBX without events has given a sign of life.
        """
        self._received = self.clock.time()
        try:
            await run_together(self._read(on_event), self._watch(on_alive))
        finally:
            self._fail_all()

    async def _read(self, on_event: OnEvent) -> None:
        number = 0
        while True:
            for block in await self._receive():
                number += 1
                if number % SLICE == 0:
                    await give_turn()
                self.evidence.see(block.get("Event"), block)
                if type(block) is PassingEvent or (not self._resolve(block) and "Event" in block):
                    await on_event(block)

    async def _receive(self) -> Sequence[Block]:
        """Return the next complete blocks."""
        if self._early:
            early, self._early = self._early, []
            return early
        try:
            data = await self.reader.read(CHUNK)
        except OSError:
            data = b""
        if not data:
            if self.recorder.on:
                self.recorder.add(Door.LINES, self.stream, "closed")
            raise ConnectionLost("the PBX closed the connection")
        self._received = self.clock.time()
        blocks = self._splitter.feed(data)
        if self.recorder.on:
            for block in blocks:
                self.recorder.add(Door.LINES, self.stream, "received", block=dict(block))
        return blocks

    def _write(self, action: str, key: str, fields: Mapping[str, str | Sequence[str]]) -> None:
        """Write an action to the stream; raises CommandFailed where it cannot be written."""
        data = encode_action(action, key, fields)
        if self.recorder.on:
            block = {"Action": action, "ActionID": key, **fields}
            self.recorder.add(Door.LINES, self.stream, "sent", block=block)
        self.writer.write(data)

    async def _watch(self, on_alive: Callable[[], None]) -> None:
        """Ask a silent PBX for a sign of life; raises ConnectionLost where there is none."""
        reported = 0.0
        while True:
            await self.clock.sleep(TICK)
            if self._received > reported:
                # Answers are a sign of life too, and change nothing as a rule.
                reported = self._received
                on_alive()
            if self.clock.time() - self._received < PING_AFTER:
                continue
            try:
                await self.send("Ping")
            except NoAnswer:
                raise ConnectionLost("the PBX has gone silent") from None
            except CommandFailed, MissingRight:
                # A refusal is a sign of life as well.
                pass

    def _resolve(self, block: Block) -> bool:
        """Hand a block to the request to which it belongs; False where it is an event for all."""
        key = block.get("ActionID")
        pending = self._pending.get(key) if key is not None else None
        if pending is None or key is None:
            # What comes too late for a list may hold the passwords of telephones.
            is_late = key is not None and key.startswith(self._own) and block.get("Event") not in TOLD_LATE
            return is_late or "Event" not in block
        # Events may have a field of this name too.
        if "Event" not in block:
            self._resolve_response(pending, block)
            return True
        if block.get("EventList") == "Complete" or block["Event"].endswith("Complete"):
            pending.finish(block)
        elif pending.later is not None:
            _set_result(pending.later, block)
        elif pending.rows is not None and len(pending.rows) < MOST_ROWS:
            pending.rows.append(block)
        # Rows of these lists are events as well, and the order in which both arrive is the truth.
        return block["Event"] not in LIVE_ROWS

    def _resolve_response(self, pending: _Pending, block: Block) -> None:
        if "Response" not in block:
            return
        is_list = pending.rows is not None and block.get("EventList", "").lower() == "start"
        if block["Response"] == "Error" or not is_list:
            pending.finish(block)

    async def send(self, action: str, keep: Keep | None = None, /, **fields: str | Sequence[str]) -> Block:
        """Send an action and return its response, which `keep` gets in the order of the wire.

        Raises CommandFailed with the text of a refusal, MissingRight, NotSupported for an action that the
        PBX does not know, NoAnswer, or ConnectionLost.
        """
        pending = _Pending(asyncio.get_running_loop().create_future(), keep=keep)
        return await self._exchange(pending, action, fields)

    async def fetch(
        self, action: str, keep: Keep | None = None, /, **fields: str | Sequence[str]
    ) -> list[Block]:
        """Send an action and return the events of its list, with `keep` and errors as in `send`."""
        pending = _Pending(asyncio.get_running_loop().create_future(), rows=[], keep=keep)
        try:
            await self._exchange(pending, action, fields)
        except CommandFailed as err:
            if not is_empty_list(err.detail):
                raise
        return pending.rows or []

    async def start(self, action: str, **fields: str | Sequence[str]) -> asyncio.Future[Block]:
        """Send an action and return what will be the event of its end; raises as `send`.

        A caller that stops waiting for that event cancels the future.
        """
        loop = asyncio.get_running_loop()
        later: asyncio.Future[Block] = loop.create_future()
        pending = _Pending(loop.create_future(), later=later)
        key = self._create_id()
        later.add_done_callback(lambda _: self._pending.pop(key, None))
        try:
            await self._exchange(pending, action, fields, key)
        except BaseException:
            later.cancel()
            raise
        return later

    async def _exchange(
        self, pending: _Pending, action: str, fields: dict[str, str | Sequence[str]], key: str | None = None
    ) -> Block:
        own = key or self._create_id()
        if self._closed or self.writer.is_closing():
            raise NotSent("the connection was lost")
        self._pending[own] = pending
        try:
            self._write(action, own, fields)
            answer = await within(self.clock, TIMEOUT, _wait(pending.answer))
        except TimeoutError:
            raise NoAnswer(f"the PBX does not answer {action}") from None
        finally:
            if key is None:
                self._pending.pop(own, None)
        _check(action, answer)
        return answer

    def _create_id(self) -> str:
        return f"{self._own}{next(self._numbers)}"

    def _fail_all(self) -> None:
        self._closed = True
        for pending in list(self._pending.values()):
            for future in pending.answer, pending.later:
                if future is not None and not future.done():
                    future.set_exception(ConnectionLost("the connection was lost"))
                    future.exception()

    async def close(self) -> None:
        """Log off and close the stream."""
        if not self.writer.is_closing():
            with contextlib.suppress(OSError):
                self._write("Logoff", "bye", {})
        self._fail_all()
        self.writer.close()
        try:
            with contextlib.suppress(OSError, TimeoutError):
                async with asyncio.timeout(CLOSE_TIMEOUT):
                    await self.writer.wait_closed()
        finally:
            # A peer that takes nothing more would hold the stream open.
            self.abort()

    def abort(self) -> None:
        """Close the stream at once, and send nothing more."""
        self._fail_all()
        self.writer.transport.abort()

    # The login

    async def log_in(self, settings: AsteriskSettings) -> None:
        """Log in; raises AuthFailed, WrongSystem or CannotConnect."""
        try:
            await within(self.clock, OPEN_TIMEOUT, self._log_in(settings))
        except TimeoutError:
            raise CannotConnect("the PBX does not answer the login") from None
        except ConnectionLost:
            raise CannotConnect("the PBX closes the connection at the login") from None

    async def _log_in(self, settings: AsteriskSettings) -> None:
        await self._greet()
        proof: dict[str, str] = {"Secret": settings.password}
        if not settings.tls:
            # The secret itself never crosses a line that anybody can read.
            challenge = (await self._ask("Challenge", {"AuthType": "MD5"})).get("Challenge")
            if not challenge:
                raise WrongSystem("the PBX offers no challenge for the login")
            digest = hashlib.md5((challenge + settings.password).encode(), usedforsecurity=False)
            proof = {"AuthType": "MD5", "Key": digest.hexdigest()}
        answer = await self._ask("Login", {"Username": settings.username, **proof, "Events": EVENTS})
        if answer["Response"] != "Success":
            raise AuthFailed("the PBX refuses the name or the secret")

    async def _greet(self) -> None:
        try:
            line = (await self.reader.readuntil(b"\r\n")).decode(errors="replace").strip()
        except asyncio.IncompleteReadError:
            raise CannotConnect("the PBX closes the connection at once") from None
        except asyncio.LimitOverrunError, OSError:
            line = ""
        if not line.startswith(GREETING):
            raise WrongSystem("this does not answer as the manager interface of an Asterisk does")
        self.version = line.removeprefix(GREETING)
        if self.recorder.on:
            self.recorder.add(Door.LINES, self.stream, "greeting", version=self.version)

    async def _ask(self, action: str, fields: dict[str, str]) -> Block:
        """Return the answer to an action of the login; what arrives besides is kept."""
        self._write(action, "login", fields)
        while True:
            blocks = list(await self._receive())
            found = next((number for number, block in enumerate(blocks) if "Response" in block), None)
            if found is None:
                continue
            self._early = blocks[found + 1 :]
            return blocks[found]


# Lists whose rows have the names of live events.
LIVE_ROWS = frozenset({"DeviceStateChange", "ExtensionStatus", "PresenceStateChange", "CoreShowChannel"})
# Events with the id of an action that are for all, whether anybody waits for them or not.
TOLD_LATE = LIVE_ROWS | {"OriginateResponse"}


def is_empty_list(message: str | None) -> bool:
    """Return whether a refusal only says that a list has nothing in it."""
    text = (message or "").lower()
    return (text.startswith("no ") and text.endswith(" found")) or text == "database entry not found"


def _set_result(future: asyncio.Future[Block], block: Block) -> None:
    if not future.done():
        future.set_result(block)


async def _wait[T](future: asyncio.Future[T]) -> T:
    return await future


def _check(action: str, answer: Block) -> None:
    """Raise what a response means that is a refusal."""
    if answer.get("Response", "Success") != "Error":
        return
    message = answer.get("Message", "")
    if message.startswith("Permission denied"):
        raise MissingRight(action)
    if message.startswith("Invalid/unknown command"):
        raise NotSupported(action)
    raise CommandFailed("rejected", message[:100] or None)


async def _open_in_time(settings: AsteriskSettings, link: Link) -> _Stream:
    opening = asyncio.create_task(_open(settings, link))
    try:
        return await within(link.clock, OPEN_TIMEOUT, _wait(opening))
    except BaseException:
        # It may have opened at the very moment at which the wait for it ended.
        opening.cancel()
        opening.add_done_callback(_abort_opened)
        raise


def _abort_opened(opening: asyncio.Task[_Stream]) -> None:
    if not opening.cancelled() and opening.exception() is None:
        opening.result()[1].transport.abort()


async def connect(settings: AsteriskSettings, link: Link) -> Connection:
    """Connect and log in; raises CannotConnect, CertificateNotTrusted, WrongSystem or AuthFailed."""
    try:
        reader, writer = await _open_in_time(settings, link)
    except TimeoutError:
        raise NoAnswer("the PBX does not answer") from None
    except ssl.SSLCertVerificationError:
        raise CertificateNotTrusted("the certificate of the PBX is not trusted") from None
    except network.gaierror:
        raise UnknownHost from None
    except (OSError, ValueError) as err:
        raise CannotConnect(f"no connection ({type(err).__name__})") from None
    connection = Connection(
        reader, writer, link.clock, link.recorder, link.evidence, link.recorder.open_stream()
    )
    try:
        await connection.log_in(settings)
    except ProtocolError, CannotConnect, AuthFailed:
        await connection.close()
        raise
    except BaseException:
        # The session is left in the middle of its login.
        connection.abort()
        raise
    return connection


async def _open(settings: AsteriskSettings, link: Link) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    streams = await asyncio.open_connection(
        settings.host, settings.port, ssl=link.ssl if settings.tls else None, limit=CHUNK
    )
    raw = streams[1].get_extra_info("socket")
    if raw is not None:
        raw.setsockopt(network.SOL_SOCKET, network.SO_KEEPALIVE, 1)
    return streams
