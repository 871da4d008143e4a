"""Dataclasses whose fields are looked at, and whose methods are written, when that is asked for.

`dataclasses` writes the methods of a class and has them compiled, which takes longer than all else that is
imported with it. One PBX never makes objects of most classes, of some a few that stand in a table, and only
of the others so many that it pays.
"""

from annotationlib import Format, get_annotations
from collections.abc import Iterator, Mapping, Sequence
import dataclasses
from dataclasses import MISSING, Field
from functools import cached_property
from types import FunctionType, MemberDescriptorType, SimpleNamespace
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, get_origin, override

if TYPE_CHECKING:
    from collections.abc import Callable
    from dataclasses import dataclass

__all__ = ["dataclass"]

# After so many objects of a class its methods are written; to fill that many one by one takes as long.
FEW = 50


class _Part(NamedTuple):
    """A field as its class has it: `value` is its default, a `Field`, or missing."""

    name: str
    value: Any
    kw_only: bool


class _Fields(Mapping[str, Field[Any]]):
    """The fields of a class, which are made together with its methods as soon as somebody looks at one."""

    def __init__(self, cls: type[Any], parts: Sequence[_Part], options: Mapping[str, Any]) -> None:
        self.parts = parts
        self.positional = tuple(part.name for part in parts if not part.kw_only and _is_given(part))
        self._cls, self._options = cls, options

    @cached_property
    def twin(self) -> type[Any]:
        """Return a class of the same fields that the standard library has made."""
        cls, types = self._cls, dict[str, Any]()
        for base in reversed(cls.__mro__):
            types |= get_annotations(base, format=Format.FORWARDREF)
        members = [
            (part.name, types[part.name], _make_field(part.value, kw_only=part.kw_only))
            for part in self.parts
        ]
        checks = {name: getattr(cls, name) for name in ("__post_init__",) if hasattr(cls, name)}
        return dataclasses.make_dataclass(
            cls.__qualname__, members, namespace=checks, module=cls.__module__, **self._options
        )

    @override
    def __getitem__(self, name: str) -> Field[Any]:
        return self.twin.__dataclass_fields__[name]  # type: ignore[no-any-return]

    @override
    def __iter__(self) -> Iterator[str]:
        return (part.name for part in self.parts)

    @override
    def __len__(self) -> int:
        return len(self.parts)

    def fill(self, item: object, args: Sequence[Any], given: dict[str, Any]) -> bool:
        """Fill a new object as its own `__init__` would; return whether the arguments fit."""
        if len(args) > len(self.positional) or not given.keys().isdisjoint(self.positional[: len(args)]):
            return False
        given |= zip(self.positional, args, strict=False)
        for part in self.parts:
            if part.name in given and _is_given(part):
                value = given.pop(part.name)
            elif (value := _get_default(part.value)) is MISSING:
                return False
            object.__setattr__(item, part.name, value)
        return not given


def _is_given(part: _Part) -> bool:
    """Return whether a field is one of the arguments."""
    return not isinstance(part.value, Field) or part.value.init


def _get_default(value: Any) -> Any:
    if not isinstance(value, Field):
        return value
    return value.default if value.default_factory is MISSING else value.default_factory()


_FIELD_OPTIONS = ("default", "default_factory", "init", "repr", "hash", "compare")


def _make_field(value: Any, *, kw_only: bool) -> Any:
    """Return the value that stands for a field in a new class, which takes it for its own."""
    if not isinstance(value, Field):
        return dataclasses.field(default=value, kw_only=kw_only)
    return dataclasses.field(**{name: getattr(value, name) for name in _FIELD_OPTIONS}, kw_only=kw_only)


def _refuse_to_set(self: object, name: str, value: Any) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_to_delete(self: object, name: str) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")


def _get_state(self: Any) -> list[Any]:
    return [getattr(self, field.name) for field in dataclasses.fields(self)]


def _set_state(self: Any, state: list[Any]) -> None:
    for field, value in zip(dataclasses.fields(self), state, strict=True):
        object.__setattr__(self, field.name, value)


def _replace(self: Any, /, **changes: Any) -> Any:
    return dataclasses.replace(self, **changes)


_FROZEN = {"__setattr__": _refuse_to_set, "__delattr__": _refuse_to_delete}
# Copying a frozen object with slots can't set them one by one.
_FROZEN_SLOTS = {**_FROZEN, "__getstate__": _get_state, "__setstate__": _set_state}


