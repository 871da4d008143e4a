"""Change immutable objects on the way of every event, where `dataclasses.replace` takes too long."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


class _Plan(NamedTuple):
    """How to copy an object of a frozen class with slots."""

    # A class with the same slots that can be written; its object becomes one of the frozen class.
    draft: type[Any]
    # Copies all fields from an object to a draft, and empties those that are filled later.
    copy: Callable[[Any, Any], None]
    check: Callable[[Any], None] | None


def evolve[T: DataclassInstance](item: T, **changes: Any) -> T:
    """Return the object with other values in these fields, or the same object where nothing differs."""
    return evolve_fields(item, changes)


def evolve_fields[T: DataclassInstance](item: T, changes: Mapping[str, Any]) -> T:
    """Return the object as `evolve` does, with the other values by the names of their fields."""
    for name, value in changes.items():
        known = getattr(item, name)
        if known is not value and known != value:
            break
    else:
        return item
    kind = type(item)
    make_draft, copy, check = _make_plan(kind)
    new = make_draft()
    copy(item, new)
    for name, value in changes.items():
        setattr(new, name, value)
    new.__class__ = kind
    if check is not None:
        check(new)
    return new  # type: ignore[no-any-return]  # which it is by now


@cache
def _make_plan(kind: type[DataclassInstance]) -> _Plan:
    """Return how to copy objects of a class; the copying is written out, as that of dataclasses is."""
    members = fields(kind)
    lines = [
        f" new.{field.name} = item.{field.name}" if field.init else f" new.{field.name} = empty_{field.name}"
        for field in members
    ]
    names: dict[str, Any] = {f"empty_{field.name}": field.default for field in members if not field.init}
    exec("\n".join(["def copy(item, new):", *lines]), names)  # noqa: S102  # out of names in our own code
    slots = {"__slots__": tuple(field.name for field in members)}
    return _Plan(
        draft=type(f"{kind.__name__}Draft", (), slots),
        copy=names["copy"],
        check=getattr(kind, "__post_init__", None),
    )
