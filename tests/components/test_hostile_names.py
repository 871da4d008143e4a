"""Names that a caller or a PBX chooses to do harm are nothing but text, wherever they are shown."""

from typing import Any

from homeassistant.components import conversation
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.components.persistent_notification import DOMAIN as NOTIFICATIONS
from homeassistant.core import Context, Event, HomeAssistant
from homeassistant.helpers import entity_registry as er, issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_capture_events

from custom_components.pbx.const import DOMAIN, EVENT_CALL
from custom_components.pbx.hub.issues import make_placeholders
from custom_components.pbx.logbook import async_describe_events
from custom_components.pbx.protocols.call import Leg, Party
from custom_components.pbx.protocols.changes import CallChange, Notice
from custom_components.pbx.protocols.enums import CallState, EndCause, LegRole, NoticeCode
from custom_components.pbx.protocols.json_text import to_inert_line
from custom_components.pbx.protocols.model import User
from tests.memory_session import INFO, MemorySession
from tests.waiting import until

from .automations import automate
from .memory_entry import memory_entry, set_up

ANNA = User(id="1", name="Anna", number="201")
EVENT = "event.memory_pbx_anna_call"
LIST = "todo.memory_pbx_anna_calls_to_return"
NAMES = {
    "html": ("<img src=x onerror=alert(1)>", "\u2039img src=x onerror=alert(1)\u203a"),
    "script": (
        "</div><script>alert(1)</script>",
        "\u2039/div\u203a\u2039script\u203aalert(1)\u2039/script\u203a",
    ),
    "link": ("[Your bank](http://evil.example)", "[Your bank] (http: //evil.example)"),
    "picture": ("![x](http://evil.example/x.png)", "![x] (http: //evil.example/x.png)"),
    "address": ("HTTPS://evil.example WWW.evil.example", "HTTPS: //evil.example www .evil.example"),
    "template": ("{{ states('person.anna') }}{% raw %}", "{{ states('person.anna') }}{% raw %}"),
    "format": ("{0.__class__} {caller} %s {{who}}", "{0.__class__} {caller} %s {{who}}"),
    "direction": ("\u202eKcab\u202c\u2067Eve\u2069", "KcabEve"),
    "lines": ("Eve\n\n# Heading\r\n- [ ] item\u2028end", "Eve # Heading - [ ] item end"),
    "sentence": ("<speak>Eve<break time='9s'/>", "\u2039speak\u203aEve\u2039break time='9s'/\u203a"),
}


