"""Packets and bodies, without a server."""

import json

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.pbx.protocols.switchvox.socketio.packets import (
    Event,
    Hello,
    decode_body,
    decode_event,
    decode_hello,
    encode_body,
    encode_event,
    is_counted,
    repair,
    revision_of,
)
from tests.simulators.switchvox.text import double_encode, join_packets

MODERATE = settings(max_examples=150, deadline=None)
# A lone surrogate can't be encoded by anybody, and control characters are replaced.
TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]))


def test_trace_of_a_genuine_server() -> None:
    """The frames that a genuine server of 1.0.6 was seen to send."""
    hello = decode_hello(
        '0{"sid":"gW-T79xOq_7oDP4QAAAB","upgrades":[],"pingInterval":25000,"pingTimeout":60000}'
    )
    assert hello == Hello("gW-T79xOq_7oDP4QAAAB", 25.0, 60.0)
    assert revision_of("40") == 3
    assert revision_of('40{"sid":"x"}') == 4
    login = {"jsonrpc": "2.0", "id": 1, "method": "login", "params": {"extension": "100", "password": "x"}}
    assert encode_event("request", login) == (
        '42["request",{"jsonrpc":"2.0","id":1,"method":"login","params":{"extension":"100","password":"x"}}]'
    )
    answer = decode_event('42["response",{"jsonrpc":"2.0","id":1,"result":true}]')
    assert answer == Event("response", {"jsonrpc": "2.0", "id": 1, "result": True})


def test_double_encoded_text_is_repaired() -> None:
    """Text that was encoded twice becomes what it was, any other stays."""
    assert decode_event(repair('42["notification",{"name":"Zo\u00c3\u00ab"}]')) == Event(
        "notification", {"name": "Zoë"}
    )
    assert repair('42["notification",{"name":"Zo\u00eb"}]') == '42["notification",{"name":"Zo\u00eb"}]'
    assert repair("日本") == "日本"


@MODERATE
@given(TEXT)
def test_repair_undoes_double_encoding(text: str) -> None:
    """Whatever was encoded twice is found again."""
    assert repair(double_encode(text)) == text


@MODERATE
@given(TEXT)
def test_events_hold_only_ascii(text: str) -> None:
    """Raw text of any other kind would kill an old server."""
    packet = encode_event("request", {"text": text})
    assert packet.isascii()
    assert decode_event(packet) == Event("request", {"text": text})


@MODERATE
@given(st.lists(TEXT.map(lambda text: "42" + json.dumps([text], ensure_ascii=False)), min_size=1, max_size=5))
def test_bodies_of_both_revisions(packets: list[str]) -> None:
    """Several packets in a body are taken apart as they were put in."""
    assert decode_body(join_packets(packets, 3)) == packets
    plain = [packet for packet in packets if "\x1e" not in packet]
    assert decode_body(join_packets(plain, 4)) == plain


def test_two_packets_in_one_body() -> None:
    """The body of a first poll."""
    hello = '0{"sid":"a"}'
    assert decode_body(f"{len(hello)}:{hello}2:40") == [hello, "40"]
    assert encode_body(["2"], counted=True) == "1:2"
    assert encode_body(["2", "3"], counted=False) == "2\x1e3"
    assert is_counted("95:0{}")
    assert decode_body("") == []


@pytest.mark.parametrize("body", ["5:40", "2:40x", "2:40999999999999:x", "1:😀"])
def test_damaged_bodies(body: str) -> None:
    """A body that is cut off is noticed."""
    with pytest.raises(ValueError):  # noqa: PT011
        decode_body(body)


@MODERATE
@given(st.text(max_size=30))
def test_no_packet_breaks_the_decoders(text: str) -> None:
    """Whatever arrives is an event or nothing."""
    for packet in (text, f"42{text}", f"42[{text}", f"0{text}", f"40{text}"):
        decode_event(packet)
        decode_hello(packet)
        revision_of(packet)


@pytest.mark.parametrize(
    ("packet", "event"),
    [
        ('42/admin,["a",1]', Event("a", 1)),
        ('4217["a"]', Event("a", None)),
        ('42/admin,3["a",{"b":[1]},2]', Event("a", {"b": [1]})),
        ("42[]", None),
        ('42{"a":1}', None),
        ("42[7]", None),
        ("42[" * 5000, None),
    ],
)
def test_events_with_namespace_and_acknowledgement(packet: str, event: Event | None) -> None:
    """Both may stand before the arguments and mean nothing here."""
    assert decode_event(packet) == event


@pytest.mark.parametrize(
    "times", [{}, {"pingInterval": "x", "pingTimeout": None}, {"pingInterval": -5, "pingTimeout": True}]
)
def test_open_packet_without_times(times: dict[str, object]) -> None:
    """The times that servers of that age had are assumed."""
    assert decode_hello("0" + json.dumps({"sid": "a", **times})) == Hello("a", 25.0, 60.0)
    assert decode_hello("0" + json.dumps(times)) is None
