"""Phone numbers, hidden where they would be kept."""

from collections.abc import Callable
import sys
from typing import Any
from unicodedata import digit

from homeassistant.components.event import EventExtraStoredData
from homeassistant.core import HomeAssistant, State
from hypothesis import given, strategies as st
import pytest
from pytest_homeassistant_custom_component.common import (
    async_capture_events,
    mock_restore_cache_with_extra_data,
)

from custom_components.pbx.const import EVENT_RAW
from custom_components.pbx.hub.number_masks import mask, mask_name, mask_raw
from custom_components.pbx.hub.spelled_numbers import find_spelled_numbers
from custom_components.pbx.protocols.call import Leg, Party
from custom_components.pbx.protocols.changes import CallChange, Patch, RawEvent, TransferChange
from custom_components.pbx.protocols.enums import CallState, EndCause, ForwardKind, LegRole
from custom_components.pbx.protocols.keys import PBX_KEY
from custom_components.pbx.protocols.model import ParkedCall, Queue, User, WaitingCall
from tests.memory_session import MemorySession
from tests.waiting import until

from .memory_entry import memory_entry, set_up

NUMBER = "+31201234567"
MASKED = "••• 567"
ANNA = User(id="1", name="Anna", number="201", forwards={ForwardKind.ALWAYS: NUMBER})
SALES = Queue(
    id="1",
    name="Sales",
    waiting=1,
    calls=(WaitingCall(position=1, number=NUMBER, name="020 123 45 67", since=None),),
)
TEXT = "text.memory_pbx_anna_call_forwarding"
CALL_EVENT = "event.memory_pbx_anna_call"


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        (NUMBER, MASKED),
        ("020 123 45 67", MASKED),
        ("(020) 123-4567", MASKED),
        ("tel:+31201234567", MASKED),
        ("sip:0201234567@pbx.example.org;user=phone", MASKED),
        ("*31#0201234567", MASKED),
        ("12345", "12345"),
        ("112", "112"),
        ("201@pbx.example.org", "201@pbx.example.org"),
        ("sip:anna@pbx.example.org", "sip:anna@pbx.example.org"),
        ("Anna", "Anna"),
        ("tel:0201234567;phone-context=+31", MASKED),
        ("+31201234567;verstat=TN-Validation-Passed", MASKED),
        ("+31201234567;ext=99", MASKED),
        ("tel 020 1234567", MASKED),
        ("020_1234567 x", f"{MASKED} x"),
        ("x 020\u00b71234567", f"x {MASKED}"),
        ('"Eve" <sip:+31201234567@10.0.0.1>', MASKED),
        ("\u202a+31 20\u2011123\u20114567\u202c", MASKED),
        ("\uff0b31 20 1234567", MASKED),
        ("sip:%2B31201234567@pbx.example.org", MASKED),
        ("0201234567,,123", "••• 123"),
        ("0201234567p123", "••• 123"),
        ("0201234567 (private)", f"{MASKED} (private)"),
        ("020 1234567, ask for Anna", f"{MASKED}, ask for Anna"),
        ("Mobile: 020 1234567", f"Mobile: {MASKED}"),
        ("\u0660\u0662\u0660\u0661\u0662\u0663\u0664\u0665\u0666\u0667", MASKED),
        ("Anna \u06f0\u06f2\u06f0\u06f1\u06f2\u06f3\u06f4\u06f5\u06f6\u06f7", f"Anna {MASKED}"),
        ("Studio 12", "Studio 12"),
        ("", ""),
        ("anonymous", "anonymous"),
        (MASKED, MASKED),
        ("0201 x 555 123", "••• 123"),
        ("0 203045x1", "••• 451"),
        ("020 call me 1234567 thanks", f"{MASKED} thanks"),
        ("0-2-0-a-1-2-3-b-4-5-6-7", MASKED),
        ("020@1234567", MASKED),
        ("201@10.20.30.40", "201@••• 040"),
        ("0800-FLOWERS", "••• 377"),
        ("null zwei null eins zwei", "••• 012"),
        ("oh two oh one", "oh two oh one"),
        ("Seven Oaks", "Seven Oaks"),
        ("T46S", "T46S"),
        ("+1 800 flowers", "••• 377"),
        ("2010-reception", "2010-reception"),
        ("201 Reception", "201 Reception"),
        ("Room 12", "Room 12"),
        ("Team 2026", "Team 2026"),
        ("\u24ea\u2461\u24ea\u2460\u2461\u2462\u2463\u2464\u2465\u2466", MASKED),
        ("\u2070\u00b2\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077", MASKED),
        ("\u0966\u0968\u0966\u0967\u0968\u0969\u096a\u096b\u096c\u096d", MASKED),
        ("\uff10\uff12\uff10\uff11\uff12\uff13\uff14\uff15\uff16\uff17", MASKED),
        ("\u4e00\u4e8c\u4e09\u56db\u4e94\u516d\u4e03", MASKED),
        ("0\u200b2\u00ad01\u200d2\u20603\ufeff4567", MASKED),
        ("0\u03012\u030101234567", MASKED),
        ("0\ufe0f\u20e32\ufe0f\u20e301234567\ufe0f\u20e3", MASKED),
    ],
)
def test_mask(number: str, masked: str) -> None:
    """The end of a number is left; short ones and names are no secret."""
    assert mask(number) == masked


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("Eve (020 1234567)", f"Eve ({MASKED})"),
        ("020-123-4567 Eve", f"{MASKED} Eve"),
        ("Eve <tel:+31201234567>", MASKED),
        (NUMBER, MASKED),
        ("Room 201-12", "Room 201-12"),
        ("Studio 54", "Studio 54"),
        ("Since 2026-10-01", "Since 2026-10-01"),
        ("Since 2026-10-01 12:00:00", "Since 2026-10-01 12:00:00"),
        ("2026-10-01-1234567", "••• 567"),
        ("Anna 123456", "Anna 123456"),
        ("Open 09:00:30", "Open 09:00:30"),
        ("020:123:45:67", MASKED),
        ("Eve 020'123'4567", f"Eve {MASKED}"),
        ("02|01|23|45|67 Eve", f"{MASKED} Eve"),
        ("020=123=4567", MASKED),
        ("020~123\u20224567", MASKED),
        ("09:00:30:123:4567", MASKED),
        ("123456", "••• 456"),
        ("Eve 020x123x4567", f"Eve {MASKED}"),
        ("Eve 020 x 123 X 4567", f"Eve {MASKED}"),
        (
            "Zo\u0301e \u24ea\u2461\u24ea\u2460\u2461\u2462\u2463\u2464\u2465\u2466 \u0645\u064e",
            f"Zo\u0301e {MASKED} \u0645\u064e",
        ),
        ("Eve 0\u200b2\u00ad0\u200d1\u200d2\u200d34567", f"Eve {MASKED}"),
        ("Eve \u0660\u0662\u0660 \u0661\u0662\u0663\u0664\u0665\u0666\u0667", f"Eve {MASKED}"),
        ("Eve 1\ufe0f\u20e32\ufe0f\u20e334567", f"Eve {MASKED}"),
        ("Phone 00a0b1c2d3e4", "Phone 00a0b1c2d3e4"),
        ("Room 12", "Room 12"),
        ("Team 2026, Room 12", "Team 2026, Room 12"),
        ("\u738b\u4e09\u4e00", "\u738b\u4e09\u4e00"),
        ("Henry \u2167", "Henry \u2167"),
        ("\u00bd 12", "\u00bd 12"),
        ("Eve null zwei null eins zwei drei vier", "Eve ••• 234"),
        ("oh two oh one two three four five six seven", "••• 567"),
        ("Zéro-six, douze trente-quatre cinquante-six", "•••"),
        ("vier und dreißig fünf und zwanzig zwölf", "•••"),
        ("NULZESEENTWEEDRIEVIER", "••• 234"),
        ("cero dos cero uno dos", "••• 012"),
        ("zero due zero uno due tre Eve", "••• 123 Eve"),
        ("Eve f\u0075\u0308nf.f\u00fcnf.fuenf.eins.zwei", "Eve ••• 512"),
        ("020 1234 five six seven", "••• 567"),
        ("Eve 0a2b0c1d2e3f4", "Eve ••• 234"),
        ("Eve 0z2z0-z-1z2z3", "Eve 0z2z0-z-1z2z3"),
        ("Eve 0z2z0-z-1z2z3z4 (door)", "Eve ••• 234 (door)"),
        ("Ooooooh GmbH", "Ooooooh GmbH"),
        ("Ooh Oooh Oh 123456", "Ooh Oooh Oh 123456"),
        ("Oooh 020 1234567", f"Oooh {MASKED}"),
        ("Oh oh oh oh oh", "Oh oh oh oh oh"),
        ("oh oh one oh two", "••• 102"),
        ("Ununun Deux", "Ununun Deux"),
        ("Seven Oaks", "Seven Oaks"),
        ("Zwei Brüder", "Zwei Brüder"),
        ("One Two Three Taxi 24", "One Two Three Taxi 24"),
        ("Trois Quatre Cinq 2026", "Trois Quatre Cinq 2026"),
        ("Stone Phone Someone Anyone Alone Canone", "Stone Phone Someone Anyone Alone Canone"),
        ("Snom T46S", "Snom T46S"),
        ("Yealink T46S 12A3 2026", "Yealink T46S 12A3 2026"),
        ("Hauptstr. 12 a, 10115 Berlin", "Hauptstr. 12 a, 10115 Berlin"),
        ("Eve 0 a 2 b 0 c 1 d 2 e 3 f 4", "Eve ••• 234"),
        ("one two three four and five or six", "••• 345 or six"),
        ("14r1 sr2 final", "14r1 sr2 final"),
        ("3f2b8c1d-4e5f-4a6b-8c7d-9e0f1a2b3c4d", "3f2b8c1d-4e5f-4a6b-8c7d-9e0f1a2b3c4d"),
    ],
)
def test_mask_name(name: str, masked: str) -> None:
    """A number within a name is masked, and no year or room."""
    assert mask_name(name) == masked


