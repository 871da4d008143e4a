"""The tap at the doors: what it keeps, and that it keeps within its bounds."""

from typing import Any

import pytest

from custom_components.pbx.protocols.recorder import (
    MOST_OPENING_BYTES,
    OPENING_SECONDS,
    OVERHEAD,
    Door,
    Recorder,
)
from tests.components.parity.systems import TELLERS
from tests.simulators.common.clock import Clock
from tests.waiting import until

from .story import Watcher, watching


class Hand:
    """A clock that only a test moves."""

    now = 0.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


@pytest.fixture
def hand() -> Hand:
    """Return a clock at 0."""
    return Hand()


def add(recorder: Recorder, text: str = "") -> None:
    """Record a message."""
    recorder.add(Door.WEBSOCKET, recorder.open_stream(), "received", message=text)


def test_keeps_nothing_while_off(hand: Hand) -> None:
    """A tap that is closed keeps nothing, neither before nor after it was open."""
    recorder = Recorder(hand)
    add(recorder)
    recorder.start()
    add(recorder)
    recorder.stop()
    add(recorder)
    assert len(recorder.frames) == 1


def test_is_bounded(hand: Hand) -> None:
    """What no longer fits is counted."""
    recorder = Recorder(hand, most_bytes=10 * OVERHEAD)
    recorder.start()
    hand.now = OPENING_SECONDS + 1
    for _ in range(100):
        add(recorder)
    assert 5 < len(recorder.frames) <= 10
    assert recorder.dropped == 100 - len(recorder.frames)
    assert recorder.size <= 10 * OVERHEAD


def test_opening_is_bounded(hand: Hand) -> None:
    """A PBX that says a lot as it opens cannot fill the memory."""
    recorder = Recorder(hand, most_bytes=1000)
    recorder.start()
    for _ in range(20):
        add(recorder, "x" * 2**20)
    assert recorder.size <= MOST_OPENING_BYTES + 1000


def test_window_keeps_the_opening_and_the_last_minutes(hand: Hand) -> None:
    """Without the opening nothing that comes later could be understood."""
    recorder = Recorder(hand)
    recorder.start(window=300)
    add(recorder, "opening")
    for hand.now in range(100, 2000, 10):
        add(recorder, str(hand.now))
    told = [frame.content["message"] for frame in recorder.frames]
    assert told[0] == "opening"
    assert int(told[1]) >= 1990 - 300
    assert told[-1] == "1990"


def test_starts_anew(hand: Hand) -> None:
    """A recording has nothing of the one before."""
    recorder = Recorder(hand)
    recorder.start()
    add(recorder, "old")
    recorder.start()
    add(recorder, "new")
    assert [frame.content["message"] for frame in recorder.frames] == ["new"]


class CountingRecorder(Recorder):
    """A tap that counts how often somebody asks whether it is open."""

    asked = 0

    @property
    def on(self) -> bool:
        """Return that it is not, and count."""
        self.asked += 1
        return False

    @on.setter
    def on(self, value: bool) -> None:
        """Stay closed."""


@pytest.mark.parametrize("system", ["asterisk", "axeos", "innovaphone", "switchvox"])
async def test_costs_nothing_while_off(system: str) -> None:
    """Each request asks once, each chunk of lines and each action once, a message of a socket never."""
    teller = TELLERS[system]()
    teller.time_jumps()
    recorder, clock = CountingRecorder(), Clock()
    async with teller.pbx.faultless():
        data = {"host": teller.pbx.host, "port": teller.pbx.port, "tls": False, **teller.login}
        async with watching(data, recorder, clock) as watcher, clock.hurrying():
            await until(lambda: teller.ready)
            before = recorder.asked
            teller.ring()
            await until(lambda: "ringing" in _list_statuses(watcher))
    assert recorder.frames == []
    assert recorder.asked >= before
    if system == "innovaphone":
        # The connection asks once as it is made.
        assert recorder.asked == 1


def _list_statuses(watcher: Watcher) -> set[Any]:
    return {getattr(item, "status", None) for item in watcher.state.objects.values()}
