"""Triggers on what happens to calls."""

from typing import Any, override

from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.trigger import TriggerConfig
import voluptuous as vol

from ..calls import describe_call
from ..coordinator import PbxCoordinator
from ..protocols.call import Call, Party
from ..protocols.changes import Moment
from ..protocols.enums import CallDirection, MomentType, ObjectKind, Outcome
from ..protocols.model import ObjectKey
from .filters import CallFilter
from .moments import MomentTrigger, target_schema

_PATTERNS = vol.All(cv.ensure_list, [vol.All(cv.string, vol.Strip, vol.Length(min=1))])


def _some_of(words: type[CallDirection | Outcome]) -> vol.All:
    return vol.All(cv.ensure_list, [vol.In(list(words))])


FILTERS = {
    vol.Optional("direction"): _some_of(CallDirection),
    vol.Optional("number"): _PATTERNS,
    vol.Optional("called_number"): _PATTERNS,
    vol.Optional("tag"): _PATTERNS,
    vol.Optional("queue"): vol.All(cv.ensure_list, [cv.string]),
}
ENDED_FILTERS = FILTERS | {vol.Optional("outcome"): _some_of(Outcome)}

# What there is to say of every call; what is not known of this one is None.
VARIABLES = (
    "call_id",
    "direction",
    "number",
    "name",
    "normalized_number",
    "caller_number",
    "caller_name",
    "called_number",
    "called_did",
    "answered_by",
    "transfer_target",
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
    """Triggers when something happens to a call in which an object of its target takes part."""

    schema = target_schema(FILTERS)

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        super().__init__(hass, config)
        self._filter = CallFilter(config.options or {})

    @override
    def wants(self, pbx: PbxCoordinator, moment: Moment) -> bool:
        return moment.call is not None and self._filter.match(pbx, moment.call, moment.key)

    @override
    def describe(self, pbx: PbxCoordinator, moment: Moment) -> dict[str, Any]:
        call = moment.call
        return {
            **dict.fromkeys(VARIABLES),
            **(_describe(pbx, call, moment.key) if call is not None else {}),
            **moment.data,
        }


def _describe(pbx: PbxCoordinator, call: Call, key: ObjectKey) -> dict[str, Any]:
    """Return what is known of a call, with the real numbers, and who the object is in it."""
    own = next((leg.party for leg in call.legs if key in leg.party.objects()), Party())
    return {
        **describe_call(pbx, call, key),
        "called_did": call.details.get("did"),
        "user": pbx.name_of(ObjectKind.USER, own.user),
        "phone": pbx.name_of(ObjectKind.PHONE, own.phone),
    }


def _trigger(*kinds: MomentType, options: dict[vol.Marker, Any] = FILTERS) -> type[CallTrigger]:
    """Return the trigger for some types of moments."""

    class KindTrigger(CallTrigger):
        """Triggers on these types only."""

        moments = frozenset(kinds)
        schema = target_schema(options)

    return KindTrigger


TRIGGERS = {
    "call_ringing": _trigger(MomentType.RINGING),
    "call_dialing": _trigger(MomentType.DIALING),
    "call_answered": _trigger(MomentType.ANSWERED),
    "call_held": _trigger(MomentType.HELD),
    "call_resumed": _trigger(MomentType.RESUMED),
    "call_transferred": _trigger(MomentType.TRANSFERRED),
    "call_missed": _trigger(MomentType.MISSED),
    # A missed call has ended, too.
    "call_ended": _trigger(MomentType.ENDED, MomentType.MISSED, options=ENDED_FILTERS),
}
