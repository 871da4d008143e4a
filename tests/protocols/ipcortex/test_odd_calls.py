"""Calls and objects in shapes and orders that the developer pages allow: nulls, text, twice, late, gone."""

from itertools import permutations
from typing import Any

import pytest

from custom_components.pbx.protocols.enums import CallState, LineStatus, ObjectKind
from tests.simulators.ipcortex import IpcortexSimulator
from tests.simulators.ipcortex.render import RENDER
from tests.waiting import until

from .client import Client, client_for

STAMP = 1_790_000_000_000
CALL: dict[str, Any] = {
    **dict.fromkeys(("name", "label"), "Carla"),
    **dict.fromkeys(("state", "nrState"), "ring"),
    "uid": 900,
    "id": "5",
    "cid": "c900",
    "number": "+441234567890",
    "stamp": STAMP,
    "start": None,
    "party": "callee",
    "features": ["answer"],
    "extension": "201",
    "device": "SIP/anna",
}


async def send(pbx: IpcortexSimulator, kind: str, key: str, data: Any) -> None:
    """Let every script hear of an object as it is not in the simulated world."""
    for feed in pbx.feeds:
        await feed.send("o", kind, key, data)


async def show(pbx: IpcortexSimulator, client: Client, name: str, *calls: Any, **fields: Any) -> None:
    """Let a device have these calls, and other attributes than usual."""
    data = RENDER["Device"](pbx.world, name) | {"calls": list(calls), "blf": 0, **fields}
    await send(pbx, "Device", name, data)
    # A script keeps live objects: of what comes in one burst only the end is seen.
    await heard(pbx, client)


def call(**fields: Any) -> dict[str, Any]:
    """Return the one call of these tests, with other attributes."""
    return CALL | fields


async def heard(pbx: IpcortexSimulator, client: Client) -> None:
    """Wait until the client has heard all that was sent."""
    mailbox = pbx.world.mailboxes["202@default"]
    pbx.office.set_mailbox("202@default", unread=mailbox.unread + 1, read=0)
    await until(lambda: client.get(ObjectKind.MAILBOX, "202@default").new == mailbox.unread)


@pytest.mark.parametrize(
    "fields",
    [
        {"number": 441234567890},
        {"name": None, "label": None},
        {"stamp": None, "start": None},
        {"stamp": str(STAMP), "start": ""},
        {"stamp": STAMP / 1000},
        {"features": None, "nrState": None},
        {"device": None, "extension": None},
        {"cid": None, "id": None},
        {"id": 5, "uid": "900"},
        {"extra": {"deep": [1, None]}, "label": {"text": "Carla"}},
        {"qcall": False, "qname": None, "qnumber": None, "inq": 0, "outq": 0},
        {"party": None},
    ],
)
async def test_call_with_other_attributes(
    pbx: IpcortexSimulator, client: Client, fields: dict[str, Any]
) -> None:
    """A call rings, is answered, and ends, whichever attribute is missing or of another type."""
    await show(pbx, client, "SIP/anna", call(**fields), blf=2)
    await show(pbx, client, "SIP/anna", call(**fields, state="up"), blf=1)
    await show(pbx, client, "SIP/anna")
    await heard(pbx, client)
    assert client.story(11) == ["ringing", "answered", "ended"]


async def test_every_state_twice(pbx: IpcortexSimulator, client: Client) -> None:
    """What is told twice has happened once, and a dead call stays dead."""
    for state in ("down", "ring", "up", "hold", "up", "dead"):
        for _ in range(2):
            await show(pbx, client, "SIP/anna", call(state=state))
    await show(pbx, client, "SIP/anna")
    await heard(pbx, client)
    assert client.story(11) == ["ringing", "answered", "held", "resumed", "ended"]
    assert not list(client.state.calls.open)


