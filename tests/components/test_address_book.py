"""Callers get names, groups and pictures from address books, and keep the name of the PBX."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.pbx.hub import pbx_book, vcards
from custom_components.pbx.hub.address_book import AddressBook
from custom_components.pbx.hub.contact_sources import FOLDER_INTERVAL
from custom_components.pbx.hub.pbx_book import FIRST_AFTER, INTERVAL, MOST_WAITING, NOBODY_LASTS
from custom_components.pbx.hub.vcards import MAX_GROUPS
from custom_components.pbx.protocols.call import Leg, Party
from custom_components.pbx.protocols.changes import CallChange
from custom_components.pbx.protocols.enums import CallDirection, CallState, EndCause, LegRole
from custom_components.pbx.protocols.errors import CommandFailed, NotSupported
from custom_components.pbx.protocols.model import FoundContact, User
from tests.memory_session import MemorySession
from tests.simulators.carddav import PASSWORD, USER, CardDavServer
from tests.waiting import until

from .automations import automate
from .memory_entry import memory_entry, set_up
from .test_vcards import ANNA as CARD, JPEG

ANNA = User(id="1", name="Anna", number="201")
BJORN = User(id="2", name="Björn", number="202")
CALLER = Party(number="020 1234567", name="CUST 17")
SHOWN = "sensor.memory_pbx_anna_other_party"
FILES = {"vcard_folder": "contacts", "country": "NL"}


@pytest.fixture(autouse=True)
def _real_network(socket_enabled: None, enable_custom_integrations: None) -> None:
    """Allow our integration and the loopback."""


@pytest.fixture
async def folder(hass: HomeAssistant, tmp_path: Path) -> Path:
    """Return the folder with the card of Anna de Boer."""
    hass.config.config_dir = str(tmp_path)
    folder = tmp_path / "contacts"
    folder.mkdir()
    (folder / "anna.vcf").write_text(CARD)
    return folder


@pytest.fixture
async def server() -> AsyncIterator[CardDavServer]:
    """Return a CardDAV server with the same card."""
    server = CardDavServer()
    server.put("people", "anna", CARD)
    async with server.serve():
        yield server


def ring(session: MemorySession, caller: Party = CALLER, call_id: str = "7") -> None:
    """Let somebody call Anna."""
    leg = Leg(id="1", role=LegRole.CALLEE, party=Party(user="1"), state=CallState.RINGING)
    direction = CallDirection.INTERNAL if caller.internal else CallDirection.INCOMING
    session.report(CallChange(id=call_id, direction=direction, caller=caller, legs=(leg,)))


async def shows(hass: HomeAssistant, name: str) -> dict[str, Any]:
    """Wait until the other party of Anna has a name, and return the attributes."""

    def has_name() -> bool:
        state = hass.states.get(SHOWN)
        return state is not None and state.state == name

    await until(has_name)
    state = hass.states.get(SHOWN)
    assert state is not None
    return dict(state.attributes)


async def test_files(
    hass: HomeAssistant,
    monkeypatch: pytest.MonkeyPatch,
    folder: Path,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    """A caller has the name, the groups and the picture of the card, also in the call list."""
    entry, session = memory_entry(hass, monkeypatch, (ANNA, BJORN), FILES)
    await set_up(hass, entry)
    ring(session)
    told = await shows(hass, "Anna de Boer")
    assert (told["pbx_name"], told["groups"], told["number"]) == (
        "CUST 17",
        ["VIP", "Family"],
        "020 1234567",
    )
    client = await hass_client_no_auth()
    picture = await client.get(told["picture"])
    assert (picture.status, picture.content_type, await picture.read()) == (200, "image/jpeg", JPEG)
    assert (await client.get(told["picture"][:-1] + "x")).status == 404
    (folder / "anna.vcf").write_text(CARD.replace("FN:Anna  de Boer", "FN:Anna Jansen").replace("VIP,", ""))
    async_fire_time_changed(hass, dt_util.utcnow() + FOLDER_INTERVAL)
    told = await shows(hass, "Anna Jansen")
    assert told["groups"] == ["Family"]
    session.report(CallChange(id="7", end=EndCause.HANGUP))
    await until(lambda: list(entry.runtime_data.call_list.list_calls()))
    assert [call.caller_name for call in entry.runtime_data.call_list.list_calls()] == ["Anna Jansen"]
    (folder / "anna.vcf").unlink()
    async_fire_time_changed(hass, dt_util.utcnow() + FOLDER_INTERVAL)
    await until(lambda: entry.runtime_data.address_book.find(CALLER) is None)
    ring(session, call_id="8")
    assert "pbx_name" not in await shows(hass, "CUST 17")


async def test_unreadable(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Files that cannot be read are no reason not to start."""
    (folder / "memory.vcf").symlink_to("/proc/self/mem")
    entry, _ = memory_entry(hass, monkeypatch, (ANNA,), FILES)
    await set_up(hass, entry)
    assert "vCard files cannot be read" in caplog.text
    assert entry.runtime_data.address_book.find(CALLER) is None


