"""Every fault once on every system; `scripts/faults` plays them one by one, with the whole story."""

import pytest

from .columns import COLUMNS, KEEPS_ORDER, Column
from .faults import FAULTS, Fault
from .marathon import is_played, is_short, run_marathon
from .outcome import Outcome
from .play import play

# Hours of faults, which on a slow machine take minutes.
pytestmark = pytest.mark.timeout(900)


@pytest.fixture(autouse=True)
def _real_network(socket_enabled: None) -> None:
    """Allow sockets to this machine."""


def judge(outcomes: list[Outcome]) -> None:
    """Fail at anything that must not be."""
    bad = [outcome for outcome in outcomes if not outcome.survived]
    assert not bad, "\n".join(f"{item.fault}: {item.problems}" for item in bad)


@pytest.mark.parametrize("column", COLUMNS.values(), ids=COLUMNS)
def test_one_session_survives_every_fault(column: Column) -> None:
    """After each, the session shows what a fresh one sees, and no moment came twice."""
    judge(run_marathon(column))


ALONE = [
    pytest.param(column, fault, id=f"{fault.name}-{column.name}")
    for column in COLUMNS.values()
    for fault in FAULTS.values()
    if column.name in fault.columns and is_played(column, fault) and not is_short(column, fault)
]


@pytest.mark.parametrize(("column", "fault"), ALONE)
def test_fault_that_needs_a_session_of_its_own(column: Column, fault: Fault) -> None:
    """Certificates, names and credentials that change."""
    judge([play(column, fault)])


def test_order_of_events() -> None:
    """Each column has its events reordered, or it is said why they cannot be."""
    played = FAULTS["events reordered"].columns
    said = {name for name in COLUMNS if any(name.startswith(known) for known in KEEPS_ORDER)}
    assert played | said == COLUMNS.keys()
    assert not played & said
