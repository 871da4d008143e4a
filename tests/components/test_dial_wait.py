"""Wait for what becomes of a call that an action makes, or let it ring for a while only."""

import asyncio
from datetime import timedelta
from typing import Any

from homeassistant.components import script
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed
import voluptuous as vol

from custom_components.pbx.const import DOMAIN
from tests.simulators.axeos import AxeosSimulator
from tests.simulators.axeos.call import Call
from tests.waiting import until

from .conftest import state_is

ANNA = "sensor.pbx_example_org_anna_de_vries_status"
BJORN = "sensor.desk_bjorn_status"
DESK = "sensor.desk_anna_status"
HUB = "sensor.pbx_example_org_active_calls"
OUTSIDE = "+31209876543"
SECONDS = 5

pytestmark = pytest.mark.usefixtures("loaded")


class Phones:
    """The phones of the office: Anna picks hers up at once, all others when they are told."""

    def __init__(self, hass: HomeAssistant, pbx: AxeosSimulator) -> None:
        self.hass = hass
        self.pbx = pbx
        self.desk = pbx.world.phone("desk-anna").uuid
        pbx.engine.default_behaviour = "manual"
        pbx.engine.behaviour[self.desk] = "answer"

    def dial(self, number: str = "202", **data: Any) -> asyncio.Task[dict[str, Any]]:
        """Begin to dial for Anna."""
        data = {"entity_id": ANNA, "number": number, **data}
        services = self.hass.services
        return self.hass.async_create_task(
            services.async_call(DOMAIN, "dial", data, blocking=True, return_response=True)
        )

    async def hang_up(self) -> None:
        """Hang up whatever Anna has."""
        await self.hass.services.async_call(DOMAIN, "hangup", {"entity_id": ANNA}, blocking=True)

    async def call(self) -> Call:
        """Return the call, once Home Assistant knows it."""
        await state_is(self.hass, HUB, "1")
        (call,) = self.pbx.engine.calls.values()
        return call

    def pass_time(self) -> None:
        """Let the time to wait be over."""
        async_fire_time_changed(self.hass, dt_util.utcnow() + timedelta(seconds=SECONDS + 1))

    async def rings(self, name: str) -> None:
        """Wait until a phone rings."""
        phone = self.pbx.world.phone(name)
        await until(lambda: phone in [leg.phone for leg in self.pbx.engine.deciding])


@pytest.fixture
def phones(hass: HomeAssistant, pbx: AxeosSimulator) -> Phones:
    """Return the phones of the office."""
    return Phones(hass, pbx)


async def test_answered(phones: Phones) -> None:
    """A colleague answers in time."""
    dial = phones.dial(wait=SECONDS)
    call = await phones.call()
    await phones.rings("desk-bjorn")
    assert not dial.done()
    phones.pbx.engine.release("desk-bjorn")
    assert await dial == {"result": "connected", "call_id": f"call-{call.unique_id}"}


async def test_rings_on(phones: Phones) -> None:
    """A colleague who has not answered when the time is over still can."""
    dial = phones.dial(wait=SECONDS)
    call = await phones.call()
    phones.pass_time()
    assert await dial == {"result": "ringing", "call_id": f"call-{call.unique_id}"}
    assert not call.finished


async def test_no_answer(phones: Phones) -> None:
    """The call ends before the time is over."""
    dial = phones.dial(wait=SECONDS)
    (await phones.call()).hangup()
    assert (await dial)["result"] == "no_answer"


async def test_outside(phones: Phones) -> None:
    """This PBX does not tell whether anybody outside answers, so that the end of a call says nothing."""
    dial = phones.dial(OUTSIDE, wait=SECONDS)
    (await phones.call()).hangup()
    assert (await dial)["result"] == "ended"


async def test_mobile_of_a_colleague(phones: Phones) -> None:
    """A colleague who takes the call outside is not told of either, but no phone rings any more."""
    dial = phones.dial(ring_for=SECONDS)
    call = await phones.call()
    await state_is(phones.hass, BJORN, "ringing")
    phones.pbx.engine.release("+31612345678")
    await state_is(phones.hass, BJORN, "idle")
    phones.pass_time()
    assert (await dial)["result"] == "connected"
    assert not call.finished


async def test_from_a_phone(phones: Phones) -> None:
    """The call of a phone is followed as that of its user is."""
    dial = phones.dial(entity_id=DESK, wait=SECONDS)
    await phones.rings("desk-bjorn")
    phones.pbx.engine.release("desk-bjorn")
    assert (await dial)["result"] == "connected"


@pytest.mark.parametrize("field", ["wait", "ring_for"])
async def test_busy(phones: Phones, field: str) -> None:
    """A call that does not come about is not waited for."""
    phones.pbx.engine.behaviour[phones.desk] = "busy"
    assert await phones.dial(**{field: SECONDS}) == {"result": "busy", "call_id": None}


async def test_lost_answer(phones: Phones) -> None:
    """Whether it rings is not known, and that is what is said."""
    phones.pbx.faults.lose_answer(path="/apis/pbx/call")
    with pytest.raises(HomeAssistantError) as error:
        await phones.dial(wait=SECONDS)
    assert error.value.translation_key == "outcome_unknown"


