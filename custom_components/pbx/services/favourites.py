"""Read and change the favourites of the login, and their list."""

from dataclasses import replace

from homeassistant.core import ServiceResponse

from ..errors import invalid
from ..protocols.commands import PbxCommands
from ..protocols.model import Favourite
from ..targets import ActionCall
from .common import get_allowed_number, get_hub_of_entry, to_response
from .fields import ATTR_FAVOURITE_ID, ATTR_NAME, ATTR_NUMBER


async def _get_favourites(call: ActionCall) -> ServiceResponse:
    favourites = await _get_commands(call).favourites()
    return {"favourites": [to_response(favourite) for favourite in favourites]}


async def _add_favourite(call: ActionCall) -> None:
    number = (await _get_allowed_numbers(call))[ATTR_NUMBER]
    favourite = Favourite(name=call.data[ATTR_NAME], number=number)
    await _get_commands(call).add_favourite(favourite)


async def _update_favourite(call: ActionCall) -> None:
    named = {ATTR_NAME: call.data[ATTR_NAME]} if ATTR_NAME in call.data else {}
    changed = {**named, **await _get_allowed_numbers(call)}
    await _get_commands(call).update_favourite(replace(await _find_favourite(call), **changed))


async def _get_allowed_numbers(call: ActionCall) -> dict[str, str]:
    """Return the number of a favourite, which a key of a phone may dial; raises where it is refused."""
    if ATTR_NUMBER not in call.data:
        return {}
    hub, number = get_hub_of_entry(call), call.data[ATTR_NUMBER]
    return {ATTR_NUMBER: await get_allowed_number(call, hub, number, counts=False)}


async def _remove_favourite(call: ActionCall) -> None:
    await _get_commands(call).remove_favourite(await _find_favourite(call))


async def _add_favourite_list(call: ActionCall) -> None:
    await _get_commands(call).add_favourite_list(call.data[ATTR_NAME])


async def _rename_favourite_list(call: ActionCall) -> None:
    await _get_commands(call).rename_favourite_list(call.data[ATTR_NAME])


async def _remove_favourite_list(call: ActionCall) -> None:
    await _get_commands(call).remove_favourite_list()


def _get_commands(call: ActionCall) -> PbxCommands:
    return get_hub_of_entry(call).commands


async def _find_favourite(call: ActionCall) -> Favourite:
    """Return the favourite in `favourite_id`; raises ServiceValidationError without one."""
    for known in await _get_commands(call).favourites():
        if known.id == call.data[ATTR_FAVOURITE_ID]:
            return known
    raise invalid("no_such_favourite")


# What runs each action.
RUN = {
    "get_favourites": _get_favourites,
    "add_favourite": _add_favourite,
    "update_favourite": _update_favourite,
    "remove_favourite": _remove_favourite,
    "add_favourite_list": _add_favourite_list,
    "rename_favourite_list": _rename_favourite_list,
    "remove_favourite_list": _remove_favourite_list,
}
