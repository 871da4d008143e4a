"""The live feed: run the script of the PABX, keep it running, and say why where there is none."""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any

from ..changes import CapabilitiesChanged, Change, Notice, Upsert
from ..enums import NoticeCode
from ..errors import CannotConnect, ConnectionLost, MissingRight, NotSupported, PbxError
from ..model import PastCall
from ..queued_session import Report
from ..scheduler import Scheduler
from .connection import Connection
from .directory import Directory
from .host import ScriptBreach, ScriptError
from .records import RecordHandler
from .script import (
    FIRST_RESTART,
    LONGEST_RETRY,
    NOT_READY,
    RETRY_FOR,
    PbxScript,
    Reaction,
    ScriptUnusable,
    get_reaction,
)

# While nothing happens the feed says nothing. One answer that is late must not pass for silence.
ALIVE_INTERVAL = 60.0
CHECK_SCRIPT_INTERVAL = 900.0
PRIME_SECONDS = 60.0
# The whole start of a script, after which REST has to do.
START_SECONDS = 80.0
# A script whose login failed although the PABX accepts it logs in once more after this.
LOGIN_PAUSE = 2.0
# A script that could not be used is tried again, slower each time until it is once in so many seconds.
TRY_AGAIN_AFTER = 5.0
TRY_AGAIN_INTERVAL = 3600.0
# What breaks its limits so often within that time is left alone for as long.
OFTEN_BROKEN = 3
# These reasons do not pass by themselves.
FOR_GOOD = frozenset({"auth key", "engine missing"})
# How long a feed that reported an inner error may stay without any data.
RECOVERY_SECONDS = 30.0


