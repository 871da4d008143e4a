"""Say the errors of a session in the words of Home Assistant."""

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
_CALLERS_FAULT = {
    "auto_answer_needs_one_phone": "auto_answer_needs_one_phone",
    "no_user_for_phone": "no_user_for_phone",
    "no_such_call": "no_such_call",
    "no_such_queue": "no_such_queue",
    "invalid_number": "invalid_number",
}


def translated(error: PbxError) -> HomeAssistantError:
    """Return the error to raise, the caller's fault told apart from the PBX's."""
    if isinstance(error, CommandFailed) and error.reason in _CALLERS_FAULT:
        return invalid(_CALLERS_FAULT[error.reason])
    if isinstance(error, NotSupported):
        return invalid("not_supported", command=error.command)
    key = next(key for kind, key in _KEYS if isinstance(error, kind))
    return HomeAssistantError(
        translation_domain=DOMAIN,
        translation_key=key,
        translation_placeholders={"detail": _detail(error)},
    )


def _detail(error: PbxError) -> str:
    if isinstance(error, MissingRight):
        return error.right
    return error.reason if isinstance(error, CommandFailed) else str(error)


def invalid(key: str, **placeholders: str) -> ServiceValidationError:
    """Return the error for something that the caller asked wrongly."""
    return ServiceValidationError(
        translation_domain=DOMAIN, translation_key=key, translation_placeholders=placeholders
    )