async def test_too_many_files(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The log says once that not all of them are read, however often they change."""
    monkeypatch.setattr(vcards, "MAX_FILES", 1)
    entry, _ = memory_entry(hass, monkeypatch, (ANNA,), FILES)
    for number in range(2):
        (folder / f"z{number}.vcf").write_text(CARD)
    await set_up(hass, entry)
    book = entry.runtime_data.address_book
    assert book.find(CALLER) is not None
    (folder / "anna.vcf").unlink()
    await book.sources.refresh_files()
    assert caplog.text.count("Not all vCard files are read") == 1


@pytest.mark.parametrize(
    ("sources", "name"),
    [
        (["pbx", "address_book"], "CUST 17"),
        (["person", "address_book", "pbx"], "Anna de Boer"),
        ([], "CUST 17"),
    ],
)
async def test_priority(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch, folder: Path, sources: list[str], name: str
) -> None:
    """The first source of the options that has a name is shown; groups are told in any case."""
    entry, session = memory_entry(hass, monkeypatch, (ANNA, BJORN), FILES | {"name_sources": sources})
    await set_up(hass, entry)
    ring(session)
    assert (await shows(hass, name))["groups"] == ["VIP", "Family"]


async def test_persons(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> None:
    """A person of Home Assistant has a picture, and a name where the options prefer that."""
    hass.states.async_set("person.b", "home", {"friendly_name": "Bear", "entity_picture": "/local/b.png"})
    options = {"people": [{"person": "person.b", "user": "2"}]}
    entry, session = memory_entry(hass, monkeypatch, (ANNA, BJORN), options)
    await set_up(hass, entry)
    ring(session, Party(user="2"))
    assert (await shows(hass, "Björn"))["picture"] == "/local/b.png"
    hass.config_entries.async_update_entry(entry, options=options | {"name_sources": ["person", "pbx"]})
    await hass.config_entries.async_reload(entry.entry_id)
    ring(session, Party(user="2"), "8")
    assert (await shows(hass, "Bear"))["pbx_name"] == "Björn"


async def test_account(
    hass: HomeAssistant,
    monkeypatch: pytest.MonkeyPatch,
    server: CardDavServer,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A CardDAV account is read in the background; what is known stays while it cannot be read."""
    options = {"carddav_url": server.url, "carddav_username": USER, "carddav_password": PASSWORD}
    entry, session = memory_entry(hass, monkeypatch, (ANNA,), options | {"country": "NL"})
    await set_up(hass, entry)
    book = entry.runtime_data.address_book
    await until(lambda: book.find(CALLER))
    ring(session)
    await shows(hass, "Anna de Boer")
    for password, name in (("wrong", "Anna de Boer"), (PASSWORD, "Carla")):
        server.password = password
        server.put("people", "anna", CARD.replace("FN:Anna  de Boer", f"FN:{name}"))
        for _ in range(2):
            await book.sources.refresh_account()
        await shows(hass, name)
    assert caplog.text.count("The CardDAV account cannot be read: the login is refused") == 1
    assert PASSWORD not in caplog.text


async def test_once_at_a_time(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch, server: CardDavServer
) -> None:
    """An account that takes longer to read than passes until the next time is not read twice at once."""
    options = {"carddav_url": server.url, "carddav_username": USER, "carddav_password": PASSWORD}
    entry, _ = memory_entry(hass, monkeypatch, (ANNA,), options | {"country": "NL"})
    await set_up(hass, entry)
    book = entry.runtime_data.address_book
    await until(lambda: book.find(CALLER))
    server.asked.clear()
    server.tells_versions = False
    await asyncio.gather(*(book.sources.refresh_account() for _ in range(5)))
    assert [asked.partition(" ")[0] for asked in server.asked] == ["PROPFIND", "REPORT"]


async def test_groups(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """A trigger is for callers of some groups only, however these are written; strangers are in none."""
    entry, session = memory_entry(hass, monkeypatch, (ANNA,), FILES)
    await set_up(hass, entry)
    target = {"entity_id": "event.memory_pbx_anna_call"}
    wanted = {"trigger": "pbx.call_ringing", "target": target, "options": {"group": ["vip", "friends"]}}
    runs = await automate(hass, wanted, {"who": "{{ trigger.name }} {{ trigger.groups | join(' ') }}"})
    ring(session, Party(number="+4930123456"), "a")
    ring(session, Party(name="Withheld"), "b")
    ring(session, CALLER, "c")
    assert await runs.wait() == [{"who": "Anna de Boer VIP Family"}]


CUSTOMER = FoundContact(name="Customer 17", number="+31 20 1234567", group="customers", tags=("vip",))
UNNAMED = Party(number="020 1234567")


async def pass_time(hass: HomeAssistant, session: MemorySession, seconds: float) -> None:
    """Let time pass until the address book of the PBX is read."""
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=seconds))
    await session.delivered()
    await hass.async_block_till_done()


