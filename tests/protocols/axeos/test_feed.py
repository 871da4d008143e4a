"""Test what events come to, one after the other."""

from typing import Any

import pytest

from custom_components.pbx.protocols.axeos.calls import OpenCalls
from custom_components.pbx.protocols.axeos.decode_objects import ListKind
from custom_components.pbx.protocols.axeos.directory import Directory
from custom_components.pbx.protocols.axeos.feed import MOST_UNKNOWN, RINGS_WITHOUT_CALLS, EventFeed
from custom_components.pbx.protocols.axeos.settings import AxeosSettings
from custom_components.pbx.protocols.changes import CallChange, Change, Notice, Patch, RawEvent
from custom_components.pbx.protocols.enums import NoticeCode
from tests.protocols.office import DESK

from .events import CALL, event

SETTINGS = AxeosSettings(host="pbx.example", port=443, tls=True, api_key="k")
RINGS = event("phone status update", phone_uuid=DESK.id, status_code=8)


class Fed:
    """A feed that knows one phone, and the lists that it asked to read again."""

    def __init__(self) -> None:
        directory = Directory(SETTINGS)
        directory.update_list(ListKind.PHONES, [DESK], ())
        self.asked: list[ListKind] = []
        self.calls = OpenCalls()
        self.losses = 0
        self.feed = EventFeed(directory, self.calls, self.asked.append, self._count_loss)
        self._seq = 0

    def _count_loss(self) -> None:
        self.losses += 1

    def handle(self, *events: dict[str, Any], skip: int = 0) -> list[Change]:
        """Handle events that are numbered one after the other."""
        self._seq += skip
        numbered = []
        for data in events:
            self._seq += 1
            numbered.append(data | {"seq": self._seq})
        return self.feed.handle_events(numbered)


@pytest.fixture
def fed() -> Fed:
    """Return a feed."""
    return Fed()


def notices(changes: list[Change]) -> list[Notice]:
    """Return the notices among changes."""
    return [change for change in changes if isinstance(change, Notice)]


def test_changes_come_before_the_raw_event(fed: Fed) -> None:
    """Whoever hears the event finds the model changed; nothing has to be read again."""
    changes = fed.handle(RINGS, event("incoming call", CALL))
    assert [type(change) for change in changes] == [Patch, RawEvent, CallChange, Notice, RawEvent]
    assert fed.asked == []


def test_phone_that_no_list_held(fed: Fed) -> None:
    """The list of phones is read again."""
    fed.handle(RINGS | {"phone_uuid": "new"})
    assert fed.asked == [ListKind.PHONES]


@pytest.mark.parametrize(("skip", "name"), [(3, "gap"), (-2, "reset")])
def test_lost_events(fed: Fed, skip: int, name: str) -> None:
    """The PBX is asked for its calls, and everything is read again; nothing is concluded before."""
    fed.handle(RINGS, event("incoming call", CALL))
    assert [type(change) for change in fed.handle(RINGS, skip=skip)] == [Patch, RawEvent]
    assert fed.losses == 1
    assert CALL["unique_id"] in fed.calls
    assert set(fed.asked) == set(ListKind)
    assert fed.feed.counts[name] == 1


@pytest.mark.parametrize(
    ("data", "name", "understood"),
    [
        (event("surprise", weather="fine"), "surprise", False),
        (event("x" * 100, weather="fine"), "x" * 60, False),
        ({"weather": "fine"}, "(no name)", False),
        (event("strange name", CALL), "strange name", True),
        (event("call finished"), "call finished", False),
    ],
)
def test_unknown_names_are_counted(fed: Fed, data: dict[str, Any], name: str, understood: bool) -> None:
    """The names tell what to teach; a name that is new may still be understood."""
    raw = fed.handle(data)[-1]
    assert isinstance(raw, RawEvent)
    assert raw.understood is understood
    assert fed.feed.unknown == {name: 1}


def test_unknown_names_are_bounded(fed: Fed) -> None:
    """A PBX that makes up names fills no memory with them."""
    fed.handle(*(event(f"surprise {index}", weather="fine") for index in range(MOST_UNKNOWN + 5)))
    assert len(fed.feed.unknown) == MOST_UNKNOWN


def test_phones_ring_without_calls(fed: Fed) -> None:
    """It is noticed once that the PBX tells of no calls."""
    told = [notices(fed.handle(RINGS)) for _ in range(RINGS_WITHOUT_CALLS + 3)]
    missing = Notice(NoticeCode.CALL_EVENTS_MISSING, active=True)
    assert told == [*[[]] * (RINGS_WITHOUT_CALLS - 1), [missing], [], [], []]


def test_first_call_cures_it(fed: Fed) -> None:
    """One call shows that calls are told, whatever comes after it."""
    assert notices(fed.handle(event("incoming call", CALL))) == [
        Notice(NoticeCode.CALL_EVENTS_MISSING, active=False)
    ]
    assert notices(fed.handle(event("incoming call", CALL), *[RINGS] * RINGS_WITHOUT_CALLS)) == []
