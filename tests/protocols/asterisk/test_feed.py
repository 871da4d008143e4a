"""Events that a genuine server sends rarely, handed to the feed one by one."""

from collections.abc import Iterable
from typing import Any

import pytest

from custom_components.pbx.protocols.asterisk.calls import CallBook
from custom_components.pbx.protocols.asterisk.decode import Endpoint, Extension
from custom_components.pbx.protocols.asterisk.directory import Directory, QueueRecord
from custom_components.pbx.protocols.asterisk.feed import Feed
from custom_components.pbx.protocols.asterisk.questions import Questions
from custom_components.pbx.protocols.asterisk.rights import Rights
from custom_components.pbx.protocols.changes import CallChange, Change, RawEvent, TransferChange
from custom_components.pbx.protocols.enums import CallState, EndCause, LegRole, Outcome, PresenceActivity
from custom_components.pbx.protocols.model import Queue
from tests.bench.wires import AsteriskWire
from tests.simulators.common.clock import Clock


class Wire:
    """A feed with two users, and what it asked to be read."""

    def __init__(self) -> None:
        self.directory = Directory(is_freepbx=True)
        self.directory.set_extensions(
            Extension(number=number, devices=(f"PJSIP/{number}",), presentity=f"CustomPresence:{number}")
            for number in ("201", "202")
        )
        self.directory.queues["sales"] = QueueRecord(Queue(id="sales", name="sales"))
        self.directory.create_objects()
        self.book = CallBook(self.directory)
        self.asked: list[str] = []
        self.feed = Feed(self.directory, self.book, Rights(), Questions(Clock(), 5), self.asked.append)

    def tell(self, event: str, **fields: str) -> list[Any]:
        """Hand in an event, and return what it changed."""
        changes = self.feed.handle_event({"Event": event, **fields})
        return [change for change in changes if not isinstance(change, RawEvent)]

    def channel(self, event: str, number: str, unique: str, state: str = "Ring", **more: str) -> list[Any]:
        """Hand in an event of a channel of the call 1.0."""
        return self.tell(
            event,
            Channel=f"PJSIP/{number}-0000000{unique}",
            Uniqueid=f"1.{unique}",
            Linkedid="1.0",
            ChannelStateDesc=state,
            **{"CallerIDNum": number, "Exten": "202", **more},
        )

    def call(self) -> None:
        """Let 201 call 202, who answers."""
        self.channel("Newchannel", "201", "0")
        self.channel("Newchannel", "202", "1", "Ringing")
        self.channel("Newstate", "202", "1", "Up")


@pytest.fixture
def wire() -> Wire:
    """Return a feed."""
    return Wire()


def test_repeated_events_change_nothing() -> None:
    """An event that says the same as the one before is left out, and the call comes out the same."""
    once, twice = AsteriskWire(2), AsteriskWire(2)
    for frame in (frame for call in range(3) for step in once.list_steps(call, call % 2) for frame in step):
        told = [*twice.read(frame), *twice.read(frame)]
        assert _list_news(told) == _list_news(once.read(frame))


def _list_news(changes: Iterable[Change]) -> list[str]:
    return [repr(change) for change in changes if not isinstance(change, RawEvent)]


def test_unknown_events(wire: Wire) -> None:
    """What is not known is counted, and breaks nothing."""
    assert wire.tell("LunarEclipse") == []
    assert wire.feed.unknown == {"LunarEclipse": 1}
    for event in (
        "Hangup",
        "Rename",
        "DialEnd",
        "BridgeLeave",
        "BlindTransfer",
        "AttendedTransfer",
        "Pickup",
    ):
        assert wire.tell(event) == []


def test_both_talk_at_once(wire: Wire) -> None:
    """Whoever was put through from the own phone talks with the answer, before any bridge is told."""
    wire.channel("Newchannel", "201", "0", "Up")
    wire.channel("Newchannel", "202", "1", "Ringing")
    [call] = wire.book.describe_open()
    assert [leg.state for leg in call.legs] == [CallState.DIALING, CallState.RINGING]
    changes = wire.channel("Newstate", "202", "1", "Up")
    [call] = [change for change in changes if isinstance(change, CallChange)]
    assert [leg.state for leg in call.legs] == [CallState.TALKING, CallState.TALKING]


@pytest.mark.parametrize(
    ("dialed", "party"), [("201", ("201", "Anna")), ("210", ("210", "210")), ("300", ("201", "Anna"))]
)
def test_numbers_of_one_phone(wire: Wire, dialed: str, party: tuple[str, str]) -> None:
    """A phone rings for whose number was dialed; that of a group calls who has the phone."""
    desk = "PJSIP/desk"
    wire.directory.set_endpoint(Endpoint(device=desk, authenticates=True, name="Anna", number="201"))
    hints = {"202": ("PJSIP/202",), "201": (desk,), "210": (desk,), "300": ("PJSIP/202", desk)}
    wire.directory.set_extensions(Extension(number=key, devices=value) for key, value in hints.items())
    wire.channel("Newchannel", "202", "0", Exten=dialed)
    wire.channel("Newchannel", "desk", "1", "Ringing", CallerIDNum="201", Exten="")
    [call] = wire.book.describe_open()
    [callee] = [leg.party for leg in call.legs if leg.role is LegRole.CALLEE]
    assert (callee.user, callee.name) == party
    assert wire.directory.create_user("300").name == "300"
    assert wire.directory.get_users("PJSIP/202") == ["202", "300"]


