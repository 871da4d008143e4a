"""Devices that come, are renamed and go, as they do on the PBX."""

from dataclasses import replace

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.pbx.const import DOMAIN
from custom_components.pbx.hub import hub
from custom_components.pbx.protocols import model
from custom_components.pbx.protocols.changes import Upsert
from custom_components.pbx.protocols.enums import UserPhoneType
from custom_components.pbx.protocols.model import UserPhone
from tests.simulators.axeos import AxeosSimulator
from tests.simulators.axeos.world import Phone, Switch, User
from tests.waiting import until

from .conftest import state_is
from .memory_entry import memory_entry, set_up


@pytest.fixture
def names(device_registry: dr.DeviceRegistry, loaded: MockConfigEntry) -> Names:
    """Return what to ask for the names of devices."""
    return Names(device_registry, loaded.entry_id)


class Names:
    """The names of the devices of an entry."""

    def __init__(self, registry: dr.DeviceRegistry, entry_id: str) -> None:
        self._registry = registry
        self._entry_id = entry_id

    def main(self) -> set[str | None]:
        """Return those of the PBX and its phones."""
        return {d.name for d in dr.async_entries_for_config_entry(self._registry, self._entry_id)}

    def children(self) -> set[str | None]:
        """Return those of users, mailboxes and queues."""
        return {d.name for d in dr.async_child_entries_for_config_entry(self._registry, self._entry_id)}


async def test_everything_has_a_device(names: Names) -> None:
    """Phones stand beside the PBX, people, mailboxes and queues are parts of it."""
    assert names.main() == {
        "pbx.example.org",
        "Desk Anna",
        "Desk Björn",
        "Hot desk 1",
        "Hot desk 2",
        "lobby",
    }
    assert names.children() == {
        "Anna de Vries",
        "Björn Åkesson",
        "Chloé Dubois",
        "dave",
        "Mailbox 201",
        "Mailbox 202",
        "Sales",
    }


@pytest.mark.usefixtures("hurry")
async def test_come_rename_go(hass: HomeAssistant, pbx: AxeosSimulator, names: Names) -> None:
    """All of it without a reload, also for somebody who comes back."""
    phone = Phone(uuid="new-phone", username="desk-eve", name="Desk Ève")
    for _ in range(2):
        user = pbx.add_user(User(uuid="new-user", username="eve", full_name="Ève", extension="209"))
        pbx.add_phone(phone)
        await until(lambda: {"Desk Ève"} <= names.main() and "Ève" in names.children())
        await state_is(hass, "sensor.desk_eve_status", "idle")
        pbx.rename_user(user, "Ève Dupont")
        pbx.rename_phone(phone, "Reception")
        await until(lambda: "Reception" in names.main() and "Ève Dupont" in names.children())
        pbx.remove_user(user)
        pbx.remove_phone(phone)
        await until(lambda: "Reception" not in names.main() and "Ève Dupont" not in names.children())
        await until(lambda: hass.states.get("sensor.desk_eve_status") is None)
        phone.name = "Desk Ève"


async def test_gone_during_a_restart(
    hass: HomeAssistant,
    pbx: AxeosSimulator,
    loaded: MockConfigEntry,
    names: Names,
    entity_registry: er.EntityRegistry,
) -> None:
    """What went while nobody looked is removed at the next start, switches of the PBX too."""
    assert await hass.config_entries.async_unload(loaded.entry_id)
    pbx.remove_user(pbx.world.user("dave"))
    night = next(iter(pbx.world.switches))
    del pbx.world.switches[night]
    assert await hass.config_entries.async_setup(loaded.entry_id)
    await hass.async_block_till_done()
    assert "dave" not in names.children()
    unique_ids = [e.unique_id for e in er.async_entries_for_config_entry(entity_registry, loaded.entry_id)]
    assert not [unique_id for unique_id in unique_ids if night in unique_id]
    assert [unique_id for unique_id in unique_ids if "_switch_" in unique_id]


@pytest.mark.usefixtures("hurry")
async def test_switches_come_and_go(hass: HomeAssistant, pbx: AxeosSimulator, entry: MockConfigEntry) -> None:
    """A routing switch has no device of its own, and is followed all the same."""
    hass.config_entries.async_update_entry(entry, options={"settings_interval": 0.2})
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    pbx.world.switches["party"] = Switch("party", "Party", value=True)
    await state_is(hass, "switch.pbx_example_org_party", "on")
    del pbx.world.switches["party"]
    await until(lambda: hass.states.get("switch.pbx_example_org_party") is None)


