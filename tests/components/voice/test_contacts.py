"""Somebody in an address book is called by name."""

from pathlib import Path
from typing import Any

from homeassistant.components import conversation
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.core import Context, HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockUser

from custom_components.pbx.protocols.commands import DialResult
from custom_components.pbx.protocols.enums import DialOutcome
from custom_components.pbx.protocols.model import FoundContact, User
from tests.components.memory_entry import memory_entry, set_up
from tests.memory_session import MemorySession

from .conftest import ASSISTANT, Say

CARDS = """
BEGIN:VCARD
VERSION:3.0
FN:Mum
TEL;TYPE=FAX:020 1000009
TEL;TYPE=HOME:020 1000001
TEL;TYPE=CELL:+31 (0)6 10000002
END:VCARD
BEGIN:VCARD
VERSION:4.0
FN:Hanna Visser
TEL;PREF=1;TYPE=home:tel:+31-20-1000003
TEL;TYPE=cell:+31610000004
END:VCARD
BEGIN:VCARD
VERSION:3.0
FN:Carla Jansen
TEL:020 1000005
END:VCARD
BEGIN:VCARD
VERSION:3.0
FN:Carla Jansen
TEL:020 1000006
END:VCARD
BEGIN:VCARD
VERSION:3.0
FN:Garage De Boer
TEL:020 1000007
END:VCARD
"""
PEOPLE = [{"person": "person.anna", "user": "1"}]
BOOK = {"vcard_folder": "contacts", "country": "NL", "people": PEOPLE}
ANNA = User(id="2", name="Anna Schmidt", number="202")


@pytest.fixture
def options() -> dict[str, Any]:
    """Return the options of the PBX."""
    return BOOK


@pytest.fixture
async def session(
    hass: HomeAssistant,
    assistant: None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    options: dict[str, Any],
) -> MemorySession:
    """Set up a PBX with an address book."""
    hass.config.config_dir = str(tmp_path)
    (tmp_path / "contacts").mkdir()
    (tmp_path / "contacts" / "all.vcf").write_text(CARDS)
    entry, session = memory_entry(
        hass, monkeypatch, (User(id="1", name="Robin Vos", number="201"), ANNA), options
    )
    session.answers["dial"] = DialResult(outcome=DialOutcome.RINGING, call_id=None)
    session.answers["find_contacts"] = []
    await set_up(hass, entry)
    for state in hass.states.async_all():
        async_expose_entity(hass, ASSISTANT, state.entity_id, should_expose=True)
    return session


@pytest.fixture
def say(hass: HomeAssistant, session: MemorySession, anna: MockUser) -> Say:
    """Return a way to say something as the first user."""

    async def say(text: str, language: str = "en") -> str:
        context = Context(user_id=anna.id)
        result = await conversation.async_converse(hass, text, None, context, language=language)
        return str(result.response.speech["plain"]["speech"])

    return say


def dialed(session: MemorySession) -> list[str]:
    """Return the numbers that were dialed."""
    return [command[3] for command in session.sent if command[0] == "dial"]


@pytest.mark.parametrize(
    ("text", "language", "number"),
    [
        # A mobile number comes before others, a preferred one before all, a fax last.
        ("call Mum", "en", "+31610000002"),
        ("ruf bitte mum an", "de", "+31610000002"),
        ("appelle Mum", "fr", "+31610000002"),
        ("call hanna", "en", "+31201000003"),
        ("bel garage de boer even", "nl", "0201000007"),
        ("call the garage", "en", "0201000007"),
        ("call hana visser", "en", "+31201000003"),
        # A user comes before a contact with a slip.
        ("call anna", "en", "202"),
    ],
)
async def test_called_by_name(
    say: Say, session: MemorySession, text: str, language: str, number: str
) -> None:
    """The number of the address book is dialed."""
    await say(text, language)
    assert dialed(session) == [number]


async def test_two_of_one_name(say: Say, session: MemorySession) -> None:
    """Two of the same name are asked about."""
    assert await say("call Carla") == "Which one: Carla Jansen (0201000005), Carla Jansen (0201000006)?"
    assert dialed(session) == []


@pytest.mark.parametrize("options", [{**BOOK, "mask_numbers": True}])
async def test_masked(say: Say, session: MemorySession) -> None:
    """A number that the options hide is not said."""
    assert await say("call Carla Jansen") == "Which one: Carla Jansen?"


@pytest.mark.parametrize(
    ("options", "number"),
    [
        ({**BOOK, "name_sources": ["pbx"]}, "0209"),
        ({**BOOK, "name_sources": ["address_book"]}, "0201000007"),
    ],
)
async def test_priority(say: Say, session: MemorySession, number: str) -> None:
    """The book that names come from first is asked first."""
    session.answers["find_contacts"] = [FoundContact(name="Garage Smit", number="0209")]
    await say("call the garage")
    assert dialed(session) == [number]
