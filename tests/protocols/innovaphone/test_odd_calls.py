"""Calls told in orders and shapes that the vendor's pages allow: twice, late, renamed, of lost people."""

from itertools import count, permutations
from typing import Any

import pytest

from custom_components.pbx.protocols.enums import CallState, LineStatus
from tests.simulators.innovaphone import InnovaphoneSimulator
from tests.simulators.innovaphone.world import PbxObject
from tests.waiting import until

from .client import Client, turning

OUTSIDE = "00301234567"
CONFERENCE = "c0ffee00505600a2cdef000000000001"
SETUP, ALERT, CONNECTED, DISCONNECTED = 129, 132, 133, 135
HOLD = 256
STEPS = {
    "setup": {"state": SETUP, "msg": "r-setup"},
    "alert": {"state": ALERT, "msg": "x-alert"},
    "connect": {"state": CONNECTED, "msg": "x-conn"},
    "hold": {"state": CONNECTED + HOLD, "msg": "update"},
    "retrieve": {"state": CONNECTED, "msg": "update"},
    "release": {"state": DISCONNECTED, "msg": "r-rel"},
    "del": {"del": True, "msg": "del"},
}
_notes = count(1)


class Teller:
    """Tell of calls that the simulated PBX does not have."""

    def __init__(self, pbx: InnovaphoneSimulator, client: Client) -> None:
        self._pbx, self._client = pbx, client
        self.alice, self.bjorn = pbx.world.get("alice"), pbx.world.get("bjorn")

    def say(self, owner: PbxObject, step: str, *, call: Any = 900, **fields: Any) -> None:
        """Tell every monitor of an object a step of a call."""
        for connection in self._pbx.connections:
            for handle, monitor in connection.monitors.items():
                if monitor.owner is owner:
                    body = {
                        "user": handle,
                        "call": call,
                        "conf": CONFERENCE,
                        "peer": {"e164": OUTSIDE, "h323": "", "dn": "Bob", "cn": ""},
                        **STEPS[step],
                        **fields,
                    }
                    connection.indicate("RCC", "CallInfo", monitor.request.get("src"), body)

    async def heard(self) -> None:
        """Wait until the client has heard all that was said."""
        chloe, note = self._pbx.world.get("chloe"), f"Note {next(_notes)}"
        self._pbx.office.set_presence(chloe, "away", note)
        await until(lambda: self._client.user(chloe).presence_note == note)

    def story(self, item: PbxObject) -> list[str]:
        """Return what happened to a user, with what has become sure by now."""
        self._client.moments += self._client.state.settle_calls().moments
        return self._client.story(item)


@pytest.fixture
def teller(pbx: InnovaphoneSimulator, client: Client) -> Teller:
    """Return who tells of calls to a client that follows everybody."""
    return Teller(pbx, client)


async def test_every_event_twice(teller: Teller, client: Client) -> None:
    """Duplicate events occur, and what is over stays over."""
    for step in ("setup", "alert", "connect", "hold", "retrieve", "release", "del"):
        teller.say(teller.alice, step)
        teller.say(teller.alice, step)
    await teller.heard()
    assert teller.story(teller.alice) == ["ringing", "answered", "held", "resumed", "ended"]
    assert not list(client.state.calls.open)


async def test_event_after_the_last_one(teller: Teller, client: Client) -> None:
    """What is told of a call after its release opens no call."""
    for step in ("alert", "connect", "release", "retrieve", "del"):
        teller.say(teller.alice, step)
    await teller.heard()
    assert not list(client.state.calls.open)
    assert teller.story(teller.alice)[:2] == ["ringing", "answered"]
    assert teller.story(teller.alice)[-1:] == ["ended"]


async def test_handle_used_again(teller: Teller, client: Client) -> None:
    """A handle that comes again after the end is that of another call, of another caller."""
    for step in ("alert", "connect", "del"):
        teller.say(teller.alice, step)
    teller.say(teller.alice, "alert", conf="c0ffee", peer={"e164": "0709"})
    await teller.heard()
    assert teller.story(teller.alice) == ["ringing", "answered", "ended", "ringing"]
    assert [call.caller.number for call in client.state.calls.open] == ["0709"]


