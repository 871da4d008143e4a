"""Do what was asked for in words, by the actions of the integration, so that all their rules apply."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from homeassistant.exceptions import HomeAssistantError, Unauthorized

from ..const import DOMAIN
from ..hub.hub import PbxHub
from ..protocols.enums import Capability, DialOutcome, ObjectKind
from ..targets import Target
from .language import RequestFailed
from .matching import match_name, match_one, split_words, which_one
from .names import Asker, list_exposed


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
    """Return what a name means: a user of the PBX of the asker, else an entry of its address book.

    Raises RequestFailed where it means nobody, several, or a user without a number.
    """
    own = asker.find_telephone()
    users = [user for user in list_exposed(asker, ObjectKind.USER) if user.target.hub is own.hub]
    if not match_name(users, name) and own.hub.can(Capability.FIND_CONTACTS):
        return await _find_contact(asker, own, name)
    user = match_one(users, name, "nobody_found")
    if user.number is None:
        raise RequestFailed("no_number", name=user.name)
    return Destination(number=user.number, name=user.name)


async def _find_contact(asker: Asker, own: Target, name: str) -> Destination:
    contacts = await _list_contacts(asker, own.hub, name)
    names = {contact["number"]: contact["name"] for contact in contacts}
    if not names:
        raise RequestFailed("nobody_found", name=name)
    if len(names) > 1:
        raise which_one([(known_as, number) for number, known_as in names.items()])
    [(number, known_as)] = names.items()
    return Destination(number=number, name=known_as)


async def is_contact(asker: Asker, name: str) -> bool:
    """Return whether a name is in the address book of the PBX of the asker."""
    try:
        own = asker.find_telephone()
        return own.hub.can(Capability.FIND_CONTACTS) and bool(await _list_contacts(asker, own.hub, name))
    except RequestFailed:
        return False


async def _list_contacts(asker: Asker, hub: PbxHub, name: str) -> list[dict[str, Any]]:
    """Return the contacts that have all the words of a name in theirs; a PBX finds parts of words too."""
    wanted = set(split_words(name))
    contacts = await find_contacts(asker, hub, name)
    return [contact for contact in contacts if wanted <= set(split_words(contact["name"]))]


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
