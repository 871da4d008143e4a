"""Triggers on queues."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar, device_registry as dr
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.pbx.protocols.changes import Upsert
from custom_components.pbx.protocols.model import Queue, QueueAgent
from tests.memory_session import MemorySession
from tests.waiting import soon

from .automations import Runs, automate, is_running
from .memory_entry import memory_entry, set_up

SALES = Queue(id="5", name="Sales", waiting=0, agents_logged_in=2)
WAITING = "sensor.memory_pbx_sales_calls_waiting"
AGENTS = "sensor.memory_pbx_sales_agents_logged_in"
LONGEST = "sensor.memory_pbx_sales_longest_wait_since"
LIMIT = timedelta(minutes=2)


@pytest.fixture
async def session(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, monkeypatch: pytest.MonkeyPatch
) -> MemorySession:
    """Set up a queue, in a morning without hurry."""
    freezer.move_to("2026-11-02 09:00:00+00:00")
    entry, session = memory_entry(hass, monkeypatch, [SALES])
    session.liveness = timedelta(days=1).total_seconds()
    await set_up(hass, entry)
    return session


async def shows(hass: HomeAssistant, entity_id: str, value: str) -> None:
    """Wait until an entity shows a value, and all that follows from it has happened."""
    await soon(lambda: (state := hass.states.get(entity_id)) is not None and state.state == value)
    await hass.async_block_till_done()


def on(kind: str, entity_id: str, **options: Any) -> dict[str, Any]:
    """Return a trigger on a queue."""
    return {"trigger": f"pbx.{kind}", "target": {"entity_id": entity_id}, "options": options}


async def test_many_wait(hass: HomeAssistant, session: MemorySession) -> None:
    """It is told when the number goes past the limit, not while it is there."""
    variables = {"waiting": "{{ trigger.to_state.state }}", "queue": "{{ trigger.name }}"}
    runs = await automate(hass, on("queue_waiting_above", WAITING, above=2), variables)
    for waiting in (2, 3, 4, 2, 5):
        session.report(Upsert(replace(SALES, waiting=waiting)))
        await shows(hass, WAITING, str(waiting))
    await hass.async_block_till_done()
    assert runs.data == [{"waiting": 3, "queue": "Sales"}, {"waiting": 5, "queue": "Sales"}]


async def test_many_wait_for_some_time(
    hass: HomeAssistant, session: MemorySession, freezer: FrozenDateTimeFactory
) -> None:
    """It can be asked that it stays so."""
    runs = await automate(hass, on("queue_waiting_above", WAITING, above=2, **{"for": "00:01:00"}))
    session.report(Upsert(replace(SALES, waiting=3)))
    await shows(hass, WAITING, "3")
    await hass.async_block_till_done()
    assert runs == []
    await pass_time(hass, freezer, timedelta(minutes=1))
    assert runs.by == ["queue_waiting_above"]


async def pass_time(hass: HomeAssistant, freezer: FrozenDateTimeFactory, time: timedelta) -> None:
    """Let time pass."""
    freezer.tick(time)
    async_fire_time_changed(hass)
    await hass.async_block_till_done()


async def test_without_agents(hass: HomeAssistant, session: MemorySession) -> None:
    """The last agent who leaves is told, also after the queue was not to be seen."""
    runs = await automate(hass, on("queue_without_agents", AGENTS))
    for agents, value in ((1, "1"), (0, "0"), (None, "unknown"), (0, "0"), (1, "1"), (0, "0")):
        session.report(Upsert(replace(SALES, agents_logged_in=agents)))
        await shows(hass, AGENTS, value)
    await hass.async_block_till_done()
    assert runs.by == ["queue_without_agents"] * 2


@pytest.fixture
def show(hass: HomeAssistant, session: MemorySession) -> Callable[[datetime | None], Any]:
    """Return what lets somebody be the first in the queue, since some time."""

    async def show(since: datetime | None) -> None:
        session.report(Upsert(replace(SALES, oldest_since=since)))
        await shows(hass, LONGEST, since.isoformat(timespec="seconds") if since else "unknown")
        await hass.async_block_till_done()

    return show


@pytest.fixture
async def told(hass: HomeAssistant, session: MemorySession) -> Runs:
    """Set up an automation on long waits."""
    variables = {"queue": "{{ trigger.name }}", "since": "{{ trigger.since }}"}
    return await automate(hass, on("queue_longest_wait_above", LONGEST, above="00:02:00"), variables)


async def test_long_wait(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, told: Runs, show: Callable[..., Any]
) -> None:
    """Somebody who waits past the limit is told at that time, and once."""
    since = dt_util.utcnow() - timedelta(seconds=30)
    await show(since)
    await pass_time(hass, freezer, timedelta(seconds=89))
    assert told == []
    await pass_time(hass, freezer, timedelta(seconds=1))
    assert told.data == [{"queue": "Sales", "since": since.isoformat()}]
    await pass_time(hass, freezer, timedelta(hours=1))
    assert len(told) == 1


async def test_callers_one_after_the_other(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, told: Runs, show: Callable[..., Any]
) -> None:
    """Whoever is served in time is not told of; the next one has a time of their own."""
    await show(dt_util.utcnow())
    await pass_time(hass, freezer, LIMIT - timedelta(seconds=1))
    await show(dt_util.utcnow() - timedelta(seconds=10))
    await pass_time(hass, freezer, timedelta(seconds=10))
    await show(None)
    await pass_time(hass, freezer, LIMIT)
    assert told == []
    await show(dt_util.utcnow())
    await pass_time(hass, freezer, LIMIT)
    assert len(told) == 1


async def test_wait_seen_late(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, told: Runs, show: Callable[..., Any]
) -> None:
    """A caller past the limit is told when first seen, unless the wait was past it before."""
    await show(dt_util.utcnow() - timedelta(minutes=5))
    assert len(told) == 1
    await show(dt_util.utcnow() - timedelta(minutes=4))
    assert len(told) == 1
    await show(dt_util.utcnow() - timedelta(minutes=1))
    await pass_time(hass, freezer, timedelta(minutes=1))
    assert len(told) == 2


async def test_wait_over_a_reload(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, told: Runs, session: MemorySession
) -> None:
    """A caller who waits while the PBX is loaded anew goes on waiting, and is not told of twice."""
    since = dt_util.utcnow()
    session.objects[SALES.key] = replace(SALES, oldest_since=since)
    (entry,) = hass.config_entries.async_entries("pbx")
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    await pass_time(hass, freezer, LIMIT)
    assert len(told) == 1
    assert await hass.config_entries.async_reload(entry.entry_id)
    await pass_time(hass, freezer, LIMIT)
    assert len(told) == 1


async def test_queues_of_an_area(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, session: MemorySession, show: Callable[..., Any]
) -> None:
    """Waits count of the queues that are in an area, as long as they are."""
    area, registry = ar.async_get(hass).async_create("Shop"), dr.async_get(hass)
    (entry,) = hass.config_entries.async_entries("pbx")
    device_id = entry.runtime_data.devices.get_device_id(SALES.key)
    trigger = {
        "trigger": "pbx.queue_longest_wait_above",
        "target": {"area_id": area.id},
        "options": {"above": {"minutes": 2}},
    }
    runs = await automate(hass, trigger)
    await show(dt_util.utcnow().replace(microsecond=0))
    registry.async_update_child_device(device_id, area_id=area.id)
    await hass.async_block_till_done()
    registry.async_update_child_device(device_id, area_id=None)
    await hass.async_block_till_done()
    await pass_time(hass, freezer, timedelta(minutes=1))
    registry.async_update_child_device(device_id, area_id=area.id)
    await hass.async_block_till_done()
    assert runs == []
    await pass_time(hass, freezer, timedelta(minutes=1))
    assert runs.by == ["queue_longest_wait_above"]


async def test_automation_that_is_off(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, told: Runs, show: Callable[..., Any]
) -> None:
    """An automation that was switched off waits no more."""
    await show(dt_util.utcnow())
    off = {"entity_id": "automation.tested"}
    await hass.services.async_call("automation", "turn_off", off, blocking=True)
    await pass_time(hass, freezer, LIMIT)
    assert told == []


@pytest.mark.parametrize(
    "trigger",
    [
        on("queue_waiting_above", WAITING),
        on("queue_waiting_above", WAITING, above=-1),
        on("queue_longest_wait_above", LONGEST),
        on("queue_longest_wait_above", LONGEST, above="soon"),
        {"trigger": "pbx.queue_longest_wait_above", "options": {"above": "00:01:00"}},
        {"trigger": "pbx.queue_without_agents"},
    ],
)
async def test_invalid_triggers(hass: HomeAssistant, trigger: dict[str, Any]) -> None:
    """An automation that makes no sense is refused."""
    await automate(hass, trigger)
    assert not is_running(hass)


async def pause(hass: HomeAssistant, session: MemorySession, waiting: int, *agents: QueueAgent) -> None:
    """Let the agents of the queue be these; so many calls that wait say that it has arrived."""
    session.report(Upsert(replace(SALES, waiting=waiting, agents=agents)))
    await shows(hass, WAITING, str(waiting))


ANNA, BEN = QueueAgent(name="Anna", logged_in=True), QueueAgent(name="Ben", logged_in=True)
PAUSED = {
    "agent": "{{ trigger.agent }}",
    "queue": "{{ trigger.name }}",
    "why": "{{ trigger.pause_reason }}",
}


async def test_agent_in_a_long_pause(
    hass: HomeAssistant, session: MemorySession, freezer: FrozenDateTimeFactory
) -> None:
    """A pause past the limit is told once, by the time of the PBX where it says so; a short one is not."""
    runs = await automate(hass, on("agent_paused", WAITING, above="00:02:00"), PAUSED)
    lunch = replace(
        BEN, paused=True, paused_since=dt_util.utcnow() - timedelta(seconds=90), pause_reason="lunch"
    )
    await pause(hass, session, 1, replace(ANNA, paused=True), lunch)
    await pass_time(hass, freezer, timedelta(seconds=29))
    assert runs == []
    await pass_time(hass, freezer, timedelta(seconds=1))
    assert runs.data == [{"agent": "Ben", "queue": "Sales", "why": "lunch"}]
    await pause(hass, session, 2, replace(ANNA, paused=False), lunch)
    await pass_time(hass, freezer, LIMIT)
    assert len(runs) == 1
    await pause(hass, session, 3, replace(ANNA, paused=True), replace(BEN, paused=False))
    await pause(hass, session, 4, replace(ANNA, paused=True), replace(lunch, paused_since=dt_util.utcnow()))
    await pass_time(hass, freezer, LIMIT)
    assert [run["agent"] for run in runs.data[1:]] == ["Anna", "Ben"]
    late = dt_util.utcnow() - timedelta(hours=1)
    await pause(hass, session, 5, ANNA, replace(lunch, paused_since=late))
    assert len(runs) == 4


async def test_pause_while_the_pbx_is_away(
    hass: HomeAssistant, session: MemorySession, freezer: FrozenDateTimeFactory
) -> None:
    """A pause goes on while the PBX is loaded anew: what passed the limit meanwhile is told afterwards."""
    trigger = on("agent_paused", WAITING, above="00:02:00", agent=["anna"])
    runs = await automate(hass, trigger, PAUSED)
    await pause(hass, session, 1, replace(ANNA, paused=True), replace(BEN, paused=True))
    session.objects[SALES.key] = replace(SALES, waiting=1, agents=(replace(ANNA, paused=True),))
    (entry,) = hass.config_entries.async_entries("pbx")
    assert await hass.config_entries.async_unload(entry.entry_id)
    await hass.async_block_till_done()
    await pass_time(hass, freezer, LIMIT)
    assert runs == []
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert [run["agent"] for run in runs.data] == ["Anna"]


async def test_pause_from_before(
    hass: HomeAssistant, session: MemorySession, freezer: FrozenDateTimeFactory
) -> None:
    """A pause past the limit when the automation starts is no news, one that is not yet past it is."""
    hour, minute = (dt_util.utcnow() - timedelta(**ago) for ago in ({"hours": 1}, {"minutes": 1}))
    agents = (replace(ANNA, paused=True, paused_since=hour), replace(BEN, paused=True, paused_since=minute))
    await pause(hass, session, 1, *agents)
    runs = await automate(hass, on("agent_paused", WAITING, above="00:02:00"), PAUSED)
    await pause(hass, session, 2, *agents)
    await pass_time(hass, freezer, LIMIT)
    assert [run["agent"] for run in runs.data] == ["Ben"]
    await pause(hass, session, 3, replace(ANNA, paused=True, paused_since=dt_util.utcnow()))
    off = {"entity_id": "automation.tested"}
    await hass.services.async_call("automation", "turn_off", off, blocking=True)
    await pass_time(hass, freezer, LIMIT)
    assert len(runs) == 1


async def test_agents_of_one_name(
    hass: HomeAssistant, session: MemorySession, freezer: FrozenDateTimeFactory
) -> None:
    """Each of two agents who have the same name has a pause of their own."""
    runs = await automate(hass, on("agent_paused", WAITING, above="00:02:00"), PAUSED)
    first, second = replace(ANNA, user="1"), replace(ANNA, user="2")
    await pause(hass, session, 1, replace(first, paused=True, pause_reason="lunch"), second)
    await pass_time(hass, freezer, timedelta(minutes=1))
    both = (
        replace(first, paused=True, pause_reason="lunch"),
        replace(second, paused=True, pause_reason="call"),
    )
    await pause(hass, session, 2, *both)
    await pass_time(hass, freezer, timedelta(minutes=1))
    assert [run["why"] for run in runs.data] == ["lunch"]
    await pause(hass, session, 3, first, both[1])
    await pass_time(hass, freezer, timedelta(minutes=1))
    assert [run["why"] for run in runs.data] == ["lunch", "call"]
