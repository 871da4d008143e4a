"""Read the files of the integration under check."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
import json
from pathlib import Path
from typing import Any

from .findings import Findings, error


@dataclass(frozen=True)
class Integration:
    """A repository and the one integration in it."""

    repository: Path
    folder: Path

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """Return the manifest."""
        return read_json(self.folder / "manifest.json")

    @cached_property
    def english(self) -> dict[str, Any]:
        """Return the English texts, which are the ones that count."""
        return read_json(self.folder / "translations" / "en.json")

    @cached_property
    def icons(self) -> dict[str, Any]:
        """Return the icons."""
        return read_json(self.folder / "icons.json")

    @cached_property
    def modules(self) -> dict[Path, ast.Module]:
        """Return the parsed Python files."""
        return {path: ast.parse(path.read_text()) for path in sorted(self.folder.rglob("*.py"))}


def integration_folders(repository: Path) -> list[Path]:
    """Return the folders of a repository that hold an integration."""
    return sorted(manifest.parent for manifest in repository.glob("custom_components/*/manifest.json"))


def read_json(path: Path) -> dict[str, Any]:
    """Return a JSON object, or an empty one where there is none to read."""
    try:
        data: dict[str, Any] = json.loads(path.read_text())
    except OSError, ValueError:
        return {}
    return data


def flatten(data: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the values of nested objects with their dotted paths."""
    for key, value in data.items():
        if isinstance(value, dict):
            yield from flatten(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def check_json(integration: Integration) -> Findings:
    """Check that every JSON file parses."""
    for path in sorted(integration.folder.rglob("*.json")):
        try:
            json.loads(path.read_text())
        except ValueError as problem:
            yield error(f"{path.name}: {problem}")
