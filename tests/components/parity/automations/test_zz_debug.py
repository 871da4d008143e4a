import asyncio
from tests.components.parity.doing import on
from tests.components.parity.teller import BJORN
from tests.components.parity.automations.test_dialing import pass_time
import pytest

@on("innovaphone")
async def test_a(hass, home, teller, anna):
    e = home.entity("registered")
    print("BEFORE", hass.states.get(e))
    teller.unregister()
    await asyncio.sleep(1)
    print("AFTER", hass.states.get(e))

@on("switchvox")
async def test_b(hass, home, teller, anna, doer):
    teller.dial("777")
    await asyncio.sleep(1)
    for x in anna.events["call"]: print("EV", dict(x))
    for k in sorted(doer._hass.states.async_entity_ids()): print(k)

@on("axeos")
async def test_c(hass, home, teller, anna, doer):
    t = hass.async_create_task(anna.run("pbx", "dial", "status", number="290", ring_for=10))
    await asyncio.sleep(1)
    for x in anna.events["call"]: print("EV", dict(x))
    pass_time(hass, 11)
    await asyncio.sleep(1)
    print("T", t.done() and t.result(), teller.calls())
    pbx = anna.config_entry.runtime_data
    for c in pbx.state.calls.open: print(c)

@on("switchvox")
async def test_d(hass, home, teller, anna, doer):
    t = hass.async_create_task(anna.run("pbx", "dial", "status", number=BJORN, ring_for=10))
    await asyncio.sleep(1)
    pass_time(hass, 11)
    await asyncio.sleep(1)
    print("T", t.done() and t.result(), teller.calls())
    t = hass.async_create_task(anna.run("pbx", "dial", "status", number=BJORN, ring_for=10))
    await asyncio.sleep(1)
    for x in anna.events["call"]: print("EV", dict(x))
