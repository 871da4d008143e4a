"""Contacts in address books: who they are, and how much of them is kept."""

from dataclasses import field
from hashlib import sha256

from ..protocols.enums import NumberKind
from ..protocols.lazy_dataclass import dataclass

# Contacts of one book, numbers and groups of one contact, and characters of one text.
MAX_CARDS = 20_000
MAX_NUMBERS = 40
MAX_GROUPS = 40
MAX_TEXT = 255


@dataclass(frozen=True, slots=True)
class Picture:
    """The picture of a contact; its id is a digest of it, which nobody without the picture can guess."""

    type: str
    data: bytes = field(repr=False)

    @property
    def id(self) -> str:
        """Return the id under which the picture is served."""
        return sha256(self.data).hexdigest()


@dataclass(frozen=True, slots=True)
class ContactNumber:
    """A number as it is written in an address book, and what it is for, as far as that is told."""

    text: str
    kinds: frozenset[NumberKind] = frozenset()

    @property
    def is_spoken(self) -> bool:
        """Return whether people speak there, which they do not on a fax."""
        return NumberKind.FAX not in self.kinds


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A contact of an address book, with numbers as they are written there, the one to call first."""

    name: str
    phones: tuple[ContactNumber, ...]
    groups: tuple[str, ...] = ()
    picture: Picture | None = None

    @property
    def numbers(self) -> tuple[str, ...]:
        """Return all numbers."""
        return tuple(phone.text for phone in self.phones)

    @property
    def names(self) -> tuple[str, ...]:
        """Return everything that they are called."""
        return (self.name,)
