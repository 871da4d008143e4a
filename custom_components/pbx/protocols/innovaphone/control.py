"""Hand the commands of the contract to those who carry them out."""

from collections.abc import Sequence
from typing import override

from ..enums import ForwardKind, PresenceActivity
from ..errors import CommandFailed, NotSupported
from ..model import Favourite
from ..session import DialResult, QueuedSession
from .commands import Commands
from .favourites import Favourites
from .feed import Feed
from .settings import InnovaphoneSettings


class Control(QueuedSession):
    """Fill the part of the contract that tells the PBX what to do."""

    _settings: InnovaphoneSettings
    _feed: Feed
    _commands: Commands
    _favourites: Favourites

    @override
    async def dial(
        self, *, user: str | None, phone: str | None, number: str, auto_answer: bool = False
    ) -> DialResult:
        if auto_answer:
            raise NotSupported("auto_answer")
        caller = user or self._feed.directory.owner(phone or "")
        if caller is None:
            raise CommandFailed("no_user_for_phone")
        return await self._commands.dial(caller, phone, number)

    @override
    async def hang_up(self, call_id: str) -> None:
        await self._commands.hang_up(call_id)

    @override
    async def answer(self, call_id: str, *, user: str | None = None) -> None:
        await self._commands.answer(call_id, user)

    @override
    async def hold(self, call_id: str, *, user: str | None = None) -> None:
        await self._commands.hold(call_id, user)

    @override
    async def resume(self, call_id: str, *, user: str | None = None) -> None:
        await self._commands.resume(call_id, user)

    @override
    async def transfer(
        self, call_id: str, *, number: str | None = None, other: str | None = None, user: str | None = None
    ) -> None:
        await self._commands.transfer(call_id, number, other, user)

    @override
    async def send_dtmf(self, call_id: str, digits: str, *, user: str | None = None) -> None:
        await self._commands.send_dtmf(call_id, user, digits)

    @override
    async def park(self, call_id: str, *, user: str | None = None, position: int | None = None) -> None:
        await self._commands.park(call_id, user, position)

    @override
    async def pick_up(self, user: str, call_id: str) -> None:
        await self._commands.pick_up(user, call_id)

    @override
    async def set_presence(self, user: str, activity: PresenceActivity, note: str | None) -> None:
        await self._commands.set_presence(user, activity, note)

    @override
    async def set_do_not_disturb(self, user: str, *, on: bool) -> None:
        entry = self._feed.directory.entries.get(user)
        quiet = entry is not None and entry.presence is not None and entry.presence.do_not_disturb
        if on or quiet:
            # Whoever is away and not quiet stays away.
            activity = PresenceActivity.DND if on else PresenceActivity.AVAILABLE
            await self._commands.set_presence(user, activity, None)

    @override
    async def set_forward(self, user: str, kind: ForwardKind, number: str | None) -> None:
        await self._commands.set_forward(user, kind, number)

    @override
    async def notify_user(self, user: str, title: str, message: str) -> None:
        await self._commands.notify(user, title, message)

    @override
    async def mark_on_call(self, *, on: bool) -> None:
        await self._own().mark_on_call(on=on)

    @override
    async def favourites(self) -> Sequence[Favourite]:
        return await self._own().read()

    @override
    async def add_favourite(self, favourite: Favourite) -> None:
        await self._own().add(favourite)

    @override
    async def update_favourite(self, favourite: Favourite) -> None:
        await self._own().update(favourite)

    @override
    async def remove_favourite(self, favourite: Favourite) -> None:
        await self._own().remove(favourite)

    @override
    async def add_favourite_list(self, name: str) -> None:
        await self._own().add_list(name)

    @override
    async def rename_favourite_list(self, name: str) -> None:
        await self._own().rename_list(name)

    @override
    async def remove_favourite_list(self) -> None:
        await self._own().remove_list()

    def _own(self) -> Favourites:
        """Return what acts on the user who logged in, which an App object is not."""
        if not self._settings.personal:
            raise NotSupported("favourites")
        return self._favourites
