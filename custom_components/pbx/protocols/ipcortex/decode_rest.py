"""Decode what REST says of night modes, their calendar, links, telephones and users."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from typing import Any

from ..enums import PresenceActivity
from ..json_fields import as_word, get_text, iter_values
from ..json_text import add_detail
from ..lazy_dataclass import dataclass
from ..model import Switch

OPTIONS = {"on": "on", "off": "off", "schedule": "sched"}
_WORDS = {value: name for name, value in OPTIONS.items()}
MOST_NAMES = 10


def decode_switches(values: Any, names: Mapping[str, Sequence[str | None]], most: int) -> Iterator[Switch]:
    """Yield a switch for each night mode of each company. Source: REST dialplan/read, `nm`."""
    for company, modes in _companies(values):
        several = len(values) > 1
        given = {number: choose_switch_name(names.get(company, ()), number) for number in range(1, most + 1)}
        named = {number for number, name in given.items() if name != _name_unnamed(number)}
        for number, name in given.items():
            word = modes.get(str(number))
            if not isinstance(word, str):
                continue
            yield Switch(
                id=make_switch_id(company, number),
                name=add_detail(name, company) if several else name,
                value=_WORDS.get(as_word(word), word),
                options=tuple(OPTIONS),
                named=number in named or not named,
            )


def make_switch_id(company: str, number: int) -> str:
    """Return the id of a night mode."""
    return f"{company}/{number}"


def parse_switch_id(switch: str) -> tuple[str, str]:
    """Return the company and the number of a night mode."""
    company, _, number = switch.rpartition("/")
    return company, number


def choose_switch_name(names: Sequence[str | None], number: int) -> str:
    """Return the name of a night mode; names count from 0 and modes from 1, for REST readnames.

    That is assumed (ipcortex/night-mode-numbers).
    """
    plain = _name_unnamed(number)
    off_by_one = len(names) == MOST_NAMES + 1 or (
        names[:1] == [None] and sum(name is not None for name in names) == MOST_NAMES
    )
    if off_by_one or number > len(names):
        return plain
    return names[number - 1] or plain


def _name_unnamed(number: int) -> str:
    return f"Night mode {number}"


def decode_switch_names(values: Any) -> dict[str, list[str | None]]:
    """Return the names of all night modes. Source: REST dialplan/readnames.

    Their order is assumed (ipcortex/night-mode-names).
    """
    if not isinstance(values, Mapping):
        return {}
    return {
        str(company): [name.strip() or None if isinstance(name, str) else None for name in _listed(names)]
        for company, names in values.items()
    }


def decode_calendar(values: Any) -> list[dict[str, Any]]:
    """Return the calendar; `number` counts from 1 as switches do. Source: REST dialplan/readcal, clients."""
    found = []
    for company, listed in values.items() if isinstance(values, Mapping) else ():
        for row in iter_values(listed):
            instance = get_text(row, "event_instance") or ""
            found.append({
                "company": str(company),
                "number": int(instance) + 1 if instance.isdecimal() and len(instance) < 4 else None,
                "start": row.get("event_start"),
                "end": row.get("event_end"),
                "action": get_text(row, "event_action"),
                "repeat": get_text(row, "event_repeat"),
            })  # fmt: skip
    return found


def _companies(values: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    if not isinstance(values, Mapping):
        return
    for company, modes in values.items():
        if isinstance(modes, Mapping):
            yield str(company), {str(number): value for number, value in modes.items()}
        elif isinstance(modes, list):
            yield str(company), {str(index + 1): value for index, value in enumerate(modes)}


def _listed(names: Any) -> list[Any]:
    """Return names in their order; as an object they may count with gaps."""
    if isinstance(names, list):
        return names[: MOST_NAMES + 1]
    if not isinstance(names, Mapping):
        return []
    numbered = {int(key): name for key, name in names.items() if str(key).isdecimal() and len(str(key)) < 3}
    return [numbered.get(index) for index in range(max(numbered, default=-1) + 1)][: MOST_NAMES + 1]


HOT_DESK = "hotdesk"
UNLINK = "unlink"


@dataclass(frozen=True, slots=True)
class PhoneLink:
    """Whose telephone it is, and in which way; the user is named by login or by id."""

    phone: str
    user: str
    type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Inventory:
    """Who owns which number, what makes of telephones there are, and who is logged in at them."""

    owners: Mapping[str, str | None] = field(default_factory=dict)
    types: Mapping[str, str] = field(default_factory=dict)
    links: tuple[PhoneLink, ...] = ()

    def get_type(self, phone: str | None, mac: str | None) -> str | None:
        """Return the make of a telephone, whose id is its MAC address and the number of its port."""
        if phone is not None and phone in self.types:
            return self.types[phone]
        if mac is None:
            return None
        plain = mac.replace(":", "").replace("-", "").lower()
        return next((make for key, make in self.types.items() if key.lower().startswith(plain)), None)

    def get_hot_desk_user(self, phone: str | None) -> str | None:
        """Return who is logged in at a telephone."""
        links = (link for link in self.links if link.type == HOT_DESK and link.phone == phone)
        return next((link.user for link in links), None)


def decode_owners(values: Any) -> dict[str, str | None]:
    """Return the owners of extensions; private ones carry a company. Source: REST dialplan/read."""
    found: dict[str, str | None] = {}
    for row in iter_values(values):
        number = get_text(row, "virt_exten") or (get_text(row, "scoped_exten") or "").partition("_")[0]
        if number:
            found[number] = get_text(row, "owner")
    return found


def decode_phone_types(values: Any) -> dict[str, str]:
    """Return the makes of telephones by id. Source: REST dialplan/active, `phone`."""
    pairs = (
        (get_text(row, "phoneid", "phone-id") or key, get_text(row, "phone_type"))
        for key, row in _items(values)
    )
    return {phone: make for phone, make in pairs if phone and make}


def decode_links(values: Any) -> tuple[PhoneLink, ...]:
    """Return all links. Source: REST dialplan/readlink.

    That they come by telephone, by user, or singly is assumed (ipcortex/links).
    """
    found = []
    for key, row in _items(values):
        if isinstance(row.get("type"), str):
            phone, user = (
                get_text(row, "phoneid", "phone") or key,
                get_text(row, "user", "uname", "contact_id", "owner"),
            )
            found.append((phone, user, row["type"]))
        else:
            found += [(str(phone), key, _type(link)) for phone, link in row.items()]
    return tuple(
        PhoneLink(phone, user, as_word(kind)) for phone, user, kind in found if phone and user and kind
    )


def _type(link: Any) -> str | None:
    return get_text(link, "type") if isinstance(link, Mapping) else link if isinstance(link, str) else None


def _items(values: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield objects with the key that each has in its list, if that is an object."""
    if isinstance(values, Mapping):
        yield from ((str(key), row) for key, row in values.items() if isinstance(row, Mapping))
    else:
        yield from (("", row) for row in iter_values(values))


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
        return None if as_word(self.vacation_mode) in {"", FORWARD_OFF} else self.vacation


