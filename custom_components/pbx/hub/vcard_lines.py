"""Take vCards apart into their properties (RFC 6350, RFC 2426 and vCard 2.1).

A server or a file may hold anything, so the time it takes grows only with the length of what is written.
"""

from base64 import b64decode
from binascii import a2b_qp
from collections.abc import Container, Iterable, Iterator, Mapping
from itertools import islice
import re

from ..protocols.lazy_dataclass import dataclass

# A card with a picture of the largest size that is kept has fewer characters.
MAX_CARD = 2_000_000
# A name with its parameters is shorter, and a group has fewer members.
MAX_HEAD = 4096
MAX_LINES = 10_000
# All cards together, of which a line takes far more memory than its text.
MAX_ALL_LINES = 1_000_000
# A line that begins or ends a card is shorter.
_MAX_MARK = 32

# Groups, a name, and parameters, in which quoted texts may hold anything.
_HEAD = re.compile(r'(?:[\w-]++\.)*+([\w-]++)((?:;[^:;"]*+(?:"[^"]*+"[^:;"]*+)*+)*+):', re.ASCII)
_PARAMETER = re.compile(r';([^=;"]*+)(?:=((?:[^;"]++|"[^"]*+")*+))?')
_QUOTED_PRINTABLE = re.compile(r"[^:]*;(?:ENCODING=)?QUOTED-PRINTABLE\b", re.IGNORECASE)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
# What stands between backslashes is no separator.
_PIECES = {
    separator: re.compile(rf"((?:[^\\{separator}]++|\\.)*+){separator}?", re.DOTALL) for separator in ",;"
}
_LINE_END = re.compile(r"\r\n?|\n")
# Other encodings are no character sets, and may take long.
_CHARACTER_SET = re.compile(
    r"utf-?(?:8|16)|iso-?8859-\d{1,2}|(?:windows-?|cp)125\d|us-ascii|koi8-r|shift_jis|gbk|big5"
)


@dataclass(frozen=True, slots=True)
class Property:
    """One property: the words of its parameters in small letters by their names, and its value as written.

    A parameter without a name, as in vCard 2.1, is one called `type`.
    """

    parameters: Mapping[str, frozenset[str]]
    value: str

    @property
    def words(self) -> frozenset[str]:
        """Return the words that say of which kind it is."""
        return self.parameters.get("type", frozenset())

    def decode(self) -> str:
        """Return the value as text, with its escapes as they are."""
        if not self._has_encoding("quoted-printable"):
            return self.value
        (name, *_) = self.parameters.get("charset", ("utf-8",))
        data = a2b_qp(self.value.encode(errors="replace"))
        try:
            return data.decode(name if _CHARACTER_SET.fullmatch(name) else "utf-8", errors="replace")
        except LookupError:
            return data.decode(errors="replace")

    def decode_text(self) -> str:
        """Return the value as one text."""
        return _unescape(self.decode())

    def split(self, separator: str, most: int) -> list[str]:
        """Return the first texts of a value that has several, separated by a comma or a semicolon."""
        return list(_split(self.decode(), separator, most))

    def decode_bytes(self) -> bytes:
        """Return the bytes of a value that is none of text, such as a picture."""
        kind, _, data = self.value.partition(",")
        if kind[:5].lower() == "data:" and kind[-7:].lower() == ";base64":
            return _decode_base64(data)
        return _decode_base64(self.value) if self._has_encoding("b") or self._has_encoding("base64") else b""

    def _has_encoding(self, name: str) -> bool:
        return name in self.parameters.get("encoding", ()) or name in self.words


def split_cards(text: str, names: Container[str]) -> Iterator[dict[str, list[Property]]]:
    """Yield the properties of each card by their names in small letters, those that have one of `names`."""
    lines: list[str] | None = None
    size = 0
    for line in islice(_split_lines(text), MAX_ALL_LINES):
        # Within a card, a line that begins with a blank always continues the one before.
        mark = line.rstrip() if lines is not None else line.strip()
        word = mark.upper() if len(mark) < _MAX_MARK else ""
        if word == "BEGIN:VCARD":
            lines, size = [], 0
        elif lines is None:
            continue
        elif word == "END:VCARD":
            yield _read_card(lines, names)
            lines = None
        else:
            lines.append(line)
            size += len(line)
            if size > MAX_CARD:
                lines = None


def _split_lines(text: str) -> Iterator[str]:
    start = 0
    for end in _LINE_END.finditer(text):
        yield text[start : end.start()]
        start = end.end()
    yield text[start:]


def _read_card(lines: Iterable[str], names: Container[str]) -> dict[str, list[Property]]:
    found: dict[str, list[Property]] = {}
    for line in _unfold(lines):
        head = _HEAD.match(line[:MAX_HEAD])
        if head is None or (name := head[1].lower()) not in names:
            continue
        properties = found.setdefault(name, [])
        if len(properties) < MAX_LINES:
            properties.append(Property(_read_parameters(head[2]), line[head.end() :]))
    return found


def _unfold(lines: Iterable[str]) -> Iterator[str]:
    """Yield the lines of a card, those that were folded as one."""
    pieces: list[str] = []
    goes_on = False
    for line in lines:
        if goes_on and pieces[-1].endswith("="):
            pieces[-1] = pieces[-1][:-1]
            pieces.append(line)
        elif pieces and line[:1] in (" ", "\t"):
            pieces.append(line[1:])
        else:
            yield "".join(pieces)
            pieces, goes_on = [line], _QUOTED_PRINTABLE.match(line[:MAX_HEAD]) is not None
    yield "".join(pieces)


def _read_parameters(text: str) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for name, value in _PARAMETER.findall(text):
        key, words = (name, value) if value else ("type", name)
        plain = words.replace('"', "").lower().split(",")
        found.setdefault(key.strip().lower(), set()).update(word.strip() for word in plain)
    return {name: frozenset(words) for name, words in found.items()}


def _split(text: str, separator: str, most: int) -> Iterator[str]:
    """Yield the first texts of a value that has several."""
    for piece, _ in zip(_PIECES[separator].finditer(text), range(most), strict=False):
        yield _unescape(piece[1])


def _unescape(text: str) -> str:
    return _ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], text)


def _decode_base64(text: str) -> bytes:
    try:
        return b64decode(text)
    except ValueError:
        return b""
