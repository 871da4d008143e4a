"""Objects and REST answers in types that the developer pages allow: nulls, text, other zones, empty lists."""

from typing import Any

import pytest

from custom_components.pbx.protocols.enums import ForwardKind, LineStatus, ObjectKind
from custom_components.pbx.protocols.ipcortex.decode_rest import decode_switches
from tests.simulators.ipcortex import IpcortexSimulator
from tests.simulators.ipcortex.render import RENDER
from tests.waiting import until

from .client import Client, client_for

USERS, NIGHT = "ops/read", "dialplan/read"
ANNA = {"contact_id": 11, "uname": "anna", "name": "Anna Archer", "owned_extension": "201"}


async def send(pbx: IpcortexSimulator, kind: str, key: str, data: Any) -> None:
    """Let every script hear of an object as it is not in the simulated world."""
    for feed in pbx.feeds:
        await feed.send("o", kind, key, data)


@pytest.mark.parametrize("blf", ["2", 2, 2.0, 3, "3"])
async def test_lamp_in_other_types(pbx: IpcortexSimulator, client: Client, blf: Any) -> None:
    """A lamp may be text; both bits are ringing, which comes first."""
    await send(pbx, "Contact", "12", RENDER["Contact"](pbx.world, 12) | {"blf": blf})
    device = RENDER["Device"](pbx.world, "SIP/bjorn") | {"blf": blf}
    await send(pbx, "Device", "SIP/bjorn", device)
    await until(lambda: client.user(12).status is LineStatus.RINGING)


@pytest.mark.parametrize("show", [None, "", "Away", "AWAY ", "xa", 7])
async def test_words_of_a_presence(pbx: IpcortexSimulator, client: Client, show: Any) -> None:
    """A word that nobody knows ends no session, and the next one counts."""
    await send(pbx, "Contact", "12", RENDER["Contact"](pbx.world, 12) | {"show": show})
    pbx.office.show(12, "dnd")
    await until(lambda: client.user(12).presence == "dnd")
    assert client.opened == 1


@pytest.mark.parametrize("state", ["UP", "Up ", "down", None, "unknown"])
async def test_state_of_a_line(pbx: IpcortexSimulator, client: Client, state: Any) -> None:
    """A line is registered or not however that is written, and where it is not known it says nothing."""
    await send(pbx, "Device", "SIP/bjorn", RENDER["Device"](pbx.world, "SIP/bjorn") | {"state": state})
    word = (state or "").strip().lower()
    expected = {"up": {True}, "down": {False}}.get(word, {True, None})
    await until(lambda: client.get(ObjectKind.PHONE, "SIP/bjorn").registered in expected)


@pytest.mark.parametrize(
    ("fields", "number"),
    [
        ({"vacation": 202, "vacation_mode": "all"}, "202"),
        ({"vacation": "202", "vacation_mode": "ALL"}, "202"),
        ({"vacation": "+44 20 1234", "vacation_mode": "owned"}, "+44 20 1234"),
        ({"vacation": "", "vacation_mode": "all"}, None),
        ({"vacation": None, "vacation_mode": None}, None),
        ({"vacation": "202", "vacation_mode": "off"}, None),
    ],
)
@pytest.mark.parametrize("key", [11, "11"])
async def test_forward_in_other_types(
    pbx: IpcortexSimulator, fields: dict[str, Any], number: str | None, key: Any
) -> None:
    """A number may be one, and an id text."""
    pbx.faults.odd_values = {USERS: [{**ANNA, "contact_id": key, **fields}]}
    async with client_for(pbx) as client:
        await until(lambda: client.user(11).forwards)
        assert client.user(11).forwards == {ForwardKind.ALWAYS: number}


@pytest.mark.parametrize(
    "modes",
    [
        {"1": "ON", "2": "Off"},
        {"1": " on ", "11": "on", "x": "on", "0": "on"},
        {"1": "on", "2": None, "3": 1},
    ],
)
def test_night_modes_in_other_words(modes: Any) -> None:
    """What is no night mode of the ten is none, and the first is on in all of these."""
    first, *others = decode_switches({"default": modes}, {}, 10)
    assert (first.id, first.value) == ("default/1", "on")
    assert {item.id for item in others} <= {"default/2"}


async def test_feed_that_is_empty_for_a_while(pbx: IpcortexSimulator) -> None:
    """What was not loaded yet after a restart comes back as what it was."""
    async with client_for(pbx) as client, client.clock.hurrying():
        before = {key for key in client.state.objects if key.kind is ObjectKind.PHONE}
        devices, pbx.world.devices = pbx.world.devices, {}
        opened = client.opened
        pbx.drop_feeds()
        await until(lambda: client.opened > opened)
        pbx.world.devices = devices
        for device in devices.values():
            pbx.office.changed(device)
        await until(lambda: {key for key in client.state.objects if key.kind is ObjectKind.PHONE} == before)
        assert client.moments == []


@pytest.mark.parametrize("name", [None, "", "  ", 7])
async def test_names_that_are_none(pbx: IpcortexSimulator, client: Client, name: Any) -> None:
    """A contact without a name goes by another, and is there."""
    await send(pbx, "Contact", "12", RENDER["Contact"](pbx.world, 12) | {"name": name, "show": "away"})
    await until(lambda: client.user(12).presence == "away")
    assert client.user(12).name.strip()


@pytest.mark.parametrize("optout", [None, "300", ["300"], [300], ["300_default"]])
async def test_agent_who_has_opted_out(pbx: IpcortexSimulator, client: Client, optout: Any) -> None:
    """What a line has opted out of may be a list, a text, or scoped."""
    fields = RENDER["Device"](pbx.world, "SIP/anna") | {"optOut": optout, "queues": {}}
    await send(pbx, "Device", "SIP/anna", fields)
    await until(lambda: client.queue("sales").agents_logged_in == (0 if optout else 1))