def decode_people(values: Any) -> dict[str, Person]:
    """Return the users by the id that contacts have too; older releases write some names with hyphens.

    Source: REST ops/read, `user`.
    """
    found = {}
    for row in iter_values(values):
        key = get_text(row, "contact_id", "contact-id")
        if key is not None:
            found[key] = Person(
                name=get_text(row, "name"),
                username=get_text(row, "uname"),
                extension=get_text(row, "owned_extension", "owned-extension"),
                vacation=get_text(row, "vacation"),
                vacation_mode=get_text(row, "vacation_mode", "vacation-mode"),
                can_hot_desk=_yes(row.get("can_hotdesk", row.get("can-hotdesk"))),
            )
    return found


def _yes(value: Any) -> bool:
    return str(value).lower() in {"true", "1", "yes"}


def decode_presence(fields: Mapping[str, Any]) -> PresenceActivity | None:
    """Return what a contact shows, None where that is missing. Source: Types.Contact, `show`."""
    show = fields.get("show")
    if not isinstance(show, str):
        return None
    return _PRESENCE.get(as_word(show), PresenceActivity.OTHER)


def index_numbers(people: Mapping[str, Person], owners: Mapping[str, str | None]) -> dict[str, str]:
    """Return whose number each number is.

    Extensions name their owners by id or by login, which is assumed (ipcortex/owner).
    Source: REST dialplan/read, `extension` `owner`, and ops/read, `user` `owned_extension`.
    """
    ids = {person.username: key for key, person in people.items() if person.username is not None}
    found = {number: ids.get(owner or "", owner or "") for number, owner in owners.items()}
    found |= {person.extension: key for key, person in people.items() if person.extension is not None}
    return {number: key for number, key in found.items() if key in people}
