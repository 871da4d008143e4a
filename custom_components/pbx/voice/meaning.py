"""Choose what a sentence means among its readings, by what is there: people, queues, calls and times."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import field, replace
from datetime import datetime
from enum import Enum, auto

from ..hub.hub import loaded_hubs
from ..protocols.enums import CallState, ObjectKind
from ..protocols.lazy_dataclass import dataclass
from . import actions, queries
from .gist import KnownNames, fold_names
from .language import Certainty, Language, RequestFailed
from .matching import match_name
from .names import Asker, NamedObject, list_exposed
from .number_kinds import split_kind
from .readings import Reading
from .times import TIMES, parse_end

_RINGING = frozenset({CallState.RINGING})
# What these ask for needs a call of who asks in one of these states.
_NEEDED_CALLS: Mapping[str, frozenset[CallState]] = {
    "PbxAnswer": _RINGING,
    "PbxReject": _RINGING,
    "PbxHangUp": frozenset(CallState) - {CallState.ENDED},
}
_FACTS: Mapping[str, frozenset[CallState]] = {
    "ringing": _RINGING,
    "talking": frozenset({CallState.TALKING, CallState.ON_HOLD}),
}
# Whom these name may be called: they have a number, in the PBX or outside.
_CALLED = frozenset({"PbxCall", "PbxTransfer", "PbxForward"})
# What has more words is not looked for in the address book of a PBX, which may take a while.
_LONGEST_NAME = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is asked for: an intent with the values of its slots, or why it can't be done."""

    language: Language
    intent: str
    slots: Mapping[str, str | datetime] = field(default_factory=dict)
    problem: RequestFailed | None = None


class Look(Enum):
    """Where what is named is looked for, one after the other: what it costs, and how likely it is wrong."""

    HERE = auto()
    ADDRESS_BOOK = auto()
    SIMILAR = auto()


async def find_request(asker: Asker, readings: list[Reading]) -> Request | None:
    """Return what a sentence is sure to mean, None where it may have nothing to do with telephones."""
    certain = [reading for reading in readings if reading.certainty is Certainty.ALWAYS]
    return (
        await _ground_first(asker, readings, Look.HERE)
        or await _ground_first(asker, readings, Look.ADDRESS_BOOK)
        or await _ground_first(asker, certain, Look.SIMILAR)
    )


async def find_hidden_queue(asker: Asker, readings: list[Reading]) -> Request | None:
    """Return what is asked about a queue by its name, of which the assistant may not know.

    Home Assistant would take it for a room, and say that nobody is there.
    """
    about = [reading for reading in readings if "queue" in reading.slots]
    return await _ground_first(replace(asker, assistant=None), about, Look.HERE)


def take_at_its_word(readings: list[Reading]) -> Request | None:
    """Return what a sentence is sure to mean although what it names is not known."""
    certain = (one for one in readings if one.certainty is Certainty.ALWAYS and _names_nobody_long(one))
    certain = (one for one in certain if not (one.is_doubtful and one.slots))
    return next(map(_take_at_its_word, certain), None)


async def find_gist(asker: Asker, gist: list[Reading]) -> Request | None:
    """Return what the gist of a sentence is, where it is sure to be about telephones."""
    certain = [reading for reading in gist if reading.certainty is Certainty.ALWAYS]
    return await _ground_first(asker, certain, Look.SIMILAR) or await _ground_first(
        asker, gist, Look.ADDRESS_BOOK
    )


async def guess_request(asker: Asker, readings: list[Reading]) -> Request | None:
    """Return what a sentence probably means for which Home Assistant has no other meaning."""
    readings = [one for one in readings if not one.is_doubtful]
    named = [one for one in readings if one.certainty is Certainty.USUALLY and _names_somebody(one)]
    return await _ground_first(asker, readings, Look.SIMILAR) or next(map(_take_at_its_word, named), None)


def list_known_names(asker: Asker) -> KnownNames:
    """Return what everybody and every queue is called that the assistant may know of, for the gist."""
    contacts = (
        name for hub in loaded_hubs(asker.hass) for one in hub.address_book.contacts for name in one.names
    )
    users = (name for user in _list(asker, ObjectKind.USER) for name in user.names)
    queues = (name for queue in _list(asker, ObjectKind.QUEUE) for name in queue.names)
    return KnownNames(
        frozenset(fold_names([*users, *contacts])),
        frozenset(fold_names(queues)),
        frozenset(fold_names(_list_parties(asker))),
    )


def _list_parties(asker: Asker) -> list[str]:
    """Return the names of those who talk to the asker or ring them."""
    with suppress(RequestFailed):
        calls = queries.list_own_calls(asker)
        return [call.other.name for call in calls if call.other is not None and call.other.name is not None]
    return []


def list_facts(asker: Asker) -> frozenset[str]:
    """Return the cues that nobody says: what the calls of who asks do, and whether they are forwarded."""
    facts = {fact for fact, states in _FACTS.items() if queries.has_own_call(asker, states)}
    return frozenset(facts | {"forwarded"} if _is_forwarded(asker) else facts)


