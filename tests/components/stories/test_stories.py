"""What is shown after any story is what a start at that moment shows.

A test is named by its make and seed; others are tried by PBX_FIRST_SEED=1000 PBX_SEEDS=50 PBX_CHAPTERS=12.
"""

import asyncio
from collections.abc import Callable, Mapping
import os
from random import Random
from time import monotonic
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.loader import DATA_CUSTOM_COMPONENTS
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_test_home_assistant

from custom_components.pbx.hub import slices
from custom_components.pbx.protocols.keys import PBX_KEY
from tests.components.systems import add_entry
from tests.waiting import TIMEOUT, until

from .asterisk import AsteriskStage
from .axeos import AxeosStage
from .innovaphone import InnovaphoneStage
from .ipcortex import IpcortexStage
from .stage import Stage
from .switchvox import SwitchvoxStage
from .witness import Witness

STAGES: dict[str, type[Stage]] = {
    "asterisk": AsteriskStage,
    "axeos": AxeosStage,
    "innovaphone": InnovaphoneStage,
    "ipcortex": IpcortexStage,
    "switchvox": SwitchvoxStage,
}
FIRST = int(os.environ.get("PBX_FIRST_SEED", "0"))
SEEDS = range(FIRST, FIRST + int(os.environ.get("PBX_SEEDS", "1")))
CHAPTERS = int(os.environ.get("PBX_CHAPTERS", "3"))
PATIENCE = float(os.environ.get("PBX_PATIENCE", TIMEOUT))
# How long nobody may notice that a connection is lost, in seconds.
LOST_WITHIN = 3.0
# What only somebody knows who was there: what has passed, and since when something waits.
PASSED = (
    *("_missed_calls", "_calls_to_return", "_last_call", "_longest_wait"),
    *("_events_received", "_events_ignored", "_dropped_events"),
)
# When something began, who of several was called first, and what could be chosen once.
PASSED_ATTRIBUTES = {
    *("since", "started", "answered", "at", "called_number", "called_name", "options", "raw_status")
}

type Shown = dict[str, tuple[str, Any]]


def show(hass: HomeAssistant, entry: MockConfigEntry) -> Shown:
    """Return all that an entry shows, by domain and unique id, but what has passed."""
    found: Shown = {}
    for entity in er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id):
        if entity.domain in ("event", "button") or entity.unique_id.endswith(PASSED):
            continue
        state = hass.states.get(entity.entity_id)
        value = ("gone", {}) if state is None else (state.state, without_past(state.attributes))
        found[f"{entity.domain} {entity.unique_id}"] = value
    return found


def without_past(value: Any) -> Any:
    """Return attributes without those that only somebody knows who was there."""
    if isinstance(value, Mapping):
        return {name: without_past(item) for name, item in value.items() if name not in PASSED_ATTRIBUTES}
    return [without_past(item) for item in value] if isinstance(value, list | tuple) else value


def find_differences(stage: Stage, before: Shown, after: Shown, *, one_call: bool) -> list[str]:
    """Return in words what differs, but of what nobody is told when it changes.

    Which of several calls is shown depends on which of them was told first.
    """
    found = []
    for key in sorted(before.keys() | after.keys()):
        one, other = before.get(key, ("missing", {})), after.get(key, ("missing", {}))
        if one == other or any(word in key for word in stage.polled):
            continue
        if key.endswith("_other_party") and not one_call and "none" not in (one[0], other[0]):
            continue
        values = {name: (one[1].get(name), other[1].get(name)) for name in one[1].keys() | other[1].keys()}
        parts = [f"{name}: {a!r} / {b!r}" for name, (a, b) in sorted(values.items()) if a != b]
        found.append("; ".join([f"{key}: {one[0]} / {other[0]}", *parts]))
    return found


@pytest.mark.usefixtures("entity_registry_enabled_by_default")
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("system", STAGES)
async def test_story(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch, system: str, seed: int) -> None:
    """A start and a lost connection show what one shows that was there; moments keep their order."""
    dice = Random(f"{system} {seed}")
    if dice.random() < 0.3:
        # Whatever gives others turns does so after each object.
        monkeypatch.setattr(slices, "SLICE", 0)
    stage = STAGES[system](dice)
    async with stage.pbx, async_test_home_assistant() as other:
        other.data.pop(DATA_CUSTOM_COMPONENTS, None)
        try:
            await Story(hass, other, stage, dice).play()
        finally:
            await other.async_stop(force=True)
            other.import_executor.shutdown()


