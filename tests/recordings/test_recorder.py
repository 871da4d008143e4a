"""The tap at the doors: what it keeps, and that it keeps within its bounds."""

import pytest

from custom_components.pbx.protocols.recorder import (
    MOST_OPENING_BYTES,
    OPENING_SECONDS,
    OVERHEAD,
    Door,
    Recorder,
)


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