def test_parked_user(wire: Wire) -> None:
    """A user who is parked goes by the own name, whatever name the channel has."""
    names = {"ParkeeCallerIDName": "Carla", "ParkingSpace": "701"}
    wire.tell("ParkedCall", ParkeeUniqueid="1.1", ParkeeCallerIDNum="202", **names)
    wire.tell("ParkedCall", ParkeeUniqueid="1.2", ParkeeCallerIDNum="+31201234567", **names)
    assert {call.number: call.name for call in wire.directory.get_parked()} == {
        "202": "202",
        "+31201234567": "Carla",
    }


def test_renamed_channel(wire: Wire) -> None:
    """A channel that takes the place of another one is at another phone from then on."""
    wire.channel("Newchannel", "201", "0")
    changes = wire.tell("Rename", Channel="PJSIP/201-00000000", Newname="PJSIP/202-00000007", Uniqueid="1.0")
    call = next(change for change in changes if isinstance(change, CallChange))
    assert call.caller is not None
    assert call.caller.user == "202"


def test_transfers_that_fail(wire: Wire) -> None:
    """Who failed to transfer a call stays in it."""
    wire.call()
    fields = {
        f"Transferer{name}": value
        for name, value in {"Channel": "PJSIP/202-00000001", "Uniqueid": "1.1", "Linkedid": "1.0"}.items()
    }
    blind = wire.tell("BlindTransfer", Result="Fail", Extension="999", **fields)
    attended = wire.tell(
        "AttendedTransfer", Result="Fail", OrigTransfererUniqueid="1.0", SecondTransfererUniqueid="1.1"
    )
    for changes in blind, attended:
        transfer = next(change for change in changes if isinstance(change, TransferChange))
        assert (transfer.success, transfer.leaving) == (False, ())
    [ended] = [
        change
        for change in [*wire.channel("Hangup", "202", "1"), *wire.channel("Hangup", "201", "0", Cause="16")]
        if isinstance(change, CallChange) and change.end
    ]
    assert ended.end is EndCause.HANGUP
    assert all(leg.outcome is not Outcome.TRANSFERRED for leg in ended.legs)


def test_way_into_another_call(wire: Wire) -> None:
    """Who dials the space of a parked call has reached somebody, although nobody rang."""
    wire.channel("Newchannel", "trunk", "0", "Up")
    wire.tell("Newchannel", Channel="PJSIP/201-00000009", Uniqueid="2.0", Linkedid="2.0", Exten="701")
    bridge = {"BridgeUniqueid": "b", "BridgeNumChannels": "2", "BridgeType": "basic"}
    news = {"Channel": "PJSIP/201-00000009", "Uniqueid": "2.0", "ChannelStateDesc": "Up", "ChannelState": "6"}
    changes = wire.tell("BridgeEnter", Linkedid="1.0", **bridge, **news)
    [end] = [change for change in changes if isinstance(change, CallChange) and change.end]
    assert (end.id, end.end, end.exclusive) == ("2.0", EndCause.HANGUP, True)


def test_channels_that_a_list_lacks(wire: Wire) -> None:
    """An end that nobody told is found by the list; what has begun since is not touched."""
    wire.call()
    before = wire.book.channel_ids
    wire.tell("Newchannel", Channel="PJSIP/201-00000009", Uniqueid="2.0", Linkedid="2.0")
    changes = wire.book.drop_missing(before, set())
    assert [change.id for change in changes if isinstance(change, CallChange) and change.end] == ["1.0"]
    assert wire.book.channel_ids == {"2.0"}
    wire.book.clear()
    assert not wire.book.describe_open()


def test_what_is_read_because_of_events(wire: Wire) -> None:
    """What an event tells only half of is read."""
    wire.tell("MessageWaiting", Mailbox="201@default", Waiting="1")
    wire.tell("QueueMemberAdded", Queue="nowhere", Interface="PJSIP/201")
    wire.tell("ContactStatus", EndpointName="201", ContactStatus="Reachable")
    wire.tell("DeviceStateChange", Device="Custom:CF201", State="BUSY")
    assert wire.asked == ["mailboxes", "queues", "contacts", "database"]
    wire.tell("ContactStatus", EndpointName="201", UserAgent="Snom D785", ContactStatus="Reachable")
    assert wire.directory.create_phone("PJSIP/201").type == "Snom D785"


def test_presence_and_settings(wire: Wire) -> None:
    """The presence of a hint is that of its user, and do not disturb is what its device state says."""
    wire.tell("PresenceStatus", Exten="201", Status="away", Message="Lunch!")
    user = wire.directory.create_user("201")
    assert (user.presence, user.presence_note) == (PresenceActivity.AWAY, "Lunch!")
    assert wire.tell("PresenceStatus", Exten="999", Status="away") == []
    wire.tell("DeviceStateChange", Device="Custom:DND201", State="BUSY")
    assert wire.directory.create_user("201").do_not_disturb is True


def test_members(wire: Wire) -> None:
    """A member keeps the reason of a pause over events that do not name it, and goes when removed."""
    member = {"Queue": "sales", "Interface": "Local/201@from-queue/n", "MemberName": "Anna", "Status": "1"}
    wire.tell("QueueMemberAdded", **member, Paused="0")
    wire.tell("QueueMemberPause", **member, Paused="1", PausedReason="Lunch")
    wire.tell("QueueMemberStatus", **member, Paused="1")
    [agent] = wire.directory.create_queue("sales").agents
    assert (agent.user, agent.pause_reason, agent.paused) == ("201", "Lunch", True)
    wire.tell("QueueMemberRemoved", **member)
    assert not wire.directory.create_queue("sales").agents
