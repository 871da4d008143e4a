"""Triggers on the moments of calls, with filters for direction, numbers, groups, tags, queue and outcome."""

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
import re
from typing import Any, override

from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.trigger import TriggerConfig
import voluptuous as vol

from ..describe import describe_call
from ..hub.hub import PbxHub
from ..hub.phone_numbers import to_national
from ..protocols.call import NOBODY, Call, Party
from ..protocols.changes import Moment
from ..protocols.enums import CallDirection, MomentType, ObjectKind, Outcome
from ..protocols.keys import ObjectKey
from ..protocols.parties import get_other_party
from ..protocols.phone_numbers import is_withheld, strip_decoration, strip_number
from .base import MomentTrigger, create_target_schema

# What a pattern matches where the caller ID is withheld.
ANONYMOUS = "anonymous"


class NumberPatterns:
    """Numbers as people enter them, in which `*` stands for any digits and `?` for a single one."""

    def __init__(self, patterns: Iterable[str]) -> None:
        plain = [_strip_pattern(pattern) for pattern in patterns]
        self._complete = [pattern for pattern in plain if not {"*", "?"} & set(pattern)]
        self._expressions = re.compile("|".join(map(_to_expression, plain)))

    def matches(self, hub: PbxHub, party: Party) -> bool:
        """Return whether a party has one of these numbers, in any of the ways to write it."""
        if any(self._expressions.fullmatch(form) for form in _iter_spellings(hub, party)):
            return True
        international = hub.phone_numbers.get_party_number(party)
        return international is not None and any(
            hub.phone_numbers.to_international(number) == international for number in self._complete
        )


def _strip_pattern(pattern: str) -> str:
    """Return a pattern as it is compared; every word for a withheld caller ID is the same one."""
    return ANONYMOUS if is_withheld(pattern) else strip_number(pattern).casefold()


def _to_expression(pattern: str) -> str:
    return re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")


def _iter_spellings(hub: PbxHub, party: Party) -> Iterable[str]:
    """Yield the ways to write a number: as the PBX shows it, international with + and 00, and national."""
    if party.number:
        yield from (strip_decoration(party.number).casefold(), strip_number(party.number).casefold())
    elif not party.internal:
        yield ANONYMOUS
    international = hub.phone_numbers.get_party_number(party)
    if international is None:
        return
    yield international
    yield f"00{international.removeprefix('+')}"
    yield to_national(international, hub.phone_numbers.country) or international


