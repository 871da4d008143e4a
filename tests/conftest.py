"""What all tests share."""

from collections.abc import Iterator
import logging

from homeassistant.util.executor import InterruptibleThreadPoolExecutor
from hypothesis import HealthCheck, settings
import pytest

# The test helpers bring a package of this name; ours has to be there first.
import custom_components  # noqa: F401

# How fast values are made says only how busy the machine is.
settings.register_profile(
    "pbx", deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
settings.load_profile("pbx")
# A parameter with more characters than this is named after so many of them.
LONGEST_ID, BEGINNING = 300, 40


def _log_once() -> None:
    """Take the handler for the terminal away, and the statements of the recorder's database.

    The test helpers set both up. pytest captures what is logged, and shows it where a test fails: without it
    each record was written a second time, and most of them were SQL.
    """
    root = logging.getLogger()
    for handler in [handler for handler in root.handlers if type(handler) is logging.StreamHandler]:
        root.removeHandler(handler)
    logging.getLogger("sqlalchemy.engine").setLevel(logging.WARNING)


_log_once()


def pytest_make_parametrize_id(val: object) -> str | None:
    """Name a test after the beginning of a long text; workers and reports tell each name many times."""
    if not isinstance(val, str | bytes) or len(val) <= LONGEST_ID:
        return None
    return f"{val[:BEGINNING]!a}... ({len(val)})"


@pytest.fixture(autouse=True)
def enable_event_loop_debug() -> None:
    """Leave the debug mode of the event loop off, which the test helpers turn on for every test.

    It keeps the stack of every callback and every future, which is a third of the time of all tests. Set
    PYTHONASYNCIODEBUG=1 where it is wanted.
    """


@pytest.fixture(scope="session", autouse=True)
def _wake_each_thread() -> Iterator[None]:
    """Let each thread of an executor of Home Assistant hear by itself that it is over.

    Else each tells the next one. On a busy machine Home Assistant interrupts one that is slow to end, and
    where that one was just told, all others wait for ever: the test would be blamed for them.
    """
    join = InterruptibleThreadPoolExecutor.join_threads_or_timeout

    def wake_and_join(self: InterruptibleThreadPoolExecutor) -> None:
        for _ in self._threads:
            self._work_queue.put(None)
        join(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(InterruptibleThreadPoolExecutor, "join_threads_or_timeout", wake_and_join)
        yield
