"""Set back at its time what was set for users for a while."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, replace
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
from ..protocols.enums import Capability, ObjectKind, PresenceActivity
from ..protocols.errors import CannotConnect, PbxError
from ..protocols.model import ObjectKey, User
from ..protocols.session import PbxSession
from ..protocols.state import PbxState
from .listeners import Listeners

# What a person may be set back to; the others come about by themselves.
_STEADY = frozenset({
    PresenceActivity.AVAILABLE, PresenceActivity.AWAY, PresenceActivity.BUSY, PresenceActivity.DND,
})  # fmt: skip
# During a call a PBX shows nothing of what was set.
_HIDDEN = frozenset({None, PresenceActivity.ON_THE_PHONE})


class UserSetting(ABC):
    """One setting of a user."""

    @abstractmethod
    async def send(self, commands: PbxCommands, user: str) -> None:
        """Set it on the PBX."""

    @abstractmethod
    def shown(self, user: User) -> list[Any] | None:
        """Return what the PBX shows of it at the moment, None where that is hidden."""

    @abstractmethod
    def holds(self, user: User) -> bool:
        """Tell whether the PBX shows it as it is here."""

    @abstractmethod
    def before(self, user: User | None, able: frozenset[Capability]) -> UserSetting:
        """Return what to set when this is over, for a user who does not have it yet."""

    @abstractmethod
    def as_dict(self) -> dict[str, Any]:
        """Return this as JSON can hold it."""


@dataclass(frozen=True, slots=True)
class Presence(UserSetting):
    """What a user says of themselves; no note leaves it to the PBX what becomes of the old one."""

    activity: PresenceActivity
    note: str | None = None

    @override
    async def send(self, commands: PbxCommands, user: str) -> None:
        await commands.set_presence(user, self.activity, self.note)

    @override
    def shown(self, user: User) -> list[Any] | None:
        return None if user.presence in _HIDDEN else [user.presence, user.presence_note]

    @override
    def holds(self, user: User) -> bool:
        return user.presence is self.activity and self.note in {None, user.presence_note or ""}

    @override
    def before(self, user: User | None, able: frozenset[Capability]) -> UserSetting:
        if user is None or user.presence is self.activity or user.presence not in _STEADY:
            return Presence(PresenceActivity.AVAILABLE, "")
        return Presence(user.presence, user.presence_note or "")

    @override
    def as_dict(self) -> dict[str, Any]:
        return {"activity": self.activity, "note": self.note}


@dataclass(frozen=True, slots=True)
class DoNotDisturb(UserSetting):
    """Whether a user wants quiet."""

    on: bool

    @override
    async def send(self, commands: PbxCommands, user: str) -> None:
        await commands.set_do_not_disturb(user, on=self.on)

    @override
    def shown(self, user: User) -> list[Any] | None:
        return None if user.do_not_disturb is None else [user.do_not_disturb]

    @override
    def holds(self, user: User) -> bool:
        return user.do_not_disturb is self.on

    @override
    def before(self, user: User | None, able: frozenset[Capability]) -> UserSetting:
        if user is None or not self.on or Capability.SET_PRESENCE not in able:
            return DoNotDisturb(not self.on)
        # Where quiet is a presence, the one that it replaces is to come back.
        return Presence(PresenceActivity.DND).before(user, able)

    @override
    def as_dict(self) -> dict[str, Any]:
        return {"on": self.on}


@dataclass(frozen=True, slots=True, kw_only=True)
class Expiring:
    """A setting that holds until a time, and what comes after it.

    `shown` is what the PBX showed when it had taken the setting over: whatever it shows later was set by
    somebody else.
    """

    setting: UserSetting
    until: datetime
    after: UserSetting
    shown: list[Any] | None = None

    def seeing(self, user: User) -> Expiring | None:
        """Return what is to be known after a look at the user, None where somebody has set something else."""
        shown = self.setting.shown(user)
        if shown is None or shown == self.shown:
            return self
        if self.shown is not None:
            return None
        return replace(self, shown=shown) if self.setting.holds(user) else self

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
        """Return what was kept as JSON."""
        return cls(
            setting=_setting(stored["setting"]),
            until=datetime.fromisoformat(stored["until"]),
            after=_setting(stored["after"]),
            shown=stored["shown"],
        )


def _setting(stored: Mapping[str, Any]) -> UserSetting:
    if "on" in stored:
        return DoNotDisturb(stored["on"])
    return Presence(PresenceActivity(stored["activity"]), stored["note"])


_LOGGER = logging.getLogger(__name__)

STORAGE_VERSION = 1

type Stored = dict[str, dict[str, Any]]


def temporary_settings_store(hass: HomeAssistant, entry_id: str) -> Store[Stored]:
    """Return where it is kept over restarts what is to be set back."""
    return Store(hass, STORAGE_VERSION, f"{DOMAIN}.{entry_id}.presence")


class TemporarySettings:
    """Know for each user of one PBX what holds only for a while, and what comes after it.

    Whatever is set later, by an action or on the PBX itself, ends that. `commands` raises
    CannotConnect while there is no connection.
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
        self._expiring: dict[str, Expiring] = {}
        self._listening: dict[str, list[CALLBACK_TYPE]] = {}

    async def start(self) -> None:
        """Go on with what was set before a restart."""
        self._entry.async_on_unload(self._stop)
        for user, stored in (await self._store.async_load() or {}).items():
            self._follow(user, Expiring.from_dict(stored))
            self._look_at(user)

    async def set(self, user: str, setting: UserSetting, until: datetime | None) -> None:
        """Set something for a user, until a time or for good."""
        before = self._before(user, setting)
        await setting.send(self._commands(), user)
        if until is None and user not in self._expiring:
            return
        self._drop(user)
        if until is not None:
            self._follow(user, Expiring(setting=setting, until=until, after=before))
            self._look_at(user)
        await self._save()

    def _before(self, user: str, setting: UserSetting) -> UserSetting:
        """Return what is to come back: what held before the first of several that hold for a while."""
        if user in self._expiring:
            return self._expiring[user].after
        item = self._state.get(_key(user))
        return setting.before(item if isinstance(item, User) else None, self._session.capabilities)

    @callback
    def _follow(self, user: str, expiring: Expiring) -> None:
        """Wait for its time, and for somebody to set something else."""
        self._expiring[user] = expiring
        look = partial(self._look_at, user)
        self._listening[user] = [self._listeners.listen_updates(_key(user), look)]
        if expiring.until > dt_util.utcnow():
            timer = async_track_point_in_utc_time(self._hass, look, expiring.until)
            self._listening[user].append(timer)

    @callback
    def _look_at(self, user: str, now: datetime | None = None) -> None:
        """Set back what is over, and let go of what somebody has changed meanwhile."""
        item = self._state.get(_key(user))
        if not self._connected or not isinstance(item, User):
            return
        expiring = self._expiring[user]
        known = expiring.seeing(item)
        if known is None:
            self._drop(user)
            self._run(self._save())
        elif known.until <= dt_util.utcnow():
            self._drop(user)
            self._run(self._set_back(user, known))
        elif known is not expiring:
            self._expiring[user] = known
            self._run(self._save())

    @property
    def _connected(self) -> bool:
        try:
            self._commands()
        except CannotConnect:
            return False
        return True

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        self._entry.async_create_task(self._hass, work)

    async def _set_back(self, user: str, expiring: Expiring) -> None:
        try:
            await expiring.after.send(self._commands(), user)
        except CannotConnect:
            # It is tried again at the next news, unless something else was set meanwhile.
            if user not in self._expiring:
                self._follow(user, expiring)
        except PbxError as err:
            _LOGGER.warning("What was set for a while could not be set back: %s", err)
        await self._save()

    @callback
    def _drop(self, user: str) -> None:
        self._expiring.pop(user, None)
        self._unlisten(user)

    @callback
    def _unlisten(self, user: str) -> None:
        for stop in self._listening.pop(user, ()):
            stop()

    @callback
    def _stop(self) -> None:
        for user in self._expiring:
            self._unlisten(user)

    async def _save(self) -> None:
        await self._store.async_save({user: known.as_dict() for user, known in self._expiring.items()})


def _key(user: str) -> ObjectKey:
    return ObjectKey(ObjectKind.USER, user)