class CallFilter:
    """The filters of a trigger on calls; an option that is missing or empty lets every call pass."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        self._directions = options.get("direction")
        self._outcomes = options.get("outcome")
        self._numbers = _create_patterns(options.get("number"))
        self._called = _create_patterns(options.get("called_number"))
        self._tags = [tag.casefold() for tag in options.get("tag", ())]
        self._queues = options.get("queue")
        self._groups = options.get("group")

    def matches(self, hub: PbxHub, call: Call, key: ObjectKey) -> bool:
        """Return whether a call passes the filters, as the object with this key sees it."""
        view = call.views().get(key)
        return (
            (not self._directions or call.direction in self._directions)
            and (not self._outcomes or (view is not None and view.outcome in self._outcomes))
            and (self._numbers is None or self._numbers.matches(hub, get_other_party(call, key)))
            and (self._called is None or self._is_called(hub, call, self._called))
            and (not self._tags or self._is_tagged(call))
            and (not self._queues or self._is_of_queue(hub, call))
            and (not self._groups or hub.address_book.is_in_group(get_other_party(call, key), self._groups))
        )

    def _is_called(self, hub: PbxHub, call: Call, numbers: NumberPatterns) -> bool:
        """Return whether the callee has one of these numbers, or the number from outside that leads to it."""
        return numbers.matches(hub, call.called) or numbers.matches(hub, Party(number=call.called_did))

    def _is_tagged(self, call: Call) -> bool:
        return call.tag is not None and any(fnmatchcase(call.tag.casefold(), tag) for tag in self._tags)

    def _is_of_queue(self, hub: PbxHub, call: Call) -> bool:
        if call.queue is None:
            return False
        return hub.devices.get_device_id(ObjectKey(ObjectKind.QUEUE, call.queue)) in (self._queues or ())


def _create_patterns(patterns: Iterable[str] | None) -> NumberPatterns | None:
    return NumberPatterns(patterns) if patterns else None


_PATTERNS = vol.All(cv.ensure_list, [vol.All(cv.string, vol.Strip, vol.Length(min=1))])


def _list_of(words: type[CallDirection | Outcome]) -> vol.All:
    return vol.All(cv.ensure_list, [vol.In(list(words))])


FILTERS = {
    vol.Optional("direction"): _list_of(CallDirection),
    vol.Optional("number"): _PATTERNS,
    vol.Optional("called_number"): _PATTERNS,
    vol.Optional("tag"): _PATTERNS,
    vol.Optional("group"): _PATTERNS,
    vol.Optional("queue"): vol.All(cv.ensure_list, [cv.string]),
}
ENDED_FILTERS = FILTERS | {vol.Optional("outcome"): _list_of(Outcome)}

# The variables of every trigger on calls; what is not known of a call is None.
VARIABLES = (
    "call_id",
    "direction",
    "number",
    "name",
    "pbx_name",
    "groups",
    "picture",
    "normalized_number",
    "caller_number",
    "caller_name",
    "called_number",
    "called_did",
    "answered_by",
    "transfer_target",
    "transferer",
    "transferee",
    "other_parties",
    "tag",
    "account_code",
    "queue",
    "user",
    "phone",
    "outcome",
    "started",
    "answered",
    "ended",
)


class CallTrigger(MomentTrigger):
    """Triggers on moments of calls in which an object of its target takes part."""

    schema = create_target_schema(FILTERS)

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        super().__init__(hass, config)
        self._filter = CallFilter(config.options or {})

    @override
    def matches(self, hub: PbxHub, moment: Moment) -> bool:
        return moment.call is not None and self._filter.matches(hub, moment.call, moment.key)

    @override
    def list_variables(self, hub: PbxHub, moment: Moment) -> dict[str, Any]:
        return {**describe_own_call(hub, moment), **moment.data}


def describe_own_call(hub: PbxHub, moment: Moment) -> dict[str, Any]:
    """Return the variables of the call of a moment, all None where it is about none."""
    call = moment.call
    known = _list_call_variables(hub, call, moment.key) if call is not None else {}
    return {**dict.fromkeys(VARIABLES), **known}


def _list_call_variables(hub: PbxHub, call: Call, key: ObjectKey) -> dict[str, Any]:
    """Return what is known of a call, with unmasked numbers, and the user and phone of the object."""
    own = next((leg.party for leg in call.legs if key in leg.party.objects()), NOBODY)
    return {
        **describe_call(hub, call, key),
        "user": hub.get_name(ObjectKind.USER, own.user),
        "phone": hub.get_name(ObjectKind.PHONE, own.phone),
    }


def _create_trigger(*kinds: MomentType, options: dict[vol.Marker, Any] = FILTERS) -> type[CallTrigger]:
    """Return a trigger class for some types of moments."""

    class MomentTypeTrigger(CallTrigger):
        """Triggers on these types only."""

        moments = frozenset(kinds)
        schema = create_target_schema(options)

    return MomentTypeTrigger


TRIGGERS = {
    "call_ringing": _create_trigger(MomentType.RINGING),
    "call_dialing": _create_trigger(MomentType.DIALING),
    "call_answered": _create_trigger(MomentType.ANSWERED),
    "call_held": _create_trigger(MomentType.HELD),
    "call_resumed": _create_trigger(MomentType.RESUMED),
    "call_transferred": _create_trigger(MomentType.TRANSFERRED),
    "call_transfer_failed": _create_trigger(MomentType.TRANSFER_FAILED),
    "call_missed": _create_trigger(MomentType.MISSED),
    # A missed call has ended, but has no other moment that says so.
    "call_ended": _create_trigger(MomentType.ENDED, MomentType.MISSED, options=ENDED_FILTERS),
}
