"""Single fields out of JSON that may hold anything."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.pbx.protocols import json_fields
from custom_components.pbx.protocols.json_fields import (
    as_integer,
    as_seconds,
    as_text,
    get_caller_name,
    get_count,
    get_flag,
    get_integer,
    get_nullable_text,
    get_number,
    get_object,
    get_path,
    get_text,
    get_time,
    iter_objects,
    iter_one_or_many,
    iter_values,
    keep_known,
)
from custom_components.pbx.protocols.model import Mailbox

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=12,
)
GETTERS = [getattr(json_fields, name) for name in dir(json_fields) if name.startswith("get_")]


@given(st.dictionaries(st.sampled_from("ab"), ANYTHING | st.text(" a\n", max_size=9)), st.integers(1, 6))
def test_text_of_fields_is_that_of_values(data: dict[str, Any], longest: int) -> None:
    """The short way for what is text already finds the same as the long one for anything."""
    texts = [as_text(data.get(name), longest) for name in "ab"]
    expected = next((text for text in texts if text is not None), None)
    assert get_text(data, "a", "b", longest=longest) == expected


@given(st.dictionaries(st.sampled_from("abc"), ANYTHING), st.sampled_from(GETTERS))
def test_getters_take_anything(data: dict[str, Any], getter: Callable[..., Any]) -> None:
    """No value makes a getter raise."""
    getter(data, "a", "b")


@given(ANYTHING)
def test_iterators_take_anything(value: Any) -> None:
    """Whatever a list was meant to be, only objects come out of it."""
    for iterate in (iter_objects, iter_one_or_many, iter_values):
        assert all(isinstance(item, dict) for item in iterate(value))


def test_text() -> None:
    """The first field with text or a whole number counts; blanks are none."""
    data = {"a": "  ", "b": None, "c": 305, "d": " Anna "}
    assert get_text(data, "a", "b", "c", "d") == "305"
    assert get_text(data, "d") == "Anna"
    assert get_text(data, "a", "missing") is None
    assert get_text({"a": True, "b": 1.5}, "a", "b") is None
    assert as_text("x" * 300) == "x" * 255
    assert get_text({"a": "abcdef"}, "a", longest=3) == "abc"


@pytest.mark.parametrize("name", ["< unknown >", "Anonymous", "unknown", "  "])
def test_caller_name(name: str) -> None:
    """A caller ID that says that there is none is no name."""
    assert get_caller_name({"a": name}, "a") is None
    assert get_caller_name({"a": "Anna"}, "a") == "Anna"


@pytest.mark.parametrize(
    ("value", "expected"),
    [(7, 7), ("7", 7), (" 7 ", 7), (7.9, 7), ("7.9", 7), (-1, -1), (True, None), ("x", None), (None, None),
     (2**70, None), (float("inf"), None), ("1e999", None), ([], None), ("9" * 5000, None)],
)  # fmt: skip
def test_integer(value: Any, expected: int | None) -> None:
    """Whole numbers also where they were sent as text, within 64 bits."""
    assert as_integer(value) == expected
    assert get_integer({"a": None, "b": value}, "a", "b") == expected


def test_number() -> None:
    """Finite numbers, also as text."""
    assert get_number({"a": "x", "b": "1.5"}, "a", "b") == 1.5
    assert get_number({"a": 10**400}, "a") is None
    assert get_number({"a": False}, "a") is None


def test_count() -> None:
    """Zero is a count, a negative number is none."""
    assert get_count({"a": -1, "b": "0"}, "a", "b") == 0
    assert get_count({"a": -1}, "a") is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [(True, True), (False, False), (1, True), (0, False), ("Yes", True), ("off", False), ("maybe", None),
     (2, None), (None, None), ([], None)],
)  # fmt: skip
def test_flag(value: Any, expected: bool | None) -> None:
    """Truth values in any of the spellings in use."""
    assert get_flag({"a": value}, "a") is expected
    assert get_flag({"a": "logged_in"}, "a", words={"logged_in": True}) is True


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-11-29T12:00:00+00:00", datetime(2026, 11, 29, 12, tzinfo=UTC)),
        ("2026-11-29T12:00:00", None),
        (1_795_953_600, datetime(2026, 11, 29, 12, tzinfo=UTC)),
        ("1795953600", datetime(2026, 11, 29, 12, tzinfo=UTC)),
        (1_795_953_600_000, datetime(2026, 11, 29, 12, tzinfo=UTC)),
        ("soon", None),
        (5, None),
        (1e300, None),
        (None, None),
    ],
)
def test_time(value: Any, expected: datetime | None) -> None:
    """Points in time in seconds, milliseconds or ISO text that names its zone."""
    assert get_time({"a": "x", "b": value}, "a", "b") == expected


def test_seconds() -> None:
    """A text without a zone is still good for comparing."""
    assert as_seconds("2026-11-29 12:00:01") - as_seconds("2026-11-29 12:00:00") == 1  # type: ignore[operator]
    assert as_seconds("9999-99-99") is None
    assert as_seconds([]) is None


def test_objects_and_paths() -> None:
    """One name of several, or one name after the other."""
    data = {"a": 1, "b": {"c": {"d": 2}}}
    assert get_object(data, "a", "b") == {"c": {"d": 2}}
    assert get_object(data, "a") == {}
    assert get_path(data, "b", "c") == {"d": 2}
    assert get_path(data, "a", "c") == {}
    assert list(iter_one_or_many({"a": 1})) == [{"a": 1}]
    assert list(iter_one_or_many([{"a": 1}, 2])) == [{"a": 1}]
    assert list(iter_values({"x": {"a": 1}, "y": 2})) == [{"a": 1}]
    assert list(iter_objects({"x": {"a": 1}})) == []


def test_none_is_another_fact_than_unreadable() -> None:
    """Null and blanks say that there is none; what is missing or of another type leaves what was known."""
    assert get_nullable_text({"a": None}, "a", known="before") is None
    assert get_nullable_text({"a": " "}, "a", known="before") is None
    assert get_nullable_text({"a": None, "b": "now"}, "a", "b", known="before") == "now"
    assert get_nullable_text({"a": {}, "b": []}, "a", "b", "missing", known="before") == "before"


def test_what_is_not_read_stays_known() -> None:
    """Only the named fields are kept, and only where they are None."""
    known, read = Mailbox(id="1", name="201", new=3, old=1), Mailbox(id="1", name="202", old=0)
    assert keep_known(read, known, ("new", "old")) == Mailbox(id="1", name="202", new=3, old=0)
    assert keep_known(read, None, ("new", "old")) is read
    assert keep_known(read, known, ("urgent",)) is read
