"""Line events in orders and shapes that the vendor's page allows: late, twice, of people who are gone."""

from itertools import permutations
from typing import Any

import pytest

from custom_components.pbx.protocols.enums import CallState, LineStatus
from tests.simulators.switchvox import SwitchvoxSimulator
from tests.waiting import until

from .client import ANNA, BERT, CARA, Client, client_for

TOPIC = "state.change.extension.line"
OUTSIDE = "5551234567"
ACCOUNTS = {"100": 1101, "101": 1102, "102": 1103}
TRUNK = {"uniqueId": "9.1", "endpoint": {"number": OUTSIDE, "name": "Jane Doe"}}


class Teller:
    """Tell line events that no simulated call makes."""

    def __init__(self, pbx: SwitchvoxSimulator, client: Client) -> None:
        self._pbx, self._client = pbx, client
        self._time = int(pbx.clock.now().timestamp() * 1000)

    def say(self, extension: str, status: str, *, late: int = 0, **fields: Any) -> None:
        """Tell that the channel of an extension has, or had so many milliseconds ago, a status."""
        self._time += 10
        event = {
            "uniqueId": f"8.{extension}",
            "endpoint": {"extension": extension},
            "account": {"accountId": ACCOUNTS[extension]},
            "startTime": self._time - 5000,
            "serverTime": self._time - late,
            "status": status,
            "remotes": [TRUNK],
            "direction": "fromPbx",
            **fields,
        }
        for session in self._pbx.realtime_sessions:
            session.notify(TOPIC, event)

    async def heard(self) -> None:
        """Wait until the client has heard all that was said."""
        before = self._count()
        for session in self._pbx.realtime_sessions:
            session.notify("weather", {})
        await until(lambda: self._count() > before)

    def _count(self) -> int:
        return len(self._client.raw_events("weather"))

    def story(self, user: str) -> list[str]:
        """Return what happened to a user, with what has become sure by now."""
        self._client.moments += self._client.state.settle_calls().moments
        return self._client.story(user)


@pytest.fixture
def teller(pbx: SwitchvoxSimulator, admin: Client) -> Teller:
    """Return who tells events to a client that watches everybody."""
    return Teller(pbx, admin)


async def test_every_event_twice(teller: Teller, admin: Client) -> None:
    """What is told twice has happened once, and what is over stays over."""
    for status in ("ringing", "onThePhone", "onHold", "onThePhone", "idle"):
        teller.say("100", status)
        teller.say("100", status)
    await teller.heard()
    assert teller.story(ANNA) == ["ringing", "answered", "held", "resumed", "ended"]
    assert not admin.open_calls


async def test_event_after_the_last_one(teller: Teller, admin: Client) -> None:
    """What is told of a channel after its end opens no call."""
    for status in ("ringing", "onThePhone", "idle", "onThePhone", "ringing"):
        teller.say("100", status)
    await teller.heard()
    assert teller.story(ANNA) == ["ringing", "answered", "ended"]
    assert not admin.open_calls


async def test_answer_that_is_told_first(teller: Teller, admin: Client) -> None:
    """A ringing that was sent earlier and arrives later does not make the phone ring again."""
    teller.say("100", "onThePhone")
    await teller.heard()
    teller.say("100", "ringing", late=15)
    await teller.heard()
    assert admin.user(ANNA).status is LineStatus.TALKING
    teller.say("100", "idle")
    await teller.heard()
    assert teller.story(ANNA) == ["answered", "ended"]


async def test_group_answered_at_two_phones(teller: Teller, admin: Client) -> None:
    """Two who talk with one caller have both answered, and neither has missed the call."""
    for status in ("ringing", "onThePhone"):
        for extension in ("100", "101"):
            teller.say(extension, status)
    await teller.heard()
    assert [admin.user(user).status for user in (ANNA, BERT)] == [LineStatus.TALKING] * 2
    for extension in ("100", "101"):
        teller.say(extension, "idle", remotes=[])
    await teller.heard()
    for user in (ANNA, BERT):
        assert teller.story(user)[-1:] == ["ended"]
        assert teller.story(user).count("answered") == 1
        assert "missed" not in teller.story(user)


@pytest.mark.parametrize("order", list(permutations(range(3))))
async def test_transfer_in_any_order(teller: Teller, admin: Client, order: tuple[int, ...]) -> None:
    """Anna hands a caller on to Bert: her end, his ring and his answer may be told in any order."""
    teller.say("100", "ringing")
    teller.say("100", "onThePhone")
    await teller.heard()
    steps = [("100", "idle"), ("101", "ringing"), ("101", "onThePhone")]
    for place, index in enumerate(order):
        extension, status = steps[index]
        teller.say(extension, status, late=10 * (place - index))
    await teller.heard()
    assert admin.user(BERT).status is LineStatus.TALKING
    assert admin.user(ANNA).status is LineStatus.IDLE
    assert teller.story(ANNA)[:2] == ["ringing", "answered"]
    assert teller.story(ANNA)[-1] in {"ended", "transferred"}
    assert "missed" not in teller.story(BERT)
    assert teller.story(BERT)[-1:] == ["answered"]


