"""What simulators choose by a seed is something that the PBX may say."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, Literal, get_type_hints

import pytest

from tests.simulators.axeos.dialect import (
    EVENT_STYLES,
    SWITCH_STYLES,
    TIMESTAMP_STYLES,
    Dialect as AxeosDialect,
)
from tests.simulators.axeos.variety import Variety
from tests.simulators.common.choices import list_choices, list_field_choices
from tests.simulators.switchvox.varieties import vary

SEEDS = range(40)

type Word = Literal["a", "b"]


def choose_for_axeos(seed: int) -> AxeosDialect:
    """Return the dialect of a seed."""
    dialect = AxeosDialect()
    Variety(seed).choose_dialect(dialect)
    return dialect


def list_odd(dialect: Any) -> Iterator[str]:
    """Yield the fields, of parts as well, that have another value than their types allow."""
    hints = get_type_hints(type(dialect))
    for name in (field.name for field in fields(dialect)):
        value = getattr(dialect, name)
        if is_dataclass(value):
            yield from list_odd(value)
        elif _is_closed(hints[name]) and value not in list_choices(hints[name]):
            yield name


def _is_closed(hint: Any) -> bool:
    try:
        list_choices(hint)
    except TypeError:
        return False
    return True


@pytest.mark.parametrize(
    ("hint", "choices"), [(bool, (True, False)), (Literal[1, "x"], (1, "x")), (Word, ("a", "b"))]
)
def test_what_there_is_to_choose_from(hint: Any, choices: tuple[Any, ...]) -> None:
    """Yes and no, words, and words under a name."""
    assert list_choices(hint) == choices


@pytest.mark.parametrize("hint", [int, str, float, bool | None, Literal["a"] | int, set[str]])
def test_field_that_does_not_say_what_there_is_to_choose_from(hint: Any) -> None:
    """It is no yes or no, and the whole dialect is refused."""

    @dataclass
    class Spelling:
        fine: bool = True
        open: hint = None  # type: ignore[valid-type]

    with pytest.raises(TypeError, match="does not say"):
        list_field_choices(Spelling)


@pytest.mark.parametrize("choose", [choose_for_axeos, vary])
def test_all_that_is_chosen_is_allowed(choose: Any) -> None:
    """For many seeds, which do not all choose the same."""
    dialects = [choose(seed) for seed in SEEDS]
    assert [name for dialect in dialects for name in list_odd(dialect)] == []
    assert len({repr(dialect) for dialect in dialects}) > 1


def test_styles_of_axeos() -> None:
    """Each that can be chosen is known, and the other way round."""
    choices = list_field_choices(AxeosDialect)
    for name, styles in (
        ("event_style", EVENT_STYLES),
        ("timestamps", TIMESTAMP_STYLES),
        ("switch_values", SWITCH_STYLES),
    ):
        assert choices[name] == tuple(styles)
