"""Read vCards: names, telephone numbers, groups and pictures."""

from collections.abc import Iterable, Iterator, Mapping
from heapq import nsmallest
from itertools import islice
from operator import itemgetter
from pathlib import Path

from ..protocols.enums import NumberKind
from ..protocols.json_text import to_inert_line
from .contacts import MAX_CARDS, MAX_GROUPS, MAX_NUMBERS, MAX_TEXT, Contact, ContactNumber, Picture
from .vcard_lines import Property, split_cards

# The bytes of a file, and the files of a folder with the bytes and the contacts of all of them.
MAX_FILE = 50_000_000
MAX_FILES = 10_000
MAX_FOLDER = 100_000_000
MAX_CONTACTS = 50_000
MAX_PICTURE = 1_000_000
# What a picture begins with, rather than what the card calls it.
_IMAGES = {
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG": "image/png",
    b"GIF8": "image/gif",
    b"RIFF": "image/webp",
}
# What the types of a number stand for; at the last ones nobody speaks.
_NUMBER_KINDS: Mapping[str, NumberKind] = {
    **dict.fromkeys(("cell", "mobile", "iphone", "car"), NumberKind.MOBILE),
    "home": NumberKind.HOME,
    "work": NumberKind.WORK,
    "main": NumberKind.MAIN,
    **dict.fromkeys(("fax", "homefax", "workfax", "pager", "modem", "bbs"), NumberKind.FAX),
}
_KINDS = ("kind", "x-addressbookserver-kind")
_MEMBERS = ("member", "x-addressbookserver-member")
_NAMES = frozenset({"fn", "n", "org", "tel", "uid", "categories", "photo", *_KINDS, *_MEMBERS})
# The parts of a name, in the order in which they are said.
_NAME_ORDER = (3, 1, 2, 0, 4)

type Card = Mapping[str, list[Property]]


def parse_vcards(text: str) -> list[Contact]:
    """Return the contacts of a text with any number of vCards; cards that make no sense are left out."""
    cards = list(islice(split_cards(text, _NAMES), MAX_CARDS))
    groups = _list_members(cards)
    contacts = (_to_contact(card, groups) for card in cards)
    return [contact for contact in contacts if contact is not None]