@pytest.mark.parametrize(
    "fields",
    [
        {"remotes": None},
        {"remotes": [None, "9.1", 7]},
        {"remotes": {"uniqueId": "9.1", "endpoint": {"number": 5551234567}}},
        {"endpoint": None},
        {"endpoint": "SIP/100"},
        {"startTime": None, "serverTime": None},
        {"startTime": "2026-11-30T10:00:00+05:30"},
        {"startTime": "soon", "serverTime": "later"},
        {"direction": None},
        {"direction": "TOPBX "},
        {"queueId": {"accountId": 4711}},
        {"queueId": "none", "conference": "", "intercom": False},
        {"dialData": "not json"},
        {"account": "1101"},
        {"uniqueId": 8.1},
        {"uniqueId": 81},
    ],
)
async def test_channel_with_other_members(teller: Teller, admin: Client, fields: dict[str, Any]) -> None:
    """A call is answered and ends, whichever member is missing or of another type."""
    for status in ("ringing", "onThePhone", "idle"):
        teller.say("100", status, **fields)
    await teller.heard()
    assert teller.story(ANNA)[-2:] == ["answered", "ended"]
    assert not admin.open_calls


async def test_account_that_is_gone(pbx: SwitchvoxSimulator, teller: Teller, admin: Client) -> None:
    """The call of an extension that was deleted ends as any other."""
    teller.say("102", "ringing")
    teller.say("102", "onThePhone")
    await teller.heard()
    pbx.world.accounts = [account for account in pbx.world.accounts if account.number != "102"]
    teller.say("102", "idle")
    await teller.heard()
    assert teller.story(CARA) == ["ringing", "answered", "ended"]


async def test_end_that_is_told_first(teller: Teller, admin: Client) -> None:
    """The end of a channel that nobody has heard of opens no call."""
    teller.say("100", "idle", remotes=[])
    await teller.heard()
    assert not admin.open_calls
    assert teller.story(ANNA) == []


async def test_channel_that_changes_hands(teller: Teller, admin: Client) -> None:
    """A leg may be replaced: a new channel and the end of the old one, in this order or the other."""
    teller.say("100", "ringing")
    teller.say("100", "onThePhone")
    teller.say("100", "onThePhone", uniqueId="8.7")
    teller.say("100", "idle", remotes=[])
    await teller.heard()
    assert admin.user(ANNA).status is LineStatus.TALKING
    assert [call.state for call in admin.open_calls] == [CallState.TALKING]
    teller.say("100", "idle", uniqueId="8.7", remotes=[])
    await teller.heard()
    assert teller.story(ANNA).count("answered") == 1
    assert teller.story(ANNA)[-1:] == ["ended"]


async def test_break_at_every_step(pbx: SwitchvoxSimulator) -> None:
    """A call whose connection breaks before each step is told once, as one call."""
    async with client_for(pbx, admin=True, watch="all") as client, client.clock.hurrying():
        call = pbx.lines.incoming(OUTSIDE, "100")
        await until(lambda: client.story(ANNA) == ["ringing"])
        opened = client.opened
        pbx.drop()
        pbx.lines.answer(call)
        await until(lambda: client.opened > opened)
        await until(lambda: client.user(ANNA).status is LineStatus.TALKING)
        opened = client.opened
        pbx.drop()
        pbx.lines.hang_up(call)
        await until(lambda: client.opened > opened and not client.open_calls)
        assert client.story(ANNA)[0] == "ringing"
        assert client.story(ANNA).count("ringing") == 1
        assert client.story(ANNA)[-1:] == ["ended"]
        assert "missed" not in client.story(ANNA)


@pytest.mark.parametrize("extension", [100, "+31 20 123 4567", "100 ", None])
async def test_extension_in_other_spellings(teller: Teller, admin: Client, extension: Any) -> None:
    """The account tells whose channel it is, however the extension is written."""
    teller.say("100", "ringing", endpoint={"extension": extension})
    await teller.heard()
    assert admin.user(ANNA).status is LineStatus.RINGING
    (call,) = admin.open_calls
    assert call.caller.number == OUTSIDE


async def test_batch_of_notifications(pbx: SwitchvoxSimulator, teller: Teller, admin: Client) -> None:
    """An array of notifications is so many notifications."""
    event = {
        "uniqueId": "8.5",
        "account": {"accountId": 1101},
        "status": "ringing",
        "remotes": [TRUNK],
    }
    batch = [
        {"jsonrpc": "2.0", "method": TOPIC, "params": {**event, "status": status}}
        for status in ("ringing", "onThePhone")
    ]
    for session in pbx.realtime_sessions:
        session.engine.emit("notification", batch)
    await teller.heard()
    assert teller.story(ANNA) == ["ringing", "answered"]
