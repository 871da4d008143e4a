"""Understand times as people say them."""

from datetime import datetime, timedelta
from typing import Any

from hassil.intents import Intents
from hassil.recognize import recognize_best
from homeassistant.util import dt as dt_util

from .errors import Unable
from .language import Language

NOON = 12
DAY = timedelta(days=1)
HALF_DAY = timedelta(hours=12)


def end_of(language: Language, kind: str, text: str) -> datetime:
    """Return when something is over that holds `until` a time or for a `duration`."""
    times = {"language": language.code, **language.times, "intents": {kind: language.times["intents"][kind]}}
    found = recognize_best(text, Intents.from_dict(times))
    if found is None:
        raise Unable("not_understood_time")
    slots = {name: entity.value for name, entity in found.entities.items()}
    return TIMES[kind](slots, dt_util.now())


def _after(slots: dict[str, Any], now: datetime) -> datetime:
    return now + timedelta(hours=slots.get("hours", 0), minutes=slots.get("minutes", 0))


def _next(slots: dict[str, Any], now: datetime) -> datetime:
    """Return when it is next the time that was said, of both halves of the day unless one was said."""
    hour, half = int(slots["hour"]), slots.get("half_day")
    if half == "pm" and hour < NOON:
        hour += NOON
    if half == "am" and hour == NOON:
        hour = 0
    either = half is None and hour <= NOON
    end = now.replace(hour=hour, minute=int(slots.get("minute", 0)), second=0, microsecond=0)
    end -= timedelta(minutes=slots.get("before", 0)) + DAY
    while end <= now:
        end += HALF_DAY if either else DAY
    return end


TIMES = {"until": _next, "duration": _after}
