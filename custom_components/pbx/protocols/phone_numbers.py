"""The forms in which people and systems write telephone numbers, and their words for a withheld caller ID.

The rules are the same for what is dialed, shown, masked, filtered and looked up. What a number means in a
country is not known here.
"""

from functools import lru_cache
import re
from unicodedata import combining, normalize
from urllib.parse import unquote

from .json_text import clean_text

REMEMBERED = 2048

# Marks for the direction of text, joiners, soft hyphens: they come along when numbers are copied.
_INVISIBLE = (
    "\u00ad\u061c\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e"
    "\u2060\u2066\u2067\u2068\u2069\ufeff"
)
_HYPHENS = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"
# The zeros of the scripts in which people write numbers, as Unicode has them: Arabic, Persian, N'Ko, those
# of India from Devanagari to Malayalam, Sinhala, Thai, Lao, Tibetan, Burmese, Khmer, Mongolian, full width.
_ZEROS = (
    *(0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66, 0x0CE6, 0x0D66),
    *(0x0DE6, 0x0E50, 0x0ED0, 0x0F20, 0x1040, 0x17E0, 0x1810, 0xFF10),
)
_FULL_WIDTH = {"\uff0a": "*", "\uff03": "#", "\uff08": "(", "\uff09": ")", "\uff0e": ".", "\uff0f": "/"}


class _PlainCharacters(dict[int, str | int | None]):
    """What stands for a character in a number, by its code."""

    def __missing__(self, code: int) -> int:
        zero = next((zero for zero in _ZEROS if zero <= code < zero + 10), None)
        return code if zero is None else ord("0") + code - zero


_PLAIN = _PlainCharacters(
    str.maketrans(
        dict.fromkeys(_INVISIBLE)
        | dict.fromkeys(_HYPHENS, "-")
        | _FULL_WIDTH
        | {"\uff0b": "+", "\ufe62": "+", "\uff1a": ":", "\uff1b": ";", "\uff0c": ",", "\u060c": ","}
    )
)
_SCHEME = re.compile(r"(?:tel\.?|callto|sips?|phone)\s*:\s*(?://)?|tel\.?\s+(?=[(+0-9])", re.IGNORECASE)
# What some wires put behind a number although it is in no address.
_PARAMETERS = re.compile(r"([\s()+*#0-9./-]+);[a-z][a-z-]*(?:[=;].*)?", re.IGNORECASE)
# The country for which a number in a link holds.
_CONTEXT = re.compile(r";\s*phone-context=(\+[1-9][0-9]{0,2})(?:;|$)", re.IGNORECASE)
_BRACKETED = re.compile(r"[^<>\u2039\u203a]*+[<\u2039]\s*+([^<>\u2039\u203a]*+)[>\u203a][^<>\u2039\u203a]*+")
# A zero for calls within the country, as some write it after the country: in brackets, alone, or before the
# area code. Where it belongs to the number (Italy, San Marino, the Vatican, both Congos, Gabon and the Ivory
# Coast), it is dialed from abroad too.
_ZERO_STAYS = r"(?!\s*(?:39|378|379|225|24[0-3])(?![0-9]))"
_TRUNK_ZERO = re.compile(
    rf"(\(?(?:\+|00){_ZERO_STAYS}\s?[1-9][0-9]{{0,2}}\)?)"
    r"(?:[\s.-]*[(\[]\s*0\s*[)\]]|[\s./-]*[(\[]\s*0(?=[0-9])|[\s./-]+0(?=[\s.0-9/-]))"
)
# What people write in front of a number or behind it. Words that follow a short number are no remark, since
# that is rather a name; nor are capitals, which may stand for digits.
_LETTER = re.compile(r"[^\W\d_]")
_LABEL = re.compile(r"[^\W\d_]{1,20}[. ]{0,2}:\s*(?=[(+]*[0-9])")
_BRACKETS_BEHIND = re.compile(
    r"(.*[0-9#])\s*+[(\[](?:(?![^\W\d_])[^()\[\]0-9])*+[^\W\d_][^()\[\]0-9]*+[)\]]\s*+"
)
_WORDS_BEHIND = re.compile(
    r"([\s()+*#0-9./-]*[0-9#])[\s,;:\u2013-]+(?![A-Z]{3})[^\W\d_](?:[^\W\d_]|[\s.,!'\u2019-])*"
)
_EXTENSION_BEHIND = re.compile(
    r"([\s()+*#0-9./-]*[0-9])[\s,;]*(?:ext|extn|extension|x|dw|durchwahl|nst|toestel|tst|poste|int|interno)"
    r"[.:\s]*[0-9]{1,6}",
    re.IGNORECASE,
)
_REMARK_AFTER = 6
# What people write between digits, and a PBX does not accept.
_DECORATION = re.compile(r"[\s()./\u00b7-]")
_WITHOUT_WORDS = re.compile(r"[\s()+*#0-9./-]{5,}")
_REMARKS = ((_BRACKETS_BEHIND, 1), (_EXTENSION_BEHIND, _REMARK_AFTER), (_WORDS_BEHIND, _REMARK_AFTER))
_DIALABLE = re.compile(r"\+?[0-9*#]{1,32}")
_CODE_KEYS = frozenset("*#")


