"""What can be set for users until a time, and how the PBX shows that it holds."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Self, override

from ..protocols.commands import PbxCommands
from ..protocols.enums import Capability, PresenceActivity
from ..protocols.lazy_dataclass import dataclass
from ..protocols.model import User


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
