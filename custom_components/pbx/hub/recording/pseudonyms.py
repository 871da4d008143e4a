"""Names for names: the same one always for the same, of the same shape, and none that can be traced back."""

from collections.abc import Callable, Iterable
from ipaddress import ip_address
from random import SystemRandom
import re
from typing import TYPE_CHECKING

from ..lazy_module import LazyModule
from .vocabulary import is_known

if TYPE_CHECKING:
    import phonenumbers
else:
    phonenumbers = LazyModule("phonenumbers")

# Shorter numbers are extensions; longer ones are the same number with any prefix.
LONG_NUMBER = 8
_SAME_END = 8
_ATTEMPTS = 60
# Nobody's, and what they are for has to stay visible.
_KEPT_NUMBERS = frozenset({"110", "112", "911", "999", str(2**32 - 1), str(2**64 - 1)})
_KEPT_HOSTS = frozenset({"0.0.0.0", "127.0.0.1", "::1", "::"})  # noqa: S104  nothing listens there
_CONSONANTS, _VOWELS = "bdfgklmnprstvz", "aeiou"
_HEX = re.compile(r"[0-9a-fA-F]+")
# Addresses that are for documentation.
_NETWORKS = ("192.0.2", "198.51.100", "203.0.113")


class Pseudonyms:
    """What stands for what in one recording; forgotten with it, so that nothing leads back.

    `taken` are true numbers and words, none of which becomes the pseudonym of another.
    """

    def __init__(self, country: str | None = None, taken: Iterable[str] = ()) -> None:
        self._country = country
        self._random = SystemRandom()
        self._taken = {word.casefold() for word in taken}
        self._names: dict[str, str] = {}
        self._numbers: dict[str, str] = {}
        self._tokens: dict[str, str] = {}
        self._hosts: dict[str, str] = {}
        self._used: set[str] = set()

    @property
    def counts(self) -> dict[str, int]:
        """Return how many different ones of each sort there are."""
        return {
            "names": len(self._names),
            "numbers": len(self._numbers),
            "hosts": len(self._hosts),
            "ids": len(self._tokens),
        }

    def name(self, word: str) -> str:
        """Return what stands for a word, in its case."""
        key = word.casefold()
        if key not in self._names:
            self._names[key] = self._choose(lambda: self._invent_word(min(max(len(word), 4), 10)))
        return _in_case_of(word, self._names[key])

    def host(self, host: str) -> str:
        """Return what stands for a host name or an address."""
        key = host.casefold()
        if key in _KEPT_HOSTS:
            return host
        if key not in self._hosts:
            self._hosts[key] = self._invent_host(key, len(self._hosts))
        return self._hosts[key]

    def token(self, token: str) -> str:
        """Return what stands for an id: letters for letters, digits for digits."""
        key = token.casefold()
        if key not in self._tokens:
            self._tokens[key] = self._choose(lambda: self._invent_token(key))
        return _match_case(token, self._tokens[key])

    def number(self, digits: str) -> str:
        """Return what stands for a number of digits alone: of its length, its prefix kept.

        Long numbers with the same end are the same number, and stay so. One that is valid in its country
        stays valid.
        """
        kept = digits in _KEPT_NUMBERS or len(digits) < 2 or not digits.strip("0")
        if kept:
            return digits
        if len(digits) < LONG_NUMBER:
            return self._replace_short(digits)
        key = digits[-_SAME_END:]
        if key not in self._numbers:
            self._numbers[key] = self._choose_end(digits)
        end = self._numbers[key]
        return digits[: -len(end)] + end

    def _replace_short(self, digits: str) -> str:
        if digits not in self._numbers:
            head = digits[:1] if len(digits) < 7 else digits[:2]
            self._numbers[digits] = self._choose(
                lambda: head + self._invent_digits(len(digits) - len(head)), otherwise=digits
            )
        return self._numbers[digits]

    def _choose_end(self, digits: str) -> str:
        """Return the last digits for a long number, with which it is as valid as before."""
        wanted = self._is_valid(digits)
        length = 6 if len(digits) > LONG_NUMBER else 5
        head = digits[:-length]
        for _ in range(_ATTEMPTS):
            end = self._invent_digits(length)
            is_new = end != digits[-length:] and head + end not in self._taken
            if is_new and self._is_valid(head + end) == wanted:
                return end
        return self._invent_digits(length)

    def _is_valid(self, digits: str) -> bool:
        return any(self._parses(text) for text in (f"+{digits}", f"+{digits.removeprefix('00')}", digits))

    def _parses(self, text: str) -> bool:
        try:
            return phonenumbers.is_valid_number(phonenumbers.parse(text, self._country))
        except phonenumbers.NumberParseException:
            return False

    def _choose(self, invent: Callable[[], str], otherwise: str | None = None) -> str:
        """Return something that is neither true nor in use; where there is nothing else, something in use."""
        for _ in range(_ATTEMPTS):
            word = invent()
            if word not in self._used and word not in self._taken:
                break
        else:
            word = otherwise or invent()
        self._used.add(word)
        return word

    def _invent_word(self, length: int) -> str:
        while is_known(word := self._invent_syllables(length)):
            pass
        return word

    def _invent_syllables(self, length: int) -> str:
        return "".join(self._random.choice((_CONSONANTS, _VOWELS)[place % 2]) for place in range(length))

    def _invent_digits(self, length: int) -> str:
        return "".join(self._random.choice("0123456789") for _ in range(length))

    def _invent_token(self, token: str) -> str:
        letters = "abcdef" if _HEX.fullmatch(token) else "abcdefghijklmnopqrstuvwxyz"
        return "".join(self._invent_like(sign, letters) for sign in token)

    def _invent_like(self, sign: str, letters: str) -> str:
        if sign.isdecimal():
            return self._random.choice("0123456789")
        return self._random.choice(letters) if sign.isalpha() else sign

    def _invent_host(self, host: str, number: int) -> str:
        try:
            version = ip_address(host).version
        except ValueError:
            return f"host{number + 1}.example"
        if version == 6:
            return f"2001:db8::{number + 1:x}"
        network, last = divmod(number, 254)
        return f"{_NETWORKS[network % len(_NETWORKS)]}.{last + 1}"


def _in_case_of(word: str, other: str) -> str:
    if word.isupper():
        return other.upper()
    return other if word.islower() else other.capitalize()


def _match_case(token: str, other: str) -> str:
    if len(token) != len(other):
        # Some letters are several in lower case.
        return other
    return "".join(new.upper() if old.isupper() else new for old, new in zip(token, other, strict=True))
