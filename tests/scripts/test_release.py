"""The zip of a release is what HACS unpacks: the integration itself, whole and with its cards."""

import json
from pathlib import Path
import shutil
from zipfile import ZipFile

import pytest

from scripts.release_package import (
    CARDS,
    INTEGRATION,
    REPOSITORY,
    ReleaseError,
    make_release,
    read_notes,
    read_version,
)


def test_zip(tmp_path: Path) -> None:
    """The zip has what the repository keeps of the integration, at its top, and is the same each time."""
    archive, notes = make_release(REPOSITORY, tmp_path)
    hacs = json.loads((REPOSITORY / "hacs.json").read_text())
    assert hacs["zip_release"] is True
    assert archive.name == hacs["filename"]
    with ZipFile(archive) as package:
        names = set(package.namelist())
        manifest = json.loads(package.read("manifest.json"))
    assert manifest["version"] == read_version(REPOSITORY)
    assert CARDS.relative_to(INTEGRATION).as_posix() in names
    assert {"__init__.py", "brand/icon.png", "translations/en.json", "protocols/axeos/http.py"} <= names
    assert not [
        name for name in names if "__pycache__" in name or name.startswith(("/", "custom_components"))
    ]
    assert notes.read_text().strip() == read_notes(REPOSITORY, manifest["version"])
    first = archive.read_bytes()
    assert make_release(REPOSITORY, tmp_path)[0].read_bytes() == first


def copied(folder: Path) -> Path:
    """Return a copy of what a release is made of."""
    shutil.copytree(REPOSITORY / INTEGRATION, folder / INTEGRATION)
    for name in ("hacs.json", "CHANGELOG.md"):
        shutil.copy(REPOSITORY / name, folder / name)
    return folder


def test_refusals(tmp_path: Path) -> None:
    """Neither a version without notes nor an integration without its cards is released."""
    repository = copied(tmp_path)
    (repository / "CHANGELOG.md").write_text("# Changelog\n\n## 0.0.1\n\nNothing.\n")
    with pytest.raises(ReleaseError, match="says nothing"):
        make_release(repository, tmp_path / "dist")
    shutil.copy(REPOSITORY / "CHANGELOG.md", repository)
    (repository / CARDS).unlink()
    with pytest.raises(ReleaseError, match="build-frontend"):
        make_release(repository, tmp_path / "dist")
