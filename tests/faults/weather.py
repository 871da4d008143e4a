"""What networks, and what stands in the place of a PBX, do to connections."""

import asyncio
from collections.abc import Callable, Iterator
import contextlib
import random
import struct
from typing import override
import zlib

from .proxy import Pipe, Proxy, Weather

MEGABYTE = 2**20
HUGE = 100 * MEGABYTE
UNPACKED = 80 * MEGABYTE


class Refused(Weather):
    """Nobody listens, and whoever was connected is not any more."""

    closed = True

    @override
    def arrive(self, proxy: Proxy) -> None:
        proxy.drop_all()


class Reset(Weather):
    """Every connection is torn down as soon as it is made."""

    @override
    async def accept(self, pipe: Pipe) -> bool:
        pipe.reset()
        return True

    @override
    def arrive(self, proxy: Proxy) -> None:
        proxy.drop_all()


class Silence(Weather):
    """Connections stay open and nothing passes, as when a router has forgotten them."""

    @override
    async def accept(self, pipe: Pipe) -> bool:
        while await pipe.reader.read(4096):
            pass
        return True

    @override
    async def down(self, pipe: Pipe, data: bytes) -> None:
        pipe.broken = True

    @override
    async def up(self, pipe: Pipe, data: bytes) -> None:
        pipe.broken = True


class Delay(Weather):
    """Whatever the PBX sends takes its time."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    @override
    async def down(self, pipe: Pipe, data: bytes) -> None:
        await asyncio.sleep(self._seconds)
        await pipe.send(data)


class Dribble(Weather):
    """What the PBX sends arrives byte by byte, after a while in small pieces."""

    bytewise = 1500

    @override
    async def down(self, pipe: Pipe, data: bytes) -> None:
        while data:
            size = 1 if pipe.sent < self.bytewise else 97
            await pipe.send(data[:size])
            data = data[size:]
            await asyncio.sleep(0)


class Cut(Weather):
    """The connection ends in the middle of the next thing that the PBX sends, and of each after it."""

    @override
    async def down(self, pipe: Pipe, data: bytes) -> None:
        await pipe.send(data[: (len(data) + 1) // 2])
        pipe.finish()


class Answer(Weather):
    """Somebody else answers: each request gets these pieces, and then nothing more.

    The requests are kept; connections from before are torn down.
    """

    def __init__(self, pieces: Callable[[], Iterator[bytes]]) -> None:
        self._pieces = pieces
        self.requests: list[bytes] = []

    @override
    def arrive(self, proxy: Proxy) -> None:
        proxy.drop_all()

    @override
    async def accept(self, pipe: Pipe) -> bool:
        request = bytearray()
        while b"\r\n\r\n" not in request:
            piece = await pipe.reader.read(4096)
            if not piece:
                return True
            request += piece
        self.requests.append(bytes(request))
        with contextlib.suppress(ConnectionError):
            for data in self._pieces():
                await pipe.send(data)
        pipe.finish()
        # What is closed while the client still sends would be a reset, which loses the answer.
        while await pipe.reader.read(4096):
            pass
        return True


class Insert(Weather):
    """Something stands between the messages of connections that are open; new ones are left alone."""

    def __init__(self, *data: bytes) -> None:
        self._data = data

    @override
    def arrive(self, proxy: Proxy) -> None:
        for pipe in proxy.pipes:
            for data in self._data:
                pipe.writer.write(data)


def text_frame(text: bytes) -> bytes:
    """Return a text as a frame of a WebSocket server."""
    if len(text) < 126:
        return bytes([0x81, len(text)]) + text
    if len(text) < 2**16:
        return b"\x81\x7e" + struct.pack(">H", len(text)) + text
    return b"\x81\x7f" + struct.pack(">Q", len(text)) + text


def _http(body: bytes, kind: str, *headers: str, status: str = "200 OK") -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join([*lines, "", ""]).encode() + body


def garbage() -> Iterator[bytes]:
    """Yield bytes that are nothing, the same ones every time."""
    yield random.Random(7).randbytes(2000)


def web_page() -> Iterator[bytes]:
    """Yield a web page."""
    yield _http(b"<!DOCTYPE html><html><body><h1>It works!</h1></body></html>", "text/html; charset=utf-8")


def unavailable() -> Iterator[bytes]:
    """Yield what the web server of a PBX answers while that starts."""
    yield _http(b"<html>Bad gateway</html>", "text/html", status="502 Bad Gateway")


def null() -> Iterator[bytes]:
    """Yield JSON text that holds nothing."""
    yield _http(b"null", "application/json")


def odd_charset() -> Iterator[bytes]:
    """Yield text in a character set that nobody knows."""
    yield _http(b"[]", "application/json; charset=klingon")


def deep() -> Iterator[bytes]:
    """Yield lists in lists in lists."""
    yield _http(b"[" * 200_000 + b"]" * 200_000, "application/json")


def huge() -> Iterator[bytes]:
    """Yield one answer of a hundred megabytes."""
    yield _http(b"", "application/json").replace(b"Content-Length: 0", b"Content-Length: %d" % HUGE)
    for _ in range(HUGE // MEGABYTE):
        yield b" " * MEGABYTE


def bomb() -> Iterator[bytes]:
    """Yield a small answer that unpacks to a very large one."""
    yield _http(_bomb(), "application/json", "Content-Encoding: gzip")


def endless_header() -> Iterator[bytes]:
    """Yield a header that never ends, as far as anybody has read it."""
    yield b"HTTP/1.1 200 OK\r\n"
    for number in range(64 * 1024):
        yield b"X-Filler-%d: %s\r\n" % (number, b"a" * 1000)


def redirect(location: str, status: str = "302 Found") -> Callable[[], Iterator[bytes]]:
    """Return what sends every request somewhere else."""

    def pieces() -> Iterator[bytes]:
        yield _http(b"", "text/plain", f"Location: {location}", status=status)

    return pieces


_packed: list[bytes] = []


def _bomb() -> bytes:
    """Return eighty megabytes of blanks, packed."""
    if not _packed:
        packer = zlib.compressobj(wbits=zlib.MAX_WBITS + 16)
        blanks = b" " * MEGABYTE
        parts = [packer.compress(blanks) for _ in range(UNPACKED // MEGABYTE)]
        _packed.append(b"".join([*parts, packer.flush()]))
    return _packed[0]
