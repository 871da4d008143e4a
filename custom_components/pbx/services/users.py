"""Change the settings of users: call forwarding, hot desk, presence, do not disturb."""

from datetime import datetime, time, timedelta

from homeassistant.util import dt as dt_util

from ..errors import invalid
from ..hub.user_settings import DoNotDisturbSetting, PresenceSetting, UserSetting
from ..protocols.enums import ForwardKind, ObjectKind, PresenceActivity
from ..protocols.model import User
from ..targets import ActionCall, Target, find_target, find_targets
from .common import get_hub_of_entry, get_phone_id
from .fields import (
    ATTR_ACTIVITY,
    ATTR_CONDITION,
    ATTR_DURATION,
    ATTR_NOTE,
    ATTR_NUMBER,
    ATTR_ON,
    ATTR_SOURCE,
    ATTR_TAGS,
    ATTR_UNTIL,
    ATTR_WORDS,
    SHORTEST,
)


async def _set_forward(call: ActionCall) -> None:
    kind = ForwardKind(call.data[ATTR_CONDITION])
    targets = find_targets(call, ObjectKind.USER)
    # All are checked first, so that no refusal leaves half of them changed.
    numbers = [await _get_forward_number(call, target, kind) for target in targets]
    for target, number in zip(targets, numbers, strict=True):
        await target.hub.commands.set_forward(target.key.id, kind, number)


async def _get_forward_number(call: ActionCall, target: Target, kind: ForwardKind) -> str | None:
    """Return the number to forward to, None for not at all; raises where the dial guard refuses it."""
    if not call.data.get(ATTR_NUMBER):
        return None
    user = target.hub.state.get(target.key)
    before = user.forwards.get(kind) if isinstance(user, User) else None
    guard = await target.hub.get_dial_guard()
    return guard.require_allowed_forward(call.context, call.data[ATTR_NUMBER], before)


async def _hot_desk_login(call: ActionCall) -> None:
    target = find_target(call, ObjectKind.USER)
    await target.hub.commands.set_hot_desk(target.key.id, get_phone_id(call, target))


async def _hot_desk_logout(call: ActionCall) -> None:
    for target in find_targets(call, ObjectKind.USER):
        await target.hub.commands.set_hot_desk(target.key.id, None)


async def _set_presence(call: ActionCall) -> None:
    activity, words = PresenceActivity(call.data[ATTR_ACTIVITY]), call.data.get(ATTR_WORDS)
    if words and activity is not PresenceActivity.OTHER:
        raise invalid("words_need_other")
    note, source = call.data.get(ATTR_NOTE), call.data.get(ATTR_SOURCE)
    if source is None:
        await _set_until(call, PresenceSetting(activity, note, words))
        return
    for target in find_targets(call, ObjectKind.USER):
        commands, user = target.hub.commands, target.key.id
        await commands.set_presence_source(user, activity, note, source=source, words=words)


async def _set_tags(call: ActionCall) -> None:
    tags = list(dict.fromkeys(call.data[ATTR_TAGS]))
    for target in find_targets(call, ObjectKind.USER):
        await target.hub.commands.set_tags(target.key.id, tags)


async def _set_do_not_disturb(call: ActionCall) -> None:
    await _set_until(call, DoNotDisturbSetting(call.data[ATTR_ON]))


async def _set_until(call: ActionCall, setting: UserSetting) -> None:
    """Set something for users; with an end, what they had before is set again then."""
    end = _get_end(call)
    for target in find_targets(call, ObjectKind.USER):
        await target.hub.temporary_settings.set(target.key.id, setting, end)


def _get_end(call: ActionCall) -> datetime | None:
    """Return the end in UTC, given as a duration, a time, or a time of day that comes next; None without one.

    Raises ServiceValidationError where it has passed.
    """
    if ATTR_DURATION in call.data:
        duration: timedelta = call.data[ATTR_DURATION]
        return dt_util.utcnow() + duration
    until = call.data.get(ATTR_UNTIL)
    if until is None:
        return None
    moment = dt_util.as_utc(_get_next(until) if isinstance(until, time) else until)
    if moment <= dt_util.utcnow():
        raise invalid("until_is_past")
    return moment


def _get_next(time_of_day: time) -> datetime:
    return dt_util.find_next_time_expression_time(
        dt_util.now() + SHORTEST, [time_of_day.second], [time_of_day.minute], [time_of_day.hour]
    )


async def _mark_on_call(call: ActionCall) -> None:
    hub = get_hub_of_entry(call)
    await hub.commands.mark_on_call(on=call.data[ATTR_ON])
    # The mark outlives Home Assistant, so what takes it away has to be known after a restart.
    hub.save_memory()


# What runs each action.
RUN = {
    "set_forward": _set_forward,
    "hot_desk_login": _hot_desk_login,
    "hot_desk_logout": _hot_desk_logout,
    "set_presence": _set_presence,
    "set_do_not_disturb": _set_do_not_disturb,
    "set_tags": _set_tags,
    "mark_on_call": _mark_on_call,
}
