"""Test for whom a call is made, and whether its phone is known beforehand."""

import pytest

from custom_components.pbx.protocols.axeos.commands import find_phone_user, has_one_phone
from custom_components.pbx.protocols.enums import UserPhoneType
from custom_components.pbx.protocols.model import User, UserPhone
from tests.protocols.office import place

NUMBER = UserPhone(type=UserPhoneType.NUMBER, number="0612345678")


def user(name: str, *places: UserPhone, hot_desk: str | None = None) -> User:
    """Return a user who can be reached at these places."""
    return User(id=name, name=name, phones=places, hot_desk=hot_desk)


SHARER = user("sharer", place("lobby", personal=False))
KEEPER = user("keeper", place("lobby"))
GUEST = user("guest", hot_desk="lobby")
STRANGER = user("stranger", place("desk"), NUMBER)


@pytest.mark.parametrize(
    ("users", "found"),
    [
        ((SHARER, KEEPER, GUEST, STRANGER), GUEST),
        ((SHARER, KEEPER, STRANGER), KEEPER),
        ((STRANGER, SHARER), SHARER),
        ((STRANGER,), None),
        ((), None),
    ],
)
def test_owner(users: tuple[User, ...], found: User | None) -> None:
    """Whoever sits at the phone, else whose it is, else who shares it."""
    assert find_phone_user("lobby", users) is found


@pytest.mark.parametrize(
    ("caller", "definite"),
    [
        (GUEST, True),
        (KEEPER, True),
        (SHARER, False),
        (STRANGER, False),
        (user("two", place("a"), place("b")), False),
        (user("mobile", NUMBER), False),
        (user("nowhere"), False),
        (user("two and a desk", place("a"), place("b"), hot_desk="lobby"), True),
    ],
)
def test_definite_phone(caller: User, definite: bool) -> None:
    """Only one phone, and theirs alone, can answer by itself."""
    assert has_one_phone(caller) is definite