async def test_group_answered_at_two_phones(teller: Teller, client: Client) -> None:
    """Two who are connected in one conference have both answered, and neither has missed the call."""
    for step in ("alert", "connect"):
        for call, owner in enumerate((teller.alice, teller.bjorn), 900):
            teller.say(owner, step, call=call)
    await teller.heard()
    assert client.user(teller.alice).status is client.user(teller.bjorn).status is LineStatus.TALKING
    for call, owner in enumerate((teller.alice, teller.bjorn), 900):
        teller.say(owner, "del", call=call)
    await teller.heard()
    for owner in (teller.alice, teller.bjorn):
        assert teller.story(owner)[-1:] == ["ended"]
        assert "answered" in teller.story(owner)
        assert "missed" not in teller.story(owner)


@pytest.mark.parametrize("order", list(permutations(("del", "alert", "connect"))))
async def test_transfer_in_any_order(teller: Teller, client: Client, order: tuple[str, ...]) -> None:
    """Alice hands a caller on to Björn: her end, his ring and his answer may be told in any order."""
    teller.say(teller.alice, "alert")
    teller.say(teller.alice, "connect")
    await teller.heard()
    for step in order:
        by = {"type": "ct", "e164": "201", "h323": "alice", "cn": "Alice Example"}
        if step == "del":
            teller.say(teller.alice, "del")
        elif step == "connect" or order.index("alert") < order.index("connect"):
            teller.say(teller.bjorn, step, call=901, no=[by])
    await teller.heard()
    assert client.user(teller.bjorn).status is LineStatus.TALKING
    assert client.user(teller.alice).status is LineStatus.IDLE
    teller.say(teller.bjorn, "del", call=901)
    await teller.heard()
    assert teller.story(teller.alice)[:2] == ["ringing", "answered"]
    assert teller.story(teller.alice)[-1] in {"ended", "transferred"}
    assert teller.story(teller.bjorn)[-2:] == ["answered", "ended"]


@pytest.mark.parametrize("order", list(permutations(("moves", "first", "second"))))
async def test_attended_transfer_in_any_order(teller: Teller, client: Client, order: tuple[str, ...]) -> None:
    """Björn has the caller in the end, whenever the two ends of Alice and his new conference are told."""
    teller.say(teller.alice, "alert")
    teller.say(teller.alice, "hold")
    asked = {"conf": "c0ffee", "peer": {"e164": "202", "h323": "bjorn", "cn": "Björn Weiß"}}
    teller.say(teller.alice, "connect", call=901, state=5, **asked)
    teller.say(teller.bjorn, "connect", call=902, conf="c0ffee", peer={"e164": "201", "h323": "alice"})
    await teller.heard()
    by = {"type": "ct", "e164": "201", "h323": "alice", "cn": "Alice Example"}
    for step in order:
        if step == "moves":
            teller.say(teller.bjorn, "connect", call=902, msg="r-ct", no=[by])
        else:
            teller.say(teller.alice, "del", call=900 if step == "first" else 901)
    await teller.heard()
    assert client.user(teller.bjorn).status is LineStatus.TALKING
    assert client.user(teller.alice).status is LineStatus.IDLE
    assert [call.state for call in client.state.calls.open] == [CallState.TALKING]
    assert "missed" not in teller.story(teller.alice) + teller.story(teller.bjorn)
    teller.say(teller.bjorn, "del", call=902)
    await teller.heard()
    assert teller.story(teller.bjorn)[-1:] == ["ended"]
    assert not list(client.state.calls.open)


@pytest.mark.parametrize(
    "fields",
    [
        {"peer": None},
        {"peer": "00301234567"},
        {"peer": {"e164": 301234567, "h323": None, "dn": None}},
        {"peer": {"e164": "+49 30 1234567", "norm": "+49301234567"}},
        {"conf": None},
        {"conf": ""},
        {"no": {"type": "leg2", "e164": "300"}},
        {"no": [None, "300"]},
        {"time": "0"},
        {"time": -5},
        {"info": {"type": "cause", "vali": "16"}},
        {"info": [None, "cause"]},
        {"dtmf": 5},
        {"call": "900"},
    ],
)
async def test_call_with_other_properties(teller: Teller, client: Client, fields: dict[str, Any]) -> None:
    """A call rings, is answered and ends, whichever property is missing or of another type."""
    for step in ("setup", "alert", "connect", "del"):
        teller.say(teller.alice, step, **fields)
    await teller.heard()
    assert teller.story(teller.alice) == ["ringing", "answered", "ended"]
    assert not list(client.state.calls.open)


