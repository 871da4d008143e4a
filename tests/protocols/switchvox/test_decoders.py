"""What decoders make of everything that may arrive."""

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from hypothesis import HealthCheck, given, settings, strategies as st
import pytest

from custom_components.pbx.protocols.changes import RawEvent
from custom_components.pbx.protocols.enums import CallState, PresenceActivity
from custom_components.pbx.protocols.errors import ProtocolError
from custom_components.pbx.protocols.json_fields import as_seconds
from custom_components.pbx.protocols.session import Clock
from custom_components.pbx.protocols.shapes import MOST_SHAPES, ShapeBook, shape
from custom_components.pbx.protocols.state import PbxState
from custom_components.pbx.protocols.switchvox.calls import CallBook
from custom_components.pbx.protocols.switchvox.channels import MOST_NAMES, CallIndex, UnclaimedDials
from custom_components.pbx.protocols.switchvox.decode import (
    choose_option,
    count_messages,
    decode_account,
    decode_accounts,
    decode_device,
    decode_own_account,
    decode_presence,
    decode_presence_options,
    decode_queue_status,
    decode_queue_today,
    decode_version,
)
from custom_components.pbx.protocols.switchvox.decode_calls import (
    LINE_TOPIC,
    Remote,
    decode_account_id,
    decode_current_calls,
    decode_line,
    decode_remotes,
    estimate_start,
)
from custom_components.pbx.protocols.switchvox.directory import Account, Directory
from custom_components.pbx.protocols.switchvox.feed import Feed
from custom_components.pbx.protocols.switchvox.settings import SPELLINGS, Named, spell_target

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
STATUS = st.sampled_from(["idle", "starting", "calling", "onThePhone", "ringing", "onHold", "parked", "", 7])
IDS = st.sampled_from(["1.1", "1.2", "1.3", "", None, 4, "line"])
REMOTE = st.fixed_dictionaries({}, optional={"uniqueId": IDS, "endpoint": ANYTHING, "account": ANYTHING})
EVENT = st.fixed_dictionaries(
    {"status": STATUS | ANYTHING},
    optional={
        "uniqueId": IDS | ANYTHING,
        "endpoint": ANYTHING,
        "account": st.sampled_from([{"accountId": 7}, {"accountId": "8"}, 7, {"id": 9}]) | ANYTHING,
        "startTime": st.integers(0, 10**13) | ANYTHING,
        "serverTime": st.integers(0, 10**13) | ANYTHING,
        "remotes": st.lists(REMOTE | ANYTHING, max_size=3) | ANYTHING,
        "dialData": ANYTHING,
        "conference": ANYTHING,
        "intercom": ANYTHING,
        "displayUrl": ANYTHING,
        "queueId": ANYTHING,
        "direction": st.sampled_from(["toPbx", "fromPbx"]) | ANYTHING,
    },
)
MODERATE = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def _book() -> CallBook:
    directory = Directory(Account(id="7", number="100", name="Anna"))
    directory.add_account(Account(id="8", number="101", name="Bert"))
    directory.choose_watched(everybody=True, numbers=())
    return CallBook(directory, UnclaimedDials())


class _Watch(Clock):
    def time(self) -> float:
        """Return the same time always."""
        return 0.0


@MODERATE
@given(st.lists(EVENT | ANYTHING, max_size=12))
def test_no_sequence_of_events_breaks_anything(events: list[Any]) -> None:
    """Whatever arrives, in whatever order, is applied, and once every channel is idle no call is left."""
    book, state = _book(), PbxState()
    feed = Feed(book, _Watch())
    for event in events:
        changes = feed.handle_event(LINE_TOPIC, event)
        state.apply([change for change in changes if not isinstance(change, RawEvent)])
        lacking = [channel for channel in book.channels.values() if channel.lacks_number]
        assert book.channels.lacks_numbers == bool(lacking)
    for channel in list(book.channels.values()):
        end = {"uniqueId": channel.id, "status": "idle", "account": channel.account.key}
        state.apply(
            [change for change in feed.handle_event(LINE_TOPIC, end) if not isinstance(change, RawEvent)]
        )
    assert book.channels == {}
    assert list(state.calls.open) == []
    assert feed.shapes.report() is not None


@MODERATE
@given(ANYTHING)
def test_decoders_take_anything(data: Any) -> None:
    """No answer of the Extend API makes a decoder raise anything but that it is none."""
    result = data if isinstance(data, dict) else {"current_calls": data, "presence": data, "messages": data}
    for decode in (decode_current_calls, decode_presence, decode_accounts, decode_own_account):
        with suppress(ProtocolError):
            decode(result)  # type: ignore[operator]
    decode_account(result)
    decode_device(Account(id="7", number="100", name="Anna"), result)
    decode_presence_options(result)
    decode_version(result)
    shape(data)
    decode_account_id(data)


