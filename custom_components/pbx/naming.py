"""Name the parties of a call."""

from typing import TYPE_CHECKING

from .protocols.call import Party
from .protocols.enums import ObjectKind

if TYPE_CHECKING:
    from .coordinator import PbxCoordinator


def names(pbx: PbxCoordinator, party: Party) -> list[str]:
    """Return the name and the number of a party, as far as they are known."""
    own = own_name(pbx, party)
    return list(dict.fromkeys(part for part in (own or party.name, party.number) if part))


def own_name(pbx: PbxCoordinator, party: Party) -> str | None:
    """Return the name of the user or phone that a party is."""
    return pbx.name_of(ObjectKind.USER, party.user) or pbx.name_of(ObjectKind.PHONE, party.phone)


def full_name(name: str, number: str | None = None) -> str:
    """Return a name with its number, by which people can be told apart."""
    return f"{name} ({number})" if number and number != name else name