async def test_state_as_text(teller: Teller, client: Client) -> None:
    """A bit field may be text."""
    for step in ("alert", "connect"):
        teller.say(teller.alice, step, state=str(STEPS[step]["state"]))
    await teller.heard()
    assert client.user(teller.alice).status is LineStatus.TALKING


async def test_conference_that_changes(teller: Teller, client: Client) -> None:
    """The id of a conference can change on a transfer; it still is the call of the same handle."""
    teller.say(teller.alice, "alert")
    teller.say(teller.alice, "connect", conf="c0ffee")
    await teller.heard()
    assert [call.state for call in client.state.calls.open] == [CallState.TALKING]
    teller.say(teller.alice, "del", conf=None, peer=None)
    await teller.heard()
    assert teller.story(teller.alice) == ["ringing", "answered", "ended"]
    assert not list(client.state.calls.open)


async def test_user_deleted_in_a_call(pbx: InnovaphoneSimulator, client: Client) -> None:
    """The call of a user who was deleted is over for them, and goes on for the other one."""
    alice, bjorn = pbx.world.get("alice"), pbx.world.get("bjorn")
    call = pbx.engine.dial(alice, "202")
    pbx.engine.answer(call, bjorn)
    await until(lambda: client.user(bjorn).status is LineStatus.TALKING)
    pbx.office.remove(alice)
    async with turning(pbx):
        await until(lambda: client.user(alice) is None)
    assert client.user(bjorn).status is LineStatus.TALKING
    pbx.engine.hang_up(call, bjorn)
    await until(lambda: client.story(bjorn)[-1:] == ["ended"])


async def test_break_at_every_step(pbx: InnovaphoneSimulator, client: Client) -> None:
    """A call whose connection breaks before each step is told once, as one call."""
    alice = pbx.world.get("alice")
    call = pbx.engine.incoming(OUTSIDE, alice)
    await until(lambda: client.story(alice) == ["ringing"])
    opened = client.opened
    pbx.cut()
    pbx.engine.answer(call, alice)
    async with turning(pbx):
        await until(lambda: client.opened > opened and client.ready(pbx))
        await until(lambda: client.user(alice).status is LineStatus.TALKING)
        opened = client.opened
        pbx.cut()
        pbx.engine.hang_up(call)
        await until(lambda: client.opened > opened and client.ready(pbx))
        await until(lambda: not list(client.state.calls.open))
    assert client.story(alice)[0] == "ringing"
    assert client.story(alice)[-1:] == ["ended"]
    assert client.story(alice).count("answered") == 1
    assert "missed" not in client.story(alice)


async def test_end_by_counts(pbx: InnovaphoneSimulator, teller: Teller, client: Client) -> None:
    """A user record that counts a call again keeps the one that is told of."""
    alice = teller.alice
    call = pbx.engine.incoming(OUTSIDE, alice)
    pbx.engine.answer(call, alice)
    await until(lambda: client.user(alice).status is LineStatus.TALKING)
    for _ in range(3):
        pbx.office.tell("state", alice)
    await teller.heard()
    assert client.story(alice) == ["ringing", "answered"]
    pbx.engine.hang_up(call)
    await until(lambda: client.story(alice) == ["ringing", "answered", "ended"])


async def test_second_call_while_one_is_held(teller: Teller, client: Client) -> None:
    """Two calls of one user are two, whose ends are told apart."""
    for step in ("alert", "connect", "hold"):
        teller.say(teller.alice, step)
    teller.say(teller.alice, "alert", call=901, conf="c0ffee", state=ALERT + 1024, peer={"e164": "0709"})
    await teller.heard()
    assert client.user(teller.alice).status is LineStatus.RINGING
    teller.say(teller.alice, "del", call=900)
    await teller.heard()
    assert [call.caller.number for call in client.state.calls.open] == ["0709"]
    assert client.user(teller.alice).status is LineStatus.RINGING
