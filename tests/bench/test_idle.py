"""Test that an idle PBX is left alone, and that the benchmark counts what it is asked."""

from collections import Counter

import pytest

from custom_components.pbx.protocols.enums import ObjectKind

from .idle import REASONS, IdleCost, explain, measure_idle

pytestmark = pytest.mark.usefixtures("socket_enabled")


def test_what_nobody_looks_at_is_not_read() -> None:
    """Test that an Axeos PBX gets its long polls, and lists now and then; the others when wanted."""
    none = measure_idle("axeos", wanted=(), settled=300, seconds=600)
    default = measure_idle("axeos", wanted=ObjectKind, settled=300, seconds=600)
    assert none.requests.total() - none.forced <= 5
    assert none.requests.total() < default.requests.total() <= 40
    assert default.requests["GET /apis/pbx/acd/stats"] in range(9, 12)
    assert not default.unexplained | none.unexplained


def test_a_connection_lives_on_without_news() -> None:
    """Test that an Asterisk where nothing happens is not connected to again and again."""
    cost = measure_idle("asterisk", wanted=(), settled=10, seconds=600)
    assert cost.reconnects == 0
    assert cost.requests["Login"] == 0
    assert cost.requests["Ping"] in range(5, 11)
    assert not cost.unexplained


@pytest.mark.parametrize(
    ("column", "kind"),
    [
        ("axeos", ObjectKind.QUEUE),
        ("axeos", ObjectKind.USER),
        ("asterisk", ObjectKind.QUEUE),
        ("switchvox websocket", ObjectKind.MAILBOX),
    ],
)
def test_what_is_made_for_a_kind_is_not_made_without_it(column: str, kind: ObjectKind) -> None:
    """Test that the kind named as the reason of a request is what causes it."""
    others = measure_idle(column, wanted=set(ObjectKind) - {kind}, settled=300, seconds=600)
    default = measure_idle(column, wanted=ObjectKind, settled=300, seconds=600)
    made_for = [name for name, reason in REASONS[column].items() if reason.kinds == {kind}]
    assert made_for
    for name in made_for:
        assert default.requests[name] > others.requests[name]
        assert others.requests[name] <= 1


def test_each_request_is_explained() -> None:
    """Test that the shares of a request are named, and one without a reason stands out."""
    default = IdleCost(column="axeos", requests=Counter({"GET /apis/pbx/users": 9, "new": 1}), reconnects=0)
    none = IdleCost(column="axeos", requests=Counter({"GET /apis/pbx/users": 2}), reconnects=0)
    (users, new) = explain(default, none)
    assert users == ("GET /apis/pbx/users", 9, "7 for what shows a user, 2: an event may be lost")
    assert new == ("new", 1, "")
    assert default.unexplained == {"new"}
