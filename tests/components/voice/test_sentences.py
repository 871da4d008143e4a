"""The files of sentences: complete in every language, and no sentence means two things."""

from functools import cache
from pathlib import Path
from random import Random
import re

from hassil.expression import (
    Alternative,
    Expression,
    ListReference,
    Permutation,
    RuleReference,
    Sentence,
    Sequence,
    TextChunk,
)
from hassil.intents import Intents, WildcardSlotList
from hassil.parse_expression import parse_sentence
from hassil.recognize import recognize_all
import pytest

from custom_components.pbx.voice.intents import INTENTS
from custom_components.pbx.voice.language import FOLDER, Language, load_languages
from custom_components.pbx.voice.readings import Grammar, load_grammar
from custom_components.pbx.voice.times import TIMES

from .office import load_grammar_of

LANGUAGES = load_languages()
CODES = sorted(path.stem for path in FOLDER.glob("*.yaml"))
EXAMPLES = re.compile(r"[A-ZÉ][^?|]*[^?| ]")
DOCUMENT = Path(__file__).parents[3] / "docs" / "voice.md"
SAID = {"who": "Anna de Vries", "queue": "Support", "until": "three", "duration": "an hour"}
WILDCARDS = (*SAID, "before", "behind")
PLACEHOLDER = re.compile(r"{(\w+)}")


def language(code: str) -> Language:
    """Return a language that has a file of its own."""
    found = LANGUAGES.get_language(code)
    assert found.code == code
    return found


def listen(grammar: Grammar) -> Intents:
    """Return the sentences as the assistant keeps them."""
    data = {"pbx": {"data": [{"sentences": grammar.list_sentences()}]}}
    intents = Intents.from_dict({"language": "en", "intents": data})
    intents.slot_lists.update({name: WildcardSlotList(name) for name in WILDCARDS})
    return intents


def say_anything(expression: Expression, rules: dict[str, Sentence], chance: Random) -> str:
    """Return one of the texts that an expression allows; hassil's own sampler makes them all first."""
    match expression:
        case TextChunk(original_text=text):
            return text
        case ListReference(list_name=name):
            return SAID[name]
        case RuleReference(rule_name=name):
            return say_anything(rules[name].expression, rules, chance)
        case Alternative(items=items):
            return say_anything(chance.choice(items), rules, chance)
        case Permutation(items=items):
            mixed = chance.sample(items, len(items))
            return " ".join(say_anything(item, rules, chance) for item in mixed)
        case Sequence(items=items):
            return "".join(say_anything(item, rules, chance) for item in items)
    raise AssertionError(expression)


def placeholders(texts: dict[str, str]) -> dict[str, set[str]]:
    """Return the placeholders of each text; not every language halves the day."""
    return {key: set(PLACEHOLDER.findall(text)) - {"half"} for key, text in texts.items()}


@cache
def parse_rules(code: str) -> dict[str, Sentence]:
    """Return the rules of a language, as hassil understands them."""
    return {rule: parse_sentence(text) for rule, text in language(code).rules.items()}


def sample(template: str, code: str, chance: Random) -> str:
    """Return one of the texts that a sentence of a language allows."""
    expression = parse_sentence(template).expression
    return " ".join(say_anything(expression, parse_rules(code), chance).split())


@pytest.mark.parametrize("code", CODES)
def test_complete(code: str) -> None:
    """Every language has every intent, time, answer and problem, with the same placeholders."""
    here, english = language(code), language("en")
    assert here.intents.keys() == INTENTS.keys()
    assert here.times["intents"].keys() == TIMES.keys()
    assert here.times["lists"].keys() == english.times["lists"].keys()
    assert placeholders(dict(here.answers)) == placeholders(dict(english.answers))
    assert placeholders(dict(here.problems)) == placeholders(dict(english.problems))
    assert here.gist["cues"].keys() == english.gist["cues"].keys()
    assert here.gist["clauses"].keys() == english.gist["clauses"].keys()
    assert here.doors
    assert sorted(set(here.words["digits"].values())) == sorted("0123456789+*#")


@pytest.mark.parametrize("code", CODES)
def test_listened_for(code: str) -> None:
    """What is said for an intent can mean it, and is listened for; of those of an intent one is tried."""
    grammar, chance = load_grammar_of(language(code).code), Random(code)
    listening = listen(grammar)
    for name in INTENTS:
        texts = [sample(template, code, chance) for *_, template in language(code).iter_sentences(name)]
        for text in texts:
            assert any(reading.intent == name for reading in grammar.read(text, code)), text
        assert any(True for _ in recognize_all(chance.choice(texts), listening)), texts


@pytest.mark.parametrize(("tag", "code"), [("de-CH", "de"), ("nl_BE", "nl"), ("EN", "en"), ("sv", "en")])
def test_tags(tag: str, code: str) -> None:
    """A variant of a language is that language; one without a file is English."""
    assert LANGUAGES.get_language(tag).code == code


@pytest.mark.parametrize(
    ("code", "text", "number"),
    [
        ("en", "0123 456-789", "0123456789"),
        ("en", "zero one two Three", "0123"),
        ("en", "plus 31 20", "+3120"),
        ("de", "null eins zwo", "012"),
        ("nl", "twee nul één", "201"),
        ("fr", "zéro un deux", "012"),
        ("es", "más tres cuatro", "+34"),
        ("it", "asterisco due cancelletto", "*2#"),
        ("nl", "ster 2 hekje", "*2#"),
        ("en", "three hundred and five", "305"),
        ("en", "oh two twenty-two", "0222"),
        ("de", "dreihundertfünf", "305"),
        ("nl", "tweeëndertig één", "321"),
        ("fr", "deux cent deux", "202"),
        ("fr", "zéro un quarante-deux soixante et onze", "014271"),
        ("es", "treinta y uno doscientos dos", "31202"),
        ("it", "trecentocinque", "305"),
        ("en", "Anna", None),
        ("en", "five and", None),
        ("en", "plus", None),
        ("en", "one " * 50_000, None),
    ],
)
def test_numbers(code: str, text: str, number: str | None) -> None:
    """Numbers are heard in digits and in words."""
    assert language(code).parse_number(text) == number


def test_documented_examples() -> None:
    """Every example of the document is listened for and understood, in all languages."""
    grammar = load_grammar(LANGUAGES)
    listening = listen(grammar)
    tables = DOCUMENT.read_text().split("| --- | --- | --- |\n")[1:]
    examples = [found for table in tables for found in EXAMPLES.findall(table.partition("\n\n")[0])]
    assert len(examples) > 60
    for text in examples:
        assert any(True for _ in recognize_all(text, listening)), text
        assert grammar.read(text, "en"), text


@pytest.mark.parametrize("word", ["uno", "dos"])
def test_same_sentence_of_two_languages(word: str) -> None:
    """A sentence is understood by the rules of its own language, also where another one has the same."""
    data = {"language": "en", "intents": {"Count": {"data": [{"sentences": ["say <number>"]}]}}}
    language = Intents.from_dict({**data, "expansion_rules": {"number": word}})
    assert any(True for _ in recognize_all(f"say {word}", language))
