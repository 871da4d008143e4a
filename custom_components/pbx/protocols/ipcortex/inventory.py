"""Extensions, telephones and their links, as REST lists them for administrators."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from .fields import rows, text

HOT_DESK = "hotdesk"
UNLINK = "unlink"


@dataclass(frozen=True, slots=True)
class Link:
    """Whose telephone it is, and in which way; the user is named by login or by id."""

    phone: str
    user: str
    type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Inventory:
    """Who owns which number, what makes of telephones there are, and who is logged in at them."""

    owners: Mapping[str, str | None] = field(default_factory=dict)
    types: Mapping[str, str] = field(default_factory=dict)
    links: tuple[Link, ...] = ()

    def type_of(self, phone: str | None, mac: str | None) -> str | None:
        """Return the make of a telephone, whose id is its MAC address and the number of its port."""
        if phone is not None and phone in self.types:
            return self.types[phone]
        if mac is None:
            return None
        plain = mac.replace(":", "").replace("-", "").lower()
        return next((make for key, make in self.types.items() if key.lower().startswith(plain)), None)

    def hot_desk(self, phone: str | None) -> str | None:
        """Return who is logged in at a telephone."""
        links = (link for link in self.links if link.type == HOT_DESK and link.phone == phone)
        return next((link.user for link in links), None)


def owners(values: Any) -> dict[str, str | None]:
    """Return the owners of extensions; a private one is written with its company."""
    found: dict[str, str | None] = {}
    for row in rows(values):
        number = text(row, "virt_exten") or (text(row, "scoped_exten") or "").partition("_")[0]
        if number:
            found[number] = text(row, "owner")
    return found


def types(values: Any) -> dict[str, str]:
    """Return the makes of telephones."""
    pairs = (
        (text(row, "phoneid", "phone-id") or key, text(row, "phone_type")) for key, row in _items(values)
    )
    return {phone: make for phone, make in pairs if phone and make}


def links(values: Any) -> tuple[Link, ...]:
    """Return all links, which may be listed by telephone, by user, or one by one."""
    found = []
    for key, row in _items(values):
        if isinstance(row.get("type"), str):
            phone, user = (
                text(row, "phoneid", "phone") or key,
                text(row, "user", "uname", "contact_id", "owner"),
            )
            found.append((phone, user, row["type"]))
        else:
            found += [(str(phone), key, _type(link)) for phone, link in row.items()]
    return tuple(Link(phone, user, kind.lower()) for phone, user, kind in found if phone and user and kind)


def _type(link: Any) -> str | None:
    return text(link, "type") if isinstance(link, Mapping) else link if isinstance(link, str) else None


def _items(values: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield objects with the key that each has in its list, if that is an object."""
    if isinstance(values, Mapping):
        yield from ((str(key), row) for key, row in values.items() if isinstance(row, Mapping))
    else:
        yield from (("", row) for row in rows(values))
