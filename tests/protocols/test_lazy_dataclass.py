"""Test that dataclasses whose methods are written late are as those of the standard library."""

import copy
import dataclasses
from dataclasses import FrozenInstanceError, field, fields, replace
import pickle
from typing import Any

import pytest

from custom_components.pbx.protocols.lazy_dataclass import dataclass

OPTIONS = [
    {"frozen": True, "slots": True, "kw_only": True},
    {"frozen": True, "slots": True},
    {"slots": True},
    {"slots": True, "kw_only": True},
    {"eq": False, "slots": True},
    {},
]


def make_both(**options: bool) -> list[type[Any]]:
    """Return the same class as made by the standard library, and by us."""

    def write() -> type[Any]:
        class Thing:
            """A thing."""

            name: str
            size: int = 3
            parts: list[str] = field(default_factory=list, hash=False)
            secret: str = field(default="x", repr=False, compare=False)
            seen: int = field(default=0, init=False)

            def __post_init__(self) -> None:
                object.__setattr__(self, "name", self.name.strip())

        return Thing

    return [dataclasses.dataclass(**options)(write()), dataclass(**options)(write())]


def describe(make: type[Any]) -> list[Any]:
    """Return what can be seen of a dataclass and its objects."""
    thing, same, other = make(name=" a "), make(name="a", secret="y"), make(name="a", size=4)
    shown: list[Any] = [repr(thing), thing == same, thing == other, thing == "a", thing != other]
    shown += [repr(replace(other, name="b")), [part.name for part in fields(thing)]]
    shown += [repr(copy.copy(other)), repr(copy.deepcopy(other)), dataclasses.asdict(other)]
    shown += [make.__hash__ is None, make.__hash__ is not None and hash(thing) == hash(same)]
    shown += [make.__match_args__, make.__doc__, make.__name__, hasattr(thing, "__dict__")]
    for change in (lambda: setattr(thing, "name", "c"), lambda: delattr(thing, "name")):
        try:
            change()
        except FrozenInstanceError as err:
            shown.append(str(err))
    for wrong in ({}, {"name": "a", "seen": 1}, {"name": "a", "extra": 1}):
        with pytest.raises(TypeError) as error:
            make(**wrong)
        shown.append(str(error.value))
    return shown


@pytest.mark.parametrize("options", OPTIONS)
def test_as_the_standard_library(options: dict[str, bool]) -> None:
    """Test that both make the same of a class."""
    usual, late = make_both(**options)
    assert describe(late) == describe(usual)


@pytest.mark.parametrize("first", [repr, hash, lambda item: item != copy.copy(item)])
def test_any_method_may_be_the_first(first: Any) -> None:
    """Test that each method of an object works that is the first one called of its class."""
    _, late = make_both(frozen=True, slots=True)
    thing = object.__new__(late)
    for name, value in {"name": "a", "size": 3, "parts": [], "secret": "x", "seen": 0}.items():
        object.__setattr__(thing, name, value)
    first(thing)
    assert thing == late(name="a")
    assert hash(thing) == hash(late(name="a"))


def test_methods_of_the_class_stay() -> None:
    """Test that a method that the class has itself is not replaced, and subclasses have their own fields."""

    @dataclass(frozen=True, slots=True)
    class Secret:
        """What is not shown."""

        value: str

        def __repr__(self) -> str:
            return "Secret(…)"

    @dataclass(frozen=True, slots=True)
    class Named(Secret):
        """A secret with a name."""

        name: str

    assert repr(Secret("a")) == "Secret(…)"
    assert Named("a", "b") == Named(value="a", name="b")
    assert Named("a", "b") != Secret("a")
    assert repr(Named("a", "b")).endswith("Named(value='a', name='b')")


@dataclass(frozen=True, slots=True)
class Kept:
    """What is pickled."""

    value: int
    others: tuple[str, ...] = ()


def test_pickle() -> None:
    """Test that a frozen object with slots can be stored and read again."""
    assert pickle.loads(pickle.dumps(Kept(1, ("a",)))) == Kept(1, ("a",))  # noqa: S301