async def test_call_of_a_known_number_that_is_new(pbx: IpcortexSimulator, client: Client) -> None:
    """The id of a call may be used again at once, by a call with another number of the script."""
    await show(pbx, client, "SIP/anna", call())
    await show(pbx, client, "SIP/anna", call(state="dead"))
    await show(pbx, client, "SIP/anna", call(uid=901, cid="c901", number="0709", stamp=STAMP + 5000))
    await heard(pbx, client)
    assert client.story(11) == ["ringing", "ringing"]
    assert [known.caller.number for known in client.state.calls.open] == ["0709"]


async def test_two_calls_at_one_device_with_one_id(pbx: IpcortexSimulator, client: Client) -> None:
    """A call on hold and a second one are two, though the first has no id yet."""
    await show(pbx, client, "SIP/anna", call(state="hold", id=None), call(uid=901, cid="c901", id=None))
    await heard(pbx, client)
    states = {known.views()[key].state for known in client.state.calls.open for key in known.views()}
    assert {CallState.ON_HOLD, CallState.RINGING} <= states
    assert client.user(11).status is LineStatus.RINGING


async def test_group_answered_at_two_phones(pbx: IpcortexSimulator, client: Client) -> None:
    """Two who have picked up have both answered, and neither has missed the call."""
    for state in ("ring", "up"):
        await show(pbx, client, "SIP/anna", call(state=state))
        await show(pbx, client, "SIP/bjorn", call(uid=901, cid="c901", state=state, device="SIP/bjorn"))
    for name in ("SIP/anna", "SIP/bjorn"):
        await show(pbx, client, name)
    await heard(pbx, client)
    for user in (11, 12):
        assert "answered" in client.story(user)
        assert "missed" not in client.story(user)


@pytest.mark.parametrize("order", list(permutations(("anna", "bjorn", "hass"))))
async def test_transfer_in_any_order(pbx: IpcortexSimulator, client: Client, order: tuple[str, ...]) -> None:
    """Anna hands a caller on to Björn; her device, his, and a bystander are told in any order."""
    await show(pbx, client, "SIP/anna", call(), blf=2)
    await show(pbx, client, "SIP/anna", call(state="up"), blf=1)
    await heard(pbx, client)
    for name in order:
        if name == "bjorn":
            await show(
                pbx,
                client,
                "SIP/bjorn",
                call(uid=901, cid="c901", device="SIP/bjorn", extension="202"),
                blf=2,
            )
        else:
            await show(pbx, client, f"SIP/{name}")
    await show(
        pbx,
        client,
        "SIP/bjorn",
        call(uid=901, cid="c901", device="SIP/bjorn", extension="202", state="up"),
        blf=1,
    )
    await heard(pbx, client)
    assert client.user(12).status is LineStatus.TALKING
    await show(pbx, client, "SIP/bjorn")
    await heard(pbx, client)
    assert client.story(11)[:2] == ["ringing", "answered"]
    assert client.story(11)[-1] in {"ended", "transferred"}
    assert client.story(12) == ["ringing", "answered", "ended"]


async def test_device_removed_in_a_call(pbx: IpcortexSimulator, client: Client) -> None:
    """The call of a line that is deleted is over for its user."""
    await show(pbx, client, "SIP/anna", call())
    await show(pbx, client, "SIP/anna", call(state="up"))
    await heard(pbx, client)
    await send(pbx, "Device", "SIP/anna", None)
    await until(lambda: client.get(ObjectKind.PHONE, "SIP/anna") is None)
    await until(lambda: not list(client.state.calls.open))
    assert "missed" not in client.story(11)


async def test_contact_deleted_in_a_call(pbx: IpcortexSimulator, client: Client) -> None:
    """The call of a person who was deleted goes on at the line."""
    await show(pbx, client, "SIP/anna", call())
    await show(pbx, client, "SIP/anna", call(state="up"), blf=1)
    await heard(pbx, client)
    await send(pbx, "Contact", "11", None)
    await heard(pbx, client)
    assert len(list(client.state.calls.open)) == 1
    await show(pbx, client, "SIP/anna")
    await until(lambda: not list(client.state.calls.open))


