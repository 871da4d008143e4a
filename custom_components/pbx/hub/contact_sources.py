"""The vCard files and the CardDAV account that the options of a PBX name, read again as they change."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from datetime import datetime, timedelta
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiohttp import DummyCookieJar
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_create_clientsession
from homeassistant.helpers.event import async_track_time_interval

from ..const import DOMAIN
from . import vcards
from .contacts import Contact
from .lazy_module import LazyModule, async_load
from .options import PbxOptions

if TYPE_CHECKING:
    from . import carddav
else:
    carddav = LazyModule(f"{__package__}.carddav")

_LOGGER = logging.getLogger(__name__)

FOLDER_INTERVAL = timedelta(seconds=30)
ACCOUNT_INTERVAL = timedelta(minutes=5)

type OnRead = Callable[[tuple[Contact, ...]], Awaitable[None]]


class ContactSources:
    """What is read of contacts for one PBX; `on_read` is given all of them, those in files first."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, options: PbxOptions, on_read: OnRead) -> None:
        self._hass = hass
        self._entry = entry
        self._options = options
        self._on_read = on_read
        self._folder = Path(hass.config.path(options.vcard_folder)) if options.vcard_folder else None
        self._folder_is_whole = True
        self._folder_version: tuple[tuple[str, int, int], ...] = ()
        self._account: carddav.CardDavAccount | None = None
        self._account_fails = False
        # Large ones may take longer than passes until they are read again.
        self._reading_files, self._reading_account = asyncio.Lock(), asyncio.Lock()
        self._in_files: list[Contact] = []
        self._in_account: list[Contact] = []

    async def load(self) -> None:
        """Read the files, and from now on what changes; the account is read in the background."""
        if self._folder is not None:
            await self.refresh_files()
            if not self._in_files:
                _LOGGER.warning("No vCard with a number was found in the folder that the options name")
            self._repeat(self.refresh_files, FOLDER_INTERVAL)
        if self._options.carddav_url:
            await async_load(self._hass, carddav)
            session = async_create_clientsession(self._hass, cookie_jar=DummyCookieJar())
            self._account = carddav.CardDavAccount(
                session,
                self._options.carddav_url,
                self._options.carddav_username or "",
                self._options.carddav_password or "",
                carddav.read_fingerprint(self._options.carddav_fingerprint or ""),
            )
            work = self.refresh_account()
            self._entry.async_create_background_task(self._hass, work, f"{DOMAIN} address book")
            self._repeat(self.refresh_account, ACCOUNT_INTERVAL)

    def _repeat(self, refresh: Callable[[datetime], Coroutine[Any, Any, None]], interval: timedelta) -> None:
        stop = async_track_time_interval(self._hass, refresh, interval, cancel_on_shutdown=True)
        self._entry.async_on_unload(stop)

    async def refresh_files(self, now: datetime | None = None) -> None:
        """Read the vCard files again if one has changed, come or gone; once at a time."""
        if self._folder is not None and not self._reading_files.locked():
            async with self._reading_files:
                await self._read_files(self._folder)

    async def _read_files(self, folder: Path) -> None:
        try:
            version = await self._hass.async_add_executor_job(vcards.get_folder_version, folder)
            if version == self._folder_version:
                return
            found, is_whole = await self._hass.async_add_executor_job(vcards.read_folder, folder)
        except OSError as err:
            # What was read before stays; a file that is being written is read the next time.
            _LOGGER.warning("The vCard files cannot be read: %s", type(err).__name__)
            return
        if self._folder_is_whole and not is_whole:
            _LOGGER.warning(
                "Not all vCard files are read: at most %d, of %d MB each, %d MB and %d contacts together",
                vcards.MAX_FILES,
                vcards.MAX_FILE // 10**6,
                vcards.MAX_FOLDER // 10**6,
                vcards.MAX_CONTACTS,
            )
        self._folder_is_whole, self._folder_version, self._in_files = is_whole, version, found
        await self._hand_on()

    async def refresh_account(self, now: datetime | None = None) -> None:
        """Read the account again if something there has changed; once at a time."""
        if self._account is not None and not self._reading_account.locked():
            async with self._reading_account:
                await self._read_account(self._account)

    async def _read_account(self, account: carddav.CardDavAccount) -> None:
        try:
            text = await account.read()
        except carddav.CardDavError as err:
            if not self._account_fails:
                _LOGGER.warning("The CardDAV account cannot be read: %s", err)
            self._account_fails = True
            return
        self._account_fails = False
        if text is not None:
            self._in_account = await self._hass.async_add_executor_job(vcards.parse_vcards, text)
            await self._hand_on()

    async def _hand_on(self) -> None:
        await self._on_read((*self._in_files, *self._in_account))
