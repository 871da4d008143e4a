"""Recordings of genuine servers: what no simulator has invented plays again as well."""

import asyncio
from contextlib import suppress
from copy import deepcopy
import ssl
from typing import Any

from aiohttp import ClientSession
import pytest

from custom_components.pbx.hub.recording.frames import to_line
from custom_components.pbx.hub.recording.redaction import Redactor
from custom_components.pbx.protocols.recorder import Recorder
from custom_components.pbx.protocols.session import Link
from custom_components.pbx.protocols.switchvox.socketio import Endpoint, connect
from tests.genuine.fixtures import genuine, genuine_servers, on_asterisk
from tests.genuine.office import GenuineOffice
from tests.protocols.asterisk.client import settings, telephones
from tests.protocols.switchvox.socketio.genuine import LINES, genuine_server, install, node_is_here
from tests.protocols.switchvox.socketio.talk import Talk
from tests.simulators.common.clock import Clock
from tests.simulators.replay import Recording, make_replay
from tests.waiting import until

from .story import Story, know, list_moments, watching
from .test_replay import make_recording, rename

__all__ = ["genuine", "genuine_servers"]


async def record_genuine(office: GenuineOffice) -> Story:
    """Let one telephone call another on a genuine Asterisk, and record it."""
    recorder = Recorder()
    recorder.start()
    data = {"system": "asterisk", **settings(office)}
    async with (
        watching(data, recorder, Clock()) as watcher,
        telephones(office, "201", "206") as (anna, emile),
    ):
        call = emile.call("201")
        ring = await anna.rings()
        await ring.answer()
        await call.is_answered()
        await until(lambda: "talking" in watcher.shown["user 201"])
        await call.hang_up()
        await until(lambda: watcher.shown["user 201"][-1] == "idle" and not list(watcher.state.calls.open))
        recorder.stop()
        return Story(data, recorder.frames, deepcopy(watcher.shown), list_moments(watcher), *know(watcher))


@on_asterisk((22, "freepbx"))
async def test_genuine_asterisk_plays_again(genuine: GenuineOffice) -> None:
    """A call between two telephones, redacted, shows the same states and moments."""
    story = await record_genuine(genuine)
    redactor = Redactor(story.names, story.numbers, "NL")
    recording = make_recording(story, redactor)
    expected = rename(story, redactor)
    replay = make_replay(recording)
    clock = Clock()
    async with replay, watching(replay.settings, Recorder(), clock) as watcher:
        with suppress(TimeoutError):
            await until(lambda: list_moments(watcher) == expected.moments)
        assert list_moments(watcher) == expected.moments
        called = f"user {redactor.redact_text('201')}"
        assert watcher.shown[called] == story.shown["user 201"]


async def talk(link: Link, base: str) -> list[Any]:
    """Ask a server for an echo, and return what it has said."""
    client, dialect = await connect(Endpoint(base=base, path="/rtapi/socket.io", link=link))
    talk = Talk(client, dialect)
    listening = asyncio.create_task(talk.run())
    await client.emit("request", {"jsonrpc": "2.0", "id": 1, "method": "echo", "params": {"text": "plain"}})
    await until(lambda: talk.arguments("response"))
    await client.close()
    listening.cancel()
    return talk.arguments("response")


@pytest.mark.skipif(not node_is_here(), reason="Node is not installed")
@pytest.mark.parametrize("line", LINES)
async def test_genuine_socket_io_plays_again(line: str) -> None:
    """What a genuine server of each age says is said again, in its dialect."""
    await asyncio.to_thread(install)
    recorder = Recorder()
    recorder.start()
    context = ssl.create_default_context()
    async with ClientSession() as http, genuine_server(line) as server:
        told = await talk(Link(http=http, ssl=context, recorder=recorder), server.base)
    lines = [to_line(frame, recorder.frames[0].time) for frame in recorder.frames]
    recording = Recording({"system": "switchvox"}, tuple(Redactor().redact_lines(lines)))
    async with ClientSession() as http, make_replay(recording) as replay:
        again = await talk(Link(http=http, ssl=context), replay.url)
    assert [answer["id"] for answer in again] == [answer["id"] for answer in told]
    assert [answer.keys() for answer in again] == [answer.keys() for answer in told]
