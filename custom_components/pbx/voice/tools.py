"""The tools of language models: the parameters of each, what it does, and what it returns."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, field
from datetime import timedelta
from typing import Any

from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.llm import ToolAnnotations
from homeassistant.util import dt as dt_util
import voluptuous as vol

from ..protocols.enums import Capability, NumberKind, Outcome, PresenceActivity
from ..protocols.lazy_dataclass import dataclass
from ..protocols.phone_numbers import to_dialable
from . import actions, queries
from .actions import Destination
from .language import LONGEST_SENTENCE
from .names import Asker
from .queries import PastCaller, UserOnPhone

type Arguments = Mapping[str, Any]
# Returns what can be written as JSON; raises RequestFailed.
type Run = Callable[[Asker, Arguments], Awaitable[dict[str, Any]]]

# How many calls of the history of each PBX are searched.
MAX_CALLS = 50
_READS = ToolAnnotations(read_only=True, destructive=False, idempotent=True, open_world=False)
_SETS = ToolAnnotations(destructive=False, idempotent=True, open_world=False)
_ACTS = ToolAnnotations()
_ANSWERS = ToolAnnotations(destructive=False)
_FORWARDS = ToolAnnotations(idempotent=True)
# The longest that the call list is asked for.
MAX_HOURS = 14 * 24
_TEXT = vol.All(cv.string, vol.Length(max=LONGEST_SENTENCE))
_KIND = {
    vol.Optional("kind", description="Which number of the person, if one was asked for"): vol.In(
        [str(kind) for kind in NumberKind if kind is not NumberKind.FAX]
    )
}
_TO = {vol.Required("to", description="The name of a person, or a telephone number"): _TEXT, **_KIND}
_ACTIVITIES = [
    PresenceActivity.AVAILABLE,
    PresenceActivity.AWAY,
    PresenceActivity.BUSY,
    PresenceActivity.DND,
]


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolDescription:
    """Describes a tool; one that `needs` a capability is only offered where a PBX has it."""

    title: str
    description: str
    run: Run
    annotations: ToolAnnotations = _READS
    parameters: Mapping[vol.Marker, Any] = field(default_factory=dict)
    needs: Capability | None = None


async def _get_users_on_phone(asker: Asker, data: Arguments) -> dict[str, Any]:
    return {"calls": [_describe_user(user) for user in queries.list_users_on_phone(asker)]}


def _describe_user(user: UserOnPhone) -> dict[str, Any]:
    other = (user.other.name or user.other.number) if user.other is not None else None
    return {"user": user.user, "state": user.state, "other": other}


async def _dial(asker: Asker, data: Arguments) -> dict[str, Any]:
    to = await _find_destination(asker, data["who"], data.get("kind"))
    return {"called": to.name or to.number, "result": await actions.dial(asker, to)}


async def _find_destination(asker: Asker, who: str, kind: str | None) -> Destination:
    number = to_dialable(who)
    if number:
        return Destination(number=number)
    found = await actions.find_destination_of_kind(asker, who, NumberKind(kind)) if kind else None
    return found or await actions.find_destination(asker, who)


async def _hang_up(asker: Asker, data: Arguments) -> dict[str, Any]:
    await actions.hang_up(asker)
    return {"result": "hung up"}


async def _answer(asker: Asker, data: Arguments) -> dict[str, Any]:
    await actions.answer(asker)
    return {"result": "answered"}


async def _reject(asker: Asker, data: Arguments) -> dict[str, Any]:
    await actions.reject(asker)
    return {"result": "rejected"}


async def _transfer(asker: Asker, data: Arguments) -> dict[str, Any]:
    to = await _find_destination(asker, data["to"], data.get("kind"))
    await actions.transfer(asker, to)
    return {"transferred_to": to.name or to.number}


async def _forward(asker: Asker, data: Arguments) -> dict[str, Any]:
    to = await _find_destination(asker, data["to"], data.get("kind"))
    await actions.set_forward(asker, to)
    return {"forwarded_to": to.name or to.number}


async def _stop_forwarding(asker: Asker, data: Arguments) -> dict[str, Any]:
    await actions.set_forward(asker, None)
    return {"forwarded_to": None}


async def _get_callers(asker: Asker, data: Arguments) -> dict[str, Any]:
    since = dt_util.utcnow() - timedelta(hours=data["hours"])
    calls = queries.list_past_callers(asker, since)
    return {"calls": [_describe_caller(call) for call in calls if call.missed or not data["missed_only"]]}


def _describe_caller(call: PastCaller) -> dict[str, Any]:
    return {
        "caller": call.other.name or call.other.number,
        "time": dt_util.as_local(call.time).isoformat(),
        "missed": call.missed,
    }


async def _get_availability(asker: Asker, data: Arguments) -> dict[str, Any]:
    state = queries.get_user_state(asker, data["who"])
    calls = [_describe_user(call) for call in state.calls]
    return {"user": state.user, "availability": state.availability, "calls": calls}


async def _get_voicemail(asker: Asker, data: Arguments) -> dict[str, Any]:
    return {"new_messages": [asdict(box) for box in queries.list_new_messages(asker)]}


async def _get_queues(asker: Asker, data: Arguments) -> dict[str, Any]:
    return {
        "queues": [
            {
                "name": queue.name,
                "calls_waiting": queue.waiting,
                "waiting_since": queue.oldest_since.isoformat() if queue.oldest_since else None,
                "agents_logged_in": queue.agents_logged_in,
                "agents_free": queue.agents_free,
            }
            for queue in queries.list_queues(asker, data.get("queue"))
        ]
    }


async def _get_call_history(asker: Asker, data: Arguments) -> dict[str, Any]:
    calls = await queries.get_call_history(asker, MAX_CALLS)
    missed = data["missed_only"]
    return {"calls": [call for call in calls if not missed or call["outcome"] == Outcome.MISSED]}


async def _set_do_not_disturb(asker: Asker, data: Arguments) -> dict[str, Any]:
    minutes = data.get("minutes")
    until = dt_util.utcnow() + timedelta(minutes=minutes) if minutes and data["on"] else None
    await actions.set_do_not_disturb(asker, on=data["on"], until=until)
    return {"do_not_disturb": data["on"], "until": dt_util.as_local(until).isoformat() if until else None}


async def _set_presence(asker: Asker, data: Arguments) -> dict[str, Any]:
    await actions.set_presence(asker, data["activity"], data.get("note"))
    return {"presence": data["activity"]}


async def _find_contacts(asker: Asker, data: Arguments) -> dict[str, Any]:
    return {"contacts": await queries.find_contacts(asker, data["name"])}


TOOLS = {
    "who_is_on_the_phone": ToolDescription(
        title="Who is on the phone",
        description="Tells who is calling, and who of the house is on the phone with whom.",
        run=_get_users_on_phone,
    ),
    "call": ToolDescription(
        title="Call somebody",
        description="Calls a person or a number from the telephone of whoever asks.",
        run=_dial,
        annotations=_ACTS,
        parameters={
            vol.Required("who", description="The name of a person, or a telephone number"): _TEXT,
            **_KIND,
        },
        needs=Capability.DIAL,
    ),
    "hang_up": ToolDescription(
        title="Hang up",
        description="Ends the call of whoever asks.",
        run=_hang_up,
        annotations=_ACTS,
        needs=Capability.HANG_UP,
    ),
    "answer": ToolDescription(
        title="Answer the call",
        description="Answers the call that rings for whoever asks, at their telephone.",
        run=_answer,
        annotations=_ANSWERS,
        needs=Capability.ANSWER,
    ),
    "reject": ToolDescription(
        title="Reject the call",
        description="Rejects the call that rings for whoever asks.",
        run=_reject,
        annotations=_ACTS,
        needs=Capability.REJECT,
    ),
    "transfer": ToolDescription(
        title="Transfer the call",
        description="Transfers the call of whoever asks to a person or a number, and so ends it for them.",
        run=_transfer,
        annotations=_ACTS,
        parameters=_TO,
        needs=Capability.TRANSFER,
    ),
    "forward_calls": ToolDescription(
        title="Forward calls",
        description="Forwards all future calls of whoever asks to a person or a number, until that is ended.",
        run=_forward,
        annotations=_FORWARDS,
        parameters=_TO,
        needs=Capability.SET_FORWARD,
    ),
    "stop_forwarding": ToolDescription(
        title="Stop forwarding calls",
        description="Ends the forwarding of the calls of whoever asks.",
        run=_stop_forwarding,
        annotations=_SETS,
        needs=Capability.SET_FORWARD,
    ),
    "is_available": ToolDescription(
        title="Is somebody available",
        description="Tells whether a person of the house can be called, and with whom they are on the phone.",
        run=_get_availability,
        parameters={vol.Required("who", description="The name of a person"): _TEXT},
        needs=Capability.USERS,
    ),
    "who_called": ToolDescription(
        title="Who has called",
        description="Lists who has called whoever asks, the latest first, and which calls were missed.",
        run=_get_callers,
        parameters={
            vol.Optional("missed_only", default=False): cv.boolean,
            vol.Optional("hours", default=24, description="How far back"): vol.All(
                vol.Coerce(int), vol.Range(min=1, max=MAX_HOURS)
            ),
        },
    ),
    "get_voicemail": ToolDescription(
        title="Get voicemail",
        description="Tells how many new voice messages there are.",
        run=_get_voicemail,
        needs=Capability.MAILBOXES,
    ),
    "get_queues": ToolDescription(
        title="Get call queues",
        description="Tells how many callers wait in each queue, since when, and how many agents are free.",
        run=_get_queues,
        parameters={vol.Optional("queue", description="The name of one queue"): _TEXT},
        needs=Capability.QUEUES,
    ),
    "get_call_history": ToolDescription(
        title="Get call history",
        description="Lists the latest calls that are over, such as missed ones.",
        run=_get_call_history,
        parameters={vol.Optional("missed_only", default=False): cv.boolean},
        needs=Capability.CALL_HISTORY,
    ),
    "set_do_not_disturb": ToolDescription(
        title="Set do not disturb",
        description="Switches do not disturb of whoever asks, for some minutes or for good.",
        run=_set_do_not_disturb,
        annotations=_SETS,
        parameters={
            vol.Required("on"): cv.boolean,
            vol.Optional("minutes", description="For how long"): vol.All(vol.Coerce(int), vol.Range(min=1)),
        },
        needs=Capability.SET_DO_NOT_DISTURB,
    ),
    "set_presence": ToolDescription(
        title="Set presence",
        description="Sets what others see of whoever asks.",
        run=_set_presence,
        annotations=_SETS,
        parameters={
            vol.Required("activity"): vol.In([str(activity) for activity in _ACTIVITIES]),
            vol.Optional("note", description="A few words for the others"): _TEXT,
        },
        needs=Capability.SET_PRESENCE,
    ),
    "find_contact": ToolDescription(
        title="Find a contact",
        description="Finds people and their numbers, in the telephone system and its address book.",
        run=_find_contacts,
        parameters={vol.Required("name", description="The name or a part of it"): _TEXT},
    ),
}
