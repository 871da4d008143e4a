"""Patterns of numbers that may be dialed."""

from fnmatch import fnmatchcase

from hypothesis import given, strategies as st
import pytest

from custom_components.pbx.hub.number_patterns import NUMBER_PATTERN, matches_number, widen_number_pattern

PATTERNS = st.text("0123456789+*#?[]!-", min_size=1, max_size=10)
NUMBERS = st.from_regex(r"\+?[0-9*#]{1,12}", fullmatch=True)


@pytest.mark.parametrize(
    ("pattern", "allowed", "refused"),
    [
        ("*", "201 +31201234567 *21*0201234567# *", ""),
        ("**", "201 +31201234567 *21*0201234567#", ""),
        ("+31*", "+31201234567 +31", "+4930123456 +31* 0201234567 +31201234567#"),
        ("*123", "0201123 +31123 123", "*123 *21*123 #123 1234"),
        ("2??", "200 299", "2*1 2#1 20 2000 +20"),
        ("?12", "112 +12", "*12 #12 12"),
        ("[*]21[*]*[#]", "*21*0201234567# *21*#", "*21*+31201# 210201234567 *21*020"),
        ("[#]31[#]**", "#31#112 #31#+31*", "31#"),
        ("20[1-3]", "201 203", "200 204 20-"),
        ("20[!1-3]", "200 204", "201 20* 20#"),
        ("202", "202", "2021 +202"),
        ("+", "+", "0"),
        ("20[", "20[", "20"),
        ("1**9", "19 1*9 1#239", "1 +19"),
    ],
)
def test_pattern(pattern: str, allowed: str, refused: str) -> None:
    """A star stands for digits only, and what else is meant is written out."""
    assert NUMBER_PATTERN.fullmatch(pattern)
    assert [number for number in allowed.split() if not matches_number(pattern, number)] == []
    assert [number for number in refused.split() if matches_number(pattern, number)] == []


@pytest.mark.parametrize(
    ("before", "now"),
    [
        ("*", "*"),
        ("**", "*"),
        ("+31*", "+31**"),
        ("2??", "2[0-9*#][0-9*#]"),
        ("?9", "[+0-9*#]9"),
        ("*21*", "**21**"),
        ("20[1-4]", "20[1-4]"),
        ("20[!1]", "20[023456789*#]"),
        ("202", "202"),
        # What stands for nothing is no reason to load nothing.
        ("\n", "\n"),
        ("2\n?", "2\n[0-9*#]"),
    ],
)
def test_patterns_of_older_releases(before: str, now: str) -> None:
    """What was stored is written as it was meant."""
    assert widen_number_pattern(before) == now


@given(PATTERNS, NUMBERS)
def test_no_allowed_number_is_refused(pattern: str, number: str) -> None:
    """A number that a pattern of an older release allowed is allowed by what becomes of the pattern."""
    if fnmatchcase(number, pattern):
        assert matches_number(widen_number_pattern(pattern), number)


@given(PATTERNS, NUMBERS)
def test_no_new_number_is_allowed(pattern: str, number: str) -> None:
    """The patterns of today allow no number that the same text did not allow before."""
    if pattern != "**" and "**" not in pattern and matches_number(pattern, number):
        assert fnmatchcase(number, pattern)


def test_digits_of_another_script() -> None:
    """A pattern may be written in the digits of Arabic."""
    assert matches_number("+\u0663\u0661*", "+31201234567")
    assert not matches_number("+\u0663\u0661*", "+49201234567")
