"""Ports of this machine, and waiting for what another process does."""

import asyncio
from collections.abc import Awaitable, Callable

from tests.ports import LOCALHOST

POLL_INTERVAL = 0.2


async def listens(port: int) -> bool:
    """Return whether something on this machine accepts connections on a port."""
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
