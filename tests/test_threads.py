"""The threads of Home Assistant end with each test, however busy the machine is."""

from threading import Barrier

from homeassistant.util.executor import InterruptibleThreadPoolExecutor
from homeassistant.util.thread import async_raise
import pytest

COUNT = 3


@pytest.mark.parametrize("interrupted", range(COUNT + 1))
def test_interrupted_threads_end(interrupted: int) -> None:
    """A thread that is interrupted as it is told to end keeps none of the others from ending."""
    executor = InterruptibleThreadPoolExecutor(COUNT)
    barrier = Barrier(COUNT)
    for future in [executor.submit(barrier.wait) for _ in range(COUNT)]:
        future.result()
    threads = list(executor._threads)
    # What waits is interrupted as soon as it is told.
    for thread in threads[:interrupted]:
        assert thread.ident is not None
        async_raise(thread.ident, SystemExit)
    executor.shutdown()
    assert not any(thread.is_alive() for thread in threads)
