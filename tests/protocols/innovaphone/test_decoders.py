"""What is made of single messages, whatever they hold."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from hypothesis import HealthCheck, given, settings, strategies as st
import pytest

from custom_components.pbx.protocols.enums import CallState, EndCause, LegRole, Outcome, PresenceActivity
from custom_components.pbx.protocols.innovaphone.decode_calls import (
    decode_call,
    decode_user,
    decode_wide_call,
    get_end_cause,
    get_leg_outcome,
)
from custom_components.pbx.protocols.innovaphone.decode_objects import (
    Node,
    decode_account,
    decode_diversion,
    decode_licences,
    decode_presence,
    decode_registrations,
    decode_row,
    decode_switches,
    get_object_type,
    get_refusal,
    strip_note,
    summarize_presence,
)
from custom_components.pbx.protocols.innovaphone.directory import Directory
from custom_components.pbx.protocols.innovaphone.feed import Feed
from custom_components.pbx.protocols.state import PbxState

JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(), children, max_size=3),
    max_leaves=5,
)
NAMES = [
    ("RCC", "UserInfo"), ("RCC", "UserInitializeResult"), ("RCC", "CallInfo"), ("RCC", "CallAdd"),
    ("RCC", "CallUpdate"), ("RCC", "CallDel"), ("RCC", "CallDelete"), ("PbxApi", "PresenceState"),
    ("PbxApi", "PresenceUpdate"), ("PbxApi", "ProfileContactAdded"), ("PbxTableUsers", "ReplicateAdd"),
    ("PbxTableUsers", "ReplicateUpdate"), ("PbxTableUsers", "ReplicateDel"),
    ("PbxAdminApi", "MonitorConfigInfo"), (None, "PbxInfo"), (None, "KeepAlive"), ("X", "Y"),
]  # fmt: skip
FIELDS = [
    "guid", "cn", "dn", "h323", "e164", "pbx", "pseudo", "regs", "alert", "channel", "update", "user", "call",
    "conf", "conf-id", "state", "msg", "peer", "no", "time", "info", "del", "local", "remote", "presence",
    "up", "booleans", "licences",
    "sip", "num", "profile", "columns", "apis", "domain", "version",
]  # fmt: skip
KNOWN = st.sampled_from(["a", "b", "u:a", "p:a", "d:a", "del", "r-alert", "x-conn", "x-rel", "waiting"])
SMALL = st.integers(0, 3) | st.integers(0, 0x7FF)
PARTY = st.dictionaries(st.sampled_from(["h323", "e164", "cn"]), KNOWN) | st.fixed_dictionaries(
    {"type": st.sampled_from(["ct", "leg2"]), "h323": KNOWN}
)
LIKELY = KNOWN | SMALL | st.booleans() | PARTY | st.lists(PARTY, max_size=2) | JSON
FRAMES = st.builds(
    lambda name, fields, src: {"api": name[0], "mt": name[1], **fields, **src},
    st.sampled_from(NAMES),
    st.dictionaries(st.sampled_from(FIELDS), LIKELY, max_size=10),
    st.one_of(st.just({}), st.fixed_dictionaries({"src": KNOWN | JSON})),
)


# How fast a busy machine makes up messages says nothing about what they do.
@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(FRAMES, max_size=15))
def test_no_message_breaks_a_session(frames: list[dict[str, Any]]) -> None:
    """Whatever comes, nothing is raised, neither here nor in the model."""
    feed, state = Feed(), PbxState()
    for frame in frames:
        state.apply(feed.handle_event(frame, answer=False))
    feed.forget_connection()
    for entry in list(feed.directory.entries.values()):
        state.apply(feed.forget_record(entry))
    state.apply(feed.end_stale_calls(10**9, 0))
    assert not feed.book.get_stale_lines()


# Users who change their names and phones, have calls with each other and with others, and are seen in them.
_OWN = st.sampled_from(["a", "b"])
_PERSON = st.fixed_dictionaries({
    "guid": _OWN, "h323": _OWN, "cn": st.sampled_from(["Ann", "Ben"]), "e164": st.sampled_from(["11", "12"]),
    "regs": st.sampled_from([[], [{"hw": "x"}], [{"hw": "y"}], [{"hw": "x"}, {"hw": "y"}]]),
    "channel": st.integers(0, 1), "update": st.sampled_from(["mod", "mod", "mod", "del"]),
})  # fmt: skip
_SIDE = st.sampled_from([
    {"h323": "a"}, {"h323": "b", "dn": "Ben"}, {"e164": "11"}, {"cn": "Ann"}, {"e164": "0049301234"},
])  # fmt: skip
_CALL = st.fixed_dictionaries({
    "call": st.integers(1, 2), "conf": st.sampled_from(["c", "d"]), "peer": _SIDE,
    "state": st.sampled_from([1, 4, 5, 6, 129, 132, 133, 135, 261]),
    "del": st.sampled_from([False, False, True]),
})  # fmt: skip
_COUNTRY = {"country": "49", "prefixNtl": "0", "prefixIntl": "00", "user": 1}


def _make_initialized(guid: str) -> dict[str, Any]:
    return {"api": "RCC", "mt": "UserInitializeResult", "src": f"u:{guid}", **_COUNTRY}


PLAUSIBLE = st.one_of(
    st.builds(lambda fields: {"api": "RCC", "mt": "UserInfo", **fields}, _PERSON),
    st.builds(lambda who, fields: {"api": "RCC", "mt": "CallInfo", "src": f"u:{who}", **fields}, _OWN, _CALL),
    st.builds(_make_initialized, _OWN),
)


def _keep_nothing(directory: Directory, number: int) -> None:
    """Have a directory find out anew who everybody is, and what they are."""
    # With another name of our own, any object may be another one than before.
    directory.own_name = f"pbx-{number}"
    directory.node = replace(directory.node)


@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(FRAMES, max_size=15) | st.lists(PLAUSIBLE, min_size=10, max_size=40))
def test_what_is_left_out_changes_nothing(frames: list[dict[str, Any]]) -> None:
    """Where only calls and presence change, the same comes out as where everything is computed anew."""
    now = datetime(2026, 11, 30, 12, tzinfo=UTC)
    feed, whole = Feed(lambda: now), Feed(lambda: now)
    state, expected = PbxState(lambda: now), PbxState(lambda: now)
    for number, frame in enumerate(frames):
        _keep_nothing(whole.directory, number)
        delta = state.apply(feed.handle_event(frame, answer=False))
        other = expected.apply(whole.handle_event(frame, answer=False))
        assert (set(delta.touched), list(delta.moments)) == (set(other.touched), list(other.moments))
        assert state.objects == expected.objects
        assert list(state.calls.open) == list(expected.calls.open)
    assert feed.directory.shown == whole.directory.shown


def test_a_number_is_read_anew_once_the_numbering_is_known() -> None:
    """The first call may come before the PBX has said how numbers are dialed."""
    feed, state = Feed(), PbxState()
    call = {"api": "RCC", "mt": "CallInfo", "src": "u:a", "call": 1, "peer": {"e164": "0049301234"}}
    for frame in {**call, "state": 129}, _make_initialized("a"), {**call, "state": 132}:
        state.apply(feed.handle_event(frame, answer=False))
    assert [call.legs[0].remotes[0].normalized for call in state.calls.open] == ["+49301234"]


DECODERS: list[Callable[[dict[str, Any]], Any]] = [
    decode_user, decode_call, decode_wide_call, decode_row, decode_account, decode_diversion, decode_switches,
    decode_registrations, decode_licences,
]  # fmt: skip


@settings(max_examples=100)
@given(st.dictionaries(st.sampled_from(FIELDS), JSON), JSON)
def test_decoders_take_any_json(frame: dict[str, Any], data: Any) -> None:
    """Each decoder alone is as patient."""
    for decode in DECODERS:
        decode(frame)
    decode_row({"columns": data})
    summarize_presence(decode_presence(data) or ())
    get_object_type(data)


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (1, CallState.DIALING),
        (2, CallState.DIALING),
        (4, CallState.DIALING),
        (5, CallState.TALKING),
        (129, None),
        (132, CallState.RINGING),
        (132 + 1024, CallState.RINGING),
        (133, CallState.TALKING),
        (261, CallState.ON_HOLD),
        (389, CallState.ON_HOLD),
        (5 + 512, CallState.ON_HOLD),
        (6, CallState.ENDED),
        (135, CallState.ENDED),
        (8, CallState.ON_HOLD),
    ],
)
def test_states_of_a_call(state: int, expected: CallState | None) -> None:
    """The examples of the text, and what else the bits say."""
    assert decode_call({"state": state}).state is expected


@pytest.mark.parametrize(
    ("msg", "incoming", "expected"),
    [
        ("x-setup", False, CallState.DIALING),
        ("r-setup", True, None),
        ("x-alert", True, CallState.RINGING),
        ("r-alert", False, CallState.DIALING),
        ("x-conn", True, CallState.TALKING),
        ("r-conn", False, CallState.TALKING),
        ("r-held", None, CallState.ON_HOLD),
        ("r-retrieved", None, CallState.TALKING),
        ("r-rel", None, CallState.ENDED),
    ],
)
def test_names_of_events(msg: str, incoming: bool | None, expected: CallState | None) -> None:
    """What is sent by the user and what is received tells the direction where no state does."""
    news = decode_wide_call({"msg": msg, "conf-id": "c", "remote": {"e164": "1"}})
    assert (news.incoming, news.state, news.conference) == (incoming, expected, "c")
    assert decode_wide_call({"state": 133, "msg": "x-unheard-of"}).state is CallState.TALKING


def test_real_row() -> None:
    """A row of a real PBX, shortened as it was published."""
    row = decode_row(
        {
            "columns": {
                "apps-my": "users",
                "cds": [
                    {
                        "type": "cfu",
                        "bool": "my_new_boolean",
                        "e164": "111233",
                        "h323": "x",
                        "src": '<src type="do"><ep e164="3333" ext="true" fwd="both"/></src>',
                        "precedence": True,
                    },
                    {"type": "cfnr", "e164": "400"},
                ],
                "cn": "Charlotte Example",
                "devices": [{"hw": "hwid", "text": "name", "app": "app", "tls": True, "sreg": True}],
                "dn": "Example, Charlotte",
                "e164": "403",
                "fax": False,
                "grps": [{"name": "Support"}],
                "guid": "66eaaee678464cffb9a3c8ae259fedd2",
                "h323": "charlotte",
                "hide": False,
                "loc": "pbx-main",
                "node": "master",
                "wakeups": [],
            }
        }
    )
    assert row is not None
    assert (row.h323, row.type, row.devices) == ("charlotte", "", (("hwid", "name"),))
    assert [(kind.value, number) for kind, number in row.forwards] == [("no_answer", "400")]
    assert row.groups[0].group == "Support"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ('<pseudo type="waiting" a="1"/>', "waiting"),
        ("waiting", "waiting"),
        ("", ""),
        (None, ""),
        ("<pseudo/>", ""),
    ],
)
def test_types_of_objects(value: Any, expected: str) -> None:
    """The type stands in XML or alone."""
    assert get_object_type(value) == expected


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ([], PresenceActivity.AVAILABLE),
        ([("im:", "open", "")], PresenceActivity.AVAILABLE),
        ([("im:", "closed", "")], PresenceActivity.OFFLINE),
        ([("im:", "closed", ""), ("tel:", "open", "")], PresenceActivity.AVAILABLE),
        ([("im:", "closed", ""), ("tel:", "open", "dnd")], PresenceActivity.DND),
        ([("tel:", "open", "away"), ("x:", "open", "on-the-phone")], PresenceActivity.ON_THE_PHONE),
        ([("im:", "open", "away"), ("cal:", None, "busy")], PresenceActivity.AWAY),
        ([("im:", "open", ""), ("calendar:", None, "busy")], PresenceActivity.BUSY),
        ([("tel:", "open", "vacation")], PresenceActivity.OTHER),
        ([("app:", "open", "busy")], PresenceActivity.AVAILABLE),
        ([("tel:", "open", "on-the-phone"), ("tel:", "open", "busy")], PresenceActivity.ON_THE_PHONE),
    ],
)
def test_one_activity_of_many(entries: list[tuple[str, str, str]], expected: PresenceActivity) -> None:
    """A call wins, then what was set by hand, then the client, then the calendar."""
    data = [{"contact": contact, "status": status, "activity": text} for contact, status, text in entries]
    assert summarize_presence(decode_presence(data) or ()).activity is expected


def test_long_note_is_whole() -> None:
    """A note goes back to the PBX where only the activity is set, so it must not be cut."""
    note = "x" * 1000
    presence = summarize_presence(
        decode_presence([{"contact": "tel:", "status": "open", "note": note}]) or ()
    )
    assert presence.note == note


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ({"regs": [{"hw": "a"}, {"hw": "a"}, {"hw": "b"}]}, ("a", "b")),
        ({"regs": {"reg": {"hw": "a"}}}, ("a",)),
        ({"regs": [{}]}, ()),
        ({}, ()),
    ],
)
def test_registrations(message: dict[str, Any], expected: tuple[str, ...]) -> None:
    """Each device counts once, however it is nested."""
    assert decode_registrations(message) == expected


@pytest.mark.parametrize(
    ("note", "expected"),
    [
        ("Meeting #free #until:1524733200000 #next:41:5:42:5", "Meeting"),
        ("#badge:3", None),
        ("Room C#2", "Room C#2"),
        (None, None),
        ("", None),
    ],
)
def test_notes(note: str | None, expected: str | None) -> None:
    """Only what is meant for people is left."""
    assert strip_note(note) == expected


NODE = Node(international="000", national="00", local="0", country="49", area="30")


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        ("0003120123456", "+3120123456"),
        ("0089123456", "+4989123456"),
        ("01234567", "+49301234567"),
        ("+3120123456", "+3120123456"),
        ("201", None),
        ("alice", None),
        (None, None),
    ],
)
def test_shown_numbers(shown: str | None, expected: str | None) -> None:
    """Prefixes tell how much of a number is missing."""
    assert NODE.normalize(shown) == expected


def test_dialled_numbers() -> None:
    """Only the international form needs work, and how much depends on the country."""
    assert NODE.get_dialled("+49 (30) 1234") == "00301234"
    assert NODE.get_dialled("+31-20-1234") == "00031201234"
    assert NODE.get_dialled("201") == "201"
    assert Node().get_dialled("+3120") == "003120"
    assert Node().normalize("003120") is None


def test_causes() -> None:
    """A cause says something else for who called and for who was called."""
    assert get_end_cause(None) is get_end_cause(26) is EndCause.HANGUP
    assert get_end_cause(3) is EndCause.FAILED
    assert get_leg_outcome(LegRole.CALLER, 18, taken=False) is Outcome.NO_ANSWER
    assert get_leg_outcome(LegRole.CALLEE, 16, taken=True) is Outcome.ANSWERED_ELSEWHERE
    assert get_leg_outcome(LegRole.CALLEE, 17, taken=False) is Outcome.BUSY
    assert get_leg_outcome(LegRole.CALLEE, 16, taken=False) is Outcome.MISSED


@pytest.mark.parametrize(
    ("answer", "refusal"),
    [
        ({}, None),
        ({"error": 0, "errorText": "ok"}, None),
        ({"error": "0"}, None),
        ({"error": 7, "errorText": "not allowed"}, "not allowed"),
        ({"error": "not found"}, "not found"),
        ({"err": True}, "rejected"),
        ({"errorText": "x" * 100}, "x" * 80),
        ({"error": None, "ok": True}, None),
    ],
)
def test_refusals(answer: dict[str, Any], refusal: str | None) -> None:
    """An error of 0 is none, whatever text stands beside it."""
    assert get_refusal(answer) == refusal
