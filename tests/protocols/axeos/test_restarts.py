"""Test that a restart is noticed although the numbers of events go on by chance."""

from itertools import pairwise

import pytest

from custom_components.pbx.protocols.axeos.restarts import (
    CHECK_INTERVAL,
    LONGEST_PAUSE,
    SHORTEST_REST,
    STEADY_CHECKS,
    RestartSigns,
)
from tests.simulators.axeos import AxeosSimulator
from tests.simulators.axeos.small_world import OAUTH_CLIENT, small_world
from tests.waiting import until

from .client import Client, hurried_client_for

NOON = "2026-11-30T12:00:00Z"
# So many times as fast as real time, for what takes a quarter of an hour.
FAST = 300.0
V1 = {"client_id": OAUTH_CLIENT[0], "client_secret": OAUTH_CLIENT[1]}


def test_channels_that_are_counted_anew() -> None:
    """One that began later with a lower number tells of it once; an old one that is named late does not."""
    signs = RestartSigns(lambda: 0.0)
    ids = ["1764500000.90", "1764500002.88", "1764400000.7", "pbx2-1764500100.3", "call", "1764500060.4"]
    assert [signs.find_in({}, [name]) for name in ids] == [False] * 5 + [True]
    assert not signs.find_in({}, ["1764500070.5"])


@pytest.mark.parametrize(
    ("moments", "signs"),
    [
        ([NOON, "2026-11-30T11:59:30Z"], [False, False]),
        ([NOON, "2026-11-30T11:30:00Z", "2026-11-30T11:30:01Z"], [False, True, False]),
        ([NOON, None, "noon", "1970-01-01T00:00:05Z"], [False, False, False, True]),
    ],
)
def test_time_that_goes_back(moments: list[str | None], signs: list[bool]) -> None:
    """More than clocks are corrected by."""
    found = RestartSigns(lambda: 0.0)
    assert [found.find_in({"timestamp": moment}, ()) for moment in moments] == signs


def test_servers_that_look_like_one() -> None:
    """Where two of them count by themselves, everything is read again seldom, and not for each call."""
    now = 0.0
    signs = RestartSigns(lambda: now)
    found = []
    for number in range(3600):
        now = float(number)
        ids = [f"{1764500000 + 10 * number}.{9000 + number}", f"{1764500006 + 10 * number}.{number}"]
        found += [number for call_id in ids if signs.find_in({}, [call_id])]
    assert 4 <= len(found) <= 8
    assert found[-1] - found[-2] >= LONGEST_PAUSE / 2


@pytest.mark.parametrize("login", [{}, V1], ids=["long poll", "websocket"])
async def test_call_after_a_restart_that_nobody_saw(login: dict[str, str]) -> None:
    """Its id shows that channels are counted anew, so the call from before is asked for at once."""
    async with (
        AxeosSimulator(world=small_world()).faultless() as pbx,
        hurried_client_for(pbx, **login) as client,
    ):
        anna = await _call_anna(pbx, client)
        pbx.restart_unseen()
        pbx.clock.advance(60)
        pbx.engine.incoming(number="+31207654321", extension="201").ring(anna)
        await until(lambda: sorted(client.story(anna)) == ["ended", "ringing", "ringing"])
        assert [call.caller.number for call in client.state.calls.open] == ["+31207654321"]
        assert client.opened == 1


@pytest.mark.parametrize("unknown_last", ["all", "nothing"])
@pytest.mark.parametrize("login", [{}, V1], ids=["long poll", "websocket"])
async def test_silence_after_a_restart_that_nobody_saw(login: dict[str, str], unknown_last: str) -> None:
    """The PBX has other events than before: those are read, and what it lost is lost here too."""
    async with AxeosSimulator(world=small_world()).faultless() as pbx:
        pbx.faults.dialect.unknown_last = unknown_last  # type: ignore[assignment]
        async with hurried_client_for(pbx, **login) as client:
            anna = await _call_anna(pbx, client)
            pbx.restart_unseen()
            await until(lambda: client.story(anna) == ["ringing", "ended"])
            await until(lambda: client.opened == 2)
            assert len(client.raw_events("phone_list_changed")) == pbx.events.next_seq


async def test_other_event_after_a_restart_that_nobody_saw() -> None:
    """It says nothing of a restart, but those before it are others than they were."""
    async with AxeosSimulator(world=small_world()).faultless() as pbx, hurried_client_for(pbx) as client:
        anna = await _call_anna(pbx, client)
        pbx.restart_unseen()
        pbx.events.append("weather")
        await until(lambda: client.raw_events("weather"))
        await until(lambda: client.story(anna) == ["ringing", "ended"])
        assert client.session.statistics()["events"]["restart"] == 1
        assert client.opened == 1


