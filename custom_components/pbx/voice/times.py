"""Times as people say them: until when, and for how long."""

from datetime import datetime, timedelta
from functools import cache
from typing import Any

from hassil.intents import Intents
from hassil.recognize import recognize_best
from homeassistant.util import dt as dt_util

from .language import NOON, Language, RequestFailed
from .numerals import strip_accents

DAY = timedelta(days=1)
HALF_DAY = timedelta(hours=12)
WEEK = 7
# Nobody who says "tomorrow at three" means an hour before this.
MORNING = 7


def parse_end(language: Language, kind: str, text: str) -> datetime:
    """Return when something ends that holds `until` a time or for a `duration`; raises RequestFailed."""
    times = load_times(language, kind)
    recognized = recognize_best(text, times) or recognize_best(strip_accents(text), times)
    if recognized is None:
        raise RequestFailed("not_understood_time")
    slots = {name: entity.value for name, entity in recognized.entities.items()}
    return TIMES[kind](slots, dt_util.now())


@cache
def load_times(language: Language, kind: str) -> Intents:
    """Make the times of a language ready to be recognized, once."""
    times = {"language": language.code, **language.times, "intents": {kind: language.times["intents"][kind]}}
    return Intents.from_dict(times)


def _end_after(slots: dict[str, Any], now: datetime) -> datetime:
    return now + timedelta(hours=slots.get("hours", 0), minutes=slots.get("minutes", 0))


def _find_until(slots: dict[str, Any], now: datetime) -> datetime:
    """Return the time that is meant: on the day that was said, else the next one."""
    hour, half = int(slots["hour"]), slots.get("half_day")
    if half == "pm" and hour < NOON:
        hour += NOON
    if half == "am" and hour == NOON:
        hour = 0
    days = _count_days(slots, now)
    if days and half is None and 0 < hour < MORNING:
        hour += NOON
    end = now.replace(hour=hour, minute=int(slots.get("minute", 0)), second=0, microsecond=0)
    end -= timedelta(minutes=slots.get("before", 0))
    return end + days * DAY if days else _find_next(end, now, either=half is None and hour <= NOON)


def _count_days(slots: dict[str, Any], now: datetime) -> int:
    """Return how many days from now a time is, 0 where no day was said."""
    if "weekday" in slots:
        return (int(slots["weekday"]) - now.weekday() - 1) % WEEK + 1
    return int(slots.get("days", 0))


def _find_next(end: datetime, now: datetime, *, either: bool) -> datetime:
    """Return when it is next this time of day; unless one half of the day was said, in either half."""
    end -= DAY
    while end <= now:
        end += HALF_DAY if either else DAY
    return end


TIMES = {"until": _find_until, "duration": _end_after}
