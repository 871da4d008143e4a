"""Dataclasses whose methods the standard library writes when one of them is needed.

To write them and have them compiled takes 0.5 ms for a class that is frozen and has slots, its fields alone
0.1 ms. One PBX never makes objects of most classes, of some a few that stand in a table, and only of the
others so many that it pays.
"""

from collections.abc import Callable, Mapping, Sequence
import dataclasses
from dataclasses import MISSING
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import dataclass

__all__ = ["dataclass"]

# After so many objects of a class its methods are written; to fill that many one by one takes as long.
FEW = 50


def _refuse_to_set(self: object, name: str, value: Any) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_to_delete(self: object, name: str) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")


def _get_state(self: Any) -> list[Any]:
    return [getattr(self, field.name) for field in dataclasses.fields(self)]


def _set_state(self: Any, state: Sequence[Any]) -> None:
    for field, value in zip(dataclasses.fields(self), state, strict=True):
        object.__setattr__(self, field.name, value)


# The last two copy and pickle objects whose slots can't be set one by one.
_FROZEN = {
    "__setattr__": _refuse_to_set,
    "__delattr__": _refuse_to_delete,
    "__getstate__": _get_state,
    "__setstate__": _set_state,
}


def _make_lazy(
    cls: type[Any], *, frozen: bool = False, slots: bool = False, eq: bool = True, kw_only: bool = False
) -> type[Any]:
    """Return the class with its fields, and with methods that are written as soon as one is called."""
    wanted = {"__init__": True, "__repr__": True, "__eq__": eq, "__hash__": eq and frozen}
    missing = [name for name, is_wanted in wanted.items() if is_wanted and name not in vars(cls)]
    # What refuses all changes is written as well; only on top of such a base it can't come later.
    fields_only = dataclasses.dataclass(
        init=False, repr=False, eq=False, frozen=_has_frozen_base(cls), slots=slots, kw_only=kw_only
    )
    made = fields_only(cls)
    for name, method in _FROZEN.items() if frozen else ():
        setattr(made, name, method)
    for name in missing:
        setattr(made, name, _STAND_INS[name])
    _late[made] = _Late(missing, frozen=frozen, slots=slots, eq=eq)
    # What can change and is equal by its fields has no hash.
    if eq and not frozen and "__hash__" not in vars(cls):
        made.__hash__ = None  # type: ignore[assignment]
    return made


class _Late:
    """What a class lacks, how to write it, and how many objects have been made without."""

    __slots__ = ("eq", "frozen", "made", "missing", "slots")

    def __init__(self, missing: Sequence[str], *, frozen: bool, slots: bool, eq: bool) -> None:
        self.missing = tuple(missing)
        self.frozen = frozen
        self.slots = slots
        self.eq = eq
        self.made = 0


# Kept apart from the classes, all of which share the methods that stand for the written ones.
_late: dict[type[Any], _Late] = {}


def _find_class(item: object, name: str) -> type[Any]:
    """Return the class of an object, or the base, for whose method one of these stands."""
    return next(cls for cls in type(item).__mro__ if cls in _late and name in _late[cls].missing)


def _has_frozen_base(cls: type[Any]) -> bool:
    bases = (getattr(base, "__dataclass_params__", None) for base in cls.__mro__[1:])
    return any(params is not None and params.frozen for params in bases)


def _init(self: Any, *args: Any, **kwargs: Any) -> None:
    """Fill the first few objects, and then have what does that written."""
    cls = _find_class(self, "__init__")
    late = _late[cls]
    late.made += 1
    # What is wrong with arguments is said by what is written.
    if late.made > FEW or not _fill(self, args, dict(kwargs)):
        _write(cls)["__init__"](self, *args, **kwargs)
    elif hasattr(self, "__post_init__"):
        self.__post_init__()


def _fill(item: Any, args: Sequence[Any], given: dict[str, Any]) -> bool:
    """Fill a new object as its own `__init__` would; return whether the arguments fit."""
    positional = item.__match_args__
    if len(args) > len(positional) or not given.keys().isdisjoint(positional[: len(args)]):
        return False
    given |= zip(positional, args, strict=False)
    for field in dataclasses.fields(item):
        value = given.pop(field.name, MISSING) if field.init else MISSING
        if value is MISSING:
            value = field.default if field.default_factory is MISSING else field.default_factory()
        if value is MISSING:
            return False
        if not _is_found_at_class(item, field.name, value):
            object.__setattr__(item, field.name, value)
    return not given


def _is_found_at_class(item: object, name: str, value: Any) -> bool:
    """Return whether an object without slots has a value as the default of its class; functions are bound."""
    return getattr(type(item), name, MISSING) is value and not hasattr(value, "__get__")


def _repr(self: Any) -> str:
    shown: str = _write(_find_class(self, "__repr__"))["__repr__"](self)
    return shown


def _eq(self: Any, other: object) -> Any:
    return _write(_find_class(self, "__eq__"))["__eq__"](self, other)


def _hash(self: Any) -> int:
    value: int = _write(_find_class(self, "__hash__"))["__hash__"](self)
    return value


_STAND_INS = {"__init__": _init, "__repr__": _repr, "__eq__": _eq, "__hash__": _hash}


def _write(cls: type[Any]) -> Mapping[str, Any]:
    """Give a class the methods that it lacks; return those of a class of the same fields, which has all."""
    late = _late[cls]
    members = [(field.name, field.type, field) for field in dataclasses.fields(cls)]
    checks = {name: getattr(cls, name) for name in ("__post_init__",) if hasattr(cls, name)}
    twin = dataclasses.make_dataclass(
        cls.__qualname__,
        members,
        namespace=checks,
        module=cls.__module__,
        frozen=late.frozen,
        slots=late.slots,
        eq=late.eq,
    )
    for name in late.missing:
        # Another one may have been put in its place.
        if vars(cls)[name] is _STAND_INS[name]:
            setattr(cls, name, vars(twin)[name])
    return vars(twin)


if not TYPE_CHECKING:

    def dataclass(**options: Any) -> Callable[[type[Any]], type[Any]]:
        """Return what makes a dataclass of a class; the options are those of `_make_lazy`."""
        return lambda cls: _make_lazy(cls, **options)
