"""What was recorded plays again to the same states and moments, redacted or not."""

from contextlib import suppress
import json
import re
from typing import Any

import pytest

from custom_components.pbx.config.login_forms import SECRETS
from custom_components.pbx.hub.recording.redaction import Redactor
from custom_components.pbx.hub.recording.vocabulary import is_known
from custom_components.pbx.protocols.recorder import Recorder
from tests.components.parity.systems import TELLERS
from tests.simulators.common.clock import Clock
from tests.simulators.replay import Recording, make_replay
from tests.waiting import until

from .story import Story, list_moments, record, watching


def make_recording(story: Story, redactor: Redactor | None) -> Recording:
    """Return what a file of the story holds."""
    lines = story.lines if redactor is None else redactor.redact_lines(story.lines)
    settings = story.data if redactor is None else redactor.redact_settings(story.data)
    head = {"pbx_recording": 1, "system": story.data["system"], "settings": settings}
    return Recording(head, tuple(json.loads(json.dumps(lines))))


def rename(story: Story, redactor: Redactor) -> Story:
    """Return a story in which everybody is called as in the redacted recording."""

    def call(key: str) -> str:
        kind, _, object_id = key.partition(" ")
        return f"{kind} {redactor.redact_text(object_id)}"

    shown = {call(key): values for key, values in story.shown.items()}
    moments = sorted((call(key), moment) for key, moment in story.moments)
    return Story(story.data, story.frames, shown, moments)


def list_personal(story: Story) -> set[str]:
    """Return the words and numbers of everybody in a story, but for words that every PBX uses."""
    words = {word.casefold() for name in story.names for word in re.findall(r"\w+", name)}
    secrets = {str(story.data[name]) for name in story.data if name in SECRETS}
    people = {word for word in words if not is_known(word) and not word.isdigit()}
    return people | secrets | {"carla"}


async def play(recording: Recording, story: Story) -> None:
    """Play a recording and compare what is shown with what was shown when it was made."""
    replay = make_replay(recording)
    clock = Clock()
    async with replay, watching(replay.settings, Recorder(), clock) as watcher:
        async with clock.hurrying():
            with suppress(TimeoutError):
                await until(lambda: (watcher.shown, list_moments(watcher)) == (story.shown, story.moments))
        assert list_moments(watcher) == story.moments
        assert watcher.shown == story.shown
        assert not watcher.errors


@pytest.mark.parametrize("system", TELLERS)
async def test_redacted_recording_plays_to_the_same(system: str) -> None:
    """Two calls on each system: as many states and moments, each at who stands for whom."""
    story = await record(system)
    redactor = Redactor(story.names, story.numbers, "NL")
    recording = make_recording(story, redactor)
    told = json.dumps([recording.head, *recording.lines], ensure_ascii=False).casefold()
    assert list_personal(story) & set(re.findall(r"\w+", told)) == set()
    assert "201234567" not in told
    await play(recording, rename(story, redactor))


@pytest.mark.parametrize("system", ["asterisk", "innovaphone"])
async def test_connection_that_was_cut(system: str) -> None:
    """Where the connection was lost, it is lost again, and what came on the next one comes there."""

    async def cut(teller: Any) -> None:
        await teller.pbx.end_waiting()

    story = await record(system, cut)
    redactor = Redactor(story.names, story.numbers, "NL")
    await play(make_recording(story, redactor), rename(story, redactor))


async def test_pbx_that_has_told_a_lot() -> None:
    """The numbers of events grow as long as those of people, and are none."""

    def tell_a_lot(teller: Any) -> None:
        teller.pbx.events.drop(1234)

    story = await record("axeos", before=tell_a_lot)
    redactor = Redactor(story.names, story.numbers, "NL")
    await play(make_recording(story, redactor), rename(story, redactor))


async def test_recording_plays_as_it_was_sent() -> None:
    """The wire itself plays to the same: what is lost is not lost by redaction."""
    story = await record("axeos")
    await play(make_recording(story, None), story)
