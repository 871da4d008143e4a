"""What the editor of automations offers, where, and in which order."""

from itertools import product
from pathlib import Path
import re
from typing import Any

from homeassistant.components.blueprint import BLUEPRINT_SCHEMA, Blueprint
from homeassistant.components.websocket_api.automation import (
    async_get_conditions_for_target,
    async_get_services_for_target,
    async_get_triggers_for_target,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.selector import validate_selector
from homeassistant.helpers.service import async_get_all_descriptions
from homeassistant.setup import async_setup_component
from homeassistant.util.yaml import load_yaml_dict
import pytest
import yaml

from custom_components import pbx
from custom_components.pbx.const import DOMAIN
from custom_components.pbx.protocols.enums import PresenceActivity
from custom_components.pbx.protocols.model import Mailbox, PbxObject, Phone, Queue, User

from .memory_entry import memory_entry, set_up

FOLDER = Path(pbx.__file__).parent
BLUEPRINTS = FOLDER.parents[1] / "blueprints" / "automation" / "pbx"
OBJECTS: dict[str, PbxObject] = {
    "user": User(id="1", name="Anna", presence=PresenceActivity.AVAILABLE, do_not_disturb=False),
    "phone": Phone(id="1", name="Desk", registered=True),
    "queue": Queue(id="5", name="Sales", waiting=0, agents_logged_in=2),
    "mailbox": Mailbox(id="9", name="Voicemail", new=1),
}


@pytest.fixture
async def devices(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Set up one object of each kind and return their devices."""
    entry, _ = memory_entry(hass, monkeypatch, list(OBJECTS.values()))
    assert await async_setup_component(hass, "automation", {"automation": []})
    await set_up(hass, entry)
    find = entry.runtime_data.devices.get_device_id
    return {kind: find(item.key) for kind, item in OBJECTS.items()}


async def offered(hass: HomeAssistant, device_id: str) -> dict[str, set[str]]:
    """Return what the editor offers for a device, as Home Assistant itself finds it."""
    target = {"device_id": [device_id]}
    found = {
        "triggers": await async_get_triggers_for_target(hass, target, True),
        "conditions": await async_get_conditions_for_target(hass, target, True),
        "actions": await async_get_services_for_target(hass, target, True),
    }
    return {
        kind: {name.removeprefix("pbx.") for name in names if name.startswith("pbx.")}
        for kind, names in found.items()
    }


async def test_offers_what_fits(hass: HomeAssistant, devices: dict[str, str]) -> None:
    """A mailbox, which has no calls, is offered none of the actions and triggers on calls, a user all."""
    everything = {kind: await offered(hass, device_id) for kind, device_id in devices.items()}
    assert everything["mailbox"]["actions"] == set()
    assert "voicemail_received" in everything["mailbox"]["triggers"]
    assert not {name for name in everything["mailbox"]["triggers"] if name.startswith(("call_", "queue_"))}
    assert not everything["mailbox"]["conditions"] & {"is_on_call", "is_ringing", "is_free", "presence_is"}
    assert everything["user"]["actions"] >= {"dial", "answer", "hangup", "set_forward"}
    assert everything["user"]["triggers"] >= {"call_ringing", "call_missed", "presence_changed"}
    assert everything["user"]["conditions"] >= {"is_on_call", "presence_is", "do_not_disturb_is_on"}
    assert everything["phone"]["actions"] >= {"dial", "answer", "hangup"}
    assert everything["phone"]["triggers"] >= {"call_ringing", "phone_registered"}
    assert everything["queue"]["actions"] >= {"get_queue", "reset_queue_statistics"}
    assert not everything["queue"]["actions"] & {"dial", "answer", "transfer", "set_forward"}
    assert everything["queue"]["triggers"] >= {"call_ringing", "queue_waiting_above", "queue_without_agents"}
    assert everything["queue"]["conditions"] == {"queue_longer_than", "agent_logged_in"}


@pytest.mark.parametrize(
    ("action", "field", "kinds"),
    [
        ("dial", "phone", {"user", "phone"}),
        ("hot_desk_login", "phone", {"user", "phone"}),
        ("pick_up", "ringing_at", {"user", "phone", "queue"}),
        ("set_queue_agent", "queue", {"queue"}),
    ],
)
async def test_fields_offer_what_fits(
    hass: HomeAssistant, devices: dict[str, str], action: str, field: str, kinds: set[str]
) -> None:
    """A field for a device lists the devices that have an entity of the kind that it asks for."""
    descriptions = await async_get_all_descriptions(hass)
    assert list_offered(hass, devices, descriptions[DOMAIN][action]["fields"][field]["selector"]) == kinds


# The devices of our own that a blueprint asks for; all others are users and phones.
ASKED = {"queue": {"queue"}}


@pytest.mark.parametrize("path", sorted(BLUEPRINTS.glob("*.yaml")), ids=lambda path: path.stem)
async def test_blueprints_offer_what_fits(hass: HomeAssistant, devices: dict[str, str], path: Path) -> None:
    """A blueprint lists users and phones where it asks for whose calls count, and no mailboxes or queues."""
    inputs = load_blueprint(path).inputs
    for name, wanted in inputs.items():
        selector = (wanted or {}).get("selector", {})
        if "entity" not in (selector.get("device") or {}) or name == "mailbox":
            continue
        kinds = {"user"} if path.stem == "forward_when_away" else ASKED.get(name, {"user", "phone"})
        assert list_offered(hass, devices, validate_selector(selector)) == kinds, name


def list_offered(hass: HomeAssistant, devices: dict[str, str], selector: dict[str, Any]) -> set[str]:
    """Return the kinds of which the selector of a device lists one."""
    return {
        kind
        for kind, device_id in devices.items()
        if any(fits(hass, *pair) for pair in product(entities(hass, device_id), selector["device"]["entity"]))
    }


def load_blueprint(path: Path) -> Blueprint:
    """Read a blueprint as Home Assistant does."""
    return Blueprint(
        load_yaml_dict(str(path)), expected_domain="automation", path=str(path), schema=BLUEPRINT_SCHEMA
    )


def entities(hass: HomeAssistant, device_id: str) -> list[er.RegistryEntry]:
    """Return the enabled entities of a device."""
    return er.async_entries_for_device(er.async_get(hass), device_id)


def fits(hass: HomeAssistant, entity: er.RegistryEntry, wanted: dict[str, Any]) -> bool:
    """Return whether an entity is what a filter of a selector asks for, as the editor compares them."""
    state = hass.states.get(entity.entity_id)
    return (
        entity.platform == wanted["integration"]
        and entity.domain in wanted["domain"]
        and state is not None
        and ("device_class" not in wanted or state.attributes.get("device_class") in wanted["device_class"])
    )


def test_order_of_actions() -> None:
    """The actions are described in the order of their need, the same in the editor and the document."""
    described = list(yaml.safe_load((FOLDER / "services.yaml").read_text()))
    assert described[:3] == ["dial", "hangup", "answer"]
    page = (Path(__file__).parents[2] / "docs" / "actions.md").read_text()
    headings = "\n".join(re.findall(r"^## (.*`pbx\..*)$", page, re.MULTILINE))
    documented = re.findall(r"`pbx\.(\w+)`", headings)
    # One heading can be for several actions, in the place of its first one.
    ranks = [described.index(re.findall(r"`pbx\.(\w+)`", line)[0]) for line in headings.splitlines()]
    assert ranks == sorted(ranks)
    assert set(documented) <= set(described)