@pytest.mark.parametrize("calls", [None, {}, "", []])
async def test_no_calls_in_other_shapes(pbx: IpcortexSimulator, client: Client, calls: Any) -> None:
    """A line without calls may say so in any way, and its last call is over."""
    await show(pbx, client, "SIP/anna", call(state="up"))
    await show(pbx, client, "SIP/anna", calls=calls)
    assert not list(client.state.calls.open)
    assert client.story(11) == ["answered", "ended"]


@pytest.mark.parametrize(
    ("lamp", "status"), [("2", LineStatus.RINGING), (3, LineStatus.RINGING), ("1", LineStatus.BUSY)]
)
async def test_lamp_without_calls(
    pbx: IpcortexSimulator, client: Client, lamp: Any, status: LineStatus
) -> None:
    """A line of others may show its lamp and no calls."""
    await show(pbx, client, "SIP/bjorn", blf=lamp)
    await until(lambda: client.get(ObjectKind.PHONE, "SIP/bjorn").status in {status, LineStatus.TALKING})


@pytest.mark.parametrize("count", ["3", 3, 3.0])
async def test_counts_of_a_mailbox(pbx: IpcortexSimulator, client: Client, count: Any) -> None:
    """Counts may be text; what is null is not known, and zero is data."""
    await send(
        pbx, "Mailbox", "201@default", {"name": "201@default", "label": None, "unread": count, "read": 0}
    )
    await until(lambda: client.get(ObjectKind.MAILBOX, "201@default").new == 3)
    await send(
        pbx, "Mailbox", "201@default", {"name": "201@default", "label": None, "unread": "0", "read": None}
    )
    await until(lambda: client.get(ObjectKind.MAILBOX, "201@default").new == 0)


async def test_reconnect_at_every_step(pbx: IpcortexSimulator) -> None:
    """A call whose feed breaks before each step is told once, as one call."""
    async with client_for(pbx) as client, client.clock.hurrying():
        desk = pbx.world.devices["SIP/anna"]
        known = pbx.office.ring(desk, "0701")
        await until(lambda: client.story(11) == ["ringing"])
        for step in (pbx.office.answer, pbx.office.hang_up):
            opened = client.opened
            pbx.drop_feeds()
            step(known)
            await until(lambda opened=opened: client.opened > opened)  # type: ignore[misc]
            await heard(pbx, client)
        assert client.story(11) == ["ringing", "answered", "ended"]


async def test_queue_whose_caller_is_told_last(pbx: IpcortexSimulator, client: Client) -> None:
    """The depth may come before the calls, and the calls after the one who took one."""
    data = RENDER["Queue"](pbx.world, "sales")
    await send(pbx, "Queue", "sales", data | {"depth": "1", "calls": None})
    await until(lambda: client.queue("sales").waiting == 1)
    waiting = call(party="caller", state="up", inq=STAMP // 1000, device=None, qcall=True)
    await send(pbx, "Queue", "sales", data | {"depth": 1, "calls": [waiting]})
    await until(lambda: client.queue("sales").calls and client.queue("sales").calls[0].number)
    await send(pbx, "Queue", "sales", data | {"depth": 0, "calls": []})
    await until(lambda: client.queue("sales").waiting == 0)


@pytest.mark.parametrize("extension", [201, "+31 20 123 4567", "201_default", None])
async def test_extension_in_other_spellings(pbx: IpcortexSimulator, client: Client, extension: Any) -> None:
    """A line whose extension is a number, scoped, or written with blanks has its calls as any other."""
    await show(
        pbx, client, "SIP/anna", call(extension=extension), extension=extension, extensions=[extension], blf=2
    )
    await until(lambda: client.user(11).status is LineStatus.RINGING)


async def test_group_that_is_told_late(pbx: IpcortexSimulator, client: Client) -> None:
    """A number that was dialed is told of one telephone only once it rings, and not of another at all."""
    await show(pbx, client, "SIP/anna", call(extension=None))
    [shown] = client.state.calls.open
    assert shown.called.number == "201"
    await show(pbx, client, "SIP/anna", call(extension="300"))
    assert client.state.calls.get(shown.id).called.number == "300"
    await show(pbx, client, "SIP/anna", call(extension=None))
    assert client.state.calls.get(shown.id).called.number == "300"
