"""What becomes of devices when readings of a PBX fail, or lack much of what was there."""

from datetime import timedelta

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from custom_components.pbx.const import DOMAIN
from custom_components.pbx.protocols.changes import Remove
from custom_components.pbx.protocols.enums import ObjectKind
from custom_components.pbx.protocols.model import Phone, Queue, Switch, User
from tests.memory_session import MemorySession
from tests.waiting import until

from .conftest import state_is
from .memory_entry import memory_entry, set_up

PHONES = [Phone(id=str(number), name=f"Phone {number}") for number in range(6)]
SWITCHES = [Switch(id=str(number), name=f"Switch {number}", value=True) for number in range(4)]
QUEUE = Queue(id="1", name="Sales", waiting=0)
STATUS = "sensor.phone_0_status"


def count_phones(hass: HomeAssistant, entry: MockConfigEntry) -> int:
    """Return how many devices of phones there are."""
    devices = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    return sum((device.name or "").startswith("Phone") for device in devices)


async def read_again(hass: HomeAssistant, session: MemorySession) -> None:
    """Wait until everything is read again."""
    opened = session.opened
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=13))
    await until(lambda: session.opened > opened)
    await hass.async_block_till_done()


@pytest.fixture
async def pbx(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> tuple[MockConfigEntry, MemorySession]:
    """Set up a PBX with phones, switches and a queue."""
    entry, session = memory_entry(hass, monkeypatch, (*PHONES, *SWITCHES, QUEUE))
    await set_up(hass, entry)
    return entry, session


@pytest.mark.parametrize("is_back", [True, False])
async def test_list_that_is_empty_for_once(
    hass: HomeAssistant,
    pbx: tuple[MockConfigEntry, MemorySession],
    is_back: bool,
) -> None:
    """Devices go only if a second reading lacks them too, and are of use until then."""
    entry, session = pbx
    session.report(*[Remove(phone.key) for phone in PHONES])
    if not is_back:
        session.objects = {QUEUE.key: QUEUE}
    session.upsert(Queue(id="1", name="Sales", waiting=3))
    await state_is(hass, "sensor.memory_pbx_sales_calls_waiting", "3")
    assert count_phones(hass, entry) == 6
    assert hass.states.get(STATUS).state == "unknown"
    await read_again(hass, session)
    await until(lambda: count_phones(hass, entry) == (6 if is_back else 0))


@pytest.mark.parametrize("is_back", [True, False])
async def test_reading_at_the_start_that_lacks_much(
    hass: HomeAssistant,
    pbx: tuple[MockConfigEntry, MemorySession],
    is_back: bool,
) -> None:
    """What the PBX had before the start stays too, until a second reading."""
    entry, session = pbx
    before, session.objects = session.objects, {QUEUE.key: QUEUE}
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert count_phones(hass, entry) == 6
    if is_back:
        session.objects = before
    await read_again(hass, session)
    await until(lambda: count_phones(hass, entry) == (6 if is_back else 0))
    await until(lambda: (hass.states.get("switch.memory_pbx_switch_1") is not None) is is_back)


async def test_strangers_that_an_earlier_fault_left(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Objects under ids that the PBX does not have go with the first good reading, and nothing else does."""
    entry, _ = memory_entry(hass, monkeypatch, (*PHONES, User(id="1101", name="Anna"), QUEUE))
    devices, entities = dr.async_get(hass), er.async_get(hass)
    for key in ("user_ext-100", "phone_ext-100"):
        identifier = f"{entry.unique_id}_{key}"
        device = devices.async_get_or_create(
            config_entry_id=entry.entry_id, identifiers={(DOMAIN, identifier)}, name=key
        )
        entities.async_get_or_create(
            "sensor", DOMAIN, f"{identifier}_status", config_entry=entry, device_id=device.id
        )
    await set_up(hass, entry)
    left = {item.unique_id for item in er.async_entries_for_config_entry(entities, entry.entry_id)}
    assert any(unique_id.startswith(f"{entry.unique_id}_user_1101") for unique_id in left)
    assert not [unique_id for unique_id in left if "ext-100" in unique_id]
    known = dr.async_entries_for_config_entry(devices, entry.entry_id)
    assert not [device for device in known if "ext-100" in str(device.identifiers)]
    assert count_phones(hass, entry) == len(PHONES)


async def test_what_could_not_be_read_stays(
    hass: HomeAssistant, pbx: tuple[MockConfigEntry, MemorySession]
) -> None:
    """A list that cannot be read at the start takes nothing away."""
    entry, session = pbx
    session.objects, session.unread = {QUEUE.key: QUEUE}, frozenset({ObjectKind.PHONE, ObjectKind.SWITCH})
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert count_phones(hass, entry) == 6
    assert session.unread <= session.watched
    for item in (*PHONES, *SWITCHES):
        session.upsert(item)
    await state_is(hass, STATUS, "unknown")
    await state_is(hass, "switch.memory_pbx_switch_1", "on")


async def test_queues_are_wanted_while_they_are_gone(
    hass: HomeAssistant, pbx: tuple[MockConfigEntry, MemorySession]
) -> None:
    """Queues that are gone are read on, so that they come back."""
    _, session = pbx
    assert ObjectKind.QUEUE in session.watched
    session.report(Remove(QUEUE.key))
    await until(lambda: hass.states.get("sensor.memory_pbx_sales_calls_waiting") is None)
    assert ObjectKind.QUEUE in session.watched
    session.upsert(QUEUE)
    await state_is(hass, "sensor.memory_pbx_sales_calls_waiting", "0")
