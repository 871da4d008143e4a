"""Numbers as people say them: digit by digit, in pairs, or in full, such as "three hundred and five"."""

from collections.abc import Mapping, Sequence
import unicodedata

from unicode_rbnf import RbnfEngine

# Numbers of more digits are said in parts.
_FIRST, _END = 10, 1000
# How a language counts, without genders.
_RULES = ["spellout-numbering"]
# No number has more digits; what follows is not read.
_LONGEST = 40
# "neuf cent quatre vingt dix neuf", and a word for "and".
_MOST_WORDS = 7


def spell_numerals(code: str, digits: Mapping[str, str], joint: str) -> dict[str, str]:
    """Return the digits of each number of a language by its words, without the `joint` between them.

    `digits` are single digits by their words, also those that only telephones have. Reads a file of the
    library; not for the event loop.
    """
    engine = RbnfEngine.for_language(code)
    numerals = {
        _join(split_numeral(text), joint): str(number)
        for number in range(_FIRST, _END)
        for text in engine.format_number(number, ruleset_names=_RULES).text_by_ruleset.values()
    }
    return numerals | {_join(split_numeral(word), joint): digit for word, digit in digits.items()}


def read_numerals(text: str, numerals: Mapping[str, str], joint: str) -> str:
    """Return a text with its words for numbers replaced by digits, without spaces; the longest word first.

    What would be more digits than any number has is cut.
    """
    words, read, at = split_numeral(text), "", 0
    while at < len(words) and len(read) <= _LONGEST:
        counts = range(min(_MOST_WORDS, len(words) - at), 0, -1)
        count = next((one for one in counts if _is_numeral(words[at : at + one], numerals, joint)), 0)
        read += numerals[_join(words[at : at + count], joint)] if count else words[at]
        at += count or 1
    return read


def split_numeral(text: str) -> list[str]:
    """Return the words of a number in small letters, without accents and hyphens between letters."""
    return [part for word in strip_accents(text).split() for part in _split_hyphens(word)]


def strip_accents(text: str) -> str:
    """Return a text in small letters without accents."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in letters if not unicodedata.combining(char))


def _split_hyphens(word: str) -> list[str]:
    return word.split("-") if word.replace("-", "").isalpha() else [word]


def _is_numeral(words: Sequence[str], numerals: Mapping[str, str], joint: str) -> bool:
    return joint not in (words[0], words[-1]) and _join(words, joint) in numerals


def _join(words: Sequence[str], joint: str) -> str:
    return " ".join(word for word in words if word != joint)