def get_folder_version(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """Return what differs as soon as a vCard file of a folder is another one; reads no file."""
    found = ((path.name, path.stat()) for path in _list_files(folder))
    return tuple((name, stat.st_mtime_ns, stat.st_size) for name, stat in found)


def read_folder(folder: Path) -> tuple[list[Contact], bool]:
    """Return the contacts of all vCard files of a folder, each file in UTF-8 or else in Latin-1.

    Beside them stands whether that is all of them: what is too large, or too much, is left out.
    """
    contacts: list[Contact] = []
    paths, size = _list_files(folder), 0
    is_all = len(paths) <= MAX_FILES
    for path in paths[:MAX_FILES]:
        data = _read_bytes(path, min(MAX_FILE, MAX_FOLDER - size))
        if data is None:
            is_all = False
            continue
        size += len(data)
        contacts += parse_vcards(_decode(data))
        # A contact takes far more memory than its text.
        if len(contacts) > MAX_CONTACTS:
            return contacts[:MAX_CONTACTS], False
    return contacts, is_all


def _read_bytes(path: Path, most: int) -> bytes | None:
    """Return what is in a file, None where that is more than so many bytes."""
    if path.stat().st_size > most:
        return None
    with path.open("rb") as file:
        # It may have grown since.
        data = file.read(most + 1)
    return data if len(data) <= most else None


def _list_files(folder: Path) -> list[Path]:
    """Return the vCard files of a folder, and one more than are read where there are too many."""
    if not folder.is_dir():
        return []
    named = (path for path in folder.iterdir() if path.suffix.lower() == ".vcf")
    return nsmallest(MAX_FILES + 1, (path for path in named if path.is_file()))


def _decode(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _list_members(cards: Iterable[Card]) -> dict[str, list[str]]:
    """Return the names of groups by the id of their members, where groups are cards of their own."""
    groups: dict[str, list[str]] = {}
    for card in filter(_is_group, cards):
        name = next(_iter_texts(card, "fn"), "")
        members = {_to_uid(member) for kind in _MEMBERS for member in _iter_texts(card, kind)}
        for member in members if name else ():
            of_member = groups.setdefault(member, [])
            if len(of_member) < MAX_GROUPS:
                of_member.append(name)
    return groups


def _is_group(card: Card) -> bool:
    return any(text.casefold() == "group" for kind in _KINDS for text in _iter_texts(card, kind))


def _to_uid(text: str) -> str:
    return text.lower().removeprefix("urn:uuid:")


def _to_contact(card: Card, groups: Mapping[str, list[str]]) -> Contact | None:
    """Return the contact of a card, None where it has no name or no number."""
    name = next(_iter_names(card), None)
    phones = tuple(_list_numbers(card)[:MAX_NUMBERS])
    if name is None or not phones or _is_group(card):
        return None
    member_of = (
        group for uid in islice(_iter_texts(card, "uid"), 1) for group in groups.get(_to_uid(uid), ())
    )
    return Contact(
        name=name,
        phones=phones,
        groups=tuple(dict.fromkeys([*_iter_categories(card), *member_of])),
        picture=_get_picture(card),
    )


def _iter_texts(card: Card, name: str) -> Iterator[str]:
    """Yield the values of a property as plain texts, those that are not empty."""
    return _iter_plain(line.decode_text() for line in card.get(name, ()))


def _iter_names(card: Card) -> Iterator[str]:
    """Yield the names in a card, the one that is meant to be shown first."""
    yield from _iter_texts(card, "fn")
    for line in card.get("n", ()):
        parts = [*line.split(";", len(_NAME_ORDER)), *[""] * len(_NAME_ORDER)]
        yield from _iter_plain([" ".join(parts[place].replace(",", " ") for place in _NAME_ORDER)])
    for line in card.get("org", ()):
        yield from _iter_plain(line.split(";", 1))


def _iter_categories(card: Card) -> Iterator[str]:
    return islice(
        _iter_plain(text for line in card.get("categories", ()) for text in line.split(",", MAX_GROUPS)),
        MAX_GROUPS,
    )


def _list_numbers(card: Card) -> list[ContactNumber]:
    """Return the numbers of a card, the preferred one and mobile ones first, those of a fax last."""
    found = [
        (_rank_number(line, kinds), ContactNumber(text, kinds))
        for line in card.get("tel", ())
        for kinds in (frozenset(_NUMBER_KINDS[word] for word in line.words if word in _NUMBER_KINDS),)
        for text in _iter_plain([line.decode_text()])
    ]
    return [number for _, number in sorted(found, key=itemgetter(0))]


def _rank_number(line: Property, kinds: frozenset[NumberKind]) -> int:
    if NumberKind.FAX in kinds:
        return 3
    if "pref" in line.words or "pref" in line.parameters:
        return 0
    return 1 if NumberKind.MOBILE in kinds else 2


def _iter_plain(texts: Iterable[str]) -> Iterator[str]:
    return filter(None, map(_to_plain, texts))


def _to_plain(text: str) -> str:
    printable = "".join(char if char.isprintable() else " " for char in text[: 4 * MAX_TEXT])
    return to_inert_line(" ".join(printable.split())[:MAX_TEXT])


def _get_picture(card: Card) -> Picture | None:
    """Return the picture that a card holds; one that is only linked to is left alone."""
    for line in card.get("photo", ()):
        data = line.decode_bytes()
        kind = next((kind for start, kind in _IMAGES.items() if data.startswith(start)), None)
        if kind is not None and len(data) <= MAX_PICTURE:
            return Picture(kind, data)
    return None
