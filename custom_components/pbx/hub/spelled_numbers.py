"""Find numbers that are written out digit by digit, in the words of six languages."""

from collections.abc import Iterator, Mapping
from functools import cache
from itertools import dropwhile
import re
from typing import NamedTuple

from ..protocols.lazy_dataclass import dataclass

# So many words for digits in a row are a number, and no name such as that of a restaurant.
FEWEST_WORDS = 5
# Among digits fewer words are enough, where there are as many digits as a number has.
_FEWEST_AMONG_DIGITS = 3
_FEWEST_DIGITS = 8
# In each language from 0 on; what is said in several ways stands in further lines.
_DIGITS = (
    "zero one two three four five six seven eight nine",
    "oh",
    "o",
    "nought",
    "null eins zwei drei vier fünf sechs sieben acht neun",
    "null ein zwo drei vier funf sechs sieben acht neun",
    "null eine zwei drei vier fuenf sechs sieben acht neun",
    "nul één twee drie vier vijf zes zeven acht negen",
    "nul een",
    "zéro un deux trois quatre cinq six sept huit neuf",
    "zero une",
    "cero uno dos tres cuatro cinco seis siete ocho nueve",
    "cero una",
    "zero uno due tre quattro cinque sei sette otto nove",
)
# Larger ones, with which people say two or three digits at once; what they come to is not worked out.
_LARGER = """
    ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty thirty forty fifty
    sixty seventy eighty ninety hundred double triple treble
    zehn elf zwölf zwolf zwoelf zwanzig dreißig dreissig vierzig fünfzig funfzig fuenfzig sechzig siebzig
    achtzig neunzig hundert doppel
    tien elf twaalf dertien veertien twintig dertig veertig vijftig zestig zeventig tachtig negentig honderd
    dubbel
    dix onze douze treize quatorze quinze seize vingt trente quarante cinquante soixante septante octante
    huitante nonante cent
    diez once doce trece catorce quince veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa cien
    doble
    dieci undici dodici tredici quattordici quindici sedici venti trenta quaranta cinquanta sessanta settanta
    ottanta novanta cento doppio
"""
_VALUES: Mapping[str, str] = {
    **dict.fromkeys(_LARGER.split(), ""),
    **{word: str(digit) for line in _DIGITS for digit, word in enumerate(line.split())},
}
# What may stand between two of them.
_JOINTS = frozenset({"und", "and", "en", "et", "y", "e"})
_TOKEN = re.compile(r"[^\W\d_]+|\d+")
# At most so many signs stand between two of them.
_MOST_SIGNS = 8
# Shorter words may be the beginning of any other; nothing but such ones without a blank is a cry: Ooooooh.
_LONG_WORD = 3
# Fewer characters are too few for a number in words.
_SHORTEST = 10


@dataclass(frozen=True, slots=True)
class SpelledNumber:
    """Where a number in words begins and ends in a text, and its digits; empty where they are not known."""

    start: int
    end: int
    digits: str


def find_spelled_numbers(text: str) -> Iterator[SpelledNumber]:
    """Yield the numbers in a text that are written in words, some digits among them included.

    The time it takes grows with the length of the text only.
    """
    if len(text) < _SHORTEST:
        return
    run: list[_Element] = []
    for token in _TOKEN.finditer(text):
        elements = _split_token(token)
        if run and (not elements or token.start() - run[-1].end > _MOST_SIGNS):
            yield from _read_run(run)
            run = []
        run += elements
        if elements and elements[-1].end < token.end():
            yield from _read_run(run)
            run = []
    yield from _read_run(run)


class _Element(NamedTuple):
    """A word or some digits; the value of a word is empty where it is larger, and None for one that joins."""

    start: int
    end: int
    is_word: bool
    value: str | None
    # Whether it is only the beginning of a word, and may be that of any other one.
    is_cut: bool


def _split_token(token: re.Match[str]) -> list[_Element]:
    """Return the digits or the words of a token, up to what is none."""
    if token[0].isdecimal():
        return [_Element(token.start(), token.end(), is_word=False, value=token[0], is_cut=False)]
    words = list(_iter_elements(token))
    is_cry = len(words) > 1 and all(word.end - word.start < _LONG_WORD for word in words)
    return [] if is_cry else words


def _iter_elements(token: re.Match[str]) -> Iterator[_Element]:
    text = token[0]
    for found in _iter_words(text):
        word = found[0].lower()
        is_cut = found.end() < len(text) and len(word) < _LONG_WORD
        start, end = token.start() + found.start(), token.start() + found.end()
        yield _Element(start, end, is_word=word in _VALUES, value=_VALUES.get(word), is_cut=is_cut)


def _iter_words(text: str) -> Iterator[re.Match[str]]:
    """Yield the words at the beginning of a text that stand there without anything between them."""
    words = _compile_words()
    found = words.match(text)
    while found is not None:
        yield found
        found = words.match(text, found.end())


@cache
def _compile_words() -> re.Pattern[str]:
    """Return what finds a word; it is large, and most PBXs have no numbers to hide."""
    # Longer ones first, so that none is taken for the beginning of another.
    return re.compile("|".join(sorted({*_VALUES, *_JOINTS}, key=len, reverse=True)), re.IGNORECASE)


def show_spelled_numbers(text: str) -> str:
    """Return a text with its numbers in words as digits, or without them where their digits are not known."""
    parts, end = list[str](), 0
    for number in find_spelled_numbers(text):
        parts += (text[end : number.start], number.digits)
        end = number.end
    return "".join((*parts, text[end:]))


def _read_run(run: list[_Element]) -> Iterator[SpelledNumber]:
    """Yield the number of words and digits in a row, if they are one."""
    while run and (run[-1].is_cut or run[-1].value is None):
        run.pop()
    run = list(dropwhile(lambda element: element.value is None, run))
    values = [element.value for element in run if element.value is not None]
    words = sum(element.is_word for element in run)
    digits = "".join(values)
    is_mixed = words >= _FEWEST_AMONG_DIGITS and len(digits) >= _FEWEST_DIGITS
    # Zeros alone reach nobody.
    is_somebody = any(value != "0" for value in values)
    if is_somebody and (words >= FEWEST_WORDS or is_mixed):
        yield SpelledNumber(run[0].start, run[-1].end, digits if all(values) else "")