@pytest.mark.parametrize(
    ("status", "state", "known"),
    [
        ("idle", CallState.ENDED, True),
        ("starting", CallState.DIALING, True),
        ("calling", CallState.DIALING, True),
        ("onThePhone", CallState.TALKING, True),
        ("ringing", CallState.RINGING, True),
        ("onHold", CallState.ON_HOLD, True),
        ("ONHOLD", CallState.ON_HOLD, True),
        ("hangup", CallState.ENDED, True),
        ("dancing", CallState.TALKING, False),
        (None, CallState.TALKING, False),
    ],
)
def test_every_status(status: str | None, state: CallState, known: bool) -> None:
    """Each documented word has its state; another means that something goes on."""
    event = decode_line({"status": status})
    assert (event.state, event.known_status) == (state, known)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (1424980000100, 1424980000.1),
        (1424980000, 1424980000),
        (1424980000.5, 1424980000.5),
        ("1424980000100", 1424980000.1),
        ("2015-02-26T19:46:40+00:00", 1424980000),
        ("2015-02-26T19:46:40Z", 1424980000),
        (7, None),
        ("soon", None),
        (None, None),
        (True, None),
        ([], None),
        (1e400, None),
    ],
)
def test_time_stamps_of_all_kinds(value: Any, seconds: float | None) -> None:
    """Milliseconds, seconds, text and ISO 8601 are told apart."""
    assert as_seconds(value) == seconds


def test_local_time_stamps_can_be_compared() -> None:
    """A local time of the PBX is good for differences."""
    first, second = as_seconds("2026-03-02 09:00:00"), as_seconds("2026-03-02 09:00:05")
    assert first is not None
    assert second is not None
    assert second - first == 5


REMOTES: list[tuple[dict[str, Any], Remote | None]] = [
    ({"remotes": [{"endpoint": {"name": "Jane", "number": "555"}}]}, Remote(number="555", name="Jane")),
    ({"remotes": [{"callerIdNumber": 555, "caller_id_name": "Jane"}]}, Remote(number="555", name="Jane")),
    ({"remotes": [{"uniqueId": "1.2", "account": 8}]}, Remote(channel="1.2", account="8")),
    ({"remotes": [{"account": {"accountId": 8, "extension": "101"}}]}, Remote(account="8", number="101")),
    (
        {"remotes": [{"uniqueId": "1.2", "callerId": {"name": "Jane", "number": "555"}}]},
        Remote(channel="1.2", number="555", name="Jane"),
    ),
    ({"remotes": [{"endpoint": {"callerId": {"number": "555"}}}]}, Remote(number="555")),
    ({"remotes": [{"caller": {"callerId": {"number": "555"}}}]}, Remote(number="555")),
    ({"caller": {"callerId": {"name": "Jane", "number": "555"}}}, Remote(number="555", name="Jane")),
    ({"caller": {"callerId": {"name": "Anna", "number": "100"}}}, None),
    ({"remotes": {"exten": "555"}}, Remote(number="555")),
    ({"remotes": ["1424979998.14"]}, Remote(channel="1424979998.14")),
    ({"remotes": ["5551234567"]}, Remote(number="5551234567")),
    ({"remotes": [{"endpoint": {"number": "100", "name": "Anna"}}]}, Remote()),
    ({"remotes": [{"number": "unknown", "name": "Jane"}]}, Remote(name="Jane")),
    ({"endpoint": {"remote": {"number": "555"}}}, Remote(number="555")),
    (
        {"endpoint": {"connectedLineNum": "555", "connectedLineName": "Jane"}},
        Remote(number="555", name="Jane"),
    ),
    ({"endpoint": {"callerIdNumber": "555", "extension": "100"}}, Remote(number="555")),
    ({"endpoint": {"callerid": "555"}}, Remote(number="555")),
    ({"remotes": [None, 7]}, None),
    ({}, None),
]


@pytest.mark.parametrize(("event", "remote"), REMOTES)
def test_the_other_party_is_found_wherever_it_is(event: dict[str, Any], remote: Remote | None) -> None:
    """The search never takes the account itself for the other party."""
    found = decode_remotes(event, frozenset({"100", "Anna"}))
    assert next(iter(found), None) == remote


def test_one_many_or_none() -> None:
    """What repeats is an object for one, a list for several, and nothing for none."""
    one = {"current_calls": {"total_items": "1", "current_call": {"id": "a", "state": "talking"}}}
    many = {"current_calls": {"current_call": [{"id": "a"}, {"id": "b"}, {"state": "no id"}]}}
    assert [call.id for call in decode_current_calls(one)] == ["a"]
    assert [call.id for call in decode_current_calls(many)] == ["a", "b"]
    assert decode_current_calls({"current_calls": {"total_items": 0}}) == []


@pytest.mark.parametrize(
    "result",
    [
        {},
        {"current_calls": None},
        {"current_calls": 7},
        {"current_calls": {"current_call": "none"}},
        {"current_calls": {"total_items": "2"}},
        {"calls": {"current_call": []}},
    ],
)
def test_unreadable_is_not_empty(result: dict[str, Any]) -> None:
    """Only a frame with nothing in it says that there is nothing."""
    with pytest.raises(ProtocolError):
        decode_current_calls(result)
    for empty in ("", [], {}, {"total_items": "0"}, {"current_call": ""}, {"current_call": None}):
        assert decode_current_calls({"current_calls": empty}) == []


