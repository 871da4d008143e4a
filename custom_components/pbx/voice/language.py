"""What people say and what is answered, in each language: the files of the folder `sentences`."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache, cached_property, lru_cache
from pathlib import Path
import re
from typing import Any

from homeassistant.util import dt as dt_util
from homeassistant.util.yaml import load_yaml_dict

from ..protocols.lazy_dataclass import dataclass
from ..protocols.phone_numbers import to_dialable
from .numerals import read_numerals, spell_numerals, strip_accents

FOLDER = Path(__file__).parent.parent / "sentences"
FALLBACK = "en"

_RULE = re.compile(r"<(\w+)>")
_ENDS_WITH_NAME = re.compile(r"{\w+}$")
# No name that people say has more words.
_LONGEST_NAME = 3
# Nobody says more in one breath; what is longer was typed or made up, and takes long to understand.
LONGEST_SENTENCE = 200
NOON = 12
MINUTE = timedelta(minutes=1)
# What names kinds of numbers among the values of a problem.
_KINDS = ("kind", "kinds")


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several that may be meant: how it is shown, and what to say so that only it is meant."""

    name: str
    said: str
    number: str | None = None
    shown: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """Return everything that it is called."""
        return (self.name,)


class RequestFailed(Exception):
    """What was asked for can't be done.

    `key` names a sentence among the `problems` of a language, `values` fill its placeholders. `choices` are
    those of which it is asked which is meant.
    """

    choices: tuple[Choice, ...] = ()

    def __init__(self, key: str, detail: str = "", **values: str) -> None:
        super().__init__(detail or key)
        self.key = key
        self.values = values


class Certainty(StrEnum):
    """How sure it is that a sentence is about telephones.

    It always is, or it usually is and names somebody who may be unknown, or only if what it names is known
    or a call of who asks is there that it can mean.
    """

    ALWAYS = "always"
    USUALLY = "usually"
    IF_KNOWN = "if_known"


@dataclass(frozen=True, kw_only=True, eq=False)
class Language:
    """One file: sentences by intent, how times and kinds of numbers are said, words, answers, problems.

    Sentences may name `rules`, and are said with the rules `lead` before and `tail` behind them.
    """

    code: str
    rules: Mapping[str, str]
    intents: Mapping[str, Mapping[str, list[str]]]
    words: Mapping[str, Any]
    kinds: Mapping[str, list[str]]
    times: Mapping[str, Any]
    answers: Mapping[str, str]
    problems: Mapping[str, str]
    gist: Mapping[str, Any]

    def iter_sentences(self, intent: str) -> Iterator[tuple[Certainty, str, str]]:
        """Yield what people say for an intent: the pattern alone, and as hassil understands it."""
        for certainty, templates in self.intents[intent].items():
            for template in templates:
                # What follows a name at the end is told from it later, since a name may be any words.
                tail = "" if _ENDS_WITH_NAME.search(template) else " <tail>"
                yield Certainty(certainty), template, f"<lead> {template}{tail}"

    @cached_property
    def doors(self) -> tuple[str, ...]:
        """Return the beginnings of words that tell of telephones, with and without their accents."""
        words = [" ".join(words.split()) for words in self.gist["doors"].split(",")]
        return tuple(sorted({form for word in words for form in (word, strip_accents(word))}))

    def get_doors(self) -> str:
        """Return a sentence that holds one of the doors anywhere at the beginning of a word."""
        return f"[{{before}} ]({'|'.join(self.doors)})[{{behind}}]"

    @cached_property
    def _door(self) -> re.Pattern[str]:
        return re.compile(rf"\b(?:{'|'.join(map(re.escape, self.doors))})")

    def has_door(self, text: str) -> bool:
        """Return whether a text holds one of the doors."""
        return self._door.search(text.casefold()) is not None

    def join_patterns(self, patterns: Sequence[str]) -> str:
        """Return patterns as one sentence, with the rules written out.

        It is as short as it can be, since Home Assistant may parse it in the event loop.
        """
        sentence = f"<lead> ({'|'.join(patterns)}) <tail>"
        while _RULE.search(sentence):
            sentence = _RULE.sub(lambda rule: self.rules[rule[1]], sentence)
        return " ".join(sentence.split())

    def format_answer(self, key: str, **values: object) -> str:
        """Return an answer with its placeholders filled in."""
        return self.answers[key].format(**values)

    def format_problem(self, error: RequestFailed) -> str:
        """Return the sentence for what can't be done, with kinds of numbers by their names."""
        values = error.values | {
            name: self.join_names([self.answers[f"kind_{kind}"] for kind in error.values[name].split()])
            for name in _KINDS
            if name in error.values
        }
        if error.choices:
            values["names"] = self.join_names([choice.shown for choice in error.choices], "or")
        return self.problems.get(error.key, self.problems["failed"]).format(**values)

    def is_refusal(self, text: str) -> bool:
        """Return whether an answer means none of those that were offered."""
        said = _split(text)
        return any(
            said[first : first + len(phrase)] == list(phrase)
            for phrase in self._refusals
            for first in range(len(said))
        )

    def read_place(self, text: str) -> int | None:
        """Return which one of a list is meant by its place, counted from 1; None where no place is said."""
        places: Mapping[str, int] = self.words["places"]
        return places.get(" ".join(_split(text)))

    def join_names(self, names: Sequence[str], word: str = "and") -> str:
        """Return names as they are listed in a sentence; there must be one at least."""
        *first, last = names
        return f"{', '.join(first)} {self.answers[word]} {last}" if first else last

    def format_number(self, number: str) -> str:
        """Return a number as it is read aloud, digit by digit."""
        return " ".join(self.answers["plus"] if char == "+" else char for char in number)

    def format_time(self, time: datetime) -> str:
        """Return a time of today, yesterday or tomorrow as one says it."""
        local, today = dt_util.as_local(time), dt_util.now().date()
        hour = (local.hour - 1) % NOON + 1 if self.answers["clock"] == "12" else local.hour
        half = "pm" if local.hour >= NOON else "am"
        key = "time_minutes" if local.minute else "time_hour"
        clock = self.format_answer(key, hour=hour, minute=f"{local.minute:02}", half=half)
        day = {-1: "yesterday_at", 1: "tomorrow_at"}.get((local.date() - today).days)
        return self.format_answer(day, time=clock) if day is not None else clock

    def format_duration(self, duration: timedelta) -> str:
        """Return a duration in minutes as one says it."""
        minutes = round(duration / MINUTE)
        return self.format_answer("one_minute" if minutes <= 1 else "minutes", count=minutes)

    def parse_number(self, text: str) -> str | None:
        """Return a number that was said in digits or words, as it is dialed; None where it is none."""
        return _parse_number(self, text)

    def strip_politeness(self, text: str) -> str:
        """Return what was said for a name without the small words around it that belong to no name."""
        return _strip_words(text, self._fillers, self._fillers)

    def strip_articles(self, text: str) -> str:
        """Return a name without politeness, articles, possessives and titles."""
        return _strip_words(text, self._fillers | self._articles, self._fillers)

    def strip_queue_words(self, text: str) -> str:
        """Return the name of a queue without what says that it is one."""
        return _strip_words(text, self._fillers | self._articles | self._queue, self._fillers | self._queue)

    def could_be_name(self, text: str) -> bool:
        """Return whether words may be the name of somebody: few, and without an article."""
        words = _split(text)
        return 0 < len(words) <= _LONGEST_NAME and not any((word,) in self._articles for word in words)

    @cached_property
    def numerals(self) -> Mapping[str, str]:
        """Return the digits of the numbers that have words; not for the event loop when first asked for."""
        return spell_numerals(self.code, self.words["digits"], self.answers["and"])

    @cached_property
    def _fillers(self) -> frozenset[tuple[str, ...]]:
        return frozenset(tuple(_split(words)) for words in self.words["fillers"])

    @cached_property
    def _articles(self) -> frozenset[tuple[str, ...]]:
        return frozenset(tuple(_split(words)) for words in self.words["articles"])

    @cached_property
    def _refusals(self) -> frozenset[tuple[str, ...]]:
        return frozenset(tuple(_split(words)) for words in self.words["refusals"])

    @cached_property
    def _queue(self) -> frozenset[tuple[str, ...]]:
        return frozenset(tuple(_split(words)) for words in self.words["queue"])


