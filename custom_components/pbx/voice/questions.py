"""Which of several is meant: the question that was asked back, and the next thing that is said to it.

A trigger for sentences hands back a text and nothing else, so it cannot say that the conversation goes on.
While a question is open, a second trigger therefore takes whatever is said; what answers no question goes on
to whoever would have had it.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

from hassil.intents import Intents, WildcardSlotList
from hassil.recognize import RecognizeResult
from homeassistant.components.conversation import ConversationInput
from homeassistant.components.conversation.agent_manager import get_agent_manager
from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.helpers.chat_session import current_session
from homeassistant.helpers.event import async_call_later

from ..protocols.lazy_dataclass import dataclass
from .language import Choice, Language
from .matching import match_name, split_words
from .meaning import Request
from .number_kinds import split_kind

# A question is open for so many seconds, in so many conversations at once.
OPEN_FOR = 60.0
MOST_OPEN = 20
# What is longer is no answer.
_MOST_WORDS = 8
# Whatever is said.
_SLOT = "answer"
_ANYTHING = f"{{{_SLOT}}}"
_SLOTS = ("who", "queue")

# Handles what was asked for and returns the answer.
type Handle = Callable[[ConversationInput, Request], Awaitable[str]]
# Takes what was said to a trigger.
type Take = Callable[[ConversationInput, RecognizeResult], Awaitable[str | None]]
# Returns what others answer.
type HandOn = Callable[[ConversationInput], Awaitable[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A request that may mean several, in the slot that says whom."""

    request: Request
    text: str
    slot: str
    choices: tuple[Choice, ...]

    @property
    def language(self) -> Language:
        """Return the language in which it was asked."""
        return self.request.language

    def resolve(self, choice: Choice) -> Request:
        """Return the request that means one choice, with the kind of number that was asked for."""
        before, said = str(self.request.slots[self.slot]), choice.said
        if said == choice.name:
            kinds = split_kind(self.language, before) if self.slot == "who" else ()
            named = next((name for name, _ in kinds), before)
            said = before.replace(named, said, 1)
        slots = {**self.request.slots, self.slot: said}
        return Request(language=self.language, intent=self.request.intent, slots=slots)


def ask_which(request: Request, text: str, choices: tuple[Choice, ...]) -> Question | None:
    """Return the question which of some choices a request means, None where there is nothing to choose."""
    slot = next((name for name in _SLOTS if name in request.slots), None)
    if slot is None or len({choice.said for choice in choices}) < 2:
        return None
    return Question(request=request, text=text, slot=slot, choices=choices)


def listen_to_anything(hass: HomeAssistant, take: Take) -> CALLBACK_TYPE:
    """Register a trigger for whatever is said; returns what ends it.

    The assistant would parse the sentences of all triggers anew for that, which takes seconds on a small
    machine, so it keeps what it has parsed. One that works in another way parses as ever.
    """
    manager = get_agent_manager(hass)
    agent: Any = manager.default_agent
    parsed: Intents | None = getattr(agent, "_trigger_intents", None)
    unregister = manager.register_trigger([_ANYTHING], take)
    added = Intents.from_dict({
        "language": "*", "intents": {_find_last(agent): {"data": [{"sentences": [_ANYTHING]}]}}
    })  # fmt: skip
    if parsed is not None:
        slots = {**parsed.slot_lists, _SLOT: WildcardSlotList(_SLOT)}
        agent._trigger_intents = replace(  # noqa: SLF001
            # Before the others: the assistant stops at the second match of the same trigger.
            parsed,
            intents={**added.intents, **parsed.intents},
            slot_lists=slots,
        )

    @callback
    def stop() -> None:
        with_it: Intents | None = getattr(agent, "_trigger_intents", None)
        unregister()
        if with_it is not None:
            rest = {name: known for name, known in with_it.intents.items() if name not in added.intents}
            agent._trigger_intents = replace(with_it, intents=rest)  # noqa: SLF001

    return stop


def _find_last(agent: Any) -> str:
    """Return the name under which the assistant knows the trigger that was registered last."""
    names = getattr(agent, "_trigger_intents_config", {}).get("intents", {})
    return next(reversed(names), "")


