"""No sentence of Home Assistant's own is taken for one about telephones.

Their templates are those of the package home-assistant-intents, said with the names of lamps and rooms.
"""

from collections.abc import Iterator, Mapping
from random import Random
from typing import Any

from hassil.expression import (
    Alternative,
    Expression,
    ListReference,
    Permutation,
    RuleReference,
    Sequence,
    TextChunk,
)
from hassil.parse_expression import parse_sentence
from home_assistant_intents import get_intents
import pytest

from custom_components.pbx.voice.gist import KnownNames, fold_names
from custom_components.pbx.voice.language import Certainty

from .office import load_grammar_of, load_reader_of

# What people call things at home; what is not here is any other word.
NAMES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "en": {"name": ("bedside lamp", "coffee machine", "garage door"), "area": ("kitchen", "living room")},
    "de": {"name": ("Nachttischlampe", "Kaffeemaschine", "Garagentor"), "area": ("Küche", "Wohnzimmer")},
    "nl": {"name": ("bedlamp", "koffiemachine", "garagedeur"), "area": ("keuken", "woonkamer")},
    "fr": {"name": ("lampe de chevet", "machine à café", "porte du garage"), "area": ("cuisine", "salon")},
    "es": {"name": ("lámpara de noche", "cafetera", "puerta del garaje"), "area": ("cocina", "salón")},
    "it": {
        "name": ("lampada da letto", "macchina del caffè", "porta del garage"),
        "area": ("cucina", "salotto"),
    },
}
OTHER = "xyzzy"
KNOWN = KnownNames(frozenset(fold_names(["Anna Schmidt", "Max Weber", "Robin Vos"])), frozenset({"support"}))
MOST = 40


class Speaker:
    """Says what the templates of a language allow."""

    def __init__(self, code: str) -> None:
        self._data: dict[str, Any] = get_intents(code) or {}
        self._names = NAMES[code]
        self._chance = Random(code)
        self._parsed: dict[str, Expression] = {}

    def say_all(self) -> Iterator[str]:
        """Yield one sentence of each template."""
        for blocks in self._data["intents"].values():
            for block in blocks["data"]:
                rules = self._data["expansion_rules"] | block.get("expansion_rules", {})
                lists = self._data["lists"] | block.get("lists", {})
                for template in block["sentences"]:
                    yield " ".join(self._say(self._parse(template), rules, lists).split())

    def _parse(self, template: str) -> Expression:
        if template not in self._parsed:
            self._parsed[template] = parse_sentence(template).expression
        return self._parsed[template]

    def _say(self, expression: Expression, rules: Mapping[str, str], lists: Mapping[str, Any]) -> str:
        match expression:
            case TextChunk(original_text=text):
                return text
            case ListReference(list_name=name):
                return self._name(name, rules, lists)
            case RuleReference(rule_name=name):
                return self._say(self._parse(rules[name]), rules, lists)
            case Alternative(items=items):
                return self._say(self._chance.choice(items), rules, lists)
            case Permutation(items=items):
                return " ".join(self._say(item, rules, lists) for item in items)
            case Sequence(items=items):
                return "".join(self._say(item, rules, lists) for item in items)
        raise AssertionError(expression)

    def _name(self, name: str, rules: Mapping[str, str], lists: Mapping[str, Any]) -> str:
        known = lists.get(name, {})
        if "values" in known:
            value = self._chance.choice(known["values"])
            text = value["in"] if isinstance(value, Mapping) else str(value)
            return self._say(self._parse(text), rules, lists)
        if "range" in known:
            return str(self._chance.randint(1, MOST))
        return self._chance.choice(self._names.get(name, (OTHER,)))


@pytest.mark.parametrize("code", NAMES)
def test_not_taken(code: str) -> None:
    """What Home Assistant understands itself is never sure to be about telephones."""
    grammar = load_grammar_of(code)
    sentences = list(Speaker(code).say_all())
    assert len(sentences) > 500
    taken = {
        text: reading.intent
        for text in sentences
        for reading in grammar.read(text, code)
        if reading.certainty is Certainty.ALWAYS
    }
    assert not taken


@pytest.mark.parametrize("code", NAMES)
def test_gist_not_taken(code: str) -> None:
    """Nor is its gist sure to be about telephones, even while a call is up."""
    reader = load_reader_of(code)
    gists = {text: reader.read(text, KNOWN, frozenset({"talking"})) for text in Speaker(code).say_all()}
    assert not {text: gist.intent for text, gist in gists.items() if gist is not None and gist.sure}
