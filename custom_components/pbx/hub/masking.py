"""Mask telephone numbers where they would be kept, in states, history and the logbook, if the options say so.

What finds them is loaded for PBXs with that option only.
"""

from typing import TYPE_CHECKING, Any

from homeassistant.core import HomeAssistant

from .lazy_module import LazyModule, async_load
from .options import PbxOptions

if TYPE_CHECKING:
    from . import number_masks
else:
    number_masks = LazyModule(f"{__package__}.number_masks")


async def async_load_masks(hass: HomeAssistant, options: PbxOptions) -> None:
    """Load what masks numbers, before there are any."""
    if options.mask_numbers:
        await async_load(hass, number_masks)


def mask_for_states(options: PbxOptions, value: Any, field: str = "") -> Any:
    """Return a state or attributes, with all numbers masked where the options say so.

    `field` says what a single value is, such as `number` or `name`.
    """
    return number_masks.mask_member(field, value) if options.mask_numbers else value


def mask_raw_for_states(options: PbxOptions, value: Any) -> Any:
    """Return an event in the words of the PBX, or a text, masked where the options say so."""
    return number_masks.mask_raw(value) if options.mask_numbers else value