SPELLINGS = "0123456789\u0660\u0661\u0967\uff12\u2462\u00b2+ -/()x\u200b\u00ad\u0301"


@given(st.text(SPELLINGS, min_size=6, max_size=40))
def test_nothing_but_the_end(number: str) -> None:
    """Whatever way a number is written, no more than its end is left of it."""
    digits = [digit(char) for char in number if char.isdigit()]
    left = [digit(char) for char in mask(number) if char.isdigit()]
    assert left == (digits if len(digits) <= 5 else digits[-3:]) or not digits


def test_raw_words() -> None:
    """So are numbers in words, and those with letters between their digits."""
    assert mask_raw({"text": "call null zwei null eins drei or 0a2b0c1d2e3f4"}) == {
        "text": "call ••• 013 or ••• 234"
    }
    assert mask_raw("SEP00a0b1c2d3e4 00a0b1c2d3e4") == "SEP••• 234 00a0b1c2d3e4"


def test_raw() -> None:
    """In raw events digits are masked wherever they are, since nobody knows what they mean."""
    event = {
        "number": NUMBER,
        "text": "Eve (020 1234567) calls 201",
        "uri": "sip:0201234567@pbx.example.org",
        "time": 1795311575,
        "float": 1795311575.0,
        "state": 3,
        "on": True,
        "ratio": 0.5,
        "none": None,
        "list": [NUMBER, {NUMBER: ("201", NUMBER)}],
    }
    assert mask_raw(event) == {
        "number": MASKED,
        "text": "Eve (••• 567) calls 201",
        "uri": "sip:••• 567@pbx.example.org",
        "time": "••• 575",
        "float": "••• 575",
        "state": 3,
        "on": True,
        "ratio": 0.5,
        "none": None,
        "list": [MASKED, {MASKED: ["201", MASKED]}],
    }


