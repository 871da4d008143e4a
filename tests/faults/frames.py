"""Frames of WebSockets, and what servers and proxies may do to them between a PBX and its session.

They are taken apart and put together here byte by byte, after RFC 6455, so that no library decides what can
be tried.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
import random
import struct
from typing import override
from weakref import WeakKeyDictionary

from tests.components.parity.teller import CARLA

from .proxy import Pipe, Proxy, Weather

CONTINUATION, TEXT, CLOSE, PING, PONG = 0x0, 0x1, 0x8, 0x9, 0xA
FIN = 0x80
_MASKED, _RESERVED = 0x80, 0x70
_LONG, _LONGER = 126, 127
# A control frame holds no more.
MOST_CONTROL = 125
# Of many pings at once a client may answer this one alone.
LAST_PING = b"the last one"


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame; `first` is its first byte without the code."""

    code: int
    payload: bytes
    first: int = FIN
    is_masked: bool = False


def pack(code: int, payload: bytes = b"", *, first: int = FIN, longest: bool = False) -> bytes:
    """Return a frame of a server, with its length in eight bytes where that is wanted."""
    length = len(payload)
    if length < _LONG and not longest:
        return bytes([first | code, length]) + payload
    if length < 2**16 and not longest:
        return bytes([first | code, _LONG]) + struct.pack(">H", length) + payload
    return bytes([first | code, _LONGER]) + struct.pack(">Q", length) + payload


def close(code: int, reason: str = "") -> bytes:
    """Return the frame with which a server leaves."""
    return pack(CLOSE, struct.pack(">H", code) + reason.encode())


def split_frames(data: bytearray) -> Iterator[Frame]:
    """Yield the frames that are complete, and take them away from the data."""
    while (frame := _take_frame(data)) is not None:
        yield frame


def _take_frame(data: bytearray) -> Frame | None:
    if len(data) < 2:
        return None
    length, start = data[1] & ~_MASKED, 2
    if length >= _LONG:
        start += 2 if length == _LONG else 8
        length = int.from_bytes(data[2:start])
    is_masked = bool(data[1] & _MASKED)
    mask = bytes(data[start : start + 4]) if is_masked else bytes(4)
    start += 4 if is_masked else 0
    if len(data) < start + length:
        return None
    payload = bytes(byte ^ mask[index % 4] for index, byte in enumerate(data[start : start + length]))
    frame = Frame(data[0] & 0x0F, payload, data[0] & 0xF0, is_masked)
    del data[: start + length]
    return frame


type Pieces = Iterator[bytes]
type Choice = random.Random


def _whole(choice: Choice, frame: Frame) -> Pieces:
    yield pack(frame.code, frame.payload, first=frame.first)


def _with_long_length(choice: Choice, frame: Frame) -> Pieces:
    yield pack(frame.code, frame.payload, first=frame.first, longest=True)


def _bytewise(choice: Choice, frame: Frame) -> Pieces:
    for byte in pack(frame.code, frame.payload, first=frame.first):
        yield bytes([byte])


def _in_fragments(choice: Choice, frame: Frame) -> Pieces:
    """Yield a message in fragments, in the middle of letters and empty ones too, with pings between them."""
    size = len(frame.payload)
    cuts = [0, *sorted(choice.choices(range(size + 1), k=4)), size]
    for index, (start, end) in enumerate(pairwise(cuts)):
        code, last = CONTINUATION if index else frame.code, end == size and index == len(cuts) - 2
        yield pack(code, frame.payload[start:end], first=FIN if last else 0)
        yield pack(choice.choice([PING, PONG]), choice.randbytes(choice.choice([0, 1, MOST_CONTROL])))


def _amid_pings(choice: Choice, frame: Frame) -> Pieces:
    pings = b"".join(pack(PING, b"ping %d" % number) for number in range(99))
    yield (
        pack(PONG, b"nobody asked")
        + pings
        + pack(PING, LAST_PING)
        + pack(frame.code, frame.payload, first=frame.first)
    )


STYLES: tuple[Callable[[Choice, Frame], Pieces], ...] = (
    _whole,
    _with_long_length,
    _bytewise,
    _in_fragments,
    _amid_pings,
)


def _as_it_is(head: bytes) -> bytes:
    return head


def _after_hints(head: bytes) -> bytes:
    return b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </style>\r\n\r\n" + head


def _in_lower_case(head: bytes) -> bytes:
    first, *lines = head.split(b"\r\n")
    spelt = (line.partition(b":") for line in lines)
    return b"\r\n".join([first, *(name.lower() + colon + value.strip() for name, colon, value in spelt)])


def _naming_more(head: bytes) -> bytes:
    more = (
        b"Set-Cookie: server=2; Path=/\r\nServer: J\xf6rg\r\nContent-Length: 5\r\nConnection: keep-alive\r\n"
    )
    first, end, rest = head.partition(b"\r\n")
    return first + end + more + rest


