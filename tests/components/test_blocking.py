"""Whether a test fails in which the integration holds up the event loop."""

import asyncio
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest

from custom_components.pbx.hub.lazy_module import LazyModule, async_load
from custom_components.pbx.voice.language import load_languages

from .conftest import Blockings

read_files = load_languages.__wrapped__


async def test_files_read_in_the_loop(hass: HomeAssistant, blockings: Blockings) -> None:
    """What is read in the event loop is found, and not what is read beside it."""
    await hass.async_add_executor_job(read_files)
    assert not blockings.found
    read_files()
    assert any("language.py" in found for found in blockings.found)
    blockings.found.clear()


async def test_modules_used_before_they_are_loaded(hass: HomeAssistant, blockings: Blockings) -> None:
    """Who forgets to load a module is found, also where another test or module has imported it already."""
    module: Any = LazyModule("colorsys")
    await hass.async_add_executor_job(lambda: module.rgb_to_hls)
    other: Any = LazyModule("calendar")
    await async_load(hass, other)
    assert (module.ONE_SIXTH, other.JANUARY) == (1 / 6, 1)
    assert not blockings.found
    assert LazyModule("quopri").HEX == b"0123456789ABCDEF"
    assert blockings.found == ["Module quopri is used in the event loop and was not loaded before"]
    blockings.found.clear()


async def test_files_of_another_release(hass: HomeAssistant) -> None:
    """Where an update has replaced the files, who needs one that does not fit is told to restart."""
    with pytest.raises(HomeAssistantError) as error:
        await async_load(hass, LazyModule("custom_components.pbx.hub.of_a_later_release"))
    assert error.value.translation_key == "restart_needed"


async def test_two_first_uses_at_once(hass: HomeAssistant) -> None:
    """Two that need the same module at the same time both get it."""
    module: Any = LazyModule("zipapp")
    await asyncio.gather(async_load(hass, module), async_load(hass, module))
    assert module.ZipAppError


def test_without_a_loop(blockings: Blockings) -> None:
    """Where no loop runs there is none to hold up."""
    read_files()
    assert not blockings.found
