"""Have a genuine Asterisk on this machine, or say why there is none."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
import subprocess

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "asterisk"
# The newest one and the one that old offices run, by the release of Debian that has it.
SUITES = {22: "testing", 16: "bullseye"}
TIMEOUT = 280


@dataclass(frozen=True, slots=True)
class Installation:
    """An Asterisk and its telephones, unpacked in a folder."""

    version: int
    folder: Path

    @property
    def program(self) -> Path:
        """Return the server."""
        return self.folder / "bin" / "asterisk"

    @property
    def sipp(self) -> Path:
        """Return the program that plays many telephones."""
        return self.folder / "bin" / "sipp"

    @property
    def modules(self) -> str:
        """Return the folder of the modules."""
        return (self.folder / "moddir").read_text().strip()

    @property
    def data(self) -> str:
        """Return the folder of sounds and documentation."""
        return (self.folder / "datadir").read_text().strip()


@cache
def find(version: int) -> Installation | str:
    """Return an Asterisk of a version, unpacking it where it is not there yet, or why there is none."""
    try:
        done = subprocess.run(
            [SCRIPT, SUITES[version]], capture_output=True, text=True, check=False, timeout=TIMEOUT
        )
    except subprocess.TimeoutExpired:
        return f"unpacking Asterisk {version} takes too long: run scripts/asterisk {SUITES[version]}"
    if done.returncode:
        lines = done.stderr.strip().splitlines() or ["scripts/asterisk failed"]
        return lines[-1]
    return Installation(version, Path(done.stdout.strip()))


def need(version: int) -> Installation:
    """Return an Asterisk of a version; where it cannot be had, the test is skipped with the reason."""
    found = find(version)
    if isinstance(found, str):
        pytest.skip(found)
    return found
