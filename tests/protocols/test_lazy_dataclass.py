"""Test that dataclasses whose methods are written late are as those of the standard library."""

import copy
import dataclasses
from dataclasses import FrozenInstanceError, field, fields, replace
import pickle
from typing import Any, ClassVar

import pytest

from custom_components.pbx.protocols.lazy_dataclass import FEW, dataclass

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


@pytest.mark.parametrize("options", OPTIONS)
def test_the_first_objects_are_as_all_others(options: dict[str, bool]) -> None:
    """Test that objects that are made before anything is written are those of the standard library."""
    usual, late = make_both(**options)
    given = [{"name": " a ", "size": number, "parts": [str(number)]} for number in range(FEW + 5)]
    made = [[make(name="b"), *(make(**values) for values in given)] for make in (usual, late)]
    names = ("name", "size", "parts", "secret", "seen")
    shown = [[[getattr(item, name) for name in names] for item in items] for items in made]
    assert shown[0] == shown[1]
    assert made[1][0].parts is not late(name="b").parts


@pytest.mark.parametrize("wrong", [{}, {"name": "a", "seen": 1}, {"name": "a", "extra": 1}])
def test_the_first_object_refuses_what_others_refuse(wrong: dict[str, Any]) -> None:
    """Test that wrong arguments are refused in the same words before anything is written."""
    said = []
    for make in make_both(slots=True, frozen=True):
        with pytest.raises(TypeError) as error:
            make(**wrong)
        said.append(str(error.value))
    assert said[0] == said[1]


def test_arguments_by_position() -> None:
    """Test that arguments in their order are those fields, and that none is given twice or too many are."""
    usual, late = make_both(frozen=True, slots=True)
    thing = late(" a ", 4)
    assert (thing.name, thing.size, thing.parts) == ("a", 4, [])
    for wrong in (lambda make: make("a", name="b"), lambda make: make("a", 1, [], "x", 5)):
        said = []
        for make in (usual, make_both(frozen=True, slots=True)[1]):
            with pytest.raises(TypeError) as error:
                wrong(make)
            said.append(str(error.value))
        assert said[0] == said[1]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Usual:
    """A base that the standard library has made."""

    key: str
    size: int = 1

    def describe(self) -> str:
        """Return what it is."""
        return self.key


def test_a_class_on_top_of_another() -> None:
    """Test fields and defaults of a base, and a call of what its method does."""

    @dataclass(frozen=True, slots=True, kw_only=True)
    class Late(Usual):
        """A class with a method that calls that of its base."""

        size: int = 2
        kept: ClassVar[list[int]] = []
        parts: tuple[str, ...] = ()

        def describe(self) -> str:
            return f"{super().describe()} of {self.size}"

        @property
        def described(self) -> str:
            """Return the same as a property."""
            return super().describe()

    first = Late(key="a", parts=("b",))
    assert (first.describe(), first.described, first.parts) == ("a of 2", "a", ("b",))
    assert [(item.name, item.kw_only) for item in fields(Late)] == [
        ("key", True),
        ("size", True),
        ("parts", True),
    ]
    assert repr(first).endswith("Late(key='a', size=2, parts=('b',))")
    assert first == Late(key="a", size=2, parts=("b",)) == replace(Late(key="b", parts=("b",)), key="a")


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