@pytest.fixture
async def office(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> tuple[MockConfigEntry, MemorySession]:
    """Set up a PBX whose users the assistant knows, with the list of calls to return."""
    await async_setup_component(hass, "homeassistant", {})
    await async_setup_component(hass, "conversation", {})
    await async_setup_component(hass, NOTIFICATIONS, {})
    entry, session = memory_entry(hass, monkeypatch, (ANNA,))
    er.async_get(hass).async_get_or_create(
        "todo",
        DOMAIN,
        f"{INFO.id}_user_1_calls_to_return",
        config_entry=entry,
        suggested_object_id=LIST.removeprefix("todo."),
    )
    await set_up(hass, entry)
    async_expose_entity(hass, "conversation", "sensor.memory_pbx_anna_status", should_expose=True)
    return entry, session


def rings(name: str) -> CallChange:
    """Return a call from outside with a name that the caller has chosen."""
    leg = Leg(id="a", role=LegRole.CALLEE, party=Party(user="1", number="201"), state=CallState.RINGING)
    return CallChange(id="c", caller=Party(number="+31201234567", name=name), legs=(leg,))


def attribute(hass: HomeAssistant, name: str) -> Any:
    """Return an attribute of the event of Anna's calls."""
    state = hass.states.get(EVENT)
    assert state is not None
    return state.attributes.get(name)


def describe(hass: HomeAssistant, event: Event) -> dict[str, str]:
    """Return how the logbook tells of a call."""
    described: list[dict[str, str]] = []
    async_describe_events(hass, lambda domain, name, tell: described.append(tell(event)))
    return described[0]


@pytest.mark.parametrize(("name", "shown"), NAMES.values(), ids=NAMES)
async def test_name_of_a_caller(
    hass: HomeAssistant, office: tuple[MockConfigEntry, MemorySession], name: str, shown: str
) -> None:
    """States, notifications, answers, the logbook and the to-do list have the name as plain text."""
    _entry, session = office
    fired = async_capture_events(hass, EVENT_CALL)
    notify = {"message": "{{ trigger.name }} called", "notification_id": "call"}
    trigger = {"trigger": "pbx.call_ringing", "target": {"entity_id": EVENT}}
    runs = await automate(hass, trigger, notify)
    session.report(rings(name))
    (heard,) = await runs.wait()
    assert attribute(hass, "caller_name") == attribute(hass, "name") == shown
    assert heard["message"] == f"{shown} called"

    asked = await conversation.async_converse(hass, "who is on the phone", None, Context(), language="en")
    assert shown in asked.response.speech["plain"]["speech"]

    session.report(CallChange(id="c", end=EndCause.HANGUP))
    await until(lambda: fired)
    told = describe(hass, fired[0])
    assert f"{shown} (+31201234567)" in f"{told['name']} {told['message']}"
    items = await hass.services.async_call(
        "todo", "get_items", {"entity_id": LIST}, blocking=True, return_response=True
    )
    summary: Any = items
    assert summary[LIST]["items"][0]["summary"] == f"Call back {shown} (+31201234567)"


@pytest.mark.parametrize(("text", "shown"), NAMES.values(), ids=NAMES)
def test_what_stands_for_a_number(text: str, shown: str) -> None:
    """A number, and its international form that a PBX gives, come from the caller just as the name does."""
    party = Party(number=text, normalized=text)
    assert (party.number, party.normalized) == (shown, shown)


async def test_name_that_grows(hass: HomeAssistant, office: tuple[MockConfigEntry, MemorySession]) -> None:
    """A name is no longer than a state may be, also where it grew; its number is still told beside it."""
    _entry, session = office
    fired = async_capture_events(hass, EVENT_CALL)
    session.report(rings("www." * 63))
    await until(lambda: attribute(hass, "name") == ("www ." * 63)[:255])
    session.report(CallChange(id="c", end=EndCause.HANGUP))
    await until(lambda: fired)
    assert "www . (+31201234567)" in f"{describe(hass, fired[0])}"


@pytest.mark.parametrize("name", [name for name, _shown in NAMES.values()], ids=NAMES)
async def test_name_of_a_pbx(
    hass: HomeAssistant, office: tuple[MockConfigEntry, MemorySession], name: str
) -> None:
    """A repair message, which may hold links of ours, gets none from the PBX."""
    entry, session = office
    hass.config_entries.async_update_entry(entry, title=name)
    session.report(Notice(NoticeCode.LIVE_FEED_MISSING, active=True, detail=name))
    issues = ir.async_get(hass).issues
    await until(lambda: any(domain == DOMAIN for domain, _ in issues))
    (issue,) = (issue for (domain, _), issue in issues.items() if domain == DOMAIN)
    assert issue.translation_placeholders == make_placeholders(hass, entry, "live_feed_missing", name)
    assert issue.translation_placeholders == {
        "name": to_inert_line(name),
        "detail": f"{to_inert_line(name)}. Please report it, with diagnostics.",
    }
    assert not any(active in to_inert_line(name) for active in ("<", "](", "://", "\n", "\u202e"))


@pytest.mark.parametrize(
    "name",
    [
        "Anna de Vries",
        "Zoë",
        "Smith [Sales] (NL)",
        'R&D: "Labs"',
        "\u05d0\u05d1\u200f 12",
        "a/b",
        "O'Neill",
        "😀",
    ],
)
def test_names_as_they_are(name: str) -> None:
    """A name that does no harm is left as it is."""
    assert to_inert_line(name) == name
