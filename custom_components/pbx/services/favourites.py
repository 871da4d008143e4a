"""Read and change the favourites of whoever logs in."""

from dataclasses import replace

from homeassistant.core import ServiceCall, ServiceResponse, SupportsResponse
from homeassistant.helpers import config_validation as cv
import voluptuous as vol

from ..errors import invalid
from ..protocols.commands import PbxCommands
from ..protocols.model import Favourite
from .common import ATTR_NUMBER, ENTRY, Action, pbx_of_entry, plain

ATTR_FAVOURITE_ID = "favourite_id"
ATTR_NAME = "name"

_NAME = vol.All(cv.string, vol.Length(min=1))


async def _get_favourites(call: ServiceCall) -> ServiceResponse:
    found = await _commands(call).favourites()
    return {"favourites": [plain(favourite) for favourite in found]}


async def _add_favourite(call: ServiceCall) -> None:
    favourite = Favourite(name=call.data[ATTR_NAME], number=call.data[ATTR_NUMBER])
    await _commands(call).add_favourite(favourite)


async def _update_favourite(call: ServiceCall) -> None:
    changed = {field: call.data[field] for field in (ATTR_NAME, ATTR_NUMBER) if field in call.data}
    await _commands(call).update_favourite(replace(await _favourite(call), **changed))


async def _remove_favourite(call: ServiceCall) -> None:
    await _commands(call).remove_favourite(await _favourite(call))


async def _add_favourite_list(call: ServiceCall) -> None:
    await _commands(call).add_favourite_list(call.data[ATTR_NAME])


async def _rename_favourite_list(call: ServiceCall) -> None:
    await _commands(call).rename_favourite_list(call.data[ATTR_NAME])


async def _remove_favourite_list(call: ServiceCall) -> None:
    await _commands(call).remove_favourite_list()


def _commands(call: ServiceCall) -> PbxCommands:
    return pbx_of_entry(call).commands


async def _favourite(call: ServiceCall) -> Favourite:
    """Return the favourite that is named, as it is now."""
    for known in await _commands(call).favourites():
        if known.id == call.data[ATTR_FAVOURITE_ID]:
            return known
    raise invalid("no_such_favourite")


_ID = {vol.Required(ATTR_FAVOURITE_ID): cv.string}

ACTIONS = {
    "get_favourites": Action(run=_get_favourites, fields=ENTRY, target=False, response=SupportsResponse.ONLY),
    "add_favourite": Action(
        run=_add_favourite,
        fields={**ENTRY, vol.Required(ATTR_NAME): _NAME, vol.Required(ATTR_NUMBER): cv.string},
        target=False,
    ),
    "update_favourite": Action(
        run=_update_favourite,
        fields={**ENTRY, **_ID, vol.Optional(ATTR_NAME): _NAME, vol.Optional(ATTR_NUMBER): cv.string},
        needs=(ATTR_NAME, ATTR_NUMBER),
        target=False,
    ),
    "remove_favourite": Action(run=_remove_favourite, fields={**ENTRY, **_ID}, target=False),
    "add_favourite_list": Action(
        run=_add_favourite_list, fields={**ENTRY, vol.Required(ATTR_NAME): _NAME}, target=False
    ),
    "rename_favourite_list": Action(
        run=_rename_favourite_list, fields={**ENTRY, vol.Required(ATTR_NAME): _NAME}, target=False
    ),
    "remove_favourite_list": Action(run=_remove_favourite_list, fields=ENTRY, target=False),
}
