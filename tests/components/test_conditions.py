"""Conditions, in automations."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest

from custom_components.pbx.protocols.changes import Upsert
from custom_components.pbx.protocols.enums import LineStatus, PresenceActivity
from custom_components.pbx.protocols.model import PbxObject, Phone, Queue, QueueAgent, Switch, User
from tests.memory_session import MemorySession
from tests.waiting import soon

from .automations import automate, is_running
from .memory_entry import memory_entry, set_up

ANNA = User(id="1", name="Anna", presence=PresenceActivity.AVAILABLE, do_not_disturb=False)
BEN = User(id="2", name="Ben", presence=PresenceActivity.BUSY, do_not_disturb=True, editable=False)
DESK = Phone(id="1", name="Desk", status=LineStatus.IDLE)
NIGHT = Switch(id="1", name="Night", value=True)
FIXED = Switch(id="2", name="Fixed", value=False, settable=False)
HOURS = Switch(id="3", name="Hours", value="on", options=("on", "off", "schedule"))
AGENTS = (
    QueueAgent(name="Anna Agent", logged_in=True),
    QueueAgent(name="Ben Agent", logged_in=False),
    QueueAgent(name="Carla Agent"),
)
SALES = Queue(id="5", name="Sales", waiting=3, agents_logged_in=1, agents=AGENTS)
EMPTY = Queue(id="6", name="Empty", waiting=0, agents_logged_in=0)
UNKNOWN = Queue(id="7", name="Unknown")
OBJECTS: tuple[PbxObject, ...] = (ANNA, BEN, DESK, NIGHT, FIXED, HOURS, SALES, EMPTY, UNKNOWN)

STATUS = "sensor.desk_status"
WAITING = "sensor.memory_pbx_sales_calls_waiting"
LOGGED_IN = "sensor.memory_pbx_sales_agents_logged_in"


@pytest.fixture
async def session(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> MemorySession:
    """Set up a PBX that has something of everything."""
    entry, session = memory_entry(hass, monkeypatch, OBJECTS)
    session.liveness = timedelta(days=1).total_seconds()
    await set_up(hass, entry)
    return session


def is_so(kind: str, *entity_ids: str, **options: Any) -> dict[str, Any]:
    """Return a condition on entities."""
    target = {"entity_id": list(entity_ids)}
    return {"condition": f"pbx.{kind}", "target": target, "options": options}


async def holds(hass: HomeAssistant, condition: dict[str, Any]) -> bool:
    """Return whether an automation with a condition runs now."""
    trigger = {"trigger": "event", "event_type": "asked"}
    runs = await automate(hass, trigger, {}, [condition])
    assert is_running(hass)
    hass.bus.async_fire("asked")
    await hass.async_block_till_done()
    return bool(runs)


@pytest.mark.parametrize(
    ("status", "true"),
    [
        (LineStatus.IDLE, ["is_free"]),
        (LineStatus.RINGING, ["is_ringing"]),
        (LineStatus.TALKING, ["is_on_call"]),
        (LineStatus.ON_HOLD, ["is_on_call"]),
        (LineStatus.OFFLINE, []),
        (LineStatus.UNKNOWN, []),
    ],
)
@pytest.mark.parametrize("kind", ["is_free", "is_ringing", "is_on_call"])
async def test_line_status(
    hass: HomeAssistant, session: MemorySession, kind: str, status: LineStatus, true: list[str]
) -> None:
    """A phone is free, rings, is in a call, or none of these."""
    session.report(Upsert(replace(DESK, status=status)))
    shown = "unknown" if status is LineStatus.UNKNOWN else status
    await shows(hass, STATUS, shown)
    assert await holds(hass, is_so(kind, STATUS)) is (kind in true)


@pytest.mark.parametrize(
    ("condition", "true"),
    [
        (is_so("is_on_call", STATUS), True),
        (is_so("is_on_call", STATUS, **{"for": "00:01:00"}), True),
        (is_so("is_ringing", STATUS), True),
        (is_so("is_ringing", STATUS, **{"for": "00:01:00"}), False),
        (is_so("is_free", STATUS), False),
    ],
)
async def test_call_that_rings_during_another(
    hass: HomeAssistant,
    session: MemorySession,
    freezer: FrozenDateTimeFactory,
    condition: dict[str, Any],
    true: bool,
) -> None:
    """One who talks is on a call also while their phone rings, and has been since before."""
    talking = replace(DESK, status=LineStatus.TALKING)
    both = frozenset({LineStatus.RINGING, LineStatus.TALKING})
    session.report(Upsert(talking))
    await shows(hass, STATUS, "talking")
    runs = await automate(hass, {"trigger": "event", "event_type": "asked"}, {}, [condition])
    freezer.tick(50)
    session.report(Upsert(replace(talking, status=LineStatus.RINGING, statuses=both)))
    await shows(hass, STATUS, "ringing")
    freezer.tick(50)
    hass.bus.async_fire("asked")
    await hass.async_block_till_done()
    assert bool(runs) is true
    session.report(Upsert(talking))
    await shows(hass, STATUS, "talking")
    assert "statuses" not in hass.states.get(STATUS).attributes  # type: ignore[union-attr]


async def shows(hass: HomeAssistant, entity_id: str, value: str) -> None:
    """Wait until an entity shows a value."""
    await soon(lambda: (state := hass.states.get(entity_id)) is not None and state.state == value)


@pytest.mark.parametrize(
    ("condition", "true"),
    [
        (is_so("presence_is", "select.memory_pbx_anna_presence", presence="available"), True),
        (is_so("presence_is", "select.memory_pbx_anna_presence", presence=["away", "busy"]), False),
        (is_so("presence_is", "sensor.memory_pbx_ben_presence", presence=["away", "busy"]), True),
        (is_so("presence_is", "sensor.memory_pbx_anna_status", presence=["available"]), False),
        (is_so("do_not_disturb_is_on", "switch.memory_pbx_anna_do_not_disturb"), False),
        (is_so("do_not_disturb_is_on", "binary_sensor.memory_pbx_ben_do_not_disturb"), True),
        (is_so("switch_is_on", "switch.memory_pbx_night"), True),
        (is_so("switch_is_on", "binary_sensor.memory_pbx_fixed"), False),
        (is_so("switch_is_on", "select.memory_pbx_hours"), True),
        (is_so("switch_is_on", "switch.memory_pbx_night", "binary_sensor.memory_pbx_fixed"), True),
        (
            is_so(
                "switch_is_on",
                "switch.memory_pbx_night",
                "binary_sensor.memory_pbx_fixed",
                behavior="all",
            ),
            False,
        ),
        (is_so("queue_longer_than", WAITING, above=2), True),
        (is_so("queue_longer_than", WAITING, above=3), False),
        (is_so("queue_longer_than", "sensor.memory_pbx_unknown_calls_waiting", above=0), False),
        (is_so("agent_logged_in", LOGGED_IN), True),
        (is_so("agent_logged_in", "sensor.memory_pbx_empty_agents_logged_in"), False),
        (is_so("agent_logged_in", WAITING, agent="anna agent "), True),
        (is_so("agent_logged_in", WAITING, agent=["Ben Agent", "Carla Agent", "Nobody"]), False),
    ],
)
async def test_conditions(
    hass: HomeAssistant, session: MemorySession, condition: dict[str, Any], true: bool
) -> None:
    """What is shown is what is so."""
    assert await holds(hass, condition) is true


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("agent_logged_in", {}),
        ("agent_logged_in", {"agent": "Anna Agent"}),
        ("queue_longer_than", {"above": 1}),
    ],
)
async def test_device_of_a_queue(
    hass: HomeAssistant, session: MemorySession, kind: str, options: dict[str, Any]
) -> None:
    """A queue may be named by its device, which has much else to show."""
    (entry,) = hass.config_entries.async_entries("pbx")
    target = {"device_id": entry.runtime_data.devices.get_device_id(SALES.key)}
    assert await holds(hass, {"condition": f"pbx.{kind}", "target": target, "options": options})


@pytest.mark.parametrize(
    "condition",
    [
        is_so("is_free", STATUS, **{"for": "00:05:00"}),
        is_so("agent_logged_in", LOGGED_IN, **{"for": "00:05:00"}),
        is_so("agent_logged_in", WAITING, agent="Anna Agent", **{"for": "00:05:00"}),
    ],
)
@pytest.mark.parametrize(("minutes", "true"), [(4, False), (6, True)])
async def test_for_some_time(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    session: MemorySession,
    condition: dict[str, Any],
    minutes: int,
    true: bool,
) -> None:
    """It can be asked that something has been so for some time."""
    freezer.tick(timedelta(minutes=minutes))
    assert await holds(hass, condition) is true


async def test_before_the_pbx_is_there(hass: HomeAssistant, session: MemorySession) -> None:
    """Of a PBX that is not loaded nothing is true, and once it is back, it is again."""
    (entry,) = hass.config_entries.async_entries("pbx")
    assert await hass.config_entries.async_unload(entry.entry_id)
    trigger = {"trigger": "event", "event_type": "asked"}
    runs = await automate(hass, trigger, {}, [is_so("is_free", STATUS)])
    hass.bus.async_fire("asked")
    await hass.async_block_till_done()
    assert runs == []
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    hass.bus.async_fire("asked")
    await hass.async_block_till_done()
    assert len(runs) == 1


@pytest.mark.parametrize(
    "condition",
    [
        {"condition": "pbx.is_free"},
        is_so("is_happy", STATUS),
        is_so("is_free", STATUS, above=1),
        is_so("presence_is", STATUS),
        is_so("presence_is", STATUS, presence="asleep"),
        is_so("queue_longer_than", WAITING, above="many"),
    ],
)
async def test_invalid_conditions(hass: HomeAssistant, condition: dict[str, Any]) -> None:
    """An automation that makes no sense is refused."""
    await automate(hass, {"trigger": "event", "event_type": "asked"}, {}, [condition])
    assert not is_running(hass)
