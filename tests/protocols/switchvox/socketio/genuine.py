"""Run genuine Socket.IO servers."""

import asyncio
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
import shutil
import subprocess

FOLDER = Path(__file__).parent.parent
SCRIPT = Path(__file__).parent / "genuine_server.js"
LINES = ("1", "2", "4")
INSTALL_TIMEOUT = 300


def node_is_here() -> bool:
    """Return whether Node can be run on this machine."""
    return shutil.which("node") is not None and shutil.which("npm") is not None


def install() -> None:
    """Fetch the servers, unless they are there."""
    if all((FOLDER / "node_modules" / f"socketio-{line}").is_dir() for line in LINES):
        return
    subprocess.run(
        ["npm", "install", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts"],  # noqa: S607
        cwd=FOLDER,
        check=True,
        capture_output=True,
        timeout=INSTALL_TIMEOUT,
    )


class GenuineServer:
    """A running server: where it listens and what it says."""

    def __init__(self, process: Process, port: int) -> None:
        self._process = process
        self.base = f"http://127.0.0.1:{port}"

    async def says(self, word: str) -> None:
        """Wait until the server says a word."""
        assert self._process.stdout is not None
        while (await self._process.stdout.readline()).decode().strip() != word:
            assert self._process.returncode is None


@asynccontextmanager
async def genuine_server(
    line: str, *, interval: float = 25, patience: float = 20
) -> AsyncIterator[GenuineServer]:
    """Run a server of a line, with these times for its pings."""
    times = (str(round(seconds * 1000)) for seconds in (interval, patience))
    process = await asyncio.create_subprocess_exec(
        "node",
        str(SCRIPT),
        line,
        *times,
        stdout=PIPE,
        env={"NODE_PATH": str(FOLDER / "node_modules"), "PATH": str(Path(shutil.which("node") or "").parent)},
    )
    assert process.stdout is not None
    try:
        yield GenuineServer(process, int(await process.stdout.readline()))
    finally:
        process.kill()
        await process.wait()
