"""Blocks of lines, as the manager interface sends and takes them."""

from hypothesis import given, strategies as st
import pytest

from custom_components.pbx.protocols.asterisk.wire import (
    LARGEST_BLOCK,
    PASSING,
    PassingEvent,
    Splitter,
    encode_action,
    encode_variable,
    parse_block,
)
from custom_components.pbx.protocols.errors import CommandFailed, ProtocolError


def test_blocks_in_pieces() -> None:
    """Blocks are found wherever the stream is cut, with the blank lines that old answers have too much."""
    error, event = "Response: Error\r\nMessage: No Contacts found", "Event:Hangup\r\nCallerIDName: Jörg: a"
    data = f"{error}\r\n\r\n\r\n{event}\r\n\r\n".encode()
    for cut in range(len(data)):
        splitter = Splitter()
        assert [*splitter.feed(data[:cut]), *splitter.feed(data[cut:])] == [
            {"Response": "Error", "Message": "No Contacts found"},
            {"Event": "Hangup", "CallerIDName": "Jörg: a"},
        ]


def test_names_that_repeat_and_other_encodings() -> None:
    """Lines of one name are joined; a name in an old encoding costs no other line."""
    raw = b"Variable: a=1\r\nVariable: b\r\nno line\r\nName: J\xf6rg\r\nOther: Wei\xc3\x9f\x07"
    assert parse_block(raw) == {"Variable": "a=1\nb", "Name": "Jörg", "Other": "Weiß\ufffd"}


def test_endless_block() -> None:
    """What never ends is not kept."""
    with pytest.raises(ProtocolError):
        list(Splitter().feed(b"a" * (LARGEST_BLOCK + 1)))


@given(st.binary())
def test_arbitrary_bytes(data: bytes) -> None:
    """Nothing breaks the parser."""
    for block in Splitter().feed(data + b"\r\n\r\n"):
        assert all(isinstance(value, str) for value in block.values())


NAMES = st.sampled_from(["Event", "Channel", "Variable", "Secret", "PasswordDigest", "OAuthSecret", "x y"])


@given(st.lists(st.tuples(NAMES, st.sampled_from(["", "a", " a: b ", "Secret: x"]) | st.text()), max_size=20))
def test_plain_blocks_are_read_like_others(pairs: list[tuple[str, str]]) -> None:
    """The short way for blocks that hold nothing special reads what the long way for all of them does."""
    raw = "\r\n".join(f"{name}: {value}" for name, value in pairs).encode(errors="replace")
    block = parse_block(raw)
    assert block == parse_block(raw + b"\r\na line without a name")
    assert block.keys().isdisjoint({"Secret", "PasswordDigest", "OAuthSecret"})


@given(st.sampled_from(["VarSet", "Newexten", "Hangup", "VarSetting"]), st.lists(st.text(), max_size=5))
def test_passing_events_are_read_late(name: str, values: list[str]) -> None:
    """An event that is rarely looked into says the same once somebody does, and is one from the start."""
    fields = (f"Value{number}: {value}" for number, value in enumerate(values))
    lines = [f"Event: {name}", "Privilege: dialplan,all", *fields]
    raw = "\r\n".join(lines).encode(errors="replace")
    for block in Splitter().feed(raw + b"\r\n\r\n"):
        assert ("Event" in block, type(block) is PassingEvent) == (True, name in PASSING)
        known = parse_block(raw)
        assert (block["Event"], block, len(block), [*block]) == (name, known, len(known), [*known])
    # Who sent an action may wait for an event with its id.
    [answer] = Splitter().feed(b"Event: VarSet\r\nActionID: 1\r\n\r\n")
    assert type(answer) is dict


@given(st.text(), st.text())
def test_no_second_action(name: str, value: str) -> None:
    """Whatever a person enters stays within its line, or is refused."""
    if {*"\r\n\0"} & {*name, *value}:
        with pytest.raises(CommandFailed, match="invalid_text"):
            encode_action("Setvar", "1", {name: [value, value]})
        return
    data = encode_action("Setvar", "1", {name: [value, value]})
    assert data.count(b"\r\n") == 5
    assert data.endswith(b"\r\n\r\n")


def test_variable_with_separators() -> None:
    """What separates variables is escaped in their values."""
    assert encode_variable("NAME", 'a,b\\"c') == 'NAME=a\\,b\\\\\\"c'