class Story:
    """What happens at one PBX, which one follows from the beginning and others only see now and then."""

    def __init__(self, hass: HomeAssistant, other: HomeAssistant, stage: Stage, dice: Random) -> None:
        self._hass = hass
        self._other = other
        self._stage = stage
        self._dice = dice
        self._entry = add_entry(hass, stage.pbx, stage.login, **stage.more)
        # The names of what has happened.
        self._told: list[str] = []

    async def play(self) -> None:
        """Let chapter after chapter happen."""
        await self._load(self._hass, self._entry)
        witness = Witness(self._hass)
        try:
            for _ in range(CHAPTERS):
                await self._play_chapter()
                await self._start_anew()
                if self._dice.random() < 0.4:
                    await self._lose_connection()
            self._judge("order", witness.stop())
        finally:
            await self._hass.config_entries.async_unload(self._entry.entry_id)

    async def _play_chapter(self) -> None:
        """Let a few things happen, or many at once, and sometimes a connection break amid."""
        dice, stage = self._dice, self._stage
        is_burst = dice.random() < 0.2
        for _ in range(40 if is_burst else dice.choice((1, 2, 4, 8))):
            name, act = dice.choice(list(stage.acts()))
            self._told.append(name)
            act()
            for _ in range(0 if is_burst else dice.choice((0, 0, 1, 5))):
                await asyncio.sleep(0)
            if not is_burst and dice.random() < 0.3:
                await asyncio.sleep(0.02)
        if dice.random() < 0.15:
            self._told.append("connection lost")
            stage.drop()
        if not stage.lists_calls:
            stage.end_calls()
        self._told.append("|")

    async def _load(self, hass: HomeAssistant, entry: MockConfigEntry) -> None:
        assert await hass.config_entries.async_setup(entry.entry_id), entry.reason
        await hass.async_block_till_done()
        await until(lambda: self._stage.is_ready(entry.runtime_data))

    async def _start_anew(self) -> None:
        """Compare what is shown with what another Home Assistant shows that starts now."""
        fresh = add_entry(self._other, self._stage.pbx, self._stage.login, **self._stage.more)
        await until(lambda: self._stage.is_ready(self._entry.runtime_data))
        await self._load(self._other, fresh)
        # The address book of the PBX is read last.
        for entry in (self._entry, fresh):
            await entry.runtime_data.address_book.pbx_book.refresh()
        await self._compare(
            "start",
            lambda: (show(self._hass, self._entry), show(self._other, fresh)),
        )
        await self._other.config_entries.async_remove(fresh.entry_id)
        await self._other.async_block_till_done()

    async def _lose_connection(self) -> None:
        """Let the connection be lost, which may change nothing that is shown once it is back."""
        hub, before, losses = self._entry.runtime_data, show(self._hass, self._entry), list[bool]()
        stop = hub.listeners.listen_arrivals(PBX_KEY, lambda: losses.append(hub.connected))
        self._told.append("connection lost and back |")
        self._stage.drop()
        end = monotonic() + LOST_WITHIN
        # What is asked for by short requests may be connected again before anybody has noticed.
        while not losses and monotonic() < end:
            await asyncio.sleep(0.01)
        stop()
        await until(lambda: self._stage.is_ready(hub))
        await self._compare("connection", lambda: (before, show(self._hass, self._entry)))

    async def _compare(self, what: str, look: Callable[[], tuple[Shown, Shown]]) -> None:
        """Wait until two are the same, or fail."""
        end = monotonic() + PATIENCE
        while found := find_differences(self._stage, *look(), one_call=self._has_one_call()):
            if monotonic() > end:
                break
            await asyncio.sleep(0.05)
        self._judge(what, found)

    def _has_one_call(self) -> bool:
        count: int = self._entry.runtime_data.state.calls.count
        return count == 1

    def _judge(self, what: str, faults: list[str]) -> None:
        assert not faults, "\n".join([f"{what} after: {', '.join(self._told)}", *faults[:20]])
