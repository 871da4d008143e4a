"""Read vCards: names, telephone numbers, groups and pictures."""

from base64 import b64decode
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
import logging
from operator import itemgetter
from pathlib import Path
import re
from typing import TYPE_CHECKING, Any

from ..protocols.enums import NumberKind
from ..protocols.json_text import to_inert_line
from .lazy_module import LazyModule

if TYPE_CHECKING:
    import vobject  # type: ignore[import-untyped]
else:
    # Cards are read in an executor.
    vobject = LazyModule("vobject")

_LOGGER = logging.getLogger(__name__)

MAX_CARDS = 20_000
MAX_CARD = 4_000_000
MAX_FILE = 50_000_000
MAX_NUMBERS = 40
MAX_TEXT = 255
MAX_PICTURE = 1_000_000
# What a picture begins with, rather than what the card calls it.
_IMAGES = {
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG": "image/png",
    b"GIF8": "image/gif",
    b"RIFF": "image/webp",
}
# Errors of the parser on cards that nobody should have written, besides its own.
_BAD_CARD = (ValueError, LookupError, TypeError, AttributeError)
_INLINE_PICTURE = re.compile(
    r"^(?:[\w-]+\.)?PHOTO[^:\n]*:data:image/[\w+.-]+;base64,([A-Za-z0-9+/=]+)", re.IGNORECASE | re.MULTILINE
)
# What the types of a number stand for; at the last ones nobody speaks.
_KINDS: Mapping[str, frozenset[NumberKind]] = {
    **dict.fromkeys(("cell", "mobile", "iphone", "car"), frozenset({NumberKind.MOBILE})),
    "home": frozenset({NumberKind.HOME}),
    "work": frozenset({NumberKind.WORK}),
    "main": frozenset({NumberKind.MAIN}),
    **dict.fromkeys(("fax", "homefax", "workfax", "pager", "modem", "bbs"), frozenset({NumberKind.FAX})),
}
_FOLD = re.compile(r"\r?\n[ \t]")


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of somebody; its id follows from what it shows, so that only who has it can tell the id."""

    type: str
    data: bytes = field(repr=False)

    @property
    def id(self) -> str:
        """Return the id under which the picture is served."""
        return sha256(self.data).hexdigest()


@dataclass(frozen=True, slots=True)
class ContactNumber:
    """A number as it is written in an address book, and what it is for, as far as that is told."""

    text: str
    kinds: frozenset[NumberKind] = frozenset()

    @property
    def is_spoken(self) -> bool:
        """Return whether people speak there, which they do not on a fax."""
        return NumberKind.FAX not in self.kinds


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Somebody in an address book, with numbers as they are written there, the one to call first."""

    name: str
    phones: tuple[ContactNumber, ...]
    groups: tuple[str, ...] = ()
    picture: Picture | None = None

    @property
    def numbers(self) -> tuple[str, ...]:
        """Return all numbers."""
        return tuple(phone.text for phone in self.phones)

    @property
    def names(self) -> tuple[str, ...]:
        """Return everything that they are called."""
        return (self.name,)


def parse_vcards(text: str) -> list[Contact]:
    """Return the contacts of a text with any number of vCards; cards that make no sense are left out."""
    cards, unread = [], 0
    for block in _split_cards(text):
        try:
            cards.append((block, vobject.readOne(block, allowQP=True)))
        except (vobject.base.VObjectError, *_BAD_CARD):
            unread += 1
        if len(cards) >= MAX_CARDS:
            break
    if unread:
        _LOGGER.debug("%d vCards could not be read", unread)
    groups = _list_members(card for _, card in cards)
    contacts = (_to_contact(block, card, groups) for block, card in cards)
    return [contact for contact in contacts if contact is not None]


def get_folder_version(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """Return what differs as soon as a vCard file of a folder is another one; reads no file."""
    found = ((path.name, path.stat()) for path in _list_files(folder))
    return tuple((name, stat.st_mtime_ns, stat.st_size) for name, stat in found)


def read_folder(folder: Path) -> list[Contact]:
    """Return the contacts of all vCard files of a folder, each file in UTF-8 or else in Latin-1."""
    contacts: list[Contact] = []
    for path in _list_files(folder):
        if path.stat().st_size > MAX_FILE:
            _LOGGER.warning("A vCard file is too large, so it is not read")
            continue
        contacts += parse_vcards(_decode(path.read_bytes()))
    return contacts


def _list_files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.suffix.lower() == ".vcf" and path.is_file())


