"""The files of sentences: complete in every language, and no sentence means two things."""

from itertools import islice, product
from pathlib import Path
import re

from hassil.intents import Intents, TextSlotList, WildcardSlotList
from hassil.parse_expression import parse_sentence
from hassil.recognize import recognize_all
from hassil.sample import sample_expression
import pytest

from custom_components.pbx.voice.intents import INTENTS
from custom_components.pbx.voice.language import FOLDER, Language, Languages, load_languages
from custom_components.pbx.voice.sentences import TIMES

LANGUAGES = load_languages()
CODES = sorted(path.stem for path in FOLDER.glob("*.yaml"))
EXAMPLES = re.compile(r"[A-Z][^?|]*[^?| ]")
DOCUMENT = Path(__file__).parents[3] / "docs" / "voice.md"
SAID = {"who": "Anna de Vries", "queue": "Support", "until": "three", "duration": "an hour"}
FILLED = {name: TextSlotList.from_strings([text]) for name, text in SAID.items()}
MOST_SAMPLES = 100
PLACEHOLDER = re.compile(r"{(\w+)}")


def language(code: str) -> Language:
    """Return a language that has a file of its own."""
    found = LANGUAGES.get_language(code)
    assert found.code == code
    return found


def understood(sentences: dict[str, list[str]]) -> Intents:
    """Return the sentences as the assistant keeps them."""
    data = {name: {"data": [{"sentences": texts}]} for name, texts in sentences.items()}
    intents = Intents.from_dict({"language": "en", "intents": data})
    intents.slot_lists.update({name: WildcardSlotList(name) for name in SAID})
    return intents


def placeholders(texts: dict[str, str]) -> dict[str, set[str]]:
    """Return the placeholders of each text."""
    return {key: set(PLACEHOLDER.findall(text)) for key, text in texts.items()}


@pytest.mark.parametrize("code", CODES)
def test_complete(code: str) -> None:
    """Every language has every intent, time, answer and problem, with the same placeholders."""
    here, english = language(code), language("en")
    assert here.intents.keys() == INTENTS.keys()
    assert here.times["intents"].keys() == TIMES.keys()
    assert here.times["lists"].keys() == english.times["lists"].keys()
    assert placeholders(dict(here.answers)) == placeholders(dict(english.answers))
    assert placeholders(dict(here.problems)) == placeholders(dict(english.problems))
    assert sorted(set(here.words["digits"].values())) == sorted("0123456789+*#")


@pytest.mark.parametrize(("code", "name"), list(product(CODES, INTENTS)))
def test_means_one_thing(code: str, name: str) -> None:
    """What is said is taken for its intent alone, with what stands for the braces and no more."""
    intents = understood(LANGUAGES.list_sentences())
    for template in language(code).intents[name]:
        expression = parse_sentence(template).expression
        for text in islice(sample_expression(expression, FILLED), MOST_SAMPLES):
            found = list(recognize_all(text, intents))
            assert {result.intent.name for result in found} == {name}, text
            assert {entity.value.strip() for entity in found[0].entities_list} <= set(SAID.values()), text


@pytest.mark.parametrize(("tag", "code"), [("de-CH", "de"), ("nl_BE", "nl"), ("EN", "en"), ("fr", "en")])
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
        ("nl", "ster 2 hekje", "*2#"),
        ("en", "Anna", None),
        ("en", "plus", None),
    ],
)
def test_numbers(code: str, text: str, number: str | None) -> None:
    """Numbers are heard in digits and in words."""
    assert language(code).parse_number(text) == number


def test_all_sentences_of_all_languages() -> None:
    """What is listened for is what the files hold."""
    assert isinstance(LANGUAGES, Languages)
    every = LANGUAGES.list_sentences()
    assert every.keys() == INTENTS.keys()
    assert set(language("nl").intents["PbxHangUp"]) < set(every["PbxHangUp"])


def test_documented_examples() -> None:
    """Every example of the document is understood as just one thing."""
    intents = understood(LANGUAGES.list_sentences())
    table = DOCUMENT.read_text().partition("| --- |")[2].partition("\n\n")[0]
    examples = EXAMPLES.findall(table)
    assert len(examples) > 30
    for text in examples:
        assert len({result.intent.name for result in recognize_all(text, intents)}) == 1, text
