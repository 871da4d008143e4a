"""The dial plan of a genuine Asterisk speaks and asks, by the very examples of the document."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
import re
from typing import Any

from homeassistant.core import Event, HomeAssistant
from homeassistant.util.yaml import parse_yaml
import pytest

from tests.genuine.fixtures import on_asterisk
from tests.genuine.office import GenuineOffice
from tests.protocols.asterisk.client import telephones
from tests.waiting import until

from .house import House, set_up

DOCUMENT = Path(__file__).parents[3] / "docs" / "asterisk.md"
SOMEWHERE = "0123456789abcdef0123456789abcdef"
# For how many seconds the dial plan of the document waits for an answer.
LIMIT = "TIMEOUT(absolute)=10"
PLAIN = ((22, "plain"), (16, "plain"))


def read_examples(language: str, word: str) -> Iterator[str]:
    """Yield the examples of the document in a language that have a word."""
    pattern = re.compile(rf"^```{language}\n(.*?)^```", re.MULTILINE | re.DOTALL)
    blocks = pattern.findall(DOCUMENT.read_text(encoding="utf-8"))
    yield from (block for block in blocks if word in block)


def automations_of(house: House) -> list[dict[str, Any]]:
    """Return the automations of the document, on the PBX of a house."""
    texts = [text.replace(SOMEWHERE, house.pbx) for text in read_examples("yaml", "trigger: pbx.")]
    return [parse_yaml(text) for text in texts]


@pytest.fixture
async def examples(genuine: GenuineOffice) -> AsyncIterator[None]:
    """Put the dial plans of the document into that of the server."""
    path = genuine.server.folder / "etc" / "extensions.conf"
    before = path.read_text()
    examples = "\n".join(read_examples("ini", "exten =>"))
    # A machine that is busy takes its time to answer.
    path.write_text(f"{before}\n{examples.replace(LIMIT, LIMIT.replace('10', '60'))}")
    await genuine.command("dialplan reload")
    yield
    path.write_text(before)
    await genuine.command("dialplan reload")


@on_asterisk(*PLAIN)
@pytest.mark.usefixtures("examples")
async def test_examples(genuine: GenuineOffice, house: House) -> None:
    """A call rings where the answer says, and an event is heard."""
    heard: list[Event] = []
    house.hass.bus.async_listen("front_door", heard.append)
    await house.automate(*automations_of(house))
    async with telephones(genuine, "201", "202", "203") as (anna, bjorn, carla):
        for people, called in (("0", bjorn), ("2", anna)):
            house.hass.states.async_set("zone.home", people)
            call = carla.call("500")
            await called.rings()
            await call.hang_up()
        await carla.call("501").ends()
        await until(lambda: len(heard) == 1)


@on_asterisk((22, "plain"))
@pytest.mark.usefixtures("examples")
async def test_home_assistant_is_off(genuine: GenuineOffice) -> None:
    """Where Home Assistant is off, the call goes on once the time of the dial plan is over."""
    path = genuine.server.folder / "etc" / "extensions.conf"
    path.write_text(path.read_text().replace(LIMIT.replace("10", "60"), LIMIT.replace("10", "1")))
    await genuine.command("dialplan reload")
    async with telephones(genuine, "201", "203") as (anna, carla):
        call = carla.call("500")
        await anna.rings()
        await call.hang_up()


@on_asterisk((22, "plain"))
@pytest.mark.usefixtures("examples")
async def test_time_to_answer(hass: HomeAssistant, genuine: GenuineOffice) -> None:
    """Where no automation answers, the call goes on once the time of the options is over."""
    house = await set_up(hass, genuine, question_timeout=1)
    async with telephones(genuine, "201", "203") as (anna, carla):
        call = carla.call("500")
        await anna.rings()
        await house.shows(u201="ringing")
        await call.hang_up()
    assert await hass.config_entries.async_unload(house.entry.entry_id)
