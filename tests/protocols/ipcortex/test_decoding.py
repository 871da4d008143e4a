"""No JSON breaks a decoder, and the odd values that the text names are read as it says."""

import asyncio
from datetime import UTC, datetime
from typing import Any

from hypothesis import HealthCheck, given, settings, strategies as st
import pytest

from custom_components.pbx.protocols.enums import LineStatus, ObjectKind, Outcome
from custom_components.pbx.protocols.ipcortex.decode import (
    decode_history,
    decode_mailbox,
    decode_names,
    decode_queue,
    decode_records,
)
from custom_components.pbx.protocols.ipcortex.decode_rest import (
    Inventory,
    choose_switch_name,
    decode_calendar,
    decode_links,
    decode_owners,
    decode_people,
    decode_phone_types,
    decode_switch_names,
    decode_switches,
    index_numbers,
)
from custom_components.pbx.protocols.ipcortex.directory import Directory
from custom_components.pbx.protocols.ipcortex.records import RecordHandler
from custom_components.pbx.protocols.ipcortex.script import REACTIONS, Findings, Reaction, get_reaction
from custom_components.pbx.protocols.ipcortex.settings import IpcortexSettings
from custom_components.pbx.protocols.keys import ObjectKey
from custom_components.pbx.protocols.state import PbxState

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
KINDS = st.sampled_from(
    ["Device", "Contact", "Extension", "Phone", "Queue", "Mailbox", "Address", "Nonsense"]
)
FIELDS = st.dictionaries(
    st.sampled_from([
        "name", "label", "extension", "extensions", "queues", "optOut", "mailbox", "phone", "owner",
        "ownerID", "mac", "state", "blf", "calls", "cID", "uname", "show", "depth", "members", "unread",
        "read", "deviceNames", "number",
    ]),
    JSON | st.lists(st.dictionaries(st.sampled_from(["uid", "id", "state", "party", "stamp", "inq"]), JSON)),
)  # fmt: skip
RECORD = st.fixed_dictionaries(
    {
        "what": st.sampled_from(["object", "gone", "history", "lines", "lists", "met", "primed", "nonsense"]),
        "type": KINDS,
        "key": st.sampled_from(["a", "b", "123@default"]),
        "fields": FIELDS,
        "names": JSON,
        "methods": JSON,
    }
)


class Taken:
    """What reports handed on."""

    def __init__(self) -> None:
        self.state = PbxState()
        self.failed: list[int] = []
        self.records = RecordHandler(Directory(), self.apply, self.add_error)
        self.records.start_reports()

    async def apply(self, changes: Any) -> None:
        """Apply changes as the hub would."""
        self.state.apply(changes)

    async def add_error(self, errno: int) -> None:
        """Keep an error of the feed."""
        self.failed.append(errno)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(RECORD | JSON, max_size=8))
def test_no_record_breaks_anything(records: list[Any]) -> None:
    """Whatever the script reports, objects stay objects and nothing is raised."""
    taken = Taken()
    asyncio.run(taken.records.handle_records(records))
    assert all(isinstance(key, ObjectKey) for key in taken.state.objects)


@settings(max_examples=60, deadline=None)
@given(JSON)
def test_no_error_breaks_anything(errno: Any) -> None:
    """An error may have any number, or none."""
    taken = Taken()
    asyncio.run(taken.records.handle_records([{"what": "error", "errno": errno}]))
    assert len(taken.failed) <= 1


@settings(max_examples=150, deadline=None)
@given(JSON)
def test_no_answer_breaks_anything(values: Any) -> None:
    """Whatever REST answers, the decoders return something of the right type."""
    assert list(decode_switches(values, decode_switch_names(values), 10)) is not None
    assert all(event["company"] is not None for event in decode_calendar(values))
    assert isinstance(decode_people(values), dict)
    assert isinstance(decode_records(values), dict)
    assert isinstance(index_numbers(decode_people(values), decode_owners(values)), dict)
    assert all(isinstance(make, str) for make in decode_phone_types(values).values())
    assert all(link.phone and link.user for link in decode_links(values))
    assert isinstance(decode_names(values), tuple)
    if isinstance(values, dict):
        decode_history(values, None)


