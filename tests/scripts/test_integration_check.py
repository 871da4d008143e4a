"""Test that each rule of the integration check finds what violates it."""

import json
from pathlib import Path
import sys

import pytest

from scripts.integration_check.__main__ import main, run

from .integration_faults import ALL_FAULTS, Change
from .sample_repository import ENGLISH, SENSOR, change_file, write_repository


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Return a repository in which nothing is wrong."""
    write_repository(tmp_path)
    return tmp_path


def findings(repository: Path) -> list[str]:
    """Return what the check says."""
    return [finding.text for _, finding in run(repository)]


def test_finds_nothing_in_a_faultless_repository(repository: Path) -> None:
    """Test that no rule is broken by what is right."""
    assert findings(repository) == []


@pytest.mark.parametrize(("expected", "name", "change"), ALL_FAULTS)
def test_finds_a_fault(repository: Path, expected: str, name: str, change: Change) -> None:
    """Test that the rule which a change violates says so."""
    change_file(repository, name, change)
    assert any(expected in text for text in findings(repository))


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("manifest.json", {"dependencies": ["hue"]}),
        ("hue.py", '"""Support for hue."""\n'),
    ],
)
def test_allows_an_import_that_is_named(repository: Path, name: str, change: Change) -> None:
    """Test that a dependency and an own module for a component allow its import."""
    change_file(repository, "sensor.py", SENSOR + "from homeassistant.components.hue import x\n")
    change_file(repository, name, change)
    assert not any("imports hue" in text for text in findings(repository))


def test_allows_an_import_for_typing(repository: Path) -> None:
    """Test that an import for type checkers needs no dependency."""
    typing_only = "if TYPE_CHECKING:\n    from homeassistant.components.hue import x\n"
    change_file(repository, "sensor.py", SENSOR + typing_only)
    assert findings(repository) == []


@pytest.mark.parametrize(
    "source",
    [
        "class Fault(StrEnum):\n    TOO_LATE = auto()\n",
        'class Fault(StrEnum):\n    LATE = "too_late"\n',
        'HomeAssistantError(translation_domain="sample", translation_key=f"too_{fault}")\n',
    ],
)
def test_counts_a_computed_key_as_used(repository: Path, source: str) -> None:
    """Test that keys out of enums and f-strings are used."""
    change_file(repository, "const.py", source)
    for language in "en.json", "nl.json":
        change_file(repository, language, {"exceptions": {"too_late": {"message": "Too late."}}})
    assert findings(repository) == []


@pytest.mark.parametrize("text", ["Axeos PBX at {name}: OAuth, HTTPS, API", "Axeos PBX status {name}"])
def test_allows_the_same_text_where_names_are_left(repository: Path, text: str) -> None:
    """Test that names, abbreviations, placeholders and a word or two may be as in English."""
    for language in "en.json", "nl.json":
        change_file(repository, language, {"issues": {"no_right": {"title": text}}})
    assert findings(repository) == []


@pytest.mark.parametrize(
    ("name", "change", "exit_code", "summary"),
    [
        ("README.md", "Sample", 0, "0 errors, 0 warnings"),
        ("strings.json", json.dumps(ENGLISH), 0, "0 errors, 1 warnings"),
        ("README.md", None, 1, "1 errors, 0 warnings"),
        ("manifest.json", None, 1, "no integration in"),
    ],
)
def test_exit_code(
    repository: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    change: Change,
    exit_code: int,
    summary: str,
) -> None:
    """Test that errors fail the command and warnings do not."""
    change_file(repository, name, change)
    monkeypatch.setattr(sys, "argv", ["integration_check", str(repository)])
    assert main() == exit_code
    assert summary in capsys.readouterr().out