def _followed_by_ping(head: bytes) -> bytes:
    return head + pack(PING, b"at once")


HEADS = (_as_it_is, _after_hints, _in_lower_case, _naming_more, _followed_by_ping)


@dataclass(slots=True)
class _Wire:
    """A connection of a client, and what has come on it that is not yet handed on."""

    # Whether it is a WebSocket, None before the first request.
    is_socket: bool | None = None
    is_open: bool = False
    down: bytearray = field(default_factory=bytearray)
    up: bytearray = field(default_factory=bytearray)
    messages: int = 0


class Frames(Weather):
    """Hand on what the PBX says in WebSockets otherwise than it said it, and look at what the client says.

    Which way it takes follows from the seed. `asked` counts the requests for a WebSocket after those that
    were open, which `cut` counts, and `unanswered` has what no pong has come for.
    """

    def __init__(self, seed: int = 1) -> None:
        self.seed = seed
        self.cut = 0
        self.asked = 0
        self.problems: list[str] = []
        self.unanswered = set[bytes]()
        self._choice = random.Random(seed)
        self._wires = WeakKeyDictionary[Pipe, _Wire]()

    @override
    def arrive(self, proxy: Proxy) -> None:
        """Begin with new connections, since of others nobody knows where a frame begins."""
        self.cut = sum(pipe.is_socket for pipe in proxy.pipes)
        proxy.drop_all()

    @override
    async def up(self, pipe: Pipe, data: bytes) -> None:
        wire = self._wires.setdefault(pipe, _Wire())
        if wire.is_socket is None:
            wire.is_socket = b"upgrade: websocket" in data.lower()
            self.asked += wire.is_socket
        elif wire.is_socket:
            wire.up += data
            for frame in split_frames(wire.up):
                self._look_at(frame)
        await super().up(pipe, data)

    def _look_at(self, frame: Frame) -> None:
        """Note where the client breaks the rules, and which pings it answers."""
        is_control = frame.code >= CLOSE
        if not frame.is_masked or frame.first & _RESERVED:
            self.problems.append(f"seed {self.seed}: a bad frame of the client ({frame.code})")
        if is_control and (len(frame.payload) > MOST_CONTROL or not frame.first & FIN):
            self.problems.append(f"seed {self.seed}: a bad control frame of the client ({frame.code})")
        if frame.code == PONG:
            self.unanswered.discard(frame.payload)

    @override
    async def down(self, pipe: Pipe, data: bytes) -> None:
        wire = self._wires.setdefault(pipe, _Wire())
        if not wire.is_socket:
            await super().down(pipe, data)
            return
        wire.down += data
        if not wire.is_open:
            head, end, rest = bytes(wire.down).partition(b"\r\n\r\n")
            if not end:
                return
            wire.is_open, wire.down = True, bytearray(rest)
            await super().down(pipe, HEADS[self.seed % len(HEADS)](head + end))
        for frame in split_frames(wire.down):
            await self._hand_on(pipe, wire, frame)

    async def _hand_on(self, pipe: Pipe, wire: _Wire, frame: Frame) -> None:
        style = self._choice.choice(STYLES) if frame.code < CLOSE else _whole
        for piece in style(self._choice, frame):
            self.unanswered |= {LAST_PING} if LAST_PING in piece else set()
            await super().down(pipe, piece)


class Farewells(Frames):
    """After so many messages the server leaves every WebSocket, for a reason that no log may hold."""

    def __init__(self, messages: int) -> None:
        super().__init__()
        self._messages = messages

    @override
    async def _hand_on(self, pipe: Pipe, wire: _Wire, frame: Frame) -> None:
        if wire.messages < self._messages:
            wire.messages += frame.code < CLOSE
            await pipe.send(pack(frame.code, frame.payload, first=frame.first))
        elif not pipe.broken:
            pipe.broken = True
            await pipe.send(close(1013, f"call {CARLA}"))
            pipe.finish()


class NoUpgrade(Weather):
    """Requests pass, but none for a WebSocket: it is answered with this, after which the connection ends.

    Without an answer it stays open in silence.
    """

    def __init__(self, answer: bytes | None) -> None:
        self._answer = answer
        self._asked = WeakKeyDictionary[Pipe, bool]()

    @override
    def arrive(self, proxy: Proxy) -> None:
        proxy.drop_all()

    @override
    async def up(self, pipe: Pipe, data: bytes) -> None:
        if not self._asked.setdefault(pipe, b"upgrade: websocket" in data.lower()):
            await super().up(pipe, data)
            return
        pipe.broken = True
        if self._answer is not None:
            pipe.writer.write(self._answer)
            pipe.finish()
