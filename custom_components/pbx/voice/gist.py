"""What a sentence is about where no pattern covers it: its gist, by the words that tell.

Times, numbers and names are found first. What is left is searched for cues: per language the words that speak
for something, such as `missed` or `forward`. Rules over these cues, the same in all languages, say what is
meant: the one that needs the most cues wins. Words about other things rule everything out.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field
import re

from ..protocols.lazy_dataclass import dataclass
from .gist_rules import RULES, Rule
from .language import Certainty, Language, RequestFailed
from .matching import has_one_slip, split_words
from .numerals import strip_accents
from .times import parse_end

# What stands for a name, a number or a time among the words that are searched for cues.
PERSON, QUEUE, NUMBER, UNTIL, DURATION = "_who_", "_queue_", "_number_", "_until_", "_duration_"
# Cues that are nouns; their words are cues of nothing else, as `call` is in "the call".
_NOUNS = ("dnd", "missed_call", "last_call", "caller", "on_phone", "my_calls", "a_call", "this_call")
_FOUND = {PERSON: "person", QUEUE: "queue", NUMBER: "number", UNTIL: "until", DURATION: "duration"} | {
    f"_{noun}_": noun for noun in _NOUNS
}
# Which of these fill which slot; the first that is there.
_SLOTS = {"who": (PERSON, NUMBER), "queue": (QUEUE,), "until": (UNTIL,), "duration": (DURATION,)}
_LONGEST_NAME, _LONGEST_TIME, _LONGEST_NUMBER = 5, 8, 20
# Nobody is called by a number of one digit, which may as well count something.
_FEWEST_DIGITS = 2
# Parts of names that are no name alone, and shorter ones.
_PARTICLES = frozenset(
    "van von vom den der des de del della da di du la le el al ten ter zu".split()  # noqa: SIM905
)
_SHORTEST_NAME = 3
_SHORTEST_SLIP = 5
# So many words that nothing explains are too many for a sentence that is sure, and for one that acts.
_MOST_STRANGE, _MOST_STRANGE_OF_ALL = 5, 9
# What can be asked for with a name that nobody has.
_STRANGERS = ("PbxCall", "PbxTransfer", "PbxForward", "PbxIsFree", "PbxOnThePhone")
_LONGEST_STRANGER = 3
_TALKS = frozenset({"dial", "speak", "me_through", "on_phone", "talk", "this_call", "my_calls"})
_TOKEN = re.compile(r"\w+")
_GAP = r"((?: \w+){0,5}?) "
_PLAIN = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe", "ß": "ss", "ð": "d", "þ": "th"})


@dataclass(frozen=True, slots=True)
class KnownNames:
    """Everything that people and queues are called, each part of a name written together."""

    people: frozenset[str] = frozenset()
    queues: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Gist:
    """What a sentence is about, with the words of it that fill the slots; `sure` is it about telephones."""

    language: Language
    intent: str
    slots: Mapping[str, str]
    sure: bool
    evidence: int
    strange: int

    @property
    def certainty(self) -> Certainty:
        """Return how sure it is that the sentence is about telephones."""
        return Certainty.ALWAYS if self.sure else Certainty.USUALLY


@dataclass(frozen=True, slots=True)
class _Word:
    """A word in small letters and without accents, or what stands for several; where it is in the text."""

    text: str
    start: int
    end: int


@dataclass(slots=True)
class _Sentence:
    """A sentence on its way from words to what they tell."""

    text: str
    words: list[_Word]
    cues: set[str] = field(default_factory=set)
    explained: set[int] = field(default_factory=set)

    def replace(self, first: int, last: int, kind: str) -> None:
        """Let one word stand for those from first to last."""
        self.words[first:last] = [_Word(kind, self.words[first].start, self.words[last - 1].end)]

    def get_text(self, first: int, last: int) -> str:
        """Return the words from first to last as they were said."""
        return self.text[self.words[first].start : self.words[last - 1].end]

    def join(self) -> str:
        """Return the words in a row, with a space around each."""
        return f" {' '.join(word.text for word in self.words)} "


def fold_names(names: Iterable[str]) -> Iterator[str]:
    """Yield each part of each name in small letters, without accents and spaces."""
    for words in map(split_words, names):
        for first in range(len(words)):
            for last in range(first + 1, min(first + _LONGEST_NAME, len(words)) + 1):
                part = "".join(words[first:last])
                if len(words) == 1 or last - first > 1 or _is_name_alone(part):
                    yield part


def _is_name_alone(part: str) -> bool:
    return part.isdecimal() or (len(part) >= _SHORTEST_NAME and part not in _PARTICLES)


class GistReader:
    """Reads sentences of one language by the cues in its file; not for the event loop."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self._cues = {name: _compile(phrases) for name, phrases in language.gist["cues"].items()}

    def read(self, text: str, known: KnownNames, facts: frozenset[str] = frozenset()) -> Gist | None:
        """Return what a text is about, None where that is not clear or nothing of telephones.

        `facts` are cues that nobody says: whether who asks has a call that rings or is up.
        """
        words = [_Word(_fold(one[0]), one.start(), one.end()) for one in _TOKEN.finditer(text)]
        corrected = self._find_correction(words)
        if corrected and (gist := self._read(text, words[corrected:], known, facts)) is not None:
            return gist
        return self._read(text, words, known, facts, after=corrected)

    def _find_correction(self, words: Sequence[_Word]) -> int:
        """Return the first word after the last "no, rather", 0 where nobody changes their mind."""
        joined = f" {' '.join(word.text for word in words)} "
        ends = [found.end() for found in self._cues["correction"].finditer(joined)]
        return joined[: ends[-1] + 1].count(" ") - 1 if ends else 0

    def _read(
        self, text: str, words: Sequence[_Word], known: KnownNames, facts: frozenset[str], after: int = 0
    ) -> Gist | None:
        sentence = _Sentence(text, list(words))
        begin = words[after].start if 0 < after < len(words) else 0
        self._drop(sentence, "hesitation")
        self._drop(sentence, "aside")
        self._find_times(sentence)
        self._find_people(sentence, known)
        self._find_numbers(sentence)
        if begin:
            self._forget(sentence, begin)
        self._drop(sentence, "polite")
        self._drop_lead(sentence)
        for noun in _NOUNS:
            self._replace_cue(sentence, noun, f"_{noun}_")
        self._find_cues(sentence)
        sentence.cues |= facts
        strange = len(sentence.words) - len(sentence.explained)
        if "other" in sentence.cues or strange > _MOST_STRANGE_OF_ALL:
            return None
        return self._decide(sentence, strange)

    def _decide(self, sentence: _Sentence, strange: int) -> Gist | None:
        best = self._choose(sentence.cues)
        if best is None:
            return self._call_stranger(sentence)
        if best.slots == ("until", "duration") and self._lacks_time(sentence):
            return None
        return Gist(
            language=self.language,
            intent=best.intent,
            slots=self._fill_slots(sentence, best),
            sure=best.sure and strange <= _MOST_STRANGE,
            evidence=best.weight,
            strange=strange,
        )

    def _fill_slots(self, sentence: _Sentence, rule: Rule) -> dict[str, str]:
        slots = {}
        for slot in rule.slots:
            found = [word for kind in _SLOTS[slot] for word in sentence.words if word.text == kind]
            if found:
                slots[slot] = sentence.text[found[0].start : found[0].end]
        return slots

    def _lacks_time(self, sentence: _Sentence) -> bool:
        """Return whether an end was said that is no time; what never ends would be something else."""
        return "until_when" in sentence.cues and sentence.cues.isdisjoint({"until", "duration"})

    def _choose(self, cues: set[str]) -> Rule | None:
        fitting = [rule for rule in RULES if rule.fits(cues)]
        return max(fitting, key=lambda rule: rule.weight) if fitting else None

    def _call_stranger(self, sentence: _Sentence) -> Gist | None:
        """Return the wish to call somebody whom nobody knows here: the words that nothing else explains."""
        left = [at for at in range(len(sentence.words)) if at not in sentence.explained]
        if not left or left[-1] - left[0] >= _LONGEST_STRANGER:
            return None
        name = sentence.get_text(left[0], left[-1] + 1)
        guess = _Sentence(sentence.text, list(sentence.words))
        guess.replace(left[0], left[-1] + 1, PERSON)
        self._find_cues(guess)
        best = self._choose(guess.cues)
        if best is None or best.intent not in _STRANGERS or _TALKS.isdisjoint(guess.cues):
            return None
        return Gist(self.language, best.intent, {"who": name}, sure=False, evidence=best.weight, strange=0)

    def _drop(self, sentence: _Sentence, cue: str) -> None:
        """Leave out what a cue covers."""
        while (span := self._find(sentence, cue)) is not None:
            del sentence.words[span[0] : span[1]]

    def _drop_lead(self, sentence: _Sentence) -> None:
        """Leave out what people say before they say anything."""
        while (span := self._find(sentence, "lead")) is not None and span[0] == 0 < len(
            sentence.words
        ) - span[1]:
            del sentence.words[: span[1]]

    def _replace_cue(self, sentence: _Sentence, cue: str, kind: str) -> None:
        while (span := self._find(sentence, cue)) is not None:
            sentence.replace(*span, kind)

    def _find(self, sentence: _Sentence, cue: str) -> tuple[int, int] | None:
        """Return the first and the last word of what a cue covers."""
        joined = sentence.join()
        found = self._cues[cue].search(joined)
        if found is None:
            return None
        first = joined[: found.start()].count(" ") - 1
        return first, first + found[0].count(" ") + 1

    def _forget(self, sentence: _Sentence, begin: int) -> None:
        """Forget the names that were taken back; what is said before a word of the text."""
        kinds = (PERSON, NUMBER, QUEUE)
        if any(word.text in kinds for word in sentence.words if word.start >= begin):
            sentence.words = [
                word for word in sentence.words if word.start >= begin or word.text not in kinds
            ]

    def _find_cues(self, sentence: _Sentence) -> None:
        joined = sentence.join()
        starts = [found.end() for found in re.finditer(" ", joined)][:-1]
        for name, cue in self._cues.items():
            for found in cue.finditer(joined):
                sentence.cues.add(name)
                gaps = [found.span(group) for group in range(1, (found.re.groups or 0) + 1)]
                sentence.explained |= {
                    at
                    for at, start in enumerate(starts)
                    if found.start() <= start < found.end()
                    and not any(first < start < last for first, last in gaps)
                }
        for at, word in enumerate(sentence.words):
            if word.text in _FOUND:
                sentence.cues.add(_FOUND[word.text])
                sentence.explained.add(at)

    def _find_times(self, sentence: _Sentence) -> None:
        """Find until when and for how long, behind the words that say so."""
        for at, word in enumerate(sentence.words):
            if self._is(word, "until_word") and self._find_until(sentence, at):
                return
        for at, word in enumerate(sentence.words):
            if self._is(word, "unit") and self._find_duration(sentence, at):
                return

    def _find_until(self, sentence: _Sentence, at: int) -> bool:
        """Find a time behind a word, or behind the next one, such as "until at"."""
        for first in (at + 1, at + 2):
            if first > at + 1 and (
                first > len(sentence.words) or not self._is(sentence.words[at + 1], "filler")
            ):
                break
            for last in range(min(len(sentence.words), first + _LONGEST_TIME), first, -1):
                if self._is_time("until", sentence.get_text(first, last)):
                    sentence.replace(first, last, UNTIL)
                    return True
        return False

    def _find_duration(self, sentence: _Sentence, at: int) -> bool:
        spans = [
            (first, last)
            for first in range(max(0, at - 5), at + 1)
            for last in range(at + 1, min(len(sentence.words), at + 5) + 1)
        ]
        for first, last in sorted(spans, key=lambda span: span[0] - span[1]):
            if self._is_time("duration", sentence.get_text(first, last)):
                sentence.replace(first, last, DURATION)
                return True
        return False

    def _is_time(self, kind: str, text: str) -> bool:
        try:
            parse_end(self.language, kind, text)
        except RequestFailed:
            return False
        return True

    def _is(self, word: _Word, cue: str) -> bool:
        found = self._cues[cue].search(f" {word.text} ")
        return found is not None and found[0] == word.text

    def _find_people(self, sentence: _Sentence, known: KnownNames) -> None:
        for kind, names in ((QUEUE, known.queues), (PERSON, known.people)):
            for length in range(_LONGEST_NAME, 0, -1):
                self._find_names(sentence, kind, names, length)
        if all(word.text not in (PERSON, QUEUE) for word in sentence.words):
            self._find_slips(sentence, known)

    def _find_names(self, sentence: _Sentence, kind: str, names: frozenset[str], length: int) -> None:
        at = 0
        while at + length <= len(sentence.words):
            words = sentence.words[at : at + length]
            part = "".join(_fold_name(sentence.text[word.start : word.end]) for word in words)
            is_free = all(word.text not in _FOUND for word in words)
            if is_free and part in names and (length > 1 or self._could_be_name(sentence, at)):
                sentence.replace(at, at + length, kind)
            at += 1

    def _could_be_name(self, sentence: _Sentence, at: int) -> bool:
        """Return whether a word alone may name somebody: one for other things only behind a title."""
        word = sentence.words[at]
        if self._is(word, "other"):
            return at > 0 and self._is(sentence.words[at - 1], "title")
        return not self._is(word, "filler")

    def _find_slips(self, sentence: _Sentence, known: KnownNames) -> None:
        """Find a name with one slip among the words that mean nothing else."""
        for at, word in enumerate(sentence.words):
            if len(word.text) < _SHORTEST_SLIP or any(self._is(word, cue) for cue in self._cues):
                continue
            said = _fold_name(sentence.text[word.start : word.end])
            for kind, names in ((PERSON, known.people), (QUEUE, known.queues)):
                if any(has_one_slip(said, name) for name in names):
                    sentence.replace(at, at + 1, kind)
                    return

    def _find_numbers(self, sentence: _Sentence) -> None:
        at = 0
        while at < len(sentence.words):
            last = self._find_number(sentence, at)
            if last:
                sentence.replace(at, last, NUMBER)
            at += 1

    def _find_number(self, sentence: _Sentence, at: int) -> int:
        """Return behind which word the longest number that begins with a word ends, 0 where none does."""
        if self.language.parse_number(sentence.words[at].text) is None:
            return 0
        for last in range(min(len(sentence.words), at + _LONGEST_NUMBER), at, -1):
            number = self.language.parse_number(sentence.get_text(at, last))
            if number is not None and len(number) >= _FEWEST_DIGITS:
                return last
        return 0


