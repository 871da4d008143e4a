"""Objects in types and orders that the vendor's pages allow: nulls, text, twice, of unknown people."""

from typing import Any

import pytest

from custom_components.pbx.protocols.enums import LineStatus, ObjectKind
from tests.simulators.innovaphone import InnovaphoneSimulator
from tests.waiting import until

from .client import Client, turning

GHOST = "01" + "f" * 30


def indicate(pbx: InnovaphoneSimulator, api: str, name: str, src: Any, body: dict[str, Any]) -> None:
    """Tell something that no simulated object does."""
    for connection in pbx.connections:
        connection.send({"api": api, "mt": name, "src": src, **body}, exact=True)


def tell_user(pbx: InnovaphoneSimulator, who: str, **fields: Any) -> None:
    """Tell the record of a user with other fields than usual."""
    item = pbx.world.get(who)
    body = {
        "update": "mod",
        "guid": item.guid,
        "cn": item.cn,
        "dn": item.dn,
        "h323": item.h323,
        "e164": item.e164,
        "pbx": pbx.world.pbx,
        "regs": [{"hw": hardware} for hardware in item.regs],
        **fields,
    }
    for connection in pbx.connections:
        src = (connection.initialized or {}).get("src")
        connection.send({"api": "RCC", "mt": "UserInfo", "src": src, **body}, exact=True)


@pytest.mark.parametrize(
    ("fields", "number"),
    [
        ({"e164": 299}, "299"),
        ({"e164": "2 99"}, "2 99"),
        ({"e164": "+49 30 299"}, "+49 30 299"),
        ({"e164": None}, "201"),
    ],
)
async def test_number_in_other_types(
    pbx: InnovaphoneSimulator, client: Client, fields: dict[str, Any], number: str
) -> None:
    """A number may be one, or written with blanks; null leaves what the replicated row says."""
    tell_user(pbx, "alice", **fields)
    alice = pbx.world.get("alice")
    await until(lambda: client.user(alice).number == number)


@pytest.mark.parametrize("name", ["", "  "])
async def test_display_name_that_is_none(pbx: InnovaphoneSimulator, client: Client, name: str) -> None:
    """Without a display name the long name is shown."""
    alice = pbx.world.get("alice")
    alice.dn = name
    for topic in ("state", "row"):
        pbx.office.tell(topic, alice)
    await until(lambda: client.user(alice).name == "Alice Example")


async def test_entry_of_nobody(pbx: InnovaphoneSimulator, client: Client) -> None:
    """The list ends with an entry of nobody, which is no user."""
    before = set(client.state.objects)
    for fields in ({"guid": None}, {"guid": ""}, {}):
        tell_user(pbx, "alice", **{"guid": "", "cn": "", "h323": "", "e164": "", **fields})
    tell_user(pbx, "alice", dn="Alice B")
    await until(lambda: client.user(pbx.world.get("alice")).name == "Alice B")
    assert set(client.state.objects) == before
    assert client.opened == 1


@pytest.mark.parametrize("presence", [None, [], {}, [None], ["tel:"], [{"contact": None}]])
async def test_presence_of_other_shapes(pbx: InnovaphoneSimulator, client: Client, presence: Any) -> None:
    """What cannot be read says nothing, and what comes next counts."""
    alice = pbx.world.get("alice")
    for connection in pbx.connections:
        connection.send(
            {"api": "PbxApi", "mt": "PresenceUpdate", "src": alice.guid, "presence": presence}, exact=True
        )
    pbx.office.set_presence(alice, "away", "Lunch")
    await until(lambda: client.user(alice).presence_note == "Lunch")
    assert client.opened == 1


async def test_deleted_twice_and_unknown(pbx: InnovaphoneSimulator, client: Client) -> None:
    """Who is gone is gone once, and who was never there not at all."""
    chloe = pbx.world.get("chloe")
    tell_user(pbx, "chloe", update="del", guid=GHOST, cn="Ghost")
    pbx.office.remove(chloe)
    for connection in pbx.connections:
        src = (connection.initialized or {}).get("src")
        body = {"update": "del", "guid": chloe.guid, "cn": chloe.cn}
        connection.send({"api": "RCC", "mt": "UserInfo", "src": src, **body}, exact=True)
    async with turning(pbx):
        await until(lambda: client.user(chloe) is None)
    assert client.opened == 1
    assert client.get(ObjectKind.USER, GHOST) is None


async def test_changed_long_name_in_a_call(pbx: InnovaphoneSimulator, client: Client) -> None:
    """A user who gets another long name in a call stays in it, and its end is told."""
    alice = pbx.world.get("alice")
    call = pbx.engine.incoming("00301234567", alice)
    pbx.engine.answer(call, alice)
    await until(lambda: client.user(alice).status is LineStatus.TALKING)
    pbx.office.rename(alice, "Alice Married")
    async with turning(pbx):
        await until(lambda: client.session.statistics()["monitored"] == 4)
        await until(lambda: client.user(alice).status is LineStatus.TALKING)
        pbx.engine.hang_up(call)
        await until(lambda: client.story(alice)[-1:] == ["ended"])
    assert client.story(alice).count("answered") == 1


@pytest.mark.parametrize(("channel", "alert"), [("0", "0"), (0, 0), (None, None), (False, False)])
async def test_counts_of_nothing(pbx: InnovaphoneSimulator, client: Client, channel: Any, alert: Any) -> None:
    """Counts of nothing end no call that is told of, and begin none."""
    bjorn = pbx.world.get("bjorn")
    tell_user(pbx, "bjorn", channel=channel, alert=alert, dn="Björn B")
    await until(lambda: client.user(bjorn).name == "Björn B")
    assert client.user(bjorn).status is LineStatus.IDLE


@pytest.mark.parametrize("on", [True, "true", 1, "1"])
async def test_boolean_in_other_types(pbx: InnovaphoneSimulator, client: Client, on: Any) -> None:
    """A switch that is on may say so as a word or a number."""
    switch = next(iter(pbx.world.booleans.values()))
    pbx.faults.odd["GetBooleans"] = {
        "booleans": [{"guid": switch.guid, "name": switch.name, "on": on, "reason": 2}, {"guid": None}]
    }
    async with turning(pbx):
        await until(lambda: client.get(ObjectKind.SWITCH, switch.guid).value in {True, "on"})
