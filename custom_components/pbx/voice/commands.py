"""Do what was asked for in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from homeassistant.exceptions import HomeAssistantError

from ..const import DOMAIN
from ..describe import format_name
from ..hub.hub import PbxHub
from ..protocols.enums import Capability, DialOutcome, ObjectKind
from ..targets import Target
from .directory import Asker, find, find_one, listings
from .language import Unable


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """Whom to call; a number that was said has no name."""

    number: str
    name: str | None = None


async def act(
    asker: Asker, action: str, data: Mapping[str, Any], *, response: bool = False
) -> dict[str, Any]:
    """Run an action of ours as the one who asks, so that all its rules apply."""
    try:
        answer = await asker.hass.services.async_call(
            DOMAIN, action, dict(data), blocking=True, context=asker.context, return_response=response
        )
    except HomeAssistantError as err:
        raise Unable(err.translation_key or "failed", str(err)) from err
    return dict(answer) if answer is not None else {}


async def dial(asker: Asker, to: Destination) -> DialOutcome:
    """Call somebody from the telephone of the one who asks."""
    data = {**_aimed_at(asker.telephone()), "number": to.number}
    answer = await act(asker, "dial", data, response=True)
    return DialOutcome(answer["result"])


async def hang_up(asker: Asker) -> None:
    """End the calls of the one who asks."""
    own = asker.telephone()
    if not own.hub.placed_calls.get_call_ids(own.key):
        raise Unable("no_call_to_act_on")
    await act(asker, "hangup", _aimed_at(own))


async def forward(asker: Asker, to: Destination | None) -> None:
    """Forward all calls of the one who asks, or none any more."""
    number = {"number": to.number} if to is not None else {}
    await act(asker, "set_forward", {**_aimed_at(asker.user()), **number})


async def set_do_not_disturb(asker: Asker, *, on: bool, until: datetime | None = None) -> None:
    """Let the one who asks have quiet, until a time or for good, or no longer."""
    end = {"until": until.isoformat()} if until is not None else {}
    data = {**_aimed_at(asker.user()), "on": on, **end}
    await act(asker, "set_do_not_disturb", data)


async def set_presence(asker: Asker, activity: str, note: str | None) -> None:
    """Say of the one who asks what they do, and perhaps a few words."""
    words = {"note": note} if note is not None else {}
    data = {**_aimed_at(asker.user()), "activity": activity, **words}
    await act(asker, "set_presence", data)


def _aimed_at(target: Target) -> dict[str, str]:
    """Return the target of an action; who asks and is not imported is found by who acts."""
    device_id = target.hub.devices.get_device_id(target.key)
    return {"device_id": device_id} if device_id is not None else {}


async def destination(asker: Asker, name: str) -> Destination:
    """Return whom a name means: a user of the own PBX, else an entry of its address book."""
    own = asker.telephone()
    users = [listing for listing in listings(asker, ObjectKind.USER) if listing.target.hub is own.hub]
    if not find(users, name) and own.hub.can(Capability.FIND_CONTACTS):
        return await _contact(asker, own, name)
    user = find_one(users, name, "nobody_found")
    if user.number is None:
        raise Unable("no_number", name=user.name)
    return Destination(number=user.number, name=user.name)


async def _contact(asker: Asker, own: Target, name: str) -> Destination:
    found = {entry["number"]: entry["name"] for entry in await address_book(asker, own.hub, name)}
    if not found:
        raise Unable("nobody_found", name=name)
    if len(found) > 1:
        every = sorted(format_name(known_as, number) for number, known_as in found.items())
        raise Unable("which_one", names=", ".join(every))
    [(number, known_as)] = found.items()
    return Destination(number=number, name=known_as)


async def address_book(asker: Asker, hub: PbxHub, words: str) -> list[dict[str, Any]]:
    """Return the entries of the address book of a PBX that have a number."""
    data = {"config_entry_id": hub.entry.entry_id, "words": words}
    answer = await act(asker, "find_contacts", data, response=True)
    return [entry for entry in answer["contacts"] if entry["number"]]
