"""Start and stop a process of another program."""

import asyncio
from asyncio.subprocess import Process
from collections.abc import Sequence
from pathlib import Path
import signal
import sys
from typing import Self

STOP_TIMEOUT = 30


class PythonProcess:
    """A Python module that runs in a process of its own and writes its output to a log file."""

    def __init__(self, module: str, arguments: Sequence[str], *, folder: Path, log_file: Path) -> None:
        self.log_file = log_file
        self._command = (sys.executable, "-m", module, *arguments)
        self._folder = folder
        self._process: Process | None = None

    async def __aenter__(self) -> Self:
        """Start the process."""
        await self.start()
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        """Stop the process."""
        await self.stop()

    @property
    def running(self) -> bool:
        """Return whether the process has been started and has not ended."""
        return self._process is not None and self._process.returncode is None

    async def start(self) -> None:
        """Start the process in a session of its own, where a terminal's Ctrl-C does not reach it."""
        with self.log_file.open("a") as log:
            self._process = await asyncio.create_subprocess_exec(
                *self._command,
                cwd=self._folder,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=asyncio.subprocess.STDOUT,
                start_new_session=True,
            )

    async def stop(self) -> None:
        """Ask the process to end, and kill it if it does not."""
        process = self._process
        if process is None or process.returncode is not None:
            return
        process.send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(STOP_TIMEOUT):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()

    async def wait(self) -> int:
        """Return the exit code once the process has ended."""
        if self._process is None:
            raise RuntimeError("The process has not been started")
        return await self._process.wait()

    def log_text(self) -> str:
        """Return all that the process has written, over all starts."""
        return self.log_file.read_text()
