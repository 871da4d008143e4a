"""Test that an idle PBX is left alone, and that the benchmark counts what it is asked."""

import pytest

from custom_components.pbx.protocols.enums import ObjectKind

from .idle import measure_idle

pytestmark = pytest.mark.usefixtures("socket_enabled")


def test_what_nobody_looks_at_is_not_read() -> None:
    """Test that an Axeos PBX gets its long polls, and lists now and then; the others when wanted."""
    none = measure_idle("axeos", wanted=(), settled=300, seconds=600)
    default = measure_idle("axeos", wanted=ObjectKind, settled=300, seconds=600)
    assert none.requests.total() - none.forced <= 5
    assert none.requests.total() < default.requests.total() <= 40
    assert default.requests["GET /apis/pbx/acd/stats"] in range(9, 12)


def test_a_connection_lives_on_without_news() -> None:
    """Test that an Asterisk where nothing happens is not connected to again and again."""
    cost = measure_idle("asterisk", wanted=(), settled=10, seconds=300)
    assert cost.reconnects == 0
    assert cost.requests["Login"] == 0
    assert cost.requests["Ping"] >= 9
