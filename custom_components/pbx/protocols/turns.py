"""Turns for the event loop in the middle of long work that a PBX may cause."""

import asyncio
from typing import Any

from .json_text import parse_json

# So many pieces of work follow each other before anything else of Home Assistant has its turn.
SLICE = 50
# Parsing more than this, in bytes or characters, would hold the event loop up, so it is done in a thread.
PARSED_IN_THREAD = 256 * 2**10


async def give_turn() -> None:
    """Let everything that waits have its turn, also what has become due since this began to work.

    The event loop looks for that only after those who were ready before, so that who is back at once goes
    first: to come back twice lets others wait for one piece of work instead of two.
    """
    await asyncio.sleep(0)
    await asyncio.sleep(0)


class Turns:
    """Count the turns of others while many pieces of work follow each other without a wait."""

    def __init__(self) -> None:
        self._number = 0

    def is_due(self) -> bool:
        """Count one piece of work, and return whether others are to have their turn before it."""
        self._number += 1
        return self._number % SLICE == 0


async def parse_json_in_turn(raw: str | bytes) -> Any:
    """Return the value of a JSON text as `parse_json` does; raises ValueError. Large ones go to a thread."""
    if len(raw) > PARSED_IN_THREAD:
        return await asyncio.to_thread(parse_json, raw)
    return parse_json(raw)
