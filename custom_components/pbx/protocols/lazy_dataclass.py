"""Dataclasses whose methods are written when the first of them is called.

`dataclasses` writes the methods of a class and has them compiled, which takes longer than all else that is
imported with it. One PBX never makes objects of most classes, and of the others not at once.
"""

import dataclasses
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from dataclasses import dataclass

__all__ = ["dataclass"]


def _refuse_to_set(self: object, name: str, value: Any) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_to_delete(self: object, name: str) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")


def _get_state(self: Any) -> list[Any]:
    return [getattr(self, field.name) for field in dataclasses.fields(self)]


def _set_state(self: Any, state: list[Any]) -> None:
    for field, value in zip(dataclasses.fields(self), state, strict=True):
        object.__setattr__(self, field.name, value)


_FROZEN = {"__setattr__": _refuse_to_set, "__delattr__": _refuse_to_delete}
# Copying a frozen object with slots can't set them one by one.
_FROZEN_SLOTS = {**_FROZEN, "__getstate__": _get_state, "__setstate__": _set_state}
_FIELD_OPTIONS = ("default", "default_factory", "init", "repr", "hash", "compare", "kw_only")


def _make_lazy(
    cls: type[Any], *, frozen: bool = False, slots: bool = False, kw_only: bool = False, eq: bool = True
) -> type[Any]:
    """Return a class as `dataclasses.dataclass` would, all of whose methods are there and not yet written."""
    # Of what can change and is equal by its fields there is no hash.
    names = ["__init__", "__repr__", *(["__eq__"] if eq else []), *(["__hash__"] if eq and frozen else [])]
    missing = [name for name in names if name not in vars(cls)]
    made: type[Any] = dataclasses.dataclass(init=False, repr=False, eq=False, slots=slots, kw_only=kw_only)(
        cls
    )
    for name in missing:
        setattr(made, name, _make_method(made, name, missing, frozen=frozen, slots=slots))
    if eq and not frozen and "__hash__" not in vars(cls):
        made.__hash__ = None  # type: ignore[assignment]
    for name, method in (_FROZEN_SLOTS if slots else _FROZEN).items() if frozen else ():
        setattr(made, name, method)
    return made


def _make_method(
    cls: type[Any], name: str, missing: list[str], *, frozen: bool, slots: bool
) -> Callable[..., Any]:
    """Return a method that, when it is called, has itself and the others replaced by written ones."""

    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        written = _write_methods(cls, frozen=frozen, slots=slots)
        for other in missing:
            setattr(cls, other, written[other])
        return written[name](self, *args, **kwargs)

    return method


def _write_methods(cls: type[Any], *, frozen: bool, slots: bool) -> dict[str, Any]:
    """Return the methods that `dataclasses` writes for a class of the same fields."""
    members = [
        (field.name, Any, dataclasses.field(**{name: getattr(field, name) for name in _FIELD_OPTIONS}))
        for field in dataclasses.fields(cls)
    ]
    checks = {name: getattr(cls, name) for name in ("__post_init__",) if hasattr(cls, name)}
    twin = dataclasses.make_dataclass(
        cls.__qualname__, members, namespace=checks, frozen=frozen, slots=slots, module=cls.__module__
    )
    return dict(vars(twin))


if not TYPE_CHECKING:

    def dataclass(**options: Any) -> Callable[[type[Any]], type[Any]]:
        """Return what makes a dataclass of a class; the options are those of `_make_lazy`."""
        return lambda cls: _make_lazy(cls, **options)
