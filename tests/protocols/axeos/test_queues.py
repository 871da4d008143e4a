"""Test that the statistics of queues are decoded, and that times stay put."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from custom_components.pbx.protocols.axeos.decode_objects import decode_queue, find_queues
from custom_components.pbx.protocols.model import Queue, QueueAgent, WaitingCall

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
SALES = {"name": "Sales", "calls_waiting": 1, "longest_hold_time": 60}


def caller(number: str | None, wait: object) -> dict[str, Any]:
    """Return a caller who waits."""
    return {"callerid_num": number, "callerid_name": "< unknown >", "position": 1, "wait": wait}


def since(queue: Queue) -> list[float | None]:
    """Return for how many seconds, seen from a fixed time, callers wait."""
    return [(NOW - call.since).total_seconds() if call.since else None for call in queue.calls]


@pytest.mark.parametrize(
    ("answer", "count"),
    [
        ([SALES, SALES], 2),
        ({"queues": [SALES]}, 1),
        ({"queues": [], "relative": True}, 0),
        (SALES, 1),
        ([], 0),
        ({"queues": None}, None),
        ({"error": "Database is locked"}, None),
        ({}, None),
        (None, None),
        ("queues", None),
    ],
)
def test_answers(answer: object, count: int | None) -> None:
    """Releases differ in what they put around the queues; something else is no empty list."""
    assert find_queues(answer) == (None if count is None else [SALES] * count)


@pytest.mark.parametrize(
    ("data", "queue_id", "name"),
    [
        ({"uuid": "q", "name": "Sales"}, "q", "Sales"),
        ({"name": "Sales"}, "Sales", "Sales"),
        ({"uuid": "q"}, "q", "q"),
        ({"name": " "}, "Queue 3", "Queue 3"),
        ({}, "Queue 3", "Queue 3"),
    ],
)
def test_what_names_a_queue(data: Mapping[str, Any], queue_id: str, name: str) -> None:
    """The page promises neither a name nor an id."""
    queue = decode_queue(data, 2, None, NOW)
    assert (queue.id, queue.name) == (queue_id, name)


def test_statistics() -> None:
    """All that the page lists is kept."""
    data = {
        "name": "Sales",
        "calls_waiting": 2,
        "longest_hold_time": 90,
        "hold_time": 12,
        "talk_time": 180,
        "answered": 40,
        "aborted": 3,
        "service_level": "87.5",
        "service_level_interval": 20,
        "all_agents": 5,
        "logged_in_agents": 4,
        "free_agents": 2,
        "available_agents": 3,
        "calls_taken": 41,
        "last_reset": "2026-03-01T00:00:00+01:00",
    }
    assert decode_queue(data, 0, None, NOW) == Queue(
        id="Sales",
        name="Sales",
        waiting=2,
        oldest_since=NOW - timedelta(seconds=90),
        agents_all=5,
        agents_logged_in=4,
        agents_free=2,
        agents_available=3,
        service_level=87.5,
        service_level_seconds=20,
        answered=40,
        aborted=3,
        average_hold=12,
        average_talk=180,
        calls_taken=41,
        last_reset=datetime.fromisoformat("2026-03-01T00:00:00+01:00"),
    )


def test_agents() -> None:
    """Agents are shown with the words of the PBX; its code is on a scale of its own."""
    agent = {
        "name": "anna",
        "user_uuid": "anna-uuid",
        "paused": False,
        "penalty": 1,
        "status": "Not in use",
        "status_code": 1,
        "calls_taken": 9,
        "last_call": "2026-03-02T08:00:00Z",
    }
    assert decode_queue({"agents": [agent, None, {}]}, 0, None, NOW).agents == (
        QueueAgent(
            name="anna",
            user="anna-uuid",
            paused=False,
            penalty=1,
            status="Not in use",
            calls_taken=9,
            last_call=datetime(2026, 3, 2, 8, tzinfo=UTC),
        ),
        QueueAgent(name=""),
    )


def test_waiting_call() -> None:
    """A caller waits since some time, and may have no name."""
    (call,) = decode_queue({"calls": [caller("0612345678", 30)]}, 0, None, NOW).calls
    assert call == WaitingCall(position=1, number="0612345678", name=None, since=NOW - timedelta(seconds=30))


@pytest.mark.parametrize(("wobble", "seen"), [(-5, 30), (-1, 30), (0, 30), (5, 30), (6, 36), (-6, 24)])
def test_times_of_start_stay_put(wobble: int, seen: float) -> None:
    """Seconds that were counted at some moment give times that wobble; a caller has come only once."""
    before = decode_queue(
        {"calls_waiting": 1, "longest_hold_time": 30, "calls": [caller("1", 30)]}, 0, None, NOW
    )
    later = NOW + timedelta(seconds=15, microseconds=700)
    data = {"calls_waiting": 1, "longest_hold_time": 45 + wobble, "calls": [caller("1", 45 + wobble)]}
    after = decode_queue(data, 0, before, later)
    assert since(after) == [seen]
    assert after.oldest_since == NOW - timedelta(seconds=seen)


def test_another_caller_has_a_time_of_their_own() -> None:
    """Only the same caller keeps a time."""
    before = decode_queue({"calls": [caller("1", 30)]}, 0, None, NOW)
    assert since(decode_queue({"calls": [caller("2", 29)]}, 0, before, NOW)) == [29]


@pytest.mark.parametrize("wait", [None, -1, 10**8, "soon", float("nan")])
def test_impossible_waits(wait: object) -> None:
    """A wait that can't be is no wait."""
    data = {"calls_waiting": 1, "longest_hold_time": wait, "calls": [caller("1", wait)]}
    queue = decode_queue(data, 0, None, NOW)
    assert since(queue) == [None]
    assert queue.oldest_since is None


@pytest.mark.parametrize("waiting", [0, None, "0"])
def test_nobody_waits(waiting: object) -> None:
    """Then nobody waits for long."""
    assert decode_queue({"calls_waiting": waiting, "longest_hold_time": 7}, 0, None, NOW).oldest_since is None
