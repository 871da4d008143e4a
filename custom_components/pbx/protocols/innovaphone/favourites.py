"""The commands that act on the user who logged in: favourites, and being on the phone."""

from collections.abc import Sequence
from typing import Any, override

from ..errors import CommandFailed
from ..json_fields import JsonObject, get_integer, get_object, get_text, iter_one_or_many
from ..model import Favourite
from .commands import InnovaphoneCommands
from .rights import Api

FAVOURITES_SRC = "fav"


class PersonalCommands(InnovaphoneCommands):
    """Add what only a user can do; the favourites are those of the first profile of the user.

    After the first list of them the PBX sends one indication for each change.
    """

    _profile: JsonObject
    _contacts: dict[int, Favourite]
    _subscribed = False
    _alien_call: int | None = None

    @override
    def forget_connection(self) -> None:
        super().forget_connection()
        self._profile, self._contacts = {}, {}
        self._subscribed = False
        self._alien_call = None

    @override
    async def favourites(self) -> Sequence[Favourite]:
        if not self._subscribed:
            answer = await self._send(Api.PBX, "SubscribeProfile", src=FAVOURITES_SRC)
            self._update_profile(get_object(answer, "profile"))
            self._subscribed = True
        return tuple(self._contacts.values())

    async def _unsubscribe(self) -> None:
        """Stop following the favourites, since another profile may be the first one now."""
        if self._subscribed:
            self._subscribed = False
            await self._send(Api.PBX, "UnsubscribeProfile", src=FAVOURITES_SRC)

    def _update_profile(self, profile: JsonObject) -> None:
        self._profile = profile
        self._contacts = {}
        for contact in iter_one_or_many(profile.get("contacts")):
            self._update_contact(contact)

    def _update_contact(self, contact: JsonObject) -> None:
        number = get_integer(contact, "id")
        if number is not None:
            self._contacts[number] = _favourite(contact, get_text(self._profile, "name"))

    def handle_event(self, message: JsonObject) -> None:
        """Follow a contact that was added or deleted, also elsewhere."""
        profile = get_object(message, "profile")
        if not self._profile:
            self._profile = {"id": profile.get("id")}
        contact = get_object(profile, "contact")
        if message.get("mt") == "ProfileContactDeleted":
            self._contacts.pop(get_integer(contact, "id") or 0, None)
        else:
            self._update_contact(contact)

    @override
    async def add_favourite(self, favourite: Favourite) -> None:
        await self.favourites()
        number = get_integer(self._profile, "id")
        # The PBX creates the profile if there is none.
        named = {"id": number} if number is not None else {}
        contact = {"dn": favourite.name, "sip": favourite.address or "", "num": favourite.number or ""}
        name = favourite.list or get_text(self._profile, "name") or "Favourites"
        await self._send_unconfirmed(Api.PBX, "AddProfileContact", **named, name=name, contact=contact)

    @override
    async def update_favourite(self, favourite: Favourite) -> None:
        number = await self._get_contact_id(favourite)
        contact = {
            "id": number,
            "name": favourite.address or "",
            "num": favourite.number or "",
            "dsp": favourite.name,
        }
        await self._send_profile("UpdateProfileContact", contact=contact)
        # The PBX sends no indication of this.
        self._update_contact(contact)

    @override
    async def remove_favourite(self, favourite: Favourite) -> None:
        number = await self._get_contact_id(favourite)
        await self._send_profile("DelProfileContact", contact={"id": number})
        self._contacts.pop(number, None)

    @override
    async def add_favourite_list(self, name: str) -> None:
        await self._send_unconfirmed(Api.PBX, "AddProfile", name=name)
        await self._unsubscribe()

    @override
    async def rename_favourite_list(self, name: str) -> None:
        await self.favourites()
        await self._send_profile("UpdateProfile", name=name)
        await self._unsubscribe()

    @override
    async def remove_favourite_list(self) -> None:
        await self.favourites()
        await self._send_profile("DelProfile")
        await self._unsubscribe()

    async def _send_profile(self, mt: str, **fields: Any) -> None:
        number = get_integer(self._profile, "id")
        if number is None:
            raise CommandFailed("no_such_favourite")
        await self._send_unconfirmed(Api.PBX, mt, id=number, **fields)

    async def _get_contact_id(self, favourite: Favourite) -> int:
        """Return the id of a contact; raises CommandFailed where the profile has no such one."""
        await self.favourites()
        number = int(favourite.id) if favourite.id is not None and favourite.id.isdigit() else None
        if number is None or number not in self._contacts:
            raise CommandFailed("no_such_favourite")
        return number

    @override
    async def mark_on_call(self, *, on: bool) -> None:
        if on and self._alien_call is None:
            answer = await self._send(Api.PBX, "AddAlienCall")
            self._alien_call = get_integer(answer, "id")
        elif not on and self._alien_call is not None:
            number, self._alien_call = self._alien_call, None
            await self._send(Api.PBX, "DelAlienCall", id=number)


def _favourite(contact: JsonObject, name: str | None) -> Favourite:
    address, number = get_text(contact, "name"), get_text(contact, "num")
    return Favourite(
        id=get_text(contact, "id"),
        name=get_text(contact, "dsp") or address or number or "",
        number=number,
        address=address,
        list=name,
    )
