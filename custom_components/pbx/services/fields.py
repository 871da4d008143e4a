"""The fields of actions by name, and what may be in them."""

from datetime import timedelta
from typing import Any

from homeassistant.const import ATTR_CONFIG_ENTRY_ID, ATTR_ENTITY_ID
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util
import voluptuous as vol

from ..errors import invalid

ATTR_ACTIVITY = "activity"
ATTR_AUTO_ANSWER = "auto_answer"
ATTR_CALLER_NAME = "caller_name"
ATTR_CALL_BACK = "call_back"
ATTR_CALL_ID = "call_id"
ATTR_CHANGE = "change"
ATTR_CONDITION = "condition"
ATTR_DATA = "data"
ATTR_DIAL_DATA = "dial_data"
ATTR_DIGITS = "digits"
ATTR_DURATION = "duration"
ATTR_END = "end"
ATTR_END_CALL = "end_call"
ATTR_FAVOURITE_ID = "favourite_id"
ATTR_FIRST = "first"
ATTR_GROUP = "group"
ATTR_LIMIT = "limit"
ATTR_MINUTES = "minutes"
ATTR_MISSED_ONLY = "missed_only"
ATTR_NAME = "name"
ATTR_NOTE = "note"
ATTR_NUMBER = "number"
ATTR_ON = "on"
ATTR_OTHER = "other"
ATTR_OTHER_CALL_ID = "other_call_id"
ATTR_PATH = "path"
ATTR_PHONE = "phone"
ATTR_POSITION = "position"
ATTR_QUESTION_ID = "question_id"
ATTR_QUEUE = "queue"
ATTR_REPEAT = "repeat"
ATTR_RINGING_AT = "ringing_at"
ATTR_RING_FOR = "ring_for"
ATTR_SECOND = "second"
ATTR_SINCE = "since"
ATTR_SOURCE = "source"
ATTR_START = "start"
ATTR_TAGS = "tags"
ATTR_TIMEOUT = "timeout"
ATTR_TITLE = "title"
ATTR_UNTIL = "until"
ATTR_USER = "user"
ATTR_VALUE = "value"
ATTR_VARIABLES = "variables"
ATTR_WAIT = "wait"
ATTR_WORDS = "words"

# How the ids of our buttons in notifications begin.
BUTTON = "PBX_CALL_BACK_"

# Templates make integers of numbers, which loses a plus; more digits than these are no extension.
_LONGEST_INTEGER = 6
SHORTEST = timedelta(seconds=1)


def number_text(value: Any) -> str:
    """Return a number as text; validates a field.

    Raises ServiceValidationError where it came as a number to calculate with, except for an extension.
    """
    if isinstance(value, bool | float) or (isinstance(value, int) and len(str(value)) > _LONGEST_INTEGER):
        raise invalid("number_is_integer")
    return cv.string(value)


def _variable_text(value: Any) -> str:
    """Return the value of a variable as text, empty where a template knows nothing; validates a field."""
    return "" if value is None else cv.string(value)


# What is in some fields: of a time without a zone it is the time zone of Home Assistant.
DATETIME = vol.All(cv.datetime, dt_util.as_utc)
DIGITS = vol.All(cv.string, vol.Match(r"^[0-9*#A-D]{1,64}$"))
# Without a name of a group nobody is meant.
GROUPS = vol.All(cv.ensure_list, vol.Length(min=1), [vol.All(cv.string, vol.Strip, vol.Length(min=1))])
LIMIT = vol.All(vol.Coerce(int), vol.Range(min=1, max=1000))
NAME = vol.All(cv.string, vol.Length(min=1))
POSITION = vol.All(vol.Coerce(int), vol.Range(min=0, max=9999))
SECONDS = vol.All(vol.Coerce(float), vol.Range(min=1, max=600))
# Variables of a dial plan by their names.
VARIABLES = {cv.string: _variable_text}
WORDS = vol.All(cv.string, vol.Strip, vol.Length(min=1, max=60))

# Fields that several actions have.
ENTRY_FIELDS = {vol.Required(ATTR_CONFIG_ENTRY_ID): cv.string}
CALL_ID_FIELDS = {vol.Optional(ATTR_CALL_ID): cv.string}
CALL_FIELDS = {**CALL_ID_FIELDS, vol.Optional(ATTR_CONFIG_ENTRY_ID): cv.string}
END_FIELDS: dict[vol.Marker, Any] = {
    vol.Exclusive(ATTR_UNTIL, "end"): vol.Any(cv.datetime, cv.time),
    vol.Exclusive(ATTR_DURATION, "end"): vol.All(cv.time_period, vol.Range(min=SHORTEST)),
}
FAVOURITE_FIELDS = {**ENTRY_FIELDS, vol.Required(ATTR_FAVOURITE_ID): cv.string}
SWITCH_FIELDS = {vol.Required(ATTR_ENTITY_ID): cv.entity_id}
