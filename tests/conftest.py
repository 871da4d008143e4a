"""What all tests share."""

from hypothesis import HealthCheck, settings
import pytest

# The test helpers bring a package of this name; ours has to be there first.
import custom_components  # noqa: F401

# How fast values are made says only how busy the machine is.
settings.register_profile(
    "pbx", deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
settings.load_profile("pbx")


@pytest.fixture(autouse=True)
def enable_event_loop_debug() -> None:
    """Leave the debug mode of the event loop off, which the test helpers turn on for every test.

    It keeps the stack of every callback and every future, which is a third of the time of all tests. Set
    PYTHONASYNCIODEBUG=1 where it is wanted.
    """
