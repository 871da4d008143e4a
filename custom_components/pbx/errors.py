"""Say the errors of a session in the words of Home Assistant."""

from collections.abc import Mapping

from homeassistant.exceptions import HomeAssistantError, ServiceValidationError

from .const import DOMAIN
from .protocols.errors import (
    AuthFailed,
    CannotConnect,
    CommandFailed,
    CommandOutcomeUnknown,
    MissingRight,
    NotSupported,
    PbxError,
)

# The first that fits; a failure that has a text of its own is looked up by its reason.
_KEYS: tuple[tuple[type[PbxError], str], ...] = (
    (AuthFailed, "login_refused"),
    (CannotConnect, "not_connected"),
    (MissingRight, "missing_right"),
    (NotSupported, "not_supported"),
    (CommandOutcomeUnknown, "outcome_unknown"),
    (PbxError, "command_failed"),
)
# The text for each reason of a session to refuse a command: what the caller has asked wrongly, ...
CALLERS_FAULT: Mapping[str, str] = {
    reason: reason
    for reason in (
        "activity_cannot_be_set",
        "auto_answer_needs_one_phone",
        "invalid_number",
        "no_destination",
        "no_phone_for_user",
        "no_such_call",
        "no_such_favourite",
        "no_such_phone",
        "no_such_presence",
        "no_such_queue",
        "no_such_switch",
        "no_such_user",
        "no_such_value",
        "no_user_for_phone",
        "path_not_allowed",
        "several_calls_fit",
        "user_not_monitored",
        "wrong_state",
    )
} | {"no_target": "no_destination"}
# ... and what the PBX does not want or manage to do. Any other reason is in the words of the PBX.
REFUSALS: Mapping[str, str] = {
    reason: reason for reason in ("internal_error", "not_changed", "not_ready", "rejected")
}


def translated(error: PbxError) -> HomeAssistantError:
    """Return the error to raise, the caller's fault told apart from the PBX's."""
    if isinstance(error, CommandFailed) and error.reason in CALLERS_FAULT:
        return invalid(CALLERS_FAULT[error.reason])
    if isinstance(error, NotSupported):
        return invalid("not_supported", command=error.command)
    return HomeAssistantError(
        translation_domain=DOMAIN,
        translation_key=_key(error),
        translation_placeholders={"detail": _detail(error)},
    )


def _key(error: PbxError) -> str:
    # What the PBX itself says of its reason tells more than our text.
    if isinstance(error, CommandFailed) and error.detail is None and error.reason in REFUSALS:
        return REFUSALS[error.reason]
    return next(key for kind, key in _KEYS if isinstance(error, kind))


def _detail(error: PbxError) -> str:
    if isinstance(error, MissingRight):
        return error.right
    return error.detail or error.reason if isinstance(error, CommandFailed) else str(error)


def invalid(key: str, **placeholders: str) -> ServiceValidationError:
    """Return the error for something that the caller asked wrongly."""
    return ServiceValidationError(
        translation_domain=DOMAIN, translation_key=key, translation_placeholders=placeholders
    )
