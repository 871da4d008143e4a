"""The live side of one login: the script, where it can run."""

import asyncio
from collections.abc import Mapping
from typing import Any

from ..changes import Change, Notice
from ..enums import NoticeCode
from ..errors import AuthFailed, CannotConnect, ConnectionLost, MissingRight
from .commands import Commands
from .connection import Connection
from .directory import Directory
from .feed import Reports
from .script import PbxScript, ScriptUnusable

PRIME_SECONDS = 60.0


class Live:
    """Run the script of the PABX, or know why REST alone has to do."""

    def __init__(
        self, connection: Connection, directory: Directory, reports: Reports, commands: Commands
    ) -> None:
        self._connection = connection
        self._directory = directory
        self._reports = reports
        self._commands = commands
        self.script: PbxScript | None = None
        self.unusable: str | None = None

    async def start(self) -> list[Change]:
        """Run the script; what a person could do about it if it does not is in the notices."""
        self._directory.clear()
        self._reports.reset()
        self.unusable, missing_right = None, False
        try:
            await self._run()
        except ScriptUnusable as err:
            self.unusable = err.reason
        except MissingRight:
            missing_right = True
        if self.unusable is not None or missing_right:
            # REST goes on with the login that the script shares.
            await self.stop(logout=False)
        return [
            Notice(NoticeCode.LIVE_FEED_MISSING, self.unusable is not None, self.unusable or ""),
            Notice(NoticeCode.MISSING_RIGHT, missing_right, "live feed"),
        ]

    async def stop(self, *, logout: bool) -> None:
        """Stop the script, and know nothing that it told."""
        self._commands.use(None)
        if self.script is not None:
            # Whoever is cancelled here closes it the next time.
            await self.script.close(logout=logout)
            self.script = None
        self._directory.clear()

    async def watch(self) -> None:
        """Wait for the end of the engine."""
        if self.script is not None:
            error = await self.script.host.ended()
            raise ConnectionLost(f"the script of the PBX is gone ({error})")

    async def check(self) -> None:
        """See whether the PABX serves another script by now, which speaks another language."""
        if self.script is not None and await self.script.changed():
            raise ConnectionLost("the PBX has another script now")

    async def alive(self) -> None:
        """Ask the PABX for a sign of life."""
        script = self.script
        if script is None:
            await self._connection.rest.login()
        elif script.functions.get("drift"):
            self._reports.note_drift(await script.ask("drift"))
        else:
            await self.check()

    async def retry(self) -> None:
        """Start the feed again, which the PABX says to be not ready."""
        if self.script is not None:
            await self._reports.until_ready(self.script, self._connection.link.clock)

    async def _run(self) -> None:
        settings = self._connection.settings
        if not settings.scripted:
            raise ScriptUnusable("auth key")
        script = PbxScript(settings, self._connection.link, self._connection.http, self._reports.take)
        self.script = script
        await script.load()
        try:
            await script.login()
        except AuthFailed:
            self._connection.guard.note()
            raise
        await script.start(self._options())
        try:
            async with asyncio.timeout(PRIME_SECONDS):
                await self._reports.primed.wait()
        except TimeoutError:
            raise CannotConnect("the live feed took too long to say what there is") from None
        self._commands.use(script)

    def _options(self) -> dict[str, Any]:
        """Name the data sets; that of the devices can be narrowed to the user's own."""
        settings = self._connection.settings
        return {
            "device": True,
            **({"deviceMin": True} if settings.only_own_devices else {}),
            "mailbox": True,
            "queue": True,
            "presence": True,
            "pingtime": min(max(settings.ping_time, 10), 999),
            # The session itself opens a broken feed anew, and two that do so would get in each other's way.
            "maxWSRetryTime": 0,
        }

    def statistics(self) -> Mapping[str, Any]:
        """Return what the script is and needs, with nothing personal in it."""
        script = self.script
        transport = "live" if script else "REST only"
        about: dict[str, Any] = {"transport": transport, "why_not_live": self.unusable}
        if script is not None:
            about["script"] = {
                "size": script.size,
                "sha256": script.digest,
                "markers": script.markers,
                "functions": script.functions,
                **script.host.statistics(),
            }
        return about
