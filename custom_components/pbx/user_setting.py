"""What can be set for a user for a while, and what it is to be after that."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Self, override

from .protocols.enums import Capability, PresenceActivity
from .protocols.model import User
from .protocols.session import PbxSession

# What a person may be set back to; the others come about by themselves.
_STEADY = frozenset({
    PresenceActivity.AVAILABLE, PresenceActivity.AWAY, PresenceActivity.BUSY, PresenceActivity.DND,
})  # fmt: skip
# During a call a PBX shows nothing of what was set.
_HIDDEN = frozenset({None, PresenceActivity.ON_THE_PHONE})


class UserSetting(ABC):
    """One setting of a user."""

    @abstractmethod
    async def send(self, session: PbxSession, user: str) -> None:
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
    async def send(self, session: PbxSession, user: str) -> None:
        await session.set_presence(user, self.activity, self.note)

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
    async def send(self, session: PbxSession, user: str) -> None:
        await session.set_do_not_disturb(user, on=self.on)

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
