"""Dataclasses whose methods the standard library writes when one of them is needed.

To write them and have them compiled takes 0.5 ms for a class that is frozen and has slots, its fields alone
0.1 ms. One PBX never makes objects of most classes, of some a few that stand in a table, and only of the
others so many that it pays.
"""

from collections.abc import Callable, Mapping, Sequence
import dataclasses
from dataclasses import MISSING
from functools import partial
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import dataclass

__all__ = ["dataclass"]

type Writer = Callable[[], Mapping[str, Any]]

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
    write = partial(_write, made, missing, frozen=frozen, slots=slots, eq=eq)
    for name in missing:
        make = _make_init if name == "__init__" else _make_method
        setattr(made, name, make(name, write))
    # What can change and is equal by its fields has no hash.
    if eq and not frozen and "__hash__" not in vars(cls):
        made.__hash__ = None  # type: ignore[assignment]
    return made


def _has_frozen_base(cls: type[Any]) -> bool:
    bases = (getattr(base, "__dataclass_params__", None) for base in cls.__mro__[1:])
    return any(params is not None and params.frozen for params in bases)


def _make_init(name: str, write: Writer) -> Callable[..., None]:
    """Return an `__init__` that fills the first few objects, and then has itself and others written."""
    call = _make_method(name, write)
    made = 0

    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:  # noqa: N807
        nonlocal made
        made += 1
        # What is wrong with arguments is said by what is written.
        if made > FEW or not _fill(self, args, dict(kwargs)):
            call(self, *args, **kwargs)
        elif hasattr(self, "__post_init__"):
            self.__post_init__()

    __init__.lazy = True  # type: ignore[attr-defined]
    return __init__


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
        object.__setattr__(item, field.name, value)
    return not given


def _make_method(name: str, write: Writer) -> Callable[..., Any]:
    """Return a method that, when it is called, has itself and the others replaced by written ones."""

    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        return write()[name](self, *args, **kwargs)

    method.lazy = True  # type: ignore[attr-defined]
    return method


def _write(cls: type[Any], missing: Sequence[str], **options: Any) -> Mapping[str, Any]:
    """Give a class the methods that it lacks; return those of a class of the same fields, which has all."""
    members = [(field.name, field.type, field) for field in dataclasses.fields(cls)]
    checks = {name: getattr(cls, name) for name in ("__post_init__",) if hasattr(cls, name)}
    twin = dataclasses.make_dataclass(
        cls.__qualname__, members, namespace=checks, module=cls.__module__, **options
    )
    for name in missing:
        # Another one may have been put in its place.
        if hasattr(vars(cls)[name], "lazy"):
            setattr(cls, name, vars(twin)[name])
    return vars(twin)


if not TYPE_CHECKING:

    def dataclass(**options: Any) -> Callable[[type[Any]], type[Any]]:
        """Return what makes a dataclass of a class; the options are those of `_make_lazy`."""
        return lambda cls: _make_lazy(cls, **options)
