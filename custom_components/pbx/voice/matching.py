"""Which objects a spoken name means, the way people call each other and speech-to-text writes it."""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from operator import attrgetter
import re
from typing import Protocol
import unicodedata

from ..describe import format_name
from .language import Choice, RequestFailed

# Letters that no accent makes of another one, and umlauts written out.
_PLAIN = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "æ": "a", "œ": "o", "ß": "ss", "ð": "d", "þ": "th"})
_WRITTEN_OUT = re.compile(r"([aou])e")
# Shorter words have too many neighbours for a slip.
_SHORTEST_WITH_SLIP = 4
_MOST_INITIALS = 4

type Words = tuple[str, ...]


class Named(Protocol):
    """Something that has names: an object of a PBX, or somebody in an address book."""

    @property
    def names(self) -> tuple[str, ...]:
        """Return everything that it is called."""


class NamedWithNumber(Named, Protocol):
    """Something that has a name to be shown, and perhaps a number."""

    @property
    def name(self) -> str:
        """Return the name to be shown."""

    @property
    def number(self) -> str | None:
        """Return the number, None where there is none."""


def match_name[T: Named](objects: Iterable[T], name: str, *, fuzzy: bool = True) -> list[T]:
    """Return the objects that a name means, by the first of these ways that any has.

    All words of a name, some of them, written together, initials, and unless `fuzzy` is False one slip.
    """
    said = split_words(name)
    if not said:
        return []
    every = [(found, [split_words(known) for known in found.names]) for found in objects]
    for is_meant in _WAYS if fuzzy else _WAYS[:-1]:
        matches = [found for found, names in every if any(is_meant(said, known) for known in names)]
        if matches:
            return matches
    return []


def match_one[T: NamedWithNumber](objects: Iterable[T], name: str, missing: str) -> T:
    """Return the only object that a name means.

    Raises RequestFailed with the key `missing` where there is none, with `which_one` where there are several.
    """
    found = match_name(objects, name)
    if not found:
        raise RequestFailed(missing, name=name)
    return require_one(found)


def require_one[T: NamedWithNumber](found: Sequence[T]) -> T:
    """Return the only one of those found; raises RequestFailed with the question where there are several."""
    if len(found) > 1:
        raise which_one([(one.name, one.number) for one in found])
    return found[0]


def which_one(people: Sequence[tuple[str, str | None]]) -> RequestFailed:
    """Return the question which of several is meant; those of the same name are told apart by number."""
    names = [name for name, _ in people]
    choices = [
        Choice(
            name,
            number if names.count(name) > 1 and number is not None else name,
            number,
            format_name(name, number if names.count(name) > 1 else None),
        )
        for name, number in people
    ]
    choices.sort(key=attrgetter("shown"))
    question = RequestFailed("which_one", names=", ".join(choice.shown for choice in choices))
    question.choices = tuple(choices)
    return question


@lru_cache(maxsize=16384)
def split_words(name: str) -> Words:
    """Return the words of a name in small letters and without accents, which speech does not tell apart."""
    decomposed = unicodedata.normalize("NFKD", name.casefold().translate(_PLAIN))
    letters = "".join(char for char in decomposed if not unicodedata.combining(char))
    return tuple(re.findall(r"\w+", _WRITTEN_OUT.sub(r"\1", letters)))


def _is_whole(said: Words, known: Words) -> bool:
    return frozenset(said) == frozenset(known)


def _is_part(said: Words, known: Words) -> bool:
    return frozenset(said) <= frozenset(known)


def _is_written_together(said: Words, known: Words) -> bool:
    """Return whether neighbouring words of the name make what was said, spaces aside."""
    joined = "".join(said)
    return any(
        "".join(known[first:last]) == joined
        for first in range(len(known))
        for last in range(first + 1, len(known) + 1)
    )


def _is_initials(said: Words, known: Words) -> bool:
    joined = "".join(said)
    if not 1 < len(joined) <= _MOST_INITIALS or len(known) < 2 or len(said) not in (1, len(joined)):
        return False
    initials = "".join(word[0] for word in known)
    return joined in (initials, initials[0] + initials[-1])


def _is_similar(said: Words, known: Words) -> bool:
    """Return whether the words are in the name but for one slip, or make it so when joined."""
    missing = [word for word in said if word not in known]
    if len(missing) == 1:
        return any(has_one_slip(missing[0], word) for word in known)
    return has_one_slip("".join(said), "".join(known))


def has_one_slip(said: str, known: str) -> bool:
    """Return whether two words differ by one letter too many, too few, another, or two in wrong order."""
    if min(len(said), len(known)) < _SHORTEST_WITH_SLIP or abs(len(said) - len(known)) > 1:
        return False
    start = next((at for at, (a, b) in enumerate(zip(said, known, strict=False)) if a != b), None)
    if start is None:
        return True
    rest, other = said[start:], known[start:]
    swapped = rest[1::-1] + rest[2:] if len(rest) > 1 else rest
    return rest[1:] == other[1:] or rest[1:] == other or rest == other[1:] or swapped == other


_WAYS: tuple[Callable[[Words, Words], bool], ...] = (
    _is_whole,
    _is_part,
    _is_written_together,
    _is_initials,
    _is_similar,
)
