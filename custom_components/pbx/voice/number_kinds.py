"""Which number of somebody is asked for: at home, at work, on the mobile."""

from collections.abc import Iterator
from functools import cache

from hassil.intents import Intents, WildcardSlotList
from hassil.recognize import recognize_all

from ..protocols.enums import NumberKind
from .language import Language

# What satisfies who asks for a number at work: the extension, and the main number of a company.
_ALSO: dict[NumberKind, tuple[NumberKind, ...]] = {
    NumberKind.WORK: (NumberKind.EXTENSION, NumberKind.MAIN),
    NumberKind.MAIN: (NumberKind.WORK,),
    NumberKind.EXTENSION: (NumberKind.WORK,),
}


def split_kind(language: Language, text: str) -> Iterator[tuple[str, NumberKind]]:
    """Yield each name that a text may mean, with the kind of number that is asked for."""
    # A place of work is among the small words that belong to no name, so it is looked for first.
    for said in dict.fromkeys((text, language.strip_politeness(text))):
        results = recognize_all(said, load_kinds(language))
        for result in sorted(results, key=lambda one: -one.text_chunks_matched):
            name = str(result.entities["who"].value).strip()
            if name:
                yield name, NumberKind(result.intent.name)


def list_fitting(kind: NumberKind) -> tuple[NumberKind, ...]:
    """Return the kinds of numbers that fit where one kind is asked for, that kind first."""
    return kind, *_ALSO.get(kind, ())


@cache
def load_kinds(language: Language) -> Intents:
    """Make the phrases of a language ready to be recognized, once; not for the event loop."""
    data = {kind: {"data": [{"sentences": list(texts)}]} for kind, texts in language.kinds.items()}
    intents = Intents.from_dict({"language": language.code, "intents": data})
    intents.slot_lists["who"] = WildcardSlotList("who")
    for intent in intents.intents.values():
        for each in intent.data:
            _ = each.sentences
    return intents
