"""What Home Assistant itself does at the wrong moment: reload, unload, stop in every phase."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
import logging
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pbx.const import DOMAIN
from tests.components.conftest import clock  # noqa: F401
from tests.components.parity.teller import CARLA, Teller
from tests.simulators.common.clock import Clock
from tests.waiting import until

from .columns import COLUMNS, Column
from .frames import NoUpgrade
from .proxy import Proxy
from .weather import Delay, Refused, Silence

# A session has five seconds to say goodbye, and more than that nobody waits for it; the rest is for
# machines that are slow.
PATIENCE = 30.0


@pytest.fixture(autouse=True)
def _real_network(socket_enabled: None, enable_custom_integrations: None) -> None:
    """Allow sockets to this machine, and our integration."""


@dataclass(slots=True)
class Place:
    """A PBX behind a proxy, and the entry for it."""

    hass: HomeAssistant
    teller: Teller
    proxy: Proxy
    entry: MockConfigEntry
    lists_calls: bool

    async def set_up(self) -> None:
        """Set the entry up."""
        if self.entry.state is not ConfigEntryState.LOADED:
            await self.hass.config_entries.async_reload(self.entry.entry_id)
        assert self.entry.state is ConfigEntryState.LOADED, self.entry.reason
        await self.hass.async_block_till_done()
        await until(lambda: self.teller.ready)

    def calls(self) -> int:
        """Return how many calls the entry shows."""
        return len(list(self.entry.runtime_data.state.calls.open))

    @property
    def used(self) -> int:
        """Return how many connections are open, without those that wait for their next use."""
        connector: Any = async_get_clientsession(self.hass).connector
        return len(self.proxy.pipes) - sum(len(idle) for idle in connector._conns.values())

    def pbx_tasks(self) -> list[str]:
        """Return the names of our tasks that run."""
        return [task.get_name() for task in asyncio.all_tasks() if task.get_name().startswith(DOMAIN)]


@asynccontextmanager
async def place_of(hass: HomeAssistant, column: Column) -> AsyncIterator[Place]:
    """Run a PBX behind a proxy, with an entry that is not set up yet."""
    teller = column.teller()
    async with teller.pbx, Proxy(teller.pbx.host, teller.pbx.port) as proxy:
        teller.time_jumps()
        connection = {"host": proxy.host, "port": proxy.port, "tls": False, "trust": "verify"}
        data = {**teller.login, **column.login, **connection, "provisional_id": True}
        entry = MockConfigEntry(domain=DOMAIN, title="Office PBX", unique_id="made-up", data=data)
        entry.add_to_hass(hass)
        yield Place(hass, teller, proxy, entry, column.lists_calls)
        await proxy.calm()
        if entry.state is ConfigEntryState.LOADED:
            assert await hass.config_entries.async_unload(entry.entry_id)


# A genuine server would only say once more what the simulated one says.
ALONE = {name: column for name, column in COLUMNS.items() if column.short is None}


@pytest.fixture(params=ALONE.values(), ids=ALONE)
async def place(
    hass: HomeAssistant,
    request: pytest.FixtureRequest,
    clock: Clock,  # noqa: F811
) -> AsyncIterator[Place]:
    """Run each PBX in turn, while time passes quickly for its session."""
    async with place_of(hass, request.param) as place, clock.hurrying():
        yield place


# The phases of a connection


async def _nothing(place: Place) -> None:
    """Let everything be well."""


async def _in_a_call(place: Place) -> None:
    place.teller.ring()
    await until(place.calls)


async def _in_an_outage(place: Place) -> None:
    await place.proxy.turn(Refused())
    await until(lambda: not place.entry.runtime_data.connected)


async def _in_a_silence(place: Place) -> None:
    await place.proxy.turn(Silence())


async def _while_opening_again(place: Place) -> None:
    accepted = place.proxy.accepted
    await place.proxy.turn(Delay(60))
    place.proxy.drop_all()
    await until(lambda: place.proxy.accepted > accepted)


async def _while_upgrading(place: Place) -> None:
    """Have the next request for a WebSocket wait for its answer; others pass."""
    accepted = place.proxy.accepted
    await place.proxy.turn(NoUpgrade(None))
    await until(lambda: place.proxy.accepted > accepted)


PHASES = (_nothing, _in_a_call, _in_an_outage, _in_a_silence, _while_opening_again, _while_upgrading)


# What Home Assistant does


async def _unload(place: Place) -> None:
    assert await place.hass.config_entries.async_unload(place.entry.entry_id)


async def _reload_and_unload(place: Place) -> None:
    """Reload, which fails where the PBX cannot be reached, and unload whatever came of that."""
    await place.hass.config_entries.async_reload(place.entry.entry_id)
    await _unload(place)


async def _stop(place: Place) -> None:
    """Stop as Home Assistant does, which unloads nothing."""
    place.hass.bus.async_fire(EVENT_HOMEASSISTANT_STOP)
    await until(lambda: place.used <= 0)
    await _unload(place)


@pytest.mark.parametrize("leave", [_unload, _reload_and_unload, _stop], ids=["unload", "reload", "stop"])
async def test_leaving_in_every_phase(
    place: Place, leave: Callable[[Place], Awaitable[None]], caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever the connection is doing, also opening, it ends in time and leaves no task and no socket."""
    for phase in PHASES:
        await place.set_up()
        await phase(place)
        if leave is _reload_and_unload:
            # What is set up anew would wait for the network as long as it may.
            await place.proxy.calm()
        async with asyncio.timeout(PATIENCE):
            await leave(place)
        await place.proxy.calm()
        await until(lambda: place.used <= 0)
        assert place.pbx_tasks() == [], phase.__name__
        if place.teller.calls():
            place.teller.hang_up()
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []


