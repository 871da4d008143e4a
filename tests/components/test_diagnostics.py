"""Diagnostics and the health of the system: what helps when something is wrong, and gives nobody away."""

from collections.abc import Iterator
from enum import Enum
import json
import re
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, get_system_health_info
from pytest_homeassistant_custom_component.components.diagnostics import (
    get_diagnostics_for_config_entry,
    get_diagnostics_for_device,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.pbx.config.report import Redactor, find_personal_words
from custom_components.pbx.const import DOMAIN
from tests.simulators.axeos import AxeosSimulator
from tests.waiting import until

from .systems import BEST, FORMS, SIMULATORS, add_entry

# Where the simulated worlds keep what nobody else is to see.
PRIVATE = frozenset({
    *("api_keys", "caller", "cn", "dn", "e164", "email", "extension", "first_name", "full_name"),
    *("guid", "h323", "hw", "last_name", "login", "mac", "mailbox", "name", "number", "password", "phone_id"),
    *("regs", "secret", "server_uuid", "uname", "username", "uuid"),
})  # fmt: skip
# Of a licence and a part of the PBX, which are no persons.
PUBLIC = frozenset({"port", "root"})


def devices_of(hass: HomeAssistant, entry_id: str) -> list[Any]:
    """Return all devices of an entry."""
    registry = dr.async_get(hass)
    return [
        *dr.async_entries_for_config_entry(registry, entry_id),
        *dr.async_child_entries_for_config_entry(registry, entry_id),
    ]


def private_words(value: Any, name: str = "", seen: set[int] | None = None) -> Iterator[str]:
    """Yield what is private in a simulated world."""
    seen = set() if seen is None else seen
    if isinstance(value, str) and not isinstance(value, Enum):
        if name in PRIVATE and len(value) > 2 and value.lower() not in PUBLIC:
            yield value
        return
    if id(value) in seen:
        return
    seen.add(id(value))
    if isinstance(value, list | tuple | set):
        for item in value:
            yield from private_words(item, name, seen)
    members = value if isinstance(value, dict) else getattr(value, "__dict__", {})
    slots = {slot: getattr(value, slot, None) for slot in getattr(type(value), "__slots__", ())}
    for member, item in {**members, **slots}.items():
        yield from private_words(item, str(member), seen)


def found_in(report: Any, words: set[str]) -> set[str]:
    """Return which words stand in a report, as words of their own."""
    text = json.dumps(report, ensure_ascii=False)
    return {word for word in words if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text, re.IGNORECASE)}


@pytest.mark.parametrize("system", BEST)
async def test_nobody_is_given_away(
    hass: HomeAssistant, system: str, hass_client: ClientSessionGenerator
) -> None:
    """Whatever the PBX, no report about it or its devices holds a name, a number or a secret."""
    async with SIMULATORS[system]() as simulator:
        entry = add_entry(hass, simulator, BEST[system])
        assert await hass.config_entries.async_setup(entry.entry_id)
        await until(lambda: len(entry.runtime_data.state.objects) > 3)
        words = {*private_words(simulator.world), *FORMS[BEST[system]].values(), simulator.host, entry.title}
        assert len(words) > 10
        report = await get_diagnostics_for_config_entry(hass, hass_client, entry)
        assert found_in(report, words) == set()
        assert report["connected"] is True
        assert report["objects"]
        for device in devices_of(hass, entry.entry_id):
            told = await get_diagnostics_for_device(hass, hass_client, entry, device)
            assert told["system"] == system
            assert found_in(told, words) == set()
        health = await health_of(hass)
        assert found_in(health, words) == set()
        assert await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.parametrize("system", BEST)
