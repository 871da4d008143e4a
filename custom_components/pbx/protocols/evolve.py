"""Change immutable objects on the way of every event, where `dataclasses.replace` takes too long."""

from collections.abc import Callable
from dataclasses import fields
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


class _Plan(NamedTuple):
    """How to copy an object of a class with slots, of which it has two or more, without asking it by name."""

    read: Callable[[Any], tuple[Any, ...]]
    writers: tuple[Callable[[Any, Any], None], ...]
    places: dict[str, int]
    # The slots that are filled as something is found out, each with what it is empty by.
    empty: tuple[tuple[Callable[[Any, Any], None], Any], ...]
    check: Callable[[Any], None] | None


def evolve[T: DataclassInstance](item: T, **changes: Any) -> T:
    """Return the object with other values in these fields, or the same object where nothing differs."""
    for name, value in changes.items():
        known = getattr(item, name)
        if known is not value and known != value:
            break
    else:
        return item
    kind = type(item)
    read, writers, places, empty, check = _make_plan(kind)
    values = list(read(item))
    for name, value in changes.items():
        values[places[name]] = value
    new = object.__new__(kind)
    for write, value in zip(writers, values, strict=True):
        write(new, value)
    for write, value in empty:
        write(new, value)
    if check is not None:
        check(new)
    return new


@cache
def _make_plan(kind: type[DataclassInstance]) -> _Plan:
    names = [field.name for field in fields(kind) if field.init]
    return _Plan(
        read=attrgetter(*names),
        writers=tuple(getattr(kind, name).__set__ for name in names),
        places={name: place for place, name in enumerate(names)},
        empty=tuple(
            (getattr(kind, field.name).__set__, field.default) for field in fields(kind) if not field.init
        ),
        check=getattr(kind, "__post_init__", None),
    )
