"""What it costs to find out who calls, in an address book: the part that is on the path of an event."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pbx.hub.address_book import AddressBook
from custom_components.pbx.hub.options import PbxOptions
from custom_components.pbx.hub.phone_numbers import PhoneNumbers
from custom_components.pbx.protocols.model import Party
from custom_components.pbx.protocols.state import PbxState

from .cost import Cost, Run, alternate

CALLERS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class LookUpCost:
    """The costs of one look-up: of a caller who is in the book, of one who is not, and without a book."""

    known: Cost
    unknown: Cost
    no_book: Cost


async def measure_lookup(hass: HomeAssistant, contacts: int, rounds: int, runs: int) -> LookUpCost:
    """Look callers up in a book of so many contacts, so many times each."""
    with TemporaryDirectory() as folder:
        cards = "".join(_write_card(number) for number in range(contacts))
        (Path(folder) / "all.vcf").write_text(cards)
        book = await _open(hass, folder)
    no_book = await _open(hass, None)
    known = [Party(number=_number(number)) for number in range(min(CALLERS, contacts))]
    unknown = [Party(number=_number(contacts + number)) for number in range(CALLERS)]
    assert all(book.find(party) for party in known)
    assert not any(book.find(party) for party in unknown)
    sides = ((book, known), (book, unknown), (no_book, known))
    seconds = await alternate(runs, *(_look_up(used, parties, rounds) for used, parties in sides))
    costs = [
        Cost.of(taken, rounds * len(parties)) for taken, (_, parties) in zip(seconds, sides, strict=True)
    ]
    return LookUpCost(known=costs[0], unknown=costs[1], no_book=costs[2])


def _number(number: int) -> str:
    return f"020 {7_000_000 + number}"


def _write_card(number: int) -> str:
    return f"BEGIN:VCARD\nVERSION:3.0\nFN:Contact {number}\nTEL:{_number(number)}\nEND:VCARD\n"


async def _open(hass: HomeAssistant, folder: str | None) -> AddressBook:
    options = PbxOptions(vcard_folder=folder, country="NL")
    phone_numbers = PhoneNumbers(hass, options, PbxState())
    await phone_numbers.load()
    book = AddressBook(hass, MockConfigEntry(domain="pbx"), options, phone_numbers, lambda: None)
    await book.refresh_files()
    return book


def _look_up(book: AddressBook, parties: Sequence[Party], rounds: int) -> Run:
    async def run() -> None:
        for _ in range(rounds):
            for party in parties:
                book.get_name(party, None)

    return run