async def test_words_of_our_own_stay(
    hass: HomeAssistant, system: str, hass_client: ClientSessionGenerator
) -> None:
    """What a report says in words of the integration can be read where the PBX is named after its make."""
    async with SIMULATORS[system]() as simulator:
        entry = add_entry(hass, simulator, BEST[system], name=system, trust="off")
        hass.config_entries.async_update_entry(entry, title=system)
        assert await hass.config_entries.async_setup(entry.entry_id)
        report = await get_diagnostics_for_config_entry(hass, hass_client, entry)
        own = {name: report["entry"][name] for name in ("system", "login", "trust")}
        assert own == {"system": system, "login": BEST[system], "trust": "off"}
        assert all(name.startswith(f"{system}/") for name in report["assumptions"])
        session = report["session"]
        assert "REDACTED" not in session["transport"]
        if "script" in session:
            assert len(bytes.fromhex(session["script"]["sha256"])) == 32
        assert await hass.config_entries.async_unload(entry.entry_id)


async def test_entry_diagnostics(
    hass: HomeAssistant, pbx: AxeosSimulator, loaded: MockConfigEntry, hass_client: ClientSessionGenerator
) -> None:
    """They hold counters, and of unknown events the names and the shapes."""
    pbx.engine.incoming(number="+31201234567", name="Carla", extension="201")
    pbx.events.append("lunar_eclipse", darkness=7, seen_by="Carla", places={"201": ["+31201234567"]})
    pbx.events.append("201 of Anna de Vries", darkness=7)
    await until(lambda: loaded.runtime_data.raw_events.ignored == 2)
    data: dict[str, Any] = await get_diagnostics_for_config_entry(hass, hass_client, loaded)
    assert data["objects"] == {"pbx": 1, "phone": 5, "user": 4, "mailbox": 2, "switch": 3, "queue": 1}
    assert data["session"]["unknown_event_types"] == {"lunar_eclipse": 1, "**REDACTED** of **REDACTED**": 1}
    assert data["events"]["ignored"] == 2
    unknown, named = data["events"]["unknown"]
    assert named["topic"] == "**REDACTED** of **REDACTED**"
    assert unknown["topic"] == "lunar_eclipse"
    assert unknown["shape"]["darkness"] == "int"
    assert unknown["shape"]["seen_by"] == "text"
    assert unknown["shape"]["places"] == {"...": ["text"]}
    assert found_in(data, {"+31201234567", "Carla", "201", "Anna"}) == set()


async def test_options_are_counted(
    hass: HomeAssistant, pbx: AxeosSimulator, entry: MockConfigEntry, hass_client: ClientSessionGenerator
) -> None:
    """Of a list of users, phones or numbers only the length is told."""
    options = {"raw_events": True, "dial_allowed": ["+31*", "0800*"]}
    hass.config_entries.async_update_entry(entry, options=options)
    assert await hass.config_entries.async_setup(entry.entry_id)
    data: dict[str, Any] = await get_diagnostics_for_config_entry(hass, hass_client, entry)
    assert data["options"] == {"raw_events": True, "dial_allowed": 2}


@pytest.mark.parametrize("kind", ["pbx", "phone", "user", "mailbox", "queue"])
async def test_device_diagnostics(
    hass: HomeAssistant, loaded: MockConfigEntry, hass_client: ClientSessionGenerator, kind: str
) -> None:
    """They say what kind of thing a device is and what it does."""
    key_of = loaded.runtime_data.devices.get_key
    device = next(d for d in devices_of(hass, loaded.entry_id) if key_of(d.identifiers).kind == kind)
    data: dict[str, Any] = await get_diagnostics_for_device(hass, hass_client, loaded, device)
    assert data["kind"] == kind
    assert data["known"] is True
    assert data["open_calls"] == 0


async def test_diagnostics_of_a_device_that_is_gone(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    hass_client: ClientSessionGenerator,
    device_registry: dr.DeviceRegistry,
) -> None:
    """A device that the PBX does not know is told as such."""
    device = device_registry.async_get_or_create(
        config_entry_id=loaded.entry_id, identifiers={(DOMAIN, "elsewhere")}
    )
    data: dict[str, Any] = await get_diagnostics_for_device(hass, hass_client, loaded, device)
    assert data["kind"] is None
    assert data["known"] is False


