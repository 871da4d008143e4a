"""The door through which JSON text comes in."""

import json
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.pbx.protocols.json_text import (
    DEEPEST,
    LONGEST_NAME,
    add_detail,
    clean_text,
    parse_json,
)

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters()), inner, max_size=4),
    max_leaves=30,
)


def strings(value: Any) -> list[str]:
    """Return every text in a value, names of members too."""
    if isinstance(value, dict):
        return [text for pair in value.items() for inner in pair for text in strings(inner)]
    if isinstance(value, list):
        return [text for inner in value for text in strings(inner)]
    return [value] if isinstance(value, str) else []


@given(ANYTHING)
def test_what_passes_is_safe(value: Any) -> None:
    """Whatever a PBX sends can be encoded and holds no control characters."""
    passed = parse_json(json.dumps(value))
    json.dumps(passed, allow_nan=False).encode()
    for text in strings(passed):
        text.encode()
        assert not set(text) & {chr(code) for code in range(32) if chr(code) not in "\t\n\r"}


@given(st.text() | st.binary())
def test_nonsense_is_a_value_error(raw: str | bytes) -> None:
    """Text that is no JSON raises ValueError and nothing else."""
    try:
        parse_json(raw)
    except ValueError:
        return


@given(st.dictionaries(st.text(st.characters(codec="utf-8", exclude_categories=["Cc"])), st.integers(-9, 9)))
def test_plain_values_stay_as_they_are(value: dict[str, int]) -> None:
    """What is safe is not changed."""
    assert parse_json(json.dumps(value)) == value
    assert parse_json(json.dumps(value, ensure_ascii=False).encode()) == value


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (r'{"cn": "Anna\ud800", "id": 1}', {"cn": "Anna\ufffd", "id": 1}),
        (r'["\u0000", "\u009f", "a\tb\nc", "\u007f"]', ["\ufffd", "\ufffd", "a\tb\nc", "\ufffd"]),
        (r'{"\udfff": "\ud83d\ude00"}', {"\ufffd": "😀"}),
        (r'["a\bc", "d\fe", "C:\\bin"]', ["a\ufffdc", "d\ufffde", "C:\\bin"]),
        (b'["J\xfcrgen", "M\xe4nner", "5 \x80", "\x81"]', ["Jürgen", "Männer", "5 €", "\ufffd"]),
        (b'["J\xfcrgen", "Zo\xc3\xab"]', ["J\ufffdrgen", "Zoë"]),
        ('{"a\x00": "b\x01\tc\x1f"}', {"a\ufffd": "b\ufffd\tc\ufffd"}),
        ("[NaN, -Infinity, 1e999, 9223372036854775808, -5]", [None, None, None, None, -5]),
        ("[12345678901234567890123, 1.5]", [12345678901234567890123.0, 1.5]),
        (f'{{"n": {"9" * 5000}, "name": "Anna"}}', {"n": None, "name": "Anna"}),
        ("[true, null, 1.5]", [True, None, 1.5]),
        ('["\x85", NaN, true]', ["\ufffd", None, True]),
    ],
)
def test_bad_text_and_numbers(raw: str | bytes, value: Any) -> None:
    """One bad name or number costs that alone, never the message around it."""
    assert parse_json(raw) == value


@pytest.mark.parametrize("depth", [DEEPEST + 1, 1000, 200_000])
def test_too_deep(depth: int) -> None:
    """Deep nesting is refused as unreadable."""
    with pytest.raises(ValueError, match="too deeply"):
        parse_json("[" * depth + "]" * depth)
    with pytest.raises(ValueError, match="too deeply"):
        parse_json('{"a":' * depth + "1" + "}" * depth)


def test_wide_is_not_deep() -> None:
    """Long lists are fine."""
    assert len(parse_json(json.dumps([{"a": [1]}] * 1000))) == 1000


def test_clean_text() -> None:
    """Text outside of JSON passes the same door."""
    assert clean_text("A\x00\ud800b") == "A\ufffd\ufffdb"


@given(st.text(st.characters(max_codepoint=0x7F)) | st.text(st.characters(categories=["Cc", "Cs", "Ll"])))
def test_text_in_ascii_is_cleaned_like_other(text: str) -> None:
    """The short way for plain ASCII finds what the long way for everything does."""
    assert clean_text(text) == clean_text(f"{text}\xe9")[:-1]
    assert all(letter in "\t\n\r" or letter.isprintable() or letter > "\x9f" for letter in clean_text(text))


@pytest.mark.parametrize(("name", "detail"), [("n" * 255, "Desk"), ("n", "d" * 300), ("n" * 300, "d" * 300)])
def test_add_detail(name: str, detail: str) -> None:
    """What tells a name from others is there, and both together are no longer than a name may be."""
    both = add_detail(name, detail)
    assert len(both) <= LONGEST_NAME
    assert both.endswith(f"({detail[:100]})")
    assert both.startswith(name[:100])


@pytest.mark.parametrize("text", ['\ufeff{"a": 1}', '{"a": 1}\0', ' \r\n\ufeff{"a": 1}\n\0\0'])
def test_what_stands_around_json(text: str) -> None:
    """The mark of an encoding and the end of a text in C are no part of it."""
    assert parse_json(text) == parse_json(text.encode()) == {"a": 1}
