"""Check the texts of every language against the English ones."""

from collections.abc import Callable
from itertools import islice
from pathlib import Path
import re
from typing import Any

from homeassistant.helpers import config_validation as cv
import voluptuous as vol

from .findings import Findings, error
from .integration import Integration, flatten, read_json

ENGLISH = "en"
PLACEHOLDER = re.compile(r"{(\w+)}")
WORD = re.compile(r"[^\W\d_]+")
# So many words may be the same in two languages by chance.
SHARED_WORDS = 2
# Products and what they call their own things; abbreviations are told by their capitals.
NAMES = frozenset({"Assistant", "Auth", "Axeos", "Home", "Key", "Switchvox", "innovaphone"})
URL = re.compile(r"(\w+://|\bwww\.)\S", re.IGNORECASE)
QUOTED_PLACEHOLDER = re.compile(r"'{\w+}'")


def _has_html(text: str) -> bool:
    """Return whether Home Assistant sees HTML in a text."""
    try:
        cv.string_with_no_html(text)
    except vol.Invalid:
        return True
    return False


FAULTS: dict[str, Callable[[str], object]] = {
    "has outer spaces": lambda text: text != text.strip(),
    "puts a placeholder between single quotes": QUOTED_PLACEHOLDER.search,
    "holds a URL; use a placeholder": URL.search,
    "refers to another text, which is not resolved for a custom integration": lambda text: "[%" in text,
    "holds HTML": _has_html,
}


def check(integration: Integration) -> Findings:
    """Check every language."""
    english = dict(flatten(integration.english))
    for path in sorted((integration.folder / "translations").glob("*.json")):
        texts = dict(flatten(read_json(path)))
        for key, text in texts.items():
            yield from _check_text(f"{path.name}: {key}", text, english.get(key, text))
        if path.stem != ENGLISH:
            yield from _check_same_keys(path, texts, english)
            yield from _check_translated(path, texts, english)


def _check_same_keys(path: Path, texts: dict[str, Any], english: dict[str, Any]) -> Findings:
    """Check that a language has the keys that English has, in the same order."""
    yield from (error(f"{path.name}: {key} is not in en.json") for key in texts.keys() - english)
    yield from (error(f"{path.name}: {key} is missing") for key in english.keys() - texts)
    present = filter(english.__contains__, texts)
    wanted = filter(texts.__contains__, english)
    misplaced = (key for key, other in zip(present, wanted, strict=True) if key != other)
    yield from (error(f"{path.name}: {key} is not where en.json has it") for key in islice(misplaced, 1))


def _check_translated(path: Path, texts: dict[str, Any], english: dict[str, Any]) -> Findings:
    """Check that what is more than a word or two, or a name, is not left in English."""
    for key, text in texts.items():
        if text == english.get(key) and len(_own_words(str(text))) > SHARED_WORDS:
            yield error(f"{path.name}: {key} is as in en.json")


def _own_words(text: str) -> list[str]:
    """Return the words of a text that are neither names nor abbreviations nor placeholders."""
    words = WORD.findall(PLACEHOLDER.sub("", text))
    return [word for word in words if word not in NAMES and (word.islower() or word.istitle())]


def _check_text(name: str, text: object, english: object) -> Findings:
    """Check one text, and that its placeholders are those of the English one."""
    if not isinstance(text, str):
        yield error(f"{name} is no text")
        return
    yield from (error(f"{name} {fault}") for fault, has_fault in FAULTS.items() if has_fault(text))
    if set(PLACEHOLDER.findall(text)) != set(PLACEHOLDER.findall(str(english))):
        yield error(f"{name} has other placeholders than en.json")