def test_presence_options_in_any_frame() -> None:
    """The choices are found wherever they are, and sent back with their own members."""
    options = decode_presence_options(
        {"presence_options": [{"option": {"presence": "away", "id": 4, "x": []}}]}
    )
    assert options == [{"presence": "away", "id": "4"}]
    assert choose_option(options, PresenceActivity.AWAY, None) == {"presence": "away", "id": "4"}
    assert choose_option(options, PresenceActivity.DND, None) is None
    assert decode_presence({"presence": {"presence": "yodelling"}})["presence"] is PresenceActivity.OTHER


def test_messages_that_do_not_say_whether_they_were_read() -> None:
    """Guessing would tell of messages that are not there."""
    assert count_messages([{"messages": {"message": [{"read": "No"}, {"read": "Yes"}, {}]}}]) == (1, 1)
    with pytest.raises(ProtocolError):
        count_messages([{"messages": {"message": {"id": 1}}}])


def test_accounts_and_versions() -> None:
    """Names come from wherever there are some."""
    account = decode_account({"extension": 104, "first_name": "David", "last_name": "P"})
    assert account is not None
    assert (account.key, account.name, account.kind) == ("ext-104", "David P", "sip")
    assert decode_version({"x": {"software_version": "8.2.2.1"}}) == "8.2.2.1"
    assert decode_version({"x": [1]}) is None
    assert estimate_start(None, None, datetime.now(UTC)) is None
    today = {"callQueue": {"overview": {}}}
    assert decode_queue_today(account, today, None, None, datetime.now(UTC)).name == "David P"


def test_agents_in_both_spellings() -> None:
    """A permanent agent is logged in, and the place in the queue is that of now."""
    account = Account(id="300", number="300", name="Sales")
    people = {
        "queue_members": {
            "queue_member": [
                {"account_id": "1", "loggedin_status": "permanent", "paused": "0"},
                {
                    "account_id": "2",
                    "logged_in_status": "logged_in",
                    "paused": 1,
                    "paused_since": "1764500000",
                    "pauseReason": "Lunch",
                    "time_of_last_call": 1764499000,
                },
                {
                    "account_id": "3",
                    "loggedin_status": "logged_out",
                    "login_type": "login",
                    "paused_since": "",
                },
            ]
        },
        "waiting_callers": {"waiting_caller": {"entered_position": 4, "position": 2}},
    }
    now = datetime.now(UTC)
    member = decode_queue_today(account, {"callQueue": {"detailed_view": people}}, None, None, now)
    for queue in (member, decode_queue_status(account, {"call_queue": people}, None, now)):
        assert [agent.permanent for agent in queue.agents] == [True, False, False]
        assert [agent.logged_in for agent in queue.agents] == [True, True, False]
        assert [agent.paused for agent in queue.agents] == [False, True, None]
        assert (queue.agents_logged_in, queue.agents_available) == (2, 1)
        paused = queue.agents[1]
        assert (paused.paused_since, paused.pause_reason) == (
            datetime.fromtimestamp(1764500000, UTC),
            "Lunch",
        )
        assert paused.last_call == datetime.fromtimestamp(1764499000, UTC)
        assert [call.position for call in queue.calls] == [2]


def test_counts_below_zero_are_unknown() -> None:
    """A count that the PBX does not know is none."""
    account = Account(id="300", number="300", name="Sales")
    overview = {"callers_waiting": -1, "total_members": "-1", "avg_wait_time": -1, "abandoned_calls": 0}
    queue = decode_queue_today(account, {"callQueue": {"overview": overview}}, None, None, datetime.now(UTC))
    assert (queue.waiting, queue.agents_all, queue.average_hold, queue.aborted) == (None, None, None, 0)


def test_targets_are_spelled_as_the_text_has_them() -> None:
    """Seven spellings, in the order in which they are tried; none with a part that is not known."""
    whole = Named(account="1101", extension="100", server="6f1d")
    assert [spell_target(name, whole) for name in SPELLINGS] == [
        {"account": {"accountId": 1101}},
        {"account": {"accountId": 1101, "serverUuid": "6f1d"}},
        {"account": {"accountId": "1101"}},
        {"account": {"accountId": 1101, "extension": "100"}},
        {"account": {"extension": "100"}},
        {"account": 1101},
        {"account": {"id": 1101}},
    ]
    part = Named(account=None, extension="100")
    known = [spell_target(name, part) for name in SPELLINGS]
    assert [target for target in known if target] == [{"account": {"extension": "100"}}]
    assert spell_target("extension", Named(account="1101", extension=None)) is None


def test_books_are_bounded() -> None:
    """Neither shapes nor names of channels grow without end."""
    book = ShapeBook()
    for count in range(MOST_SHAPES * 2):
        book.add("topic", {f"member{count}": 1, "5551234567": 2})
    assert len(book.report()) == MOST_SHAPES
    assert "5551234567" not in str(book.report())
    index = CallIndex()
    for count in range(MOST_NAMES * 2):
        index.add_name(str(count), "call")
    assert index.get_call(str(MOST_NAMES)) is None
    index.remove_call("call")
    assert index.get_call("1") is None
