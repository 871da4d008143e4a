"""What can go wrong between a session and its PBX, each under the name that the table shows."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
import ssl
from typing import Any

from tests.simulators.common.certificate import self_signed_pem

from . import weather
from .columns import COLUMNS, Column
from .frames import HEADS, Farewells, Frames, NoUpgrade
from .proxy import Weather
from .scene import HOST, Scene, until

type Hit = Callable[[Scene], AbstractAsyncContextManager[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One fault; it begins and ends with the context that `hit` returns and lasts so many seconds between."""

    name: str
    hit: Hit
    seconds: float = 20.0
    # How long it may take until all is as before, in seconds.
    patience: float = 300.0
    # The columns that can have it.
    columns: frozenset[str] = frozenset(COLUMNS)
    # Whether the PBX forgets the calls that are open when it begins.
    loses_calls: bool = False
    # Whether the session may not get over it before somebody enters other credentials.
    refuses: bool = False
    # Whether nothing can happen at the PBX while it lasts.
    is_off: bool = False
    tls: bool = False
    by_name: bool = False


def network(make: Callable[[], Weather]) -> Hit:
    """Return what lets the network be bad."""

    @asynccontextmanager
    async def hit(scene: Scene) -> AsyncIterator[None]:
        await scene.proxy.turn(make())
        yield
        await scene.proxy.calm()

    return hit


def at_once(do: Callable[[Scene], Any]) -> Hit:
    """Return what happens at the PBX and is over at once."""

    @asynccontextmanager
    async def hit(scene: Scene) -> AsyncIterator[None]:
        do(scene)
        yield

    return hit


