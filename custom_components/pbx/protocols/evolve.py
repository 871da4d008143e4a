"""Change immutable objects on the way of every event, where `dataclasses.replace` takes too long."""

from dataclasses import fields
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Callable

    from _typeshed import DataclassInstance


def evolve[T: DataclassInstance](item: T, **changes: Any) -> T:
    """Return the object with other values in these fields, or the same object where nothing differs."""
    for name, value in changes.items():
        known = getattr(item, name)
        if known is not value and known != value:
            break
    else:
        return item
    names, get_values = _get_fields(type(item))
    return type(item)(**{**dict(zip(names, get_values(item), strict=True)), **changes})


@cache
def _get_fields(kind: type[DataclassInstance]) -> tuple[tuple[str, ...], Callable[[Any], tuple[Any, ...]]]:
    """Return the fields that make an object of a class, of which it has two or more, and what reads them."""
    names = tuple(field.name for field in fields(kind) if field.init)
    return names, cast("Callable[[Any], tuple[Any, ...]]", attrgetter(*names))
