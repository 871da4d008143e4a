"""What it costs to follow the lines of a Switchvox, with many extensions watched and with few."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, replace
import gc
from itertools import cycle, islice
import json
import ssl
from time import perf_counter
from typing import override

from aiohttp import ClientSession
from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import HomeAssistant

from custom_components.pbx.hub.hub import PbxHub
from custom_components.pbx.protocols.changes import Change
from custom_components.pbx.protocols.enums import LineStatus
from custom_components.pbx.protocols.model import PbxObject
from custom_components.pbx.protocols.session import Clock, Link, PbxSession
from custom_components.pbx.protocols.state import PbxState
from custom_components.pbx.protocols.switchvox import create
from custom_components.pbx.protocols.switchvox.calls import CallBook
from custom_components.pbx.protocols.switchvox.channels import UnclaimedDials
from custom_components.pbx.protocols.switchvox.decode_calls import LINE_TOPIC
from custom_components.pbx.protocols.switchvox.directory import Account, Directory
from custom_components.pbx.protocols.switchvox.feed import Feed
from custom_components.pbx.protocols.switchvox.socketio.packets import decode_event, repair
from tests.simulators.switchvox import OWN, PASSWORD, SwitchvoxSimulator, large_world
from tests.waiting import until

from .cost import Cost
from .office import running_office

STORY = ("ringing", "onThePhone", "idle")
FEW = 10
AT_ONCE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class LinesCost:
    """Costs of an event: its JSON alone, all of its decoding among many and among few, and its states.

    `opened` is the cost of each extension as a session opens, without the pauses that it makes for
    politeness; `rang` is how long it takes in seconds until so many calls that begin together all show.
    """

    watched: int
    parse: Cost
    decode: Cost
    decode_few: Cost
    written: Cost
    writes: float
    opened: Cost
    rang: float


async def measure_lines(hass: HomeAssistant, watched: int, events: int, runs: int) -> LinesCost:
    """Measure all of it, for so many watched extensions."""
    written, writes = await _written(hass, watched, events, runs)
    opened, rang = await _session(watched)
    return LinesCost(
        watched=watched,
        parse=_parsing(watched, events, runs),
        decode=_decoding(watched, events, runs),
        decode_few=_decoding(FEW, events, runs),
        written=written,
        writes=writes,
        opened=opened,
        rang=rang,
    )


def accounts(count: int) -> list[Account]:
    """Return so many people."""
    return [
        Account(id=str(5000 + index), number=str(2000 + index), name=f"Person {index}")
        for index in range(count)
    ]


def packets(count: int, events: int) -> list[str]:
    """Return the packets of calls that ring, are answered and end, one extension after the other."""
    return list(islice(_packets(count), events))


def _packets(count: int) -> Iterator[str]:
    for call, account in enumerate(cycle(accounts(count))):
        for step, status in enumerate(STORY):
            params = {
                "uniqueId": f"{call}.1",
                "status": status,
                "direction": "fromPbx",
                "account": {"accountId": int(account.key)},
                "endpoint": {"extension": account.number},
                "startTime": 1424980000100,
                "serverTime": 1424980000100 + step,
                "remotes": [{"uniqueId": f"{call}.0", "endpoint": {"name": "Zoë", "number": "5551234567"}}],
            }
            notification = {"jsonrpc": "2.0", "method": LINE_TOPIC, "params": params}
            yield "42" + json.dumps(["notification", notification], ensure_ascii=False)


class Decoder:
    """Turn packets into changes, as a session does."""

    def __init__(self, count: int) -> None:
        people = accounts(count)
        directory = Directory(people[0])
        for account in people:
            directory.add_account(account)
        directory.choose_watched(everybody=True, numbers=())
        self._feed = Feed(CallBook(directory, UnclaimedDials()), Clock())

    def take(self, packet: str) -> list[Change]:
        """Return what a packet changes."""
        event = decode_event(repair(packet))
        assert event is not None
        return self._feed.handle_event(LINE_TOPIC, event.argument["params"])


def _parsing(count: int, events: int, runs: int) -> Cost:
    """Return the cost of reading the JSON of an event, and nothing more."""
    texts, seconds = [packet[2:] for packet in packets(count, events)], []
    for _ in range(runs):
        start = perf_counter()
        for text in texts:
            json.loads(text)
        seconds.append(perf_counter() - start)
    return Cost.of(seconds, events)


def _decoding(count: int, events: int, runs: int) -> Cost:
    """Return the cost of an event from its packet to the state of its call."""
    told, seconds = packets(count, events), []
    for _ in range(runs):
        decoder, state = Decoder(count), PbxState()
        gc.collect()
        start = perf_counter()
        for packet in told:
            state.apply(decoder.take(packet))
        seconds.append(perf_counter() - start)
    return Cost.of(seconds, events)


async def _written(hass: HomeAssistant, count: int, events: int, runs: int) -> tuple[Cost, float]:
    """Return the cost of bringing an event to its states, and how many states that are."""
    decoder = Decoder(count)
    changes = [decoder.take(packet) for packet in packets(count, events)]
    objects = [item for account in accounts(count) for item in _objects(account)]
    async with running_office(hass, objects) as office:
        states: list[None] = []
        stop = hass.bus.async_listen(EVENT_STATE_CHANGED, lambda event: states.append(None))
        await _apply(office.pbx, changes)
        stop()
        seconds = [await _apply(office.pbx, changes) for _ in range(runs)]
    return Cost.of(seconds, events), len(states) / events


def _objects(account: Account) -> tuple[PbxObject, PbxObject]:
    return replace(account.make_phone(), status=LineStatus.IDLE), account.make_user((), editable=True)


async def _apply(pbx: PbxHub, changes: list[list[Change]]) -> float:
    gc.collect()
    start = perf_counter()
    for change in changes:
        await pbx.apply(change)
    return perf_counter() - start


class Impolite(Clock):
    """Make no pauses between requests."""

    @override
    async def sleep(self, seconds: float) -> None:
        await super().sleep(seconds if seconds > 1 else 0)


async def _session(count: int) -> tuple[Cost, float]:
    """Return the cost of an extension as a session opens, and how long until calls show."""
    async with SwitchvoxSimulator(large_world(count)) as pbx, ClientSession() as http:
        name, password = pbx.world.admin
        login = {"extension": OWN, "password": PASSWORD, "admin_username": name, "admin_password": password}
        data = {"host": pbx.host, "port": pbx.port, "tls": False, "watch": "all", **login}
        session = create(data, Link(http=http, ssl=ssl.create_default_context(), clock=Impolite()))
        state = PbxState()
        start = perf_counter()
        state.apply([await session.open()])
        opened = perf_counter() - start
        follower = asyncio.create_task(_follow(session, state))
        start = perf_counter()
        called = [account for account in pbx.world.accounts if account.display.startswith("Person")][:AT_ONCE]
        for account in called:
            pbx.lines.incoming("5551234567", account.number)
        await until(lambda: len(list(state.calls.open)) == len(called))
        rang = perf_counter() - start
        follower.cancel()
        await asyncio.gather(follower, return_exceptions=True)
        await session.close()
    return Cost.of([opened], count), rang


async def _follow(session: PbxSession, state: PbxState) -> None:
    async for changes in session.changes():
        state.apply(changes)
