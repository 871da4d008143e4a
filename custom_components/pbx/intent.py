"""What people can say to an assistant about their telephones."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers import intent
from homeassistant.helpers.importlib import async_import_module
from homeassistant.setup import async_when_setup

from .voice.intents import REQUESTS, PbxIntent
from .voice.language import load_languages


async def async_setup_intents(hass: HomeAssistant) -> None:
    """Register the intents, and listen for their sentences once there is an assistant that hears any."""
    languages = await hass.async_add_executor_job(load_languages)
    for name, request in REQUESTS.items():
        intent.async_register(hass, PbxIntent(name, request, languages))

    async def listen(hass: HomeAssistant, component: str) -> None:
        # What this needs to understand sentences is installed together with the assistant.
        listener = await async_import_module(hass, f"{__package__}.voice.sentences")
        await listener.async_listen(hass, languages)

    async_when_setup(hass, "conversation", listen)
