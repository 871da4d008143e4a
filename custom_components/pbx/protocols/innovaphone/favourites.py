"""The commands that act on the user who logged in: favourites, and being on the phone."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any, override

from ..errors import CommandFailed, CommandOutcomeUnknown, ConnectionLost, MissingRight
from ..json_fields import JsonObject, get_flag, get_integer, get_object, get_text, iter_one_or_many
from ..model import Favourite, FoundContact
from ..session import within
from .commands import UNDOCUMENTED, InnovaphoneCommands
from .connection import ReadingFailed
from .rights import Api

FAVOURITES_SRC = "fav"
# The id of a profile that is to be created; whether the PBX wants it or none at all is not documented.
NO_PROFILE: Mapping[str, int] = {"id": 0}
ALIEN_CALL = "alien_call"
DEFAULT_LIST = "Favourites"

type Contacts = Mapping[int, JsonObject]


class PersonalCommands(InnovaphoneCommands):
    """Add what only a user can do; the favourites are those of the first profile of the user.

    After the first list of them the PBX sends one indication for each contact that is added or deleted. None
    of the messages that change favourites has a documented result, so what counts is what the PBX shows then.
    """

    _profile: JsonObject
    _contacts: dict[int, JsonObject]
    _subscribed = False
    # Whether the user is to be shown as on the phone, and the id of the call that does it; it is kept over
    # connections and restarts, since the call may outlive its connection.
    _marked = False
    _alien_call: int | None = None
    # Whether that call is of an earlier connection.
    _is_inherited = False

    @override
    def forget_connection(self) -> None:
        super().forget_connection()
        self._is_inherited = True
        self._profile, self._contacts = {}, {}
        self._subscribed = False
        self._changed = asyncio.Event()

    @property
    @override
    def memory(self) -> Mapping[str, str]:
        return {ALIEN_CALL: str(self._alien_call)} if self._alien_call is not None else {}

    @override
    def restore(self, memory: Mapping[str, str]) -> None:
        self._alien_call = get_integer(memory, ALIEN_CALL)

    @override
    async def favourites(self) -> Sequence[Favourite]:
        await self._read_profile()
        name = get_text(self._profile, "name")
        return tuple(_decode_favourite(contact, name) for contact in self._contacts.values())

    @override
    async def list_contacts(self) -> Sequence[FoundContact]:
        """Return the favourites; the PBX shows no other address book to a login like this one."""
        return [
            FoundContact(name=known.name, number=known.number)
            for known in await self.favourites()
            if known.number
        ]

    async def _read_profile(self) -> None:
        if not self._subscribed:
            answer = await self._send(Api.PBX, "SubscribeProfile", src=FAVOURITES_SRC)
            self._update_profile(get_object(answer, "profile"))
            self._subscribed = True

    async def _read_profile_again(self) -> None:
        """Read the list anew, since it may have changed without an indication."""
        if self._subscribed:
            self._subscribed = False
            await self._send_unconfirmed(Api.PBX, "UnsubscribeProfile", src=FAVOURITES_SRC)
        await self._read_profile()

    def _update_profile(self, profile: JsonObject) -> None:
        self._profile = profile
        self._contacts = {}
        for contact in iter_one_or_many(profile.get("contacts")):
            self._update_contact(contact)

    def _update_contact(self, contact: JsonObject) -> None:
        number = get_integer(contact, "id")
        if number is not None and (number in self._contacts or len(self._contacts) < MOST_CONTACTS):
            self._contacts[number] = contact

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
        self._changed.set()

    async def _confirm(self, is_done: Callable[[Contacts], bool]) -> bool:
        """Return whether the list shows what was asked for, by an indication or else by reading it anew."""
        try:
            await self._wait_unless_lost(within(self._clock, UNDOCUMENTED, self._wait_for_change(is_done)))
        except TimeoutError:
            await self._read_profile_again()
        except ConnectionLost:
            raise CommandOutcomeUnknown("the connection was lost before the change was shown") from None
        return is_done(self._contacts)

    async def _wait_for_change(self, is_done: Callable[[Contacts], bool]) -> None:
        while not is_done(self._contacts):
            self._changed.clear()
            await self._changed.wait()

    @override
    async def add_favourite(self, favourite: Favourite) -> None:
        await self._read_profile()
        contact = {"dn": favourite.name, "sip": favourite.address or "", "num": favourite.number or ""}
        name = favourite.list or get_text(self._profile, "name") or DEFAULT_LIST
        if self._profile and name != get_text(self._profile, "name") and favourite.list:
            # The PBX shows the first list only, so a contact in another one is never seen.
            await self._send(Api.PBX, "AddProfileContact", **NO_PROFILE, name=name, contact=contact)
            return
        before, number = set(self._contacts), get_integer(self._profile, "id")

        def is_added(contacts: Contacts) -> bool:
            return any(_is_same(contacts[key], favourite) for key in contacts.keys() - before)

        for named in ({"id": number},) if number is not None else (NO_PROFILE, {}):
            fields = {**named, "name": name, "contact": contact}
            if await self._add_contact(fields, is_added, last=named is not NO_PROFILE):
                return
        raise CommandFailed("not_changed")

    async def _add_contact(
        self, fields: Mapping[str, Any], is_added: Callable[[Contacts], bool], *, last: bool
    ) -> bool:
        """Add a contact and return whether it is there; only a refusal of the last attempt is raised."""
        try:
            await self._send_unconfirmed(Api.PBX, "AddProfileContact", **fields)
        except CommandFailed:
            if last:
                raise
            return False
        return await self._confirm(is_added)

    @override
    async def update_favourite(self, favourite: Favourite) -> None:
        number = await self._get_contact_id(favourite)
        known = self._contacts[number]
        # The whole contact goes back, since the PBX takes what is left out as deleted.
        contact = {
            "id": number,
            "name": _choose(favourite.address, known, "name"),
            "num": _choose(favourite.number, known, "num"),
            "dsp": favourite.name,
            "presence": get_flag(known, "presence") is True,
            "dialog": get_flag(known, "dialog") is True,
            "ext": get_text(known, "ext") or "",
        }
        await self._send_profile("UpdateProfileContact", contact=contact)
        # The PBX sends no indication of this.
        await self._read_profile_again()
        if not _has_values(self._contacts.get(number, {}), contact):
            raise CommandFailed("not_changed")

    @override
    async def remove_favourite(self, favourite: Favourite) -> None:
        number = await self._get_contact_id(favourite)
        await self._send_profile("DelProfileContact", contact={"id": number})
        if not await self._confirm(lambda contacts: number not in contacts):
            raise CommandFailed("not_changed")

    @override
    async def add_favourite_list(self, name: str) -> None:
        await self._send_unconfirmed(Api.PBX, "AddProfile", name=name)
        await self._read_profile_again()

    @override
    async def rename_favourite_list(self, name: str) -> None:
        await self._read_profile()
        await self._send_profile("UpdateProfile", name=name)
        await self._read_profile_again()
        if get_text(self._profile, "name") != name.strip():
            raise CommandFailed("not_changed")

    @override
    async def remove_favourite_list(self) -> None:
        await self._read_profile()
        number = get_integer(self._profile, "id")
        await self._send_profile("DelProfile")
        await self._read_profile_again()
        if get_integer(self._profile, "id") == number:
            raise CommandFailed("not_changed")

    async def _send_profile(self, mt: str, **fields: Any) -> None:
        number = get_integer(self._profile, "id")
        if number is None:
            raise CommandFailed("no_such_favourite")
        await self._send_unconfirmed(Api.PBX, mt, id=number, **fields)

    async def _get_contact_id(self, favourite: Favourite) -> int:
        """Return the id of a contact; raises CommandFailed where the profile has no such one."""
        await self._read_profile()
        number = get_integer({"id": favourite.id}, "id")
        if number is None or number not in self._contacts:
            raise CommandFailed("no_such_favourite")
        return number

    @override
    async def mark_on_call(self, *, on: bool) -> None:
        if on and self._alien_call is None:
            await self._add_alien_call()
        elif not on and self._alien_call is not None:
            await self._delete_alien_call()
        self._marked = on

    async def _add_alien_call(self) -> None:
        answer = await self._send(Api.PBX, "AddAlienCall")
        number = get_integer(answer, "id")
        if number is None:
            raise CommandFailed("rejected")
        self._alien_call, self._is_inherited = number, False

    async def _delete_alien_call(self) -> None:
        try:
            await self._send(Api.PBX, "DelAlienCall", id=self._alien_call)
        except CommandFailed:
            # A call of an earlier connection may have ended with it.
            if not self._is_inherited:
                raise
        self._alien_call = None

    @override
    async def renew(self) -> None:
        if self._alien_call is None or not self._is_inherited:
            return
        try:
            await self._delete_alien_call()
            if self._marked:
                await self._add_alien_call()
        except (CommandFailed, CommandOutcomeUnknown, MissingRight) as err:
            raise ReadingFailed("the mark as on the phone was not renewed") from err


# A list as long as no person makes one.
MOST_CONTACTS = 1000


def _decode_favourite(contact: JsonObject, name: str | None) -> Favourite:
    """Return a contact of a profile (PbxApi, `contact`): `name` is its address, `dsp` what it is called."""
    address, number = get_text(contact, "name"), get_text(contact, "num")
    return Favourite(
        id=get_text(contact, "id"),
        name=get_text(contact, "dsp") or address or number or "",
        number=number,
        address=address,
        list=name,
        shows_presence=get_flag(contact, "presence") is True,
        shows_calls=get_flag(contact, "dialog") is True,
        external=get_text(contact, "ext"),
    )


def _choose(new: str | None, known: JsonObject, name: str) -> str:
    """Return what a field of a contact shall hold: what is asked for, or what is there."""
    return new if new is not None else get_text(known, name) or ""


def _is_same(contact: JsonObject, favourite: Favourite) -> bool:
    """Return whether a contact is what was added; the PBX may write its number in another way."""
    return (get_text(contact, "dsp") or "") == favourite.name.strip() or (
        favourite.number is not None and get_text(contact, "num") == favourite.number
    )


def _has_values(contact: JsonObject, wanted: JsonObject) -> bool:
    """Return whether a contact has the names and numbers that were sent."""
    return all((get_text(contact, name) or "") == (get_text(wanted, name) or "") for name in ("dsp", "num"))
