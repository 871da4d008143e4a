"""A simulated PBX, and the integration set up for it."""

from asyncio import AbstractEventLoop, _get_running_loop
from collections.abc import AsyncIterator, Iterator
from functools import partial
from importlib import import_module
from logging import WARNING, Handler, LogRecord, getLogger
from ssl import SSLError
from types import ModuleType
from typing import Any, override

from homeassistant import block_async_io
from homeassistant.const import CONF_HOST, CONF_PORT, Platform
from homeassistant.core import HomeAssistant
from homeassistant.util import loop as util_loop
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.syrupy import HomeAssistantSnapshotExtension
from syrupy.assertion import SnapshotAssertion

from custom_components.pbx.const import CONF_LOGIN, CONF_SYSTEM, CONF_TLS, CONF_TRUST, DOMAIN, PLATFORMS
from custom_components.pbx.hub import lazy_module
from custom_components.pbx.protocols.session import Link
from tests.simulators.axeos import AxeosSimulator
from tests.simulators.axeos.small_world import small_world
from tests.simulators.common.clock import Clock
from tests.waiting import until

from .text_check import TextCheck

# How Home Assistant begins what it writes to the log about a call that blocks.
BLOCKING = "inside the event loop by custom integration"


@pytest.fixture(autouse=True)
def _real_network(socket_enabled: None, enable_custom_integrations: None) -> None:
    """Allow sockets to this machine, and our integration."""


class Blockings(Handler):
    """What is said of the integration while an event loop runs; a test without one may block.

    `caplog` would have every test write down all that Home Assistant says for the finding of faults.
    """

    def __init__(self) -> None:
        super().__init__(WARNING)
        self.found: list[str] = []

    @override
    def emit(self, record: LogRecord) -> None:
        is_of_ours = record.name == lazy_module.__name__ or BLOCKING in record.getMessage()
        if _get_running_loop() is not None and is_of_ours:
            self.found.append(record.getMessage())


async def _import_module_later(hass: HomeAssistant, name: str) -> ModuleType:
    """Return a module after a turn in the executor, also where it is imported already."""
    return await hass.async_add_import_executor_job(import_module, name)


@pytest.fixture(autouse=True)
def blockings(monkeypatch: pytest.MonkeyPatch, disable_block_async_io: None) -> Iterator[Blockings]:
    """Fail where the integration holds up the event loop, which Home Assistant notices where people run it.

    What it does not even allow itself is left out: the tests start servers and programs in the same loop.
    """
    calls = tuple(one for one in block_async_io._BLOCKING_CALLS if not one.strict)
    monkeypatch.setattr(block_async_io, "_BLOCKING_CALLS", calls)
    monkeypatch.setattr(block_async_io, "_IN_TESTS", False)
    block_async_io.enable()
    # Of each place it is said once that it blocks, so what another test said is forgotten.
    said = util_loop._PREVIOUSLY_REPORTED
    said -= {place for place in said if place[0] == DOMAIN}
    # So is what another test has loaded, and it takes its time as in a process that has nothing yet.
    monkeypatch.setattr(lazy_module, "_loaded", set())
    monkeypatch.setattr(lazy_module, "async_import_module", _import_module_later)
    blockings, loggers = Blockings(), [getLogger(module.__name__) for module in (util_loop, lazy_module)]
    for logger in loggers:
        logger.addHandler(blockings)
    yield blockings
    for logger in loggers:
        logger.removeHandler(blockings)
    assert not blockings.found


@pytest.fixture(autouse=True)
def text_check(monkeypatch: pytest.MonkeyPatch) -> Iterator[TextCheck]:
    """Fail where something is shown that has no text, or no icon."""
    check = TextCheck()
    check.watch(monkeypatch)
    yield check
    assert not check.faults


@pytest.fixture
def entity_registry_enabled_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    """Show also what is hidden unless somebody wants it."""
    monkeypatch.setattr(
        "homeassistant.helpers.entity.Entity.entity_registry_enabled_default", property(lambda self: True)
    )


@pytest.fixture
def broken_handshakes(hass: HomeAssistant) -> Iterator[None]:
    """Let handshakes that the client breaks off be no error of the simulator, which runs in the same loop."""
    before = hass.loop.get_exception_handler()
    assert before is not None

    def handle(loop: AbstractEventLoop, context: dict[str, Any]) -> None:
        if not isinstance(context.get("exception"), ConnectionError | SSLError):
            before(loop, context)

    hass.loop.set_exception_handler(handle)
    yield
    hass.loop.set_exception_handler(before)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Return the clock of the session and its keeper, which can be turned."""
    clock = Clock()
    monkeypatch.setattr("custom_components.pbx.config.connection.Link", partial(Link, clock=clock))
    monkeypatch.setattr("custom_components.pbx.protocols.keeper.Clock", lambda: clock)
    return clock


@pytest.fixture
async def hurry(clock: Clock) -> AsyncIterator[None]:
    """Let time pass faster than it does for the session."""
    async with clock.hurrying():
        yield


@pytest.fixture
async def pbx() -> AsyncIterator[AxeosSimulator]:
    """Run a simulated PBX; no test may break its protocol."""
    async with AxeosSimulator(world=small_world(), v1=False).faultless() as simulator:
        yield simulator


@pytest.fixture
def platforms() -> list[Platform]:
    """Name the platforms to set up; a test of one platform overrides this."""
    return PLATFORMS


@pytest.fixture
def entry_data(pbx: AxeosSimulator) -> dict[str, Any]:
    """Return what the config flow would keep."""
    return {
        CONF_SYSTEM: "axeos",
        CONF_LOGIN: "axeos_api_key",
        CONF_HOST: pbx.host,
        CONF_PORT: pbx.port,
        CONF_TLS: False,
        CONF_TRUST: "verify",
        "api_key": pbx.world.api_keys[0],
        "provisional_id": False,
    }


@pytest.fixture
def entry(hass: HomeAssistant, pbx: AxeosSimulator, entry_data: dict[str, Any]) -> MockConfigEntry:
    """Return a config entry for the simulated PBX."""
    entry = MockConfigEntry(
        domain=DOMAIN, title="Office PBX", unique_id=pbx.world.system.uuid, data=entry_data, options={}
    )
    entry.add_to_hass(hass)
    return entry


@pytest.fixture
async def loaded(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    platforms: list[Platform],
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> MockConfigEntry:
    """Set the integration up."""
    monkeypatch.setattr("custom_components.pbx.PLATFORMS", platforms)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    return entry


@pytest.fixture
def snapshot(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """Leave out of snapshots what differs from run to run."""
    return snapshot.use_extension(HomeAssistantSnapshotExtension)


async def state_is(hass: HomeAssistant, entity_id: str, value: str) -> None:
    """Wait until an entity shows a value."""
    await until(lambda: (state := hass.states.get(entity_id)) is not None and state.state == value)
