"""Every word with which a session can refuse a command has a text for people."""

import ast
from collections.abc import Iterator
import json
from pathlib import Path

from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
import pytest

import custom_components.pbx as integration
from custom_components.pbx.errors import CALLERS_FAULT, REFUSALS, translated
from custom_components.pbx.protocols.errors import CommandFailed

ROOT = Path(integration.__file__).parent


def reasons() -> Iterator[str]:
    """Yield the reasons that the source of the protocols gives, from its tables too."""
    for path in (ROOT / "protocols").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Call(func=ast.Name(id="CommandFailed"), args=[reason, *_]):
                    yield from words(reason)
                case ast.Assign(targets=[ast.Name(id="_REASONS")], value=ast.Dict(values=table)):
                    yield from (word for reason in table for word in words(reason))


def words(node: ast.AST) -> Iterator[str]:
    """Yield the words that an expression can be."""
    match node:
        case ast.Constant(value=str(word)):
            yield word
        case ast.IfExp(body=first, orelse=second):
            yield from (*words(first), *words(second))
        case ast.Call(func=ast.Attribute(attr="get"), args=[_, default]):
            yield from words(default)


def texts() -> dict[str, dict[str, str]]:
    """Return the texts of all errors."""
    texts: dict[str, dict[str, str]] = json.loads((ROOT / "translations/en.json").read_text())["exceptions"]
    return texts


REASONS = sorted(set(reasons()))


def test_that_there_are_reasons() -> None:
    """The source is found and understood."""
    assert {"no_such_call", "no_such_value", "not_changed", "rejected"} <= set(REASONS)


@pytest.mark.parametrize("reason", REASONS)
def test_reason_has_a_text(reason: str) -> None:
    """The text is one of its own, without the word in it."""
    error = translated(CommandFailed(reason))
    assert error.translation_key != "command_failed"
    text = texts()[str(error.translation_key)]["message"]
    assert "{" not in text
    assert reason not in text
    assert isinstance(error, ServiceValidationError) == (reason in CALLERS_FAULT)


def test_text_without_a_reason() -> None:
    """No reason is kept that no session gives any more."""
    assert {*CALLERS_FAULT, *REFUSALS} == set(REASONS)


@pytest.mark.parametrize(
    "failed", [CommandFailed("not allowed on Sundays"), CommandFailed("rejected", "not allowed on Sundays")]
)
def test_words_of_the_pbx(failed: CommandFailed) -> None:
    """What the PBX says in its own words is passed on."""
    error = translated(failed)
    assert type(error) is HomeAssistantError
    assert error.translation_key == "command_failed"
    assert error.translation_placeholders == {"detail": "not allowed on Sundays"}
    assert "{detail}" in texts()["command_failed"]["message"]
