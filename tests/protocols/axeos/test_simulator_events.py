"""Test the event buffer of the simulated Axeos PBX."""

import asyncio

from aiohttp import ServerDisconnectedError
import pytest

from tests.simulators.axeos import AxeosSimulator
from tests.simulators.axeos.client import Client
from tests.simulators.axeos.dialect import EVENT_KINDS, EVENT_STYLES

pytest_plugins = ("tests.simulators.axeos.fixtures",)


def seqs(events: list[dict[str, object]]) -> list[object]:
    """Return the sequence numbers of events."""
    return [event["seq"] for event in events]


async def gather(pbx: AxeosSimulator, client: Client, count: int) -> None:
    """Make the PBX gather events, and record some."""
    await client.events()
    for _ in range(count):
        pbx.events.append("user_list_changed")


async def test_first_poll_blocks(axeos_pbx: AxeosSimulator, axeos_client: Client) -> None:
    """Gather nothing before the first poll, which then waits for the first event."""
    axeos_pbx.rename_user("dave", "Dave")
    poll = asyncio.ensure_future(axeos_client.get("events"))
    await axeos_pbx.events.wait_for_pollers()
    axeos_pbx.rename_phone("lobby", "Lobby")
    (event,) = await poll
    assert event.keys() == {"event_type", "seq", "timestamp"}
    assert (event["event_type"], event["seq"]) == ("phone_list_changed", 0)


async def test_cursor_and_limit(axeos_pbx: AxeosSimulator, axeos_client: Client) -> None:
    """Return what comes after the cursor, oldest first; a limited first poll skips past events."""
    await gather(axeos_pbx, axeos_client, 5)
    assert seqs(await axeos_client.events()) == [0, 1, 2, 3, 4]
    assert seqs(await axeos_client.events(1, limit=2)) == [2, 3]
    assert seqs(await axeos_client.events(limit=1)) == [4]
    axeos_pbx.faults.dialect.first_limit_keeps = "oldest"
    assert seqs(await axeos_client.events(limit=1)) == [0]
    assert await axeos_client.events(4) == []


async def test_timeout_on_the_clock(axeos_pbx: AxeosSimulator, axeos_client: Client) -> None:
    """Return an empty list when the time is up on the simulator's clock."""
    poll = asyncio.ensure_future(axeos_client.events(wait=50))
    await axeos_pbx.events.wait_for_pollers()
    axeos_pbx.clock.advance(49)
    assert axeos_pbx.events.waiting == 1
    axeos_pbx.clock.advance(2)
    assert await poll == []
    assert axeos_pbx.events.waiting == 0


async def test_several_pollers(axeos_pbx: AxeosSimulator, axeos_client: Client) -> None:
    """Give every client the whole stream."""
    polls = [asyncio.ensure_future(axeos_client.events(wait=50)) for _ in range(2)]
    await axeos_pbx.events.wait_for_pollers(2)
    axeos_pbx.leave_voicemail("201")
    first, second = await asyncio.gather(*polls)
    assert first == second
    assert first[0].keys() == {
        "event_type",
        "seq",
        "timestamp",
        "voicemail_uuid",
        "mailbox_number",
        "new_messages",
        "old_messages",
    }


async def test_vanished_poller(axeos_pbx: AxeosSimulator, axeos_client: Client) -> None:
    """Forget a poller who closes the connection."""
    poll = asyncio.ensure_future(axeos_client.events(wait=50))
    await axeos_pbx.events.wait_for_pollers()
    poll.cancel()
    await axeos_pbx.events.wait_for_silence()
    assert axeos_pbx.events.waiting == 0


async def test_overflow_while_read(axeos_pbx: AxeosSimulator, axeos_client: Client) -> None:
    """Drop the oldest events of a full buffer while somebody reads."""
    axeos_pbx.events.capacity = 10
    await gather(axeos_pbx, axeos_client, 15)
    assert seqs(await axeos_client.events(2)) == list(range(5, 15))


async def test_overflow_unread(axeos_pbx: AxeosSimulator, axeos_client: Client) -> None:
    """Give up gathering when nobody reads, and begin with 0 after the next poll."""
    axeos_pbx.events.capacity = 10
    await gather(axeos_pbx, axeos_client, 10)
    axeos_pbx.clock.advance(61)
    axeos_pbx.events.append("user_list_changed")
    assert not axeos_pbx.events.gathering
    poll = asyncio.ensure_future(axeos_client.events(9, wait=50))
    await axeos_pbx.events.wait_for_pollers()
    axeos_pbx.events.append("user_list_changed")
    assert seqs(await poll) == [0]


async def test_gap_and_reset(axeos_pbx: AxeosSimulator, axeos_client: Client) -> None:
    """Leave out numbers after a gap, and begin with 0 after a reset, also for one who waits."""
    await gather(axeos_pbx, axeos_client, 3)
    axeos_pbx.events.drop(4)
    axeos_pbx.events.append("user_list_changed")
    assert seqs(await axeos_client.events(2)) == [7]
    poll = asyncio.ensure_future(axeos_client.events(7, wait=50))
    await axeos_pbx.events.wait_for_pollers()
    axeos_pbx.events.reset()
    axeos_pbx.events.append("user_list_changed")
    assert seqs(await poll) == [0]


async def test_restart(axeos_pbx: AxeosSimulator, axeos_client: Client) -> None:
    """Drop pollers and calls at a restart, and count from 0."""
    await gather(axeos_pbx, axeos_client, 3)
    axeos_pbx.engine.incoming("+3120", extension="201").ring().answer()
    poll = asyncio.ensure_future(axeos_client.events(axeos_pbx.events.next_seq - 1, wait=50))
    for _ in range(2):  # aiohttp repeats the first lost poll
        await axeos_pbx.events.wait_for_pollers()
        axeos_pbx.restart()
    with pytest.raises(ServerDisconnectedError):
        await poll
    assert not axeos_pbx.engine.calls
    assert axeos_pbx.world.phone("desk-anna").status_code == 0
    await axeos_client.events(8)
    axeos_pbx.set_phone_status("lobby", 4)
    (event,) = await axeos_client.events(8)
    assert (event["seq"], event["status_code"], event["status"]) == (0, 4, "Unavailable")


@pytest.mark.parametrize("style", EVENT_STYLES)
async def test_event_type_styles(axeos_pbx: AxeosSimulator, axeos_client: Client, style: str) -> None:
    """Spell all kinds of events in a way that keeps them apart."""
    axeos_pbx.faults.dialect.event_style = style
    await axeos_client.events()
    for kind in EVENT_KINDS:
        axeos_pbx.events.append(kind)
    assert len({event["event_type"] for event in await axeos_client.events()}) == len(EVENT_KINDS)


async def test_hot_desk_events(axeos_pbx: AxeosSimulator, axeos_client: Client) -> None:
    """Report who leaves a desk before who takes it."""
    await axeos_client.events()
    axeos_pbx.hot_desk_login("chloe", "hot-1")
    axeos_pbx.hot_desk_login("dave", "hot-1")
    axeos_pbx.hot_desk_logout("dave")
    events = await axeos_client.events()
    users = {user.uuid: user.username for user in axeos_pbx.world.users.values()}
    assert [(event["event_type"], users[event["user_uuid"]]) for event in events] == [
        ("user_logged_in", "chloe"),
        ("user_logged_out", "chloe"),
        ("user_logged_in", "dave"),
        ("user_logged_out", "dave"),
    ]
