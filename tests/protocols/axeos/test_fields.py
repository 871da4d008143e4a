"""Test that fields are taken out of JSON that may hold anything."""

from datetime import UTC, datetime

import pytest

from custom_components.pbx.protocols.axeos import fields

NONSENSE = [{}, [], [1], {"a": 1}, object()]
NAN, INFINITE = float("nan"), float("inf")


@pytest.mark.parametrize(
    ("value", "text"),
    [("a", "a"), (" a ", "a"), (7, "7"), ("", None), ("  ", None), (None, None), (True, None), (1.5, None)],
)
def test_text(value: object, text: str | None) -> None:
    """Text, or a whole number that was sent in its place."""
    assert fields.text({"x": value}, "x") == text


def test_text_of_the_first_field_that_has_any() -> None:
    """Fields that are missing or empty are passed over."""
    assert fields.text({"a": "", "b": None, "d": "d", "e": "e"}, "a", "b", "c", "d", "e") == "d"


@pytest.mark.parametrize(
    ("value", "integer"),
    [
        (3, 3),
        ("3", 3),
        ("-2", -2),
        (3.9, 3),
        (True, None),
        ("3.5", None),
        ("three", None),
        ("9" * 5000, None),
        (None, None),
        (NAN, None),
        (INFINITE, None),
    ],
)
def test_integer(value: object, integer: int | None) -> None:
    """A whole number, also as text."""
    assert fields.integer({"x": value}, "x") == integer


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (3, 3.0),
        (87.5, 87.5),
        ("87.5", 87.5),
        (False, None),
        ("much", None),
        (None, None),
        (NAN, None),
        ("-inf", None),
        (INFINITE, None),
        (10**400, None),
    ],
)
def test_number(value: object, number: float | None) -> None:
    """A finite number, also as text."""
    assert fields.number({"x": value}, "x") == number


@pytest.mark.parametrize(
    ("value", "flag"),
    [
        *((value, True) for value in (True, 1, "1", "true", "True", "ON", "yes")),
        *((value, False) for value in (False, 0, "0", "false", "OFF", "no")),
        *((value, None) for value in (None, 2, "", "maybe", 1.0)),
    ],
)
def test_flag(value: object, flag: bool | None) -> None:
    """A truth value in any of its spellings."""
    assert fields.flag({"x": value}, "x") is flag
    assert fields.flag({"a": None, "x": value}, "a", "b", "x") is flag


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("2026-03-02T09:00:00Z", datetime(2026, 3, 2, 9, tzinfo=UTC)),
        ("2026-03-02T10:00:00+01:00", datetime(2026, 3, 2, 9, tzinfo=UTC)),
        ("2026-03-02T09:00:00", None),
        ("yesterday", None),
        ("", None),
        (1700000000, None),
        (None, None),
    ],
)
def test_moment(value: object, moment: datetime | None) -> None:
    """A time without a zone could be any time."""
    assert fields.moment({"x": value}, "x") == moment


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Anna", "Anna"),
        ("< unknown >", None),
        ("<UNKNOWN>", None),
        ("Unknown", None),
        ("anonymous", None),
        (None, None),
    ],
)
def test_caller_name(name: object, shown: str | None) -> None:
    """Asterisk has words for a name that is not there."""
    assert fields.caller_name({"name": name}, "name") == shown


@pytest.mark.parametrize("value", NONSENSE)
def test_nonsense(value: object) -> None:
    """What is of another kind altogether is nothing."""
    data = {"x": value}
    assert [fields.text(data, "x"), fields.integer(data, "x"), fields.number(data, "x")] == [None] * 3
    assert [fields.flag(data, "x"), fields.moment(data, "x"), fields.caller_name(data, "x")] == [None] * 3


@pytest.mark.parametrize(
    ("value", "mapping"), [({"a": 1}, {"a": 1}), ({}, {}), ([], {"z": 1}), (None, {"z": 1}), ("x", {"z": 1})]
)
def test_mapping(value: object, mapping: dict[str, int]) -> None:
    """The first field that holds an object, or nothing."""
    assert fields.mapping({"x": value, "y": {"z": 1}}, "x", "y") == mapping
    assert fields.mapping({"x": value}, "y") == {}


@pytest.mark.parametrize(
    ("value", "items"),
    [([{"a": 1}, 2, None, [], {}], [{"a": 1}, {}]), ({"a": 1}, []), (None, []), ("ab", [])],
)
def test_items(value: object, items: list[dict[str, int]]) -> None:
    """The objects of a list, and nothing else of it."""
    assert list(fields.items(value)) == items
