"""Make what HACS installs: a zip of the integration, with the built cards, and the notes of its version."""

from argparse import ArgumentParser
import json
from pathlib import Path
import re
import sys
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

REPOSITORY = Path(__file__).resolve().parents[1]
INTEGRATION = Path("custom_components/pbx")
CARDS = INTEGRATION / "frontend/pbx-dashboard.js"
# The same for every file and machine, so that the same sources make the same zip.
TIMESTAMP = (2020, 1, 1, 0, 0, 0)
LEFT_OUT = frozenset({".pyc", ".map"})


class ReleaseError(Exception):
    """Something is missing without which no release may be made."""


def read_version(repository: Path) -> str:
    """Return the version of the manifest."""
    manifest = json.loads((repository / INTEGRATION / "manifest.json").read_text())
    return str(manifest["version"])


def read_notes(repository: Path, version: str) -> str:
    """Return what the changelog says of a version; raises ReleaseError where it says nothing."""
    text = (repository / "CHANGELOG.md").read_text()
    found = re.search(rf"^## {re.escape(version)}\b[^\n]*\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    notes = found.group(1).strip() if found else ""
    if not notes:
        raise ReleaseError(f"CHANGELOG.md says nothing of {version}")
    return notes


def list_files(repository: Path) -> list[Path]:
    """Return the files of the integration; raises ReleaseError where the cards are not built."""
    if not (repository / CARDS).is_file():
        raise ReleaseError(f"{CARDS} is missing: run scripts/build-frontend")
    return sorted(
        path
        for path in (repository / INTEGRATION).rglob("*")
        if path.is_file() and path.suffix not in LEFT_OUT and "__pycache__" not in path.parts
    )


def make_release(repository: Path, folder: Path) -> tuple[Path, Path]:
    """Write the zip that hacs.json names, and the notes beside it, into a folder; raises ReleaseError.

    HACS unpacks the zip into the folder of the integration, so nothing in it has a folder above.
    """
    notes = read_notes(repository, read_version(repository))
    files = list_files(repository)
    folder.mkdir(parents=True, exist_ok=True)
    archive = folder / json.loads((repository / "hacs.json").read_text())["filename"]
    with ZipFile(archive, "w", ZIP_DEFLATED, compresslevel=9) as package:
        for path in files:
            info = ZipInfo(path.relative_to(repository / INTEGRATION).as_posix(), TIMESTAMP)
            info.external_attr = 0o644 << 16
            info.compress_type = ZIP_DEFLATED
            package.writestr(info, path.read_bytes())
    written = folder / "notes.md"
    written.write_text(f"{notes}\n")
    return archive, written


def main() -> None:
    """Make a release of this repository."""
    parser = ArgumentParser(prog="scripts/release", description=__doc__)
    parser.add_argument("--to", type=Path, default=REPOSITORY / "dist", help="folder for zip and notes")
    options = parser.parse_args()
    try:
        archive, notes = make_release(REPOSITORY, options.to)
    except ReleaseError as err:
        sys.exit(f"No release: {err}")
    print(f"{archive}: {archive.stat().st_size} bytes, version {read_version(REPOSITORY)}; {notes}")


if __name__ == "__main__":
    main()
