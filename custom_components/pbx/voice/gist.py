"""What a sentence is about where no pattern covers it: its gist, by the words that tell.

Times, numbers and names are found first. What is left is searched for cues: per language the words that speak
for something, such as `missed` or `forward`. Rules over these cues, the same in all languages, say what is
meant: the one that needs the most cues wins. Words about other things rule everything out.

What somebody corrects takes the place of what was said first. Clauses that only tell why something is asked
for do not count, and where all clauses together say nothing, one of them may.
"""

from collections.abc import Iterator, Mapping, Sequence

from ..protocols.lazy_dataclass import dataclass
from .gist_finder import Finder, KnownNames, fold_names
from .gist_rules import RULES, Rule
from .gist_words import (
    DURATION,
    NOUNS,
    NUMBER,
    PERSON,
    QUEUE,
    UNTIL,
    Sentence,
    Word,
    compile_cue,
    find_last,
    split_text,
)
from .language import Certainty, Language
from .number_kinds import split_kind

__all__ = ["Gist", "GistReader", "KnownNames", "fold_names"]

# Which of these fill which slot; the first that is there.
_SLOTS = {"who": (PERSON, NUMBER), "queue": (QUEUE,), "until": (UNTIL,), "duration": (DURATION,)}
# What a correction replaces: a name or a number by either of them, a time by another one.
_REPLACED = ((PERSON, NUMBER), (QUEUE,), (UNTIL, DURATION))
# So many words that nothing explains are too many for a sentence that is sure, and for one that acts.
_MOST_STRANGE, _MOST_STRANGE_OF_ALL = 5, 9
# What of a telephone is played.
_PLAYED = frozenset({"message", "voicemail", "spoken"})
# What a pronoun may stand for that no name is said for.
_ANTECEDENTS = ("missed", "missed_call", "last_call", "caller")
# What changes something, for which more must speak the more words nothing explains.
_DEEDS = frozenset(
    {"PbxCall", "PbxForward", "PbxStopForwarding", "PbxTransfer", "PbxHangUp", "PbxReject", "PbxAnswer"}
    | {"PbxDoNotDisturbOn", "PbxDoNotDisturbOff", "PbxCallBack", "PbxCallMissedBack"}
)
_STRANGE_FOR_DEED = 2
# What means somebody without a name.
_REFERRING = ("them", "back")
# What can be asked for with a name that nobody has.
_STRANGERS = ("PbxCall", "PbxTransfer", "PbxForward", "PbxIsFree", "PbxOnThePhone")
_LONGEST_STRANGER = 3
# Small words that names have within them.
_IN_NAMES = frozenset(
    ["van", "den", "de", "der", "von", "zu", "di", "da", "del", "della", "la", "le", "du", "el"]
)
# What is asked for with a kind of number, as "at home".
_WITH_KIND = frozenset({"PbxCall", "PbxTransfer", "PbxForward"})
_SURE_TALKS = frozenset(
    {"dial", "speak", "me_through", "on_phone", "talk", "this_call", "my_calls", "engaged"}
)
# A lamp may be free too.
_TALKS = _SURE_TALKS | {"free"}


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