class OpenQuestions:
    """The questions that wait for an answer, each for a minute."""

    def __init__(self, hass: HomeAssistant, handle: Handle, hand_on: HandOn) -> None:
        self._hass = hass
        self._handle = handle
        self._hand_on = hand_on
        self._open: dict[str, Question] = {}
        self._timers: dict[str, CALLBACK_TYPE] = {}
        self._stop_listening: CALLBACK_TYPE | None = None

    @callback
    def open(self, said: ConversationInput, question: Question) -> None:
        """Take the next thing that is said in the same conversation, or to the same device, for an answer."""
        keys = list(_list_keys(said))
        if not keys:
            return
        for key in keys:
            self._close(key)
            self._make_room(_start_key(said))
            self._open[key] = question
            job = HassJob(self._make_expiry(key), cancel_on_shutdown=True)
            self._timers[key] = async_call_later(self._hass, OPEN_FOR, job)
        self._listen()

    def _make_room(self, own: str) -> None:
        """Give up the oldest question where there are too many: one of who asks, before one of others."""
        if len(self._open) >= MOST_OPEN * 2:
            self._close(next((key for key in self._open if key.startswith(own)), next(iter(self._open))))

    def _make_expiry(self, key: str) -> Callable[[Any], None]:
        @callback
        def expire(now: Any) -> None:
            self._close(key)
            self._rest()

        return expire

    def _close(self, key: str) -> None:
        self._open.pop(key, None)
        stop = self._timers.pop(key, None)
        if stop is not None:
            stop()

    @callback
    def _listen(self) -> None:
        """Take whatever is said from now on."""
        if self._stop_listening is None:
            self._stop_listening = listen_to_anything(self._hass, self._take)

    @callback
    def _rest(self) -> None:
        if not self._open and self._stop_listening is not None:
            self._stop_listening()
            self._stop_listening = None

    async def _take(self, said: ConversationInput, result: RecognizeResult) -> str | None:
        """Answer what is said while a question is open; None where another trigger answers."""
        question, is_new_request = self._find(said), await self._has_other_trigger(said)
        if question is None:
            return None if is_new_request else await self._hand_on(said)
        choice = read_answer(question, said.text) if not is_new_request else None
        if choice is AMBIGUOUS:
            return question.text
        self._end(question)
        if is_new_request:
            return None
        if choice is CANCELLED:
            return question.language.format_answer("cancelled")
        if choice is None:
            return await self._hand_on(said)
        return await self._handle(said, question.resolve(choice))

    def _end(self, question: Question) -> None:
        for key in [key for key, known in self._open.items() if known is question]:
            self._close(key)
        # What is being said now has been taken already.
        self._hass.loop.call_soon(self._rest)

    def _find(self, said: ConversationInput) -> Question | None:
        return next((self._open[key] for key in _list_keys(said) if key in self._open), None)

    async def _has_other_trigger(self, said: ConversationInput) -> bool:
        """Return whether another trigger has been called as well, which answers for itself."""
        agent = get_agent_manager(self._hass).default_agent
        found = await agent.async_recognize_sentence_trigger(said) if agent is not None else None
        return found is not None and len(found.matched_triggers) > 1


# What an answer is that means nobody, and one that still means several.
CANCELLED = Choice("", "")
AMBIGUOUS = Choice("?", "?")


def read_answer(question: Question, text: str) -> Choice | None:
    """Return the choice that an answer means, None where it is no answer to the question."""
    language, choices = question.language, question.choices
    words = split_words(text)
    if not words or len(words) > _MOST_WORDS:
        return None
    if language.is_refusal(text):
        return CANCELLED
    plain = language.strip_articles(text)
    place = language.read_place(plain) or language.read_place(text)
    if place is not None and place <= len(choices):
        return choices[place - 1]
    number = language.parse_number(plain)
    if number is not None:
        return next((choice for choice in choices if choice.number == number), None)
    found = match_name(choices, plain) or _find_by_word(choices, frozenset(words))
    if len({choice.said for choice in found}) > 1:
        return AMBIGUOUS
    return found[0] if found else None


def _find_by_word(choices: tuple[Choice, ...], words: frozenset[str]) -> list[Choice]:
    """Return the choices of which an answer has a word that no other choice has."""
    names = {choice: frozenset(split_words(choice.name)) for choice in choices}
    return [
        choice
        for choice, own in names.items()
        if words & own.difference(*(other for known, other in names.items() if known is not choice))
    ]


def _list_keys(said: ConversationInput) -> Mapping[str, None]:
    """Return what tells a conversation from others: its id, and the device that it is held with."""
    session = current_session.get()
    conversation = said.conversation_id or (session.conversation_id if session is not None else None)
    found = (("conversation", conversation), ("satellite", said.satellite_id), ("device", said.device_id))
    return {f"{_start_key(said)}{kind} {value}": None for kind, value in found if value}


def _start_key(said: ConversationInput) -> str:
    """Return what the keys of all conversations of somebody begin with."""
    return f"{said.context.user_id or ''} "
