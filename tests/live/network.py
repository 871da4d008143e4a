"""Ports of this machine, and waiting for what another process does."""

import asyncio
from collections.abc import Awaitable, Callable
import socket

LOCALHOST = "127.0.0.1"
POLL_INTERVAL = 0.2


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((LOCALHOST, 0))
        return int(probe.getsockname()[1])


async def listens(port: int) -> bool:
    """Tell whether something on this machine accepts connections on a port."""
    try:
        _, writer = await asyncio.open_connection(LOCALHOST, port)
    except OSError:
        return False
    writer.close()
    await writer.wait_closed()
    return True


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    """Ask until the answer is yes: another process has no event to wait for."""
    while True:
        if await condition():
            return
        await asyncio.sleep(POLL_INTERVAL)
