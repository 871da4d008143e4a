"""The intents for assistants, and the sentences that lead to them."""

from typing import TYPE_CHECKING

from homeassistant.core import HomeAssistant
from homeassistant.helpers import intent
from homeassistant.setup import async_when_setup

from .hub.lazy_module import LazyModule, async_load

if TYPE_CHECKING:
    from .voice import intents, language, sentences
else:
    # Without an assistant nobody says anything; the sentences import hassil, which comes with one.
    intents = LazyModule(f"{__package__}.voice.intents")
    language = LazyModule(f"{__package__}.voice.language")
    sentences = LazyModule(f"{__package__}.voice.sentences")


async def async_setup_intents(hass: HomeAssistant) -> None:
    """Register the intents, and listen for their sentences once there is an assistant."""
    await async_load(hass, intents, language)
    languages = await hass.async_add_executor_job(language.load_languages)
    for name, description in intents.INTENTS.items():
        intent.async_register(hass, intents.PbxIntent(name, description, languages))

    async def listen(hass: HomeAssistant, component: str) -> None:
        await async_load(hass, sentences)
        await sentences.async_listen(hass, languages)

    async_when_setup(hass, "conversation", listen)
