"""The words of a sentence, and the cues that are searched for among them."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import field
import re

from ..protocols.lazy_dataclass import dataclass
from .numerals import strip_accents

# What stands for a name, a number or a time among the words that are searched for cues.
PERSON, QUEUE, NUMBER, UNTIL, DURATION = "_who_", "_queue_", "_number_", "_until_", "_duration_"
# Cues that are nouns; their words are cues of nothing else, as `call` is in "the call".
NOUNS = ("dnd", "missed_call", "last_call", "caller", "on_phone", "my_calls", "a_call", "this_call")
CALLER, MY_CALLS = "_caller_", "_my_calls_"
FOUND = {PERSON: "person", QUEUE: "queue", NUMBER: "number", UNTIL: "until", DURATION: "duration"} | {
    f"_{noun}_": noun for noun in NOUNS
}
# A cue that tells of a change of mind may hold the end of a clause, as in "no, wait".
_ACROSS = "correction"
BORDER = ";"
_GAP, _GAP_BEHIND_OPTION = r"((?: \w+){0,5}?) ", r"((?:\w+ ){0,5}?)"
# No noun holds somebody's name between its words.
_NAME = f"(?!{PERSON}|{NUMBER}|{QUEUE})"
_PLAIN = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe", "ß": "ss", "ð": "d", "þ": "th"})
_TOKEN = re.compile(r"\w+")
# What ends a clause where somebody writes it; speech recognition often does not.
_ENDS_CLAUSE = re.compile(r"[,;:!?\u2013\u2014\u2026]|\.(?:\s|$)|\s-\s")


@dataclass(frozen=True, slots=True)
class Word:
    """A word in small letters and without accents, or what stands for several; where it is in the text."""

    text: str
    start: int
    end: int
    # Whether a clause begins with it, by what is written before it.
    begins: bool = False
    # Whether a request may begin with it.
    requests: bool = False


@dataclass(frozen=True, slots=True)
class Cue:
    """What to look for: anywhere, and only where a clause begins."""

    anywhere: re.Pattern[str] | None
    beginning: re.Pattern[str] | None

    def search(self, joined: str) -> re.Match[str] | None:
        """Return the first place anywhere."""
        return self.anywhere.search(joined) if self.anywhere is not None else None

    def find(self, joined: str, begins: list[int]) -> Iterator[re.Match[str]]:
        """Yield all places; `begins` are the places where clauses begin."""
        if self.anywhere is not None:
            yield from self.anywhere.finditer(joined)
        if self.beginning is not None:
            for at in begins:
                if found := self.beginning.match(joined, at):
                    yield found


@dataclass(slots=True)
class Sentence:
    """A sentence on its way from words to what they tell."""

    text: str
    words: list[Word]
    cues: set[str] = field(default_factory=set)
    explained: set[int] = field(default_factory=set)

    def replace(self, first: int, last: int, kind: str) -> None:
        """Let one word stand for those from first to last."""
        begin, end = self.words[first], self.words[last - 1]
        self.words[first:last] = [Word(kind, begin.start, end.end, begin.begins, begin.requests)]

    def mark_request(self, at: int) -> None:
        """Remember that a request may begin with a word."""
        word = self.words[at]
        self.words[at] = Word(word.text, word.start, word.end, word.begins, requests=True)

    def get_text(self, first: int, last: int) -> str:
        """Return the words from first to last as they were said."""
        return self.text[self.words[first].start : self.words[last - 1].end]

    def copy(self, words: list[Word]) -> Sentence:
        """Return a sentence of other words of the same text."""
        return Sentence(self.text, list(words))

    def join(self) -> str:
        """Return the words in a row, with a space around each."""
        return f" {' '.join(word.text for word in self.words)} "

    def join_said(self) -> str:
        """Return the words in a row as they were said, also those that something stands for."""
        said = (split_text(self.text[word.start : word.end]) for word in self.words)
        return f" {' '.join(word.text for words in said for word in words)} "

    def count_strange(self) -> int:
        """Return how many words nothing explains."""
        return len(self.words) - len(self.explained)

    def has(self, *kinds: str) -> bool:
        """Return whether something of a kind was found."""
        return any(word.text in kinds for word in self.words)

    def drop(self, cue: Cue) -> None:
        """Leave out what a cue covers."""
        while (span := self.find(cue)) is not None:
            self._cut(*span)

    def drop_lead(self, cue: Cue) -> None:
        """Leave out what people say before they say anything."""
        while (span := self.find(cue)) is not None and span[0] == 0 < len(self.words) - span[1]:
            self._cut(*span)

    def _cut(self, first: int, last: int) -> None:
        cut = self.words[first:last]
        del self.words[first:last]
        if first < len(self.words):
            word = self.words[first]
            begins = word.begins or any(one.begins for one in cut)
            requests = word.requests or any(one.requests for one in cut)
            self.words[first] = Word(word.text, word.start, word.end, begins, requests)

    def replace_all(self, cue: Cue, kind: str) -> None:
        """Let one word stand for each place that a cue covers."""
        while (span := self.find(cue)) is not None:
            holds_clause = any(word.begins for word in self.words[span[0] + 1 : span[1]])
            self.replace(*span, kind)
            if holds_clause and span[0] + 1 < len(self.words):
                # The comma behind ends the clause within, as in "everybody, who calls me, to Anna".
                word = self.words[span[0] + 1]
                self.words[span[0] + 1] = Word(word.text, word.start, word.end)

    def find(self, cue: Cue) -> tuple[int, int] | None:
        """Return the first and the last word of what a cue covers."""
        joined = self.join()
        found = cue.search(joined)
        if found is None:
            return None
        first = joined[: found.start()].count(" ") - 1
        return first, first + found[0].count(" ") + 1

    def find_cues(self, cues: Mapping[str, Cue], border: Cue) -> None:
        """Find all cues, and which words they explain; a clause begins behind a border."""
        joined = self.join()
        starts = [found.end() for found in re.finditer(" ", joined)][:-1]
        begins = [start for at, start in enumerate(starts) if at == 0 or self.words[at].begins]
        begins += [found.end() + 1 for found in border.find(joined, [])]
        for name, cue in cues.items():
            for found in cue.find(joined, begins):
                self.cues.add(name)
                self._explain(found, starts)
        for at, word in enumerate(self.words):
            if word.text in FOUND:
                self.cues.add(FOUND[word.text])
                self.explained.add(at)
            elif at not in self.explained:
                self._find_alone(at, cues)

    def _find_alone(self, at: int, cues: Mapping[str, Cue]) -> None:
        """Find the cues that a word is alone, which a longer phrase of the same cue has left out."""
        alone = f" {self.words[at].text} "
        names = [
            name for name, cue in cues.items() if (found := cue.search(alone)) and found[0] == alone[1:-1]
        ]
        self.cues.update(names)
        if names:
            self.explained.add(at)

    def _explain(self, found: re.Match[str], starts: list[int]) -> None:
        gaps = [found.span(group) for group in range(1, (found.re.groups or 0) + 1)]
        for at in range(bisect_left(starts, found.start()), bisect_left(starts, found.end())):
            if not any(first < starts[at] < last for first, last in gaps):
                self.explained.add(at)


def split_text(text: str) -> list[Word]:
    """Return the words of a text."""
    words, end = [], 0
    for one in _TOKEN.finditer(text):
        begins = end > 0 and _ENDS_CLAUSE.search(text[end : one.start()]) is not None
        words.append(Word(fold(one[0]), one.start(), one.end(), begins))
        end = one.end()
    return words


def find_last(cue: Cue, words: list[Word]) -> tuple[int, int] | None:
    """Return the first word of the last place of a cue between words, and the one behind it."""
    parts: list[str] = []
    for word in words:
        parts += [BORDER, word.text] if word.begins else [word.text]
    joined = f" {' '.join(parts)} "
    found = [one.span() for one in cue.anywhere.finditer(joined)] if cue.anywhere is not None else []
    spans = [(_count_words(joined[:first]), _count_words(joined[:last])) for first, last in found]
    return next(((first, last) for first, last in reversed(spans) if first > 0 and last < len(words)), None)


def _count_words(joined: str) -> int:
    return sum(part not in ("", BORDER) for part in joined.split(" "))


def compile_cue(name: str, phrases: str) -> Cue:
    """Return an expression for the phrases of a cue: `*` is the rest of a word, `..` up to five words."""
    across = name == _ACROSS
    parts = sorted((_compile_phrase(one, across=across) for one in phrases.split(",")), key=len, reverse=True)
    if name in NOUNS:
        parts = [
            part.replace("(?: \\w+){", f"(?: {_NAME}\\w+){{").replace("(?:\\w+ ){", f"(?:{_NAME}\\w+ ){{")
            for part in parts
        ]
    anywhere = [part for part in parts if not part.startswith("^")]
    beginning = [part.removeprefix("^") for part in parts if part.startswith("^")]
    return Cue(
        re.compile(f"(?<= )(?:{'|'.join(anywhere)})(?= )") if anywhere else None,
        re.compile(f"(?:{'|'.join(beginning)})(?= )") if beginning else None,
    )


def _compile_phrase(phrase: str, *, across: bool) -> str:
    """Return an expression for one phrase; `(a|b|) ` may be left out with its space."""
    words = re.sub(r"['\u2019-]", " ", fold(phrase)).replace("{", "_").replace("}", "_").split()
    pattern = " ".join(words).removesuffix(" ..")
    pattern = re.sub(r" \.\. \([^()]*(?:\|\)|\)\*)$", "", pattern)
    pattern = re.sub(r" \(([^()]*?)\|?\)\*$", r"<\1>", pattern)
    pattern = re.sub(r"\(([^()]*?)\|?\)\* ", r"[\1] ", pattern)
    pattern = re.sub(r"\(([^()]*)\|\) ", r"[\1] ", pattern)
    pattern = pattern.replace("(", "(?:").replace("*", r"\w*")
    pattern = re.sub(r"\[([^]]*)\] ", r"(?:(?:\1) )*", pattern)
    pattern = re.sub("<([^>]*)>", r"(?: (?:\1))?", pattern)
    if across:
        pattern = re.sub(rf"(?<!{BORDER}) (?!\.\.|{BORDER})", f" (?:{BORDER} )?", pattern)
    return pattern.replace(" .. ", _GAP).replace(")*.. ", f")*{_GAP_BEHIND_OPTION}")


def fold(text: str) -> str:
    """Return a text in small letters without accents."""
    return strip_accents(text.casefold().translate(_PLAIN))
