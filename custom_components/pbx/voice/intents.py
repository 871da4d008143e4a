"""The intents: the slots of each, what it does, and what it answers."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, override

from homeassistant.helpers import config_validation as cv, intent
from homeassistant.util import dt as dt_util
import voluptuous as vol

from ..protocols.enums import CallState, DialOutcome
from . import actions, queries
from .actions import Destination
from .language import Language, Languages, RequestFailed
from .names import Asker, find_login
from .queries import UserOnPhone

type Slots = dict[str, Any]
# Does what was asked for and returns the answer; raises RequestFailed.
type Handler = Callable[[Asker, Language, Slots], Awaitable[str]]

# Nobody listens to more sentences than this.
MAX_SENTENCES = 5
_COUNT_SUFFIXES = {0: "none", 1: "one"}
_CALL_ANSWERS = {CallState.RINGING: "rings", CallState.DIALING: "dials"}
_OUTCOME_ANSWERS = {
    DialOutcome.BUSY: "call_busy",
    DialOutcome.NO_ANSWER: "call_no_answer",
    DialOutcome.UNAVAILABLE: "call_unavailable",
    DialOutcome.FAILED: "call_failed",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class IntentDescription:
    """Describes an intent: its handler, and the validators of its required and its optional slots."""

    run: Handler
    slots: Mapping[str, Any] = field(default_factory=dict)
    optional: Mapping[str, Any] = field(default_factory=dict)


async def _dial(asker: Asker, language: Language, slots: Slots) -> str:
    to = await _find_destination(asker, language, slots["who"])
    outcome = await actions.dial(asker, to)
    if outcome in _OUTCOME_ANSWERS:
        return language.format_answer(_OUTCOME_ANSWERS[outcome], name=to.name or to.number)
    if to.name is None:
        return language.format_answer("calling_number")
    return language.format_answer("calling", name=to.name)


async def _hang_up(asker: Asker, language: Language, slots: Slots) -> str:
    await actions.hang_up(asker)
    return language.format_answer("hung_up")


async def _say_who_is_on_phone(asker: Asker, language: Language, slots: Slots) -> str:
    who = slots.get("who")
    if who is None or who.casefold() in language.words["anybody"]:
        users = queries.list_users_on_phone(asker)
        return _format_users(language, users) or language.format_answer("nobody_on_the_phone")
    name, calls = queries.find_user_on_phone(asker, who)
    return _format_users(language, calls) or language.format_answer("user_not_on_the_phone", name=name)


async def _say_new_messages(asker: Asker, language: Language, slots: Slots) -> str:
    boxes = queries.list_new_messages(asker)
    count = sum(box.new for box in boxes)
    answer = language.format_answer(_pick_key("messages", count), count=count)
    if len(boxes) < 2:
        return answer
    each = [language.format_answer("mailbox_messages", count=box.new, name=box.mailbox) for box in boxes]
    return f"{answer.removesuffix('.')}: {language.join_names(each)}."


async def _say_calls_waiting(asker: Asker, language: Language, slots: Slots) -> str:
    queues = queries.list_queues(asker, slots.get("queue"))
    return " ".join(
        language.format_answer(_pick_key("waiting", queue.waiting or 0), count=queue.waiting, name=queue.name)
        for queue in queues
    )


async def _switch_do_not_disturb_on(asker: Asker, language: Language, slots: Slots) -> str:
    until = slots.get("until")
    await actions.set_do_not_disturb(asker, on=True, until=until)
    if until is None:
        return language.format_answer("do_not_disturb_on")
    return language.format_answer("do_not_disturb_until", time=f"{dt_util.as_local(until):%H:%M}")


async def _switch_do_not_disturb_off(asker: Asker, language: Language, slots: Slots) -> str:
    await actions.set_do_not_disturb(asker, on=False)
    return language.format_answer("do_not_disturb_off")


async def _forward(asker: Asker, language: Language, slots: Slots) -> str:
    to = await _find_destination(asker, language, slots["who"])
    await actions.set_forward(asker, to)
    return language.format_answer("forwarded", name=to.name or to.number)


async def _stop_forwarding(asker: Asker, language: Language, slots: Slots) -> str:
    await actions.set_forward(asker, None)
    return language.format_answer("not_forwarded")


async def _find_destination(asker: Asker, language: Language, who: str) -> Destination:
    number = language.parse_number(who)
    return Destination(number=number) if number else await actions.find_destination(asker, who)


def _format_users(language: Language, users: list[UserOnPhone]) -> str:
    sentences = [_format_user(language, user) for user in users[:MAX_SENTENCES]]
    return " ".join(sentences + [language.format_answer("more_calls")] * (len(users) > MAX_SENTENCES))


def _format_user(language: Language, user: UserOnPhone) -> str:
    if user.state is None:
        return language.format_answer("on_the_phone", name=user.user)
    other = user.other or language.format_answer("unknown_caller")
    sentence = language.format_answer(_CALL_ANSWERS.get(user.state, "talks"), name=user.user, other=other)
    return sentence[0].upper() + sentence[1:]


def _pick_key(base: str, count: int) -> str:
    """Return the key of the answer for none, one or many."""
    return f"{base}_{_COUNT_SUFFIXES.get(count, 'many')}"


_WHO = {"who": intent.non_empty_string}

INTENTS = {
    "PbxCall": IntentDescription(run=_dial, slots=_WHO),
    "PbxHangUp": IntentDescription(run=_hang_up),
    "PbxOnThePhone": IntentDescription(run=_say_who_is_on_phone, optional=_WHO),
    "PbxVoicemail": IntentDescription(run=_say_new_messages),
    "PbxQueue": IntentDescription(run=_say_calls_waiting, optional={"queue": intent.non_empty_string}),
    "PbxDoNotDisturbOn": IntentDescription(run=_switch_do_not_disturb_on, optional={"until": cv.datetime}),
    "PbxDoNotDisturbOff": IntentDescription(run=_switch_do_not_disturb_off),
    "PbxForward": IntentDescription(run=_forward, slots=_WHO),
    "PbxStopForwarding": IntentDescription(run=_stop_forwarding),
}


class PbxIntent(intent.IntentHandler):
    """Handles one intent, in the language of the request."""

    def __init__(self, name: str, description: IntentDescription, languages: Languages) -> None:
        self.intent_type = name
        self._description = description
        self._languages = languages

    @property
    @override
    def slot_schema(self) -> dict[Any, Any]:
        optional = {vol.Optional(name): check for name, check in self._description.optional.items()}
        return {vol.Required(name): check for name, check in self._description.slots.items()} | optional

    @override
    async def async_handle(self, intent_obj: intent.Intent) -> intent.IntentResponse:
        slots = self.async_validate_slots(intent_obj.slots)
        asker = Asker(
            hass=intent_obj.hass,
            context=intent_obj.context,
            assistant=intent_obj.assistant,
            device_id=intent_obj.device_id,
            user=await find_login(intent_obj.hass, intent_obj.context),
        )
        response, language = intent_obj.create_response(), self._languages.get_language(intent_obj.language)
        values = {name: slot["value"] for name, slot in slots.items()}
        try:
            response.async_set_speech(await self._description.run(asker, language, values))
        except RequestFailed as err:
            problem = language.format_problem(err)
            response.async_set_error(intent.IntentResponseErrorCode.FAILED_TO_HANDLE, problem)
        return response
