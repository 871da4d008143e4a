"""What the workflows of GitHub run is there, and is allowed to do what it does."""

from pathlib import Path
import re
from typing import Any

import pytest
import yaml

REPOSITORY = Path(__file__).parents[1]
WORKFLOWS = {path.stem: path for path in (REPOSITORY / ".github/workflows").glob("*.yml")}


def _read(name: str) -> dict[str, Any]:
    workflow: dict[str, Any] = yaml.safe_load(WORKFLOWS[name].read_text())
    return workflow


def _list_commands(job: dict[str, Any]) -> str:
    return "\n".join(step["run"] for step in job["steps"] if "run" in step)


@pytest.mark.parametrize("name", WORKFLOWS)
def test_scripts_are_there(name: str) -> None:
    """A script that a workflow runs is in the repository."""
    for job in _read(name)["jobs"].values():
        for script in re.findall(r"(?m)^\s*(scripts/[\w-]+)", _list_commands(job)):
            assert (REPOSITORY / script).is_file(), script


def test_who_adds_to_a_release_may() -> None:
    """A job may write only where it adds to the release."""
    for job in _read("release")["jobs"].values():
        writes = job.get("permissions", {}).get("contents") == "write"
        assert writes == ("gh release" in _list_commands(job))


def test_audit_is_strict_and_first() -> None:
    """What could not be asked about does not count as free of holes, and no zip comes before the audit."""
    jobs = _read("release")["jobs"]
    audits = re.findall(r"pip_audit (.*)", _list_commands(jobs["dependencies"]))
    assert audits
    assert all(audit.startswith("--strict ") for audit in audits)
    assert jobs["version"]["needs"] == "dependencies"
