"""The table of what is used of the vendor's page names tests that exist, and a reason where there is none."""

from pathlib import Path
import re

import pytest

FOLDER = Path(__file__).parent
TABLE = FOLDER.parents[2] / "docs/coverage/axeos.md"
ROWS = [line for line in TABLE.read_text().splitlines() if line.startswith("| ") and "---" not in line]
NAMED = sorted(set(re.findall(r"`(test_\w+\.py)::(test_\w+)`", TABLE.read_text())))


@pytest.mark.parametrize(("file", "name"), NAMED)
def test_named_test_exists(file: str, name: str) -> None:
    """A line that claims to be shown by a test is."""
    assert re.search(rf"^(async )?def {name}\(", (FOLDER / file).read_text(), re.MULTILINE)


@pytest.mark.parametrize("row", ROWS)
def test_line_has_a_test_or_a_reason(row: str) -> None:
    """No line is left without an answer."""
    _, line, answer, _ = (part.strip() for part in row.split("|"))
    assert line
    assert answer