def test_night_mode_numbers() -> None:
    """Modes count from 1, as text or number or place in a list; names count from 0."""
    for modes in ({"1": "sched", "2": "ON"}, {1: "sched", 2: "on"}, ["sched", "on"]):
        first, second = decode_switches({"default": modes}, {"default": ["Office"]}, 10)
        assert (first.name, first.value, second.name, second.value) == (
            "Office",
            "schedule",
            "Night mode 2",
            "on",
        )
        assert (first.named, second.named) == (True, False)
    (odd,) = decode_switches({"default": {"1": "broken", "2": 5}}, {}, 10)
    # Where no mode has a name, nothing says which are in use.
    assert (odd.value, odd.named) == ("broken", True)


@pytest.mark.parametrize(
    ("listed", "number", "expected"),
    [
        (["A", None, "C"], 3, "C"),
        (["A"], 2, "Night mode 2"),
        ([None, *"ABCDEFGHIJ"], 1, "Night mode 1"),
        (list("ABCDEFGHIJK"), 1, "Night mode 1"),
    ],
)
def test_names_that_count_otherwise(listed: list[str | None], number: int, expected: str) -> None:
    """Where it is unclear which name is whose, numbers are shown."""
    assert choose_switch_name(listed, number) == expected


def test_names_as_object() -> None:
    """Names with gaps may come as an object."""
    assert decode_switch_names({"x": {"0": "A", "2": " C "}, "y": 1}) == {"x": ["A", None, "C"], "y": []}
    assert decode_switch_names([]) == {}


def test_call_records() -> None:
    """Both spellings of no answer, the caller's name, the time with its short zone."""
    rows = [
        {"acctid": 2, "clid": '"Anna A" <201>', "src": "201", "dst": "9", "disposition": "NO ANSWER",
         "calldate": "2026-03-02 09:00:00+00", "billsec": "0"},
        {"acctid": 1, "clid": "anonymous", "disposition": "NOANSWER", "calldate": "2026-03-02 09:00:00"},
        {"acctid": 3, "disposition": "STRANGE", "calldate": "yesterday"},
        {"disposition": "BUSY"},
    ]  # fmt: skip
    first, second, third = decode_records(rows).values()
    assert (second.caller_name, second.outcome, second.seconds) == ("Anna A", Outcome.NO_ANSWER, 0)
    assert (first.caller_name, first.outcome) == (None, Outcome.NO_ANSWER)
    assert first.time == second.time == datetime(2026, 3, 2, 9, tzinfo=UTC)
    assert (third.outcome, third.time) == (None, None)


def test_queue_times() -> None:
    """Queue times are seconds, and milliseconds beyond ten to the eleventh; others are none."""
    calls = [{"state": "up", "inq": value} for value in (1_764_000_000, 1_764_000_000_000, True, -5)]
    queue = decode_queue("q", {"calls": calls}, {}, lambda _: None)
    since = datetime.fromtimestamp(1_764_000_000, UTC)
    assert [call.since for call in queue.calls] == [since, since, None, None]


def test_lists_in_any_shape() -> None:
    """Lists may be arrays, objects or text."""
    assert decode_names(["a", 1, {}]) == ("a", "1")
    assert decode_names("a, b;c") == decode_names({"a": 1, "b": 2, "c": 3}) == ("a", "b", "c")


def test_zero_is_data() -> None:
    """Zero messages are zero, and no number is none."""
    unread = [decode_mailbox("1", {"unread": value}).new for value in (0, "0", None, "x", True, -1)]
    assert unread == [0, 0, None, None, None, None]


def test_lamp_without_calls() -> None:
    """Where calls are not told, the lamp is all there is; an unknown one says nothing."""
    expected = {0: "idle", 1: "talking", 2: "ringing", 3: "ringing", 9: "unknown"}
    for lamp, status in expected.items():
        directory = Directory()
        directory.update_record("Device", "a", {"name": "a", "blf": lamp, "state": "up"})
        (phone,) = directory.objects
        assert phone.status is LineStatus(status)  # type: ignore[union-attr]


def test_queue_of_a_call() -> None:
    """A call is of the queue that was dialled, or in which the same call has waited; not of who calls."""
    directory = Directory()
    waiting = {"calls": [{"id": "7", "uid": 1, "state": "up"}]}
    directory.update_record("Queue", "q", {"extension": "300", "label": "Sales", **waiting})
    assert directory.find_queue({"extension": "300"}) == "q"
    assert directory.find_queue({"qcall": "Sales"}) == "q"
    assert directory.find_queue({"qcall": True, "id": 7}) == "q"
    assert directory.find_queue({"inq": 12, "id": "7"}) == "q"
    assert directory.find_queue({"id": "7"}) is None
    assert directory.find_queue({"qname": "Sales", "qnumber": "300", "qcall": True}) is None


