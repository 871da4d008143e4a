"""Make and change immutable objects on the way of every event, where `dataclasses` takes too long."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, Field, fields
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


# Of some classes a module makes an object or two while it is imported, and then there may be none.
FEW = 2


def init_quickly[T: DataclassInstance](kind: type[T]) -> type[T]:
    """Return a frozen class with slots whose new objects are filled without a call for each field.

    How that is done is written once there is more than a constant or two.
    """
    before: Any = kind.__init__
    made = 0

    def __init__(self: object, *args: Any, **kwargs: Any) -> None:  # noqa: N807
        nonlocal made
        made += 1
        if made <= FEW:
            before(self, *args, **kwargs)
            return
        kind.__init__ = written = _write_init(kind)  # type: ignore[method-assign]
        written(self, *args, **kwargs)

    __init__.__annotate__ = kind.__init__.__annotate__
    kind.__init__ = __init__  # type: ignore[method-assign]
    return kind


def _write_init(kind: type[DataclassInstance]) -> Callable[..., None]:
    """Return an `__init__` that fills an object while it is one of a class with the same slots.

    That class can be written, as the one in `evolve`.
    """
    taken = [field for field in fields(kind) if field.init]
    keyword_only = "*, " if any(field.kw_only for field in taken) else ""
    lines = [
        f"def __init__(self, {keyword_only}{', '.join(map(_write_parameter, taken))}):",
        " become(self, '__class__', draft)",
        *(f" self.{field.name} = {_write_value(field)}" for field in fields(kind)),
        " self.__class__ = kind",
    ]
    if hasattr(kind, "__post_init__"):
        lines.append(" self.__post_init__()")
    init = _compile(
        "__init__",
        lines,
        become=object.__setattr__,
        draft=_make_draft(kind),
        kind=kind,
        missing=MISSING,
        **{f"default_{field.name}": field.default for field in fields(kind)},
        **{f"make_{field.name}": field.default_factory for field in fields(kind)},
    )
    init.__annotate__ = kind.__init__.__annotate__
    init.__qualname__ = f"{kind.__qualname__}.__init__"
    return init


def _write_parameter(field: Field[Any]) -> str:
    """Return a field in the list of parameters; a default that is made anew stands there as missing."""
    if field.default_factory is not MISSING:
        return f"{field.name}=missing"
    return field.name if field.default is MISSING else f"{field.name}=default_{field.name}"


def _write_value(field: Field[Any]) -> str:
    """Return what a new object has in a field."""
    if not field.init:
        return f"default_{field.name}"
    if field.default_factory is not MISSING:
        return f"make_{field.name}() if {field.name} is missing else {field.name}"
    return field.name


def evolve[T: DataclassInstance](item: T, **changes: Any) -> T:
    """Return the object with other values in these fields, or the same object where nothing differs."""
    changed: T = get_changer(type(item), tuple(changes))(item, *changes.values())
    return changed


def evolve_fields[T: DataclassInstance](item: T, changes: Mapping[str, Any]) -> T:
    """Return the object as `evolve` does, with the other values by the names of their fields."""
    changed: T = get_changer(type(item), tuple(changes))(item, *changes.values())
    return changed


# Far more than there are places in the code that change something.
@lru_cache(maxsize=4096)
def get_changer(kind: Any, names: tuple[str, ...]) -> Callable[..., Any]:
    """Return what takes an object of a class, and other values for the fields of these names in their order.

    It does as `evolve`, which finds it anew each time. Fields that are filled later are empty in the new
    object. Raises AttributeError for a name of no field.
    """
    return _write_changer(kind, names, [f"def change(item, {', '.join(f'to_{name}' for name in names)}):"])


def make_patcher(
    kind: Any, names: tuple[str, ...], defaults: Mapping[str, tuple[str, Mapping[Any, Any]]]
) -> Callable[..., Any]:
    """Return what takes an object of a class and a mapping with other values for the fields of these names.

    It does as `evolve`. `defaults` has fields that follow from another one which is given, unless they are
    given themselves and not empty: the name of that one, and their value for each of its values.
    """
    following = {name: source for name, (source, _) in defaults.items() if source in names}
    lines = ["def change(item, fields):", *(f" to_{name} = fields[{name!r}]" for name in names)]
    for name, source in following.items():
        given = f"to_{name} or " if name in names else ""
        lines.append(f" to_{name} = {given}default_{name}[to_{source}]")
    tables = {f"default_{name}": defaults[name][1] for name in following}
    return _write_changer(kind, tuple(dict.fromkeys((*names, *following))), lines, **tables)


def _write_changer(
    kind: Any, names: tuple[str, ...], lines: Iterable[str], **tables: Mapping[Any, Any]
) -> Callable[..., Any]:
    """Return a function that begins with these lines and evolves `item` to what is named `to_…` there."""
    members = {field.name: field for field in fields(kind)}
    if not members.keys() >= set(names):
        raise AttributeError(f"{kind.__name__} lacks some of these fields")
    tests = (f"(item.{name} is to_{name} or item.{name} == to_{name})" for name in names)
    lines = [
        *lines,
        f" if {' and '.join(tests) or True}:",
        "  return item",
        " new = draft()",
    ]
    for name, field in members.items():
        kept = f"item.{name}" if field.init else f"empty_{name}"
        lines.append(f" new.{name} = {f'to_{name}' if name in names else kept}")
    lines.append(" new.__class__ = kind")
    if hasattr(kind, "__post_init__"):
        lines.append(" new.__post_init__()")
    lines.append(" return new")
    return _compile(
        "change",
        lines,
        draft=_make_draft(kind),
        kind=kind,
        **{f"empty_{name}": field.default for name, field in members.items()},
        **tables,
    )


def _compile(name: str, lines: Iterable[str], **names: Any) -> Callable[..., Any]:
    """Return the function of a name that these lines define; they are made of names in our own code."""
    exec("\n".join(lines), names)  # noqa: S102
    made: Callable[..., Any] = names[name]
    return made


@cache
def _make_draft(kind: type[DataclassInstance]) -> type[Any]:
    """Return a class with the same slots that can be written."""
    return type(f"{kind.__name__}Draft", (), {"__slots__": tuple(field.name for field in fields(kind))})
