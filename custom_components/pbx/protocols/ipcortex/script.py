"""The PABX's own script: fetch it, run it, start its live feed, call its functions."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from enum import Enum
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path
import re
from typing import Any

from aiohttp import ClientSession
from yarl import URL

from ..errors import (
    CannotConnect,
    CommandFailed,
    CommandOutcomeUnknown,
    ConnectionLost,
    MissingRight,
    NotSent,
    NotSupported,
    PbxError,
    ProtocolError,
)
from ..http import AnswerTooLarge, send_request
from ..json_fields import as_text
from ..recorder import Door, Recorder
from ..session import Link
from .host import EngineMissing, HostError, ScriptBreach, ScriptError, ScriptHost
from .settings import IpcortexSettings


class Reaction(Enum):
    """What to do about an error of the live feed."""

    WAIT = "wait"
    LOGGED_OUT = "logged out"
    RETRY = "retry"
    RECONNECT = "reconnect"
    MISSING_RIGHT = "missing right"


NOT_READY, NO_RIGHT = 3, 99
REACTIONS: dict[int, Reaction] = {
    1: Reaction.WAIT,
    2: Reaction.LOGGED_OUT,
    NOT_READY: Reaction.RETRY,
    90: Reaction.WAIT,
    91: Reaction.RECONNECT,
    92: Reaction.RECONNECT,
    NO_RIGHT: Reaction.MISSING_RIGHT,
    100: Reaction.RECONNECT,
}


def get_reaction(errno: int | None) -> Reaction:
    """Return what to do; an unknown error is one that the script may get over."""
    return REACTIONS.get(errno or 0, Reaction.WAIT)


SCRIPTS = Path(__file__).parent / "scripts"
PARTS = ("values", "lists", "objects", "functions")
PATH = "/api/api.js"
MOST_BYTES = 4 << 20
FETCH_SECONDS = 60.0
CALL_SECONDS = 10.0
# Loading and logging in may take a slow PABX a while.
START_SECONDS = 30.0
LOGOUT_SECONDS = 2.0
FIRST_RESTART = 2.0
LONGEST_RETRY = 30.0
RETRY_FOR = 60.0
NO_OBJECT, NO_METHOD = 404, 405
# Their values are the address and the login.
_SECRET_CALLS = frozenset({"setHost", "login"})
_MARKERS = ("startFeed", "startPoll", "maxWSRetryTime", "addListener", "hook", "getSubID", "WebSocket")
_VERSION = re.compile(r"[Vv]ersion\W{1,6}(\d+(?:\.\d+){1,3})")


class ScriptUnusable(ProtocolError):
    """The script cannot run here, at least for now; `reason` says why in a few words."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class PbxScript:
    """One loaded script; it lives until it fails or is closed."""

    def __init__(
        self,
        settings: IpcortexSettings,
        link: Link,
        http: ClientSession,
        reports: Callable[[Sequence[Any]], Awaitable[None]],
    ) -> None:
        self._settings = settings
        self._url = URL(settings.url)
        # What the script and the PABX say to each other is theirs; what the script tells us is recorded.
        self._link = replace(link, http=http, recorder=Recorder())
        self._recorder = link.recorder
        self._reports = reports
        self.host = ScriptHost(self._url, self._link, self._handle_reports, redact=settings.redact)
        self.patience = CALL_SECONDS
        self.size = 0
        self.digest = ""
        self.markers: list[str] = []
        self.version: str | None = None
        self.functions: dict[str, str | None] = {}

    async def _handle_reports(self, records: Sequence[Any]) -> None:
        if self._recorder.on:
            stream = self._recorder.open_stream()
            for record in records:
                self._recorder.add(Door.SCRIPT, stream, "report", record=record)
        for record in records:
            if isinstance(record, Mapping) and record.get("what") == "object":
                self._link.evidence.see(record.get("type"), record.get("fields"))
        await self._reports(records)

    async def _cross(self, name: str, *values: Any) -> Any:
        """Call a function of the script; recorded without the login."""
        if not self._recorder.on:
            return await self.host.call(name, *values)
        stream = self._recorder.open_stream()
        told = () if name in _SECRET_CALLS else values
        self._recorder.add(Door.SCRIPT, stream, "call", name=name, values=told)
        try:
            value = await self.host.call(name, *values)
        except ScriptError as err:
            self._recorder.add(Door.SCRIPT, stream, "error", errno=err.errno)
            raise
        self._recorder.add(Door.SCRIPT, stream, "result", value=value)
        return value

    async def load(self) -> None:
        """Fetch the script and run it; raises ScriptUnusable."""
        source = await self._fetch()
        self.size, self.digest = len(source), sha256(source.encode()).hexdigest()
        self.markers = [marker for marker in _MARKERS if marker in source]
        found = _VERSION.search(source)
        self.version = found[1] if found else None
        try:
            await self.host.start()
            await self.host.load(source)
            for part in PARTS:
                text = await asyncio.to_thread((SCRIPTS / f"{part}.js").read_text, encoding="utf-8")
                await self.host.extend(text)
            if not await self._cross("ready"):
                raise ScriptUnusable("no known functions")
            self.functions = await self._cross("found")
        except EngineMissing:
            raise ScriptUnusable("engine missing") from None
        except ScriptBreach as err:
            raise ScriptUnusable(f"limit of {err.limit}") from None
        except ScriptError as err:
            raise ScriptUnusable(f"missing {err.missing}" if err.missing else f"raised {err.name}") from None

    async def changed(self) -> bool:
        """Return whether the PABX serves another script by now."""
        source = await self._fetch()
        return sha256(source.encode()).hexdigest() != self.digest

    async def _fetch(self) -> str:
        url = self._url.with_path(PATH)
        try:
            answer = await send_request(
                self._link, "GET", url, what=PATH, seconds=FETCH_SECONDS, largest=MOST_BYTES
            )
        except AnswerTooLarge:
            raise ScriptUnusable("too large") from None
        if answer.status != HTTPStatus.OK:
            raise ScriptUnusable(f"HTTP {answer.status}")
        source = answer.body.decode("utf-8", "replace")
        if source.lstrip()[:1] == "<":
            raise ScriptUnusable("a page instead of a script")
        return source

    async def login(self) -> dict[str, Any]:
        """Log in inside the engine and return who that is.

        Raises ScriptError where that fails, which a script says in the same way whether the PABX has refused
        the login or did not answer, and ScriptUnusable.
        """
        settings = self._settings
        await self._start_call("setHost", str(self._url.origin()))
        await self._start_call("login", settings.username, settings.password)
        me = await self._start_call("me")
        return me if isinstance(me, dict) else {}

    async def start(self, options: dict[str, Any]) -> None:
        """Start the live feed; a PABX that is not ready yet gets a minute.

        Raises ScriptUnusable, MissingRight, and CannotConnect where the login is gone that REST shares.
        """
        delay, waited = FIRST_RESTART, 0.0
        while True:
            try:
                await self._start_call("startFeed", options)
            except ScriptError as err:
                self._judge(err)
            else:
                break
            if waited >= RETRY_FOR:
                raise ScriptUnusable("not ready")
            await self._link.clock.sleep(delay)
            waited += delay
            delay = min(delay * 2, LONGEST_RETRY)
        try:
            await self._start_call("prime")
        except ScriptError as err:
            raise ScriptUnusable(f"raised {err.name}") from None

    async def start_again(self) -> None:
        """Resume the live feed with its earlier settings."""
        await self._call("startAgain", seconds=START_SECONDS)

    @staticmethod
    def _judge(err: ScriptError) -> None:
        """Raise what an error of the start means, unless it is worth another try."""
        match get_reaction(err.errno):
            case Reaction.MISSING_RIGHT:
                raise MissingRight("live feed") from None
            case Reaction.RETRY:
                return
            case Reaction.LOGGED_OUT:
                raise CannotConnect("the PBX has logged this user out") from None
            case _:
                raise ScriptUnusable(f"error {err.errno}") from None

    async def ask(self, name: str) -> Any:
        """Call a function that only tells something; its failure is that of the feed."""
        try:
            return await self._call(name)
        except ScriptError as err:
            raise ConnectionLost(f"the PBX does not answer {name} (errno {err.errno})") from None

    async def command(self, name: str, *values: Any) -> Any:
        """Call a function for a person; it is never called twice."""
        try:
            return await self._call(name, *values, command=True)
        except ScriptError as err:
            raise _explain_error(name, err, self._settings.redact) from None

    async def _start_call(self, name: str, *values: Any) -> Any:
        """Call a function of the start; a script that fails at it is of no use, and REST is all there is."""
        try:
            async with asyncio.timeout(START_SECONDS):
                return await self._cross(name, *values)
        except TimeoutError:
            raise ScriptUnusable(f"no answer to {name}") from None
        except ScriptBreach as err:
            raise ScriptUnusable(f"limit of {err.limit}") from None

    async def _call(
        self, name: str, *values: Any, seconds: float | None = None, command: bool = False
    ) -> Any:
        if self.host.broken is not None:
            raise NotSent(f"the script of the PBX is gone ({self.host.broken})")
        try:
            async with asyncio.timeout(seconds or self.patience):
                return await self._cross(name, *values)
        except ScriptError:
            raise
        except TimeoutError:
            if command:
                raise CommandOutcomeUnknown("the script did not answer") from None
            raise ConnectionLost("the script of the PBX did not answer") from None
        except HostError as err:
            # What it was called for may have gone to the PABX before.
            error = CommandOutcomeUnknown if command else ConnectionLost
            raise error(f"the script of the PBX is gone ({err})") from None

    async def close(self, *, logout: bool) -> None:
        """Stop everything, after a logout where there is time for it."""
        try:
            if logout and self.host.broken is None:
                with suppress(HostError, TimeoutError):
                    async with asyncio.timeout(LOGOUT_SECONDS):
                        await self._cross("exit")
        finally:
            # Also where the logout is cancelled: what a script asks must not outlive its client session.
            await self.host.close()