class Feed:
    """Run the script of the PABX and report what it tells; without a usable one, say why."""

    def __init__(
        self,
        connection: Connection,
        directory: Directory,
        report: Report,
        spawn: Callable[[Coroutine[Any, Any, None], str], object],
        end_session: Callable[[PbxError], None],
    ) -> None:
        self._connection = connection
        self._directory = directory
        self._report = report
        self._spawn = spawn
        self._end_session = end_session
        self._scheduler = Scheduler(connection.link.clock)
        # Beside the others, since to start a script takes its time.
        self._retries = Scheduler(connection.link.clock)
        self._broken_at: deque[float] = deque(maxlen=OFTEN_BROKEN)
        self._records = RecordHandler(directory, report, self._handle_error)
        self._restarting = False
        self._is_open = False
        # Until when a feed that was live is awaited.
        self._patient_until = 0.0
        self.script: PbxScript | None = None
        self.unusable: str | None = None

    @property
    def is_live(self) -> bool:
        """Return whether the script runs and has said everything that there is."""
        return self.script is not None and self._is_open

    @property
    def may_come_back(self) -> bool:
        """Return whether there is no script for a reason that may pass by itself."""
        return self.unusable is not None and self.unusable not in FOR_GOOD

    @property
    def open_script(self) -> PbxScript:
        """Return the script; raises NotSupported where there is none, since it alone knows of calls."""
        if self.script is None or not self._is_open:
            raise NotSupported("live calls")
        return self.script

    @property
    def history(self) -> Sequence[PastCall]:
        """Return what the script said of own calls that are over, in order."""
        return self._records.history

    async def start(self) -> list[Change]:
        """Run the script; what a person could do about it if it does not is in the notices.

        Raises AuthFailed, and CannotConnect also where a feed that was live just now does not start.
        """
        self._directory.clear()
        self._restarting = False
        notices = await self._try_script()
        if self.may_come_back and self._connection.link.clock.time() < self._patient_until:
            # REST knows of no calls, so all that go on would end.
            raise CannotConnect(f"the live feed does not start ({self.unusable})")
        return notices

    async def _try_script(self) -> list[Change]:
        """Run the script, and stop it where that fails, since REST goes on with the login that they share."""
        self._records.reset()
        self.unusable, missing_right = None, False
        try:
            async with asyncio.timeout(START_SECONDS):
                await self._run_script()
        except ScriptUnusable as err:
            self.unusable = err.reason
        except TimeoutError:
            self.unusable = "no answer"
        except MissingRight:
            missing_right = True
        finally:
            if not self._is_open:
                await self.stop(logout=False)
        return [
            Notice(NoticeCode.LIVE_FEED_MISSING, self.unusable is not None, self.unusable or ""),
            Notice(NoticeCode.MISSING_RIGHT, missing_right, "live feed"),
        ]

    async def _run_script(self) -> None:
        settings = self._connection.settings
        if not settings.scripted:
            raise ScriptUnusable("auth key")
        if self._is_often_broken:
            raise ScriptUnusable("broke its limits again and again")
        script = PbxScript(
            settings, self._connection.link, self._connection.http, self._records.handle_records
        )
        self.script = script
        await script.load()
        await self._log_in(script)
        await script.start(self._get_options())
        await self._wait_until_primed(script)
        self._is_open = True

    @property
    def _is_often_broken(self) -> bool:
        first = self._connection.link.clock.time() - TRY_AGAIN_INTERVAL
        return sum(time > first for time in self._broken_at) == OFTEN_BROKEN

    async def _log_in(self, script: PbxScript) -> None:
        """Log in inside the script; whether a login is refused only the PABX itself says."""
        try:
            await script.login()
        except ScriptError:
            await self._connection.check_login()
        else:
            return
        await self._connection.link.clock.sleep(LOGIN_PAUSE)
        try:
            await script.login()
        except ScriptError:
            await self._connection.check_login()
            raise ScriptUnusable("login of the script") from None

    async def _wait_until_primed(self, script: PbxScript) -> None:
        waits = [
            asyncio.create_task(self._records.primed.wait()),
            asyncio.create_task(script.host.ended()),
        ]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED, timeout=PRIME_SECONDS)
        finally:
            for wait in waits:
                wait.cancel()
        if self._records.primed.is_set():
            return
        broken = script.host.broken
        raise ScriptUnusable(f"limit of {broken.limit}" if isinstance(broken, ScriptBreach) else "no data")

    def _get_options(self) -> dict[str, Any]:
        """Name the data sets that are wanted; that of the devices can be narrowed to the user's own."""
        settings = self._connection.settings
        wanted = {
            "device": True,
            "deviceMin": settings.only_own_devices,
            "mailbox": settings.with_mailboxes,
            "queue": settings.with_queues,
            "presence": settings.with_presence,
        }
        return {
            **{name: True for name, is_wanted in wanted.items() if is_wanted},
            "pingtime": min(max(settings.ping_time, 10), 999),
            # The session itself opens a broken feed anew, and two that do so would get in each other's way.
            "maxWSRetryTime": 0,
        }

    def start_reports(self) -> None:
        """Report what comes from now on, and look after the connection beside that."""
        self._records.start_reports()
        self._scheduler.clear()
        self._retries.clear()
        self._scheduler.plan("alive", self._ask_alive, ALIVE_INTERVAL)
        if self.is_live:
            self._watch_script()
        elif self.unusable not in FOR_GOOD:
            self._retries.plan("script", self._try_again, TRY_AGAIN_INTERVAL)
            if not self._is_often_broken:
                self._retries.hasten("script", TRY_AGAIN_AFTER)
            self._spawn(self._retries.run(), "ipcortex script")
        self._spawn(self._scheduler.run(), "ipcortex signs of life")

    def _watch_script(self) -> None:
        self._scheduler.plan("script", self._check_script, CHECK_SCRIPT_INTERVAL)
        if self.script is not None:
            self._spawn(self._watch_engine(self.script), "ipcortex engine")

    async def _try_again(self) -> None:
        """Run a script that could not be used; raises ScriptUnusable where it still cannot."""
        before = self.unusable
        try:
            notices = await self._try_script()
        finally:
            self._records.start_reports()
        if not self.is_live:
            await self._report(notices if before != self.unusable else [])
            raise ScriptUnusable(self.unusable or "live feed")
        self._retries.cancel("script")
        self._watch_script()
        objects = [Upsert(item) for item in self._directory.objects]
        await self._report([*objects, *self._directory.calls.open(), *notices, CapabilitiesChanged()])

    async def stop(self, *, logout: bool) -> None:
        """Stop the script, and know nothing that it told."""
        if self._is_open:
            self._patient_until = self._connection.link.clock.time() + RETRY_FOR
        self._is_open = False
        if self.script is not None:
            # Where this is cancelled, the next time closes it.
            await self.script.close(logout=logout)
            self.script = None
        self._directory.clear()

    async def _watch_engine(self, script: PbxScript) -> None:
        error = await script.host.ended()
        if isinstance(error, ScriptBreach):
            self._broken_at.append(self._connection.link.clock.time())
        raise ConnectionLost(f"the script of the PBX is gone ({error})")

    async def _check_script(self) -> None:
        """Raise ConnectionLost where the PABX serves another script by now, which speaks another language."""
        if self.script is not None and await self.script.changed():
            raise ConnectionLost("the PBX has another script now")

    async def _ask_alive(self) -> None:
        """Ask the PABX for a sign of life; every error of it ends the session."""
        script = self.script
        if script is None or not self.is_live:
            await self._connection.rest.login()
        elif script.functions.get("drift"):
            self._records.store_drift(await script.ask("drift"))
        else:
            await self._check_script()
        await self._report([])

    async def _handle_error(self, errno: int) -> None:
        """React to an error of the running feed."""
        match get_reaction(errno):
            case Reaction.MISSING_RIGHT:
                await self._report([Notice(NoticeCode.MISSING_RIGHT, active=True, detail="live feed")])
            case Reaction.RETRY:
                self._restart_once()
            case Reaction.WAIT:
                self._spawn(self._expect_records(self._records.handled), "ipcortex recovery")
            case Reaction.LOGGED_OUT:
                await self._handle_logout()
            case Reaction.RECONNECT:
                self._end_session(ConnectionLost(f"the live feed broke (errno {errno})"))

    async def _handle_logout(self) -> None:
        guard = self._connection.guard
        guard.add_failure()
        if guard.is_often:
            await self._report([Notice(NoticeCode.LOGGED_OUT_OFTEN, active=True)])
        self._end_session(ConnectionLost("the PBX has logged this user out"))

    def _restart_once(self) -> None:
        if self._restarting or self.script is None:
            return
        self._restarting = True
        self._spawn(self._restart(self.script), "ipcortex restart")

    async def _restart(self, script: PbxScript) -> None:
        """Start the feed again and again, for as long as the last values may be shown."""
        delay, waited = FIRST_RESTART, 0.0
        while waited < RETRY_FOR:
            await self._connection.link.clock.sleep(delay)
            waited += delay
            delay = min(delay * 2, LONGEST_RETRY)
            try:
                await script.start_again()
            except ScriptError as err:
                if err.errno != NOT_READY:
                    raise ConnectionLost(f"the live feed does not start (errno {err.errno})") from None
            else:
                self._restarting = False
                return
        raise CannotConnect("the PBX is not ready")

    async def _expect_records(self, before: int) -> None:
        """Wait for data after an error that the feed may get over."""
        await self._connection.link.clock.sleep(RECOVERY_SECONDS)
        if self._records.handled == before:
            raise ConnectionLost("the live feed did not recover")

    def statistics(self) -> Mapping[str, Any]:
        """Return what the script is and needs, with nothing personal in it."""
        script = self.script
        about: dict[str, Any] = {
            "transport": "live" if self.is_live else "REST only",
            "why_not_live": self.unusable,
            **self._records.statistics(),
        }
        if script is not None:
            about["script"] = {
                "size": script.size,
                "sha256": script.digest,
                "markers": script.markers,
                "functions": script.functions,
                **script.host.statistics(),
            }
        return about
