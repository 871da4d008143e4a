"""The intents: the slots of each, what it does, and what it answers."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import field
from datetime import timedelta
from typing import Any, override

from homeassistant.helpers import config_validation as cv, intent
from homeassistant.util import dt as dt_util
import voluptuous as vol

from ..protocols.enums import CallState, DialOutcome
from ..protocols.lazy_dataclass import dataclass
from ..protocols.model import Queue
from . import actions, queries
from .actions import Destination
from .language import LONGEST_SENTENCE, Language, Languages, RequestFailed
from .names import Asker, find_login
from .number_kinds import split_kind
from .queries import Availability, Other, PastCaller, UserOnPhone

type Slots = dict[str, Any]
# Does what was asked for and returns the answer; raises RequestFailed.
type Handler = Callable[[Asker, Language, Slots], Awaitable[str]]

# Nobody listens to more sentences than this.
MAX_SENTENCES = 5
# Nor to more names in one.
MAX_NAMES = 4
# The last caller may have called so long ago.
LONG_AGO = timedelta(days=7)
# Among the values of a response, those of which it is asked which is meant.
CHOICES = "choices"
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
    return language.format_answer(_OUTCOME_ANSWERS.get(outcome, "calling"), name=_format_to(language, to))


async def _call_back(asker: Asker, language: Language, slots: Slots) -> str:
    return await _return_call(asker, language, queries.list_past_callers(asker, dt_util.now() - LONG_AGO))


async def _call_missed_back(asker: Asker, language: Language, slots: Slots) -> str:
    calls = queries.list_past_callers(asker, dt_util.now() - LONG_AGO)
    return await _return_call(asker, language, [call for call in calls if call.missed])


async def _return_call(asker: Asker, language: Language, calls: list[PastCaller]) -> str:
    """Call who called last; one without a number is not skipped, since that would call somebody else."""
    if not calls:
        return language.format_answer("callers_none")
    last = calls[0]
    if last.number is None:
        raise RequestFailed("no_number", name=_format_other(language, last.other))
    outcome = await actions.dial(asker, Destination(number=last.number))
    answer = _OUTCOME_ANSWERS.get(outcome, "calling")
    return language.format_answer(answer, name=_format_other(language, last.other))


async def _hang_up(asker: Asker, language: Language, slots: Slots) -> str:
    await actions.hang_up(asker)
    return language.format_answer("hung_up")


async def _answer(asker: Asker, language: Language, slots: Slots) -> str:
    await actions.answer(asker)
    return language.format_answer("answered")


async def _reject(asker: Asker, language: Language, slots: Slots) -> str:
    await actions.reject(asker)
    return language.format_answer("rejected")


async def _transfer(asker: Asker, language: Language, slots: Slots) -> str:
    to = await _find_destination(asker, language, slots["who"])
    await actions.transfer(asker, to)
    return language.format_answer("transferred", name=_format_to(language, to))


async def _say_who_is_calling(asker: Asker, language: Language, slots: Slots) -> str:
    calls = queries.list_nearest_calls(asker)
    return _format_users(language, calls) or language.format_answer("nobody_calls")


async def _say_who_is_on_phone(asker: Asker, language: Language, slots: Slots) -> str:
    who = slots.get("who")
    if who is None or who.casefold() in language.words["anybody"]:
        users = queries.list_users_on_phone(asker)
        return _format_users(language, users) or language.format_answer("nobody_on_the_phone")
    name, calls = queries.find_user_on_phone(asker, who)
    return _format_users(language, calls) or language.format_answer("user_not_on_the_phone", name=name)


async def _say_what_user_does(asker: Asker, language: Language, slots: Slots) -> str:
    state = queries.get_user_state(asker, slots["who"])
    talks = _format_users(language, state.calls)
    if talks and state.availability is not Availability.DO_NOT_DISTURB:
        return talks
    return language.format_answer(f"user_{state.availability}", name=state.user)


async def _say_missed_calls(asker: Asker, language: Language, slots: Slots) -> str:
    missed = [call for call in _list_callers(asker) if call.missed]
    if not missed:
        return language.format_answer("missed_none")
    count = language.format_answer(_pick_key("missed", len(missed)), count=len(missed))
    return f"{count}: {_format_callers(language, missed)}."


async def _say_callers(asker: Asker, language: Language, slots: Slots) -> str:
    calls = _list_callers(asker)
    if not calls:
        return language.format_answer("callers_none")
    missed = sum(call.missed for call in calls)
    count = language.format_answer(_pick_key("callers", len(calls)), count=len(calls))
    missed_of_them = f", {language.format_answer('of_them_missed', count=missed)}" if missed else ""
    return f"{count}{missed_of_them}: {_format_callers(language, calls)}."


async def _say_last_caller(asker: Asker, language: Language, slots: Slots) -> str:
    calls = queries.list_past_callers(asker, dt_util.now() - LONG_AGO)
    if not calls:
        return language.format_answer("callers_none")
    return language.format_answer("last_caller", caller=_format_caller(language, calls[0]))


def _list_callers(asker: Asker) -> list[PastCaller]:
    """Return who has called since yesterday."""
    return queries.list_past_callers(asker, dt_util.start_of_local_day() - timedelta(days=1))


def _format_callers(language: Language, calls: list[PastCaller]) -> str:
    """Return each caller once, with the time of their last call."""
    shown: dict[str, str] = {}
    for call in calls:
        shown.setdefault(_format_other(language, call.other), _format_caller(language, call))
    names, more = list(shown.values())[:MAX_NAMES], len(shown) - MAX_NAMES
    if more > 0:
        names.append(language.format_answer(_pick_key("others", more), count=more))
    return language.join_names(names)


def _format_caller(language: Language, call: PastCaller) -> str:
    who, time = _format_other(language, call.other), language.format_time(call.time)
    return language.format_answer("caller_at", name=who, time=time)


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
    return " ".join(_format_waiting(language, queue) for queue in queues)


async def _say_wait(asker: Asker, language: Language, slots: Slots) -> str:
    queues = queries.list_queues(asker, slots.get("queue"))
    return " ".join(_format_wait(language, queue) for queue in queues)


def _format_waiting(language: Language, queue: Queue) -> str:
    count = queue.waiting or 0
    return language.format_answer(_pick_key("waiting", count), count=count, name=queue.name)


def _format_wait(language: Language, queue: Queue) -> str:
    if not queue.waiting or queue.oldest_since is None:
        return _format_waiting(language, queue)
    duration = language.format_duration(dt_util.utcnow() - queue.oldest_since)
    return language.format_answer("longest_wait", name=queue.name, duration=duration)


async def _switch_do_not_disturb_on(asker: Asker, language: Language, slots: Slots) -> str:
    until = slots.get("until")
    await actions.set_do_not_disturb(asker, on=True, until=until)
    if until is None:
        return language.format_answer("do_not_disturb_on")
    return language.format_answer("do_not_disturb_until", time=language.format_time(until))


async def _switch_do_not_disturb_off(asker: Asker, language: Language, slots: Slots) -> str:
    await actions.set_do_not_disturb(asker, on=False)
    return language.format_answer("do_not_disturb_off")


async def _say_do_not_disturb(asker: Asker, language: Language, slots: Slots) -> str:
    on = queries.is_own_do_not_disturb(asker)
    return language.format_answer("do_not_disturb_on" if on else "do_not_disturb_off")


async def _forward(asker: Asker, language: Language, slots: Slots) -> str:
    to = await _find_destination(asker, language, slots["who"])
    await actions.set_forward(asker, to)
    return language.format_answer("forwarded", name=_format_to(language, to))


async def _stop_forwarding(asker: Asker, language: Language, slots: Slots) -> str:
    await actions.set_forward(asker, None)
    return language.format_answer("not_forwarded")


async def _say_forwarding(asker: Asker, language: Language, slots: Slots) -> str:
    name, number = queries.get_own_forward(asker)
    if number is None:
        return language.format_answer("no_forward")
    to = Destination(number=number, name=name)
    return language.format_answer("forwarded", name=_format_to(language, to))


async def _find_destination(asker: Asker, language: Language, who: str) -> Destination:
    """Return whom the words of a slot mean, and which number of theirs; raises RequestFailed."""
    number = language.parse_number(who)
    if number is not None:
        return Destination(number=number)
    for said, kind in split_kind(language, who):
        for name in dict.fromkeys((said, language.strip_articles(said))):
            found = await actions.find_destination_of_kind(asker, name, kind)
            if found is not None:
                return found
    return await actions.find_destination(asker, who)


def _format_to(language: Language, to: Destination) -> str:
    return to.name or language.format_number(to.number)


def _format_users(language: Language, users: list[UserOnPhone]) -> str:
    sentences = [_format_user(language, user) for user in users[:MAX_SENTENCES]]
    return " ".join(sentences + [language.format_answer("more_calls")] * (len(users) > MAX_SENTENCES))


def _format_user(language: Language, user: UserOnPhone) -> str:
    if user.state is None:
        return language.format_answer("on_the_phone", name=user.user)
    other = _format_other(language, user.other or Other())
    sentence = language.format_answer(_CALL_ANSWERS.get(user.state, "talks"), name=user.user, other=other)
    return sentence[0].upper() + sentence[1:]


def _format_other(language: Language, other: Other) -> str:
    if other.name is not None and language.parse_number(other.name) is None:
        return other.name
    number = other.number or other.name
    return language.format_number(number) if number is not None else language.format_answer("unknown_caller")


def _pick_key(base: str, count: int) -> str:
    """Return the key of the answer for none, one or many."""
    return f"{base}_{_COUNT_SUFFIXES.get(count, 'many')}"


_NAMED = vol.All(intent.non_empty_string, vol.Length(max=LONGEST_SENTENCE))
_QUEUE = {"queue": _NAMED}
_WHO = {"who": _NAMED}

INTENTS = {
    "PbxCall": IntentDescription(run=_dial, slots=_WHO),
    "PbxCallBack": IntentDescription(run=_call_back),
    "PbxCallMissedBack": IntentDescription(run=_call_missed_back),
    "PbxHangUp": IntentDescription(run=_hang_up),
    "PbxAnswer": IntentDescription(run=_answer),
    "PbxReject": IntentDescription(run=_reject),
    "PbxTransfer": IntentDescription(run=_transfer, slots=_WHO),
    "PbxWhoIsCalling": IntentDescription(run=_say_who_is_calling),
    "PbxOnThePhone": IntentDescription(run=_say_who_is_on_phone, optional=_WHO),
    "PbxIsFree": IntentDescription(run=_say_what_user_does, slots=_WHO),
    "PbxMissedCalls": IntentDescription(run=_say_missed_calls),
    "PbxCallers": IntentDescription(run=_say_callers),
    "PbxLastCaller": IntentDescription(run=_say_last_caller),
    "PbxVoicemail": IntentDescription(run=_say_new_messages),
    "PbxQueue": IntentDescription(run=_say_calls_waiting, optional=_QUEUE),
    "PbxQueueWait": IntentDescription(run=_say_wait, optional=_QUEUE),
    "PbxDoNotDisturbOn": IntentDescription(run=_switch_do_not_disturb_on, optional={"until": cv.datetime}),
    "PbxDoNotDisturbOff": IntentDescription(run=_switch_do_not_disturb_off),
    "PbxDoNotDisturb": IntentDescription(run=_say_do_not_disturb),
    "PbxForward": IntentDescription(run=_forward, slots=_WHO),
    "PbxStopForwarding": IntentDescription(run=_stop_forwarding),
    "PbxForwarding": IntentDescription(run=_say_forwarding),
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
            response.async_set_speech_slots({CHOICES: err.choices})
        return response
