"""Make a recording anybody may read: only words of the protocols stay, all else is replaced or gone.

Nothing is looked for that might be personal. What is not known to belong to a protocol is taken for personal:
names get other names, numbers other numbers, and the same ones always the same.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
import json
import re
from typing import Any
from urllib.parse import quote, unquote
from uuid import UUID

from ...protocols.phone_numbers import is_withheld
from ..spelled_numbers import show_spelled_numbers
from .fields import FieldKind, classify, classify_value
from .pseudonyms import Pseudonyms
from .texts import (
    DIGITS,
    EPOCH,
    HOST,
    LANGUAGE,
    LETTERS_AND_DIGITS,
    PIECE,
    PLACE,
    QUANTITY,
    QUOTED,
    TIME_ZONE,
    find_extensions,
    find_secrets,
    is_address,
    is_long,
    is_plain_name,
    is_structure,
    is_written_number,
    iter_numbers,
    parse_inner,
    to_ascii,
)
from .vocabulary import get_phrases, is_known, split_words

REDACTED = "redacted"
DROPPED = "text"
# Shorter numbers may be anything; from here on only a time or a count is no number of a person.
LONG_DIGITS = 5
# Members of a line that never hold anything personal.
_SCHEMES = frozenset({"sip", "sips", "tel", "im", "mailto", "h323", "calendar"})
_HEADS = frozenset({"t", "door", "stream", "kind", "status", "method", "code", "errno"})
_DEEPEST = 8
# What stays in an address as it is.
_SAFE = "/@:;,=&?+ "


class Redactor:
    """Redact the lines of one recording, in two walks: learn what is personal in it, then replace it.

    `names` and `numbers` are what Home Assistant knows of the PBX; `country` says which numbers are valid.
    """

    def __init__(
        self, names: Iterable[str] = (), numbers: Iterable[str] = (), country: str | None = None
    ) -> None:
        self._personal: set[str] = set()
        self._extensions: set[str] = set()
        self._long_numbers: set[str] = set()
        self._told: dict[tuple[str, FieldKind], str] = {}
        self._country = country
        self.kept_names: Counter[str] = Counter()
        for name in names:
            self._learn_name(name)
        for number in numbers:
            self._learn_number(number)
        self._pseudonyms = Pseudonyms(country)
        self._members: dict[str, Callable[[Any], Any]] = {
            "path": self._redact_path,
            "headers": self._redact_headers,
            "block": self._redact_block,
            "body": self._redact_body,
        }

    @property
    def counts(self) -> dict[str, int]:
        """Return how many names, numbers, hosts and ids were replaced."""
        return self._pseudonyms.counts

    def redact_lines(
        self, lines: list[dict[str, Any]], settings: Mapping[str, Any] | None = None
    ) -> list[dict[str, Any]]:
        """Return the lines without anything personal, which the `settings` of the login hold as well.

        It takes long, so it is no work for the event loop.
        """
        self._learn(settings, "")
        for line in lines:
            self._learn(line.get("body"), "")
            for name in ("block", "record", "values", "value", "query"):
                self._learn(line.get(name), "")
        self._pseudonyms = Pseudonyms(
            self._country, {*self._personal, *self._extensions, *self._long_numbers}
        )
        self._told.clear()
        return [self._redact_line(line) for line in lines]

    def redact_settings(self, settings: Mapping[str, Any]) -> dict[str, Any]:
        """Return settings of a login, with what is secret gone."""
        return {name: self._redact(value, name) for name, value in settings.items()}

    def redact_text(self, text: str, field: str = "") -> str:
        """Return what stands for a text in a field."""
        return self._redact_text(text, classify(field))

    # Learn

    def _learn(self, value: Any, field: str, depth: int = 0) -> None:
        if isinstance(value, Mapping):
            for name, inner in value.items():
                self._learn(inner, str(name), depth + 1)
        elif isinstance(value, list | tuple):
            pair = _as_pair(value)
            for inner in value:
                self._learn(inner, pair or field, depth + 1)
        elif isinstance(value, str | int) and not isinstance(value, bool):
            self._learn_value(str(value), field, depth)

    def _learn_value(self, text: str, field: str, depth: int) -> None:
        kind = classify_value(field, text)
        self._extensions |= find_extensions(text)
        if depth < _DEEPEST and (inner := parse_inner(text)) is not None:
            self._learn(inner, field, depth + 1)
        elif kind is FieldKind.NAME:
            self._learn_name(text)
        elif kind is FieldKind.NUMBER:
            self._learn_number(text)

    def _learn_name(self, text: str) -> None:
        if is_withheld(text):
            return
        words = [found["word"] for found in PIECE.finditer(text) if found["word"]]
        self._personal |= {word.casefold() for word in words if not is_known(word)}
        if not is_structure(text):
            self._personal.add(text.casefold())
        self._learn_number(text)

    def _learn_number(self, text: str) -> None:
        runs = list(iter_numbers(show_spelled_numbers(text)))
        self._extensions |= {digits for digits in runs if 1 < len(digits) < LONG_DIGITS}
        self._long_numbers |= {digits for digits in runs if len(digits) >= LONG_DIGITS}

    # Redact

    def _redact_line(self, line: Mapping[str, Any]) -> dict[str, Any]:
        return {name: self._redact_member(line, name, value) for name, value in line.items()}

    def _redact_member(self, line: Mapping[str, Any], name: str, value: Any) -> Any:
        if name in _HEADS:
            return value
        if name in {"name", "error"}:
            return value if is_plain_name(value) and is_known(value) else self.redact_text(str(value))
        redact = self._members.get(name)
        return redact(value) if redact is not None else self._redact(value, name if name == "version" else "")

    def _redact_headers(self, headers: Mapping[str, Any]) -> dict[str, str]:
        return {name: self._redact_header(name, str(text)) for name, text in headers.items()}

    def _redact_body(self, body: Any) -> Any:
        if isinstance(body, Mapping) and "dropped" in body:
            return {"dropped": body["dropped"]}
        if isinstance(body, Mapping):
            return {form: self._redact_form(form, value) for form, value in body.items()}
        return body

    def _redact_form(self, form: str, value: Any) -> Any:
        if form == "packets":
            return [[str(packet[0]), *(self._redact(inner, "") for inner in packet[1:])] for packet in value]
        return self._redact(value, "")

    def _redact_block(self, block: Mapping[str, Any]) -> dict[str, Any]:
        """Return the lines of a block; those of a login that prove it are gone."""
        redacted: dict[str, Any] = self._redact(block, "")
        if block.get("Action") == "Login":
            redacted |= dict.fromkeys(redacted.keys() & {"Key", "Secret"}, REDACTED)
        return redacted

    def _redact_path(self, path: str) -> str:
        return "/".join(self._redact_text(part, FieldKind.OTHER) for part in path.split("/"))

    def _redact_header(self, name: str, text: str) -> str:
        if name == "Content-Type":
            return text.partition(";")[0] if re.fullmatch(r"[\w/+.-]{1,60}", text.partition(";")[0]) else ""
        if name == "WWW-Authenticate":
            return text.partition(" ")[0] if is_known(text.partition(" ")[0]) else ""
        return self._redact_text(text, FieldKind.OTHER)

    def _redact(self, value: Any, field: str, depth: int = 0) -> Any:
        kind = classify(field)
        if kind is FieldKind.SECRET:
            return _blank(value)
        if isinstance(value, Mapping):
            return self._redact_mapping(value, depth)
        if isinstance(value, list | tuple):
            return self._redact_list(value, field, depth)
        if isinstance(value, str):
            return self._redact_inner(value, field, depth)
        if isinstance(value, bool) or value is None:
            return value
        return self._redact_quantity(value, kind)

    def _redact_mapping(self, value: Mapping[Any, Any], depth: int) -> dict[str, Any]:
        known = sum(is_known(str(name)) for name in value)
        is_record = known * 2 >= len(value)
        redacted: dict[str, Any] = {}
        for name, inner in value.items():
            told = self._redact_name(str(name), is_record=is_record)
            told = told if told not in redacted else f"{told}_{len(redacted)}"
            redacted[told] = self._redact(inner, str(name), depth + 1)
        # The number of a request, by which its answer is found.
        return redacted | ({"id": value["id"]} if "jsonrpc" in value and type(value.get("id")) is int else {})

    def _redact_list(self, value: Iterable[Any], field: str, depth: int) -> list[Any]:
        items = list(value)
        name = _as_pair(items)
        if name is not None:
            return [self._redact_name(name, is_record=True), self._redact(items[1], name, depth + 1)]
        return [self._redact(inner, field, depth + 1) for inner in items]

    def _redact_name(self, name: str, *, is_record: bool) -> str:
        """Return the name of a field; one that no decoder knows stays only among fields that they know."""
        if is_known(name):
            return name
        if is_record and self._is_plain_word(name):
            self.kept_names[name] += 1
            return name
        return self._redact_text(name, FieldKind.OTHER)

    def _redact_inner(self, text: str, field: str, depth: int) -> str:
        """Return a text, which may hold the JSON of another value."""
        inner = parse_inner(text) if depth < _DEEPEST else None
        if inner is not None:
            return json.dumps(self._redact(inner, field, depth + 1), separators=(",", ":"))
        return self._redact_text(text, classify_value(field, text))

    def _redact_quantity(self, value: float, kind: FieldKind) -> float:
        if isinstance(value, float) and not value.is_integer():
            return value
        digits = str(abs(int(value)))
        told = self._redact_digits(digits, kind)
        # A number that begins with another digit than 0 keeps its length.
        return value if told == digits else type(value)(int(told) * (-1 if value < 0 else 1))

    def _redact_text(self, text: str, kind: FieldKind) -> str:
        """Return what stands for a text; the same ones come again and again."""
        key = (text, kind)
        if key not in self._told:
            self._told[key] = self._redact_new_text(text, kind)
        return self._told[key]

    def _redact_new_text(self, text: str, kind: FieldKind) -> str:
        if kind is FieldKind.TEXT:
            return self._redact_free_text(text)
        if kind is FieldKind.SECRET:
            return REDACTED if text else text
        is_kept = self._is_quantity(text, kind) or self._is_word(text, kind)
        return text if not text or is_kept or is_withheld(text) else self._replace(text, kind)

    def _replace(self, text: str, kind: FieldKind) -> str:
        """Return a text with all that is personal in it replaced."""
        if QUOTED.search(text) is not None:
            return quote(self._replace_secrets(unquote(text), kind), safe=_SAFE)
        return self._replace_secrets(text, kind)

    def _replace_secrets(self, text: str, kind: FieldKind) -> str:
        """Return a text without the secrets that are named in it, and the rest of it replaced."""
        told, place = list[str](), 0
        for start, end in find_secrets(text):
            told += (self._replace_plain(text[place:start], kind), REDACTED)
            place = end
        return "".join((*told, self._replace_plain(text[place:], kind)))

    def _replace_plain(self, text: str, kind: FieldKind) -> str:
        text = show_spelled_numbers(text)
        if HOST.fullmatch(text) and not all(is_known(label) for label in text.split(".")):
            return self._pseudonyms.host(text)
        if kind in {FieldKind.NUMBER, FieldKind.NAME} and is_written_number(text):
            return self._redact_written_number(text)
        told = FieldKind.OTHER if kind is FieldKind.NAME and is_structure(text) else kind
        # Words of several with blanks between them are names, wherever they are.
        if told is FieldKind.OTHER and " " in text.strip() and not is_structure(text):
            told = FieldKind.NAME
        return PIECE.sub(lambda found: self._redact_piece(found, told), text)

    def _is_quantity(self, text: str, kind: FieldKind) -> bool:
        """Return whether a text is a count, a time or a version, and no number that somebody has."""
        if kind not in {FieldKind.PLAIN, FieldKind.RELEASE}:
            return False
        is_quantity = QUANTITY.fullmatch(text) or EPOCH.fullmatch(text)
        is_somebody = text in self._long_numbers or (kind is FieldKind.PLAIN and is_address(text))
        return is_quantity is not None and not is_somebody

    def _is_plain_word(self, text: str) -> bool:
        """Return whether a text looks like a word of a protocol, and nobody is called so."""
        words = {text.casefold(), *split_words(text), *re.findall(r"[^\W_]+", text.casefold())}
        return is_plain_name(text) and self._personal.isdisjoint(words)

    def _is_word(self, text: str, kind: FieldKind) -> bool:
        """Return whether a whole text is one of the protocol's own."""
        folded = text.casefold()
        if kind is FieldKind.LOCALE and (LANGUAGE.fullmatch(text) or TIME_ZONE.fullmatch(text)):
            return True
        if PLACE.fullmatch(text):
            return all(is_known(part) for part in re.findall(r"[A-Za-z]+", text))
        if kind is FieldKind.WORD:
            return is_known(text) or folded in get_phrases() or self._keep_word(text)
        if kind is FieldKind.NAME or folded in self._personal:
            return folded == "default"
        return folded in get_phrases()

    def _keep_word(self, text: str) -> bool:
        """Return whether an unknown word for a message or a state stays, which people are told of."""
        is_kept = self._is_plain_word(text)
        if is_kept:
            self.kept_names[text] += 1
        return is_kept

    def _redact_free_text(self, text: str) -> str:
        folded = text.casefold()
        if not text or folded in get_phrases() or (is_known(text) and folded not in self._personal):
            return text
        phrase = next((text[: len(phrase)] for phrase in get_phrases() if folded.startswith(phrase)), None)
        return phrase if phrase is not None and len(phrase.split()) > 1 else DROPPED

    def _redact_written_number(self, text: str) -> str:
        """Return a number with other digits, and all that stands between them."""
        digits = "".join(DIGITS.findall(text))
        told = iter(self._redact_digits(digits, FieldKind.NUMBER))
        return DIGITS.sub(lambda run: "".join(next(told) for _ in run[0]), text)

    def _redact_piece(self, found: re.Match[str], kind: FieldKind) -> str:
        text, sort = found[0], found.lastgroup
        if sort == "date":
            return text if kind not in {FieldKind.NAME, FieldKind.NUMBER} else self._redact_each(text)
        if sort in {"written", "number"}:
            return self._redact_written(text, kind)
        if sort == "word":
            is_scheme = found.string[found.end() : found.end() + 1] == ":" and text.lower() in _SCHEMES
            return text if is_scheme else self._redact_word(text, kind)
        if sort == "uuid":
            return str(UUID(self._pseudonyms.token(text.replace("-", ""))))
        if sort == "mac":
            return self._redact_each_sign(text)
        return self._pseudonyms.host(text)

    def _redact_written(self, text: str, kind: FieldKind) -> str:
        if len(DIGITS.findall(text)) > 1 and is_long(text):
            return self._redact_written_number(text)
        return DIGITS.sub(lambda run: self._redact_digits(run[0], kind), text)

    def _redact_each(self, text: str) -> str:
        return DIGITS.sub(lambda run: self._redact_digits(run[0], FieldKind.NUMBER), text)

    def _redact_each_sign(self, text: str) -> str:
        """Return the address of a device, with its signs where they were."""
        told = iter(self._pseudonyms.token(re.sub(r"[:.-]", "", text)))
        return "".join(sign if sign in ":.-" else next(told) for sign in text)

    def _redact_word(self, word: str, kind: FieldKind) -> str:
        is_kept = is_known(word) and word.casefold() not in self._personal
        if kind is not FieldKind.NAME and is_kept:
            return word
        if word.isalpha():
            return self._pseudonyms.name(word)
        numbered = LETTERS_AND_DIGITS.fullmatch(word)
        if numbered is not None and is_known(numbered[1]):
            return numbered[1] + self._redact_digits(numbered[2], FieldKind.OTHER)
        return self._pseudonyms.token(word)

    def _redact_digits(self, digits: str, kind: FieldKind) -> str:
        if self._is_quantity(digits, kind):
            return digits
        digits = to_ascii(digits)
        is_personal = kind is FieldKind.NUMBER or len(digits) >= LONG_DIGITS or digits in self._extensions
        return self._pseudonyms.number(digits) if is_personal else digits


def iter_texts(value: Any) -> Iterator[str]:
    """Yield every text in a value, those of its keys too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield str(name)
            yield from iter_texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from iter_texts(inner)


def _as_pair(items: list[Any] | tuple[Any, ...]) -> str | None:
    """Return the name of a pair of a name and its value, as in a form or a query."""
    is_pair = len(items) == 2 and all(isinstance(item, str) for item in items)
    return items[0] if is_pair and is_plain_name(items[0]) and is_known(items[0]) else None


def _blank(value: Any) -> Any:
    """Return a value of the same form with nothing of it left."""
    if isinstance(value, Mapping):
        return {
            str(name) if is_known(str(name)) else REDACTED: _blank(inner) for name, inner in value.items()
        }
    if isinstance(value, list | tuple):
        return [_blank(inner) for inner in value]
    if isinstance(value, str):
        return REDACTED if value else ""
    return value if isinstance(value, bool) or value is None else 0
