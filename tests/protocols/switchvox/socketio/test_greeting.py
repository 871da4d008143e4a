"""Greetings that go wrong before a session is open."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from custom_components.pbx.protocols.switchvox.socketio import dialects
from custom_components.pbx.protocols.switchvox.socketio.endpoint import NoHandshake

HELLO = '0{"sid":"x","upgrades":[],"pingInterval":25000,"pingTimeout":20000}'


class Script:
    """A transport that brings what it is given, and then nothing."""

    def __init__(self, *packets: list[str]) -> None:
        self._packets = list(packets)
        self.sent: list[str] = []
        self.closed = False

    async def receive(self) -> list[str]:
        """Return the next packets."""
        if not self._packets:
            await asyncio.Event().wait()
        return self._packets.pop(0)

    async def send(self, packet: str) -> None:
        """Take a packet."""
        self.sent.append(packet)

    async def close(self) -> None:
        """Record that it is closed."""
        self.closed = True


@pytest.fixture
def greet(monkeypatch: pytest.MonkeyPatch) -> Callable[[Script], Any]:
    """Return what tries to open a session over a scripted transport."""

    def begin(script: Script) -> Any:
        async def open_script(endpoint: Any, revision: int) -> Script:
            return script

        monkeypatch.setitem(dialects._OPEN, "websocket", open_script)
        endpoint: Any = object()
        return dialects._attempt(endpoint, dialects.DIALECTS[0])

    return begin


@pytest.mark.parametrize(
    "packets", [([],), (["4hello"],), ([HELLO], ['44{"message":"no"}'])], ids=["none", "other", "refused"]
)
async def test_no_session(greet: Callable[[Script], Any], packets: tuple[list[str], ...]) -> None:
    """Without a greeting, or with a refused namespace, the transport is closed again."""
    script = Script(*packets)
    with pytest.raises(NoHandshake):
        await greet(script)
    assert script.closed


async def test_cancelled_greeting_closes_the_transport(greet: Callable[[Script], Any]) -> None:
    """Whoever loses patience leaves nothing open; a ping before the namespace is answered."""
    script = Script([HELLO], ["2probe"])
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await greet(script)
    assert script.closed
    assert script.sent == ["3probe"]
