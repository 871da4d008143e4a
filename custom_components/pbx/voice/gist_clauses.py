"""Where a request begins and ends in what is said in one breath, and what around it only gives a reason.

Speech recognition writes few commas: "my head hurts reject it". A reason may be about anything, so it is
known by its shape alone: a subject with a verb of its own, or words that join one, as each language tells
under `clauses`.
"""

from collections.abc import Collection, Iterator
import re

from ..protocols.lazy_dataclass import dataclass
from .gist_words import DURATION, PERSON, UNTIL, Sentence, Word, compile_cue
from .language import Language

_WORD = re.compile(r"\w")
# A verb and what is said of oneself.
_SHORTEST = 2
# Cues with which a question begins, and those that nothing begins with which only gives a reason.
_ASKING = ("question", "who", "with_whom", "how_many", "how_long", "where", "check")
_NO_REASONS = ("who", "how_many", "how_long", "not_dial", "plays", "later_day")
# What no statement ends with: the telephone that the words behind are about.
_TOPICS = ("_my_calls_", "_dnd_", "_this_call_")


@dataclass(frozen=True, slots=True)
class Part:
    """What may be asked for, and the statements before and behind it.

    `is_deed` does it begin as what people want done; `is_topic` does what is behind only tell what it is
    about, and `may_be_object` does it begin with a noun; `is_clear` does its shape leave no doubt.
    """

    before: Sentence
    request: Sentence
    behind: Sentence
    is_deed: bool
    is_topic: bool
    is_clear: bool
    may_be_object: bool
    # What of the telephone the request ends with, which the words behind may ask about.
    topic: Sentence

    @property
    def rest(self) -> list[Sentence]:
        """Return what is said around the request."""
        return [one for one in (self.before, self.behind) if one.words]


