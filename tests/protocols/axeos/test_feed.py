"""Test what events come to, one after the other."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from custom_components.pbx.protocols.axeos.events import Subject
from custom_components.pbx.protocols.axeos.feed import RINGS_WITHOUT_CALLS, EventFeed
from custom_components.pbx.protocols.axeos.http import AxeosHttp, V1Api
from custom_components.pbx.protocols.axeos.reader import Reader
from custom_components.pbx.protocols.axeos.settings import AxeosSettings
from custom_components.pbx.protocols.changes import CallChange, CallsLost, Change, Notice, Patch, RawEvent
from custom_components.pbx.protocols.enums import NoticeCode
from custom_components.pbx.protocols.session import Link
from tests.protocols.client import open_link
from tests.protocols.office import DESK

from .events import CALL, event

SETTINGS = AxeosSettings(host="pbx.example", port=443, tls=True, api_key="k")
RINGS = event("phone status update", phone_uuid=DESK.id, status_code=8)


class Fed:
    """A feed that knows one phone, and the lists that it asked to read again."""

    def __init__(self, link: Link) -> None:
        http = AxeosHttp(SETTINGS, link)
        reader = Reader(SETTINGS, http, V1Api(SETTINGS, http, link.clock.time))
        reader.known[Subject.PHONES] = {DESK.key: DESK}
        self.asked: list[Subject] = []
        self.feed = EventFeed(reader, self.asked.append)
        self._seq = 0

    def take(self, *events: dict[str, Any], skip: int = 0) -> list[Change]:
        """Take events that are numbered one after the other."""
        self._seq += skip
        numbered = []
        for data in events:
            self._seq += 1
            numbered.append(data | {"seq": self._seq})
        return self.feed.take(numbered)


@pytest.fixture
async def fed() -> AsyncIterator[Fed]:
    """Return a feed."""
    async with open_link() as link:
        yield Fed(link)


def notices(changes: list[Change]) -> list[Notice]:
    """Return the notices among changes."""
    return [change for change in changes if isinstance(change, Notice)]


async def test_changes_come_before_the_raw_event(fed: Fed) -> None:
    """Whoever hears the event finds the model changed; nothing has to be read again."""
    changes = fed.take(RINGS, event("incoming call", CALL))
    assert [type(change) for change in changes] == [Patch, RawEvent, CallChange, Notice, RawEvent]
    assert fed.asked == []


async def test_phone_that_no_list_held(fed: Fed) -> None:
    """The list of phones is read again."""
    fed.take(RINGS | {"phone_uuid": "new"})
    assert fed.asked == [Subject.PHONES]


@pytest.mark.parametrize(("skip", "name"), [(3, "gap"), (-1, "reset")])
async def test_lost_events(fed: Fed, skip: int, name: str) -> None:
    """Open calls are lost before anything else is told, and everything is read again."""
    fed.take(RINGS)
    assert isinstance(fed.take(RINGS, skip=skip)[0], CallsLost)
    assert set(fed.asked) == set(Subject)
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
async def test_unknown_names_are_counted(fed: Fed, data: dict[str, Any], name: str, understood: bool) -> None:
    """The names tell what to teach; a name that is new may still be understood."""
    raw = fed.take(data)[-1]
    assert isinstance(raw, RawEvent)
    assert raw.understood is understood
    assert fed.feed.unknown == {name: 1}


async def test_phones_ring_without_calls(fed: Fed) -> None:
    """It is noticed once that the PBX tells of no calls."""
    told = [notices(fed.take(RINGS)) for _ in range(RINGS_WITHOUT_CALLS + 3)]
    missing = Notice(NoticeCode.CALL_EVENTS_MISSING, active=True)
    assert told == [*[[]] * (RINGS_WITHOUT_CALLS - 1), [missing], [], [], []]


async def test_first_call_cures_it(fed: Fed) -> None:
    """One call shows that calls are told, whatever comes after it."""
    assert notices(fed.take(event("incoming call", CALL))) == [
        Notice(NoticeCode.CALL_EVENTS_MISSING, active=False)
    ]
    assert notices(fed.take(event("incoming call", CALL), *[RINGS] * RINGS_WITHOUT_CALLS)) == []