@pytest.mark.parametrize(
    ("sources", "caller", "name"),
    [
        (None, CALLER, "Customer 17"),
        (["address_book", "pbx", "person"], CALLER, "CUST 17"),
        (["address_book", "pbx", "person"], UNNAMED, "Customer 17"),
        (["pbx_book", "address_book"], CALLER, "Customer 17"),
        ([], CALLER, "CUST 17"),
    ],
)
async def test_book_of_the_pbx(
    hass: HomeAssistant,
    monkeypatch: pytest.MonkeyPatch,
    sources: list[str] | None,
    caller: Party,
    name: str,
) -> None:
    """Callers have the names and groups of the book of the PBX, which is read again now and then."""
    options = {"country": "NL"} | ({"name_sources": sources} if sources is not None else {})
    entry, session = memory_entry(hass, monkeypatch, (ANNA, BJORN), options)
    session.answers["list_contacts"] = [CUSTOMER]
    await set_up(hass, entry)
    ring(session, caller)
    await pass_time(hass, session, FIRST_AFTER + 1)
    told = await shows(hass, name)
    assert told["groups"] == ["customers", "vip"]
    assert told.get("pbx_name") == (None if caller is UNNAMED or name == "CUST 17" else "CUST 17")
    session.faults["list_contacts"] = CommandFailed("rejected")
    await pass_time(hass, session, INTERVAL.total_seconds() + 1)
    assert entry.runtime_data.address_book.find(caller).name == "Customer 17"
    del session.faults["list_contacts"]
    session.answers["list_contacts"] = []
    await pass_time(hass, session, 2 * INTERVAL.total_seconds() + 1)
    await until(lambda: entry.runtime_data.address_book.find(caller) is None)


