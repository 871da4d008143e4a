"""The intents: what each takes, does and says."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, override

from homeassistant.helpers import config_validation as cv, intent
from homeassistant.util import dt as dt_util
import voluptuous as vol

from ..protocols.enums import CallState, DialOutcome
from . import commands as switchboard, queries as enquiries
from .commands import Destination
from .directory import Asker
from .language import Language, Languages, Unable
from .queries import Line

type Slots = dict[str, Any]
type Answer = Callable[[Asker, Language, Slots], Awaitable[str]]

# After this many sentences nobody listens any more.
MOST_LINES = 5
_AMOUNTS = {0: "none", 1: "one"}
_SAY_LINE = {CallState.RINGING: "rings", CallState.DIALING: "dials"}
_SAY_OUTCOME = {
    DialOutcome.BUSY: "call_busy",
    DialOutcome.NO_ANSWER: "call_no_answer",
    DialOutcome.UNAVAILABLE: "call_unavailable",
    DialOutcome.FAILED: "call_failed",
}


async def _call(asker: Asker, language: Language, slots: Slots) -> str:
    to = await _destination(asker, language, slots["who"])
    outcome = await switchboard.dial(asker, to)
    if outcome in _SAY_OUTCOME:
        return language.answer(_SAY_OUTCOME[outcome], name=to.name or to.number)
    return language.answer("calling", name=to.name) if to.name else language.answer("calling_number")


async def _hang_up(asker: Asker, language: Language, slots: Slots) -> str:
    await switchboard.hang_up(asker)
    return language.answer("hung_up")


async def _on_the_phone(asker: Asker, language: Language, slots: Slots) -> str:
    who = slots.get("who")
    if who is None or who.casefold() in language.words["anybody"]:
        return _say_lines(language, enquiries.lines(asker)) or language.answer("nobody_on_the_phone")
    user, lines = enquiries.lines_of_user(asker, who)
    return _say_lines(language, lines) or language.answer("user_not_on_the_phone", name=user)


async def _voicemail(asker: Asker, language: Language, slots: Slots) -> str:
    boxes = enquiries.messages(asker)
    count = sum(box.new for box in boxes)
    answer = language.answer(_amount("messages", count), count=count)
    if len(boxes) < 2:
        return answer
    each = [language.answer("mailbox_messages", count=box.new, name=box.mailbox) for box in boxes]
    return f"{answer.removesuffix('.')}: {language.listed(each)}."


async def _queue(asker: Asker, language: Language, slots: Slots) -> str:
    queues = enquiries.queues(asker, slots.get("queue"))
    return " ".join(
        language.answer(_amount("waiting", queue.waiting or 0), count=queue.waiting, name=queue.name)
        for queue in queues
    )


async def _do_not_disturb_on(asker: Asker, language: Language, slots: Slots) -> str:
    until = slots.get("until")
    await switchboard.set_do_not_disturb(asker, on=True, until=until)
    if until is None:
        return language.answer("do_not_disturb_on")
    return language.answer("do_not_disturb_until", time=f"{dt_util.as_local(until):%H:%M}")


async def _do_not_disturb_off(asker: Asker, language: Language, slots: Slots) -> str:
    await switchboard.set_do_not_disturb(asker, on=False)
    return language.answer("do_not_disturb_off")


async def _forward(asker: Asker, language: Language, slots: Slots) -> str:
    to = await _destination(asker, language, slots["who"])
    await switchboard.forward(asker, to)
    return language.answer("forwarded", name=to.name or to.number)


async def _stop_forwarding(asker: Asker, language: Language, slots: Slots) -> str:
    await switchboard.forward(asker, None)
    return language.answer("not_forwarded")


async def _destination(asker: Asker, language: Language, who: str) -> Destination:
    number = language.number(who)
    return Destination(number=number) if number else await switchboard.destination(asker, who)


def _say_lines(language: Language, lines: list[Line]) -> str:
    said = [_say_line(language, line) for line in lines[:MOST_LINES]]
    return " ".join(said + [language.answer("more_calls")] * (len(lines) > MOST_LINES))


def _say_line(language: Language, line: Line) -> str:
    if line.state is None:
        return language.answer("on_the_phone", name=line.user)
    other = line.other or language.answer("unknown_caller")
    sentence = language.answer(_SAY_LINE.get(line.state, "talks"), name=line.user, other=other)
    return sentence[0].upper() + sentence[1:]


def _amount(of: str, count: int) -> str:
    return f"{of}_{_AMOUNTS.get(count, 'many')}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What an intent takes, and what answers it."""

    answer: Answer
    slots: Mapping[str, Any] = field(default_factory=dict)
    optional: Mapping[str, Any] = field(default_factory=dict)


_WHO = {"who": intent.non_empty_string}

REQUESTS = {
    "PbxCall": Request(answer=_call, slots=_WHO),
    "PbxHangUp": Request(answer=_hang_up),
    "PbxOnThePhone": Request(answer=_on_the_phone, optional=_WHO),
    "PbxVoicemail": Request(answer=_voicemail),
    "PbxQueue": Request(answer=_queue, optional={"queue": intent.non_empty_string}),
    "PbxDoNotDisturbOn": Request(answer=_do_not_disturb_on, optional={"until": cv.datetime}),
    "PbxDoNotDisturbOff": Request(answer=_do_not_disturb_off),
    "PbxForward": Request(answer=_forward, slots=_WHO),
    "PbxStopForwarding": Request(answer=_stop_forwarding),
}


class PbxIntent(intent.IntentHandler):
    """Answer one intent in the language in which it came."""

    def __init__(self, name: str, request: Request, languages: Languages) -> None:
        self.intent_type = name
        self._request = request
        self._languages = languages

    @property
    @override
    def slot_schema(self) -> dict[Any, Any]:
        optional = {vol.Optional(name): check for name, check in self._request.optional.items()}
        return {vol.Required(name): check for name, check in self._request.slots.items()} | optional

    @override
    async def async_handle(self, intent_obj: intent.Intent) -> intent.IntentResponse:
        slots = self.async_validate_slots(intent_obj.slots)
        asker = Asker(
            hass=intent_obj.hass,
            context=intent_obj.context,
            assistant=intent_obj.assistant,
            device_id=intent_obj.device_id,
        )
        response, language = intent_obj.create_response(), self._languages.of(intent_obj.language)
        values = {name: slot["value"] for name, slot in slots.items()}
        try:
            response.async_set_speech(await self._request.answer(asker, language, values))
        except Unable as err:
            response.async_set_error(intent.IntentResponseErrorCode.FAILED_TO_HANDLE, language.problem(err))
        return response
