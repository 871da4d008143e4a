"""Somebody in an address book is called by name."""

from pathlib import Path
from typing import Any

from homeassistant.components import conversation
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.core import Context, HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockUser

from custom_components.pbx.protocols.commands import DialResult
from custom_components.pbx.protocols.enums import DialOutcome, NumberKind
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
BEGIN:VCARD
VERSION:3.0
FN:Old Office
TEL;TYPE=WORK,FAX:020 1000008
END:VCARD
BEGIN:VCARD
VERSION:3.0
FN:Anna Schmidt
TEL;TYPE=CELL:+31610000009
TEL;TYPE=HOME:020 1000010
END:VCARD
BEGIN:VCARD
VERSION:3.0
FN:Peter Klein
TEL;TYPE=CELL,VOICE:+31610000011
TEL;TYPE=WORK,VOICE:020 1000012
TEL;TYPE=HOME,FAX:020 1000013
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
    assert await say("call Carla") == ("Which one: Carla Jansen (0201000005) or Carla Jansen (0201000006)?")
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


@pytest.mark.parametrize(
    ("text", "language", "number"),
    [
        ("call Mum at home", "en", "0201000001"),
        ("call Mum on her mobile", "en", "+31610000002"),
        ("call Mum's cell phone", "en", "+31610000002"),
        ("call the mobile of Mum please", "en", "+31610000002"),
        ("call hanna's home number", "en", "+31201000003"),
        ("phone peter at work", "en", "0201000012"),
        ("ruf Mum auf dem Handy an", "de", "+31610000002"),
        ("ruf Mum bitte zu Hause an", "de", "0201000001"),
        ("ruf Hannas Handy an", "de", "+31610000004"),
        ("ruf Peter im Büro an", "de", "0201000012"),
        ("bel Mum op haar mobiel", "nl", "+31610000002"),
        ("bel Mum thuis", "nl", "0201000001"),
        ("bel Peter op het werk", "nl", "0201000012"),
        ("appelle Mum sur son portable", "fr", "+31610000002"),
        ("appelle Mum chez elle", "fr", "0201000001"),
        ("appelle le portable de Peter", "fr", "+31610000011"),
        ("appelle Peter au travail", "fr", "0201000012"),
        ("llama a Mum al móvil", "es", "+31610000002"),
        ("llama a Mum a su casa", "es", "0201000001"),
        ("llama a Peter al trabajo", "es", "0201000012"),
        ("chiama Mum sul cellulare", "it", "+31610000002"),
        ("chiama Mum a casa", "it", "0201000001"),
        ("chiama Peter al lavoro", "it", "0201000012"),
        # The extension of a user is at work; a mobile that the PBX does not know is in the address book.
        ("call anna at work", "en", "202"),
        ("call anna schmidt's mobile", "en", "+31610000009"),
        ("ruf Anna auf dem Handy an", "de", "+31610000009"),
    ],
)
async def test_kinds_of_numbers(
    say: Say, session: MemorySession, text: str, language: str, number: str
) -> None:
    """The number that is asked for is dialed."""
    await say(text, language)
    assert dialed(session) == [number]


@pytest.mark.parametrize(
    ("text", "language", "answer"),
    [
        (
            "call Mum at work",
            "en",
            "I know no work number of Mum, but there is: mobile number and home number.",
        ),
        (
            "ruf Peter zu Hause an",
            "de",
            "Von Peter Klein kenne ich keine Privatnummer, aber: Handynummer und Dienstnummer.",
        ),
        ("call robin's mobile", "en", "I know no mobile number of Robin Vos, but there is: extension."),
        (
            "appelle Carla Jansen sur le portable",
            "fr",
            "Je ne connais pas de numéro de portable pour Carla Jansen, mais il y a : numéro sans précision.",
        ),
        ("call the old office", "en", "For Old Office there is only a fax number."),
        ("call old office at work", "en", "For Old Office there is only a fax number."),
        ("bel old office", "nl", "Van Old Office is er alleen een faxnummer."),
    ],
)
async def test_kinds_that_are_not_there(
    say: Say, session: MemorySession, text: str, language: str, answer: str
) -> None:
    """What there is instead is said, and nobody is called; nor is a fax."""
    assert await say(text, language) == answer
    assert dialed(session) == []


async def test_book_of_the_pbx_that_is_held(hass: HomeAssistant, say: Say, session: MemorySession) -> None:
    """The address book of the PBX is searched here once it was read, with the kinds that it tells."""
    session.answers["list_contacts"] = [
        FoundContact(name="Zoe Customer", number="0300000001", kind=NumberKind.WORK),
        FoundContact(name="Zoe Customer", number="0300000002", kind=NumberKind.MOBILE),
    ]
    (entry,) = hass.config_entries.async_entries("pbx")
    await entry.runtime_data.address_book.pbx_book.refresh()
    await say("call zoe on her mobile")
    await say("call Zoe Customer")
    assert dialed(session) == ["0300000002", "0300000001"]
    assert all(command[0] != "find_contacts" for command in session.sent)
