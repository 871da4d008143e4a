"""Which calls a trigger is asked for."""

from typing import Any

from homeassistant.core import HomeAssistant
import pytest

from custom_components.pbx.protocols.call import Leg, Party
from custom_components.pbx.protocols.changes import CallChange
from custom_components.pbx.protocols.enums import CallDirection, CallState, EndCause, LegRole, ObjectKind
from custom_components.pbx.protocols.keys import ObjectKey
from custom_components.pbx.protocols.model import Queue, User
from tests.memory_session import MemorySession
from tests.waiting import until

from .automations import automate
from .memory_entry import have_pbx_event, memory_entry, set_up

ANNA = User(id="1", name="Anna", number="201")
SALES = Queue(id="5", name="Sales", waiting=0)
ANNAS_CALLS = "event.memory_pbx_anna_call"
ALL_CALLS = "event.memory_pbx_call"
MARK = "mark"


@pytest.fixture
async def session(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> MemorySession:
    """Set up a small PBX in the Netherlands."""
    hass.config.country = "NL"
    entry, session = memory_entry(hass, monkeypatch, [ANNA, SALES])
    assert have_pbx_event(hass, entry) == ALL_CALLS
    await set_up(hass, entry)
    return session


def call_to_anna(state: CallState = CallState.RINGING, **fields: Any) -> CallChange:
    """Return a call that rings at Anna."""
    leg = Leg(id="1", role=LegRole.CALLEE, party=Party(user=ANNA.id, number="201"), state=state)
    told = {"caller": Party(number="0201234567"), "called": Party(number="201"), "legs": (leg,)} | fields
    return CallChange(id="7", **told)


async def report(hass: HomeAssistant, session: MemorySession, *changes: CallChange) -> None:
    """Report changes, and wait until all that follows from them has happened."""
    session.report(*changes)
    session.report(CallChange(id=MARK, caller=Party(number="1")))
    await until(lambda: MARK in str(hass.states.get(ALL_CALLS)))
    await hass.async_block_till_done()


def trigger(kind: str = "call_ringing", **options: Any) -> dict[str, Any]:
    """Return a trigger on Anna's calls."""
    return {"trigger": f"pbx.{kind}", "target": {"entity_id": ANNAS_CALLS}, "options": options}


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        ({}, True),
        ({"number": [], "queue": [], "tag": []}, True),
        ({"direction": "incoming"}, True),
        ({"direction": ["outgoing", "internal"]}, False),
        ({"number": "020 1234567"}, True),
        ({"number": ["1234", "+31 20 123 45 67"]}, True),
        ({"number": "0031201234567"}, True),
        ({"number": "+3120*"}, True),
        ({"number": "003120*"}, True),
        ({"number": "(020) *"}, True),
        ({"number": "020123456?"}, True),
        ({"number": "020123456??"}, False),
        ({"number": "+3130*"}, False),
        ({"number": "020123456"}, False),
        ({"number": "anonymous"}, False),
        ({"called_number": "20?"}, True),
        ({"called_number": "202"}, False),
        ({"tag": ["shop", "Sales*"]}, True),
        ({"tag": "shop"}, False),
        ({"number": "+3120*", "tag": "shop"}, False),
    ],
)
async def test_filters(
    hass: HomeAssistant, session: MemorySession, options: dict[str, Any], wanted: bool
) -> None:
    """A call has to be all that is asked for; a list is fulfilled by one of it."""
    runs = await automate(hass, trigger(**options))
    await report(hass, session, call_to_anna(tag="sales-nl"))
    assert bool(runs) is wanted


