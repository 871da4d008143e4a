"""Test that changes touch what they change, and nothing else."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from custom_components.pbx.protocols.changes import (
    CallsLost,
    CapabilitiesChanged,
    Change,
    Notice,
    Patch,
    RawEvent,
    Remove,
    Upsert,
)
from custom_components.pbx.protocols.enums import LineStatus, MomentType, NoticeCode
from custom_components.pbx.protocols.keys import PBX_KEY, ObjectKey
from custom_components.pbx.protocols.model import PbxObject
from custom_components.pbx.protocols.state import PbxState

from .office import (
    ANNA_USER,
    BERT_USER,
    BOX,
    DESK,
    LOBBY,
    MOBILE,
    NIGHT,
    OBJECTS,
    PBX,
    SALES,
    Office,
    list_news,
    office_with,
    phone,
    snapshot,
    told,
)
from .story import phone_key

NEW = phone("new")


@pytest.fixture
def office() -> Office:
    """Return the small office."""
    return Office()


def test_first_snapshot() -> None:
    """Everything is new, and the PBX itself is among it."""
    state = PbxState()
    delta = state.apply([snapshot(*OBJECTS)])
    assert delta.added == delta.touched == state.objects.keys() == {PBX_KEY, *(item.key for item in OBJECTS)}
    assert state.info == state.get(PBX_KEY) == PBX
    assert not delta.removed


def test_same_snapshot_again(office: Office) -> None:
    """Nothing changes."""
    assert not list_news(office.tell(snapshot(*OBJECTS)))


@pytest.mark.parametrize(
    ("item", "also", "is_described"),
    [
        (replace(BOX, new=0), set(), True),
        (replace(NIGHT, value=True), set(), True),
        (replace(SALES, waiting=3), set(), True),
        (replace(BERT_USER, do_not_disturb=True), set(), False),
        (replace(BERT_USER, number="299"), set(), True),
        (replace(DESK, name="Desk of Anna"), {ANNA_USER.key}, True),
        (replace(ANNA_USER, name="Anna Berg"), {DESK.key, MOBILE.key}, True),
        (replace(DESK, hot_desk=True), set(), True),
        (replace(DESK, status=LineStatus.RINGING), {ANNA_USER.key}, False),
        (replace(LOBBY, status=LineStatus.TALKING), set(), False),
    ],
)
def test_snapshot_with_one_difference(
    office: Office, item: PbxObject, also: set[ObjectKey], is_described: bool
) -> None:
    """Only the difference is touched, and whoever shows something else for it."""
    delta = office.tell(snapshot(*office_with(item)))
    described = {"described": {item.key}} if is_described else {}
    assert list_news(delta) == {"touched": {item.key, *also}, **described}


def test_snapshot_with_another_pbx_name(office: Office) -> None:
    """The PBX is an object like the others."""
    delta = office.tell(replace(snapshot(*OBJECTS), info=replace(PBX, version="4.2")))
    assert list_news(delta) == {"touched": {PBX_KEY}, "described": {PBX_KEY}}
    assert office.state.info.version == "4.2"  # type: ignore[union-attr]


def test_snapshot_with_objects_gone_and_new(office: Office) -> None:
    """Both are told, and what is gone is not among what is touched."""
    delta = office.tell(snapshot(*OBJECTS[1:], NEW))
    assert list_news(delta) == {
        "touched": {NEW.key},
        "described": {NEW.key},
        "added": {NEW.key},
        "removed": {DESK.key},
    }
    assert office.state.get(DESK.key) is None


def test_remove(office: Office) -> None:
    """An object is gone, and whoever it counted for shows something else."""
    office.tell(Patch(DESK.key, {"status": LineStatus.BUSY}))
    assert office.status("anna") is LineStatus.BUSY
    delta = office.tell(Remove(DESK.key))
    assert list_news(delta) == {"touched": {ANNA_USER.key}, "removed": {DESK.key}}
    assert office.status("anna") is LineStatus.IDLE


def test_upsert_and_remove_in_one_batch(office: Office) -> None:
    """The last word counts."""
    delta = office.tell(Upsert(NEW), Remove(NEW.key))
    assert not delta.added
    assert not delta.touched
    delta = office.tell(Remove(MOBILE.key), Upsert(MOBILE))
    assert delta.added == delta.touched == {MOBILE.key}
    assert not delta.removed


@pytest.mark.parametrize(
    "change",
    [
        Patch(phone_key("nothing"), {"status": LineStatus.BUSY}),
        Patch(DESK.key, {"status": LineStatus.IDLE}),
        Patch(DESK.key, {}),
        Upsert(DESK),
        Remove(phone_key("nothing")),
        CallsLost(),
    ],
)
def test_no_news(office: Office, change: Change) -> None:
    """What is known already, or is about nothing known, touches nothing."""
    before = dict(office.state.objects)
    assert not list_news(office.tell(change))
    assert office.state.objects == before


@pytest.mark.parametrize(
    ("before", "news", "moments"),
    [
        (1, {"new": 2}, [MomentType.MESSAGE]),
        (0, {"new": 3, "old": 1}, [MomentType.MESSAGE]),
        (1, {"new": 0, "old": 1}, []),
        (1, {"old": 4}, []),
        (1, {"new": 1}, []),
        (None, {"new": 2}, []),
        (1, {"new": None}, []),
    ],
)
def test_message(before: int | None, news: Mapping[str, Any], moments: list[MomentType]) -> None:
    """There is a new message when there are more of them than before."""
    office = Office(*office_with(replace(BOX, new=before)))
    assert told(office.tell(Patch(BOX.key, news)), BOX.key) == moments


def test_what_is_no_object_is_passed_on(office: Office) -> None:
    """Notices and raw events are kept in order, a change of capabilities is told."""
    notices = [Notice(NoticeCode.MISSING_RIGHT, active=active) for active in (True, False)]
    events = [RawEvent(name, {}) for name in ("a", "b")]
    delta = office.tell(events[0], notices[0], CapabilitiesChanged(), notices[1], events[1])
    assert list_news(delta) == {"notices": notices, "raw_events": events, "capabilities": True}
