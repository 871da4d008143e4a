"""Translate the errors of a session into errors of Home Assistant."""

from collections.abc import Iterable

from homeassistant.core import HomeAssistant, async_get_hass
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers.translation import async_get_cached_translations
from homeassistant.util import slugify

from .const import DOMAIN
from .protocols.enums import ObjectKind
from .protocols.errors import (
    AuthFailed,
    CannotConnect,
    CommandFailed,
    CommandOutcomeUnknown,
    MissingRight,
    NotSupported,
    PbxError,
    ProtocolError,
    UnexpectedError,
)

# The translation key of each class of errors; the first that fits counts.
_KEYS: tuple[tuple[type[PbxError], str], ...] = (
    (AuthFailed, "login_refused"),
    (CannotConnect, "not_connected"),
    (MissingRight, "missing_right"),
    (NotSupported, "control_not_supported"),
    (CommandOutcomeUnknown, "outcome_unknown"),
    (CommandFailed, "command_failed"),
    (UnexpectedError, "unknown"),
    # The answer cannot be read, so that nobody knows what became of the command.
    (ProtocolError, "outcome_unknown"),
    (PbxError, "unknown"),
)
# The reasons to refuse a command that are a mistake of the caller, each with a translation of its name ...
CALLERS_FAULT = frozenset({
    "activity_cannot_be_set",
    "auto_answer_needs_one_phone",
    "invalid_number",
    "invalid_text",
    "no_destination",
    "no_phone_for_user",
    "no_such_call",
    "no_such_favourite",
    "no_such_phone",
    "no_such_presence",
    "no_such_question",
    "no_such_queue",
    "no_such_switch",
    "no_such_user",
    "no_such_value",
    "no_user_for_phone",
    "path_not_allowed",
    "several_calls_fit",
    "user_not_monitored",
    "wrong_state",
})  # fmt: skip
# ... and those that are a failure of the PBX. Any other reason is a text of the PBX itself.
REFUSALS = frozenset({"internal_error", "not_changed", "not_ready", "rejected"})


def translated(error: PbxError) -> HomeAssistantError:
    """Return the error to raise: ServiceValidationError where the caller made a mistake."""
    if isinstance(error, CommandFailed) and error.reason in CALLERS_FAULT:
        return invalid(error.reason)
    if isinstance(error, NotSupported):
        return invalid("control_not_supported", command=error.command)
    detail = _get_detail(error)
    return HomeAssistantError(
        translation_domain=DOMAIN,
        translation_key=_get_key(error),
        translation_placeholders={"detail": detail} if detail is not None else None,
    )


def _get_key(error: PbxError) -> str:
    # The own words of the PBX, where it has any, are more precise than our text.
    if isinstance(error, CommandFailed) and error.detail is None and error.reason in REFUSALS:
        return error.reason
    return next(key for kind, key in _KEYS if isinstance(error, kind))


def _get_detail(error: PbxError) -> str | None:
    """Return the words of the PBX, None where it has none; our own are in the translations."""
    if isinstance(error, MissingRight):
        return explain_detail(async_get_hass(), "missing_right", error.right)
    return error.detail or error.reason if isinstance(error, CommandFailed) else None


def invalid(key: str, **placeholders: str) -> ServiceValidationError:
    """Return the error for a mistake of the caller, by its translation key."""
    return ServiceValidationError(
        translation_domain=DOMAIN, translation_key=key, translation_placeholders=placeholders
    )


def explain_detail(hass: HomeAssistant, code: str, detail: str) -> str:
    """Return what a detail of a problem means in the language of Home Assistant.

    What we have no text for, such as the name that the PBX has for a right, stays as it is.
    """
    texts = async_get_cached_translations(hass, hass.config.language, "selector", DOMAIN)
    options = f"component.{DOMAIN}.selector.{code}.options"
    text = texts.get(f"{options}.{slugify(detail)}") or texts.get(f"{options}.other", "{reason}")
    return text.format(reason=detail) if detail else ""


def get_text(hass: HomeAssistant, error: HomeAssistantError) -> str | None:
    """Return what one of our errors says in the language of Home Assistant, None for an error of others."""
    texts = async_get_cached_translations(hass, hass.config.language, "exceptions", DOMAIN)
    text = texts.get(f"component.{DOMAIN}.exceptions.{error.translation_key}.message")
    if text is None or error.translation_domain != DOMAIN:
        return None
    return text.format(**(error.translation_placeholders or {}))


def invalid_target(hass: HomeAssistant, key: str, kinds: Iterable[ObjectKind]) -> ServiceValidationError:
    """Return the error for a target of the wrong kinds, named in the language of Home Assistant."""
    texts = async_get_cached_translations(hass, hass.config.language, "selector", DOMAIN)
    names = [texts.get(f"component.{DOMAIN}.selector.kinds.options.{kind}", kind) for kind in kinds]
    return invalid(key, kinds=", ".join(names))
