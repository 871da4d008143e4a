"""Test that lost events are noticed by their numbers."""

import pytest

from custom_components.pbx.protocols.axeos.event_stream import Cursor, Step

NEXT, GAP, RESET = Step.NEXT, Step.GAP, Step.RESET


@pytest.mark.parametrize(
    ("numbers", "steps", "last"),
    [
        ([5], [NEXT], 5),
        ([0, 1, 2], [NEXT, NEXT, NEXT], 2),
        (["7", 8, "9"], [NEXT, NEXT, NEXT], 9),
        ([5, 7, 8], [NEXT, GAP, NEXT], 8),
        ([5, 0, 1], [NEXT, RESET, NEXT], 1),
        ([5, 5], [NEXT, RESET], 5),
        ([5, 4], [NEXT, RESET], 4),
        ([5, None, 6], [NEXT, NEXT, NEXT], 6),
        ([5, "six", True, 6], [NEXT, NEXT, NEXT, NEXT], 6),
        ([None], [NEXT], None),
        ([], [], None),
    ],
)
def test_steps(numbers: list[object], steps: list[Step], last: int | None) -> None:
    """A number that is not the next one tells what went wrong; events without one are let through."""
    cursor = Cursor()
    assert [cursor.advance({"seq": number}) for number in numbers] == steps
    assert cursor.last == last


def test_event_without_a_number() -> None:
    """It does not move the cursor."""
    cursor = Cursor()
    assert [cursor.advance(event) for event in ({}, {"seq": 3}, {})] == [NEXT] * 3
    assert cursor.last == 3
