"""Test with arbitrary JSON that no decoder ever raises, and that the model takes whatever comes out."""

from collections.abc import Mapping
from datetime import UTC, datetime
import re
from typing import Any

from hypothesis import given, settings, strategies as st

from custom_components.pbx.protocols.axeos.decode_events import (
    ALIASES,
    classify_event,
    decode_call,
    decode_event,
    normalize_name,
)
from custom_components.pbx.protocols.axeos.decode_objects import (
    decode_info,
    decode_mailbox,
    decode_phone,
    decode_queue,
    decode_switch,
    decode_user,
    find_queues,
)
from custom_components.pbx.protocols.axeos.event_stream import Cursor
from custom_components.pbx.protocols.changes import Change, Snapshot, Upsert
from custom_components.pbx.protocols.model import PbxInfo
from custom_components.pbx.protocols.state import PbxState

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
INFO = PbxInfo(id="pbx", name="Office")
LIST_DECODERS = (decode_user, decode_phone, decode_mailbox, decode_switch)
# Few ids, so that events and lists speak of the same things.
IDS = ("a", "b", "c")
WORDS = (*IDS, "hangup", "expired", "success", "failure", "phone", "hot-desk", "number", "trunk number", "on")
_FIELD_NAMES = """
    event_type seq timestamp uuid username full_name phones primary_phone phone hot_desk call_forward cw dnd
    name type phone_username mobile_logins_enabled status_code status hot_desk_user mobile_user number trunk
    personal mailbox_number new_messages old_messages urgent_messages default value can_toggle phone_uuid
    user_uuid trunk_uuid event_tag unique_id account_code called_did called_extension caller normalized_number
    original_number targets target user_phone_type reason transfer_extension transferer transferrer transferee
    transfer_target linked_id unique_id_1 unique_id_2 linked_id_1 linked_id_2 voicemail_uuid queues
    calls_waiting longest_hold_time service_level last_reset agents calls callerid_num callerid_name position
    wait last_call hostname version time_zone
"""
FIELDS = _FIELD_NAMES.split()
NAMES = [alias for aliases in ALIASES.values() for alias in aliases.split()]

_scalars = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(WORDS)
)
JSON = st.recursive(
    _scalars,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=5) | st.sampled_from(FIELDS), inner, max_size=4)
    ),
    max_leaves=8,
)
_parties = st.fixed_dictionaries(
    {},
    optional={
        name: st.sampled_from((*IDS, None))
        for name in ("user_uuid", "phone_uuid", "unique_id", "unique_id_1", "linked_id", "number")
    },
)
_places = st.fixed_dictionaries({"type": st.sampled_from(WORDS)}, optional={"phone": st.sampled_from(IDS)})
# What the page promises, at least in its kind.
_PLAUSIBLE = {
    "uuid": st.sampled_from(IDS),
    "event_type": st.sampled_from(NAMES),
    "unique_id": st.sampled_from(IDS),
    "phone_uuid": st.sampled_from(IDS),
    "user_uuid": st.sampled_from(IDS),
    "voicemail_uuid": st.sampled_from(IDS),
    "caller": _parties,
    "target": _parties,
    "targets": st.lists(_parties, max_size=3),
    "transferer": _parties,
    "transferee": _parties,
    "transfer_target": _parties,
    "phones": st.lists(_places, max_size=3),
    "hot_desk": st.sampled_from((*IDS, None)),
    "status_code": st.integers(-3, 40),
    "new_messages": st.integers(0, 3),
    "mailbox_number": st.sampled_from(IDS),
    "called_extension": st.sampled_from(IDS),
}
OBJECTS = st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=6)
PLAUSIBLE = st.builds(
    dict.__or__,
    OBJECTS,
    st.fixed_dictionaries({}, optional=_PLAUSIBLE),  # type: ignore[arg-type]
)
EVENTS = OBJECTS | PLAUSIBLE


def decoded(data: Mapping[str, Any]) -> list[Change]:
    """Return the changes that an object of a list comes to, whichever list it is of."""
    objects = [decode(data) for decode in LIST_DECODERS]
    return [Upsert(item) for item in objects if item is not None]


@settings(max_examples=150, deadline=None)
@given(EVENTS)
def test_events(event: dict[str, Any]) -> None:
    """An event comes to something, and asks for a re-reading where it comes to nothing."""
    result = decode_event(event)
    assert result.changes or result.reread
    assert classify_event(event)
    decode_call(event)
    Cursor().advance(event)


@settings(max_examples=150, deadline=None)
@given(EVENTS)
def test_objects(data: dict[str, Any]) -> None:
    """An object is decoded or left out."""
    assert decode_info(data, host="h", port=1, url="u").id
    assert all(change.object.key.id for change in decoded(data) if isinstance(change, Upsert))


def list_queues(answer: Any) -> list[dict[str, Any]]:
    """Return the objects that an answer has for queues."""
    return [item for item in find_queues(answer) or () if isinstance(item, dict)]


@settings(max_examples=150, deadline=None)
@given(JSON | st.lists(EVENTS, max_size=3), JSON | st.lists(EVENTS, max_size=3))
def test_queues(before: Any, after: Any) -> None:
    """Statistics are decoded, whatever was known before."""
    known = [decode_queue(data, index, None, NOW) for index, data in enumerate(list_queues(before))]
    for index, data in enumerate(list_queues(after)):
        for old in (None, *known):
            queue = decode_queue(data, index, old, NOW)
            assert queue.id
            assert queue == decode_queue(data, index, queue, NOW)


@settings(max_examples=150, deadline=None)
@given(st.text() | st.sampled_from(NAMES))
def test_normalize(name: str) -> None:
    """What is in the spelling of the alias table stays in it."""
    plain = normalize_name(name)
    assert normalize_name(plain) == plain
    assert re.fullmatch("[a-z0-9_]*", plain)


@settings(max_examples=150, deadline=None)
@given(st.lists(EVENTS, max_size=3), st.lists(PLAUSIBLE, max_size=10))
def test_model_takes_it_all(objects: list[dict[str, Any]], events: list[dict[str, Any]]) -> None:
    """The model never raises, and in the end no call is left over."""
    state = PbxState(lambda: NOW)
    state.apply([Snapshot(info=INFO), *(change for data in objects for change in decoded(data))])
    heard = {INFO.key}
    for event in events:
        delta = state.apply([*decode_event(event).changes, *decoded(event)])
        assert not delta.touched & delta.removed
        heard |= {moment.key for moment in delta.moments}
    # Where many objects are gone at once, only the second reading is believed.
    state.apply([Snapshot(info=INFO)])
    state.apply([Snapshot(info=INFO)])
    assert list(state.calls.open) == []
    assert state.objects == {INFO.key: INFO}
    assert not any(state.calls.get_calls(key) for key in heard)
