"""Decoders take whatever arrives."""

from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, given, settings, strategies as st
import pytest

from custom_components.pbx.protocols.asterisk import decode, decode_calls, decode_queues
from custom_components.pbx.protocols.asterisk.channels import Channel, Conversation
from custom_components.pbx.protocols.asterisk.dialing import get_answer_headers
from custom_components.pbx.protocols.enums import EndCause, Outcome, PresenceActivity

NAMES = [
    "ObjectName", "DeviceState", "Exten", "Hint", "Key", "Val", "Status", "Message", "NewMessages",
    "UrgMessages",
    "Queue", "Name", "Paused", "LastPause", "LastCall", "Wait", "ParkingSpace", "ParkingDuration", "Uniqueid",
    "Channel", "Linkedid", "CallerIDNum", "Duration", "Env", "UserEvent", "Cause", "Endpoint", "UserAgent",
]  # fmt: skip
BLOCKS = st.dictionaries(st.sampled_from(NAMES), st.text(max_size=30) | st.just("1"))
DECODERS: list[Callable[[Any], Any]] = [
    decode.decode_endpoint,
    decode.decode_peer,
    decode.decode_contact,
    decode.decode_hint,
    decode.decode_presence,
    decode.decode_messages,
    decode_calls.decode_channel,
    decode_calls.decode_question,
    decode_calls.decode_duration,
    decode_calls.decode_bridge,
    decode_calls.decode_user_event,
    decode_calls.get_cause,
    lambda block: decode.decode_tree([block]),
    lambda block: decode_queues.decode_agent(block, None),
    lambda block: decode_queues.decode_waiting(block, decode.get_now()),
    lambda block: decode_queues.decode_parked(block, decode.get_now()),
    lambda block: decode_queues.complete_queue(decode_queues.decode_queue(block, None), [], []),
    lambda block: decode.complete_endpoint(
        decode.Endpoint(device="PJSIP/1"), [{**block, "Event": "EndpointDetail"}]
    ),
]


@pytest.mark.parametrize("number", range(len(DECODERS)))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(block=BLOCKS)
def test_arbitrary_blocks(number: int, block: dict[str, str]) -> None:
    """Nothing in a block breaks a decoder."""
    DECODERS[number](block)


def test_peers_of_other_channel_drivers() -> None:
    """Phones of chan_sip and IAX2 are told as reachable or not, and trunks as what they are."""
    phone = decode.decode_peer({
        "Channeltype": "SIP", "ObjectName": "301", "Dynamic": "yes", "Status": "OK (12 ms)"
    })  # fmt: skip
    assert phone == decode.Endpoint(device="SIP/301", state="NOT_INUSE", authenticates=True)
    trunk = decode.decode_peer({
        "Channeltype": "IAX", "ObjectName": "far", "Dynamic": "no", "Status": "UNREACHABLE"
    })  # fmt: skip
    assert trunk == decode.Endpoint(device="IAX2/far", state="UNAVAILABLE", is_outbound=True)
    assert decode.decode_peer({"ObjectName": "x", "Status": "Unmonitored", "IPaddress": "-none-"}) == (
        decode.Endpoint(device="SIP/x", state="UNAVAILABLE")
    )


def test_contacts() -> None:
    """Make and model of a phone are in what it says of itself when it registers."""
    row = {"Endpoint": "201", "UserAgent": "Yealink SIP-T46S", "Status": "Reachable"}
    assert decode.decode_contact(row) == ("PJSIP/201", "Yealink SIP-T46S")
    assert decode.decode_contact({"AOR": "201"}) is None


def test_extensions_of_several_devices() -> None:
    """A user of FreePBX has the devices that the database names, whatever their technology."""
    users = {("201", "cidname"): "Anna", ("201", "device"): "201&301", ("201", "voicemail"): "novm"}
    devices = {("301", "dial"): "SIP/301", ("201", "dial"): "PJSIP/201/sip:201@192.0.2.1"}
    (anna,) = decode.decode_extensions(users, devices)
    assert anna.devices == ("PJSIP/201", "SIP/301")
    assert (anna.name, anna.mailbox) == ("Anna", None)


def test_notes_of_presences() -> None:
    """A note is sent so that nothing in it is taken for an option, and read in both spellings."""
    sent = decode.encode_presence(PresenceActivity.DND, "At the dentist, e")
    state, _, note, option = sent.split(",")
    assert (state, option) == ("dnd", "e")
    assert decode.decode_note(note) == "At the dentist, e"
    assert decode.decode_note("Lunch!") == "Lunch!"
    # "\0a\x1b[31m" behind Base64 passes the door of all text.
    assert decode.decode_note("AGEbWzMxbQ==") == "\ufffda\ufffd[31m"
    assert decode.encode_presence(PresenceActivity.AWAY, None) == "away,,"


@pytest.mark.parametrize(
    ("cause", "status", "outcome", "end"),
    [
        (26, "CANCEL", Outcome.ANSWERED_ELSEWHERE, EndCause.HANGUP),
        (17, "BUSY", Outcome.BUSY, EndCause.BUSY),
        (21, "NOANSWER", Outcome.BUSY, EndCause.BUSY),
        (19, None, None, EndCause.NO_ANSWER),
        (None, "CHANUNAVAIL", Outcome.FAILED, EndCause.FAILED),
        (16, "CANCEL", None, EndCause.HANGUP),
    ],
)
def test_causes(cause: int | None, status: str | None, outcome: Outcome | None, end: EndCause) -> None:
    """What became of a leg and of its call follows from cause and dial status."""
    assert decode_calls.get_leg_outcome(cause, status) == outcome
    assert decode_calls.get_end_cause(cause, status) == end


def test_durations_and_makes() -> None:
    """How long a channel is there is read in hours, and the make of a phone in its user agent."""
    row = {"Uniqueid": "1.1", "Channel": "PJSIP/201-00000001", "Duration": "01:02:03"}
    news = decode_calls.decode_channel(row)
    assert news is not None
    assert decode_calls.decode_duration(row) == 3723
    channel = Channel(id=news.id, name=news.name, order=1, conversation=Conversation("1.1"))
    assert (channel.device, channel.is_telephone, channel.is_local) == ("PJSIP/201", True, False)
    assert get_answer_headers("Acme Phone", "panasonic") == get_answer_headers("Panasonic KX-TGP600")
    assert get_answer_headers("Snom D785", "panasonic") == get_answer_headers("snom")
    assert get_answer_headers("Polycom VVX") == (("Alert-Info", "Ring Answer"),)
    assert len(get_answer_headers(None)) == 2
