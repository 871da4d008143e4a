"""An assistant that may know of the simulated PBX."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from functools import cache

from hassil import intents
from homeassistant.components import conversation
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from tests.simulators.axeos import AxeosSimulator

ASSISTANT = "conversation"
NAME = "pbx_example_org"
EXPOSED = (
    f"sensor.{NAME}_anna_de_vries_status",
    f"sensor.{NAME}_bjorn_akesson_status",
    f"sensor.{NAME}_sales_calls_waiting",
    f"sensor.{NAME}_mailbox_202_new_messages",
)

type Say = Callable[..., Awaitable[str]]


@pytest.fixture(scope="session", autouse=True)
def _parse_once() -> Iterator[None]:
    """Parse each sentence once for all tests, not once in each: it takes most of their time.

    Each gets one of its own all the same, since hassil keeps in it what the rules of a language make of it.
    """
    parse = cache(intents.parse_sentence)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(intents, "parse_sentence", lambda *args, **options: replace(parse(*args, **options)))
        yield


@pytest.fixture
def entry(hass: HomeAssistant, entry: MockConfigEntry, pbx: AxeosSimulator) -> MockConfigEntry:
    """Let Anna be a person of Home Assistant."""
    people = [{"person": "person.anna", "user": pbx.world.user("anna").uuid}]
    hass.config_entries.async_update_entry(entry, options={"people": people})
    return entry


@pytest.fixture
async def assistant(hass: HomeAssistant) -> None:
    """Set up the assistant of Home Assistant itself."""
    await hass.config.async_set_time_zone("Europe/Amsterdam")
    assert await async_setup_component(hass, "homeassistant", {})
    assert await async_setup_component(hass, "conversation", {})


@pytest.fixture
async def anna(hass: HomeAssistant) -> MockUser:
    """Return Anna, who is a person with a login."""
    user = MockUser(name="Anna").add_to_hass(hass)
    user.mock_policy({"entities": True})
    hass.states.async_set("person.anna", "home", {"user_id": user.id, "friendly_name": "Anneke"})
    return user


@pytest.fixture
async def office(hass: HomeAssistant, assistant: None, pbx: AxeosSimulator, loaded: MockConfigEntry) -> None:
    """Set up the PBX, and let the assistant know of some of it."""
    pbx.engine.ring_time = 0
    await hass.async_block_till_done()
    for entity_id in EXPOSED:
        async_expose_entity(hass, ASSISTANT, entity_id, should_expose=True)
    # This PBX tells no extensions, so people name them as aliases.
    for name, number in (("anna_de_vries", "201"), ("bjorn_akesson", "202")):
        er.async_get(hass).async_update_entity(f"sensor.{NAME}_{name}_status", aliases=[number])
    for state in hass.states.async_all("switch"):
        async_expose_entity(hass, ASSISTANT, state.entity_id, should_expose=False)


@pytest.fixture
def say(hass: HomeAssistant, office: None, anna: MockUser) -> Say:
    """Return a way for Anna to say something, and to hear the answer."""

    async def say(
        text: str, language: str = "en", *, user: MockUser | None = anna, device: str | None = None
    ) -> str:
        context = Context(user_id=user.id if user is not None else None)
        result = await conversation.async_converse(
            hass, text, None, context, language=language, device_id=device
        )
        speech: str = result.response.speech["plain"]["speech"]
        return speech

    return say
