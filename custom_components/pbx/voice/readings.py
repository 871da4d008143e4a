"""What a sentence can mean: every reading of it in every language, the most literal one first."""

from collections.abc import Iterator, Mapping
from functools import cache

from hassil.intents import Intents, WildcardSlotList
from hassil.recognize import RecognizeResult, recognize_all

from ..protocols.lazy_dataclass import dataclass
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


class Grammar:
    """The sentences of all languages, made ready to be recognized; not for the event loop."""

    def __init__(self, languages: Languages) -> None:
        self._intents = [(language, _create_intents(language)) for language in languages]
        for language in languages:
            _ = language.numerals, load_kinds(language)

    def read(self, text: str, tag: str) -> list[Reading]:
        """Return what a text can mean; of equally literal readings those in the language of the tag first.

        What is longer than anybody says means nothing here.
        """
        if len(text) > LONGEST_SENTENCE:
            return []
        code = tag.casefold().partition("-")[0]
        readings = (
            _create_reading(language, result)
            for language, intents in self._intents
            for result in recognize_all(text, intents)
        )
        return sorted(readings, key=lambda one: (-one.literal, one.language.code != code))


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
    for certainty, sentence in language.iter_sentences(intent):
        yield {"sentences": [sentence], "metadata": {"certainty": certainty}}


def _create_reading(language: Language, result: RecognizeResult) -> Reading:
    return Reading(
        language=language,
        intent=result.intent.name,
        certainty=(result.intent_metadata or {})["certainty"],
        slots={name: str(entity.value).strip() for name, entity in result.entities.items()},
        literal=result.text_chunks_matched,
    )
