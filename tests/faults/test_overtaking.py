"""What a PBX answers late undoes nothing that has happened meanwhile; `scripts/faults --late` tries more."""

import pytest

from .columns import COLUMNS, Column
from .overtaking import overtake

# Hours of faults, which on a slow machine take minutes.
pytestmark = pytest.mark.timeout(900)


@pytest.fixture(autouse=True)
def _real_network(socket_enabled: None) -> None:
    """Allow sockets to this machine."""


# Each jump of the clock waits for the thread of its script: minutes, only for `scripts/faults --late`.
SLOW = "ipcortex"


@pytest.mark.parametrize(
    "column",
    [
        pytest.param(column, id=name)
        for name, column in COLUMNS.items()
        if column.short is None and name != SLOW
    ],
)
def test_late_answers_undo_nothing(column: Column) -> None:
    """Each answer that is read again, and each of the opening, is older than what was told since."""
    result = overtake(column, alone=False)
    assert not result.problems
    # A search that finds no answers would find no faults either.
    assert len(result.reread) > 4
    assert len(result.opening) > 4