def test_contacts_come_late_and_go() -> None:
    """A device may be told before its owner, and name the owner by login."""
    directory = Directory()
    directory.update_record("Device", "a", {"name": "a", "owner": "anna", "extension": "201"})
    directory.update_record("Contact", "5", {"cID": 5, "uname": "anna", "name": "Anna"})
    assert directory.get_devices("5") == ["a"]
    assert directory.get_owner({"owner": "anna"}) == "5"
    directory.update_record("Extension", "201", {"extension": "201", "owner": 5})
    directory.update_record("Phone", "p", {"deviceNames": ["a"], "mac": "00"})
    changes = directory.remove_record("Contact", "5")
    assert [change.key for change in changes] == [ObjectKey(ObjectKind.USER, "5")]  # type: ignore[union-attr]
    assert (
        directory.remove_record("Contact", "5")
        == directory.remove_record(None, 1)
        == directory.remove_record("Address", "x")
        == []
    )


def test_findings_are_names_only() -> None:
    """Whatever a script puts where names belong, nothing but names is kept of it."""
    findings = Findings()
    findings.store_lists({"names": {"Device": "PBX.devices (array)", "Queue": "Anna 0700900123", "Phone": 5}})
    assert findings.lists == {"Device": "PBX.devices (array)", "Queue": None, "Phone": None}
    findings.store_methods({"type": "Call", "methods": ["hangup", "0700900123", "Anna Archer", 7, "$x"]})
    findings.store_methods({"type": 1, "methods": []})
    findings.store_methods({"type": "Queue", "methods": "none"})
    findings.store_lists({"names": ["Device"]})
    assert findings.methods == {"Call": ["hangup", "$x"]}


def test_findings_are_bounded() -> None:
    """A script can't fill the memory with kinds of objects that it thinks of."""
    findings = Findings()
    for number in range(100):
        findings.store_lists({"names": {f"T{number}": "PBX.devices (array)"}})
        findings.store_methods({"type": f"T{number}", "methods": ["hangup"]})
    assert len(findings.lists) == len(findings.methods) == 20


def test_numbers_of_users() -> None:
    """Extensions name their owners by login or by id; those of nobody that is known are left out."""
    known = decode_people(
        [{"contact_id": 5, "uname": "anna", "owned_extension": "201", "can_hotdesk": "yes"}]
    )
    assert known["5"].can_hot_desk
    owned = {"777": "anna", "778": "5", "779": "ghost", "780": None}
    assert index_numbers(known, owned) == {"201": "5", "777": "5", "778": "5"}


def test_every_error_number_has_a_reaction() -> None:
    """All numbers of the text are known, and others are those that may pass."""
    assert set(REACTIONS) == {1, 2, 3, 90, 91, 92, 99, 100}
    assert get_reaction(None) is get_reaction(12345) is Reaction.WAIT


def test_redaction() -> None:
    """Neither secrets nor numbers get into the log."""
    known = IpcortexSettings(host="pbx", port=443, tls=True, username="anna", password="pw", auth_key="key")
    assert known.redact("anna with pw and key called 0700900") == "** with ** and ** called **"
    assert not IpcortexSettings(host="pbx", port=443, tls=True, auth_key="key").scripted


_NAME = st.sampled_from(["1", "2", "anna", "bert", None])
_RECORDS = st.one_of(
    st.tuples(
        st.just("Device"),
        st.sampled_from(["SIP/1", "SIP/2"]),
        st.fixed_dictionaries(
            {"ownerID": _NAME},
            optional={
                "extension": st.sampled_from(["201", "202"]),
                "label": st.sampled_from(["A", "B"]),
                "phone": _NAME,
                "blf": st.integers(0, 3),
                "calls": st.sampled_from([[], [{"uid": "7", "id": "7", "state": "ring", "number": "0123"}]]),
            },
        ),
    ),
    st.sampled_from([("Contact", "1", {"uname": "anna"}), ("Contact", "2", {"uname": "bert"})]),
)


@given(st.lists(st.tuples(_RECORDS, st.booleans()), max_size=12))
def test_what_is_left_out_changes_nothing(records: list[tuple[tuple[str, str, Any], bool]]) -> None:
    """A record of a device shows its user anew only where that could be another; nothing is missed."""
    directory = Directory()
    for (kind, key, fields), is_gone in records:
        if is_gone:
            directory.remove_record(kind, key)
        else:
            directory.update_record(kind, key, fields)
            assert directory.update_inventory(Inventory()) == []