def _make_lazy(
    cls: type[Any], *, frozen: bool = False, slots: bool = False, kw_only: bool = False, eq: bool = True
) -> type[Any]:
    """Return a class as `dataclasses.dataclass` would, all of whose methods are there and not yet written.

    Fields of the class itself are told from class variables; those for `__init__` alone are not known.
    """
    # Of what can change and is equal by its fields there is no hash.
    names = ["__init__", "__repr__", *(["__eq__"] if eq else []), *(["__hash__"] if eq and frozen else [])]
    missing = [name for name in names if name not in vars(cls)]
    unhashable = eq and not frozen and "__hash__" not in vars(cls)
    parts = _list_parts(cls, kw_only=kw_only)
    made = _add_slots(cls, parts) if slots else _remove_fields(cls, parts)
    fields = _Fields(made, parts, {"frozen": frozen, "slots": slots, "eq": eq})
    params = SimpleNamespace(
        init=True, repr=True, eq=eq, order=False, unsafe_hash=False, frozen=frozen, match_args=True,
        kw_only=kw_only, slots=slots, weakref_slot=False,
    )  # fmt: skip
    members = {
        "__dataclass_fields__": fields,
        "__dataclass_params__": params,
        "__match_args__": fields.positional,
        "__replace__": _replace,
        **((_FROZEN_SLOTS if slots else _FROZEN) if frozen else {}),
    }
    for name, member in members.items():
        setattr(made, name, member)
    for name in missing:
        make = _make_init if name == "__init__" else _make_method
        setattr(made, name, make(made, name, missing))
    if unhashable:
        made.__hash__ = None  # type: ignore[assignment]
    return made


def _list_parts(cls: type[Any], *, kw_only: bool) -> list[_Part]:
    """Return the fields of a class, those of its bases first."""
    parts = dict[str, _Part]()
    for base in cls.__mro__[-1:0:-1]:
        inherited = getattr(base, "__dataclass_fields__", {})
        if isinstance(inherited, _Fields):
            parts |= {part.name: part for part in inherited.parts}
        else:
            parts |= {name: _Part(name, field, field.kw_only) for name, field in inherited.items()}
    for name, kind in get_annotations(cls, format=Format.FORWARDREF).items():
        if kind is ClassVar or get_origin(kind) is ClassVar:
            continue
        value = getattr(cls, name, MISSING)
        # The slot of a base is no default.
        value = MISSING if isinstance(value, MemberDescriptorType) else value
        parts[name] = _Part(name, value, kw_only)
    return list(parts.values())


def _remove_fields(cls: type[Any], parts: Sequence[_Part]) -> type[Any]:
    """Return a class that has defaults, where it had what describes a field."""
    for part in parts:
        if isinstance(vars(cls).get(part.name), Field):
            delattr(cls, part.name)
            if part.value.default is not MISSING:
                setattr(cls, part.name, part.value.default)
    return cls


def _add_slots(cls: type[Any], parts: Sequence[_Part]) -> type[Any]:
    """Return a class with slots for its fields, which can't be added to one that is there already."""
    left_out = {"__dict__", "__weakref__", *(part.name for part in parts)}
    taken = {name for base in cls.__mro__[1:-1] for name in vars(base).get("__slots__", ())}
    members = {name: member for name, member in vars(cls).items() if name not in left_out}
    members["__slots__"] = tuple(part.name for part in parts if part.name not in taken)
    metaclass: Any = type(cls)
    made: type[Any] = metaclass(cls.__name__, cls.__bases__, members)
    made.__qualname__ = cls.__qualname__
    for member in members.values():
        _move_super(member, cls, made)
    return made


def _move_super(member: Any, cls: type[Any], made: type[Any]) -> None:
    """Let `super()` in a method mean the class that was made of its own."""
    for name in ("__func__", "fget"):
        member = getattr(member, name, member)
    if isinstance(member, FunctionType) and "__class__" in member.__code__.co_freevars:
        cell = (member.__closure__ or ())[member.__code__.co_freevars.index("__class__")]
        if cell.cell_contents is cls:
            cell.cell_contents = made


def _make_init(cls: type[Any], name: str, missing: Sequence[str]) -> Callable[..., None]:
    """Return an `__init__` that fills the first few objects, and then has itself and others written."""
    write = _make_method(cls, name, missing)
    made = 0

    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:  # noqa: N807
        nonlocal made
        made += 1
        # What is wrong with arguments is said by what is written.
        if made > FEW or not cls.__dataclass_fields__.fill(self, args, dict(kwargs)):
            write(self, *args, **kwargs)
        elif hasattr(cls, "__post_init__"):
            self.__post_init__()

    __init__.lazy = True  # type: ignore[attr-defined]
    return __init__


def _make_method(cls: type[Any], name: str, missing: Sequence[str]) -> Callable[..., Any]:
    """Return a method that, when it is called, has itself and the others replaced by written ones."""

    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        written = vars(cls.__dataclass_fields__.twin)
        for other in missing:
            # Another one may have been put in its place.
            if hasattr(vars(cls)[other], "lazy"):
                setattr(cls, other, written[other])
        return written[name](self, *args, **kwargs)

    method.lazy = True  # type: ignore[attr-defined]
    return method


if not TYPE_CHECKING:

    def dataclass(**options: Any) -> Callable[[type[Any]], type[Any]]:
        """Return what makes a dataclass of a class; the options are those of `_make_lazy`."""
        return lambda cls: _make_lazy(cls, **options)