@pytest.fixture
async def session(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> MemorySession:
    """Set up a PBX whose numbers are masked, with a number from before in an event."""
    old = EventExtraStoredData("ringing", {"number": NUMBER, "call_id": "call-1"})
    restored = (State(CALL_EVENT, "2026-10-01T12:00:00.000+00:00"), old.as_dict())
    mock_restore_cache_with_extra_data(hass, [restored])
    entry, session = memory_entry(
        hass, monkeypatch, (ANNA, SALES), {"mask_numbers": True, "raw_events": True}
    )
    await set_up(hass, entry)
    return session


def attributes(hass: HomeAssistant, entity_id: str) -> dict[str, Any]:
    """Return the attributes of an entity."""
    state = hass.states.get(entity_id)
    assert state is not None
    return dict(state.attributes)


def call() -> CallChange:
    """Return a call whose caller is known by nothing but a number."""
    leg = Leg(id="a", role=LegRole.CALLEE, party=Party(user="1"), state=CallState.RINGING)
    caller = Party(number="0201234567", name="020 1234567", normalized=NUMBER)
    return CallChange(id="1795311575.100", caller=caller, legs=(leg,), account_code="471100")


async def test_states(hass: HomeAssistant, session: MemorySession) -> None:
    """No number is left in any state or attribute."""
    parked = (ParkedCall(space="71", number=NUMBER, name=NUMBER, since=None),)
    session.report(call(), Patch(PBX_KEY, {"parked": parked}), RawEvent("ring", {"from": NUMBER}))
    await until(lambda: attributes(hass, CALL_EVENT)["call_id"] == "call-1795311575.100")
    event = attributes(hass, CALL_EVENT)
    shown = {name: event[name] for name in ("number", "name", "caller_number", "normalized_number")}
    assert set(shown.values()) == {MASKED}
    assert event["account_code"] == "471100"
    session.report(TransferChange(ids=("a",), leaving=(), success=True, target=Party(number=NUMBER)))
    session.report(CallChange(id="1795311575.100", end=EndCause.HANGUP))
    await until(lambda: attributes(hass, "sensor.memory_pbx_last_call").get("number") == MASKED)
    waiting = attributes(hass, "sensor.memory_pbx_sales_calls_waiting")["calls"]
    assert (waiting[0]["number"], waiting[0]["name"]) == (MASKED, MASKED)
    (held,) = attributes(hass, "sensor.memory_pbx_parked_calls")["parked"]
    assert (held["space"], held["number"], held["name"]) == ("71", MASKED, MASKED)
    assert not [state for state in hass.states.async_all() if "1234567" in str(state.as_dict())]


async def test_an_event_from_before(hass: HomeAssistant, session: MemorySession) -> None:
    """What an event entity remembers from before is masked when it comes back."""
    assert attributes(hass, CALL_EVENT)["number"] == MASKED
    assert attributes(hass, CALL_EVENT)["call_id"] == "call-1"


async def test_raw_events(hass: HomeAssistant, session: MemorySession) -> None:
    """Raw events are fired without the numbers."""
    fired = async_capture_events(hass, EVENT_RAW)
    session.report(RawEvent("ring", {"from": NUMBER}))
    await until(lambda: fired)
    assert fired[0].data["data"] == {"from": MASKED}


async def test_responses(hass: HomeAssistant, session: MemorySession) -> None:
    """Who asks for the calls gets the whole number."""
    session.report(call())
    await until(lambda: attributes(hass, CALL_EVENT)["call_id"] == "call-1795311575.100")
    answer = await hass.services.async_call(
        "pbx", "get_call", {"call_id": "call-1795311575.100"}, blocking=True, return_response=True
    )
    assert answer is not None
    found: Any = answer["call"]
    assert found["number"] == "0201234567"


async def test_forwarding(hass: HomeAssistant, session: MemorySession) -> None:
    """A number to forward to is masked; putting it back as it is shown keeps the number."""
    state = hass.states.get(TEXT)
    assert state is not None
    assert state.state == MASKED
    for value in (MASKED, "0201112223"):
        data = {"entity_id": TEXT, "value": value}
        await hass.services.async_call("text", "set_value", data, blocking=True)
    sent = [command[1:] for command in session.sent if command[0] == "set_forward"]
    assert sent == [("1", "always", NUMBER), ("1", "always", "0201112223")]


@pytest.mark.parametrize("sign", '!?\u2013\u2014"<>[]{}^%$\u20ac\u201d\u3002\u2192\U0001f4de\u2605')
def test_any_sign_between(sign: str) -> None:
    """Whatever sign a caller puts between the digits, they are a number."""
    assert mask_name(f"Eve 020{sign}123{sign}45{sign}67") == f"Eve {MASKED}"


SPOKEN = "zero null oh un due drei six sept ocho negen and 4 - Anna twenty x"
_WORDS = st.sampled_from(tuple(SPOKEN.split()))


@given(st.lists(st.tuples(_WORDS, st.sampled_from(["", " ", "-", ", "])), max_size=40))
def test_words_never_go_wrong(pieces: list[tuple[str, str]]) -> None:
    """Whatever is written, no five words for digits in a row are left."""
    text = mask_name("".join(word + sign for word, sign in pieces))
    assert not list(find_spelled_numbers(text))
    assert mask_name(text) == text


@pytest.mark.parametrize("piece", ["a", "(", "/", "< ", " "])
def test_long_texts(piece: str) -> None:
    """The work grows with the text and no faster, whatever it is; else this one would take an hour."""
    text = "1(<" + piece * (1_000_000 // len(piece))
    assert mask(text)
    assert mask_name(text)
    assert mask_raw(text)


@pytest.mark.parametrize(
    "piece",
    ["one ", "oneone", "1a", "1-a-", "1 ", "one1", "und ", "o", "1a2 ", "+1a", "f0", "\u0661"],
)
def test_work_for_long_texts(piece: str) -> None:
    """What is called for eight times the text is eight times as much."""
    for mask_it in (mask, mask_name, mask_raw):
        few, many = (count_calls(mask_it, piece * times) for times in (500, 4_000))
        assert many <= 9 * few


def count_calls(work: Callable[[str], object], text: str) -> int:
    """Return how many functions are called for a text, but for what is remembered of it."""
    calls = 0

    def count(_: object, event: str, __: object) -> None:
        nonlocal calls
        calls += event in {"call", "c_call"}

    work(text)
    sys.setprofile(count)
    try:
        work(text)
    finally:
        sys.setprofile(None)
    return calls