class Languages:
    """All languages there is a file for."""

    def __init__(self, languages: Mapping[str, Language]) -> None:
        self._languages = languages

    def __iter__(self) -> Iterator[Language]:
        """Yield all languages."""
        return iter(self._languages.values())

    def get_language(self, tag: str) -> Language:
        """Return the language of a tag such as `de-CH`, English where there is no file for it."""
        code = tag.casefold().replace("_", "-").partition("-")[0]
        return self._languages.get(code, self._languages[FALLBACK])


@cache
def load_languages() -> Languages:
    """Read all files, once; not for the event loop."""
    files = {path.stem: load_yaml_dict(path) for path in sorted(FOLDER.glob("*.yaml"))}
    return Languages({code: Language(code=code, **data) for code, data in files.items()})


@lru_cache(maxsize=64)
def _parse_number(language: Language, text: str) -> str | None:
    """Return a number that was said as it is dialed; each reading of a sentence asks for the same ones."""
    return to_dialable(read_numerals(text, language.numerals, language.answers["and"]))


def _strip_words(text: str, before: frozenset[tuple[str, ...]], behind: frozenset[tuple[str, ...]]) -> str:
    """Return a text without phrases at its beginning and its end; the last word always stays."""
    words = text.replace("'", "' ").split()
    plain = [word.casefold().strip(",.!?¿¡") for word in words]
    first, last = 0, len(words)
    while (count := _count_leading(plain[first:last], before)) and first + count < last:
        first += count
    while (count := _count_trailing(plain[first:last], behind)) and last - count > first:
        last -= count
    return " ".join(words[first:last]).replace("' ", "'").strip(",.!?¿¡ ")


def _count_leading(words: list[str], phrases: frozenset[tuple[str, ...]]) -> int:
    return next((count for count in (4, 3, 2, 1) if tuple(words[:count]) in phrases), 0)


def _count_trailing(words: list[str], phrases: frozenset[tuple[str, ...]]) -> int:
    return next((count for count in (4, 3, 2, 1) if tuple(words[-count:]) in phrases), 0)


def _split(text: str) -> list[str]:
    """Return the words of a phrase in small letters, with an elided article as a word of its own."""
    return [word.casefold().strip(",.!?¿¡") for word in text.replace("'", "' ").split()]
