"""Test with random events that what is taken for nothing new is nothing new."""

from collections import ChainMap
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import override

from hypothesis import given, settings, strategies as st

from custom_components.pbx.protocols.asterisk.calls import CallBook
from custom_components.pbx.protocols.asterisk.channels import Conversation
from custom_components.pbx.protocols.asterisk.decode import Endpoint, Extension
from custom_components.pbx.protocols.asterisk.decode_calls import ChannelNews
from custom_components.pbx.protocols.asterisk.directory import Directory, QueueRecord
from custom_components.pbx.protocols.asterisk.feed import Feed
from custom_components.pbx.protocols.asterisk.questions import Questions
from custom_components.pbx.protocols.asterisk.rights import Rights
from custom_components.pbx.protocols.changes import CallChange, Change, TransferChange, Upsert
from custom_components.pbx.protocols.model import Phone, Queue
from tests.simulators.common.clock import Clock

# Phones of one user, of several and of nobody; a trunk that is known, one that is not, and plumbing.
DEVICES = ("PJSIP/201", "PJSIP/desk", "PJSIP/lobby", "PJSIP/trunk", "SIP/other", "Local/300@from-queue")
CALLS = ("1.0", "1.4")
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


class ForgetfulBook(CallBook):
    """A book that knows of nothing whether it has changed, and so looks at everything each time."""

    @override
    def show_call(self, conversation: Conversation) -> Sequence[Change]:
        self._directory._stations.clear()
        conversation.is_changed = conversation.is_described_otherwise = True
        for channel in conversation.channels.values():
            channel.is_changed, channel.latest = True, ChannelNews("", "")
        return super().show_call(conversation)


def make_feed(kind: type[CallBook]) -> Feed:
    """Return what understands the events of a small office."""
    directory = Directory()
    directory.set_endpoints(
        [
            *(Endpoint(device=device, authenticates=True) for device in DEVICES[:3]),
            Endpoint(device="PJSIP/trunk", is_outbound=True),
        ]
    )
    directory.set_extensions(
        [
            Extension(number="201", devices=("PJSIP/201",)),
            Extension(number="202", devices=("PJSIP/desk",)),
            Extension(number="203", devices=("PJSIP/desk",)),
            Extension(number="300", devices=("PJSIP/desk", "SIP/301")),
        ]
    )
    directory.queues["sales"] = QueueRecord(Queue(id="sales", name="sales"))
    directory.create_objects()
    return Feed(directory, kind(directory, lambda: NOON), Rights(), Questions(Clock(), 5), lambda name: None)


def _make_channel(prefix: str) -> st.SearchStrategy[dict[str, str]]:
    """Return what an event says of a channel; each is at a device of its own, unless it was renamed."""
    said = {
        "Linkedid": st.sampled_from(CALLS),
        "ChannelStateDesc": st.sampled_from(["Down", "Ring", "Ringing", "Up"]),
        "CallerIDNum": st.sampled_from(["201", "202", "+31612345678", "anonymous", ""]),
        "CallerIDName": st.sampled_from(["Anna", "<unknown>", ""]),
        "Exten": st.sampled_from(["201", "300", "s", "0612345678", ""]),
        "AccountCode": st.sampled_from(["", "sales"]),
        "Application": st.sampled_from(["Dial", "VoiceMailMain"]),
    }
    place = st.integers(0, len(DEVICES) - 1)
    return st.builds(
        lambda place, fields: {
            **{f"{prefix}{name}": value for name, value in fields.items()},
            f"{prefix}Uniqueid": f"1.{place}",
            f"{prefix}Channel": f"{DEVICES[place]}-0000000{place}",
        },
        place,
        st.fixed_dictionaries({"Linkedid": said.pop("Linkedid")}, optional=said),
    )


def _make_event(
    names: Iterable[str], *prefixes: str, **fields: st.SearchStrategy[str]
) -> st.SearchStrategy[Mapping[str, str]]:
    """Return events of these names with the channels of these prefixes and other fields."""
    return st.builds(
        lambda name, channels, more: {"Event": name, **more, **dict(ChainMap(*channels))},
        st.sampled_from(sorted(names)),
        st.tuples(*map(_make_channel, prefixes)),
        st.fixed_dictionaries(fields),
    )


_results = st.sampled_from(["Success", "Fail"])
EVENTS = st.one_of(
    _make_event(["Newchannel", "Newstate", "NewCallerid", "NewConnectedLine"], ""),
    _make_event(["Newchannel", "Newstate"], ""),
    _make_event(
        ["DialBegin", "DialEnd"], "", "Dest", DialStatus=st.sampled_from(["ANSWER", "BUSY", "CANCEL"])
    ),
    _make_event(["BridgeEnter", "BridgeLeave"], "", BridgeUniqueid=st.just("b"), BridgeType=st.just("basic")),
    _make_event(["BridgeEnter"], "", BridgeTechnology=st.just("holding_bridge")),
    _make_event(["CoreShowChannel"], "", BridgeId=st.sampled_from(["", "b"]), Duration=st.just("00:01:00")),
    _make_event(["Hold", "Unhold", "MixMonitorStart", "MixMonitorStop"], ""),
    _make_event(["Hangup"], "", Cause=st.sampled_from(["16", "17", "26"])),
    _make_event(["Rename"], "", Newname=st.sampled_from([f"{device}-0000000f" for device in DEVICES])),
    _make_event(["Pickup"], "", TargetLinkedid=st.sampled_from(CALLS)),
    _make_event(["QueueCallerJoin", "QueueCallerLeave"], "", Queue=st.just("sales")),
    _make_event(["BlindTransfer"], "Transferer", "Transferee", Result=_results, Extension=st.just("201")),
    _make_event(
        ["AttendedTransfer"],
        "OrigTransferer",
        "SecondTransferer",
        "Transferee",
        "TransferTarget",
        Result=_results,
    ),
    _make_event(["MessageWaiting"], "", Mailbox=st.just("201@default"), New=st.just("1")),
    _make_event(["UserEvent", "VarSet"], ""),
    st.builds(
        lambda device, state: {"Event": "DeviceStateChange", "Device": device, "State": state},
        st.sampled_from(DEVICES[:4]),
        st.sampled_from(["NOT_INUSE", "INUSE", "RINGING", "UNAVAILABLE"]),
    ),
)


@settings(deadline=None)
@given(st.lists(EVENTS, max_size=60))
def test_nothing_new(events: list[Mapping[str, str]]) -> None:
    """Calls and phones come out as where everything is looked at for each event."""
    usual, forgetful = make_feed(CallBook), make_feed(ForgetfulBook)
    for event in events:
        assert _list_news(usual, event) == _list_news(forgetful, event)
        for phone in _list_settled(usual._book):
            assert usual._directory.show_phone(phone) == []


def _list_settled(book: CallBook) -> list[str]:
    """Return the phones in whose calls nothing is left to be shown."""
    changed = [call for call in book._conversations.values() if call.is_changed]
    open_phones = {channel.device for call in changed for channel in call.telephones}
    return [
        phone
        for phone in book._directory.get_phones()
        if phone not in open_phones.union(*(call.left_devices for call in changed))
    ]


def _list_news(feed: Feed, event: Mapping[str, str]) -> list[Change]:
    """Return what an event changes of calls and phones; queues are told with the time."""
    changes = feed.handle_event(event)
    return [
        change
        for change in changes
        if isinstance(change, CallChange | TransferChange)
        or (isinstance(change, Upsert) and isinstance(change.object, Phone))
    ]
