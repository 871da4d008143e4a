"""What is meant by the cues that a sentence holds, and whether that is of telephones at all.

Words such as *missed*, *free* or *back* are said of anything. So each word of a sentence has to be explained:
one that nothing explains is most likely what is missed, free or called back. Only beside a word that is of
telephones by itself, the cue `telephone`, may a word or two be strange.
"""

from collections.abc import Mapping

from ..protocols.lazy_dataclass import dataclass
from .gist_rules import RULES, Rule
from .gist_words import DURATION, MY_CALLS, NUMBER, PERSON, QUEUE, UNTIL, Cue, Sentence, Word
from .language import Certainty, Language
from .matching import split_words
from .number_kinds import split_kind

# Which of these fill which slot; the first that is there.
_SLOTS = {"who": (PERSON, NUMBER), "queue": (QUEUE,), "until": (UNTIL,), "duration": (DURATION,)}
# What changes something.
DEEDS = frozenset(
    {"PbxCall", "PbxForward", "PbxStopForwarding", "PbxTransfer", "PbxHangUp", "PbxReject", "PbxAnswer"}
    | {"PbxDoNotDisturbOn", "PbxDoNotDisturbOff", "PbxCallBack", "PbxCallMissedBack"}
)
# So many words may be strange beside a word of telephones; one more where so many cues speak for a meaning.
_STRANGE, _MANY_CUES = 1, 3
# What is asked about a queue that is known.
_QUEUING = ("how_many", "how_long", "queue_word", "wait")
# What can be asked for with a name that nobody has.
_STRANGERS = ("PbxCall", "PbxForward", "PbxIsFree", "PbxOnThePhone")
_LONGEST_STRANGER = 3
# What is not said of somebody: what is counted or looked for, and a telephone as a thing.
_NO_STRANGER = ("how_long", "how_many", "where", "device")
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