@pytest.mark.parametrize(
    ("caller", "number", "wanted"),
    [
        (Party(), "anonymous", True),
        (Party(number="Anonymous"), "anonymous", True),
        (Party(number="Restricted"), "anonymous", True),
        (Party(number="<unknown>"), "private", True),
        (Party(number="sip:anonymous@anonymous.invalid", name="Unbekannt"), "anonymous", True),
        (Party(number="0201234567"), "anonymous", False),
        # A user without an extension is somebody.
        (Party(user="1"), "anonymous", False),
        (Party(number="\u202a+31 20\u2011123 4567\u202c"), "tel:020-1234567", True),
        (Party(number="sip:0201234567@pbx.example.org"), "+31 (0)20 1234567", True),
        (Party(number="sip:anna@pbx.example.org"), "*@pbx.example.org", True),
        (Party(), "*", True),
        (Party(), "0*", False),
        (Party(number="9-0201234567", normalized="+31201234567"), "020 123 4567", True),
        (Party(number="+49301234567"), "004930*", True),
        (Party(number="+49301234567"), "030*", False),
        (Party(number="+31201"), "020*", False),
        (Party(number="202", user="2"), "202", True),
        (Party(number="carla@example.org"), "carla@*", True),
    ],
)
async def test_ways_to_write_numbers(
    hass: HomeAssistant, session: MemorySession, caller: Party, number: str, wanted: bool
) -> None:
    """Numbers are known however the PBX or people write them."""
    runs = await automate(hass, trigger(number=number))
    await report(hass, session, call_to_anna(caller=caller))
    assert bool(runs) is wanted


@pytest.mark.parametrize(("number", "wanted"), [("070 7654321", True), ("+31707654322", False)])
async def test_number_that_leads_to_an_extension(
    hass: HomeAssistant, session: MemorySession, number: str, wanted: bool
) -> None:
    """The number of the company that was called counts, also where an extension is rung."""
    runs = await automate(hass, trigger(called_number=number), {"did": "<{{ trigger.called_did }}>"})
    await report(hass, session, call_to_anna(called_did="+31707654321"))
    assert runs.data == [{"did": "<+31707654321>"}] * wanted


@pytest.mark.parametrize(("queue", "wanted"), [("5", True), ("6", False), (None, False)])
async def test_queue(hass: HomeAssistant, session: MemorySession, queue: str | None, wanted: bool) -> None:
    """Calls of one queue are told from others."""
    (entry,) = hass.config_entries.async_entries("pbx")
    sales = entry.runtime_data.devices.get_device_id(ObjectKey(ObjectKind.QUEUE, SALES.id))
    runs = await automate(hass, trigger(queue=sales), {"queue": "{{ trigger.queue }}"})
    await report(hass, session, call_to_anna(queue=queue))
    assert runs.data == [{"queue": "Sales"}] * wanted


@pytest.mark.parametrize(
    ("outcome", "changes", "wanted"),
    [
        ("missed", [call_to_anna(), CallChange(id="7", end=EndCause.HANGUP)], True),
        ("answered", [call_to_anna(), CallChange(id="7", end=EndCause.HANGUP)], False),
        (
            ["answered", "voicemail"],
            [call_to_anna(), call_to_anna(CallState.TALKING), CallChange(id="7", end=EndCause.HANGUP)],
            True,
        ),
    ],
)
async def test_outcome(
    hass: HomeAssistant,
    session: MemorySession,
    outcome: str | list[str],
    changes: list[CallChange],
    wanted: bool,
) -> None:
    """The end of a call can be asked for by what became of it."""
    runs = await automate(hass, trigger("call_ended", outcome=outcome))
    await report(hass, session, *changes)
    assert bool(runs) is wanted


async def test_hold(hass: HomeAssistant, session: MemorySession) -> None:
    """A call that is put on hold and taken back triggers both times."""
    runs = await automate(hass, [trigger("call_held"), trigger("call_resumed")])
    states = (CallState.TALKING, CallState.ON_HOLD, CallState.TALKING)
    await report(hass, session, *map(call_to_anna, states))
    assert runs.by == ["call_held", "call_resumed"]


async def test_outgoing_call_of_the_pbx(hass: HomeAssistant, session: MemorySession) -> None:
    """To the PBX, the other side of a call to the outside is whoever is called."""
    runs = await automate(
        hass,
        {"trigger": "pbx.call_dialing", "target": {"entity_id": ALL_CALLS}, "options": {"number": "020*"}},
        {"number": "<{{ trigger.number }}>", "direction": "{{ trigger.direction }}"},
    )
    leg = Leg(id="1", role=LegRole.CALLER, party=Party(user=ANNA.id), state=CallState.DIALING)
    anna, outside = Party(user=ANNA.id, number="201"), Party(number="0201234567")
    call = CallChange(id="7", direction=CallDirection.OUTGOING, caller=anna, called=outside, legs=(leg,))
    await report(hass, session, call)
    assert runs.data == [{"number": "<0201234567>", "direction": "outgoing"}]
