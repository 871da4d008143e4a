"""Users: what REST says of them, and what chat shows."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..enums import PresenceActivity
from .fields import rows, text

FORWARD_OFF = "off"
FORWARD_ALL = "all"
_PRESENCE = {
    "online": PresenceActivity.AVAILABLE,
    "away": PresenceActivity.AWAY,
    "dnd": PresenceActivity.DND,
    "": PresenceActivity.OFFLINE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A user as REST knows them."""

    name: str | None = None
    username: str | None = None
    extension: str | None = None
    vacation: str | None = None
    vacation_mode: str | None = None
    can_hot_desk: bool = False

    @property
    def forward(self) -> str | None:
        """Return where calls go at the moment."""
        return None if self.vacation_mode in {None, FORWARD_OFF} else self.vacation


def people(values: Any) -> dict[str, Person]:
    """Return the users by the id that contacts have too; older releases write some names with hyphens."""
    found = {}
    for row in rows(values):
        key = text(row, "contact_id", "contact-id")
        if key is not None:
            found[key] = Person(
                name=text(row, "name"),
                username=text(row, "uname"),
                extension=text(row, "owned_extension", "owned-extension"),
                vacation=text(row, "vacation"),
                vacation_mode=text(row, "vacation_mode", "vacation-mode"),
                can_hot_desk=_yes(row.get("can_hotdesk", row.get("can-hotdesk"))),
            )
    return found


def _yes(value: Any) -> bool:
    return str(value).lower() in {"true", "1", "yes"}


def presence(fields: Mapping[str, Any]) -> PresenceActivity | None:
    """Return what a contact shows, or None where the PABX does not say."""
    show = fields.get("show")
    if not isinstance(show, str):
        return None
    return _PRESENCE.get(show.strip().lower(), PresenceActivity.OTHER)


def numbers(people: Mapping[str, Person], owners: Mapping[str, str | None]) -> dict[str, str]:
    """Return whose number each number is; extensions name their owners by id or by login."""
    ids = {person.username: key for key, person in people.items() if person.username is not None}
    found = {number: ids.get(owner or "", owner or "") for number, owner in owners.items()}
    found |= {person.extension: key for key, person in people.items() if person.extension is not None}
    return {number: key for number, key in found.items() if key in people}