async def test_restart_of_a_pbx_that_waits_for_its_old_numbers() -> None:
    """What it tells until it has counted that far again is not missed."""
    async with AxeosSimulator(world=small_world()).faultless() as pbx:
        pbx.faults.dialect.unknown_last = "nothing"
        async with hurried_client_for(pbx) as client:
            anna = await _call_anna(pbx, client)
            pbx.restart()
            pbx.clock.advance(60)
            # Somebody else asks for events already.
            await pbx.events.read(seconds=0)
            second = pbx.engine.incoming(number="+31207654321", extension="201").ring(anna)
            await until(lambda: sorted(client.story(anna)) == ["ended", "ringing", "ringing"])
            second.hangup()
            await until(lambda: not list(client.state.calls.open))


async def test_pbx_that_keeps_no_events() -> None:
    """That none is there is no restart."""
    async with AxeosSimulator(world=small_world()).faultless() as pbx, hurried_client_for(pbx) as client:
        anna = await _call_anna(pbx, client)
        pbx.events.forget()
        await _let_check(pbx, client)
        assert client.opened == 1
        assert client.story(anna) == ["ringing"]


async def test_pbx_that_gives_an_event_in_several_ways() -> None:
    """It is taken for one that has restarted once, and not again until a rest is over."""
    async with (
        AxeosSimulator(world=small_world()).faultless() as pbx,
        hurried_client_for(pbx, rate=FAST) as client,
    ):
        await _call_anna(pbx, client)
        for number in range(4):
            for event in pbx.events.events:
                event["timestamp"] = f"{number} o'clock"
            await pbx.events.wait_for_pollers()
            end = client.clock.time() + 3 * CHECK_INTERVAL
            await until(lambda end=end: client.clock.time() > end)  # type: ignore[misc]
        assert client.opened == 2


@pytest.mark.parametrize("login", [{}, V1], ids=["long poll", "websocket"])
async def test_restarts_again_and_again_that_nobody_saw(login: dict[str, str]) -> None:
    """Each is noticed before a rest is over, since the PBX had what it was asked for between them."""
    async with (
        AxeosSimulator(world=small_world()).faultless() as pbx,
        hurried_client_for(pbx, rate=FAST, **login) as client,
    ):
        noticed = []
        for opened in (2, 3, 4):
            client.moments.clear()
            anna = await _call_anna(pbx, client)
            await _let_check(pbx, client, STEADY_CHECKS + 1)
            pbx.restart_unseen()
            pbx.clock.advance(60)
            await until(lambda anna=anna: client.story(anna) == ["ringing", "ended"])  # type: ignore[misc]
            await until(lambda opened=opened: client.opened == opened)  # type: ignore[misc]
            noticed.append(client.clock.time())
        assert max(after - before for before, after in pairwise(noticed)) < SHORTEST_REST


async def test_restart_during_a_rest_that_nobody_saw() -> None:
    """It is noticed when the rest is over, also where the numbers go on meanwhile."""
    async with (
        AxeosSimulator(world=small_world()).faultless() as pbx,
        hurried_client_for(pbx, rate=FAST) as client,
    ):
        for times in (1, 2):
            await _let_happen(pbx, client, "weather")
            pbx.restart_unseen()
            pbx.clock.advance(60)
            await _let_happen(pbx, client, "news")
            await until(lambda times=times: _count_restarts(client) == times)  # type: ignore[misc]
        assert client.opened == 1


async def _let_happen(pbx: AxeosSimulator, client: Client, name: str) -> None:
    """Let the client see two events of a name."""
    seen = len(client.raw_events(name))
    await pbx.events.wait_for_pollers()
    pbx.events.append(name)
    pbx.events.append(name)
    await until(lambda: len(client.raw_events(name)) == seen + 2)


def _count_restarts(client: Client) -> int:
    """Return how often the client has noticed that the PBX has restarted."""
    return client.session.statistics()["events"].get("restart", 0)


async def _let_check(pbx: AxeosSimulator, client: Client, times: int = 2) -> None:
    """Let the client ask so many times for an event that it knows."""
    asked = _count_checks(pbx)
    await until(lambda: _count_checks(pbx) >= asked + times)


def _count_checks(pbx: AxeosSimulator) -> int:
    """Return how often the PBX was asked whether it has an event."""
    return sum("limit" in request.query for request in pbx.requests)


async def _call_anna(pbx: AxeosSimulator, client: Client) -> object:
    anna = pbx.world.user("anna")
    await pbx.events.wait_for_pollers()
    pbx.engine.incoming(number="+31201234567", extension="201").ring(anna)
    await until(lambda: client.story(anna) == ["ringing"])
    await pbx.events.wait_for_pollers()
    return anna