def _compile(phrases: str) -> re.Pattern[str]:
    """Return an expression for the phrases of a cue: `*` is the rest of a word, `..` up to five words."""
    parts = sorted((_compile_phrase(one) for one in phrases.split(",")), key=len, reverse=True)
    return re.compile(f"(?<= )(?:{'|'.join(parts)})(?= )")


def _compile_phrase(phrase: str) -> str:
    """Return an expression for one phrase; `(a|b|) ` may be left out with its space."""
    words = re.sub(r"['\u2019-]", " ", _fold(phrase)).replace("{", "_").replace("}", "_").split()
    pattern = " ".join(words).removesuffix(" ..")
    pattern = re.sub(r" \.\. \([^()]*\|\)$", "", pattern)
    pattern = re.sub(r" \(([^()]*?)\|?\)\*$", r"<\1>", pattern)
    pattern = re.sub(r"\(([^()]*?)\|?\)\* ", r"[\1] ", pattern)
    pattern = re.sub(r"\(([^()]*)\|\) ", r"[\1] ", pattern)
    pattern = pattern.replace("(", "(?:").replace("*", r"\w*")
    pattern = re.sub(r"\[([^]]*)\] ", r"(?:(?:\1) )*", pattern)
    pattern = re.sub("<([^>]*)>", r"(?: (?:\1))?", pattern)
    if pattern.startswith("^"):
        pattern = rf"(?<=\A ){pattern[1:]}"
    return pattern.replace(" .. ", _GAP)


def _fold(text: str) -> str:
    return strip_accents(text.casefold().translate(_PLAIN))


def _fold_name(text: str) -> str:
    return "".join(split_words(text))
