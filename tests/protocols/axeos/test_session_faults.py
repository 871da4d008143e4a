"""How a session gets over whatever goes wrong on the way to a PBX."""

from typing import Any

import pytest

from custom_components.pbx.protocols.axeos.event_stream import SHORTEST_POLL
from custom_components.pbx.protocols.enums import LineStatus, NoticeCode
from custom_components.pbx.protocols.session import PbxSession
from tests.simulators.axeos import AxeosSimulator
from tests.simulators.common.clock import Clock
from tests.waiting import until

from .client import Client, client_for

FAULTS = ["drop_connection", "error", "html", "garbage", "truncated", "cut", "wrong_types"]


@pytest.mark.parametrize("fault", FAULTS)
async def test_poll_that_fails_is_repeated_with_the_same_number(
    pbx: AxeosSimulator, client: Client, fault: str
) -> None:
    """Whatever spoils one poll, no event is lost and nobody is told of a loss."""
    anna, desk = pbx.world.user("anna"), pbx.world.phone("desk-anna")
    pbx.set_phone_status(desk, 1)
    await until(lambda: client.phone(desk).status is LineStatus.TALKING)
    pbx.faults.add(fault, path="/apis/pbx/events", times=1)
    call = pbx.engine.incoming(number="+31201234567", extension="201")
    call.ring(anna)
    call.hangup()
    await until(lambda: client.story(anna)[-1:] == ["missed"])
    assert client.story(anna) == ["ringing", "missed"]
    assert client.errors == []


async def test_event_that_cannot_be_read(pbx: AxeosSimulator, client: Client) -> None:
    """One event that spoils each answer it is in is left out; no other one is, and no call."""
    anna, desk = pbx.world.user("anna"), pbx.world.phone("desk-anna")
    pbx.set_phone_status(desk, 1)
    await until(lambda: client.phone(desk).status is LineStatus.TALKING)
    # After its very first event alone, a PBX that breaks off may have restarted, and is asked from the start.
    pbx.set_phone_status(desk, 0)
    await until(lambda: client.phone(desk).status is LineStatus.IDLE)
    pbx.faults.spoil_event(pbx.events.next_seq + 1)
    pbx.faults.slow(0.2, path="/apis/pbx/events", times=1)
    pbx.events.drop_pollers()
    pbx.set_phone_status("desk-bjorn", 1)
    pbx.set_phone_status("hot-1", 1)
    call = pbx.engine.incoming(number="+31201234567", extension="201").ring(anna)
    await until(lambda: client.story(anna) == ["ringing"])
    for name in ("desk-bjorn", "hot-1"):
        phone = pbx.world.phone(name)
        await until(lambda phone=phone: client.phone(phone).status is LineStatus.TALKING)  # type: ignore[misc]
    await until(lambda: client.session.statistics()["unknown_event_types"] == {"unreadable": 1})
    assert [known.id for known in client.state.calls.open] == [call.unique_id]
    assert client.opened <= 2


@pytest.mark.parametrize("fault", [{"kind": "html"}, {"kind": "answer", "body": None}, {"kind": "garbage"}])
async def test_page_in_place_of_events(pbx: AxeosSimulator, client: Client, fault: dict[str, Any]) -> None:
    """While nothing of the PBX can be read, no event is left out."""
    anna, desk = pbx.world.user("anna"), pbx.world.phone("desk-anna")
    pbx.set_phone_status(desk, 1)
    await until(lambda: client.phone(desk).status is LineStatus.TALKING)
    page = pbx.faults.add(path="/apis/pbx", **fault)
    pbx.events.drop_pollers()
    pbx.engine.incoming(number="+31201234567", extension="201").ring(anna).hangup()
    await until(lambda: page.hits > 3)
    pbx.faults.clear()
    await until(lambda: client.story(anna) == ["ringing", "missed"])
    assert not client.session.statistics()["unknown_event_types"]


async def test_open_call_survives_a_reconnect(pbx: AxeosSimulator, client: Client) -> None:
    """Events go on where they broke off, so a call that was open is still the same call."""
    anna = pbx.world.user("anna")
    call = pbx.engine.incoming(number="+31201234567", extension="201")
    call.ring(anna)
    await until(lambda: client.story(anna) == ["ringing"])
    pbx.events.drop_pollers()
    call.answer(anna)
    await until(lambda: client.story(anna) == ["ringing", "answered"])


async def test_call_that_went_with_a_restart(pbx: AxeosSimulator, client: Client) -> None:
    """A PBX that was off knows nothing of the calls from before, and says so when it is asked."""
    anna, bjorn = pbx.world.user("anna"), pbx.world.user("bjorn")
    pbx.engine.incoming(number="+31201234567", extension="201").ring(anna)
    await until(lambda: client.story(anna) == ["ringing"])
    await pbx.stop()
    pbx.engine.lose_calls()
    pbx.engine.incoming(number="+31201234568", extension="202").ring(bjorn)
    await pbx.start()
    await until(lambda: client.story(anna) == ["ringing", "ended"])
    assert client.story(bjorn) == ["ringing"]
    assert [call.called.number for call in client.state.calls.open] == ["202"]


