"""Do what was asked for in words, by the actions of the integration, so that all their rules apply."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from homeassistant.exceptions import HomeAssistantError, Unauthorized

from ..const import DOMAIN
from ..hub.contacts import Contact
from ..hub.hub import PbxHub
from ..hub.masking import mask_for_states
from ..hub.options import NameSource
from ..protocols.enums import Capability, DialOutcome, NumberKind, ObjectKind
from ..protocols.lazy_dataclass import dataclass
from ..protocols.model import User
from ..protocols.phone_numbers import to_dialable
from ..targets import Target
from .language import RequestFailed
from .matching import match_name, require_one, split_words, which_one
from .names import Asker, NamedObject, list_exposed
from .number_kinds import list_fitting


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """What to call; a number that was said has no name."""

    number: str
    name: str | None = None


# What stands for the kind of a number where none is told.
UNTOLD = "other"


@dataclass(frozen=True, slots=True)
class Line:
    """A number of somebody, as it is dialed, and what it is for."""

    number: str
    kinds: frozenset[NumberKind] = frozenset()

    @property
    def is_spoken(self) -> bool:
        """Return whether people speak there, which they do not on a fax."""
        return NumberKind.FAX not in self.kinds


@dataclass(frozen=True, slots=True)
class Entry:
    """Somebody in an address book, with the number to call first in front."""

    name: str
    lines: tuple[Line, ...]

    def is_called(self, name: str) -> bool:
        """Return whether this is the whole name."""
        return set(split_words(self.name)) == set(split_words(name))


async def dial(asker: Asker, to: Destination) -> DialOutcome:
    """Make a call from the telephone of the asker."""
    data = {**_aim_at(asker.find_telephone()), "number": to.number}
    response = await run_action(asker, "dial", data, return_response=True)
    return DialOutcome(response["result"])


async def hang_up(asker: Asker) -> None:
    """End the calls of the asker; raises RequestFailed where there is none."""
    await run_action(asker, "hangup", _aim_at(asker.find_telephone()))


async def answer(asker: Asker) -> None:
    """Answer the call that rings for the asker; raises RequestFailed."""
    await run_action(asker, "answer", _aim_at(asker.find_telephone()))


async def reject(asker: Asker) -> None:
    """Refuse the call that rings for the asker; raises RequestFailed."""
    await run_action(asker, "reject", _aim_at(asker.find_telephone()))


async def transfer(asker: Asker, to: Destination) -> None:
    """Transfer the call of the asker; raises RequestFailed."""
    await run_action(asker, "transfer", {**_aim_at(asker.find_telephone()), "number": to.number})


async def set_forward(asker: Asker, to: Destination | None) -> None:
    """Forward all calls of the asker; None ends that."""
    number = {"number": to.number} if to is not None else {}
    await run_action(asker, "set_forward", {**_aim_at(asker.find_user()), **number})


async def set_do_not_disturb(asker: Asker, *, on: bool, until: datetime | None = None) -> None:
    """Set do not disturb of the asker, until a time or for good."""
    end = {"until": until.isoformat()} if until is not None else {}
    await run_action(asker, "set_do_not_disturb", {**_aim_at(asker.find_user()), "on": on, **end})


async def set_presence(asker: Asker, activity: str, note: str | None) -> None:
    """Set the presence of the asker, perhaps with a note."""
    words = {"note": note} if note is not None else {}
    await run_action(asker, "set_presence", {**_aim_at(asker.find_user()), "activity": activity, **words})


async def find_destination(asker: Asker, name: str) -> Destination:
    """Return what a name means: a user of the PBX of the asker, else somebody in an address book.

    A name that is said as it is written comes before one with a slip. Raises RequestFailed where it means
    nobody, several, or somebody with no number at which people speak.
    """
    own = asker.find_telephone()
    for fuzzy in (False, True):
        found = await _find_callee(asker, own.hub, name, None, fuzzy=fuzzy)
        if found is not None:
            return found
    raise RequestFailed("nobody_found", name=name)


async def find_destination_of_kind(asker: Asker, name: str, kind: NumberKind) -> Destination | None:
    """Return the number of a kind of whom a name means, None where it means nobody.

    Raises RequestFailed where it means several, or somebody who has no such number.
    """
    own = asker.find_telephone()
    for fuzzy in (False, True):
        found = await _find_callee(asker, own.hub, name, kind, fuzzy=fuzzy)
        if found is not None:
            return found
    return None


async def _find_callee(
    asker: Asker, hub: PbxHub, name: str, kind: NumberKind | None, *, fuzzy: bool
) -> Destination | None:
    users = [user for user in list_exposed(asker, ObjectKind.USER) if user.target.hub is hub]
    found = match_name(users, name, fuzzy=fuzzy)
    if found:
        user = require_one(found)
        return await _choose_number_of_user(asker, hub, user, kind)
    entries = await list_entries(asker, hub, name, fuzzy=fuzzy)
    return _choose_entry(hub, entries, kind) if entries else None


async def _choose_number_of_user(
    asker: Asker, hub: PbxHub, user: NamedObject, kind: NumberKind | None
) -> Destination:
    """Return the number of a user; one of a kind that the PBX does not know may be in an address book."""
    if kind is None:
        if user.number is None:
            raise RequestFailed("no_number", name=user.name)
        return Destination(number=user.number, name=user.name)
    lines = _list_lines(user)
    chosen = _choose_line(lines, kind)
    if chosen is None:
        same = [one for one in await list_entries(asker, hub, user.name) if one.is_called(user.name)]
        lines += [line for entry in same for line in entry.lines]
        chosen = _choose_line(lines, kind)
    return Destination(number=_require_line(user.name, lines, chosen, kind), name=user.name)


def _list_lines(user: NamedObject) -> list[Line]:
    """Return the numbers of a user: the extension, and outside ones, which are those of mobiles mostly."""
    places = user.item.phones if isinstance(user.item, User) else ()
    outside = [Line(place.number, frozenset({NumberKind.MOBILE})) for place in places if place.number]
    extension = next((name for name in user.names if to_dialable(name)), None)
    return ([Line(extension, frozenset({NumberKind.EXTENSION}))] if extension else []) + outside


def _choose_line(lines: Sequence[Line], kind: NumberKind | None) -> Line | None:
    """Return the first number at which people speak, of the kind that is asked for."""
    spoken = [line for line in lines if line.is_spoken]
    if kind is None:
        return next(iter(spoken), None)
    return next((line for fits in list_fitting(kind) for line in spoken if fits in line.kinds), None)


def _require_line(name: str, lines: Sequence[Line], chosen: Line | None, kind: NumberKind | None) -> str:
    """Return the chosen number; raises RequestFailed, which says what numbers there are instead."""
    if chosen is not None:
        return chosen.number
    spoken = [line for line in lines if line.is_spoken]
    if not spoken:
        raise RequestFailed("only_fax" if lines else "no_number", name=name)
    known = dict.fromkeys(str(one) for line in spoken for one in sorted(line.kinds) or (UNTOLD,))
    raise RequestFailed("no_number_of_kind", name=name, kind=str(kind), kinds=" ".join(known))


def _choose_entry(hub: PbxHub, entries: Sequence[Entry], kind: NumberKind | None) -> Destination:
    """Return the number of the only one of some entries; raises RequestFailed with the question."""
    chosen = {entry: _choose_line(entry.lines, kind) for entry in entries}
    usable = {entry: line for entry, line in chosen.items() if line is not None}
    if not usable:
        return Destination(number=_require_line(entries[0].name, entries[0].lines, None, kind))
    if len({line.number for line in usable.values()}) > 1:
        raise which_one(
            list(dict.fromkeys(_list_shown(hub, entry.name, line.number) for entry, line in usable.items()))
        )
    entry, line = next(iter(usable.items()))
    return Destination(number=line.number, name=entry.name)


def _list_shown(hub: PbxHub, name: str, number: str) -> tuple[str, str | None]:
    """Return the name and the number of a contact as they may be said."""
    return name, number if mask_for_states(hub.options, number, "number") == number else None


async def is_contact(asker: Asker, name: str, *, fuzzy: bool = False) -> bool:
    """Return whether a name is in an address book of the PBX of the asker."""
    try:
        return bool(await list_entries(asker, asker.find_telephone().hub, name, fuzzy=fuzzy))
    except RequestFailed:
        return False


async def list_entries(asker: Asker, hub: PbxHub, name: str, *, fuzzy: bool = False) -> list[Entry]:
    """Return whom a name means in the address book of the options and in that of the PBX itself.

    The book from which names are to come first is asked first, and the other one where nobody is there.
    """
    ask_pbx = (NameSource.PBX_BOOK, _list_pbx_entries)
    ask_book = (NameSource.ADDRESS_BOOK, list_book_entries)
    order = [*hub.options.name_sources, *NameSource]
    for _, ask in sorted((ask_pbx, ask_book), key=lambda one: _find_place(order, one[0])):
        entries = await ask(asker, hub, name, fuzzy=fuzzy)
        if entries:
            return entries
    return []


def _find_place(order: Sequence[str], source: NameSource) -> int:
    """Return the place of a source; options of older releases name the book of the PBX together with it."""
    place = order.index(source)
    return min(place, order.index(NameSource.PBX)) if source is NameSource.PBX_BOOK else place


async def list_book_entries(asker: Asker, hub: PbxHub, name: str, *, fuzzy: bool = False) -> list[Entry]:
    """Return whom a name means in the address book of the options."""
    return await _match_contacts(asker, hub.address_book.contacts, name, fuzzy=fuzzy)


async def _list_pbx_entries(asker: Asker, hub: PbxHub, name: str, *, fuzzy: bool) -> list[Entry]:
    """Return whom a name means in the book of the PBX, which is asked where it is not held here.

    A PBX finds parts of words too; meant is who has all the words of the name.
    """
    held = hub.address_book.pbx_book.contacts
    if held:
        return await _match_contacts(asker, held, name, fuzzy=fuzzy)
    if fuzzy or not hub.can(Capability.FIND_CONTACTS):
        return []
    wanted = set(split_words(name))
    found = await find_contacts(asker, hub, name)
    return [
        Entry(one["name"], (Line(one["number"], frozenset({one["kind"]} - {None})),))
        for one in found
        if wanted <= set(split_words(one["name"]))
    ]


async def _match_contacts(
    asker: Asker, contacts: Sequence[Contact], name: str, *, fuzzy: bool
) -> list[Entry]:
    if not contacts:
        return []
    found = await asker.hass.async_add_executor_job(partial(match_name, contacts, name, fuzzy=fuzzy))
    entries = (Entry(contact.name, tuple(_iter_lines(contact))) for contact in found)
    return [entry for entry in entries if entry.lines]


def _iter_lines(contact: Contact) -> Iterator[Line]:
    for phone in contact.phones:
        number = to_dialable(phone.text)
        if number is not None:
            yield Line(number, phone.kinds)


async def find_contacts(asker: Asker, hub: PbxHub, words: str) -> list[dict[str, Any]]:
    """Return the entries of the address book of a PBX that have a number, as `find_contacts` returns them."""
    data = {"config_entry_id": hub.entry.entry_id, "words": words}
    response = await run_action(asker, "find_contacts", data, return_response=True)
    return [contact for contact in response["contacts"] if contact["number"]]


async def run_action(
    asker: Asker, action: str, data: Mapping[str, Any], *, return_response: bool = False
) -> dict[str, Any]:
    """Run an action of the integration in the context of the asker and return its response.

    Raises RequestFailed with the translation key of the error, where the action raises one or may not be run.
    """
    try:
        response = await asker.hass.services.async_call(
            DOMAIN, action, dict(data), blocking=True, context=asker.context, return_response=return_response
        )
    except Unauthorized as err:
        raise RequestFailed("not_allowed") from err
    except HomeAssistantError as err:
        raise RequestFailed(err.translation_key or "failed", str(err)) from err
    return dict(response) if response is not None else {}


def _aim_at(target: Target) -> dict[str, str]:
    """Return the target of an action.

    A user that is not imported has no device; then the action finds them by its context.
    """
    device_id = target.hub.devices.get_device_id(target.key)
    return {"device_id": device_id} if device_id is not None else {}