def strip_number(text: str, *, remarks: bool = True) -> str:
    """Return a number without what is written between and around its digits.

    Understood are addresses of links and of SIP, of which parameters and the host are left out, the
    characters that word processors and web pages put in, the digits of all scripts, and remarks such as
    "(mobile)", unless these are to stay. What is no number is returned as plain text.
    """
    plain = to_plain_text(text).strip()
    number = _take_from_address(plain)
    if remarks:
        number = _strip_remarks(number)
    trunk_zero = _TRUNK_ZERO.match(number)
    if trunk_zero is not None:
        number = trunk_zero[1] + number[trunk_zero.end() :]
    context = _CONTEXT.search(plain)
    digits = _DECORATION.sub("", number)
    return _add_country(digits, context[1]) if context is not None else digits


def _strip_remarks(text: str) -> str:
    """Return a number without what people have written in front of it and behind it."""
    if _LETTER.search(text) is None:
        return text
    label = _LABEL.match(text)
    number = text[label.end() :] if label is not None else text
    for behind, shortest in _REMARKS:
        found = behind.fullmatch(number)
        if found is not None and sum(map(str.isdecimal, found[1])) >= shortest:
            return found[1]
    return number if label is not None and _WITHOUT_WORDS.fullmatch(number) else text


def strip_decoration(text: str) -> str:
    """Return a text without what is written between the digits of a number; addresses stay whole."""
    return _DECORATION.sub("", to_plain_text(text))


def to_plain_text(text: str) -> str:
    """Return a text without invisible characters, with plain hyphens and digits."""
    return text if text.isascii() else text.translate(_PLAIN)


def _add_country(digits: str, country: str) -> str:
    if not digits.isdecimal() or digits.startswith("00"):
        return digits
    return country + (digits if country == "+39" else digits.removeprefix("0"))


def _take_from_address(text: str) -> str:
    """Return the number of an address such as `tel:+31…;ext=2` or `"Anna" <sip:+31…@host;user=phone>`."""
    bracketed = _BRACKETED.fullmatch(text)
    inside = bracketed[1] if bracketed is not None else text
    scheme = _SCHEME.match(inside)
    if scheme is None and bracketed is None:
        parameters = _PARAMETERS.fullmatch(text)
        return parameters[1] if parameters is not None else text
    number = inside[scheme.end() :] if scheme is not None else inside
    return clean_text(unquote(re.split("[;?@]", number, maxsplit=1)[0]))


