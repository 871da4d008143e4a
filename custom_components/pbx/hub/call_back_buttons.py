"""The buttons of notifications with which people call back, kept over restarts."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from secrets import token_urlsafe
from typing import Any, Self

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.storage import Store
from homeassistant.util import dt as dt_util

from ..const import DOMAIN
from ..protocols.enums import ObjectKind
from ..protocols.keys import ObjectKey
from ..protocols.lazy_dataclass import dataclass
from .options import PbxOptions

STORAGE_VERSION = 1
# A restart loses at most the buttons of so many seconds.
SAVE_DELAY = 5.0
KEPT = timedelta(days=1)
# The oldest are dropped above this.
MOST_BUTTONS = 200

type Stored = dict[str, dict[str, Any]]


def call_back_buttons_store(hass: HomeAssistant, entry_id: str) -> Store[Stored]:
    """Return the store that keeps the buttons of an entry over restarts, by their tokens."""
    return Store(hass, STORAGE_VERSION, f"{DOMAIN}.{entry_id}.buttons")


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A notification about a call: the notify entity, what it shows, and a tag; one of the same tag goes."""

    notifier: str
    tag: str
    title: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallBackButton:
    """A button: the number to call, and the user or phone that calls, None for the user who presses it."""

    notice: Notice
    number: str
    caller: ObjectKey | None
    until: datetime

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Self:
        """Return a button out of what `as_dict` returned."""
        caller = stored["caller"]
        return cls(
            notice=Notice(**stored["notice"]),
            number=stored["number"],
            caller=ObjectKey(ObjectKind(caller[0]), caller[1]) if caller is not None else None,
            until=datetime.fromisoformat(stored["until"]),
        )

    def as_dict(self) -> dict[str, Any]:
        """Return this as JSON can hold it."""
        caller = [self.caller.kind, self.caller.id] if self.caller is not None else None
        return asdict(self) | {"caller": caller, "until": self.until.isoformat()}


class CallBackButtons:
    """The buttons about calls of one PBX, each under a token that nobody can guess.

    Where the options mask numbers they are not stored, so that a restart ends them.
    """

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, options: PbxOptions) -> None:
        self._entry = entry
        self._is_stored = not options.mask_numbers
        self._store = call_back_buttons_store(hass, entry.entry_id)
        self._buttons: dict[str, CallBackButton] = {}

    async def load(self) -> None:
        """Go on with the buttons from before a restart."""
        stored = await self._store.async_load() or {}
        if self._is_stored:
            self._buttons = {token: CallBackButton.from_dict(button) for token, button in stored.items()}
        self._entry.async_on_unload(self._save)

    @callback
    def add(self, notice: Notice, number: str, caller: ObjectKey | None) -> str:
        """Keep a button for a day and return its token."""
        token, until = token_urlsafe(16), dt_util.utcnow() + KEPT
        self._buttons[token] = CallBackButton(notice=notice, number=number, caller=caller, until=until)
        self._trim()
        self._store.async_delay_save(self._to_stored, SAVE_DELAY)
        return token

    @callback
    def pop(self, token: str) -> CallBackButton | None:
        """Remove a button, which works once, and return it; None where it is unknown or too old."""
        button = self._buttons.pop(token, None)
        if button is None or button.until < dt_util.utcnow():
            return None
        self._store.async_delay_save(self._to_stored, SAVE_DELAY)
        return button

    def _trim(self) -> None:
        now = dt_util.utcnow()
        kept = [(token, button) for token, button in self._buttons.items() if button.until >= now]
        self._buttons = dict(kept[-MOST_BUTTONS:])

    def _to_stored(self) -> Stored:
        if not self._is_stored:
            return {}
        return {token: button.as_dict() for token, button in self._buttons.items()}

    async def _save(self) -> None:
        await self._store.async_save(self._to_stored())
