"""Test what is imported for one PBX, in a process of its own."""

import pytest

from custom_components.pbx.protocols.registry import SYSTEMS

from .imports import measure_import, try_lazy_modules


@pytest.mark.parametrize("system", ["axeos", "ipcortex"])
async def test_only_what_a_system_needs_is_imported(system: str) -> None:
    """Test that nothing of other makes is imported, and no library before it is needed."""
    assert system in SYSTEMS
    cost = await measure_import(system, runs=1, warm_up=0)
    assert cost.strangers == ()
    assert cost.milliseconds > 0
    assert cost.mebibytes > 0
    assert min(cost.used) > 0
    assert {"hub", "protocols", f"protocols.{system}"} <= cost.groups.keys()
    assert sum(milliseconds for milliseconds, _ in cost.groups.values()) <= cost.milliseconds * 1.5
    assert all(kibibytes > 0 for _, kibibytes in cost.groups.values())


@pytest.mark.parametrize("system", SYSTEMS)
async def test_every_first_use(system: str) -> None:
    """Test that what is not there at the start loads where it is the first thing to be used, whole."""
    lazy = await try_lazy_modules(system)
    assert {name for name, loads in lazy.items() if not loads} == set()
    assert {"phonenumbers", "custom_components.pbx.services.calls"} <= lazy.keys()
