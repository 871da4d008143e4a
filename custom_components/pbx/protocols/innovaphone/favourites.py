"""Favourites and the on-the-phone mark of the user who logged in."""

from collections.abc import Sequence
from typing import Any

from ..errors import CommandFailed
from ..model import Favourite
from .commands import Commands
from .fields import Frame, integer, items, mapping, text
from .rights import Api

FAVOURITES_SRC = "fav"


class Favourites:
    """Follow the first profile of the user; everything but its first contents is told of one by one."""

    def __init__(self, commands: Commands) -> None:
        self._commands = commands
        self._profile: Frame = {}
        self._contacts: dict[int, Favourite] = {}
        self._subscribed = False
        self._alien_call: int | None = None

    def disconnected(self) -> None:
        """Forget the subscription, which died with its connection."""
        self._subscribed = False
        self._alien_call = None

    async def read(self) -> Sequence[Favourite]:
        """Return the favourites."""
        if not self._subscribed:
            answer = await self._commands.ask(Api.PBX, "SubscribeProfile", src=FAVOURITES_SRC)
            self._take_profile(mapping(answer, "profile"))
            self._subscribed = True
        return tuple(self._contacts.values())

    async def unsubscribe(self) -> None:
        """Stop following the favourites, since another profile may be the first one now."""
        if self._subscribed:
            self._subscribed = False
            await self._commands.ask(Api.PBX, "UnsubscribeProfile", src=FAVOURITES_SRC)

    def _take_profile(self, profile: Frame) -> None:
        self._profile = profile
        self._contacts = {}
        for contact in items(profile.get("contacts")):
            self._add(contact)

    def _add(self, contact: Frame) -> None:
        number = integer(contact, "id")
        if number is not None:
            self._contacts[number] = _favourite(contact, text(self._profile, "name"))

    def take(self, frame: Frame) -> None:
        """Take an indication."""
        profile = mapping(frame, "profile")
        if not self._profile:
            self._profile = {"id": profile.get("id")}
        contact = mapping(profile, "contact")
        if frame.get("mt") == "ProfileContactDeleted":
            self._contacts.pop(integer(contact, "id") or 0, None)
        else:
            self._add(contact)

    async def add(self, favourite: Favourite) -> None:
        """Add a contact; the PBX makes the profile if there is none."""
        await self.read()
        number = integer(self._profile, "id")
        named = {"id": number} if number is not None else {}
        contact = {"dn": favourite.name, "sip": favourite.address or "", "num": favourite.number or ""}
        name = favourite.list or text(self._profile, "name") or "Favourites"
        await self._commands.tell(Api.PBX, "AddProfileContact", **named, name=name, contact=contact)

    async def update(self, favourite: Favourite) -> None:
        """Change a contact; of that the PBX tells nothing, so it is noted here."""
        number = await self._known(favourite)
        contact = {
            "id": number,
            "name": favourite.address or "",
            "num": favourite.number or "",
            "dsp": favourite.name,
        }
        await self._ask("UpdateProfileContact", contact=contact)
        self._add(contact)

    async def remove(self, favourite: Favourite) -> None:
        """Delete a contact."""
        number = await self._known(favourite)
        await self._ask("DelProfileContact", contact={"id": number})
        self._contacts.pop(number, None)

    async def add_list(self, name: str) -> None:
        """Create a profile."""
        await self._commands.tell(Api.PBX, "AddProfile", name=name)
        await self.unsubscribe()

    async def rename_list(self, name: str) -> None:
        """Rename the profile that is shown."""
        await self.read()
        await self._ask("UpdateProfile", name=name)
        await self.unsubscribe()

    async def remove_list(self) -> None:
        """Delete the profile that is shown."""
        await self.read()
        await self._ask("DelProfile")
        await self.unsubscribe()

    async def _ask(self, mt: str, **fields: Any) -> None:
        number = integer(self._profile, "id")
        if number is None:
            raise CommandFailed("no_such_favourite")
        await self._commands.tell(Api.PBX, mt, id=number, **fields)

    async def _known(self, favourite: Favourite) -> int:
        await self.read()
        number = int(favourite.id) if favourite.id is not None and favourite.id.isdigit() else None
        if number is None or number not in self._contacts:
            raise CommandFailed("no_such_favourite")
        return number

    async def mark_on_call(self, *, on: bool) -> None:
        """Add a call that takes place elsewhere, or take it away again."""
        if on and self._alien_call is None:
            answer = await self._commands.ask(Api.PBX, "AddAlienCall")
            self._alien_call = integer(answer, "id")
        elif not on and self._alien_call is not None:
            number, self._alien_call = self._alien_call, None
            await self._commands.ask(Api.PBX, "DelAlienCall", id=number)


def _favourite(contact: Frame, name: str | None) -> Favourite:
    address, number = text(contact, "name"), text(contact, "num")
    return Favourite(
        id=text(contact, "id"),
        name=text(contact, "dsp") or address or number or "",
        number=number,
        address=address,
        list=name,
    )