class Clauses:
    """Knows the shapes of clauses in one language; not for the event loop."""

    def __init__(self, language: Language) -> None:
        shapes, cues = language.gist["clauses"], language.gist["cues"]
        cues = {name: cues[name] for name in {"lead", *_ASKING, *_NO_REASONS}}
        self._shapes = {name: compile_cue(name, text) for name, text in (cues | shapes).items()}

    def mark_requests(self, sentence: Sentence) -> None:
        """Mark the words that a request may begin with, before names and politeness are found."""
        joined = sentence.join()
        starts = [at + 1 for at, letter in enumerate(joined[:-1]) if letter == " "]
        begins = [start for start, word in zip(starts, sentence.words, strict=True) if word.begins]
        for found in self._shapes["request"].find(joined, begins):
            sentence.mark_request(joined[: found.start()].count(" ") - 1)

    def iter_parts(self, sentence: Sentence) -> Iterator[Part]:
        """Yield what may be asked for amid statements, the longest first."""
        sentence = self._skip_lead(sentence)
        count = len(sentence.words)
        firsts = [0, *(at for at in range(1, count) if self._begins_request(sentence, at))]
        lasts = [*(at for at in range(1, count) if self._begins_reason(sentence, at)), count]
        spans = [(first, last) for first in firsts for last in lasts if 0 < last - first < count]
        amid = self._list_amid_reminders(sentence)
        spans = [span for span in spans if amid.isdisjoint(span)]
        for first, last in sorted(spans, key=lambda span: span[0] - span[1]):
            if _holds_whole_clauses(sentence, first, last):
                yield self._create_part(sentence, first, last)

    def _list_amid_reminders(self, sentence: Sentence) -> set[int]:
        """Return the words that no clause begins with, as they belong to what is not to be dialled now.

        French "rappelle-moi" alone asks to call back; "rappelle-moi que" is a reminder.
        """
        joined = sentence.join()
        spans = [found.span() for found in self._shapes["not_dial"].find(joined, [1])]
        starts = [at for at, letter in enumerate(joined) if letter == " "]
        return {at for at, start in enumerate(starts) if any(first < start < last for first, last in spans)}

    def _skip_lead(self, sentence: Sentence) -> Sentence:
        """Return words without a clause that people say before they say anything."""
        begins = [at for at, word in enumerate(sentence.words) if at and word.begins]
        first = sentence.copy(sentence.words[: min(begins, default=0)])
        return sentence.copy(sentence.words[begins[0] :]) if begins and self.is_lead(first) else sentence

    def is_lead(self, clause: Sentence) -> bool:
        """Return whether a clause is only said before anything else."""
        left = clause.copy(clause.words)
        left.drop_lead(self._shapes["lead"])
        return left.find(self._shapes["lead"]) == (0, len(left.words))

    def _create_part(self, sentence: Sentence, first: int, last: int) -> Part:
        words, behind = sentence.words, sentence.copy(sentence.words[last:])
        return Part(
            before=sentence.copy(words[:first]),
            request=sentence.copy(words[first:last]),
            behind=behind,
            is_deed=first == 0 or words[first].requests,
            topic=sentence.copy([word for word in words[max(last - 1, 0) : last] if word.text in _TOPICS]),
            is_topic=bool(behind.words) and not self._is_reason(behind),
            is_clear=not behind.words or self._begins_with(behind, ("behind", "because", "topic", "noun")),
            may_be_object=not self._begins_with(behind, ("behind", "because")),
        )

    def _begins_request(self, sentence: Sentence, at: int) -> bool:
        """Return whether a statement ends before a word with which a request or a question begins."""
        words = sentence.words
        if not self._is_border(sentence, at, "bound") or words[at - 1].text in _TOPICS:
            return False
        verb = self._skip_time(words, at)
        if verb == len(words) or (verb + 1 < len(words) and self._is(words[verb + 1], "pronoun")):
            return False
        if not words[verb].requests and not self._begins_with(sentence.copy(words[at:]), _ASKING):
            return False
        return self._may_be_statement(sentence.copy(words[:at]))

    def _skip_time(self, words: list[Word], at: int) -> int:
        """Return where the word behind a time is that begins with a word, or with the one behind it."""
        times = [end for end, word in enumerate(words[at : at + 2], at + 1) if word.text in (UNTIL, DURATION)]
        return times[0] if times else at

    def _begins_reason(self, sentence: Sentence, at: int) -> bool:
        behind, words = sentence.copy(sentence.words[at:]), sentence.words
        if not self._is_border(sentence, at, "bound", "open"):
            return False
        if self._is(words[at], "pronoun") and self._is(words[at - 1], "elliptic"):
            # The subject of a verb before it, as in "die Umleitung brauch ich nicht mehr".
            return False
        # A noun behind a verb alone is what is to be muted or hung up, unless it has a verb of its own.
        is_object = at < _SHORTEST and not self._begins_with(behind, ("behind", "because", "topic", "noun"))
        return not is_object and (self._is_reason(behind) or self._begins_with(behind, ("topic",)))

    def _is_border(self, sentence: Sentence, at: int, *shapes: str) -> bool:
        """Return whether the words before one are complete without it."""
        before, word = sentence.words[at - 1], sentence.words[at]
        # What was left out between, as politeness, completes what was said.
        is_apart = _WORD.search(sentence.text[before.end : word.start]) is not None
        return word.begins or is_apart or not any(self._is(before, one) for one in shapes)

    def _is_reason(self, sentence: Sentence) -> bool:
        """Return whether words behind a request tell why; those with a noun only where a verb follows it."""
        if len(sentence.words) < _SHORTEST or self._begins_with(sentence, _NO_REASONS):
            return False
        if self._begins_with(sentence, ("behind", "because")):
            return True
        return self._begins_statement(sentence, sentence) and not self._lacks_verb(sentence)

    def _lacks_verb(self, sentence: Sentence) -> bool:
        return self._begins_with(sentence, ("noun",)) and not self._has(sentence, "verb")

    def joins(self, sentence: Sentence) -> bool:
        """Return whether words behind a request begin with one that joins a reason."""
        return self._begins_with(sentence, ("because",))

    def is_statement(self, sentence: Sentence) -> bool:
        """Return whether words have a subject and a verb, and neither ask nor say when."""
        return self._may_be_statement(sentence) and not self._lacks_verb(sentence)

    def _may_be_statement(self, sentence: Sentence) -> bool:
        """Return whether words are a statement, if the verb is one that is known of nothing else."""
        led = self._list_led(sentence)
        return any(
            self._is_inverted(one) or self._begins_statement(one, _get_last_clause(one)) for one in led
        )

    def _list_led(self, sentence: Sentence) -> list[Sentence]:
        """Return words with and without what people say before they say anything."""
        led = sentence.copy(sentence.words)
        led.drop_lead(self._shapes["lead"])
        return [sentence, led]

    def _begins_statement(self, said: Sentence, clause: Sentence) -> bool:
        if self._has(said, "conditional"):
            return False
        return self._is_elliptic(clause) or (
            self._has(clause, "statement") and not self._is_asked_or_put_off(said)
        )

    def _is_inverted(self, said: Sentence) -> bool:
        return (
            self._has(said, "inverted")
            and not self._is_asked_or_put_off(said)
            and self._shapes["question"].search(said.join()) is None
        )

    def _is_asked_or_put_off(self, said: Sentence) -> bool:
        """Return whether a clause begins as a question, or anything tells of another time."""
        begins = [at for at, word in enumerate(said.words) if at == 0 or word.begins]
        return self._has(said, "conditional") or any(self._asks(said.copy(said.words[at:])) for at in begins)

    def _is_elliptic(self, clause: Sentence) -> bool:
        """Return whether a statement leaves its subject out: "bin gleich weg", but not "bin ich frei"."""
        words = clause.words
        if len(words) < _SHORTEST or not self._begins_with(clause, ("elliptic",)):
            return False
        return words[1].text != PERSON and not self._is(words[1], "subject")

    def _asks(self, clause: Sentence) -> bool:
        """Return whether a clause begins as a question."""
        return self._begins_with(clause, ("question",))

    def _begins_with(self, sentence: Sentence, names: Collection[str]) -> bool:
        """Return whether the first words are one of these cues or shapes."""
        joined, cues = sentence.join(), [self._shapes[name] for name in names]
        patterns = [one for cue in cues for one in (cue.anywhere, cue.beginning) if one is not None]
        return any(one.match(joined, 1) is not None for one in patterns)

    def _has(self, sentence: Sentence, shape: str) -> bool:
        return next(self._shapes[shape].find(sentence.join(), [1]), None) is not None

    def _is(self, word: Word, shape: str) -> bool:
        return self._shapes[shape].search(f" {word.text} ") is not None


def _get_last_clause(sentence: Sentence) -> Sentence:
    begins = [at for at, word in enumerate(sentence.words) if word.begins]
    return sentence.copy(sentence.words[max(begins, default=0) :])


def _holds_whole_clauses(sentence: Sentence, first: int, last: int) -> bool:
    """Return whether a part that holds a comma begins and ends with one."""
    words = sentence.words
    if not any(word.begins for word in words[first + 1 : last]):
        return True
    return all(at in (0, len(words)) or words[at].begins for at in (first, last))