def test_redaction_reaches_everything() -> None:
    """Words are taken out of keys, of texts and of anything nested; words that only contain them stay."""
    redactor = Redactor(["Anna", "201", "x"])
    told = {
        "201": {"Anna": 1, "anna": 2},
        "text": "Anna called 201 (+31201234567) from 192.0.2.7, anna@example.org, 00:90:33:AA:BB:CC",
        "list": ("2019", "Annabel", 201, None, "x"),
    }
    assert redactor.redact(told) == {
        "**REDACTED**": {"**REDACTED**": 1, "**REDACTED** 1": 2},
        "text": "- called - (-) from -, -, -".replace("-", "**REDACTED**"),
        "list": ["2019", "Annabel", 201, None, "x"],
    }
    assert Redactor([]).redact("Anna +31201234567") == "Anna **REDACTED**"
    hidden = ["null zwei null eins drei", "0a2b0c1d2e3f4"]
    assert Redactor([]).redact([*hidden, "Seven Oaks", "T46S"]) == ["**REDACTED**"] * 2 + [
        "Seven Oaks",
        "T46S",
    ]
    assert list(find_personal_words({"a": ["b", 1, None]})) == ["b"]


@pytest.mark.parametrize("part", ["a", "a.b-", "a@", "a@b-", "1", "1.1.1.", "a1:", "Anna "])
def test_redaction_of_long_texts(part: str) -> None:
    """The time grows with the text and no faster, however it is made; else it takes a quarter of an hour."""
    words = [f"Firstname{number} Lastname" for number in range(7000)]
    text = part * (500_000 // len(part))
    assert "Anna" not in Redactor([*words, "Anna", "+49 30"]).redact({"text": text})["text"]


def test_redaction_of_words_that_begin_alike() -> None:
    """Of names that begin alike the longest counts, and one may begin with any character."""
    redactor = Redactor(["Anna", "Anna Berg", "Anna-Maria", "(Anna)", "+49 30"])
    text = "anna berg, Anna-Maria, Anna Bergmann, (Anna), +49 30"
    assert redactor.redact(text) == "-, -, - Bergmann, -, -".replace("-", "**REDACTED**")


async def health_of(hass: HomeAssistant) -> dict[str, Any]:
    """Return what the page about the health of the system shows."""
    assert await async_setup_component(hass, "system_health", {})
    await hass.async_block_till_done()
    health: dict[str, Any] = await get_system_health_info(hass, DOMAIN)
    return health


async def test_health(hass: HomeAssistant, pbx: AxeosSimulator, loaded: MockConfigEntry) -> None:
    """The page says how the PBX is doing, without naming it."""
    await until(lambda: pbx.events.waiting)
    pbx.events.append("lunar_eclipse", darkness=7)
    await until(lambda: loaded.runtime_data.raw_events.ignored)
    health = await health_of(hass)
    since = health.pop("connected_since")
    assert since == loaded.runtime_data.connected_since.isoformat(timespec="seconds")
    assert health == {
        "login": "axeos_api_key",
        "reachable": True,
        "transport": "long poll",
        "reconnects": 0,
        "objects": 16,
        "events_received": 1,
        "events_ignored": 1,
    }


async def test_health_of_several(hass: HomeAssistant, pbx: AxeosSimulator, loaded: MockConfigEntry) -> None:
    """Several PBXs are side by side, those that are not reached as well."""
    add_entry(hass, pbx, "axeos_user")
    health = await health_of(hass)
    assert health["login"] == "axeos_api_key, axeos_user"
    assert health["reachable"] == "True, False"
    assert health["objects"] == "16, -"


async def test_health_without_a_pbx(hass: HomeAssistant) -> None:
    """Without an entry there is nothing to say."""
    assert await async_setup_component(hass, DOMAIN, {})
    assert await health_of(hass) == {}
