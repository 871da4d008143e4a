"""Read the account object of a target in one of the spellings it may have."""

from collections.abc import Callable, Mapping
from typing import Any

from .world import Account, World

type Reader = Callable[[World, Any], Account | None]


def _members(value: Any, **types: type) -> bool:
    """Return whether a value is an object of exactly these members."""
    return (
        isinstance(value, Mapping)
        and set(value) == set(types)
        and all(type(value[name]) is kind for name, kind in types.items())
    )


def _both(world: World, value: Any) -> Account | None:
    if not _members(value, accountId=int, extension=str):
        return None
    account = world.by_id(value["accountId"])
    return account if account is not None and account.number == value["extension"] else None


def _with_server(world: World, value: Any) -> Account | None:
    if not _members(value, accountId=int, serverUuid=str) or value["serverUuid"] != world.server_uuid:
        return None
    return world.by_id(value["accountId"])


READERS: dict[str, Reader] = {
    "account_id": lambda world, value: (
        world.by_id(value["accountId"]) if _members(value, accountId=int) else None
    ),
    "account_id_and_server": _with_server,
    "account_id_text": lambda world, value: (
        world.by_id(value["accountId"]) if _members(value, accountId=str) else None
    ),
    "account_id_and_extension": _both,
    "extension": lambda world, value: (
        world.by_number(value["extension"]) if _members(value, extension=str) else None
    ),
    "bare": lambda world, value: world.by_id(value) if type(value) is int else None,
    "id": lambda world, value: world.by_id(value["id"]) if _members(value, id=int) else None,
}


def spelling(world: World, value: Any) -> tuple[str, Account | None]:
    """Return which spelling an account object has, and which account it means."""
    for name, read in READERS.items():
        account = read(world, value)
        if account is not None:
            return name, account
    return "", None
