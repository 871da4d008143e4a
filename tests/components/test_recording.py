"""Recording in Home Assistant: started, looked at, saved, fetched, played again."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
import gzip
from http import HTTPStatus
import json
from pathlib import Path
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import Event, EventStateChangedData, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator
from syrupy.assertion import SnapshotAssertion

from custom_components.pbx.const import DOMAIN
from custom_components.pbx.diagnostics import async_get_config_entry_diagnostics
from custom_components.pbx.hub.recording import FOLDER
from custom_components.pbx.hub.recording.recordings import async_get_recordings
from tests.recordings.make import FILES
from tests.simulators.axeos import AxeosSimulator
from tests.simulators.replay import load_recording, make_replay
from tests.waiting import until

from .fixing import Fix, issues
from .test_options_flow import choose

NAMES = sorted(path.name for path in FILES.iterdir())


@pytest.fixture(autouse=True)
def folder(hass: HomeAssistant, tmp_path: Path) -> Path:
    """Return where recordings go, which no other test sees."""
    hass.config.config_dir = str(tmp_path)
    return tmp_path / FOLDER


async def act(hass: HomeAssistant, action: str, entry: MockConfigEntry, **data: Any) -> Any:
    """Run an action and return its response."""
    fields = {"config_entry_id": entry.entry_id, **data}
    return await hass.services.async_call(DOMAIN, action, fields, blocking=True, return_response=True)


async def make_calls(hass: HomeAssistant, pbx: AxeosSimulator) -> None:
    """Let somebody call Anna, who answers."""
    anna = pbx.world.user("anna")
    await until(lambda: pbx.events.waiting > 0)
    call = pbx.engine.incoming(number="+31201234567", name="Wilhelmina", extension="201").ring(anna)
    await until(lambda: "ringing" in _statuses(hass))
    call.answer(anna)
    await until(lambda: "talking" in _statuses(hass))
    call.hangup()
    await until(lambda: not {"ringing", "talking"} & set(_statuses(hass)))


def list_files(folder: Path) -> list[Path]:
    """Return what was saved."""
    return list(folder.iterdir()) if folder.exists() else []


def read(file: Path) -> bytes:
    """Return what is in a file."""
    return file.read_bytes()


def _statuses(hass: HomeAssistant) -> list[str]:
    return [state.state for state in hass.states.async_all("sensor") if state.entity_id.endswith("_status")]


async def test_record_by_options(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    pbx: AxeosSimulator,
    hass_client: ClientSessionGenerator,
    folder: Path,
) -> None:
    """Minutes come from the options; a repair shows what is in it; it is saved, fetched, and plays again."""
    result = await choose(hass, loaded, recording={"record_minutes": 10})
    assert "record_minutes" not in result["data"]
    await until(lambda: loaded.state is ConfigEntryState.LOADED and "recording_runs" in issues(hass))
    await make_calls(hass, pbx)
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(minutes=10, seconds=1))
    await until(lambda: "recording_ready" in issues(hass))
    assert "recording_runs" not in issues(hass)
    assert not async_get_recordings(hass, loaded).recorder.on

    fix = await Fix.start(hass, hass_client, "recording_ready")
    assert fix.step["step_id"] == "review"
    shown = fix.step["description_placeholders"]
    assert int(shown["frames"]) > 20
    assert int(shown["numbers"]) > 3
    assert "Wilhelmina" not in shown["preview"]
    assert list_files(folder) == []
    saved = await fix.submit({"save": True})
    assert saved["step_id"] == "saved"
    await fix.submit({})
    assert "recording_ready" not in issues(hass)

    [file] = list_files(folder)
    link = saved["description_placeholders"]["link"].split('"')[1]
    answer = await (await hass_client()).get(link)
    assert answer.status == HTTPStatus.OK
    assert await answer.read() == read(file)
    await plays_again(hass, file)


async def plays_again(hass: HomeAssistant, file: Path) -> None:
    """Set up the PBX of a recording, on which somebody rings and talks."""
    text = gzip.decompress(read(file)).decode()
    assert "Wilhelmina" not in text
    assert "1234567" not in text
    recording = load_recording(file)
    async with make_replay(recording) as replay:
        data = {
            **replay.settings,
            "login": recording.head["login"],
            "trust": "verify",
            "provisional_id": True,
        }
        entry = MockConfigEntry(
            domain=DOMAIN, title="Replayed", unique_id="replayed", data=data, minor_version=2
        )
        entry.add_to_hass(hass)
        assert await hass.config_entries.async_setup(entry.entry_id)
        hub = entry.runtime_data
        assert len(hub.state.objects) > 10
        await until(lambda: hub.state.calls.last_ended is not None)
        assert hub.state.calls.last_ended.outcome == "answered"
        assert await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.parametrize("name", NAMES)
async def test_recordings_show_the_same(
    hass: HomeAssistant, hurry: None, snapshot: SnapshotAssertion, name: str
) -> None:
    """What was handed over shows the same in Home Assistant on every change: states, and what was told."""
    recording = load_recording(FILES / name)
    told: list[str] = []
    hass.bus.async_listen("state_changed", lambda event: told.extend(_describe_change(event)))
    async with make_replay(recording) as replay:
        login = {"login": recording.head["login"], "trust": "verify", "provisional_id": True}
        data = {**replay.settings, **login}
        entry = MockConfigEntry(domain=DOMAIN, title="PBX", unique_id="pbx", data=data, minor_version=2)
        entry.add_to_hass(hass)
        # Nobody calls before there are entities.
        replay.timeline.hold_at(recording.quiet_from)
        assert await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done()
        replay.timeline.go_on()
        await until(lambda: replay.finished)
        seen = -1
        while seen != len(told):
            seen = len(told)
            await asyncio.sleep(0.5)
        assert sorted(told) == snapshot
        assert await hass.config_entries.async_unload(entry.entry_id)


def _describe_change(event: Event[EventStateChangedData]) -> Iterator[str]:
    """Yield what a status or the event of a call has come to show."""
    old, new = event.data["old_state"], event.data["new_state"]
    if old is None or new is None or "unavailable" in (old.state, new.state):
        return
    if new.entity_id.endswith("_status") and old.state != new.state:
        yield f"{new.entity_id}: {old.state} → {new.state}"
    if new.domain == "event" and old.state != new.state:
        yield f"{new.entity_id}: {new.attributes.get('event_type')}"


async def test_record_by_action(
    hass: HomeAssistant, loaded: MockConfigEntry, pbx: AxeosSimulator, folder: Path
) -> None:
    """An action begins, another ends it and says where the file is and what is in it."""
    told = await act(hass, "record", loaded, minutes=5)
    assert dt_util.parse_datetime(told["until"]) > dt_util.utcnow() + timedelta(minutes=4)
    await make_calls(hass, pbx)
    saved = await act(hass, "stop_recording", loaded)
    assert Path(saved["path"]).parent == folder
    assert saved["frames"] > 20
    assert saved["replaced"]["names"] > 3
    assert saved["url"].startswith("/api/pbx/recordings/pbx-axeos-")
    assert not {"recording_runs", "recording_ready"} & issues(hass)
    with pytest.raises(ServiceValidationError):
        await act(hass, "stop_recording", loaded)


async def test_last_minutes(hass: HomeAssistant, entry: MockConfigEntry, pbx: AxeosSimulator) -> None:
    """Where they are kept, what went wrong can be saved after it has, and the next time too."""
    hass.config_entries.async_update_entry(entry, options={"keep_minutes": 5})
    assert await hass.config_entries.async_setup(entry.entry_id)
    await make_calls(hass, pbx)
    first = await act(hass, "stop_recording", entry)
    await make_calls(hass, pbx)
    second = await act(hass, "stop_recording", entry)
    assert second["frames"] > first["frames"]


async def test_two_in_one_second(
    hass: HomeAssistant, entry: MockConfigEntry, hass_client: ClientSessionGenerator, folder: Path
) -> None:
    """No file takes the place of another, and each can be fetched."""
    hass.config_entries.async_update_entry(entry, options={"keep_minutes": 5})
    assert await hass.config_entries.async_setup(entry.entry_id)
    saved = [await act(hass, "stop_recording", entry) for _ in range(3)]
    assert {Path(told["path"]) for told in saved} == set(list_files(folder))
    assert len(list_files(folder)) == 3
    client = await hass_client()
    assert {(await client.get(told["url"])).status for told in saved} == {HTTPStatus.OK}


def _get_in_the_way(folder: Path) -> None:
    folder.write_text("in the way")


def _go_away(folder: Path) -> None:
    folder.unlink()


async def test_no_room_for_the_file(
    hass: HomeAssistant, loaded: MockConfigEntry, hass_client: ClientSessionGenerator, folder: Path
) -> None:
    """Where the file cannot be written it is said so, and once it can be, nothing is lost."""
    _get_in_the_way(folder)
    await act(hass, "record", loaded)
    with pytest.raises(HomeAssistantError, match="cannot be written"):
        await act(hass, "stop_recording", loaded)
    fix = await Fix.start(hass, hass_client, "recording_ready")
    assert (await fix.submit({"save": True}))["errors"] == {"base": "cannot_save"}
    _go_away(folder)
    assert (await fix.submit({"save": True}))["step_id"] == "saved"
    assert len(list_files(folder)) == 1


async def test_end_early_and_throw_away(
    hass: HomeAssistant, loaded: MockConfigEntry, hass_client: ClientSessionGenerator, folder: Path
) -> None:
    """Who ends a recording sees it, and nothing is kept of what they do not want."""
    await act(hass, "record", loaded)
    fix = await Fix.start(hass, hass_client, "recording_runs")
    assert fix.step["step_id"] == "stop"
    assert (await fix.submit({}))["step_id"] == "review"
    await fix.submit({"save": False})
    assert list_files(folder) == []
    assert not {"recording_runs", "recording_ready"} & issues(hass)
    assert not async_get_recordings(hass, loaded).has_any


async def test_unknown_events_ask_for_a_recording(
    hass: HomeAssistant, loaded: MockConfigEntry, pbx: AxeosSimulator, hass_client: ClientSessionGenerator
) -> None:
    """Events that nobody knows and that keep coming can be recorded from their repair."""
    await until(lambda: pbx.events.waiting > 0)
    for number in range(3):
        pbx.events.append("call_screened", unique_id=str(number), screening=True)
    await until(lambda: "unknown_events" in issues(hass))
    fix = await Fix.start(hass, hass_client, "unknown_events")
    assert "call_screened" in fix.step["description_placeholders"]["detail"]
    await fix.submit({"minutes": 2})
    await hass.async_block_till_done()
    assert "recording_runs" in issues(hass)
    assert async_get_recordings(hass, loaded).recorder.on


async def test_diagnostics_hold_no_recording(
    hass: HomeAssistant, loaded: MockConfigEntry, pbx: AxeosSimulator
) -> None:
    """What is recorded goes nowhere but into the file that somebody saves."""
    await act(hass, "record", loaded)
    await make_calls(hass, pbx)
    told = json.dumps(await async_get_config_entry_diagnostics(hass, loaded))
    assert "stream" not in told
    assert "internal_dial" not in told.replace('"internal_dial": 1', "")


async def test_recording_ends_with_its_entry(hass: HomeAssistant, loaded: MockConfigEntry) -> None:
    """Nothing is recorded of a PBX that is removed."""
    await act(hass, "record", loaded)
    recordings = async_get_recordings(hass, loaded)
    await hass.config_entries.async_remove(loaded.entry_id)
    assert not recordings.has_any
    assert "recording_runs" not in issues(hass)


@pytest.mark.parametrize(
    "name", ["../secrets.yaml", "pbx-axeos-20261130-120000.jsonl.gz", "configuration.yaml"]
)
async def test_only_recordings_are_handed_out(
    hass: HomeAssistant, loaded: MockConfigEntry, hass_client: ClientSessionGenerator, name: str
) -> None:
    """The address of recordings leads to nothing else."""
    answer = await (await hass_client()).get(f"/api/pbx/recordings/{name}")
    assert answer.status == HTTPStatus.NOT_FOUND
