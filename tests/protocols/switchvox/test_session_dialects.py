"""The same story, however the PBX spells its events."""

import pytest

from custom_components.pbx.protocols.enums import LineStatus
from tests.simulators.switchvox import Dialect, SwitchvoxSimulator
from tests.simulators.switchvox.dialect import Events, Realtime
from tests.waiting import until

from .client import ANNA, Client, client_for

OUTSIDE = "5551234567"
DIALECTS = {
    "seconds": Events(timestamps="seconds"),
    "text": Events(timestamps="string", account_ids="string"),
    "iso": Events(timestamps="iso"),
    "local": Events(timestamps="local"),
    "bare": Events(account_ids="bare"),
    "extra": Events(extra_fields=True),
    "no remotes while ringing": Events(remotes_while_ringing=False),
    "remotes without ids": Events(remote_ids=False),
    "repeated": Events(repeats=3),
    "no channel": Events(missing_fields={"uniqueId"}),
    "no account": Events(missing_fields={"account"}),
    "no times": Events(missing_fields={"startTime", "serverTime"}),
    "no direction": Events(missing_fields={"direction"}),
    "no endpoint": Events(missing_fields={"endpoint"}),
    "no remotes": Events(missing_fields={"remotes"}),
    "other end": Events(status_words={"idle": "hangup"}),
}


@pytest.mark.parametrize("name", DIALECTS)
async def test_story_in_every_spelling(name: str) -> None:
    """An incoming call has the same story in all of them."""
    async with SwitchvoxSimulator(dialect=Dialect(events=DIALECTS[name])) as pbx, client_for(pbx) as client:
        call = pbx.lines.incoming(OUTSIDE, "100")
        await until(lambda: client.user(ANNA).status is LineStatus.RINGING)
        pbx.lines.answer(call)
        await until(lambda: client.user(ANNA).status is LineStatus.TALKING)
        pbx.lines.hang_up(call)
        await until(lambda: client.open_calls == [])
        assert client.story(ANNA) == ["ringing", "answered", "ended"]
        assert pbx.violations == []


async def test_reordered_events(pbx: SwitchvoxSimulator, client: Client) -> None:
    """A late event of a channel that is over brings nothing back."""
    call = pbx.lines.incoming(OUTSIDE, "100")
    pbx.lines.answer(call)
    await until(lambda: client.user(ANNA).status is LineStatus.TALKING)
    pbx.dialect.events.reordered = True
    pbx.lines.hold(call, "100")
    pbx.lines.hang_up(call)
    await until(lambda: client.open_calls == [] and client.session.statistics()["events"].get("out of order"))
    assert client.user(ANNA).status is LineStatus.IDLE


@pytest.mark.parametrize("which", ["active", "all"])
async def test_state_that_comes_with_the_subscription(which: str) -> None:
    """A PBX that replays the present state tells of the call that is there, once."""
    dialect = Dialect(realtime=Realtime(snapshot_on_subscribe=which))  # type: ignore[arg-type]
    async with SwitchvoxSimulator(dialect=dialect) as pbx:
        call = pbx.lines.incoming(OUTSIDE, "100")
        async with client_for(pbx) as client:
            await until(client.raw_events)
            assert client.user(ANNA).status is LineStatus.RINGING
            assert len(client.open_calls) == 1
            assert client.moments == []
            pbx.lines.hang_up(call)
            await until(lambda: client.story(ANNA) == ["missed"])
