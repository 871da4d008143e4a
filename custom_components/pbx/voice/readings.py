"""What a sentence can mean: every reading of it in every language, the most literal one first."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache

from hassil.expression import Alternative, Expression, Group, RuleReference, TextChunk
from hassil.intents import IntentData, Intents, WildcardSlotList
from hassil.recognize import RecognizeResult, recognize_all

from ..protocols.lazy_dataclass import dataclass
from .gist import Gist, GistReader, KnownNames
from .language import LONGEST_SENTENCE, Certainty, Language, Languages
from .number_kinds import load_kinds
from .times import TIMES, load_times

# What a sentence names; each stands for any words.
SLOTS = ("who", "queue", "until", "duration")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One meaning of a sentence; `slots` are the words that were said, `literal` counts the other letters."""

    language: Language
    intent: str
    certainty: Certainty
    slots: Mapping[str, str]
    literal: int
    # Whether it may be about other things than telephones, if what it names is not known.
    is_doubtful: bool = False


class Grammar:
    """The sentences of all languages, made ready to be recognized; not for the event loop."""

    def __init__(self, languages: Languages) -> None:
        self._intents = [(language, _create_intents(language)) for language in languages]
        self._doorless = [_leave_doors(language, intents) for language, intents in self._intents]
        self._readers = [GistReader(language) for language in languages]
        for language in languages:
            _ = language.numerals, load_kinds(language)

    def list_sentences(self) -> list[str]:
        """Return what is listened for: per language its doors, and the patterns that hold none of them.

        What holds a door is found without trying the patterns one by one, which takes long.
        """
        return [
            sentence for language, intents in self._intents for sentence in _iter_listened(language, intents)
        ]

    def read(self, text: str, tag: str) -> list[Reading]:
        """Return what a text can mean; of equally literal readings those in the language of the tag first.

        What is longer than anybody says means nothing here.
        """
        if len(text) > LONGEST_SENTENCE:
            return []
        code = _get_code(tag)
        readings = (reading for at in range(len(self._intents)) for reading in self._read_in(at, text))
        return sorted(readings, key=lambda one: (-one.literal, one.language.code != code))

    def _read_in(self, at: int, text: str) -> list[Reading]:
        """Return what a text can mean in a language; without its doors few of the patterns can fit."""
        language, intents = self._intents[at]
        results = list(recognize_all(text, intents if language.has_door(text) else self._doorless[at]))
        doubt = {
            names: self._readers[at].is_doubtful(text, names)
            for names in {frozenset(result.entities) for result in results}
        }
        return [
            _create_reading(language, result, is_doubtful=doubt[frozenset(result.entities)])
            for result in results
        ]

    def read_gist(self, text: str, tag: str, known: KnownNames, facts: frozenset[str]) -> list[Reading]:
        """Return what a text is about where no pattern covers it; see `gist.py`.

        It is read in the language of the tag, in another one only where that says nothing.
        """
        if len(text) > LONGEST_SENTENCE:
            return []
        code = _get_code(tag)
        own = (reader.read(text, known, facts) for reader in self._readers if reader.language.code == code)
        found = [gist for gist in own if gist is not None]
        return [_create_reading_of(gist) for gist in found or self._read_abroad(text, code, known, facts)]

    def _read_abroad(self, text: str, code: str, known: KnownNames, facts: frozenset[str]) -> Iterable[Gist]:
        """Return the clearest gist in any other language; a stranger there may be any word of this one."""
        others = (reader.read(text, known, facts) for reader in self._readers if reader.language.code != code)
        found = [
            gist
            for gist in others
            if gist is not None and not gist.strange and (gist.sure or "who" not in gist.slots)
        ]
        return sorted(found, key=lambda gist: gist.evidence)[-1:]


@cache
def load_grammar(languages: Languages) -> Grammar:
    """Make the sentences ready, once; not for the event loop."""
    return Grammar(languages)


def _create_intents(language: Language) -> Intents:
    data = {name: {"data": list(_iter_data(language, name))} for name in language.intents}
    rules = dict(language.rules)
    intents = Intents.from_dict({"language": language.code, "intents": data, "expansion_rules": rules})
    intents.slot_lists.update({name: WildcardSlotList(name) for name in SLOTS})
    for each in (intents, *(load_times(language, kind) for kind in TIMES)):
        _parse(each)
    return intents


def _parse(intents: Intents) -> None:
    """Parse all sentences now; else they would be when they are first asked for, in the event loop."""
    for intent in intents.intents.values():
        for each in intent.data:
            _ = each.sentences


def _iter_data(language: Language, intent: str) -> Iterator[dict[str, object]]:
    for certainty, template, sentence in language.iter_sentences(intent):
        yield {"sentences": [sentence], "metadata": {"certainty": certainty, "template": template}}


def _get_code(tag: str) -> str:
    return tag.casefold().replace("_", "-").partition("-")[0]


def _iter_listened(language: Language, intents: Intents) -> Iterator[str]:
    yield language.get_doors()
    if patterns := list(_iter_without_door(language, intents)):
        yield language.join_patterns(patterns)


def _iter_without_door(language: Language, intents: Intents) -> Iterator[str]:
    """Yield the patterns that may be said without any of the doors."""
    for each in _leave_doors(language, intents).intents.values():
        for one in each.data:
            yield str((one.metadata or {})["template"])


def _leave_doors(language: Language, intents: Intents) -> Intents:
    """Return the patterns that may be said without any of the doors."""
    left = {
        name: replace(each, data=[one for one in each.data if not _holds_door(one, language, intents)])
        for name, each in intents.intents.items()
    }
    return replace(intents, intents=left)


def _holds_door(data: IntentData, language: Language, intents: Intents) -> bool:
    return any(_holds(sentence.expression, language, intents) for sentence in data.sentences)


def _holds(expression: Expression, language: Language, intents: Intents) -> bool:
    """Return whether nothing can be said for an expression that holds none of the doors."""
    match expression:
        case TextChunk(text=text):
            return language.has_door(text)
        case Alternative(items=items):
            return all(_holds(item, language, intents) for item in items)
        case Group(items=items):
            return any(_holds(item, language, intents) for item in items)
        case RuleReference(rule_name=name):
            return _holds(intents.expansion_rules[name].expression, language, intents)
    return False


def _create_reading_of(gist: Gist) -> Reading:
    return Reading(
        language=gist.language, intent=gist.intent, certainty=gist.certainty, slots=gist.slots, literal=0
    )


def _create_reading(language: Language, result: RecognizeResult, *, is_doubtful: bool) -> Reading:
    return Reading(
        language=language,
        intent=result.intent.name,
        certainty=(result.intent_metadata or {})["certainty"],
        slots={name: str(entity.value).strip() for name, entity in result.entities.items()},
        literal=result.text_chunks_matched,
        is_doubtful=is_doubtful,
    )
