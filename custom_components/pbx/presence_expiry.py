"""Set back at its time what was set for users for a while."""

from collections.abc import Coroutine
from datetime import datetime
from functools import partial
import logging
from typing import TYPE_CHECKING, Any

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_track_point_in_utc_time
from homeassistant.helpers.storage import Store
from homeassistant.util import dt as dt_util

from .const import DOMAIN
from .protocols.enums import ObjectKind
from .protocols.errors import CannotConnect, PbxError
from .protocols.model import ObjectKey, User
from .user_setting import Expiring, UserSetting

if TYPE_CHECKING:
    from .coordinator import PbxCoordinator

_LOGGER = logging.getLogger(__name__)

STORAGE_VERSION = 1

type Stored = dict[str, dict[str, Any]]


def expiry_store(hass: HomeAssistant, entry_id: str) -> Store[Stored]:
    """Return where it is kept over restarts what is to be set back."""
    return Store(hass, STORAGE_VERSION, f"{DOMAIN}.{entry_id}.presence")


class PresenceExpiry:
    """Know for each user of one PBX what holds only for a while, and what comes after it.

    Whatever is set later, by an action or on the PBX itself, ends that.
    """

    def __init__(self, pbx: PbxCoordinator) -> None:
        self._pbx = pbx
        self._store = expiry_store(pbx.hass, pbx.entry.entry_id)
        self._expiring: dict[str, Expiring] = {}
        self._listening: dict[str, list[CALLBACK_TYPE]] = {}

    async def start(self) -> None:
        """Go on with what was set before a restart."""
        self._pbx.entry.async_on_unload(self._stop)
        for user, stored in (await self._store.async_load() or {}).items():
            self._follow(user, Expiring.from_dict(stored))
            self._news(user)

    async def set(self, user: str, setting: UserSetting, until: datetime | None) -> None:
        """Set something for a user, until a time or for good."""
        before = self._before(user, setting)
        await setting.send(self._pbx.command_session(), user)
        if until is None and user not in self._expiring:
            return
        self._drop(user)
        if until is not None:
            self._follow(user, Expiring(setting=setting, until=until, after=before))
            self._news(user)
        await self._save()

    def _before(self, user: str, setting: UserSetting) -> UserSetting:
        """Return what is to come back: what held before the first of several that hold for a while."""
        if user in self._expiring:
            return self._expiring[user].after
        item = self._pbx.state.get(_key(user))
        return setting.before(item if isinstance(item, User) else None, self._pbx.session.capabilities)

    @callback
    def _follow(self, user: str, expiring: Expiring) -> None:
        """Wait for its time, and for somebody to set something else."""
        self._expiring[user] = expiring
        news = partial(self._news, user)
        self._listening[user] = [self._pbx.news.subscribe(_key(user), news)]
        if expiring.until > dt_util.utcnow():
            timer = async_track_point_in_utc_time(self._pbx.hass, news, expiring.until)
            self._listening[user].append(timer)

    @callback
    def _news(self, user: str, now: datetime | None = None) -> None:
        """Set back what is over, and let go of what somebody has changed meanwhile."""
        item = self._pbx.state.get(_key(user))
        if not self._pbx.connected or not isinstance(item, User):
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

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        self._pbx.entry.async_create_task(self._pbx.hass, work)

    async def _set_back(self, user: str, expiring: Expiring) -> None:
        try:
            await expiring.after.send(self._pbx.command_session(), user)
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
