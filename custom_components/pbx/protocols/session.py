"""The contract that every protocol fills."""

from abc import ABC, abstractmethod
import asyncio
from collections.abc import AsyncIterator, Collection, Coroutine, Mapping, Sequence
from dataclasses import field
import ssl
from typing import Any

from aiohttp import ClientSession

from .changes import Change, Snapshot
from .commands import PbxCommands
from .enums import Capability, ObjectKind
from .errors import NotSupported, PbxError
from .evidence import Evidence
from .keys import ObjectKey
from .lazy_dataclass import dataclass
from .model import PbxInfo
from .recorder import Recorder


class Clock:
    """Time as a session sees it; tests hand in one that they can turn."""

    def time(self) -> float:
        """Return seconds that only go up."""
        return asyncio.get_running_loop().time()

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)


async def within[T](clock: Clock, seconds: float, work: Coroutine[Any, Any, T]) -> T:
    """Return what the work returns; raises TimeoutError where it takes longer than allowed."""
    task = asyncio.ensure_future(work)
    alarm = asyncio.ensure_future(clock.sleep(seconds))
    try:
        await asyncio.wait({task, alarm}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise TimeoutError
        return task.result()
    finally:
        task.cancel()
        alarm.cancel()


async def run_together(*works: Coroutine[Any, Any, None]) -> None:
    """Run all of this until any of it ends, which ends the rest too; raises what ended it."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


# A peer that has left so many first pings in a row unanswered answers none.
_MOST_UNANSWERED = 2


class Pings:
    """Whether a PBX answers pings of the WebSocket protocol, as its connections have shown so far.

    Browsers send none, so a server that is made for them may never have had to.
    """

    def __init__(self) -> None:
        self._is_answering = False
        self._unanswered = 0

    @property
    def tell_of_life(self) -> bool:
        """Return whether one that stays unanswered means that the connection is gone."""
        return self._is_answering or self._unanswered < _MOST_UNANSWERED

    def add_answer(self) -> None:
        """Note that a ping was answered."""
        self._is_answering = True

    def add_silence(self) -> None:
        """Note that a ping was not answered."""
        self._unanswered += 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """What a session needs from its surroundings to reach the PBX."""

    http: ClientSession
    ssl: ssl.SSLContext
    clock: Clock = field(default_factory=Clock)
    recorder: Recorder = field(default_factory=Recorder)
    evidence: Evidence = field(default_factory=Evidence)
    pings: Pings = field(default_factory=Pings)


@dataclass(frozen=True, slots=True, kw_only=True)
class PushHook:
    """What a web hook answers, and for each event what to add to its address."""

    answer: str
    content_type: str
    queries: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedSettings:
    """Whose settings are wanted.

    Of `kinds` all are. Of other objects they are in `objects`, by the capability without which nobody could
    show them; by None where all settings of an object are wanted.
    """

    kinds: frozenset[ObjectKind] = frozenset()
    objects: Mapping[Capability | None, frozenset[ObjectKey]] = field(default_factory=dict)

    def get_ids(self, kind: ObjectKind, capabilities: Collection[Capability]) -> frozenset[str] | None:
        """Return the objects of a kind of which any setting by these capabilities is wanted, None for all."""
        if kind in self.kinds:
            return None
        wanted = (self.objects.get(capability, ()) for capability in (None, *capabilities))
        return frozenset(key.id for keys in wanted for key in keys if key.kind is kind)


EVERYTHING = WantedSettings(kinds=frozenset(ObjectKind))


class PbxSession(ABC):
    """One login to one PBX.

    `open` logs in, subscribes, reads everything and returns it. `changes` then yields what happens, in order,
    with nothing lost between the two; an empty batch says that the PBX is alive and has no news. It ends with
    ConnectionLost, after which `open` may be called again. `close` logs out and takes at most five seconds.

    What can be asked of the PBX is in `commands`.
    """

    # The longest silence after which the PBX counts as gone, in seconds.
    liveness = 90.0
    # How often in a row a login may be refused before nothing more is tried; a PBX that is starting up may
    # refuse a good one.
    refusals = 2
    # How the PBX is told to call a web hook, where it can.
    push_hook: PushHook | None = None
    # After this many seconds all objects are known, also those that a slow PBX tells bit by bit after the
    # snapshot.
    settles_after = 0.0

    # What the PBX says to what was assumed of it.
    evidence = Evidence()

    def __init__(self) -> None:
        self.capabilities: frozenset[Capability] = frozenset()

    @abstractmethod
    async def probe(self) -> PbxInfo:
        """Log in and say which PBX this is; raises AuthFailed, CannotConnect, MissingRight or WrongSystem."""

    @abstractmethod
    async def open(self) -> Snapshot:
        """Log in, subscribe and read everything; raises AuthFailed, CannotConnect or ProtocolError."""

    @abstractmethod
    def changes(self) -> AsyncIterator[Sequence[Change]]:
        """Yield what happens until the connection is lost."""

    @abstractmethod
    def end_session(self, error: PbxError) -> None:
        """Let `changes` raise an error once what was reported before it is through; the first one counts."""

    @abstractmethod
    async def close(self) -> None:
        """Log out where the PBX has sessions, and stop everything."""

    @property
    @abstractmethod
    def commands(self) -> PbxCommands:
        """Return what can be asked of the PBX."""

    def watch(self, kinds: frozenset[ObjectKind]) -> None:  # noqa: B027
        """Name the kinds of which settings are wanted; a session that polls reads only those.

        Calls and the status of phones and users are wanted always.
        """

    def watch_settings(self, wanted: WantedSettings) -> None:  # noqa: B027
        """Name the objects and settings that are wanted; until then a session counts all as wanted.

        One that asks for them one by one asks only for those.
        """

    def statistics(self) -> Mapping[str, Any]:
        """Return counters and names for diagnostics, with nothing personal in them.

        `transport` says in a word how news comes.
        """
        return {}

    @property
    def memory(self) -> Mapping[str, str]:
        """Return what is worth knowing after a restart; it is handed back among the settings as `memory`."""
        return {}

    async def push(self, event: Mapping[str, str]) -> None:
        """Handle an event that came by the web hook; it proves nothing, so it only causes a reading."""
        raise NotSupported("push")