async def test_ring_for(phones: Phones) -> None:
    """A call that nobody answers in time is ended."""
    dial = phones.dial(ring_for=SECONDS)
    call = await phones.call()
    phones.pass_time()
    assert await dial == {"result": "no_answer", "call_id": f"call-{call.unique_id}"}
    assert call.finished


async def test_ring_for_that_is_answered(phones: Phones) -> None:
    """A call that is answered in time goes on."""
    dial = phones.dial(ring_for=SECONDS)
    call = await phones.call()
    await phones.rings("desk-bjorn")
    phones.pbx.engine.release("desk-bjorn")
    assert (await dial)["result"] == "connected"
    assert not call.finished


async def test_own_phone_that_nobody_picks_up(phones: Phones) -> None:
    """As long as the own phone rings the PBX names no call; once it does, nobody wants that any more."""
    phones.pbx.engine.behaviour[phones.desk] = "manual"
    dial = phones.dial(ring_for=SECONDS)
    await phones.rings("desk-anna")
    phones.pass_time()
    assert await dial == {"result": "no_answer", "call_id": None}
    phones.pbx.engine.release("desk-anna")
    await until(lambda: [sent for sent in phones.pbx.requests if sent.method == "DELETE"])
    await until(lambda: not phones.pbx.engine.calls)


async def test_hang_up_before_there_is_a_call(phones: Phones) -> None:
    """Hanging up counts for a call that the PBX is only about to make, also without waiting."""
    phones.pbx.engine.behaviour[phones.desk] = "manual"
    dial = phones.dial()
    await phones.rings("desk-anna")
    await phones.hang_up()
    phones.pbx.engine.release("desk-anna")
    assert (await dial)["result"] == "connected"
    assert not phones.pbx.engine.calls


async def test_call_that_is_left_and_fails(phones: Phones, caplog: pytest.LogCaptureFixture) -> None:
    """An error that comes after the wait is nobody's any more."""
    caplog.set_level("DEBUG", "custom_components.pbx")
    phones.pbx.engine.behaviour[phones.desk] = "manual"
    phones.pbx.faults.lose_answer(path="/apis/pbx/call")
    dial = phones.dial(wait=SECONDS)
    await phones.rings("desk-anna")
    phones.pass_time()
    assert await dial == {"result": "ringing", "call_id": None}
    phones.pbx.engine.release("desk-anna")
    await until(lambda: "A call that no action waits for was not made" in caplog.text)


async def test_wait_that_is_broken_off(phones: Phones) -> None:
    """A call whose script was stopped is made all the same, and can be ended."""
    phones.pbx.engine.behaviour[phones.desk] = "manual"
    dial = phones.dial(wait=SECONDS)
    await phones.rings("desk-anna")
    dial.cancel()
    phones.pbx.engine.release("desk-anna")
    call = await phones.call()
    await phones.hang_up()
    assert call.finished


async def test_other_calls_are_not_meant(phones: Phones) -> None:
    """A call that is made at the phone meanwhile is another one, which is left alone."""
    phones.pbx.engine.behaviour[phones.desk] = "manual"
    dial = phones.dial(ring_for=SECONDS)
    await phones.rings("desk-anna")
    own = phones.pbx.engine.outgoing("desk-anna", "+31611111111")
    await state_is(phones.hass, HUB, "1")
    phones.pass_time()
    assert await dial == {"result": "no_answer", "call_id": None}
    assert not own.finished


async def test_wait_or_ring(phones: Phones) -> None:
    """One of both is enough."""
    with pytest.raises(vol.Invalid):
        await phones.dial(wait=SECONDS, ring_for=SECONDS)


ESCALATION = [
    {
        "repeat": {
            "for_each": ["202", "290"],
            "sequence": [
                {
                    "action": "pbx.dial",
                    "target": {"entity_id": ANNA},
                    "data": {"number": "{{ repeat.item }}", "wait": SECONDS},
                    "response_variable": "call",
                },
                {
                    "if": "{{ call.result == 'connected' }}",
                    "then": [
                        {"event": "reached", "event_data": {"number": "{{ repeat.item }}"}},
                        {"stop": "Somebody has answered"},
                    ],
                },
                {
                    "if": "{{ call.result == 'ringing' }}",
                    "then": {"action": "pbx.hangup", "target": {"entity_id": ANNA}},
                },
            ],
        }
    },
    {"event": "nobody"},
]


async def test_escalation(hass: HomeAssistant, phones: Phones) -> None:
    """A script calls one after the other until somebody answers."""
    heard: list[tuple[str, Any]] = []
    for name in ("reached", "nobody"):
        hass.bus.async_listen(name, lambda event: heard.append((event.event_type, event.data.get("number"))))
    assert await async_setup_component(hass, script.DOMAIN, {"script": {"alarm": {"sequence": ESCALATION}}})
    await hass.services.async_call(script.DOMAIN, "alarm")
    first = await phones.call()
    await phones.rings("desk-bjorn")
    phones.pass_time()
    await phones.rings("lobby")
    assert first.finished
    phones.pbx.engine.release("lobby")
    await until(lambda: heard)
    assert heard == [("reached", 290)]