async def test_own_book_comes_first(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    """Who is in both books has the groups of the one of the options, and the name of the first source."""
    options = FILES | {"name_sources": ["pbx_book", "address_book"]}
    entry, session = memory_entry(hass, monkeypatch, (ANNA, BJORN), options)
    session.answers["list_contacts"] = [CUSTOMER]
    await set_up(hass, entry)
    await pass_time(hass, session, FIRST_AFTER + 1)
    ring(session)
    assert (await shows(hass, "Customer 17"))["groups"] == ["VIP", "Family"]


async def test_book_that_can_only_be_searched(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> None:
    """A caller without a name is asked for once, beside the event; the name is shown when it comes."""
    entry, session = memory_entry(hass, monkeypatch, (ANNA, BJORN), {"country": "NL"})
    session.faults["list_contacts"] = NotSupported("list_contacts")
    session.answers["find_caller"] = {"020 1234567": CUSTOMER}
    await set_up(hass, entry)
    await pass_time(hass, session, FIRST_AFTER + 1)
    ring(session)
    await shows(hass, "CUST 17")
    assert session.commands.asked == []
    session.report(CallChange(id="7", end=EndCause.HANGUP))
    for call_id in ("8", "9"):
        ring(session, UNNAMED, call_id)
        assert (await shows(hass, "Customer 17"))["number"] == "020 1234567"
        session.report(CallChange(id=call_id, end=EndCause.HANGUP))
        await session.delivered()
    stranger = Party(number="020 7654321")
    for call_id in ("10", "11"):
        ring(session, stranger, call_id)
        await until(lambda: "020 7654321" in session.commands.asked)
    assert session.commands.asked == ["020 1234567", "020 7654321"]
    # One that fails is asked for again with the next call.
    session.faults["find_caller"] = CommandFailed("rejected")
    ring(session, Party(number="020 7000000"), "12")
    await until(lambda: "020 7000000" in session.commands.asked)
    assert entry.runtime_data.address_book.find(Party(number="020 7000000")) is None


async def test_names_of_strangers(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> None:
    """What somebody has written into the book of the PBX is nothing but text."""
    entry, session = memory_entry(hass, monkeypatch, (ANNA,), {"country": "NL"})
    odd = FoundContact(name="<img src=x> Eve\n", number="020 1234567", group="[a](http://x)")
    session.answers["list_contacts"] = [odd]
    await set_up(hass, entry)
    await entry.runtime_data.address_book.pbx_book.refresh()
    found = entry.runtime_data.address_book.find(UNNAMED)
    assert "<" not in found.name
    assert "](" not in found.groups[0]


@pytest.fixture
async def searched(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> tuple[AddressBook, MemorySession]:
    """Return the book of a PBX that can only be asked for one caller at a time, and its session."""
    entry, session = memory_entry(hass, monkeypatch, (ANNA,), {"country": "NL"})
    session.faults["list_contacts"] = NotSupported("list_contacts")
    session.answers["find_caller"] = {"020 1234567": CUSTOMER}
    await set_up(hass, entry)
    await pass_time(hass, session, FIRST_AFTER + 1)
    return entry.runtime_data.address_book, session


async def test_asked_for_again(hass: HomeAssistant, searched: tuple[AddressBook, MemorySession]) -> None:
    """Whoever could not be asked for is asked for with the next call."""
    _, session = searched
    session.faults["find_caller"] = CommandFailed("rejected")
    ring(session, UNNAMED, "1")
    await until(lambda: session.commands.asked)
    session.report(CallChange(id="1", end=EndCause.HANGUP))
    await session.delivered()
    del session.faults["find_caller"]
    ring(session, UNNAMED, "2")
    await shows(hass, "Customer 17")


async def test_nobody_is_asked_for_again_after_an_hour(
    hass: HomeAssistant, searched: tuple[AddressBook, MemorySession], monkeypatch: pytest.MonkeyPatch
) -> None:
    """That nobody has a number holds for an hour, whenever the book is read; then it may have been added."""
    book, session = searched
    stranger = Party(number="020 7654321")
    now = pbx_book.monotonic()
    for seconds, asked in ((0.0, 1), (NOBODY_LASTS - 1, 1), (NOBODY_LASTS, 2), (NOBODY_LASTS + 1, 2)):
        monkeypatch.setattr(pbx_book, "monotonic", lambda seconds=seconds: now + seconds)
        # The other one is asked for after whatever was to be asked before.
        other = f"020 {seconds:.0f}"
        assert (book.find(stranger), book.find(Party(number=other))) == (None, None)
        await until(lambda other=other: other in session.commands.asked)  # type: ignore[misc]
        assert session.commands.asked.count("020 7654321") == asked


async def test_more_callers_than_can_be_asked_for(
    hass: HomeAssistant, searched: tuple[AddressBook, MemorySession]
) -> None:
    """Callers without end, with forged numbers, do not keep a name from those who call later."""
    book, session = searched
    for place in range(2 * MOST_WAITING):
        book.find(Party(number=f"020 70000{place:02d}"))
    assert book.find(UNNAMED) is None
    await until(lambda: len(session.commands.asked) == MOST_WAITING)
    await hass.async_block_till_done()
    ring(session, UNNAMED, "2")
    await shows(hass, "Customer 17")


async def test_endless_entries(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> None:
    """Groups have a limit, and what is too long for a number is none."""
    entry, session = memory_entry(hass, monkeypatch, (ANNA,), {"country": "NL"})
    tags = tuple(f"tag {place}" for place in range(5000))
    session.answers["list_contacts"] = [
        FoundContact(name="Eve", number="020 1234567", tags=tags),
        FoundContact(name="Mallory", number="0" * 1_000_000),
    ]
    await set_up(hass, entry)
    await pass_time(hass, session, FIRST_AFTER + 1)
    ring(session, UNNAMED)
    assert (await shows(hass, "Eve"))["groups"] == list(tags[:MAX_GROUPS])
    assert [contact.name for contact in entry.runtime_data.address_book.pbx_book.contacts] == ["Eve"]
