"""Decide which calls Home Assistant may make."""

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
    """Ask before a number is called: who, which number, and how often in an hour."""

    def __init__(self, title: str, options: PbxOptions, phone_numbers: PhoneNumbers) -> None:
        self._title = title
        self._options = options
        self._phone_numbers = phone_numbers
        self._made: deque[datetime] = deque()

    @callback
    def check(self, context: Context, number: str, *, counts: bool = True) -> None:
        """Raise where a number may not be called; with `counts` a call is made now, else maybe later.

        The rule for emergency numbers is the only one for them.
        """
        if self._is_emergency(number):
            self._refuse(_EMERGENCY[self._options.emergency](context))
            return
        self._refuse(self._who(context))
        self._refuse(self._which(number))
        if counts:
            self._refuse(self._how_often())
            self._made.append(dt_util.utcnow())

    def _is_emergency(self, number: str) -> bool:
        numbers = (*self._phone_numbers.without_outside_prefix(number), *re.split("[*#]", number))
        return any(is_emergency_number(part, self._phone_numbers.country) for part in numbers)

    def _who(self, context: Context) -> str | None:
        if context.user_id is None:
            return None if self._options.dial_automations else "dial_people_only"
        users = self._options.dial_users
        return "dial_user_refused" if users and context.user_id not in users else None

    def _which(self, number: str) -> str | None:
        allowed = self._options.dial_allowed
        names = {number, self._phone_numbers.to_international(number) or number}
        fits = any(fnmatchcase(name, pattern) for name in names for pattern in allowed)
        return "dial_number_refused" if allowed and not fits else None

    def _how_often(self) -> str | None:
        limit = int(self._options.dial_per_hour)
        while self._made and self._made[0] <= dt_util.utcnow() - HOUR:
            self._made.popleft()
        return "dial_too_often" if limit and len(self._made) >= limit else None

    def _refuse(self, reason: str | None) -> None:
        if reason is not None:
            _LOGGER.warning("A call through %s was refused: %s", self._title, reason)
            raise invalid(reason)
