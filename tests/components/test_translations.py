"""The texts of every language, as Home Assistant hands them out."""

from collections.abc import Iterable
import json
from pathlib import Path

from homeassistant.const import ATTR_FRIENDLY_NAME
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.translation import async_get_translations, recursive_flatten
import pytest

from custom_components import pbx
from custom_components.pbx.config.login_forms import LOGIN_FORMS
from custom_components.pbx.const import DOMAIN
from custom_components.pbx.protocols.asterisk.directory import TIME_OPTIONS
from custom_components.pbx.protocols.ipcortex.decode_rest import OPTIONS as NIGHT_OPTIONS
from custom_components.pbx.protocols.model import User
from custom_components.pbx.protocols.registry import SYSTEMS

from .memory_entry import memory_entry, set_up

FOLDER = Path(pbx.__file__).parent / "translations"
ENGLISH = "en"
LANGUAGES = sorted(path.stem for path in FOLDER.glob("*.json"))
# One text of each category that is another in every language.
EXAMPLES = {
    "common": "log_missed_call",
    "conditions": "is_on_call.description",
    "config": "error.cannot_connect",
    "device_automation": "trigger_type.call_missed",
    "entity": "sensor.missed_calls.name",
    "exceptions": "not_connected.message",
    "issues": "unencrypted.title",
    "options": "step.init.sections.dialing.data.emergency",
    "selector": "presence_activity.options.away",
    "services": "dial.description",
    "system_health": "info.connected_since",
    "triggers": "call_missed.name",
}
MISSED_CALLS = "entity.sensor.missed_calls.name"


def texts(language: str) -> dict[str, str]:
    """Return the texts that the file of a language has."""
    return recursive_flatten("", json.loads((FOLDER / f"{language}.json").read_text()))


async def shown(hass: HomeAssistant, language: str, category: str) -> dict[str, str]:
    """Return what Home Assistant hands out of a category."""
    found = await async_get_translations(hass, language, category, {DOMAIN})
    return {key.removeprefix(f"component.{DOMAIN}."): text for key, text in found.items()}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("category", EXAMPLES)
async def test_hands_out_the_texts_of_a_language(
    hass: HomeAssistant, language: str, category: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Test that every text of a category is that of the language, and none is thrown away."""
    own = {key: text for key, text in texts(language).items() if key.startswith(f"{category}.")}
    assert await shown(hass, language, category) == own
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != ENGLISH])
@pytest.mark.parametrize(("category", "example"), EXAMPLES.items())
async def test_is_translated(hass: HomeAssistant, language: str, category: str, example: str) -> None:
    """Test that what a person reads in a category is not English."""
    key = f"{category}.{example}"
    assert (await shown(hass, language, category))[key] != (await shown(hass, ENGLISH, category))[key]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("options", [TIME_OPTIONS, NIGHT_OPTIONS], ids=["Asterisk", "IPCortex"])
def test_values_of_switches_have_words(language: str, options: Iterable[str]) -> None:
    """Test that no routing switch offers words of the protocol, on its page or on a dashboard."""
    entity = texts(language)
    cards = json.loads((FOLDER.parents[2] / "frontend" / "src" / "texts" / f"{language}.json").read_text())
    for option in options:
        assert entity[f"entity.select.routing_switch.state.{option}"]
        assert cards[f"switches.{option}"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_choice_is_explained(language: str) -> None:
    """Test that each choice of a menu says in a line for whom or what it is."""
    steps = json.loads((FOLDER / f"{language}.json").read_text())["config"]["step"]
    menus = {name: step for name, step in steps.items() if "menu_options" in step}
    assert set(SYSTEMS) == set(menus["user"]["menu_options"])
    for name, step in menus.items():
        assert step["menu_option_descriptions"].keys() == step["menu_options"].keys(), name


@pytest.mark.parametrize("language", LANGUAGES)
def test_reconfiguring_speaks_of_no_make(language: str) -> None:
    """Test that a form that all makes share has words that are true of all, as that for a new login has."""
    steps = json.loads((FOLDER / f"{language}.json").read_text())["config"]["step"]
    shared = steps["reauth_confirm"]["data_description"]
    described = steps["reconfigure"]["data_description"]
    assert {name: described[name] for name in shared} == shared
    # Where a person first entered something, it has the same label.
    labels = steps["reconfigure"]["data"]
    for name in LOGIN_FORMS:
        assert steps[name]["data"].items() <= labels.items(), name
    connection = steps["reconfigure"]["sections"]["connection"]
    assert not any(port in connection["data_description"]["port"] for port in ("443", "5039"))


@pytest.mark.parametrize("language", LANGUAGES)
async def test_names_entities_in_the_language(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    """Test that an entity has its name in the language of Home Assistant."""
    hass.config.language = language
    entry, _ = memory_entry(hass, monkeypatch, [User(id="1", name="Anna", number="201")])
    await set_up(hass, entry)
    names = {state.attributes.get(ATTR_FRIENDLY_NAME) for state in hass.states.async_all("sensor")}
    assert f"Anna {texts(language)[MISSED_CALLS]}" in names


@pytest.mark.parametrize("language", LANGUAGES)
def test_is_written_as_json_is_written_here(language: str) -> None:
    """Test that a file of texts is indented and ended like the others, so that changes are easy to read."""
    text = (FOLDER / f"{language}.json").read_text()
    assert text == json.dumps(json.loads(text), indent=2, ensure_ascii=False) + "\n"


@pytest.mark.parametrize("language", LANGUAGES)
async def test_names_kinds_in_the_language(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    """Test that what an action can be aimed at is named in the language, not in words of the code."""
    hass.config.language = language
    entry, _ = memory_entry(hass, monkeypatch, [User(id="1", name="Anna", number="201")])
    await set_up(hass, entry)
    with pytest.raises(ServiceValidationError) as error:
        await hass.services.async_call(DOMAIN, "hot_desk_logout", {}, blocking=True)
    named = texts(language)["selector.kinds.options.user"]
    assert error.value.translation_placeholders == {"kinds": named}
