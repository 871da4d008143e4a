"""Let calls through once they have rung for as long as the options ask."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util

from .options import PbxOptions
from .protocols.calls import CallTracker
from .protocols.changes import Change
from .protocols.ring_filter import RingFilter

type Deliver = Callable[[Sequence[Change]], Awaitable[None]]


class RingTimer:
    """Wake the filter of short rings when one of its calls is due."""

    def __init__(
        self, hass: HomeAssistant, options: PbxOptions, calls: CallTracker, deliver: Deliver
    ) -> None:
        self._hass = hass
        self._filter = RingFilter(
            options.ring_filter, lambda call_id: calls.get(call_id) is not None, dt_util.utcnow
        )
        self._deliver = deliver
        self._cancel: CALLBACK_TYPE | None = None

    def admit(self, changes: Sequence[Change]) -> Sequence[Change]:
        """Return what may be told now; the rest comes later or never."""
        told = self._filter.admit(changes)
        if told is not changes:
            self._schedule()
        return told

    @callback
    def stop(self) -> None:
        """Wait no longer."""
        if self._cancel is not None:
            self._cancel()
            self._cancel = None

    def _schedule(self) -> None:
        due = self._filter.due
        if due is None or self._cancel is not None:
            return
        wait = max(0.0, (due - dt_util.utcnow()).total_seconds())
        job = HassJob(self._wake, cancel_on_shutdown=True)
        self._cancel = async_call_later(self._hass, wait, job)

    async def _wake(self, now: datetime) -> None:
        self._cancel = None
        await self._deliver(self._filter.release())
        self._schedule()
