"""What is assumed of an innovaphone PBX, since none of the vendor's pages tells it."""

from typing import Any

from ..enums import EndCause
from ..evidence import Assumption
from .decode_calls import get_end_cause

_UNCERTAIN = frozenset({21, 26, 31})


def _names_list(message: Any) -> bool | None:
    lists = [value for value in message.values() if isinstance(value, list)]
    return all("name" in item for found in lists for item in found) if lists else None


def _has_own_cause(message: Any) -> bool | None:
    """Return False for a cause that is none of Q.931's; what the uncertain ones mean a person tells."""
    cause = message.get("cause")
    if not isinstance(cause, int) or cause in _UNCERTAIN:
        return None
    return get_end_cause(cause) is not EndCause.FAILED or 0 < cause < 128


ASSUMPTIONS = (
    Assumption(id="innovaphone/silent-apis", text="An API which is not granted stays silent"),
    Assumption(id="innovaphone/calls-in-progress", text="Calls in progress are told of on a new connection"),
    Assumption(
        id="innovaphone/keep-alive",
        text="`KeepAlive` is answered",
        about=("KeepAliveResult", "KeepAlive"),
        judge=lambda message: True,
    ),
    Assumption(
        id="innovaphone/licence-list",
        text="The list of licences may have any name",
        about=("GetPbxLicensesResult",),
        judge=_names_list,
    ),
    Assumption(
        id="innovaphone/causes",
        text="Calls end with causes of Q.931; 21, 26 and 31 mean refused, answered elsewhere and hung up",
        about=("CallDel", "CallInfo"),
        judge=_has_own_cause,
    ),
)
