"""Do what was asked for in words, by the actions of the integration, so that all their rules apply."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from homeassistant.exceptions import HomeAssistantError, Unauthorized

from ..const import DOMAIN
from ..hub.hub import PbxHub
from ..hub.masking import mask_for_states
from ..hub.options import NameSource
from ..protocols.enums import Capability, DialOutcome, ObjectKind
from ..protocols.phone_numbers import to_dialable
from ..targets import Target
from .language import RequestFailed
from .matching import match_name, require_one, split_words, which_one
from .names import Asker, NamedObject, list_exposed


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """What to call; a number that was said has no name."""

    number: str
    name: str | None = None


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
    nobody, several, or a user without a number.
    """
    own = asker.find_telephone()
    users = [user for user in list_exposed(asker, ObjectKind.USER) if user.target.hub is own.hub]
    for fuzzy in (False, True):
        found = match_name(users, name, fuzzy=fuzzy)
        if found:
            return _to_destination(require_one(found))
        contacts = await list_contacts(asker, own.hub, name, fuzzy=fuzzy)
        if contacts:
            return _choose_contact(own.hub, contacts)
    raise RequestFailed("nobody_found", name=name)


def _to_destination(user: NamedObject) -> Destination:
    if user.number is None:
        raise RequestFailed("no_number", name=user.name)
    return Destination(number=user.number, name=user.name)


def _choose_contact(hub: PbxHub, contacts: Sequence[Destination]) -> Destination:
    """Return the only one of some contacts; raises RequestFailed with the question where there are more."""
    if len({contact.number for contact in contacts}) > 1:
        shown = (_list_shown(hub, contact) for contact in contacts)
        raise which_one(list(dict.fromkeys(shown)))
    return contacts[0]


def _list_shown(hub: PbxHub, contact: Destination) -> tuple[str, str | None]:
    """Return the name and the number of a contact as they may be said."""
    number = contact.number
    return str(contact.name), number if mask_for_states(hub.options, number, "number") == number else None


async def is_contact(asker: Asker, name: str, *, fuzzy: bool = False) -> bool:
    """Return whether a name is in an address book of the PBX of the asker."""
    try:
        return bool(await list_contacts(asker, asker.find_telephone().hub, name, fuzzy=fuzzy))
    except RequestFailed:
        return False


async def list_contacts(asker: Asker, hub: PbxHub, name: str, *, fuzzy: bool = False) -> list[Destination]:
    """Return whom a name means in the address book of the options and in that of the PBX itself.

    The book from which names are to come first is asked first, and the other one where nobody is there.
    """
    ask_pbx = (NameSource.PBX, _list_pbx_contacts)
    ask_book = (NameSource.ADDRESS_BOOK, list_book_contacts)
    order = [*hub.options.name_sources, *NameSource]
    for _, ask in sorted((ask_pbx, ask_book), key=lambda one: order.index(one[0])):
        contacts = await ask(asker, hub, name, fuzzy=fuzzy)
        if contacts:
            return contacts
    return []


async def list_book_contacts(
    asker: Asker, hub: PbxHub, name: str, *, fuzzy: bool = False
) -> list[Destination]:
    """Return whom a name means in the address book of the options, with the number to call first."""
    book = hub.address_book.contacts
    if not book:
        return []
    found = await asker.hass.async_add_executor_job(partial(match_name, book, name, fuzzy=fuzzy))
    numbers = ((contact.name, to_dialable(contact.numbers[0])) for contact in found)
    return [Destination(number=number, name=known_as) for known_as, number in numbers if number]


async def _list_pbx_contacts(asker: Asker, hub: PbxHub, name: str, *, fuzzy: bool) -> list[Destination]:
    """Return the contacts that have all the words of a name in theirs; a PBX finds parts of words too."""
    if fuzzy or not hub.can(Capability.FIND_CONTACTS):
        return []
    wanted = set(split_words(name))
    contacts = await find_contacts(asker, hub, name)
    return [
        Destination(number=contact["number"], name=contact["name"])
        for contact in contacts
        if wanted <= set(split_words(contact["name"]))
    ]


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
