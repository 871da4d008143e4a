"""Extensions, telephones, links and hot desks, as REST tells them beside the feed."""

from typing import Any

import pytest

from custom_components.pbx.protocols.changes import CapabilitiesChanged
from custom_components.pbx.protocols.enums import CallDirection, Capability
from custom_components.pbx.protocols.errors import CommandFailed, NotSupported
from custom_components.pbx.protocols.ipcortex.decode_rest import (
    Inventory,
    PhoneLink,
    decode_links,
    decode_owners,
    decode_phone_types,
)
from tests.simulators.ipcortex import IpcortexSimulator
from tests.simulators.ipcortex.small_world import KEY
from tests.simulators.ipcortex.world import Device
from tests.waiting import until

from .client import Client, client_for


def add_hot_desk(pbx: IpcortexSimulator) -> Device:
    """Put a telephone in the hall that nobody owns, with Anna logged in at it."""
    desk = Device("SIP/hall", "Hall", "250", 11, "020123456abf", "020123456abf0")
    pbx.world.devices[desk.name] = desk
    pbx.world.links["020123456abf0"] = {"type": "hotdesk", "user": "anna"}
    return desk


async def test_makes_of_telephones(pbx: IpcortexSimulator, client: Client) -> None:
    """A line says of what make its telephone is."""
    assert client.phone(pbx.world.devices["SIP/anna"]).type == "Yealink T54W"


async def test_hot_desk(pbx: IpcortexSimulator) -> None:
    """Who is logged in at a hot desk shows on both, and can be logged out of it, not in."""
    desk = add_hot_desk(pbx)
    async with client_for(pbx) as client:
        assert {Capability.HOT_DESK, Capability.CLEAR_HOT_DESK} <= client.session.capabilities
        assert (client.phone(desk).hot_desk, client.phone(desk).hot_desk_user) == (True, "11")
        assert client.user(11).hot_desk == "SIP/hall"
        assert client.user(12).hot_desk is None
        with pytest.raises(NotSupported):
            await client.session.commands.set_hot_desk("11", "SIP/hall")
        await client.session.commands.set_hot_desk("11", None)
        assert "020123456abf0" not in pbx.world.links
        await until(lambda: client.user(11).hot_desk is None)
        assert (client.phone(desk).hot_desk, client.phone(desk).hot_desk_user) == (True, None)
        await client.session.commands.set_hot_desk("11", None)
    unlinked = [request for request in pbx.recorder.requests if request.path == "/rest/dialplan/link"]
    assert len(unlinked) == 1


async def test_login_at_a_hot_desk_shows_with_the_next_reading(
    pbx: IpcortexSimulator, client: Client
) -> None:
    """Links have no events; the first that a later reading finds brings the function along."""
    assert Capability.HOT_DESK not in client.session.capabilities
    pbx.world.links["020123456abb0"] = {"type": "hotdesk", "user": "anna"}
    client.clock.advance(901)
    await until(lambda: client.user(11).hot_desk == "SIP/bjorn")
    assert Capability.HOT_DESK in client.session.capabilities
    assert CapabilitiesChanged() in client.changes


async def test_somebody_may_use_hot_desks(pbx: IpcortexSimulator) -> None:
    """Where somebody may, it shows that nobody does."""
    pbx.world.users["anna"].can_hotdesk = True
    async with client_for(pbx) as client:
        assert Capability.HOT_DESK in client.session.capabilities
        assert client.user(11).hot_desk is None


async def test_log_out_that_did_not_happen(pbx: IpcortexSimulator) -> None:
    """The PABX is asked whether it did what it accepted."""
    add_hot_desk(pbx)
    pbx.faults.ignored.add("dialplan/link")
    async with client_for(pbx) as client:
        with pytest.raises(CommandFailed):
            await client.session.commands.set_hot_desk("11", None)
        assert client.user(11).hot_desk == "SIP/hall"


async def test_numbers_of_extensions_are_internal(pbx: IpcortexSimulator) -> None:
    """A number that only the list of extensions knows is one of the house."""
    pbx.world.extensions["777"] = "anna"
    async with client_for(pbx) as client:
        pbx.office.ring(pbx.world.devices["SIP/bjorn"], "777")
        await until(lambda: client.story(12) == ["ringing"])
        (call,) = client.state.calls.open
        assert call.direction is CallDirection.INTERNAL


async def test_missed_at_a_second_number(pbx: IpcortexSimulator) -> None:
    """Without the live feed, a call to any number that a user owns counts as theirs."""
    pbx.world.extensions["777"] = "anna"
    async with client_for(pbx, auth_key=KEY) as client:
        pbx.add_record(src="0700", dst="777", disposition="NO ANSWER")
        client.clock.advance(61)
        await until(lambda: client.story(11) == ["missed"])
        assert Capability.HOT_DESK not in client.session.capabilities


async def test_what_may_not_be_read(pbx: IpcortexSimulator) -> None:
    """Each list is refused by itself and asked for once; nobody is bothered with it."""
    pbx.faults.forbidden |= {"dialplan/readlink", "dialplan/inactive"}
    pbx.world.users["anna"].can_hotdesk = True
    async with client_for(pbx) as client:
        assert Capability.HOT_DESK not in client.session.capabilities
        assert client.phone(pbx.world.devices["SIP/anna"]).type == "Yealink T54W"
        client.clock.advance(901)
        await until(lambda: sum(r.path == "/rest/dialplan/active" for r in pbx.recorder.requests) == 2)
        assert not [detail for _, detail in client.notices() if "link" in detail]
    assert sum(request.path == "/rest/dialplan/readlink" for request in pbx.recorder.requests) == 1


@pytest.mark.parametrize(
    "values",
    [
        {"p0": {"type": "hotdesk", "user": "anna"}, "p1": {"type": "link"}},
        {"anna": {"p0": {"type": "Hotdesk"}, "p1": {"nothing": 1}}},
        {"anna": {"p0": "hotdesk", "p1": 7}},
        [{"phoneid": "p0", "uname": "anna", "type": "hotdesk"}, {"type": "link"}, 5],
    ],
)
def test_links_in_any_shape(values: Any) -> None:
    """How links are listed is not told: by telephone, by user, or one by one."""
    assert decode_links(values) == (PhoneLink("p0", "anna", "hotdesk"),)


def test_extensions_and_makes_in_any_shape() -> None:
    """Private extensions carry their company; ids may be keys."""
    listed = [{"virt_exten": 400, "owner": 7}, {"scoped_exten": "401_branch"}, {}, "x"]
    assert decode_owners(listed) == {"400": "7", "401": None}
    assert decode_phone_types({"aa0": {"phone_type": "T54"}, "bb0": {}}) == {"aa0": "T54"}
    inventory = Inventory(types=decode_phone_types([{"phoneid": "020123456ABA0", "phone_type": "T54"}]))
    assert inventory.get_type(None, "02:01:23:45:6a:ba") == "T54"
    assert inventory.get_type("other", None) is None
    assert decode_links(None) == ()
