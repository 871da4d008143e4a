"""Find the times, names and numbers in a sentence, wherever they stand."""

from collections.abc import Iterable, Iterator, Mapping

from ..protocols.lazy_dataclass import dataclass
from .gist_words import CALLER, DURATION, FOUND, NUMBER, PERSON, QUEUE, UNTIL, Cue, Sentence, Word
from .language import Language, RequestFailed
from .matching import has_one_slip, split_words
from .times import parse_end

_LONGEST_NAME, _LONGEST_TIME, _LONGEST_NUMBER = 5, 8, 20
# Nobody is called by a number of one digit, which may as well count something.
_FEWEST_DIGITS = 2
# Parts of names that are no name alone, and shorter ones.
_PARTICLES = frozenset(
    "van von vom den der des de del della da di du la le el al ten ter zu".split()  # noqa: SIM905
)
_SHORTEST_NAME = 3
_SHORTEST_SLIP = 5


@dataclass(frozen=True, slots=True)
class KnownNames:
    """Everything that people and queues are called, each part of a name written together.

    `parties` are those whom the asker talks to, who may be nobody that is known.
    """

    people: frozenset[str] = frozenset()
    queues: frozenset[str] = frozenset()
    parties: frozenset[str] = frozenset()


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


class Finder:
    """Finds what fills the slots of an intent; not for the event loop."""

    def __init__(self, language: Language, cues: Mapping[str, Cue]) -> None:
        self._language = language
        self._cues = cues

    def find_all(self, sentence: Sentence, known: KnownNames) -> None:
        """Let one word stand for each time, name and number."""
        self._find_times(sentence)
        self._find_people(sentence, known)
        self._find_numbers(sentence)

    def find_bare_time(self, sentence: Sentence) -> None:
        """Find a time that no word announces, as when somebody corrects one."""
        count, most = len(sentence.words), _LONGEST_TIME + 1
        spans = [(at, end) for at in range(count) for end in range(at + 1, min(count + 1, at + most))]
        for first, last in sorted(spans, key=lambda span: span[0] - span[1]):
            for kind, found in (("until", UNTIL), ("duration", DURATION)):
                if self._is_time(kind, sentence.get_text(first, last)):
                    sentence.replace(first, last, found)
                    return

    def _find_times(self, sentence: Sentence) -> None:
        """Find until when and for how long, behind the words that say so."""
        for at, word in enumerate(sentence.words):
            if self._is(word, "until_word") and self._find_until(sentence, at):
                return
        for at, word in enumerate(sentence.words):
            if self._is(word, "unit") and self._find_duration(sentence, at):
                return

    def _find_until(self, sentence: Sentence, at: int) -> bool:
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

    def _find_duration(self, sentence: Sentence, at: int) -> bool:
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
            parse_end(self._language, kind, text)
        except RequestFailed:
            return False
        return True

    def _is(self, word: Word, cue: str) -> bool:
        found = self._cues[cue].search(f" {word.text} ")
        return found is not None and found[0] == word.text

    def _find_people(self, sentence: Sentence, known: KnownNames) -> None:
        for kind, names in ((QUEUE, known.queues), (PERSON, known.people)):
            for length in range(_LONGEST_NAME, 0, -1):
                self._find_names(sentence, kind, names, length)
        if not sentence.has(PERSON, QUEUE):
            self._find_slips(sentence, known)
        self._find_party(sentence, known)

    def _find_party(self, sentence: Sentence, known: KnownNames) -> None:
        """Find whom the asker talks to, where somebody else is named too, as in "give Ms Weber to Anna"."""
        named = [at for at, word in enumerate(sentence.words) if word.text == PERSON]
        if len(named) > 1:
            for at in named:
                word = sentence.words[at]
                if _fold_name(sentence.text[word.start : word.end]) in known.parties:
                    sentence.replace(at, at + 1, CALLER)
        elif named:
            for length in range(_LONGEST_NAME, 0, -1):
                self._find_names(sentence, CALLER, known.parties, length)

    def _find_names(self, sentence: Sentence, kind: str, names: frozenset[str], length: int) -> None:
        at = 0
        while at + length <= len(sentence.words):
            words = sentence.words[at : at + length]
            part = "".join(_fold_name(sentence.text[word.start : word.end]) for word in words)
            is_free = all(word.text not in FOUND for word in words)
            if is_free and part in names and (length > 1 or self._could_be_name(sentence, at)):
                sentence.replace(at, at + length, kind)
            at += 1

    def _could_be_name(self, sentence: Sentence, at: int) -> bool:
        """Return whether a word alone may name somebody: one for other things only behind a title."""
        word = sentence.words[at]
        if self._is(word, "other"):
            return at > 0 and self._is(sentence.words[at - 1], "title")
        return not self._is(word, "filler")

    def _find_slips(self, sentence: Sentence, known: KnownNames) -> None:
        """Find a name with one slip among the words that mean nothing else."""
        for at, word in enumerate(sentence.words):
            if len(word.text) < _SHORTEST_SLIP or any(self._is(word, cue) for cue in self._cues):
                continue
            said = _fold_name(sentence.text[word.start : word.end])
            for kind, names in ((PERSON, known.people), (QUEUE, known.queues)):
                if any(has_one_slip(said, name) for name in names):
                    sentence.replace(at, at + 1, kind)
                    return

    def _find_numbers(self, sentence: Sentence) -> None:
        at = 0
        while at < len(sentence.words):
            last = self._find_number(sentence, at)
            if last:
                sentence.replace(at, last, NUMBER)
            at += 1

    def _find_number(self, sentence: Sentence, at: int) -> int:
        """Return behind which word the longest number that begins with a word ends, 0 where none does."""
        if self._language.parse_number(sentence.words[at].text) is None:
            return 0
        for last in range(min(len(sentence.words), at + _LONGEST_NUMBER), at, -1):
            if self._language.parse_number(sentence.get_text(last - 1, last)) is None:
                continue
            number = self._language.parse_number(sentence.get_text(at, last))
            if number is not None and len(number) >= _FEWEST_DIGITS:
                return last
        return 0


def _fold_name(text: str) -> str:
    return "".join(split_words(text))
