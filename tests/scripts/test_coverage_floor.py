"""Test the coverage floor."""

import json
from pathlib import Path
import sys
from typing import Any

import pytest

from scripts.coverage_floor import main


def module(percent: float, *missing: int) -> dict[str, Any]:
    """Return what a coverage report says of one module."""
    return {"summary": {"percent_covered": percent}, "missing_lines": list(missing)}


@pytest.mark.parametrize(
    ("files", "exit_code", "lines"),
    [
        ({"pbx/sensor.py": module(95.0, 4)}, 0, []),
        ({"pbx/config_flow.py": module(100.0)}, 0, []),
        (
            {"pbx/sensor.py": module(94.9, 3, 4, 5, 9)},
            1,
            ["pbx/sensor.py: 94.9 %, not 95 %; missing lines 3-5, 9"],
        ),
        (
            {"pbx/config_flow.py": module(99.0, 7)},
            1,
            ["pbx/config_flow.py: 99.0 %, not 100 %; missing lines 7"],
        ),
    ],
)
def test_floor(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    files: dict[str, Any],
    exit_code: int,
    lines: list[str],
) -> None:
    """Test that modules below their floor are named and fail the command."""
    report = tmp_path / "coverage.json"
    report.write_text(json.dumps({"files": files, "totals": {"percent_covered": 97.25}}))
    monkeypatch.setattr(sys, "argv", ["coverage_floor.py", str(report)])
    assert main() == exit_code
    summary = f"coverage 97.2 %, {exit_code} modules below their floor"
    assert capsys.readouterr().out.splitlines() == [*lines, summary]
