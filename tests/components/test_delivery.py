"""What is usual is delivered in one piece, and comes to the same as a delivery that gives others turns."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
import random
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers import restore_state
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events, async_fire_time_changed

from custom_components.pbx.const import EVENT_CALL
from custom_components.pbx.describe import describe_listed_call
from custom_components.pbx.hub import slices
from custom_components.pbx.hub.delivery import Delivery
from custom_components.pbx.hub.hub import PbxHub
from custom_components.pbx.hub.listeners import Listeners
from custom_components.pbx.hub.moments import async_listen_moments
from custom_components.pbx.hub.raw_events import COUNTERS_KEY
from custom_components.pbx.protocols.call import Leg, Party
from custom_components.pbx.protocols.changes import CallChange, Change, Moment, Patch, RawEvent, Upsert
from custom_components.pbx.protocols.enums import (
    CallState,
    EndCause,
    LegRole,
    LineStatus,
    MomentType,
    ObjectKind,
    UserPhoneType,
)
from custom_components.pbx.protocols.keys import ObjectKey
from custom_components.pbx.protocols.model import Phone, User, UserPhone

from .memory_entry import memory_entry, set_up

PHONES = [Phone(id=f"p{index}", name=f"Phone {index}", status=LineStatus.IDLE) for index in range(4)]
USERS = [
    User(
        id=f"u{index}",
        name=f"User {index}",
        number=str(200 + index),
        phones=(UserPhone(type=UserPhoneType.PHONE, phone=f"p{index}", personal=index != 3),),
        do_not_disturb=False,
    )
    for index in range(4)
]
BATCHES = 40


def make_story(seed: int) -> Iterator[list[Change]]:
    """Yield random batches of what is usual, with a change of a name now and then."""
    chance = random.Random(seed)
    for _ in range(BATCHES):
        yield [make_change(chance) for _ in range(chance.randint(1, 3))]


def make_change(chance: random.Random) -> Change:
    """Return a random change."""
    index, call_id = chance.randrange(4), chance.choice(["1", "2", "3"])
    party = Party(user=f"u{index}", phone=f"p{index}", number=str(200 + index))
    outside = Party(number=chance.choice(["+31201234567", "0301234567"]), name="Zoë")
    leg = Leg(
        id=f"leg {index}",
        role=chance.choice(list(LegRole)),
        party=party,
        state=chance.choice(list(CallState)),
    )
    news = {"status": chance.choice(list(LineStatus)), "raw_status": chance.choice(["a", "b"])}
    user = User(**{name: getattr(USERS[index], name) for name in ("id", "number", "phones")}, name="Renamed")
    return chance.choices(
        [
            Patch(PHONES[index].key, news),
            Patch(USERS[index].key, {"do_not_disturb": chance.random() < 0.5}),
            CallChange(id=call_id, caller=outside, called=party, legs=(leg,)),
            CallChange(id=call_id, end=chance.choice(list(EndCause))),
            RawEvent("news", {"status": "x"}, understood=chance.random() < 0.5),
            Upsert(user),
        ],
        weights=[6, 2, 8, 3, 2, 1],
    )[0]


class Observer:
    """Keeps what was told of one PBX, with all that was shown when it was."""

    def __init__(self, hass: HomeAssistant) -> None:
        self._hass = hass
        self.written: dict[str, list[Any]] = defaultdict(list)
        self.moments: list[Any] = []
        self.logged = async_capture_events(hass, EVENT_CALL)
        self._stops = [
            hass.bus.async_listen(EVENT_STATE_CHANGED, self._keep_state),
            async_listen_moments(hass, list(MomentType), self._keep_moment),
        ]

    def stop(self) -> None:
        """Keep nothing more."""
        for stop in self._stops:
            stop()

    @callback
    def _keep_state(self, event: Event[EventStateChangedData]) -> None:
        state = event.data["new_state"]
        if state is not None and state.domain != "event":
            self.written[state.entity_id].append((state.state, dict(state.attributes)))

    @callback
    def _keep_moment(self, hub: PbxHub, moment: Moment) -> None:
        shown = {
            state.entity_id: (state.state, dict(state.attributes)) for state in self._hass.states.async_all()
        }
        self.moments.append((moment, shown))


async def play(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    monkeypatch: pytest.MonkeyPatch,
    seed: int,
    *,
    in_turns: bool,
) -> tuple[Any, ...]:
    """Play a story to a PBX that comes and goes, and return all that was told and shown of it."""
    freezer.move_to("2026-03-02 09:00:00+00:00")
    # Nothing is restored of the PBX that was there before.
    restore_state.async_get(hass).last_states.clear()
    entry, _ = memory_entry(hass, monkeypatch, [*PHONES, *USERS])
    await set_up(hass, entry)
    hub: PbxHub = entry.runtime_data
    if in_turns:
        # As if something were on its way, so that nothing is delivered at once.
        monkeypatch.setattr(hub.delivery, "_in_turn", 1)
        monkeypatch.setattr(slices, "SLICE", 0)
    observer = Observer(hass)
    for number, batch in enumerate(make_story(seed)):
        await hub.apply(batch)
        freezer.tick(timedelta(seconds=1))
        if number % 5 == 4:
            freezer.tick(timedelta(seconds=4))
            async_fire_time_changed(hass)
            await hass.async_block_till_done()
    observer.stop()
    listed = [describe_listed_call(hub, call) for call in hub.call_list.list_calls()]
    logged = [event.data for event in observer.logged]
    shown = {state.entity_id: (state.state, dict(state.attributes)) for state in hass.states.async_all()}
    counts = hub.raw_events.received, hub.raw_events.ignored
    await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()
    for call in listed:
        call.pop("config_entry_id")
    # The device of the second PBX is another one.
    places = [{name: value for name, value in data.items() if name != "device_id"} for data in logged]
    return dict(observer.written), observer.moments, listed, places, shown, counts


@pytest.mark.parametrize("seed", range(4))
async def test_at_once_and_in_turns_are_the_same(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """States, moments, the call list and the log are those of the usual delivery, in the same order."""
    ways: list[str] = []
    for owner, name in (Listeners, "notify_few_updated"), (Delivery, "_deliver"):
        deliver = getattr(owner, name)

        def note(self: Any, news: Any, *, name: str = name, deliver: Any = deliver) -> Any:
            ways.append(name)
            return deliver(self, news)

        monkeypatch.setattr(owner, name, note)
    at_once = await play(hass, freezer, monkeypatch, seed, in_turns=False)
    assert ways.count("notify_few_updated") > BATCHES / 2
    ways.clear()
    in_turns = await play(hass, freezer, monkeypatch, seed, in_turns=True)
    assert "notify_few_updated" not in ways
    names = ("written", "moments", "listed", "logged", "shown", "counts")
    for name, one, other in zip(names, at_once, in_turns, strict=True):
        assert one == other, name
    assert at_once[1]
    assert at_once[2]
    assert at_once[3]


async def test_counted_events_touch_no_object(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> None:
    """Events that change nothing are counted, and wake nobody who follows the objects of a kind."""
    entry, _ = memory_entry(hass, monkeypatch, [*PHONES, *USERS])
    await set_up(hass, entry)
    hub: PbxHub = entry.runtime_data
    counts: list[int] = []
    followed: list[ObjectKey] = []
    hub.listeners.listen_updates(COUNTERS_KEY, lambda: counts.append(hub.raw_events.received))
    hub.listeners.listen_kinds(frozenset(ObjectKind), followed.extend)
    await hub.apply([RawEvent("news", {})])
    await hub.apply([RawEvent("news", {}), Patch(PHONES[0].key, {"status": LineStatus.RINGING})])
    assert counts == [1, 2]
    assert set(followed) == {PHONES[0].key, USERS[0].key}