def to_dialable(text: str) -> str | None:
    """Return a text as digits that a PBX can dial, or None where it is no number."""
    plain = strip_number(text)
    return plain if _DIALABLE.fullmatch(plain) else None


def is_code(number: str) -> bool:
    """Return whether dialing a number would run a code of the PBX, such as *21* to forward calls.

    Nobody calls from a code, but callers can show one, in the hope to be called back.
    """
    return not _CODE_KEYS.isdisjoint(strip_number(number))


def _strip_accents(text: str) -> str:
    return "".join(char for char in normalize("NFKD", text) if not combining(char))


# What telephone systems say in the place of a number or a name that the caller does not show, by language.
_WITHHELD = frozenset(
    _strip_accents(word)
    for words in (
        # Asterisk, SIP, carriers
        "|anonymous|anonymous caller|unknown|unknown caller|unknown number|unknown name|no number|no name",
        "unavailable|not available|number unavailable|out of area|restricted|restricted number|private",
        "private caller|private number|private name|withheld|number withheld|name withheld",
        "caller id withheld|blocked|blocked number|blocked caller|caller id blocked|caller id unavailable",
        "id unavailable|hidden|hidden number|no caller id|no caller id available|unidentified|undisclosed",
        "presentation restricted|n/a|none|null|anonymous.invalid|unknown.invalid|anon|id withheld|undefined",
        "not provided|not disclosed|caller id not available|caller unknown|secret|secret number|suppressed",
        # German
        "anonym|anonymer anrufer|unbekannt|unbekannter anrufer|unbekannte nummer|unterdrückt|privat",
        "nummer unterdrückt|rufnummer unterdrückt|unterdrückte nummer|private nummer|nicht verfügbar",
        "nicht übermittelt|rufnummer nicht übermittelt|keine rufnummer|keine nummer|teilnehmer unbekannt",
        "unterdrückte rufnummer|unbekannter teilnehmer|geheim|verborgen",
        # Dutch
        "anoniem|anonieme beller|onbekend|onbekende beller|onbekend nummer|afgeschermd|afgeschermd nummer",
        "privé|privénummer|privé nummer|geheim nummer|nummer afgeschermd|niet beschikbaar",
        "verborgen nummer|nummer onbekend|geen nummer|nummer geheim|anoniem nummer",
        # French
        "anonyme|appelant anonyme|inconnu|appelant inconnu|numéro inconnu|masqué|numéro masqué|appel masqué",
        "numéro privé|numéro restreint|indisponible|non disponible|privé|secret|numéro secret",
        # Spanish
        "anónimo|desconocido|número desconocido|oculto|número oculto|privado|número privado|no disponible",
        "llamada oculta|restringido|número restringido|sin número|llamada privada|número no disponible",
        # Italian
        "anonimo|sconosciuto|numero sconosciuto|nascosto|numero nascosto|privato|numero privato",
        "riservato|numero riservato|non disponibile|numero anonimo|chiamante sconosciuto|chiamata anonima",
    )
    for word in words.split("|")
)
_QUOTES = "\"'<>[]() \t.-_\u201c\u201d\u2018\u2019"


@lru_cache(maxsize=REMEMBERED)
def is_withheld(text: str) -> bool:
    """Return whether a text in the place of a number or a name only says that the caller does not show it."""
    plain = to_plain_text(text).strip()
    bracketed = _BRACKETED.fullmatch(plain)
    inside = (bracketed[1] if bracketed is not None else plain).strip(_QUOTES).casefold()
    scheme = _SCHEME.match(inside)
    if scheme is not None:
        inside = inside[scheme.end() :]
    words = re.split("[@;]", inside, maxsplit=1)[0].strip(_QUOTES)
    return _strip_accents(" ".join(re.split(r"[\s_]+", words))) in _WITHHELD


def hide_withheld(text: str | None) -> str | None:
    """Return a number or a name, None where it is withheld."""
    return None if text is None or is_withheld(text) else text
