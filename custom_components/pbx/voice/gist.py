"""What a sentence is about where no pattern covers it: its gist, by the words that tell.

Times, numbers and names are found first. What is left is searched for cues: per language the words that speak
for something, such as `missed` or `forward`. Rules over these cues, the same in all languages, say what is
meant: the one that needs the most cues wins; see `gist_decision.py`. Words about other things rule everything
out.

What somebody corrects takes the place of what was said first. Clauses that only tell why something is asked
for do not count, and where all clauses together say nothing, one of them may.
"""

from collections.abc import Callable, Collection, Iterator, Sequence

from .gist_clauses import Clauses, Part
from .gist_decision import DEEDS, Decider, Gist
from .gist_finder import Finder, KnownNames, fold_names
from .gist_words import (
    CALLER,
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
from .language import Language

__all__ = ["Gist", "GistReader", "KnownNames", "fold_names"]

# What a correction replaces: a name or a number by either of them, a time by another one.
_REPLACED = ((PERSON, NUMBER), (QUEUE,), (UNTIL, DURATION))
# What of a telephone is played.
_PLAYED = frozenset({"message", "voicemail", "spoken"})
# What a pronoun may stand for that no name is said for.
_ANTECEDENTS = frozenset({"missed", "missed_call", "last_call", "caller"})
# What takes something back that another clause names.
_TAKEN_BACK = frozenset({"come_back", "unsend", "unforward"})
# What is asked about somebody.
_ABOUT_SOMEBODY = frozenset({"PbxIsFree", "PbxOnThePhone"})
# What is asked about calls, as nobody asks it who has named another thing.
_ABOUT_CALLERS = frozenset({"PbxWhoIsCalling", "PbxLastCaller", "PbxCallers"})
# What is done with a call of the asker, and the facts that there is one.
_OF_A_CALL = frozenset({"PbxAnswer", "PbxReject", "PbxHangUp"})
_CALLS = frozenset({"ringing", "talking"})
# What is done to nobody, so that a pronoun in it is none.
_NOBODY = DEEDS - {"PbxCall", "PbxCallBack", "PbxCallMissedBack", "PbxTransfer", "PbxForward"}
# What a noun behind is the subject of.
_STATES = frozenset({"on", "off"})
# What somebody does whom a pronoun or the verb alone names, and what asks for anybody.
_DOING = frozenset({"free", "busy", "engaged", "talk", "on_phone"})
_ANYBODY = frozenset({"who", "anyone", "i_am", "me", "queue"})
# What means somebody without a name.
_REFERRING = ("them", "back")


class GistReader:
    """Reads sentences of one language by the cues in its file; not for the event loop."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self._cues = {name: compile_cue(name, phrases) for name, phrases in language.gist["cues"].items()}
        self._finder = Finder(language, self._cues)
        self._decider = Decider(language, self._cues)
        self._clauses = Clauses(language)

    def read(self, text: str, known: KnownNames, facts: frozenset[str] = frozenset()) -> Gist | None:
        """Return what a text is about, None where that is not clear or nothing of telephones.

        `facts` are cues that nobody says: whether who asks has a call that rings or is up.
        """
        sentence = Sentence(text, split_text(text))
        if text.rstrip().endswith("?") and self._cues["polite"].search(sentence.join()) is None:
            facts |= {"asked"}
        sentence.drop(self._cues["hesitation"])
        self._clauses.mark_requests(sentence)
        if self._cues["please"].search(sentence.join()) is not None:
            facts |= {"please"}
        gists = (self._read_meant(meant, facts) for meant in self._correct(sentence, known))
        return next((gist for gist in gists if gist is not None), None)

    def is_doubtful(self, text: str, slots: Collection[str]) -> bool:
        """Return whether a text may be about other things than telephones, if what it names is not known.

        There are queues of cars and of songs, so that one needs a word of telephones.
        """
        sentence = Sentence(text, split_text(text))
        sentence.drop(self._cues["hesitation"])
        sentence.drop(self._cues["polite"])
        return self._is_about_other(sentence) or (
            "queue" in slots and not self._decider.names_telephone(sentence)
        )

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
        for noun in NOUNS:
            found.replace_all(self._cues[noun], f"_{noun}_")
        found.drop(self._cues["polite"])
        return found

    def _is_request(self, sentence: Sentence) -> bool:
        """Return whether what follows a change of mind is a request of its own, not a reason or a name."""
        clauses = [one for one in self._split(sentence) if not self._gives_reason(one)]
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
        """Return the gist of what is asked for amid statements, else of all, else of one clause."""
        parts = list(self._clauses.iter_parts(sentence))
        whole = self._read_clauses(sentence, facts)
        deeds = [part for part in parts if part.is_deed and not self._says_less(part, whole)]
        return (
            self._read_amid([part for part in parts if part.before.words], facts, self._asks_about_named)
            or self._read_amid([part for part in deeds if part.is_clear], facts, self._is_surely_done)
            or whole
            or self._read_amid(deeds, facts, self._is_surely_done)
            or self._read_amid(parts, facts, self._may_be_asked)
        )

    def _says_less(self, part: Part, whole: Gist | None) -> bool:
        """Return whether something is done for all clauses together, and a part leaves out what to do."""
        if whole is None or whole.intent not in DEEDS or not whole.sure or whole.strange:
            return False
        rest = [one.copy([word for word in one.words if word.text != CALLER]) for one in part.rest]
        return any(
            self._decider.names_telephone(one) or not _TAKEN_BACK.isdisjoint(self._find_cues(one).cues)
            for one in rest
        )

    def _read_amid(
        self, parts: list[Part], facts: frozenset[str], is_meant: Callable[[Part, Gist], bool]
    ) -> Gist | None:
        """Return the gist of the longest part that is meant, each word of which is explained."""
        for part in parts:
            gist = self._interpret_clause(part.request, part.rest, facts)
            gist = gist or self._read_clauses(part.request, facts)
            if gist is not None and not gist.strange and is_meant(part, gist):
                return gist
        return None

    def _asks_about_named(self, part: Part, gist: Gist) -> bool:
        """Return whether it is asked what somebody does who is named before: "I need Anna, is she free"."""
        if part.is_deed or gist.intent not in _ABOUT_SOMEBODY or not part.before.has(PERSON):
            return False
        if part.request.has(PERSON) or not self._find_cues(part.request).cues.isdisjoint(("dial", "speak")):
            return False
        return self._interpret(part.before, frozenset()) is None

    def _is_surely_done(self, part: Part, gist: Gist) -> bool:
        """Return whether a part is what somebody wants done, and nothing around it is asked."""
        if gist.intent not in DEEDS or not gist.sure or (part.is_topic and gist.intent != "PbxCall"):
            return False
        if any(map(self._asks, part.rest)) or (part.may_be_object and self._is_object(part, gist)):
            return False
        if part.request.words[0].text == "_dnd_" and not _STATES.isdisjoint(
            self._find_cues(part.before).cues
        ):
            return False
        if self._clauses.joins(part.behind):
            return True
        behind = part.behind.copy(part.topic.words + part.behind.words)
        asked = self._interpret_clause(behind, [part.request], frozenset())
        return asked is None or asked.intent in DEEDS

    def _is_object(self, part: Part, gist: Gist) -> bool:
        """Return whether what follows is what is rejected or called back, and no telephone."""
        if not self._is_about_other(part.behind):
            return False
        return part.is_topic or not ("who" in gist.slots or self._decider.names_telephone(part.request))

    def _may_be_asked(self, part: Part, gist: Gist) -> bool:
        """Return whether a part may be what somebody wants although its words may be of other things."""
        if part.is_topic and gist.intent != "PbxCall":
            return False
        is_call = gist.sure and self._is_of_telephones(part.request, gist)
        is_other = any(map(self._is_about_other, part.rest))
        if is_other and not (is_call and part.is_clear):
            return False
        if not gist.sure and part.before.words:
            return False
        if gist.intent in DEEDS:
            return part.is_deed and not any(map(self._asks, part.rest))
        asks = gist.intent in _ABOUT_CALLERS and bool(part.before.words) and not part.behind.words
        return is_call or (gist.sure and (bool(gist.slots) or asks))

    def _is_of_telephones(self, sentence: Sentence, gist: Gist) -> bool:
        """Return whether words can be about telephones alone, as what is missed and counted."""
        is_counted = gist.intent == "PbxMissedCalls" and "how_many" in self._find_cues(sentence).cues
        return is_counted or self._decider.names_telephone(sentence)

    def _read_clauses(self, sentence: Sentence, facts: frozenset[str]) -> Gist | None:
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
        return (
            gist
            if gist is not None and gist.sure and not self._is_asked_about(gist, sentence, facts)
            else None
        )

    def _is_asked_about(self, gist: Gist, sentence: Sentence, facts: frozenset[str]) -> bool:
        """Return whether what is left only names what is asked about: "is it on, my do not disturb?"."""
        if gist.intent not in DEEDS or gist.evidence > 1:
            return False
        whole = self._interpret(sentence, facts)
        return whole is not None and whole.sure and whole.intent not in DEEDS

    def _is_context(self, clause: Sentence, clauses: list[Sentence], facts: frozenset[str]) -> bool:
        """Return whether a clause only gives a reason, or says what comes after something that is asked."""
        # What only begins like a question may be a reason all the same, as "isn't one for me".
        asked = self._cues["question"].anywhere
        if (
            self._is_other_matter(clause)
            or not self._gives_reason(clause)
            or (asked is not None and asked.search(clause.join()))
        ):
            return False
        if self._calls_back(clause, clauses):
            return False
        gist = self._interpret(clause, facts)
        return gist is None or (gist.intent in DEEDS and any(map(self._asks, clauses)))

    def _calls_back(self, clause: Sentence, clauses: list[Sentence]) -> bool:
        """Return whether a clause calls back whom another one tells of: "the last caller, ring them back"."""
        rest = [one for one in clauses if one is not clause]
        return "back" in self._find_cues(clause).cues and any(
            not _ANTECEDENTS.isdisjoint(self._find_cues(one).cues) for one in rest
        )

    def _read_one(self, clauses: list[Sentence], facts: frozenset[str]) -> Gist | None:
        """Return the gist of the clause that tells most, the last of equals; of none beside other things."""
        found = []
        for clause in clauses:
            rest = [one for one in clauses if one is not clause]
            if any(map(self._is_other_matter, rest)):
                continue
            gist = self._interpret_clause(clause, rest, facts)
            if gist is None or self._says_too_little(clause, gist, rest, facts):
                continue
            if not gist.sure and gist.intent not in DEEDS and any(map(self._is_about_other, rest)):
                continue
            if gist.sure or all(map(self._gives_reason, rest)):
                found.append(gist)
        return max(reversed(found), key=lambda one: (one.sure, one.evidence), default=None)

    def _says_too_little(
        self, clause: Sentence, gist: Gist, rest: list[Sentence], facts: frozenset[str]
    ) -> bool:
        """Return whether a clause means something else beside the rest of what is said."""
        if gist.intent in DEEDS and any(map(self._asks, rest)):
            return True
        strange = [self._find_cues(one) for one in rest if not self._gives_reason(one)]
        strange = [one for one in strange if one.count_strange()]
        is_of_call = gist.intent in _OF_A_CALL and not facts.isdisjoint(_CALLS)
        if not is_of_call and not self._decider.names_telephone(clause):
            return bool(strange)
        return any("question" in one.cues for one in strange)

    def _interpret_clause(self, clause: Sentence, rest: list[Sentence], facts: frozenset[str]) -> Gist | None:
        """Return the gist of a clause, with the time from others, and what a pronoun of it stands for."""
        kinds = [UNTIL, DURATION]
        timed = clause.copy(clause.words + [w for one in rest for w in one.words if w.text in kinds])
        bare = self._interpret(timed, facts)
        if bare is not None and bare.intent in _NOBODY:
            return bare
        if self._needs_antecedent(clause):
            kinds += [PERSON, NUMBER]
            facts |= {cue for one in rest for cue in self._find_cues(one).cues & _ANTECEDENTS}
        more = [word for one in rest for word in one.words if word.text in kinds]
        return self._interpret(clause.copy(clause.words + more), facts)

    def _needs_antecedent(self, clause: Sentence) -> bool:
        """Return whether somebody is meant who is not named, as in "I missed one, call him back"."""
        if clause.has(PERSON, NUMBER):
            return False
        joined = clause.join()
        if any(self._cues[cue].search(joined) for cue in _REFERRING):
            return True
        cues = self._find_cues(clause).cues
        return "with_whom" in cues or (not cues.isdisjoint(_DOING) and cues.isdisjoint(_ANYBODY))

    def _gives_reason(self, clause: Sentence) -> bool:
        """Return whether a clause only tells why, by its first words or its shape."""
        if self._begins(clause, "context") or self._clauses.joins(clause) or self._clauses.is_lead(clause):
            return True
        return self._clauses.is_statement(clause) and self._find_cues(clause).cues.isdisjoint(_TAKEN_BACK)

    def _is_other_matter(self, clause: Sentence) -> bool:
        """Return whether a clause asks about other things, or wants them done, and is no reason alone."""
        if not self._is_about_other(clause):
            return False
        return not self._gives_reason(clause) or self._cues["who"].search(clause.join()) is not None

    def _is_about_other(self, sentence: Sentence) -> bool:
        return self._begins(sentence, "plays") or self._cues["other"].search(sentence.join()) is not None

    def _asks(self, clause: Sentence) -> bool:
        """Return whether a clause asks for somebody, beside which nothing is done."""
        return self._cues["who"].search(clause.join()) is not None and not self._gives_reason(clause)

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
        sentence = self._find_cues(found)
        sentence.cues |= facts
        return None if self._is_other(sentence) else self._decider.decide(sentence)

    def _find_cues(self, found: Sentence) -> Sentence:
        sentence = found.copy(found.words)
        sentence.drop(self._cues["polite"])
        if not self._begins(sentence, "dismiss"):
            sentence.drop_lead(self._cues["lead"])
        sentence.find_cues(self._cues, self._cues["border"])
        if self._cues["device"].search(sentence.join_said()):
            sentence.cues.add("device")
        return sentence

    def _is_other(self, sentence: Sentence) -> bool:
        """Return whether words are about other things, as what is played is that is no message."""
        if "plays" in sentence.cues and (sentence.count_strange() or sentence.cues.isdisjoint(_PLAYED)):
            return True
        return "other" in sentence.cues
