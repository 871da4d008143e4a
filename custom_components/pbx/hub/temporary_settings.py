"""Settings of users that end at a time, at which what held before comes back; few PBXs have any."""

from collections.abc import Callable, Coroutine
from datetime import datetime
from functools import partial
import logging
from typing import TYPE_CHECKING, Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_track_point_in_utc_time
from homeassistant.helpers.storage import Store
from homeassistant.util import dt as dt_util

from ..const import DOMAIN
from ..protocols.commands import PbxCommands
from ..protocols.delta import SHOWN
from ..protocols.enums import ObjectKind
from ..protocols.errors import CannotConnect, PbxError
from ..protocols.keys import ObjectKey
from ..protocols.model import User
from ..protocols.session import PbxSession
from ..protocols.state import PbxState
from .lazy_module import LazyModule, async_load
from .listeners import Listeners

if TYPE_CHECKING:
    from . import user_settings
else:
    user_settings = LazyModule(f"{__package__}.user_settings")

_LOGGER = logging.getLogger(__name__)

STORAGE_VERSION = 1

type Stored = dict[str, dict[str, Any]]


def temporary_settings_store(hass: HomeAssistant, entry_id: str) -> Store[Stored]:
    """Return the store that keeps the temporary settings of an entry over restarts, by the ids of users."""
    return Store(hass, STORAGE_VERSION, f"{DOMAIN}.{entry_id}.presence")


class TemporarySettings:
    """The temporary settings of the users of one PBX, one for each user.

    What is set later, by an action or at the PBX itself, ends it. `commands` raises CannotConnect while the
    PBX is not connected.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        state: PbxState,
        listeners: Listeners,
        session: PbxSession,
        commands: Callable[[], PbxCommands],
    ) -> None:
        self._hass = hass
        self._entry = entry
        self._state = state
        self._listeners = listeners
        self._session = session
        self._commands = commands
        self._store = temporary_settings_store(hass, entry.entry_id)
        self._settings: dict[str, user_settings.TemporarySetting] = {}
        self._listening: dict[str, list[CALLBACK_TYPE]] = {}

    async def start(self) -> None:
        """Go on with what was set before a restart of Home Assistant."""
        self._entry.async_on_unload(self._stop)
        known = await self._store.async_load()
        if not known:
            return
        await async_load(self._hass, user_settings)
        for user, stored in known.items():
            self._add(user, user_settings.TemporarySetting.from_dict(stored))
            self._check(user)

    async def set(self, user: str, setting: user_settings.UserSetting, until: datetime | None) -> None:
        """Set something for a user, until a time or, with None, for good; raises what commands raise."""
        await async_load(self._hass, user_settings)
        before = self._get_previous(user, setting)
        await setting.send(self._commands(), user)
        if until is None and user not in self._settings:
            return
        self._remove(user)
        if until is not None:
            self._add(user, user_settings.TemporarySetting(setting=setting, until=until, after=before))
            self._check(user)
        await self._save()
        # The PBX may have shown the setting before its end was known here.
        await self._listeners.notify_updated({_key(user): SHOWN})

    def get_end(self, user: str) -> datetime | None:
        """Return until when a user has a temporary setting, None where there is none."""
        temporary = self._settings.get(user)
        return temporary.until if temporary is not None else None

    def _get_previous(self, user: str, setting: user_settings.UserSetting) -> user_settings.UserSetting:
        """Return what comes back: what held before the first of several temporary settings."""
        if user in self._settings:
            return self._settings[user].after
        item = self._state.get(_key(user))
        return setting.get_previous(item if isinstance(item, User) else None, self._session.capabilities)

    @callback
    def _add(self, user: str, temporary: user_settings.TemporarySetting) -> None:
        """Wait for the end of a setting, and for another one that replaces it."""
        self._settings[user] = temporary
        check = partial(self._check, user)
        self._listening[user] = [self._listeners.listen_settings(_key(user), check)]
        if temporary.until > dt_util.utcnow():
            timer = async_track_point_in_utc_time(self._hass, check, temporary.until)
            self._listening[user].append(timer)

    @callback
    def _check(self, user: str, now: datetime | None = None) -> None:
        """Set back what has ended, and forget what was replaced meanwhile."""
        item = self._state.get(_key(user))
        if not self._connected or not isinstance(item, User):
            return
        temporary = self._settings[user]
        known = temporary.compare(item)
        if known is None:
            self._remove(user)
            self._create_task(self._save())
        elif known.until <= dt_util.utcnow():
            self._remove(user)
            self._create_task(self._set_back(user, known))
        elif known is not temporary:
            self._settings[user] = known
            self._create_task(self._save())

    @property
    def _connected(self) -> bool:
        try:
            self._commands()
        except CannotConnect:
            return False
        return True

    def _create_task(self, work: Coroutine[Any, Any, None]) -> None:
        self._entry.async_create_task(self._hass, work)

    async def _set_back(self, user: str, temporary: user_settings.TemporarySetting) -> None:
        try:
            await temporary.after.send(self._commands(), user)
        except CannotConnect:
            # It is tried again at the next update, unless something else was set meanwhile.
            if user not in self._settings:
                self._add(user, temporary)
        except PbxError as err:
            _LOGGER.warning("A temporary setting could not be set back: %s", err)
        await self._save()

    @callback
    def _remove(self, user: str) -> None:
        self._settings.pop(user, None)
        self._stop_listening(user)

    @callback
    def _stop_listening(self, user: str) -> None:
        for stop in self._listening.pop(user, ()):
            stop()

    @callback
    def _stop(self) -> None:
        for user in self._settings:
            self._stop_listening(user)

    async def _save(self) -> None:
        await self._store.async_save({user: known.as_dict() for user, known in self._settings.items()})


def _key(user: str) -> ObjectKey:
    return ObjectKey(ObjectKind.USER, user)
