"""The texts of each language speak of telephones with the words of its glossary."""

from collections.abc import Iterator
from functools import cache
import json
from pathlib import Path
import re

from homeassistant.util.yaml import parse_yaml
import pytest
import yaml

ROOT = Path(__file__).parents[1]
COMPONENT = ROOT / "custom_components" / "pbx"
DASHBOARD_TEXTS = ROOT / "frontend" / "src" / "texts"
# Of the blueprints, which are written in this language only, people read these.
ENGLISH = "en"
READ = ("name", "description", "default", "title")
LANGUAGES = sorted(path.stem for path in (COMPONENT / "translations").glob("*.json"))
ROW = re.compile(r"^\| (?P<term>[^|]+) \| (?P<words>[^|]+) \| (?P<avoided>[^|]+) \|$", re.MULTILINE)
NONE = "\N{EN DASH}"
# Of a word so much must be in the texts, since it is declined and conjugated.
STEM = 0.6
# How a text would address people otherwise than Home Assistant does in its language.
OTHER_ADDRESS = {
    "de": r"\w,? Sie\b|\bIhnen\b",
    "es": r"\b(?:[Uu]sted|Adjúntela|Compruebe|Elija|Escriba|grabe|Indique|Introduzca|Pulse|Seleccione)\b",
    "fr": r"\b(?:[Tt]u|[Tt]oi|[Tt]on|[Tt]es|tien)\b",
    "it": r"\b(?:Lei|Apra|Indichi|Inserisca|Lasci|Prema|Scelga|Verifichi)\b",
    "nl": r"\b[Uu]w?\b",
}
# Menus and repairs have the room of one line for their title: what is longer is cut, or written over.
TITLE_LENGTH = 26


def rows(language: str) -> list[tuple[str, list[str], list[str]]]:
    """Return the terms of a glossary, with the words to use and those to avoid."""
    found = ROW.findall((ROOT / "docs" / "glossary" / f"{language}.md").read_text())[2:]
    return [
        (term, re.sub(r" \(.*?\)", "", words).split(", "), [] if avoided == NONE else avoided.split(", "))
        for term, words, avoided in found
    ]


@cache
def texts(language: str) -> list[str]:
    """Return everything that people read or hear in a language; they may say what they like."""
    sentences = COMPONENT / "sentences" / f"{language}.yaml"
    spoken = yaml.safe_load(sentences.read_text()) if sentences.exists() else {}
    return [
        *written_texts(language),
        *strings({part: spoken[part] for part in ("answers", "problems") if part in spoken}),
        *(blueprint_texts() if language == ENGLISH else ()),
    ]


def written_texts(language: str) -> list[str]:
    """Return what people read in a language, in Home Assistant's own pages and on the dashboard."""
    files = (COMPONENT / "translations" / f"{language}.json", DASHBOARD_TEXTS / f"{language}.json")
    return [text for file in files for text in strings(json.loads(file.read_text()))]


def blueprint_texts() -> list[str]:
    """Return what people read of the blueprints."""
    files = sorted((ROOT / "blueprints").rglob("*.yaml"))
    return [text for file in files for text in read_texts(parse_yaml(file.read_text())["blueprint"])]


def read_texts(item: object) -> Iterator[str]:
    """Yield the names, descriptions and defaults in a blueprint."""
    for key, value in item.items() if isinstance(item, dict) else ():
        if key in READ and isinstance(value, str):
            yield value
        else:
            yield from read_texts(value)


def strings(item: object) -> list[str]:
    """Return the texts in nested mappings."""
    if isinstance(item, dict):
        return [text for value in item.values() for text in strings(value)]
    return [str(item)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_to_avoid(language: str) -> None:
    """No text has a word that the glossary avoids; one that begins with a capital is compared as it is."""
    faults = [
        f"{term}: {word!r} in {text!r}"
        for term, _, avoided in rows(language)
        for word in avoided
        for text in texts(language)
        if re.search(rf"\b{re.escape(word)}\b", text, re.NOFLAG if word[0].isupper() else re.IGNORECASE)
    ]
    assert faults == []


def test_blueprints_are_read() -> None:
    """What people read of the blueprints is among the texts, in whichever input it stands."""
    texts = blueprint_texts()
    assert "Missed call notification with call-back" in texts
    assert "Call back" in texts
    assert "What the button for opening says." in texts


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_to_use(language: str) -> None:
    """The glossary is that of the texts: each of its words is in one."""
    everything = "\n".join(texts(language)).casefold()
    terms = rows(language)
    assert len(terms) > 20
    words = [word for _, wanted, _ in terms for word in wanted]
    assert [word for word in words if word[: round(len(word) * STEM)].casefold() not in everything] == []


@pytest.mark.parametrize("language", sorted(OTHER_ADDRESS))
def test_one_form_of_address(language: str) -> None:
    """People are addressed in one way throughout what they read and hear."""
    assert [text for text in texts(language) if re.search(OTHER_ADDRESS[language], text)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_titles_of_dialogs(language: str) -> None:
    """The titles of menus and repairs can be read whole on a telephone, so they have no name in them."""
    translations = json.loads((COMPONENT / "translations" / f"{language}.json").read_text())
    menus = [step for step in translations["config"]["step"].values() if "menu_options" in step]
    repairs = [
        step
        for issue in translations["issues"].values()
        for step in issue.get("fix_flow", {}).get("step", {}).values()
    ]
    titles = [step["title"] for step in (*menus, *repairs) if "title" in step]
    assert len(titles) > 15
    assert [title for title in titles if len(title) > TITLE_LENGTH or "{" in title] == []