def redirected(scheme: str, host: str) -> Hit:
    """Return what sends every request to a trap at another host or port, where nothing may arrive."""

    @asynccontextmanager
    async def hit(scene: Scene) -> AsyncIterator[None]:
        caught: list[bytes] = []

        async def catch(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            caught.append(await reader.read(4096))
            writer.close()

        trap = await asyncio.start_server(catch, "127.0.0.1", 0)
        port = trap.sockets[0].getsockname()[1]
        answer = weather.redirect(f"{scheme}://{host}:{port}/elsewhere")
        await scene.proxy.turn(weather.Answer(answer))
        yield
        await scene.proxy.calm()
        trap.close()
        scene.problems += [f"followed a redirect: {data[:60]!r}" for data in caught]

    return hit


def reframed(seed: int) -> Hit:
    """Return what lets WebSockets be framed in all ways that the rules allow, which no session may mind."""

    @asynccontextmanager
    async def hit(scene: Scene) -> AsyncIterator[None]:
        frames = Frames(seed)
        await scene.proxy.turn(frames)
        yield
        await scene.proxy.calm()
        scene.problems += frames.problems
        if frames.unanswered:
            scene.problems.append(f"seed {seed}: pings are not answered")
        # A session that polls, since it was refused a WebSocket, need not ask for one again yet.
        if not frames.cut <= frames.asked <= 1:
            scene.problems.append(f"seed {seed}: {frames.asked} WebSockets after {frames.cut}")

    return hit


@asynccontextmanager
async def switched_off(scene: Scene) -> AsyncIterator[None]:
    """Let the PBX be off, and forget its calls."""
    await scene.pbx.stop()
    scene.teller.lose_calls()
    yield
    await scene.pbx.start()


@asynccontextmanager
async def other_credentials(scene: Scene) -> AsyncIterator[None]:
    """Let the password be another one, until somebody has put it back."""
    with scene.column.changed_credentials(scene.pbx):
        yield


@asynccontextmanager
async def without_name(scene: Scene) -> AsyncIterator[None]:
    """Let nobody be able to resolve the name of the PBX, and connections be torn down."""
    loop: Any = asyncio.get_running_loop()
    address = loop.names.pop(HOST)
    scene.proxy.drop_all()
    yield
    loop.names[HOST] = address


def certificate(**other: Any) -> Hit:
    """Return what makes the PBX show another certificate, and tears connections down."""

    @asynccontextmanager
    async def hit(scene: Scene) -> AsyncIterator[None]:
        options = {"host": scene.host, **other}
        scene.pbx.change_certificate(self_signed_pem(options.pop("host"), **options))
        scene.proxy.drop_all()
        yield
        scene.pbx.change_certificate(scene.pbx.pem)

    return hit


def without_right(scene_right: int) -> Hit:
    """Return what withdraws one of the rights of a column."""

    @asynccontextmanager
    async def hit(scene: Scene) -> AsyncIterator[None]:
        with scene.column.without(scene.pbx, scene.column.rights[scene_right]):
            scene.proxy.drop_all()
            yield
        scene.proxy.drop_all()

    return hit


def clock_off(seconds: float) -> Hit:
    """Return what sets the clock of the PBX wrong."""

    @asynccontextmanager
    async def hit(scene: Scene) -> AsyncIterator[None]:
        scene.clock.skew = seconds
        yield
        scene.clock.skew = 0.0

    return hit


def own(name: str) -> Hit:
    """Return what only the PBXs of some columns can do wrong."""
    return at_once(lambda scene: scene.column.own[name](scene.pbx))


def _frame(text: str) -> Hit:
    return network(lambda: weather.Insert(weather.text_frame(text.encode())))


def _answered(answer: Callable[[], Any]) -> Hit:
    return network(lambda: weather.Answer(answer))


DAY = 86400.0
_NETWORK = (
    Fault(name="refused", hit=network(weather.Refused)),
    Fault(name="reset", hit=network(weather.Reset)),
    Fault(name="reset once", hit=at_once(lambda scene: scene.proxy.drop_all()), seconds=0),
    Fault(name="half-open silence", hit=network(weather.Silence), seconds=150),
    Fault(name="delay of 30 s", hit=network(lambda: weather.Delay(30)), seconds=120),
    Fault(name="byte by byte", hit=network(weather.Dribble), seconds=40),
    Fault(name="cut in mid-frame", hit=network(weather.Cut), seconds=40),
    Fault(name="name gone", hit=without_name, by_name=True),
)
_ANSWERS = (
    Fault(name="garbage", hit=_answered(weather.garbage)),
    Fault(name="web page", hit=_answered(weather.web_page)),
    Fault(name="502", hit=_answered(weather.unavailable)),
    Fault(name="null", hit=_answered(weather.null)),
    Fault(name="odd charset", hit=_answered(weather.odd_charset)),
    Fault(name="deep JSON", hit=_answered(weather.deep)),
    Fault(name="100 MB", hit=_answered(weather.huge), seconds=4),
    Fault(name="gzip bomb", hit=_answered(weather.bomb), seconds=4),
    Fault(name="endless header", hit=_answered(weather.endless_header), seconds=4),
    Fault(name="redirect to a port", hit=redirected("http", "127.0.0.1")),
    Fault(name="redirect to a host", hit=redirected("http", "localhost")),
    Fault(name="redirect ws to ws", hit=redirected("ws", "localhost")),
    Fault(name="redirect nowhere", hit=_answered(weather.redirect("http://["))),
)
_FRAMES = (
    Fault(name="frame: no JSON", hit=_frame('{"mt":')),
    Fault(name="frame: list", hit=_frame("[]")),
    Fault(name="frame: surrogate", hit=_frame('{"mt":"\\ud800","api":"\\ud800"}')),
    Fault(name="frame: deep", hit=_frame("[" * 100_000)),
    Fault(name="frame: huge number", hit=_frame('{"mt":1' + "0" * 5000 + "}")),
    Fault(name="frame: garbage", hit=network(lambda: weather.Insert(next(weather.garbage())))),
)
# The columns that hear their news by WebSocket; those that fall back to polling stay there for a while.
_BY_SOCKET = frozenset({"axeos v1", "innovaphone", "switchvox websocket", "ipcortex"})
_ODD = tuple(
    Fault(name=f"odd frames {seed}", hit=reframed(seed), columns=_BY_SOCKET) for seed in range(len(HEADS))
)


def _no_upgrade(name: str, answer: bytes | None, seconds: float = 20.0) -> Fault:
    hit = network(lambda: NoUpgrade(answer))
    return Fault(name=f"upgrade: {name}", hit=hit, columns=_BY_SOCKET, seconds=seconds)


def _farewell(messages: int) -> Fault:
    hit = network(lambda: Farewells(messages))
    return Fault(name=f"farewell after {messages}", hit=hit, columns=_BY_SOCKET)


_UPGRADES = (
    *map(_farewell, (0, 1, 3)),
    _no_upgrade("502", next(weather.unavailable())),
    _no_upgrade("cut", b"HTTP/1.1 101 Swi"),
    _no_upgrade("silence", None, seconds=90),
)
_TLS = (
    Fault(name="TLS expired", hit=certificate(expired=True), tls=True),
    Fault(name="TLS wrong host", hit=certificate(host="192.0.2.1"), tls=True),
    Fault(name="TLS changed", hit=certificate(), tls=True),
)
_PBX = (
    Fault(name="off and on", hit=switched_off, loses_calls=True, is_off=True),
    Fault(name="restart", hit=at_once(lambda scene: scene.column.restart(scene.pbx)), loses_calls=True),
    Fault(name="credentials changed", hit=other_credentials, refuses=True, seconds=90),
    *(
        Fault(name=f"right {index + 1} gone", hit=without_right(index), seconds=60, patience=4000)
        for index in range(5)
    ),
    Fault(name="clock a day ahead", hit=clock_off(DAY)),
    Fault(name="clock a day behind", hit=clock_off(-DAY)),
)


def _columns_with(name: str) -> frozenset[str]:
    return frozenset(column.name for column in COLUMNS.values() if name in column.own)


# What a PBX loses its calls by.
_LOSING = {"sequence from 0", "restart unseen"}
_OWN = tuple(
    Fault(name=name, hit=own(name), columns=_columns_with(name), loses_calls=name in _LOSING)
    for name in dict.fromkeys(name for column in COLUMNS.values() for name in column.own)
)

FAULTS: dict[str, Fault] = {
    fault.name: fault for fault in (*_ODD, *_NETWORK, *_ANSWERS, *_FRAMES, *_TLS, *_PBX, *_OWN, *_UPGRADES)
}


def pairs() -> list[tuple[Column, Fault]]:
    """Return every fault with every column that can have it."""
    return [
        (column, fault)
        for fault in FAULTS.values()
        for column in COLUMNS.values()
        if column.name in fault.columns
    ]


def trusting(pem: bytes) -> ssl.SSLContext:
    """Return a context that trusts one certificate."""
    begin = pem.index(b"-----BEGIN CERTIFICATE-----")
    return ssl.create_default_context(cadata=pem[begin:].decode())


__all__ = ["FAULTS", "Fault", "pairs", "trusting", "until"]
