"""The rules of the options for which numbers Home Assistant may dial, who may, and how often."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
import logging
from time import monotonic
from typing import TYPE_CHECKING

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Context, HomeAssistant, callback
from homeassistant.helpers.storage import Store
from homeassistant.util import dt as dt_util

from ..const import DOMAIN
from ..errors import invalid
from ..protocols.phone_numbers import to_dialable
from .emergency import connects_at_once, is_emergency_number, reaches_emergency_service
from .lazy_module import LazyModule, async_load
from .options import EmergencyRule, PbxOptions
from .phone_numbers import PhoneNumbers, require_dialable

if TYPE_CHECKING:
    from . import number_patterns
else:
    number_patterns = LazyModule(f"{__package__}.number_patterns")

_LOGGER = logging.getLogger(__name__)

HOUR = timedelta(hours=1)
STORAGE_VERSION = 1

# What refuses an emergency number, by the rule that was chosen.
_EMERGENCY: Mapping[EmergencyRule, Callable[[Context], str | None]] = {
    EmergencyRule.REFUSE: lambda context: "emergency_refused",
    EmergencyRule.PEOPLE: lambda context: None if context.user_id else "emergency_people_only",
    EmergencyRule.ALLOW: lambda context: None,
}

type Stored = dict[str, list[str]]


def dial_guard_store(hass: HomeAssistant, entry_id: str) -> Store[Stored]:
    """Return the store that keeps when the calls of the last hour were made, as ISO texts."""
    return Store(hass, STORAGE_VERSION, f"{DOMAIN}.{entry_id}.dialed")


class DialGuard:
    """Refuses numbers before they are dialed, by who asks, the number, and the calls of the last hour."""

    def __init__(
        self, hass: HomeAssistant, entry: ConfigEntry, options: PbxOptions, phone_numbers: PhoneNumbers
    ) -> None:
        self._hass = hass
        self._entry = entry
        self._options = options
        self._phone_numbers = phone_numbers
        self._store = dial_guard_store(hass, entry.entry_id)
        self._recent = RecentCalls()

    async def load(self) -> None:
        """Count on from before a reload or a restart, and load the emergency numbers, which reads files."""
        self._recent = RecentCalls((await self._store.async_load() or {}).get("dialed", ()))
        if self._options.dial_allowed:
            await async_load(self._hass, number_patterns)
        await self._hass.async_add_executor_job(self._is_emergency, "0")

    @callback
    def require_allowed(self, context: Context, text: str, *, counts: bool = True) -> str:
        """Return a number that people entered as the PBX dials it.

        Raises ServiceValidationError where it is none, or may not be dialed. With `counts` it counts as a
        call of this hour. For emergency numbers their own rule is the only one.
        """
        number = require_dialable(text)
        if self._is_emergency(number):
            self._refuse(_EMERGENCY[self._options.emergency](context))
            return number
        self._refuse(self._check_caller(context))
        self._refuse(self._check_number(number))
        if counts:
            self._refuse(self._check_rate())
            self._recent.add()
            self._entry.async_create_task(self._hass, self.save())
        return number

    @callback
    def require_allowed_forward(self, context: Context, text: str, before: str | None) -> str:
        """Return a number to forward calls to as the PBX dials it; raises as `require_allowed` does.

        It counts as a call, unless calls were forwarded to it `before`.
        """
        return self.require_allowed(context, text, counts=to_dialable(text) != before)

    def _is_emergency(self, number: str) -> bool:
        country, dial_plan = self._phone_numbers.country, self._phone_numbers.dial_plan
        # Which of the two the PBX calls is not known, where one of its extensions is an emergency number.
        if is_emergency_number(number, country):
            return True
        if self._phone_numbers.is_own(number) or self._is_named_extension(number):
            return False
        return reaches_emergency_service(number, country, dial_plan)

    def _is_named_extension(self, number: str) -> bool:
        """Return whether the options name a number that only begins like one of an emergency service.

        Not every PBX tells its extensions.
        """
        return number in self._options.dial_allowed and connects_at_once(number, self._phone_numbers.country)

    def _check_caller(self, context: Context) -> str | None:
        if context.user_id is None:
            return None if self._options.dial_automations else "dial_people_only"
        users = self._options.dial_users
        return "dial_user_refused" if users and context.user_id not in users else None

    def _check_number(self, number: str) -> str | None:
        allowed = self._options.dial_allowed
        names = {number, self._phone_numbers.to_international(number) or number}
        fits = any(number_patterns.matches_number(pattern, name) for name in names for pattern in allowed)
        return "dial_number_refused" if allowed and not fits else None

    def _check_rate(self) -> str | None:
        limit = int(self._options.dial_per_hour)
        return "dial_too_often" if limit and self._recent.count() >= limit else None

    def _refuse(self, reason: str | None) -> None:
        if reason is not None:
            _LOGGER.warning("A call through %s was refused: %s", self._entry.title, reason)
            raise invalid(reason)

    async def save(self) -> None:
        """Save when the calls of the last hour were made, by the clock as it is now."""
        await self._store.async_save({"dialed": self._recent.as_times()})


class RecentCalls:
    """How many calls were made in the last hour, also where the clock of the machine is set meanwhile."""

    def __init__(self, stored: Iterable[str] = ()) -> None:
        self._checked = monotonic()
        now = dt_util.utcnow()
        # A time in the future was stored before the clock was set back.
        ages = (max(now - datetime.fromisoformat(time), timedelta()) for time in stored)
        self._ages = list(ages)

    def add(self) -> None:
        """Count a call that is made now."""
        self._grow()
        self._ages.append(timedelta())

    def count(self) -> int:
        """Return the number of calls in the last hour."""
        self._grow()
        return len(self._ages)

    def as_times(self) -> list[str]:
        """Return when the calls of the last hour were made, by the clock as it is now, as ISO texts."""
        self._grow()
        now = dt_util.utcnow()
        return [(now - age).isoformat() for age in self._ages]

    def _grow(self) -> None:
        """Let the calls grow older, and forget those that are an hour old."""
        before, self._checked = self._checked, monotonic()
        passed = timedelta(seconds=max(0.0, self._checked - before))
        self._ages = [age + passed for age in self._ages if age + passed < HOUR]
