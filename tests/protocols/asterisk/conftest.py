"""What the tests of the Asterisk protocol share."""

import pytest

from custom_components.pbx.protocols.asterisk import dialing
from tests.genuine.fixtures import genuine, genuine_servers
from tests.waiting import TIMEOUT

__all__ = ["genuine", "genuine_servers"]


@pytest.fixture(autouse=True)
def _patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a command wait for what becomes of its call, which is told late where the machine is busy."""
    monkeypatch.setattr(dialing, "FIRST_NEWS", TIMEOUT)
    monkeypatch.setattr(dialing, "LATE_END", TIMEOUT)
