"""The document about automations says what the tests show."""

from importlib import import_module

import pytest

from .document import DOCUMENT, render
from .plain import PLAIN
from .table import TABLE, Automation


def test_document_is_up_to_date() -> None:
    """The document is what the table makes of it."""
    assert DOCUMENT.read_text(encoding="utf-8") == render()


def test_whole_list() -> None:
    """All twenty-five are there, and no file is left over."""
    assert {automation.number for automation in TABLE} == set(range(1, 26))
    files = {file for automation in TABLE for file in automation.plain}
    assert files == {path.stem for path in PLAIN.glob("*.yaml")}


@pytest.mark.parametrize("automation", TABLE, ids=lambda automation: automation.name)
def test_each_is_tried(automation: Automation) -> None:
    """Each has a test on every system that can do it."""
    module = import_module(f"{__package__}.{automation.module}")
    marks = getattr(module, f"test_{automation.name}").pytestmark
    (systems,) = (mark.args[1] for mark in marks if mark.args[0] == "teller")
    assert {automation.test(system) for system in automation.systems} == {
        f"{automation.module}.py::test_{automation.name}[{system}]" for system in systems
    }
