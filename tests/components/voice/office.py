"""An office that phrases are said in, and a judge of what came of each phrase.

A file of phrases has a heading for each effect: what the PBX is to receive, or what the answer is to say, and
after an @ the phase in which it is said. Judged is what the PBX received and whether the answer is true.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
import re
from typing import Any
from zoneinfo import ZoneInfo

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components import conversation
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.const import EVENT_CALL_SERVICE
from homeassistant.core import Context, Event, HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.intent import IntentResponseType
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.pbx.protocols.call import Leg, Party
from custom_components.pbx.protocols.changes import CallChange
from custom_components.pbx.protocols.commands import DialResult
from custom_components.pbx.protocols.enums import (
    CallDirection,
    CallState,
    DialOutcome,
    EndCause,
    ForwardKind,
    LegRole,
    LineStatus,
)
from custom_components.pbx.protocols.model import Mailbox, Queue, User
from custom_components.pbx.voice.gist import GistReader
from custom_components.pbx.voice.language import Languages, load_languages
from custom_components.pbx.voice.readings import Grammar
from tests.components.memory_entry import memory_entry, set_up
from tests.memory_session import MemorySession

from .conftest import ASSISTANT

PHRASES = Path(__file__).parent / "phrases"
ZONE = ZoneInfo("Europe/Amsterdam")
NOW = datetime(2026, 11, 18, 10, 30, tzinfo=ZONE)
KLAUS = Party(number="0301112233", name="Klaus Meyer")
NONSENSE = "xyzzy plugh"
LANGUAGES = ("en", "de", "nl", "fr", "es", "it")
# Names that differ by language: reception, the asker's mother, two queues.
LOCAL = {
    "en": ("Reception", "Mum", "Sales", "Support"),
    "de": ("Empfang", "Mama", "Vertrieb", "Support"),
    "nl": ("Receptie", "Mama", "Verkoop", "Support"),
    "fr": ("Accueil", "Maman", "Ventes", "Support"),
    "es": ("Recepción", "Mamá", "Ventas", "Soporte"),
    "it": ("Portineria", "Mamma", "Vendite", "Supporto"),
}
NUMBERS = {
    "bjorn": "21",
    "anna": "22",
    "lukasz": "23",
    "rossi": "24",
    "jose": "26",
    "jurgen": "27",
    "peter": "28",
    "reception": "29",
    "mum": "30",
    "caller": "0201112244",
    "missed": "0401112233",
}
PAUL = Party(name="Paul Smit", number=NUMBERS["caller"])
# What a true answer says, in each language.
WORDS = {
    "nobody": r"nobody|no one|niemand|personne|nadie|nessuno",
    "free": r"\bfree\b|\bfrei\b|\bvrij\b|\blibre\b|\bliber[oa]\b",
    "busy": r"phone|talking|telefon|spricht|praat|in gesprek|téléphone|parle|teléfono|hablando"
    r"|habla|parla|telefono",
    "disturb": r"disturb|stör|gestoord|storen|déranger|molest",
    "two": r"\b2\b|\btwo\b|\bzwei\b|\btwee\b|\bdeux\b|\bdos\b|\bdue\b",
    "three": r"\b3\b|\bthree\b|\bdrei\b|\bdrie\b|\btrois\b|\btres\b|\btre\b",
    "five minutes": r"\b(5|five|fünf|vijf|cinq|cinco|cinque) min",
    "off": r"\boff\b|\baus|\buit|désactivé|n'est pas|desactivado|no está|disattivat|non è",
    "can't": r"can't|kann|kan|peut|puede|può",
}
TRUTHS = {
    "which maria": (r"Maria Rossi", r"Maria Weber"),
    "nobody": (r"Ferdinand|Olivia",),
    "who_rings": (r"Klaus Meyer",),
    "who_rings_nobody": (WORDS["nobody"],),
    "free lukasz": (r"Łukasz Nowak", WORDS["free"]),
    "busy anna": (r"Anna Schmidt", WORDS["busy"]),
    "dnd_of jose": (r"José García", WORDS["disturb"]),
    "talks_to anna": (r"Clara Jansen",),
    "missed": (r"Klaus Meyer", r"Hans Peeters"),
    "missed_count": (WORDS["three"],),
    "last_call": (r"Paul Smit",),
    "voicemail": (WORDS["two"],),
    "dnd_state": (WORDS["off"],),
    "waiting sales": (WORDS["two"],),
    "wait sales": (WORDS["five minutes"],),
    "waiting support": (WORDS["nobody"],),
    "forward_state": (r"Björn",),
    "no_mobile bjorn": (r"Björn Andersson", r"mobiel|Handynummer|portable|móvil|cellulare|mobile"),
}
# What the PBX is to receive, by the first word of an effect.
COMMANDS = {
    "dial": lambda to: ("dial", "1", None, to),
    "hangup": lambda to: ("hang_up", "own"),
    "answer": lambda to: ("answer", "own"),
    "decline": lambda to: ("reject", "own"),
    "transfer": lambda to: ("transfer", "own", to),
    "forward": lambda to: ("set_forward", "1", "always", to),
    "dnd": lambda to: ("set_do_not_disturb", "1", to),
}
TODAY, TOMORROW = NOW.replace(hour=0, minute=0), NOW.replace(hour=0, minute=0) + timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Phrase:
    """One phrase, with the effect that it is to have and the phase in which it is said."""

    effect: str
    phase: str
    text: str


@dataclass(frozen=True, slots=True)
class Failure:
    """A phrase that had another effect, with what was sent and answered."""

    phrase: Phrase
    sent: list[tuple[Any, ...]]
    answer: str


@cache
def load_grammar_of(code: str) -> Grammar:
    """Make the sentences of one language ready, once for all phrases."""
    return Grammar(Languages({code: load_languages().get_language(code)}))


@cache
def load_reader_of(code: str) -> GistReader:
    """Make the cues of one language ready, once for all phrases: it takes much longer than reading one."""
    return GistReader(load_languages().get_language(code))


def read_phrases(path: Path) -> Iterator[Phrase]:
    """Yield the phrases of a file."""
    effect = phase = ""
    for line in path.read_text().splitlines():
        if line.startswith("#"):
            effect, _, phase = (part.strip() for part in line.removeprefix("#").partition("@"))
        elif line:
            yield Phrase(effect, phase, line)


def _me(**fields: Any) -> User:
    return User(id="1", name="Robin Vos", number="20", do_not_disturb=False, **fields)


def _create_objects(language: str) -> tuple[Any, ...]:
    reception, _, sales, support = LOCAL[language]
    names = {
        "2": "Björn Andersson",
        "3": "Anna Schmidt",
        "4": "Łukasz Nowak",
        "5": "Maria Rossi",
        "6": "Maria Weber",
        "7": "José García",
        "8": "Jürgen Groß",
        "9": "Peter van den Berg",
        "10": reception,
        "11": "Renate Keller",
    }
    users = [
        User(
            id=user,
            name=name,
            number=str(19 + int(user)),
            do_not_disturb=user == "7",
            status=LineStatus.IDLE,
        )
        for user, name in names.items()
    ]
    queue = Queue(id="q1", name=sales, waiting=2, oldest_since=NOW - timedelta(minutes=5))
    box = Mailbox(id="m", name="20", number="20", new=2)
    return (
        _me(forwards={ForwardKind.ALWAYS: None}),
        *users,
        queue,
        Queue(id="q2", name=support, waiting=0),
        box,
    )


def _own_call(call_id: str, caller: Party, state: CallState, user: str = "1") -> CallChange:
    leg = Leg(
        id="l",
        role=LegRole.CALLEE,
        party=Party(user=user),
        state=state,
        answered=state is CallState.TALKING,
    )
    return CallChange(id=call_id, direction=CallDirection.INCOMING, caller=caller, legs=(leg,))


class Office:
    """The office, and the person who says the phrases."""

    def __init__(self, hass: HomeAssistant, session: MemorySession, user: MockUser, language: str) -> None:
        self.hass = hass
        self.session = session
        self.user = user
        self.language = language
        self.until: str | None = None
        self.sent: list[tuple[Any, ...]] = []
        # What Home Assistant answers itself to phrases about other things.
        self.others: dict[str, set[str]] = {}
        self.is_error = False
        hass.bus.async_listen(EVENT_CALL_SERVICE, self._remember)

    def _remember(self, event: Event) -> None:
        if event.data["service"] == "set_do_not_disturb":
            self.until = event.data["service_data"].get("until")

    async def say(self, text: str, assistant: str | None = None) -> str:
        """Say something and return the answer, whatever the language of the assistant."""
        language = assistant or self.language
        context = Context(user_id=self.user.id)
        result = await conversation.async_converse(self.hass, text, None, context, language=language)
        self.is_error = result.response.response_type is IntentResponseType.ERROR
        return str(result.response.speech.get("plain", {}).get("speech", ""))

    async def report(self, *changes: Any) -> None:
        """Let the PBX report something."""
        for change in changes:
            self.session.report(change)
        await self.session.delivered()
        await self.hass.async_block_till_done()

    async def enter(self, phase: str) -> None:
        """Leave the last phase for another one."""
        await self.report(CallChange(id="own", end=EndCause.HANGUP))
        forward = NUMBERS["bjorn"] if phase == "forwarding" else None
        self.session.upsert(_me(forwards={ForwardKind.ALWAYS: forward}))
        states = {"ringing": CallState.RINGING, "talking": CallState.TALKING}
        if phase in states:
            await self.report(_own_call("own", KLAUS, states[phase]))
        await self.session.delivered()
        await self.hass.async_block_till_done()

    async def judge(self, phrases: list[Phrase], *, assistant: str | None = None) -> list[Failure]:
        """Say phrases, and return those that fail."""
        failures = []
        for phase in sorted({phrase.phase for phrase in phrases}):
            await self.enter(phase)
            for phrase in (one for one in phrases if one.phase == phase):
                self.session.sent.clear()
                self.until = None
                answer = await self.say(phrase.text, assistant)
                await self.hass.async_block_till_done()
                # Looking somebody up is no effect.
                self.sent = [sent for sent in self.session.sent if sent[0] != "find_contacts"]
                if not self._is_right(phrase, answer):
                    failures.append(Failure(phrase, self.sent, answer))
        return failures

    def _is_right(self, phrase: Phrase, answer: str) -> bool:
        kind, _, detail = phrase.effect.partition(" ")
        if kind in COMMANDS:
            return self._is_sent(kind, detail) and bool(answer)
        if self.sent or phrase.effect == "other":
            return not self.sent and answer in self.others.get(phrase.text, ())
        return all(re.search(truth, answer, re.IGNORECASE) for truth in TRUTHS[phrase.effect])

    def _is_sent(self, kind: str, detail: str) -> bool:
        if kind == "dnd":
            return self._is_quiet(detail)
        to = None if detail == "off" else NUMBERS.get(detail, detail)
        wanted = COMMANDS[kind](to)
        return [sent[: len(wanted)] for sent in self.sent] == [wanted]

    def _is_quiet(self, detail: str) -> bool:
        commands = [sent[:3] for sent in self.sent]
        if commands != [COMMANDS["dnd"](detail != "off")]:
            return False
        if detail in ("on", "off"):
            return self.until is None
        if self.until is None:
            return False
        earliest, latest = _get_end(detail)
        return earliest <= datetime.fromisoformat(self.until) <= latest


def _get_end(detail: str) -> tuple[datetime, datetime]:
    """Return between which times do not disturb is to end."""
    kind, _, text = detail.partition(" ")
    if kind == "for":
        end = NOW + timedelta(minutes=int(text))
        return end - timedelta(minutes=1), end + timedelta(minutes=1)
    if kind == "until":
        hour, minute = text.split(":")
        end = TODAY + timedelta(hours=int(hour), minutes=int(minute))
        return end, end
    hours = {"noon": (12, 12), "tonight": (17, 22), "tomorrow": (24, 34)}[kind]
    return TODAY + timedelta(hours=hours[0]), TODAY + timedelta(hours=hours[1])


async def open_office(
    hass: HomeAssistant,
    monkeypatch: pytest.MonkeyPatch,
    freezer: FrozenDateTimeFactory,
    language: str,
    others: list[str],
) -> Office:
    """Set up the office, in which some calls have come in today; `others` is about other things."""
    freezer.move_to(NOW - timedelta(hours=2))
    await hass.config.async_set_time_zone("Europe/Amsterdam")
    hass.config.language = language
    assert await async_setup_component(hass, "homeassistant", {})
    assert await async_setup_component(hass, "conversation", {})
    user = MockUser(name="Robin").add_to_hass(hass)
    user.mock_policy({"entities": True})
    hass.states.async_set("person.robin", "home", {"user_id": user.id, "friendly_name": "Robin"})
    office = Office(hass, MemorySession(()), user, language)
    await _ask_home_assistant(office, others)
    options = {"people": [{"person": "person.robin", "user": "1"}]}
    entry, office.session = memory_entry(hass, monkeypatch, _create_objects(language), options)
    await set_up(hass, entry)
    _let_assistant_know(hass, entry, LOCAL[language][1])
    office.session.answers["dial"] = DialResult(outcome=DialOutcome.RINGING, call_id=None)
    office.session.answers["find_contacts"] = []
    office.session.answers["call_history"] = []
    await _make_calls(office, freezer)
    # What it does not understand it explains by what there is, which is more now.
    with pytest.MonkeyPatch.context() as patch:
        agent: Any = conversation.get_agent_manager(hass).default_agent
        patch.setattr(agent, "async_recognize_sentence_trigger", _recognize_none)
        await _ask_home_assistant(office, others)
    return office


async def _ask_home_assistant(office: Office, others: list[str]) -> None:
    """Note what Home Assistant answers itself; it may say more closely what it does not understand."""
    puzzled = await office.say(NONSENSE)
    for text in others:
        answer = await office.say(text)
        office.others.setdefault(text, set()).update({answer, puzzled} if office.is_error else {answer})


async def _recognize_none(user_input: conversation.ConversationInput) -> None:
    """Listen for no sentence of any trigger."""


def _let_assistant_know(hass: HomeAssistant, entry: MockConfigEntry, mum: str) -> None:
    """Expose everything, and give two users an alias."""
    registry = er.async_get(hass)
    aliases = {"user_9_status": "Piet", "user_11_status": mum}
    for entity in er.async_entries_for_config_entry(registry, entry.entry_id):
        async_expose_entity(hass, ASSISTANT, entity.entity_id, should_expose=True)
        for suffix, alias in aliases.items():
            if entity.unique_id.endswith(suffix):
                registry.async_update_entity(entity.entity_id, aliases=[alias])


async def _make_calls(office: Office, freezer: FrozenDateTimeFactory) -> None:
    """Let three calls be missed, one be answered, one be missed by another one, and one go on."""
    hans, withheld = Party(name="Hans Peeters", number=NUMBERS["missed"]), Party()
    missed = (("1", KLAUS, "1"), ("2", withheld, "1"), ("3", Party(name="Zoe Other"), "2"), ("4", hans, "1"))
    for call_id, caller, callee in missed:
        freezer.tick(timedelta(minutes=20))
        await office.report(_own_call(call_id, caller, CallState.RINGING, callee))
        await office.report(CallChange(id=call_id, end=EndCause.HANGUP))
    freezer.move_to(NOW - timedelta(minutes=5))
    await office.report(_own_call("5", PAUL, CallState.RINGING), _own_call("5", PAUL, CallState.TALKING))
    await office.report(CallChange(id="5", end=EndCause.HANGUP))
    freezer.move_to(NOW)
    await office.report(_own_call("anna", Party(name="Clara Jansen"), CallState.TALKING, "3"))
