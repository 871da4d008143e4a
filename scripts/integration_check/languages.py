"""Check the texts of every language against the English ones."""

from collections.abc import Callable
from pathlib import Path
import re

from homeassistant.helpers import config_validation as cv
import voluptuous as vol

from .findings import Findings, error
from .integration import Integration, flatten, read_json

PLACEHOLDER = re.compile(r"{(\w+)}")
URL = re.compile(r"(\w+://|\bwww\.)\S", re.IGNORECASE)
QUOTED_PLACEHOLDER = re.compile(r"'{\w+}'")


def _has_html(text: str) -> bool:
    """Tell whether Home Assistant sees HTML in a text."""
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
        yield from _check_same_keys(path, texts, english)
        for key, text in texts.items():
            yield from _check_text(f"{path.name}: {key}", text, english.get(key, text))


def _check_same_keys(path: Path, texts: dict[str, object], english: dict[str, object]) -> Findings:
    """Check that a language has the keys that English has."""
    yield from (error(f"{path.name}: {key} is not in en.json") for key in texts.keys() - english)
    yield from (error(f"{path.name}: {key} is missing") for key in english.keys() - texts)


def _check_text(name: str, text: object, english: object) -> Findings:
    """Check one text, and that its placeholders are those of the English one."""
    if not isinstance(text, str):
        yield error(f"{name} is no text")
        return
    yield from (error(f"{name} {fault}") for fault, has_fault in FAULTS.items() if has_fault(text))
    if set(PLACEHOLDER.findall(text)) != set(PLACEHOLDER.findall(str(english))):
        yield error(f"{name} has other placeholders than en.json")