class Decider:
    """Decides what the cues of sentences in one language mean."""

    def __init__(self, language: Language, cues: Mapping[str, Cue]) -> None:
        self._language = language
        self._cues = cues

    def decide(self, sentence: Sentence) -> Gist | None:
        """Return what a sentence means whose cues are found, None where they say too little."""
        best = _choose(sentence.cues)
        if best is None or not self._is_of_telephones(sentence, best):
            return self._call_stranger(sentence)
        if best.slots == ("until", "duration") and _lacks_time(sentence):
            return None
        gist = Gist(
            language=self._language,
            intent=best.intent,
            slots=self._fill_slots(sentence, best),
            sure=best.sure,
            evidence=best.weight,
            strange=sentence.count_strange(),
        )
        return (self._ask_about_stranger(sentence) if best.intent == "PbxOnThePhone" else None) or gist

    def _is_of_telephones(self, sentence: Sentence, rule: Rule) -> bool:
        """Return whether all words are explained, or nearly all beside a word of telephones."""
        strange = sentence.count_strange()
        # Who people are is asked for anything that they sing or write, and never in few words of telephones.
        most = rule.weight >= _MANY_CUES if "who" in sentence.cues else _STRANGE + (rule.weight >= _MANY_CUES)
        return not strange or (strange <= most and self.names_telephone(sentence))

    def names_telephone(self, sentence: Sentence) -> bool:
        """Return whether a word is of telephones by itself, or a queue that is known is asked about."""
        if sentence.has(QUEUE) and not sentence.cues.isdisjoint(_QUEUING):
            return True
        cue, told = self._cues["telephone"], sentence.copy(self._drop_devices(sentence))
        return cue.search(told.join()) is not None or cue.search(told.join_said()) is not None

    def _drop_devices(self, sentence: Sentence) -> list[Word]:
        """Return the words without a telephone as a thing, which also lies around and has no reception."""
        device = self._cues["device"]
        return [
            word
            for word in sentence.words
            if not (word.text == MY_CALLS and device.search(sentence.copy([word]).join_said()))
        ]

    def _fill_slots(self, sentence: Sentence, rule: Rule) -> dict[str, str]:
        slots = {}
        for slot in rule.slots:
            found = [word for kind in _SLOTS[slot] for word in sentence.words if word.text == kind]
            if found:
                slots[slot] = _get_closest([sentence.text[word.start : word.end] for word in found])
        if rule.intent in _WITH_KIND and "number_kind" in sentence.cues and "who" in slots:
            slots["who"] = self._add_kind(sentence, slots["who"])
        return slots

    def _add_kind(self, sentence: Sentence, name: str) -> str:
        """Return a name with the kind of number that is asked for, wherever that is said."""
        words = [word for word in sentence.words if word.text != PERSON]
        spans = [(at, end) for at in range(len(words)) for end in range(at + 1, min(len(words), at + 5) + 1)]
        for first, last in sorted(spans, key=lambda span: span[0] - span[1]):
            said = f"{name} {sentence.text[words[first].start : words[last - 1].end]}"
            if any(found == name for found, _ in split_kind(self._language, said)):
                return said
        return name

    def _call_stranger(self, sentence: Sentence) -> Gist | None:
        """Return the wish to call somebody whom nobody knows here: the words that nothing else explains."""
        span = self._find_stranger(sentence)
        if span is None:
            return None
        name = sentence.get_text(*span)
        guess = sentence.copy(sentence.words)
        guess.replace(*span, PERSON)
        guess.find_cues(self._cues, self._cues["border"])
        best = _choose(guess.cues)
        if best is None or best.intent not in _STRANGERS or _TALKS.isdisjoint(guess.cues):
            return None
        if not name[0].isupper() and _SURE_TALKS.isdisjoint(guess.cues):
            return None
        return Gist(self._language, best.intent, {"who": name}, sure=False, evidence=best.weight, strange=0)

    def _ask_about_stranger(self, sentence: Sentence) -> Gist | None:
        """Return the question whether somebody is on the phone whom nobody knows, but who has a capital."""
        gist = self._call_stranger(sentence)
        return gist if gist is not None and gist.slots["who"][0].isupper() else None

    def _find_stranger(self, sentence: Sentence) -> tuple[int, int] | None:
        """Return between which words a name may be: what is strange, in one place, and no thing."""
        left = [at for at in range(len(sentence.words)) if at not in sentence.explained]
        if not left or left[-1] - left[0] >= _LONGEST_STRANGER or sentence.has(PERSON):
            return None
        if not sentence.cues.isdisjoint(_NO_STRANGER):
            return None
        inner = {sentence.words[at].text for at in range(left[0], left[-1]) if at in sentence.explained}
        if not inner <= _IN_NAMES or not self._could_be_name(sentence, left):
            return None
        return left[0], left[-1] + 1

    def _could_be_name(self, sentence: Sentence, at: list[int]) -> bool:
        """Return whether words may name somebody: where speech is written with capitals, all have one."""
        has_capitals = sentence.text[1:] != sentence.text[1:].lower()
        if has_capitals and not all(sentence.get_text(one, one + 1)[0].isupper() for one in at):
            return False
        if self._follows(sentence, at[0], "thing"):
            return False
        return not self._follows(sentence, at[0], "article") or self.names_telephone(sentence)

    def _follows(self, sentence: Sentence, at: int, cue: str) -> bool:
        """Return whether the word before is a cue."""
        before = sentence.words[at - 1].text if at else ""
        return self._cues[cue].search(f" {before} ") is not None


def _get_closest(said: list[str]) -> str:
    """Return what is said first, or what says it more closely behind: "Maria, that is Maria Rossi"."""
    closest = said[0]
    for one in said[1:]:
        if set(split_words(closest)) < set(split_words(one)):
            closest = one
    return closest


def _choose(cues: set[str]) -> Rule | None:
    fitting = [rule for rule in RULES if rule.fits(cues)]
    return max(fitting, key=lambda rule: rule.weight) if fitting else None


def _lacks_time(sentence: Sentence) -> bool:
    """Return whether an end was said that is no time; what never ends would be something else."""
    return "until_when" in sentence.cues and sentence.cues.isdisjoint({"until", "duration"})