class GistReader:
    """Reads sentences of one language by the cues in its file; not for the event loop."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self._cues = {name: compile_cue(name, phrases) for name, phrases in language.gist["cues"].items()}
        self._finder = Finder(language, self._cues)

    def read(self, text: str, known: KnownNames, facts: frozenset[str] = frozenset()) -> Gist | None:
        """Return what a text is about, None where that is not clear or nothing of telephones.

        `facts` are cues that nobody says: whether who asks has a call that rings or is up.
        """
        sentence = Sentence(text, split_text(text))
        sentence.drop(self._cues["hesitation"])
        gists = (self._read_meant(meant, facts) for meant in self._correct(sentence, known))
        return next((gist for gist in gists if gist is not None), None)

    def is_about_other(self, text: str) -> bool:
        """Return whether words of a text are about other things than telephones."""
        sentence = Sentence(text, split_text(text))
        sentence.drop(self._cues["hesitation"])
        sentence.drop(self._cues["polite"])
        return self._begins(sentence, "plays") or self._cues["other"].search(sentence.join()) is not None

    def _correct(self, sentence: Sentence, known: KnownNames) -> Iterator[Sentence]:
        """Yield what may be meant, the likeliest first: more than one where somebody changes their mind."""
        span = find_last(self._cues["correction"], sentence.words)
        if span is None:
            yield self._find_names(sentence, sentence.words, known)
            return
        before = self._find_names(sentence, sentence.words[: span[0]], known)
        after = self._find_names(sentence, sentence.words[span[1] :], known)
        if self._is_request(after) and not self._begins_with_name(after):
            yield after
        yield from self._replace(before, after)
        yield after
        yield sentence.copy(before.words + after.words)

    def _find_names(self, sentence: Sentence, words: Sequence[Word], known: KnownNames) -> Sentence:
        found = sentence.copy(list(words))
        found.drop(self._cues["aside"])
        self._finder.find_all(found, known)
        found.drop(self._cues["polite"])
        for noun in NOUNS:
            found.replace_all(self._cues[noun], f"_{noun}_")
        return found

    def _is_request(self, sentence: Sentence) -> bool:
        """Return whether what follows a change of mind is a request of its own, not a reason or a name."""
        clauses = [one for one in self._split(sentence) if not self._begins(one, "context")]
        return any(self._interpret(one, frozenset()) is not None for one in clauses)

    def _begins_with_name(self, sentence: Sentence) -> bool:
        """Return whether only small words are before a name, as in "no, to Anna"."""
        kinds, filler = (PERSON, NUMBER, QUEUE), self._cues["filler"]
        first = next(
            (at for at, word in enumerate(sentence.words) if word.text in kinds), len(sentence.words)
        )
        small = sentence.words[:first]
        return first < len(sentence.words) and all(filler.search(f" {word.text} ") for word in small)

    def _replace(self, before: Sentence, after: Sentence) -> Iterator[Sentence]:
        """Yield a sentence with what was said first replaced by what followed."""
        if not after.has(UNTIL, DURATION) and self._has_time(before):
            self._finder.find_bare_time(after)
        for kinds in _REPLACED:
            old = [at for at, word in enumerate(before.words) if word.text in kinds]
            said = {self._get_said(before, before.words[at]) for at in old}
            new = [w for w in after.words if w.text in kinds and self._get_said(after, w) not in said]
            if new and old:
                words = list(before.words)
                words[old[-1]] = new[0]
                yield before.copy(words + self._get_rest(after, new[0]))
            elif new and kinds[0] == UNTIL and self._has_time(before):
                yield before.copy([*before.words[: self._find_until(before) + 1], new[0]])

    def _get_rest(self, sentence: Sentence, word: Word) -> list[Word]:
        """Return what follows a word in its clause."""
        behind = sentence.words[sentence.words.index(word) + 1 :]
        count = next((at for at, one in enumerate(behind) if one.begins), len(behind))
        return behind[:count]

    def _get_said(self, sentence: Sentence, word: Word) -> str:
        return sentence.text[word.start : word.end].casefold()

    def _has_time(self, sentence: Sentence) -> bool:
        return sentence.has(UNTIL, DURATION) or self._find_until(sentence) >= 0

    def _find_until(self, sentence: Sentence) -> int:
        """Return where the last word is that announces a time, -1 where none does."""
        cue = self._cues["until_word"]
        return max((at for at, word in enumerate(sentence.words) if cue.search(f" {word.text} ")), default=-1)

    def _read_meant(self, sentence: Sentence, facts: frozenset[str]) -> Gist | None:
        """Return the gist of a sentence without the clauses that give reasons, else of all, else of one."""
        clauses = self._split(sentence)
        if len(clauses) == 1:
            return self._interpret(sentence, facts)
        return (
            self._read_without_context(sentence, clauses, facts)
            or self._interpret(sentence, facts)
            or self._read_one(clauses, facts)
        )

    def _read_without_context(
        self, sentence: Sentence, clauses: list[Sentence], facts: frozenset[str]
    ) -> Gist | None:
        """Return the gist of what is left without the clauses that only give reasons."""
        context = [one for one in clauses if self._is_context(one, clauses, facts)]
        if not 0 < len(context) < len(clauses):
            return None
        left = sentence.copy([word for one in clauses if one not in context for word in one.words])
        gist = self._interpret_clause(left, context, facts)
        return gist if gist is not None and gist.sure else None

    def _is_context(self, clause: Sentence, clauses: list[Sentence], facts: frozenset[str]) -> bool:
        """Return whether a clause only gives a reason, or says what comes after something that is asked."""
        # What only begins like a question may be a reason all the same, as "isn't one for me".
        asked = self._cues["question"].anywhere
        if not self._begins(clause, "context") or (asked is not None and asked.search(clause.join())):
            return False
        gist = self._interpret(clause, facts)
        return gist is None or (gist.intent in _DEEDS and any(map(self._asks, clauses)))

    def _read_one(self, clauses: list[Sentence], facts: frozenset[str]) -> Gist | None:
        """Return the gist of the clause that tells most, the last of equals; of none beside other things."""
        found = []
        for clause in clauses:
            rest = [one for one in clauses if one is not clause]
            if any(self._is_about_other(one) for one in rest):
                continue
            gist = self._interpret_clause(clause, rest, facts)
            if gist is None or (gist.intent in _DEEDS and any(map(self._asks, rest))):
                continue
            if gist.sure or all(self._begins(one, "context") for one in rest):
                found.append(gist)
        return max(reversed(found), key=lambda one: (one.sure, one.evidence), default=None)

    def _interpret_clause(self, clause: Sentence, rest: list[Sentence], facts: frozenset[str]) -> Gist | None:
        """Return the gist of a clause, with the time from others, and what a pronoun of it stands for."""
        kinds = [UNTIL, DURATION]
        if self._needs_antecedent(clause):
            kinds += [PERSON, NUMBER]
            facts |= {cue for one in rest for cue in _ANTECEDENTS if self._cues[cue].search(one.join())}
        more = [word for one in rest for word in one.words if word.text in kinds]
        return self._interpret(clause.copy(clause.words + more), facts)

    def _needs_antecedent(self, clause: Sentence) -> bool:
        """Return whether somebody is meant who is not named, as in "I missed one, call him back"."""
        joined = clause.join()
        return not clause.has(PERSON, NUMBER) and any(self._cues[cue].search(joined) for cue in _REFERRING)

    def _is_about_other(self, clause: Sentence) -> bool:
        if self._begins(clause, "context"):
            return False
        return self._begins(clause, "plays") or self._cues["other"].search(clause.join()) is not None

    def _asks(self, clause: Sentence) -> bool:
        """Return whether a clause asks for somebody, beside which nothing is done."""
        return self._cues["who"].search(clause.join()) is not None

    def _split(self, sentence: Sentence) -> list[Sentence]:
        """Return the clauses: what is between commas and the words that join clauses."""
        joined, border = sentence.join(), self._cues["border"]
        spans = [] if border.anywhere is None else [one.start() for one in border.anywhere.finditer(joined)]
        begins = {joined[:at].count(" ") - 1 for at in spans}
        clauses: list[list[Word]] = [[]]
        for at, word in enumerate(sentence.words):
            if (word.begins or at in begins) and clauses[-1]:
                clauses.append([])
            clauses[-1].append(word)
        return [sentence.copy(words) for words in clauses]

    def _begins(self, sentence: Sentence, cue: str) -> bool:
        return cue in self._cues and next(self._cues[cue].find(sentence.join(), [1]), None) is not None

    def _interpret(self, found: Sentence, facts: frozenset[str]) -> Gist | None:
        """Return the gist of words in which times, names and numbers are found."""
        sentence = found.copy(found.words)
        sentence.drop(self._cues["polite"])
        sentence.drop_lead(self._cues["lead"])
        sentence.find_cues(self._cues, self._cues["border"])
        sentence.cues |= facts
        strange = len(sentence.words) - len(sentence.explained)
        if self._is_other(sentence.cues, strange) or strange > _MOST_STRANGE_OF_ALL:
            return None
        return self._decide(sentence, strange)

    def _is_other(self, cues: set[str], strange: int) -> bool:
        """Return whether words are about other things, as what is played is that is no message."""
        if "plays" in cues and (strange or cues.isdisjoint(_PLAYED)):
            return True
        return "other" in cues

    def _decide(self, sentence: Sentence, strange: int) -> Gist | None:
        best = self._choose(sentence.cues, strange)
        if best is None:
            return self._call_stranger(sentence)
        if best.slots == ("until", "duration") and self._lacks_time(sentence):
            return None
        if best.intent in _DEEDS and strange >= _STRANGE_FOR_DEED * best.weight:
            return None
        return Gist(
            language=self.language,
            intent=best.intent,
            slots=self._fill_slots(sentence, best),
            sure=best.sure and strange <= _MOST_STRANGE,
            evidence=best.weight,
            strange=strange,
        )

    def _fill_slots(self, sentence: Sentence, rule: Rule) -> dict[str, str]:
        slots = {}
        for slot in rule.slots:
            found = [word for kind in _SLOTS[slot] for word in sentence.words if word.text == kind]
            if found:
                slots[slot] = sentence.text[found[0].start : found[0].end]
        if rule.intent in _WITH_KIND and "number_kind" in sentence.cues and "who" in slots:
            slots["who"] = self._add_kind(sentence, slots["who"])
        return slots

    def _add_kind(self, sentence: Sentence, name: str) -> str:
        """Return a name with the kind of number that is asked for, wherever that is said."""
        words = [word for word in sentence.words if word.text != PERSON]
        spans = [(at, end) for at in range(len(words)) for end in range(at + 1, min(len(words), at + 5) + 1)]
        for first, last in sorted(spans, key=lambda span: span[0] - span[1]):
            said = f"{name} {sentence.text[words[first].start : words[last - 1].end]}"
            if any(found == name for found, _ in split_kind(self.language, said)):
                return said
        return name

    def _lacks_time(self, sentence: Sentence) -> bool:
        """Return whether an end was said that is no time; what never ends would be something else."""
        return "until_when" in sentence.cues and sentence.cues.isdisjoint({"until", "duration"})

    def _choose(self, cues: set[str], strange: int = 0) -> Rule | None:
        fitting = [rule for rule in RULES if rule.fits(cues, strange)]
        return max(fitting, key=lambda rule: rule.weight) if fitting else None

    def _call_stranger(self, sentence: Sentence) -> Gist | None:
        """Return the wish to call somebody whom nobody knows here: the words that nothing else explains."""
        left = [at for at in range(len(sentence.words)) if at not in sentence.explained]
        if not left or left[-1] - left[0] >= _LONGEST_STRANGER:
            return None
        inner = {sentence.words[at].text for at in range(left[0], left[-1]) if at in sentence.explained}
        if not inner <= _IN_NAMES:
            return None
        name = sentence.get_text(left[0], left[-1] + 1)
        guess = sentence.copy(sentence.words)
        guess.replace(left[0], left[-1] + 1, PERSON)
        guess.find_cues(self._cues, self._cues["border"])
        best = self._choose(guess.cues)
        if best is None or best.intent not in _STRANGERS or _TALKS.isdisjoint(guess.cues):
            return None
        if not name[0].isupper() and _SURE_TALKS.isdisjoint(guess.cues):
            return None
        return Gist(self.language, best.intent, {"who": name}, sure=False, evidence=best.weight, strange=0)
