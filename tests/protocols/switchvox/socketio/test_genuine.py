"""The client against genuine Socket.IO servers of three ages."""

from math import ceil

import pytest

from custom_components.pbx.protocols.json_text import clean_text
from custom_components.pbx.protocols.switchvox.socketio import DIALECTS, Dialect
from tests.waiting import until

from .genuine import LINES, GenuineServer, genuine_server, install, node_is_here
from .talk import Talk, talk_to

pytestmark = pytest.mark.skipif(not node_is_here(), reason="Node is not installed")
TEXTS = ["plain", "Zoë €", "日本語 😀", '\u2028 \x00 \\ "quoted"', "ÃƒÂ«", "é" * 3000]
REVISIONS = {"1": 3, "2": 3, "4": 4}


@pytest.fixture(scope="module", autouse=True)
def _servers() -> None:
    """Have the servers on this machine."""
    install()


async def _echo(talk: Talk, number: int, text: str) -> object:
    await talk.client.emit("request", {"id": number, "method": "echo", "params": {"text": text}})
    await until(lambda: any(answer["id"] == number for answer in talk.arguments("response")))
    return next(answer for answer in talk.arguments("response") if answer["id"] == number)["echo"]["text"]


async def _hear_everything(server: GenuineServer, first: Dialect | None) -> Talk:
    async with talk_to(server.base, first) as talk:
        await server.says("connection")
        for number, text in enumerate(TEXTS):
            assert await _echo(talk, number, text) == clean_text(text)
        await until(lambda: len(talk.arguments("notification")) == len(TEXTS))
        assert {event["method"] for event in talk.arguments("notification")} == {"Zoë €"}
    await server.says("disconnect")
    return talk


@pytest.mark.parametrize("line", LINES)
async def test_text_survives_both_ways(line: str) -> None:
    """Whatever a text holds, it comes back clean but as it was, and the server lives on."""
    async with genuine_server(line) as server:
        talk = await _hear_everything(server, None)
    assert talk.dialect == Dialect("websocket", 4 if line == "4" else 3)
    assert talk.client.revision == REVISIONS[line]
    assert not talk.client.ignored


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
async def test_every_dialect_that_might_be_remembered(line: str, dialect: Dialect) -> None:
    """A dialect that no longer fits is either understood by its behaviour or given up for another."""
    async with genuine_server(line) as server:
        talk = await _hear_everything(server, dialect)
    assert talk.client.revision == REVISIONS[line]
    fits = line != "4" or dialect.revision == 4
    assert (talk.dialect == dialect) == fits


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("transport", ["websocket", "polling"])
async def test_survives_many_heartbeats(line: str, transport: str) -> None:
    """Over longer than the server waits for a sign of life, neither side gives up."""
    interval, patience = 0.15, 1.0
    enough = ceil((interval + patience) / interval) + 1
    dialect = next(
        item for item in DIALECTS if (item.transport, item.revision) == (transport, REVISIONS[line])
    )
    async with (
        genuine_server(line, interval=interval, patience=patience) as server,
        talk_to(server.base, dialect) as talk,
    ):
        await until(lambda: talk.life >= enough or talk.end is not None)
        assert talk.end is None
        assert await _echo(talk, 1, "still here") == "still here"


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("transport", ["websocket", "polling"])
async def test_server_that_leaves(line: str, transport: str) -> None:
    """A connection that the server ends is over at once."""
    dialect = next(
        item for item in DIALECTS if (item.transport, item.revision) == (transport, REVISIONS[line])
    )
    # No ping is missed as long as this test waits.
    rare = genuine_server(line, interval=600, patience=600)
    async with rare as server, talk_to(server.base, dialect) as talk:
        await talk.client.emit("request", {"id": 1, "method": "leave"})
        await until(lambda: talk.end is not None)
