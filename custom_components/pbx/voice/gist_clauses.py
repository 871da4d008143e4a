"""Where a request begins in what is said in one breath, and which words before it only give a reason.

Speech recognition writes few commas: "my head hurts reject it". A reason may be about anything, so it is
known by its shape alone: a subject with a verb of its own, as each language tells under `clauses`.
"""

from collections.abc import Iterator

from .gist_words import DURATION, PERSON, UNTIL, Sentence, Word, compile_cue
from .language import Language

# A verb and what is said of oneself.
_SHORTEST = 2


class Clauses:
    """Knows the shapes of clauses in one language; not for the event loop."""

    def __init__(self, language: Language) -> None:
        self._shapes = {name: compile_cue(name, text) for name, text in language.gist["clauses"].items()}
        self._lead = compile_cue("lead", language.gist["cues"]["lead"])
        self._question = compile_cue("question", language.gist["cues"]["question"])

    def mark_requests(self, sentence: Sentence) -> None:
        """Mark the words that a request may begin with, before names and politeness are found."""
        joined = sentence.join()
        for found in self._shapes["request"].find(joined, []):
            sentence.mark_request(joined[: found.start()].count(" ") - 1)

    def iter_requests(self, sentence: Sentence) -> Iterator[tuple[Sentence, Sentence]]:
        """Yield a statement and the request behind it for each place that may part them."""
        for at in range(1, len(sentence.words)):
            if self._may_begin_request(sentence.words, at):
                before = sentence.copy(sentence.words[:at])
                if self.is_statement(before):
                    yield before, sentence.copy(sentence.words[at:])

    def _may_begin_request(self, words: list[Word], at: int) -> bool:
        """Return whether a request may begin with a word, or with a time before it."""
        if self._is(words[at - 1], "bound"):
            return False
        begin = self._skip_time(words, at)
        if begin == len(words) or not words[begin].requests:
            return False
        return begin + 1 == len(words) or not self._is(words[begin + 1], "pronoun")

    def _skip_time(self, words: list[Word], at: int) -> int:
        """Return where the word behind a time is that begins with a word, or with the one behind it."""
        times = [end for end, word in enumerate(words[at : at + 2], at + 1) if word.text in (UNTIL, DURATION)]
        return times[0] if times else at

    def is_statement(self, sentence: Sentence) -> bool:
        """Return whether words have a subject and a verb, and neither ask nor say when."""
        said = self._drop_lead(sentence)
        return self._begins_statement(said) or (
            self._has(said, "inverted")
            and not self._is_asked_or_put_off(said)
            and self._question.search(said.join()) is None
        )

    def is_reason(self, before: Sentence, behind: Sentence) -> bool:
        """Return whether what follows a request begins with a subject and its verb, as no object does."""
        last = before.words[-1]
        if len(before.words) < _SHORTEST or self._is(last, "bound") or self._is(last, "open"):
            return False
        return self._begins_statement(behind)

    def _drop_lead(self, sentence: Sentence) -> Sentence:
        said = sentence.copy(sentence.words)
        said.drop_lead(self._lead)
        return said

    def _begins_statement(self, said: Sentence) -> bool:
        if self._has(said, "conditional"):
            return False
        return self._is_elliptic(said.words) or (
            self._has(said, "statement") and not self._is_asked_or_put_off(said)
        )

    def _is_asked_or_put_off(self, said: Sentence) -> bool:
        """Return whether a clause begins as a question, or anything tells of another time."""
        begins = [at for at, word in enumerate(said.words) if at == 0 or word.begins]
        return self._has(said, "conditional") or any(self._asks(said.copy(said.words[at:])) for at in begins)

    def _is_elliptic(self, words: list[Word]) -> bool:
        """Return whether a statement leaves its subject out: "bin gleich weg", but not "bin ich frei"."""
        if len(words) < _SHORTEST or not self._is(words[0], "elliptic"):
            return False
        return words[1].text != PERSON and not self._is(words[1], "subject")

    def _asks(self, clause: Sentence) -> bool:
        """Return whether a clause begins as a question."""
        joined = clause.join()
        found = next(self._question.find(joined, [1]), None)
        return found is not None and found.start() == 1

    def _has(self, sentence: Sentence, shape: str) -> bool:
        return next(self._shapes[shape].find(sentence.join(), [1]), None) is not None

    def _is(self, word: Word, shape: str) -> bool:
        return self._shapes[shape].search(f" {word.text} ") is not None
