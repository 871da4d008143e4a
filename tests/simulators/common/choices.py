"""What there is to choose from by the type of a field; a type that does not say it is refused."""

from typing import Any, Literal, TypeAliasType, get_args, get_origin, get_type_hints


def list_choices(hint: Any) -> tuple[Any, ...]:
    """Return the values of a type that is yes or no, or one of several words or numbers.

    Raises TypeError where it leaves open what there is to choose from, such as for any number.
    """
    if isinstance(hint, TypeAliasType):
        return list_choices(hint.__value__)
    if hint is bool:
        return True, False
    if get_origin(hint) is not Literal:
        raise TypeError(f"{hint} does not say what there is to choose from")
    return get_args(hint)


def list_field_choices(kind: type) -> dict[str, tuple[Any, ...]]:
    """Return what there is to choose from for each field of a dialect; raises TypeError as above."""
    return {name: list_choices(hint) for name, hint in get_type_hints(kind).items()}