# What some errors of the script mean for a command, by its name.
_REFUSALS: Mapping[int, Callable[[str], PbxError]] = {
    NO_OBJECT: lambda name: CommandFailed("no_such_call"),
    NO_METHOD: NotSupported,
    NO_RIGHT: lambda name: MissingRight("control of this device"),
    NOT_READY: lambda name: CommandFailed("not_ready"),
}


def _explain_error(name: str, err: ScriptError, redact: Callable[[str], str]) -> PbxError:
    """Return what an error of the script means for a command, with its words where nothing else is known."""
    explain = _REFUSALS.get(err.errno or 0)
    if explain is not None:
        return explain(name)
    words = as_text(err.message)
    return CommandFailed("rejected", redact(words) if words is not None and words != "refused" else None)


# Names of the parts of a script may be shown in diagnostics, their content may not.
_NAME = re.compile(r"[A-Za-z$][\w$]{0,40}")
_WHERE = re.compile(r"(?:[A-Za-z]{1,20}\.){1,2}[A-Za-z]{1,20} \([a-z]{3,10}\)")


MOST_KINDS = 20


class Findings:
    """Remember the names of lists and functions that were found."""

    def __init__(self) -> None:
        self.lists: dict[str, str | None] = {}
        self.methods: dict[str, list[str]] = {}

    def clear(self) -> None:
        """Forget what another script had."""
        self.lists.clear()
        self.methods.clear()

    def store_lists(self, record: Mapping[str, Any]) -> None:
        """Take where the script has its lists; None for those that it has nowhere."""
        found = record.get("names")
        for kind, where in list(found.items())[:MOST_KINDS] if isinstance(found, Mapping) else ():
            if kind not in self.lists and len(self.lists) >= MOST_KINDS:
                continue
            known = isinstance(where, str) and _WHERE.fullmatch(where)
            self.lists[str(kind)[:20]] = where if known else None

    def store_methods(self, record: Mapping[str, Any]) -> None:
        """Take the names of the functions of a kind of object."""
        kind, methods = record.get("type"), record.get("methods")
        if not isinstance(kind, str) or not isinstance(methods, list):
            return
        names = [name for name in methods if isinstance(name, str) and _NAME.fullmatch(name)]
        if kind[:20] in self.methods or len(self.methods) < MOST_KINDS:
            self.methods[kind[:20]] = names[:100]
