"""Whether a test fails in which the integration holds up the event loop."""

from homeassistant.core import HomeAssistant

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


def test_without_a_loop(blockings: Blockings) -> None:
    """Where no loop runs there is none to hold up."""
    read_files()
    assert not blockings.found
