"""What a session is told is wanted of it: the kinds and the settings to which anybody listens."""

from datetime import datetime

from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later

from ..protocols.enums import MomentType, ObjectKind
from ..protocols.keeper import SessionKeeper
from ..protocols.state import PbxState
from .listeners import Listeners
from .moments import MomentListeners

# Whose settings are wanted is told once it has not changed for this long, in seconds.
SETTLING = 0.5


class Wanted:
    """Follows who listens, and tells the session."""

    def __init__(
        self, hass: HomeAssistant, keeper: SessionKeeper, state: PbxState, moments: MomentListeners
    ) -> None:
        self._hass = hass
        self._keeper = keeper
        self._state = state
        self._moments = moments
        self.listeners = Listeners(self._watch, self._watch_settings_soon)
        self._wanted = frozenset[ObjectKind]()
        self._stop_watching: CALLBACK_TYPE | None = None
        # Whether it is known whose settings are wanted: once all entities are made, until the end.
        self._knows_settings = False
        self._are_settings_new = False
        self._is_over = False

    @callback
    def start(self) -> CALLBACK_TYPE:
        """Tell the session anew whenever others listen to moments; returns what ends that."""
        return self._moments.follow(self.renew)

    @callback
    def renew(self) -> None:
        """Tell the session anew what is wanted, since it has been opened or others listen."""
        self._watch(self.listeners.watched)

    @callback
    def begin_settings(self) -> None:
        """Tell the session from now on whose settings are wanted, since all entities have been made.

        Before that it is not known, and the session counts everything as wanted.
        """
        self._knows_settings = not self._is_over
        self._watch_settings_soon()

    @callback
    def stop(self) -> None:
        """Tell the session no more of settings."""
        self._is_over, self._knows_settings = True, False
        if self._stop_watching is not None:
            self._stop_watching()

    @callback
    def _watch(self, kinds: frozenset[ObjectKind]) -> None:
        """Tell the session of which kinds settings are wanted: those that have a listener to them.

        So are those that lost their listeners together with their objects, and those that could not be read:
        nobody can listen to objects that are not there, and without a reading they never come back.
        """
        if self._moments.has(MomentType.MESSAGE):
            # That there is a message is seen at its mailbox.
            kinds |= {ObjectKind.MAILBOX}
        lost = {kind for kind in self._wanted - kinds if not self._state.has_any(kind)}
        self._wanted = kinds | lost | self._state.unread
        self._keeper.watch(self._wanted)

    @callback
    def _watch_settings_soon(self) -> None:
        """Tell the session whose settings are wanted, once it has not changed for a moment."""
        self._are_settings_new = True
        if self._stop_watching is None and self._knows_settings:
            job = HassJob(self._watch_settings, cancel_on_shutdown=True)
            self._stop_watching = async_call_later(self._hass, SETTLING, job)

    @callback
    def _watch_settings(self, now: datetime) -> None:
        self._stop_watching = None
        if self._are_settings_new:
            # Entities come by the hundred, each for itself.
            self._watch_settings_soon()
            self._are_settings_new = False
        else:
            self._keeper.watch_settings(self.listeners.wanted_settings)
