"""Settings of users that end at a time, at which what held before comes back."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
import logging
from typing import Any, Self, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_track_point_in_utc_time
from homeassistant.helpers.storage import Store
from homeassistant.util import dt as dt_util

from ..const import DOMAIN
from ..protocols.commands import PbxCommands
from ..protocols.delta import SHOWN
from ..protocols.enums import Capability, ObjectKind, PresenceActivity
from ..protocols.errors import CannotConnect, PbxError
from ..protocols.keys import ObjectKey
from ..protocols.lazy_dataclass import dataclass
from ..protocols.model import User
from ..protocols.session import PbxSession
from ..protocols.state import PbxState
from .listeners import Listeners

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
        self._settings: dict[str, TemporarySetting] = {}
        self._listening: dict[str, list[CALLBACK_TYPE]] = {}

    async def start(self) -> None:
        """Go on with what was set before a restart of Home Assistant."""
        self._entry.async_on_unload(self._stop)
        for user, stored in (await self._store.async_load() or {}).items():
            self._add(user, TemporarySetting.from_dict(stored))
            self._check(user)

    async def set(self, user: str, setting: UserSetting, until: datetime | None) -> None:
        """Set something for a user, until a time or, with None, for good; raises what commands raise."""
        before = self._get_previous(user, setting)
        await setting.send(self._commands(), user)
        if until is None and user not in self._settings:
            return
        self._remove(user)
        if until is not None:
            self._add(user, TemporarySetting(setting=setting, until=until, after=before))
            self._check(user)
        await self._save()
        # The PBX may have shown the setting before its end was known here.
        await self._listeners.notify_updated({_key(user): SHOWN})

    def get_end(self, user: str) -> datetime | None:
        """Return until when a user has a temporary setting, None where there is none."""
        temporary = self._settings.get(user)
        return temporary.until if temporary is not None else None

    def _get_previous(self, user: str, setting: UserSetting) -> UserSetting:
        """Return what comes back: what held before the first of several temporary settings."""
        if user in self._settings:
            return self._settings[user].after
        item = self._state.get(_key(user))
        return setting.get_previous(item if isinstance(item, User) else None, self._session.capabilities)

    @callback
    def _add(self, user: str, temporary: TemporarySetting) -> None:
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

    async def _set_back(self, user: str, temporary: TemporarySetting) -> None:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class TemporarySetting:
    """A setting that holds until a time."""

    setting: UserSetting
    until: datetime
    # What comes after it.
    after: UserSetting
    # What the PBX showed once it had the setting, None before; anything else that it shows replaces it.
    shown: list[Any] | None = None

    def compare(self, user: User) -> TemporarySetting | None:
        """Return this as it is with what the user shows now, None where something else was set."""
        shown = self.setting.get_shown(user)
        if shown is None or shown == self.shown:
            return self
        if self.shown is not None:
            return None
        return replace(self, shown=shown) if self.setting.is_shown(user) else self

    def as_dict(self) -> dict[str, Any]:
        """Return this as JSON can hold it."""
        return {
            "setting": self.setting.as_dict(),
            "until": self.until.isoformat(),
            "after": self.after.as_dict(),
            "shown": self.shown,
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Self:
        """Return a setting out of what `as_dict` made."""
        return cls(
            setting=_load_setting(stored["setting"]),
            until=datetime.fromisoformat(stored["until"]),
            after=_load_setting(stored["after"]),
            shown=stored["shown"],
        )


def _load_setting(stored: Mapping[str, Any]) -> UserSetting:
    if "on" in stored:
        return DoNotDisturbSetting(stored["on"])
    activity = PresenceActivity(stored["activity"])
    return PresenceSetting(activity, stored["note"], stored.get("words"))


# The activities that a user can be set back to; the others come about by themselves.
_STEADY = frozenset({
    PresenceActivity.AVAILABLE, PresenceActivity.AWAY, PresenceActivity.BUSY, PresenceActivity.DND,
})  # fmt: skip
# During a call a PBX does not show the activity that was set.
_HIDDEN = frozenset({None, PresenceActivity.ON_THE_PHONE})


class UserSetting(ABC):
    """One setting of a user."""

    @abstractmethod
    async def send(self, commands: PbxCommands, user: str) -> None:
        """Set it at the PBX; raises what commands raise."""

    @abstractmethod
    def get_shown(self, user: User) -> list[Any] | None:
        """Return what the PBX shows of such a setting, None where that is hidden at the moment."""

    @abstractmethod
    def is_shown(self, user: User) -> bool:
        """Return whether the PBX shows this setting."""

    @abstractmethod
    def get_previous(self, user: User | None, able: frozenset[Capability]) -> UserSetting:
        """Return what to set when this ends, for a user who does not have it yet."""

    @abstractmethod
    def as_dict(self) -> dict[str, Any]:
        """Return this as JSON can hold it."""


@dataclass(frozen=True, slots=True)
class PresenceSetting(UserSetting):
    """A presence, with words of its own where the activity has no name here.

    Without a note it is left to the PBX what becomes of the old one.
    """

    activity: PresenceActivity
    note: str | None = None
    words: str | None = None

    @override
    async def send(self, commands: PbxCommands, user: str) -> None:
        if self.words is None:
            await commands.set_presence(user, self.activity, self.note)
        else:
            await commands.set_presence_source(user, self.activity, self.note, source=None, words=self.words)

    @override
    def get_shown(self, user: User) -> list[Any] | None:
        return None if user.presence in _HIDDEN else [user.presence, user.presence_note]

    @override
    def is_shown(self, user: User) -> bool:
        return user.presence is self.activity and self.note in {None, user.presence_note or ""}

    @override
    def get_previous(self, user: User | None, able: frozenset[Capability]) -> UserSetting:
        if user is None or user.presence is self.activity or user.presence not in _STEADY:
            return PresenceSetting(PresenceActivity.AVAILABLE, "")
        return PresenceSetting(user.presence, user.presence_note or "")

    @override
    def as_dict(self) -> dict[str, Any]:
        stored = {"activity": self.activity, "note": self.note}
        return stored if self.words is None else {**stored, "words": self.words}


@dataclass(frozen=True, slots=True)
class DoNotDisturbSetting(UserSetting):
    """Do not disturb, on or off."""

    on: bool

    @override
    async def send(self, commands: PbxCommands, user: str) -> None:
        await commands.set_do_not_disturb(user, on=self.on)

    @override
    def get_shown(self, user: User) -> list[Any] | None:
        return None if user.do_not_disturb is None else [user.do_not_disturb]

    @override
    def is_shown(self, user: User) -> bool:
        return user.do_not_disturb is self.on

    @override
    def get_previous(self, user: User | None, able: frozenset[Capability]) -> UserSetting:
        if user is None or not self.on or Capability.SET_PRESENCE not in able:
            return DoNotDisturbSetting(not self.on)
        # Where do not disturb is a presence, the one that it replaces comes back.
        return PresenceSetting(PresenceActivity.DND).get_previous(user, able)

    @override
    def as_dict(self) -> dict[str, Any]:
        return {"on": self.on}
