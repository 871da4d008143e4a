"""What it costs to find out who calls, in an address book: the part that is on the path of an event."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pbx.hub.address_book import AddressBook
from custom_components.pbx.hub.options import PbxOptions
from custom_components.pbx.hub.pbx_book import PbxBook
from custom_components.pbx.hub.phone_numbers import PhoneNumbers
from custom_components.pbx.protocols.call import Party
from custom_components.pbx.protocols.errors import NotSupported
from custom_components.pbx.protocols.model import FoundContact
from custom_components.pbx.protocols.state import PbxState
from tests.memory_session import MemoryCommands

from .cost import Cost, Run, alternate

CALLERS = 200


@dataclass(frozen=True, slots=True)
class LookUpCost:
    """The costs of one look-up, by where a caller is: in the book, in the one of the PBX, or in neither.

    Further of one who is asked for, since the PBX does not list its book, and where there is no book at all.
    """

    known: Cost
    of_pbx: Cost
    unknown: Cost
    asked: Cost
    no_book: Cost


async def measure_lookup(hass: HomeAssistant, contacts: int, rounds: int, runs: int) -> LookUpCost:
    """Look callers up in a book of so many contacts, so many times each."""
    with TemporaryDirectory() as folder:
        cards = "".join(_write_card(number) for number in range(contacts))
        (Path(folder) / "all.vcf").write_text(cards)
        listed = [
            FoundContact(name=f"Customer {number}", number=_number(number))
            for number in range(contacts, 2 * contacts)
        ]
        book = await _open(hass, folder, {"list_contacts": listed})
    asking = await _open(hass, None, {}, NotSupported("list_contacts"))
    no_book = await _open(hass, None, {})
    known, of_pbx = _list_callers(0, contacts), _list_callers(contacts, contacts)
    unknown = _list_callers(2 * contacts, CALLERS)
    assert all(book.find(party) for party in (*known, *of_pbx))
    assert not any(book.find(party) for party in unknown)
    sides = ((book, known), (book, of_pbx), (book, unknown), (asking, known), (no_book, known))
    seconds = await alternate(runs, *(_look_up(used, parties, rounds) for used, parties in sides))
    costs = [
        Cost.of(taken, rounds * len(parties)) for taken, (_, parties) in zip(seconds, sides, strict=True)
    ]
    return LookUpCost(*costs)


def _list_callers(first: int, contacts: int) -> list[Party]:
    return [Party(number=_number(first + number)) for number in range(min(CALLERS, contacts))]


def _number(number: int) -> str:
    return f"020 {7_000_000 + number}"


def _write_card(number: int) -> str:
    return f"BEGIN:VCARD\nVERSION:3.0\nFN:Contact {number}\nTEL:{_number(number)}\nEND:VCARD\n"


async def _open(
    hass: HomeAssistant, folder: str | None, answers: Mapping[str, Any], fault: Exception | None = None
) -> AddressBook:
    options = PbxOptions(vcard_folder=folder, country="NL")
    phone_numbers = PhoneNumbers(hass, options, PbxState())
    await phone_numbers.load()
    entry, commands = MockConfigEntry(domain="pbx"), MemoryCommands()
    commands.answers.update(answers)
    if fault is not None:
        commands.faults["list_contacts"] = fault
    pbx_book = PbxBook(hass, entry, phone_numbers, lambda: commands)
    book = AddressBook(hass, entry, options, phone_numbers, pbx_book, lambda: None)
    await book.load()
    await pbx_book.refresh()
    return book


def _look_up(book: AddressBook, parties: Sequence[Party], rounds: int) -> Run:
    async def run() -> None:
        for _ in range(rounds):
            for party in parties:
                book.get_name(party, None)

    return run