async def test_restart_in_mid_call(place: Place) -> None:
    """A call that was open before is shown after it where the PBX can be asked for it, and ends."""
    await place.set_up()
    await _in_a_call(place)
    place.teller.answer()
    assert await place.hass.config_entries.async_reload(place.entry.entry_id)
    await place.set_up()
    if place.lists_calls:
        await until(lambda: place.calls() == 1)
    place.teller.hang_up()
    await until(lambda: place.calls() == 0)


async def test_two_entries_to_one_pbx(place: Place) -> None:
    """The second entry says that the PBX is set up already, holds no connection, and the first goes on."""
    await place.set_up()
    info = place.entry.runtime_data.info
    place.hass.config_entries.async_update_entry(place.entry, unique_id=info.id)
    connected = place.used
    again = MockConfigEntry(
        domain=DOMAIN,
        title="Again",
        unique_id="made-up as well",
        data={**place.entry.data, "provisional_id": True},
    )
    again.add_to_hass(place.hass)
    assert not await place.hass.config_entries.async_setup(again.entry_id)
    assert again.state is ConfigEntryState.SETUP_ERROR
    await until(lambda: place.used <= connected)
    assert place.entry.runtime_data.connected
    await _in_a_call(place)
    place.teller.hang_up()
    await until(lambda: place.calls() == 0)


async def test_one_line_each_way(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    """An outage is one line when it begins and one when it ends, and no line holds a secret or a number."""
    await place.set_up()
    caplog.clear()
    await _in_a_call(place)
    await _in_an_outage(place)
    await place.proxy.calm()
    hub: Any = place.entry.runtime_data
    await until(lambda: hub.connected)
    ours = [
        record
        for record in caplog.records
        if record.name.startswith("custom_components.pbx") and record.levelno >= logging.INFO
    ]
    assert [record.getMessage().split(":")[0] for record in ours] == [
        "The PBX Office PBX is not connected any more",
        "The PBX Office PBX is connected",
    ]
    secrets = {"password", "api_key", "client_secret", "admin_password", "auth_key"} & place.entry.data.keys()
    forbidden = [CARLA.removeprefix("+31"), *(place.entry.data[name] for name in secrets)]
    # What Home Assistant itself says of every state is nothing that a log has at this level.
    said = "\n".join(record.getMessage() for record in caplog.records if record.levelno >= logging.INFO)
    said += "\n".join(record.getMessage() for record in caplog.records if "pbx" in record.name)
    assert not [name for name in forbidden if name in said]
