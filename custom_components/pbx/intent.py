"""The intents for assistants, and the sentences that lead to them."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers import intent
from homeassistant.helpers.importlib import async_import_module
from homeassistant.setup import async_when_setup

from .voice.intents import INTENTS, PbxIntent
from .voice.language import load_languages


async def async_setup_intents(hass: HomeAssistant) -> None:
    """Register the intents, and listen for their sentences once there is an assistant."""
    languages = await hass.async_add_executor_job(load_languages)
    for name, description in INTENTS.items():
        intent.async_register(hass, PbxIntent(name, description, languages))

    async def listen(hass: HomeAssistant, component: str) -> None:
        # It imports hassil, which is installed together with the assistant.
        sentences = await async_import_module(hass, f"{__package__}.voice.sentences")
        await sentences.async_listen(hass, languages)

    async_when_setup(hass, "conversation", listen)
