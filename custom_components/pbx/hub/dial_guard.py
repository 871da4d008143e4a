"""The rules of the options for which numbers Home Assistant may dial, who may, and how often."""

from collections import deque
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
import logging
import re

from homeassistant.core import Context, callback
from homeassistant.util import dt as dt_util

from ..errors import invalid
from .options import EmergencyRule, PbxOptions
from .phone_numbers import PhoneNumbers, is_emergency_number

_LOGGER = logging.getLogger(__name__)

HOUR = timedelta(hours=1)
# What can match a number: digits, and * ? [ ] as in the names of files.
NUMBER_PATTERN = re.compile(r"[0-9+*#?\[\]!-]+")


# What refuses an emergency number, by the rule that was chosen.
_EMERGENCY: Mapping[EmergencyRule, Callable[[Context], str | None]] = {
    EmergencyRule.REFUSE: lambda context: "emergency_refused",
    EmergencyRule.PEOPLE: lambda context: None if context.user_id else "emergency_people_only",
    EmergencyRule.ALLOW: lambda context: None,
}


class DialGuard:
    """Refuses numbers before they are dialed, by who asks, the number, and the calls of the last hour."""

    def __init__(self, title: str, options: PbxOptions, phone_numbers: PhoneNumbers) -> None:
        self._title = title
        self._options = options
        self._phone_numbers = phone_numbers
        self._dialed_at: deque[datetime] = deque()

    @callback
    def check(self, context: Context, number: str, *, counts: bool = True) -> None:
        """Raise ServiceValidationError where a number may not be dialed.

        With `counts` it is dialed now and counts for the hour, else it is only set, as for call forwarding.
        The rule for emergency numbers is the only one for them.
        """
        if self._is_emergency(number):
            self._refuse(_EMERGENCY[self._options.emergency](context))
            return
        self._refuse(self._check_caller(context))
        self._refuse(self._check_number(number))
        if counts:
            self._refuse(self._check_rate())
            self._dialed_at.append(dt_util.utcnow())

    def _is_emergency(self, number: str) -> bool:
        numbers = (*self._phone_numbers.without_outside_prefix(number), *re.split("[*#]", number))
        return any(is_emergency_number(part, self._phone_numbers.country) for part in numbers)

    def _check_caller(self, context: Context) -> str | None:
        if context.user_id is None:
            return None if self._options.dial_automations else "dial_people_only"
        users = self._options.dial_users
        return "dial_user_refused" if users and context.user_id not in users else None

    def _check_number(self, number: str) -> str | None:
        allowed = self._options.dial_allowed
        names = {number, self._phone_numbers.to_international(number) or number}
        fits = any(fnmatchcase(name, pattern) for name in names for pattern in allowed)
        return "dial_number_refused" if allowed and not fits else None

    def _check_rate(self) -> str | None:
        limit = int(self._options.dial_per_hour)
        while self._dialed_at and self._dialed_at[0] <= dt_util.utcnow() - HOUR:
            self._dialed_at.popleft()
        return "dial_too_often" if limit and len(self._dialed_at) >= limit else None

    def _refuse(self, reason: str | None) -> None:
        if reason is not None:
            _LOGGER.warning("A call through %s was refused: %s", self._title, reason)
            raise invalid(reason)
