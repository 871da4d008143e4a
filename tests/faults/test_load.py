"""The measurement of the load goes through all of its phases, and leaves nothing."""

import pytest

from custom_components.pbx.protocols.registry import SYSTEMS

from .load import measure_load


@pytest.fixture(autouse=True)
def _real_network(socket_enabled: None) -> None:
    """Allow what a second Home Assistant needs."""


async def test_phases() -> None:
    """A small PBX takes no long pieces of work, and a bare entry goes through the same."""
    known = dict(SYSTEMS)
    phases = await measure_load(20, pbxs=2, seconds=1, calls=40)
    names = [phase.name for phase in phases]
    assert len(names) == len(set(names)) == 16
    assert {name.removeprefix("bare entry: ") for name in names} >= {"reload", "unload", "removal"}
    assert all(phase.took > 0 and phase.longest > 0 for phase in phases)
    # A make that is left would be offered to whoever adds a PBX in the tests after this one.
    assert known == SYSTEMS
