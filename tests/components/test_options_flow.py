"""The form of the options, and what an entry keeps of it."""

from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pbx.const import CONF_SYSTEM, DOMAIN
from custom_components.pbx.hub.options import PbxOptions
from custom_components.pbx.protocols.changes import Upsert
from custom_components.pbx.protocols.model import Phone, User
from custom_components.pbx.protocols.registry import SYSTEMS
from tests.waiting import until

from .memory_entry import memory_entry, set_up

OBJECTS = (
    User(id="1", name="Anna", number="201"),
    User(id="2", name="202", number="202"),
    Phone(id="1", name="Desk Anna"),
)


async def choose(
    hass: HomeAssistant, entry: MockConfigEntry, **chosen: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Fill in the form, leaving alone what is not named, and return what comes of it."""
    shown = await hass.config_entries.options.async_init(entry.entry_id)
    filled = filled_in(shown)
    for section, fields in chosen.items():
        filled[section.rstrip("_")] |= fields
    result = await hass.config_entries.options.async_configure(shown["flow_id"], filled)
    await hass.async_block_till_done()
    return result


def filled_in(shown: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return what a browser sends when nobody changes anything: suggestions, else defaults."""
    sections = shown["data_schema"].schema.items()
    return {str(name): _fields(part.schema.schema) for name, part in sections}


def _fields(markers: Any) -> dict[str, Any]:
    values = {str(marker): _value(marker) for marker in markers}
    return {name: value for name, value in values.items() if value is not None}


def _value(marker: Any) -> Any:
    if marker.description:
        return marker.description["suggested_value"]
    return marker.default() if callable(marker.default) else None


def offered(shown: Mapping[str, Any], section: str, field: str) -> dict[str, str]:
    """Return what a field offers to choose from."""
    selector = shown["data_schema"].schema[section].schema.schema[field]
    return {option["value"]: option["label"] for option in selector.config["options"]}


async def test_defaults(hass: HomeAssistant, loaded: MockConfigEntry) -> None:
    """Submitting the form as it is keeps the defaults, flat, and starts the entry anew."""
    before = loaded.runtime_data
    result = await choose(hass, loaded)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert loaded.options["selection"] == "all"
    assert loaded.options["settings_interval"] == 60
    assert not any(isinstance(value, dict) for value in loaded.options.values())
    assert loaded.state is ConfigEntryState.LOADED
    assert loaded.runtime_data is not before
    assert loaded.runtime_data.options == PbxOptions()


async def test_old_options(hass: HomeAssistant, loaded: MockConfigEntry) -> None:
    """What an earlier release kept stays as it is until somebody changes it."""
    old = {"settings_interval": 30, "queue_interval": 10, "raw_events": True}
    hass.config_entries.async_update_entry(loaded, options=old)
    result = await choose(hass, loaded, updates={"queue_interval": 20.0})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    kept = {name: loaded.options[name] for name in old}
    assert kept == {"settings_interval": 30, "queue_interval": 20, "raw_events": True}
    assert isinstance(loaded.options["queue_interval"], int)


@pytest.mark.parametrize("system", SYSTEMS)
async def test_settings_of_a_system(hass: HomeAssistant, system: str) -> None:
    """Each system offers its own settings, every one with a default that its session takes."""
    entry = MockConfigEntry(domain=DOMAIN, data={CONF_SYSTEM: system})
    entry.add_to_hass(hass)
    await choose(hass, entry)
    settings = {setting.name: setting.default for setting in SYSTEMS[system].get_settings()}
    assert settings
    assert {name: entry.options.get(name) for name in settings} == settings


async def test_choosing(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is on the PBX is offered by name, and what is chosen is remembered with what there was."""
    entry, _ = memory_entry(hass, monkeypatch, OBJECTS)
    await set_up(hass, entry)
    shown = await hass.config_entries.options.async_init(entry.entry_id)
    assert offered(shown, "import", "chosen_users") == {"1": "Anna (201)", "2": "202"}
    assert offered(shown, "doors", "door_phones") == {"1": "Desk Anna"}
    await choose(hass, entry, import_={"selection": "chosen", "chosen_users": ["2"]})
    assert entry.options["chosen_users"] == ["2"]
    assert entry.options["known_users"] == ["1", "2"]
    assert entry.options["known_phones"] == ["1"]


async def test_new_ones_stay_chosen(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> None:
    """A user who was imported for being new is ticked when the form is opened again."""
    entry, session = memory_entry(hass, monkeypatch, OBJECTS)
    await set_up(hass, entry)
    await choose(hass, entry, import_={"selection": "chosen", "chosen_users": ["1"], "import_new": True})
    session.report(Upsert(User(id="3", name="Chloé")))
    await until(lambda: hass.states.get("sensor.memory_pbx_chloe_status"))
    session.objects[User(id="3", name="").key] = User(id="3", name="Chloé")
    await choose(hass, entry)
    assert entry.options["chosen_users"] == ["1", "3"]
    assert entry.options["known_users"] == ["1", "2", "3"]
    assert hass.states.get("sensor.memory_pbx_chloe_status")


async def test_choosing_without_a_connection(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the entry is not loaded, what was chosen before is still there to be kept."""
    options = {
        "selection": "chosen",
        "chosen_users": ["1"],
        "known_users": ["1", "2"],
        "people": [{"person": "person.anna", "user": "1"}],
    }
    entry, _ = memory_entry(hass, monkeypatch, OBJECTS, options)
    shown = await hass.config_entries.options.async_init(entry.entry_id)
    assert offered(shown, "import", "chosen_users") == {"1": "1"}
    result = await choose(hass, entry)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert {name: entry.options[name] for name in options} == options


@pytest.mark.parametrize(
    ("section", "fields", "error"),
    [
        ("import", {"selection": "pattern", "pattern": " , "}, "pattern_missing"),
        ("import", {"selection": "pattern", "pattern": "3*, Bob"}, "pattern_fits_nothing"),
        (
            "people",
            {
                "people": [
                    {"person": "person.anna", "user": "1"},
                    {"person": "person.anna", "user": "2"},
                ]
            },
            "person_twice",
        ),
        ("dialing", {"dial_allowed": ["call me"]}, "bad_number_pattern"),
        ("dialing", {"area_code": "Berlin"}, "bad_area_code"),
    ],
)
async def test_what_cannot_be(
    hass: HomeAssistant,
    monkeypatch: pytest.MonkeyPatch,
    section: str,
    fields: dict[str, Any],
    error: str,
) -> None:
    """An input that makes no sense is named in its section, which is open then; nothing is changed."""
    entry, _ = memory_entry(hass, monkeypatch, OBJECTS)
    await set_up(hass, entry)
    shown = await hass.config_entries.options.async_init(entry.entry_id)
    good = filled_in(shown)
    bad = {**good, section: good[section] | fields}
    again = await hass.config_entries.options.async_configure(shown["flow_id"], bad)
    assert again["type"] is FlowResultType.FORM
    assert again["errors"] == {section: error}
    opened = {
        str(name) for name, part in again["data_schema"].schema.items() if not part.options["collapsed"]
    }
    assert opened == {section}
    assert filled_in(again) == bad
    assert entry.options == {}
    done = await hass.config_entries.options.async_configure(shown["flow_id"], good)
    assert done["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()


async def test_what_a_form_does_not_offer(hass: HomeAssistant, loaded: MockConfigEntry) -> None:
    """A value that no field would let through is refused."""
    shown = await hass.config_entries.options.async_init(loaded.entry_id)
    bad = filled_in(shown) | {"calls": {"ring_filter": 11}}
    with pytest.raises(InvalidData):
        await hass.config_entries.options.async_configure(shown["flow_id"], bad)
    assert loaded.options == {}


@pytest.mark.parametrize(
    ("chosen", "error"),
    [
        ({"vcard_folder": "/etc"}, "bad_vcard_folder"),
        ({"vcard_folder": "contacts/../.."}, "bad_vcard_folder"),
        ({"carddav_url": "cloud.example.org"}, "bad_carddav_url"),
        ({"carddav_url": "ftp://example.org"}, "bad_carddav_url"),
        ({"carddav_url": "http://[/"}, "bad_carddav_url"),
        ({"carddav_url": "https://anna:secret@example.org"}, "bad_carddav_url"),
        ({"carddav_fingerprint": "AB:CD"}, "bad_carddav_fingerprint"),
    ],
)
async def test_address_book(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch, chosen: dict[str, str], error: str
) -> None:
    """A folder outside of the configuration folder and what is no address are refused."""
    entry, _ = memory_entry(hass, monkeypatch, OBJECTS)
    result = await choose(hass, entry, address_book=chosen)
    assert result["errors"] == {"address_book": error}
    good = {"vcard_folder": "contacts", "carddav_url": "http://127.0.0.1:1/dav/"}
    result = await choose(hass, entry, address_book=good)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert entry.options["name_sources"] == ["address_book", "pbx_book", "pbx", "person"]