@pytest.mark.usefixtures("hurry")
async def test_right_taken_away_keeps_the_devices(
    hass: HomeAssistant, pbx: AxeosSimulator, names: Names, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A list that can't be read is no sign that its phones are gone."""
    monkeypatch.setattr(hub, "CONFIRM_AFTER", 0.5)
    fault = pbx.faults.error(403, path="/apis/pbx/phones")
    pbx.events.append("lunar_eclipse", darkness=7)
    await state_is(hass, "sensor.desk_anna_status", "unavailable")
    assert "Desk Anna" in names.main()
    pbx.faults.rules.remove(fault)
    pbx.events.append("lunar_eclipse", darkness=7)
    await state_is(hass, "sensor.desk_anna_status", "idle")


async def test_remove_in_the_user_interface(
    hass: HomeAssistant,
    pbx: AxeosSimulator,
    loaded: MockConfigEntry,
    device_registry: dr.DeviceRegistry,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """A device that is still on the PBX stays; one that is not may be removed."""
    assert await async_setup_component(hass, "config", {})
    client = await hass_ws_client(hass)
    stale = device_registry.async_get_or_create(
        config_entry_id=loaded.entry_id,
        identifiers={(DOMAIN, f"{loaded.unique_id}_phone_gone")},
        name="Gone",
    )
    desk = device_registry.async_get_device_by_identifier(
        (DOMAIN, f"{loaded.unique_id}_phone_{pbx.world.phone('desk-anna').uuid}"), loaded.entry_id
    )
    assert desk is not None
    refused = await client.remove_device(desk.id)
    assert refused["success"] is False
    assert "Desk Anna is still on the PBX" in refused["error"]["message"]
    assert "What is imported" in refused["error"]["message"]
    hub = device_registry.async_get_device_by_identifier((DOMAIN, str(loaded.unique_id)), loaded.entry_id)
    assert hub is not None
    assert "delete its entry" in (await client.remove_device(hub.id))["error"]["message"]
    assert (await client.remove_device(stale.id))["success"] is True


def has_phone(phone: str) -> tuple[UserPhone, ...]:
    """Return that a user has a phone, alone."""
    return (UserPhone(type=UserPhoneType.PHONE, phone=phone, personal=True),)


async def test_phones_that_are_called_as_their_users(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch, device_registry: dr.DeviceRegistry
) -> None:
    """A phone that would be taken for a user says what it is, unless people know it by its plain name."""
    objects = (
        model.Phone(id="1", name="Anna", type="D785"),
        model.Phone(id="2", name="BERT"),
        model.Phone(id="3", name="00:04:13:0a:0b:0c", type="M65"),
        model.Phone(id="4", name="0004130a0b0d"),
        model.Phone(id="5", name="Cara"),
        model.Phone(id="PJSIP/206", name="PJSIP/206", type="Yealink SIP-T46U 108.86.0.45"),
        model.Phone(id="PJSIP/207", name="PJSIP/207"),
        # Whoever sits there at the moment.
        model.Phone(id="PJSIP/208", name="PJSIP/208", hot_desk=True, hot_desk_user="7"),
        model.User(id="1", name="Anna", phones=has_phone("1")),
        model.User(id="2", name="Bert", phones=has_phone("3")),
        model.User(id="3", name="Cara", phones=has_phone("5")),
        model.User(id="6", name="Fay", phones=has_phone("PJSIP/206")),
        model.User(id="7", name="Gil", hot_desk="PJSIP/208"),
    )
    entry, session = memory_entry(hass, monkeypatch, objects)
    names = Names(device_registry, entry.entry_id)
    device_registry.async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={(DOMAIN, f"{entry.unique_id}_phone_5")}, name="Cara"
    )
    told_apart = {"Anna (D785)", "BERT (phone)", "Bert (M65)", "Fay (PJSIP/206)", "PJSIP/207", "PJSIP/208"}
    for _ in range(2):
        await set_up(hass, entry)
        assert names.main() == {"Memory PBX", "0004130a0b0d", "Cara"} | told_apart
        assert await hass.config_entries.async_unload(entry.entry_id)
    await set_up(hass, entry)
    assert hass.states.get("sensor.anna_d785_status").attributes["users"] == ["Anna"]  # type: ignore[union-attr]
    session.report(Upsert(model.Phone(id="4", name="Cara", type="T54")))
    await until(lambda: "Cara (T54)" in names.main())
    session.report(Upsert(model.User(id="4", name="Dora", phones=has_phone("4"))))
    session.report(Upsert(model.Phone(id="1", name="Dora", type="D785")))
    await until(lambda: "Dora (D785)" in names.main())
    await until(lambda: hass.states.get("sensor.0004130a0b0d_status").attributes.get("users") == ["Dora"])  # type: ignore[union-attr]


async def test_mailbox_is_renamed(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch, device_registry: dr.DeviceRegistry
) -> None:
    """A mailbox follows its name on the PBX, and is still called a mailbox."""
    entry, session = memory_entry(hass, monkeypatch, [model.Mailbox(id="901", name="901")])
    names = Names(device_registry, entry.entry_id)
    await set_up(hass, entry)
    assert names.children() == {"Mailbox 901"}
    session.report(Upsert(model.Mailbox(id="901", name="Anna")))
    await until(lambda: names.children() == {"Mailbox Anna"})


async def test_device_of_another_kind(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A phone that the registry refuses a device, since a child device has its identifier, is left out."""
    phones = [model.Phone(id="1", name="Desk"), model.Phone(id="2", name="Door")]
    entry, _ = memory_entry(hass, monkeypatch, phones)
    registry = dr.async_get(hass)
    parent = registry.async_get_or_create(config_entry_id=entry.entry_id, identifiers={(DOMAIN, "other")})
    registry.async_get_or_create_child(
        config_entry_id=entry.entry_id,
        identifiers={(DOMAIN, f"{entry.unique_id}_phone_1")},
        parent_device_id=parent.id,
        name="Child",
    )
    await set_up(hass, entry)
    assert hass.states.get("sensor.door_status") is not None
    assert hass.states.get("sensor.desk_status") is None
    assert "An object of the PBX Memory can have no device" in caplog.text


def _get_hub(registry: dr.DeviceRegistry, entry: MockConfigEntry) -> dr.DeviceEntry:
    device = registry.async_get_device_by_identifier((DOMAIN, str(entry.unique_id)), entry.entry_id)
    assert device is not None
    return device


async def test_entry_is_renamed(
    hass: HomeAssistant, device_registry: dr.DeviceRegistry, loaded: MockConfigEntry
) -> None:
    """The PBX has the name of its entry at once and from then on, also if that was given while it was off."""
    assert _get_hub(device_registry, loaded).name == "pbx.example.org"
    hass.config_entries.async_update_entry(loaded, title="Reception")
    assert _get_hub(device_registry, loaded).name == "Reception"
    assert await hass.config_entries.async_reload(loaded.entry_id)
    assert _get_hub(device_registry, loaded).name == "Reception"
    assert await hass.config_entries.async_unload(loaded.entry_id)
    hass.config_entries.async_update_entry(loaded, title="Front desk")
    assert await hass.config_entries.async_setup(loaded.entry_id)
    assert _get_hub(device_registry, loaded).name == "Front desk"
    hass.config_entries.async_update_entry(loaded, title="pbx.example.org")
    assert _get_hub(device_registry, loaded).name == "pbx.example.org"
    assert "name" not in loaded.data


async def test_named_device_keeps_its_name(
    hass: HomeAssistant, device_registry: dr.DeviceRegistry, loaded: MockConfigEntry
) -> None:
    """The name that a person has given to the device itself goes before that of the entry."""
    device = _get_hub(device_registry, loaded)
    device_registry.async_update_device(device.id, name_by_user="Switchboard")
    hass.config_entries.async_update_entry(loaded, title="Reception")
    device = _get_hub(device_registry, loaded)
    assert (device.name_by_user, device.name) == ("Switchboard", "Reception")


async def test_renamed_at_a_hot_desk(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hot desk shows the name that its user has by now."""
    desk = model.Phone(id="desk", name="Desk", hot_desk=True, hot_desk_user="1")
    user = model.User(id="1", name="Anna", hot_desk="desk")
    entry, session = memory_entry(hass, monkeypatch, (desk, user))
    await set_up(hass, entry)
    await state_is(hass, "sensor.desk_hot_desk_user", "Anna")
    session.report(Upsert(replace(user, name="Anna B")))
    await state_is(hass, "sensor.desk_hot_desk_user", "Anna B")