def _is_forwarded(asker: Asker) -> bool:
    with suppress(RequestFailed):
        _, number = queries.get_own_forward(asker)
        return number is not None
    return False


async def _ground_first(asker: Asker, readings: list[Reading], look: Look) -> Request | None:
    for reading in readings:
        request = await _ground(asker, reading, look)
        if request is not None:
            return request
    return None


def _names_nobody_long(reading: Reading) -> bool:
    """Return whether what stands for a name is short enough for one, or none is named."""
    name = reading.slots.get("who")
    return name is None or len(reading.language.strip_articles(name).split()) <= _LONGEST_NAME


def _names_somebody(reading: Reading) -> bool:
    language = reading.language
    return language.could_be_name(language.strip_politeness(reading.slots.get("who", "")))


def _take_at_its_word(reading: Reading) -> Request:
    """Return the request of a reading although what it names is not known."""
    language, slots = reading.language, {}
    for name, text in reading.slots.items():
        if name in TIMES:
            problem = RequestFailed("not_understood_time")
            return Request(language=language, intent=reading.intent, problem=problem)
        strip = language.strip_queue_words if name == "queue" else language.strip_articles
        slots[name] = strip(text)
    return Request(language=language, intent=reading.intent, slots=slots)


async def _ground(asker: Asker, reading: Reading, look: Look) -> Request | None:
    """Return the request of a reading in which everything is known, else None."""
    slots: dict[str, str | datetime] = {}
    for name, text in reading.slots.items():
        value = await _find_value(asker, reading, name, text, look)
        if value is None:
            return None
        slots["until" if name in TIMES else name] = value
    sure = bool(reading.slots) or reading.certainty is not Certainty.IF_KNOWN
    if not sure and not _has_needed_call(asker, reading.intent):
        return None
    return Request(language=reading.language, intent=reading.intent, slots=slots)


async def _find_value(
    asker: Asker, reading: Reading, slot: str, text: str, look: Look
) -> str | datetime | None:
    """Return the value of a slot: words that name something known, or a time; None where it is neither."""
    language = reading.language
    if slot in TIMES:
        return await asker.hass.async_add_executor_job(_find_time, language, slot, text)
    if slot == "queue":
        names = (text, language.strip_politeness(text), language.strip_queue_words(text))
        return next((name for name in names if _matches(asker, ObjectKind.QUEUE, name, look)), None)
    if look is Look.ADDRESS_BOOK:
        return await _find_contact(asker, reading, text)
    names = (text, language.strip_politeness(text), language.strip_articles(text))
    if any(_is_known(asker, reading, name, look) for name in _list_names_with_kind(reading, text)):
        return text
    known = next((name for name in names if _is_known(asker, reading, name, look)), None)
    return known or (await _find_contact(asker, reading, text, fuzzy=True) if look is Look.SIMILAR else None)


def _find_time(language: Language, kind: str, text: str) -> datetime | None:
    """Return the time that a text means, with politeness or without; not for the event loop."""
    for said in (text, language.strip_politeness(text)):
        with suppress(RequestFailed):
            return parse_end(language, kind, said)
    return None


async def _find_contact(asker: Asker, reading: Reading, text: str, *, fuzzy: bool = False) -> str | None:
    """Return the words of a slot that name somebody in an address book, who is to be called."""
    if reading.intent not in _CALLED:
        return None
    for name in _list_names_with_kind(reading, text):
        if len(name.split()) <= _LONGEST_NAME and await actions.is_contact(asker, name, fuzzy=fuzzy):
            return text
    name = reading.language.strip_articles(text)
    if len(name.split()) > _LONGEST_NAME:
        return None
    return name if await actions.is_contact(asker, name, fuzzy=fuzzy) else None


def _list_names_with_kind(reading: Reading, text: str) -> list[str]:
    """Return the names that a text has beside a kind of number, where somebody is to be called."""
    if reading.intent not in _CALLED:
        return []
    language = reading.language
    return [name for said, _ in split_kind(language, text) for name in (said, language.strip_articles(said))]


def _is_known(asker: Asker, reading: Reading, name: str, look: Look) -> bool:
    """Return whether a name means a user, or a number that is to be called, or just anybody."""
    if _matches(asker, ObjectKind.USER, name, look):
        return True
    if reading.intent == "PbxOnThePhone":
        return name.casefold() in reading.language.words["anybody"]
    return reading.intent in _CALLED and reading.language.parse_number(name) is not None


def _matches(asker: Asker, kind: ObjectKind, name: str, look: Look) -> bool:
    return bool(match_name(_list(asker, kind), name, fuzzy=look is Look.SIMILAR))


def _list(asker: Asker, kind: ObjectKind) -> list[NamedObject]:
    try:
        return list_exposed(asker, kind)
    except RequestFailed:
        return []


def _has_needed_call(asker: Asker, intent: str) -> bool:
    states = _NEEDED_CALLS.get(intent)
    return states is not None and queries.has_own_call(asker, states)