async def test_restart_begins_at_zero(pbx: AxeosSimulator, client: Client) -> None:
    """A PBX that restarted counts from zero; the session follows it."""
    anna, desk = pbx.world.user("anna"), pbx.world.phone("desk-anna")
    pbx.engine.incoming(number="+31201234567", extension="201").ring(anna)
    await until(lambda: client.story(anna) == ["ringing"])
    pbx.engine.lose_calls()
    pbx.events.restart()
    await pbx.events.wait_for_pollers()
    pbx.set_phone_status(desk, 4)
    await until(lambda: client.phone(desk).status is LineStatus.OFFLINE)
    await until(lambda: client.story(anna)[-1:] == ["ended"])


async def test_thousand_events_in_one_answer(pbx: AxeosSimulator, client: Client) -> None:
    """A full buffer arrives in one answer and is taken in order."""
    desk = pbx.world.phone("desk-anna")
    pbx.faults.slow(0.2, path="/apis/pbx/events", times=1)
    pbx.events.drop_pollers()
    for number in range(1000):
        pbx.set_phone_status(desk, (1, 8)[number % 2])
    pbx.set_phone_status(desk, 0)
    await until(lambda: client.phone(desk).status is LineStatus.IDLE and len(client.raw_events()) >= 1000)


async def test_start_ignores_what_is_in_the_buffer(pbx: AxeosSimulator) -> None:
    """Calls from before anybody looked are no news."""
    anna = pbx.world.user("anna")
    async with client_for(pbx):
        await pbx.events.wait_for_pollers()
        call = pbx.engine.incoming(number="+31201234567", extension="201")
        call.ring(anna)
        call.hangup()
    async with client_for(pbx) as client:
        await pbx.events.wait_for_pollers()
        assert client.moments == []
        assert client.raw_events() == []


async def test_pbx_that_comes_back(pbx: AxeosSimulator, client: Client) -> None:
    """A PBX that was off is found again; that it was gone is told once it did not come back at once."""
    desk = pbx.world.phone("desk-anna")
    await pbx.stop()
    await until(lambda: client.errors)
    await pbx.start()
    await until(lambda: client.opened > 1)
    await pbx.events.wait_for_pollers()
    pbx.set_phone_status(desk, 8)
    await until(lambda: client.phone(desk).status is LineStatus.RINGING)


async def test_changed_credentials_stop_the_attempts(pbx: AxeosSimulator, client: Client) -> None:
    """A refused login is tried once more, for a PBX that was just starting, and then left alone."""
    pbx.faults.refuse_logins = True
    pbx.events.drop_pollers()
    await client.wait_until_refused()
    refused = len(pbx.requests)
    assert client.opened == 1
    assert len(pbx.requests) == refused


async def test_unknown_event_is_kept_by_name(pbx: AxeosSimulator, client: Client) -> None:
    """What nobody knows is counted by its name and makes the lists be read again."""
    pbx.clear_requests()
    pbx.events.append("lunar_eclipse", darkness=7)
    await until(lambda: any(request.path.endswith("/switches") for request in pbx.requests))
    assert client.session.statistics()["unknown_event_types"] == {"lunar_eclipse": 1}
    assert client.raw_events()[-1].understood is False


async def test_opaque_names_are_told_by_shape_and_reported(pbx: AxeosSimulator) -> None:
    """Names that say nothing are told by their fields, and kept to be taught."""
    pbx.faults.dialect.event_style = "opaque"
    async with client_for(pbx) as client:
        await pbx.events.wait_for_pollers()
        pbx.hot_desk_login("chloe", "hot-1")
        chloe = pbx.world.user("chloe")
        await until(lambda: client.user(chloe).hot_desk is not None)
        assert client.session.statistics()["unknown_event_types"]


async def test_missing_call_events_are_noticed(pbx: AxeosSimulator, client: Client) -> None:
    """Phones that ring without a call mean that the dial plan does not tell of calls; one call cures it."""
    pbx.faults.dialect.api_events = False
    for _ in range(5):
        call = pbx.engine.incoming(number="+31201234567", extension="201")
        call.ring("anna")
        call.hangup()
    await until(lambda: (NoticeCode.CALL_EVENTS_MISSING, "") in client.notices())
    pbx.faults.dialect.api_events = True
    pbx.engine.incoming(number="+31201234567", extension="201")
    await until(lambda: (NoticeCode.CALL_EVENTS_MISSING, "") not in client.notices())


async def test_close_leaves_nothing_behind(pbx: AxeosSimulator) -> None:
    """Closing ends the poll at once."""
    session: PbxSession
    async with client_for(pbx) as client:
        await pbx.events.wait_for_pollers()
        session = client.session
    await pbx.events.wait_for_silence()
    await session.close()


async def test_poll_that_does_not_wait(pbx: AxeosSimulator) -> None:
    """A PBX that answers every poll at once with nothing is not asked without a pause."""
    clock = Clock(rate=0)

    def count_polls() -> int:
        return sum(request.path == "/apis/pbx/events" for request in pbx.requests)

    async with client_for(pbx, clock=clock):
        await pbx.events.wait_for_pollers()
        pbx.faults.add("empty", path="/apis/pbx/events")
        pbx.events.drop_pollers()
        await until(lambda: SHORTEST_POLL in clock.sleeps)
        polls = count_polls()
        clock.advance(SHORTEST_POLL)
        await until(lambda: clock.sleeps.count(SHORTEST_POLL) == 2)
        assert count_polls() == polls + 1