def _decode(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _split_cards(text: str) -> Iterator[str]:
    """Yield each vCard of a text."""
    lines: list[str] | None = None
    size = 0
    for line in text.splitlines():
        word = line.strip().upper()
        if word == "BEGIN:VCARD":
            lines, size = [], 0
        if lines is None:
            continue
        lines.append(line)
        size += len(line)
        if size > MAX_CARD:
            lines = None
        elif word == "END:VCARD":
            yield "\n".join(lines) + "\n"
            lines = None


def _list_members(cards: Iterator[Any]) -> dict[str, list[str]]:
    """Return the names of groups by the id of their members, where groups are cards of their own."""
    groups: dict[str, list[str]] = {}
    for card in cards:
        if not _is_group(card):
            continue
        for name in ("member", "x-addressbookserver-member"):
            for member in _list_texts(card, name):
                groups.setdefault(_to_uid(member), []).extend(_list_texts(card, "fn")[:1])
    return groups


def _is_group(card: Any) -> bool:
    kinds = [*_list_texts(card, "kind"), *_list_texts(card, "x-addressbookserver-kind")]
    return any(kind.casefold() == "group" for kind in kinds)


def _to_uid(text: str) -> str:
    return text.lower().removeprefix("urn:uuid:")


def _to_contact(block: str, card: Any, groups: dict[str, list[str]]) -> Contact | None:
    """Return the contact of a card, None where it has no name or no number."""
    names = [*_list_texts(card, "fn"), *_list_texts(card, "n"), *_list_texts(card, "org")]
    phones = _list_numbers(card)[:MAX_NUMBERS]
    if not names or not phones or _is_group(card):
        return None
    member_of = (group for uid in _list_texts(card, "uid") for group in groups.get(_to_uid(uid), ()))
    return Contact(
        name=names[0],
        phones=tuple(phones),
        groups=tuple(dict.fromkeys([*_list_texts(card, "categories"), *member_of])),
        picture=_get_picture(block, card),
    )


def _list_texts(card: Any, name: str) -> list[str]:
    """Return the values of a property as plain texts, those that are not empty."""
    return _list_values(card.contents.get(name, ()))


def _list_values(lines: Iterable[Any]) -> list[str]:
    found: list[str] = []
    for line in lines:
        values = line.value if isinstance(line.value, list) else [line.value]
        found += (_to_plain(str(value)) for value in values if not isinstance(value, bytes))
    return [text for text in found if text]


def _list_numbers(card: Any) -> list[ContactNumber]:
    """Return the numbers of a card, the preferred one and mobile ones first, those of a fax last."""
    found = [
        (_rank_number(line, kinds), ContactNumber(text, kinds))
        for line in card.contents.get("tel", ())
        for kinds in (_find_kinds(line),)
        for text in _list_values([line])
    ]
    return [number for _, number in sorted(found, key=itemgetter(0))]


def _find_kinds(line: Any) -> frozenset[NumberKind]:
    words = _list_types(line)
    return frozenset(kind for word in words for kind in _KINDS.get(word, ()))


def _list_types(line: Any) -> set[str]:
    """Return the types of a number, also those that a program has put into one text."""
    types = (*line.params.get("TYPE", ()), *line.singletonparams)
    return {word.strip() for text in types for word in str(text).casefold().split(",")}


def _rank_number(line: Any, kinds: frozenset[NumberKind]) -> int:
    if NumberKind.FAX in kinds:
        return 3
    if "pref" in _list_types(line) or "PREF" in line.params:
        return 0
    return 1 if NumberKind.MOBILE in kinds else 2


def _to_plain(text: str) -> str:
    printable = "".join(char if char.isprintable() else " " for char in text[: 4 * MAX_TEXT])
    return to_inert_line(" ".join(printable.split())[:MAX_TEXT])


def _get_picture(block: str, card: Any) -> Picture | None:
    """Return the picture that a card holds; one that is only linked to is left alone."""
    values = [line.value for line in card.contents.get("photo", ()) if isinstance(line.value, bytes)]
    if not values:
        inline = _INLINE_PICTURE.search(_FOLD.sub("", block)) if "PHOTO" in block.upper() else None
        values = [_decode_base64(inline[1])] if inline is not None else []
    for data in values:
        kind = next((kind for start, kind in _IMAGES.items() if data.startswith(start)), None)
        if kind is not None and len(data) <= MAX_PICTURE:
            return Picture(kind, data)
    return None


def _decode_base64(text: str) -> bytes:
    try:
        return b64decode(text)
    except ValueError:
        return b""
