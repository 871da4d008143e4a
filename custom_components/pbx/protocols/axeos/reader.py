"""Read the lists of an Axeos PBX into the directory."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from ..changes import Change, Notice
from ..enums import NoticeCode
from ..errors import AuthFailed, MissingRight, PbxError
from ..json_fields import get_text, iter_objects
from ..model import PbxInfo, PbxObject, Queue
from ..turns import give_turn
from .decode_objects import (
    ListKind,
    decode_info,
    decode_mailbox,
    decode_phone,
    decode_queue,
    decode_switch,
    decode_user,
    find_queues,
    get_queue_id,
)
from .directory import Directory
from .http import FAILED_READING, AxeosHttp, NotFound, ServerFailed, Unreadable, V1Api, expect_list
from .settings import AxeosSettings

# Decoding this many objects takes a few milliseconds; then others have their turn.
SLICE = 200
PATHS = {
    ListKind.USERS: "/users",
    ListKind.PHONES: "/phones",
    ListKind.MAILBOXES: "/voicemail",
    ListKind.SWITCHES: "/switches",
    ListKind.QUEUES: "/acd/stats",
}
_INFORMATION = "/system_information"
# Users last: what else the login may read tells whose settings it may change.
_READ_ORDER = (ListKind.PHONES, ListKind.MAILBOXES, ListKind.SWITCHES, ListKind.QUEUES, ListKind.USERS)
# A login that may read none of these is of no use.
_TRIED_BY_PROBE = (ListKind.USERS, ListKind.PHONES, ListKind.MAILBOXES)
_STATUS = {"status": "1"}
_STATISTICS = {"agents": "1", "calls": "1", "relative": "1"}

# The objects of a list, and how many of its entries could not be read.
type _Read = tuple[Sequence[PbxObject], int]


class Reader:
    """Read what the PBX says of itself and its lists; all raise what AxeosHttp raises.

    From an answer that cannot be read nothing is concluded: what was known stays. `unread` names the lists
    that could not be read when everything was read last.
    """

    def __init__(self, settings: AxeosSettings, http: AxeosHttp, v1: V1Api, directory: Directory) -> None:
        self._settings = settings
        self._http = http
        self._v1 = v1
        self._directory = directory
        self._info: PbxInfo | None = None
        # Where the PBX is, None where it does not say.
        self._zone: ZoneInfo | None = None
        self.unread: frozenset[ListKind] = frozenset()
        self._readers: dict[ListKind, Callable[[], Awaitable[_Read]]] = {
            ListKind.USERS: self._read_users,
            ListKind.PHONES: self._read_phones,
            ListKind.MAILBOXES: self._read_mailboxes,
            ListKind.SWITCHES: self._read_switches,
            ListKind.QUEUES: self._read_queues,
        }

    async def read_info(self) -> PbxInfo:
        """Read what the PBX says of itself; nothing before 4.1.10, and nothing to a plain user.

        Once it has said who it is, no answer that fails makes another PBX of it.
        """
        try:
            self._info = self._decode_info(await self._http.get(_INFORMATION))
            await self._load_zone(self._info.time_zone)
        except NotFound, MissingRight:
            return self._info or self._describe({})
        except FAILED_READING:
            if self._info is None:
                raise
        return self._info

    async def _load_zone(self, name: str | None) -> None:
        """Load the time zone of the PBX out of a file, which takes its time."""
        if name is not None and (self._zone is None or self._zone.key != name):
            self._zone = await asyncio.to_thread(_find_zone, name)

    def _decode_info(self, data: Any) -> PbxInfo:
        if not isinstance(data, dict) or get_text(data, "uuid") is None:
            raise Unreadable(f"the PBX answers {_INFORMATION} without saying who it is")
        return self._describe(data)

    def _describe(self, data: Mapping[str, Any]) -> PbxInfo:
        settings = self._settings
        return decode_info(data, self._info, host=settings.host, port=settings.port, url=settings.url)

    async def check_rights(self) -> None:
        """Raise MissingRight where the login may read nothing, ProtocolError where no list is a list."""
        for kind in _TRIED_BY_PROBE:
            try:
                await self._http.get_list(PATHS[kind])
            except MissingRight:
                continue
            return
        raise MissingRight(PATHS[ListKind.USERS])

    async def read_everything(self) -> list[Notice]:
        """Read all lists, and return which of them the login lacks the right for, and which not.

        A list that cannot be read stays as it is known, and is among the `unread`. Raises what kept the last
        one from being read where none could be.
        """
        failed: dict[ListKind, PbxError] = {}
        notices = []
        for kind in _READ_ORDER:
            try:
                notices += await self._read_first(kind)
            except FAILED_READING as err:
                failed[kind] = err
        self.unread = frozenset(failed)
        if self.unread == set(_READ_ORDER):
            raise failed[_READ_ORDER[-1]]
        return notices

    async def _read_first(self, kind: ListKind) -> list[Notice]:
        try:
            await self.read_list(kind)
        except MissingRight:
            self._directory.drop_list(kind)
            # A plain user lacks rights by design; an API key does not.
            return [] if self._settings.is_personal else [missing_right(kind, active=True)]
        return [missing_right(kind, active=False)]

    async def read_list(self, kind: ListKind) -> list[Change]:
        """Read one list and return how it differs from what was known; raises NotFound beside the others.

        Entries that cannot be read cost nothing but themselves: then nothing counts as gone.
        """
        try:
            with self._directory.collecting_changes() as meanwhile:
                objects, unreadable = await self._readers[kind]()
        except MissingRight:
            self._directory.mark_refused(kind)
            raise
        except AuthFailed:
            await self._check_login()
            raise ServerFailed(f"the PBX refuses {PATHS[kind]} to a login that is good") from None
        return self._directory.update_list(kind, objects, meanwhile, is_complete=not unreadable)

    async def _check_login(self) -> None:
        """Raise AuthFailed unless the PBX takes the login for something else."""
        try:
            await self._http.get(_INFORMATION)
        except (MissingRight, *FAILED_READING):
            return

    async def _read_users(self) -> _Read:
        users = await self._http.get_list(PATHS[ListKind.USERS], _STATUS)
        objects, unreadable = await self._decode_list(ListKind.USERS, users, decode_user)
        return [self._directory.restrict_user(user) for user in objects], unreadable

    async def _read_phones(self) -> _Read:
        phones = await self._http.get_list(PATHS[ListKind.PHONES], _STATUS)
        return await self._decode_list(ListKind.PHONES, phones, decode_phone)

    async def _read_mailboxes(self) -> _Read:
        answer = await self._http.get(PATHS[ListKind.MAILBOXES], _STATUS)
        # A user gets only one, and the page does not say whether that is a list of one.
        is_single = isinstance(answer, dict) and get_text(answer, "uuid") is not None
        mailboxes = [answer] if is_single else expect_list(answer, PATHS[ListKind.MAILBOXES])
        listed = {get_text(entry, "uuid") for entry in iter_objects(mailboxes)}
        for uuid, password in self._settings.mailbox_passwords.items():
            if uuid not in listed:
                mailboxes += await self._read_mailbox(uuid, password)
        return await self._decode_list(ListKind.MAILBOXES, mailboxes, decode_mailbox)

    async def _read_mailbox(self, uuid: str, password: str | None) -> list[Any]:
        """Return the mailbox of another person, None in its place where it cannot be read for now.

        Source: Voice mailbox status. A wrong password is refused; then there is no such mailbox here.
        """
        params = {"password": password} if password is not None else None
        try:
            return [await self._http.get(f"{PATHS[ListKind.MAILBOXES]}/{quote(uuid, safe='')}", params)]
        except MissingRight, NotFound:
            return []
        except FAILED_READING:
            return [None]

    async def _read_switches(self) -> _Read:
        switches = await self._get_switches()
        objects, unreadable = await self._decode_list(ListKind.SWITCHES, switches, decode_switch)
        return [self._directory.restrict_switch(switch) for switch in objects], unreadable

    async def _get_switches(self) -> list[Any]:
        """Return the switches, of the legacy API for this time where the v1 API fails."""
        if self._v1.has_switches:
            try:
                return await self._v1.get_list("/switches")
            except NotFound:
                # This release has a v1 API without switches.
                self._v1.has_switches = False
            except (MissingRight, *FAILED_READING):
                pass
        return await self._http.get_list(PATHS[ListKind.SWITCHES], _STATUS)

    async def _read_queues(self) -> _Read:
        queues = find_queues(await self._http.get(PATHS[ListKind.QUEUES], _STATISTICS))
        if queues is None:
            raise Unreadable("the PBX answers with no list of queues")
        known, now, numbers = self._directory.get_list(ListKind.QUEUES), datetime.now(UTC), count()

        def decode(data: Mapping[str, Any]) -> Queue:
            index = next(numbers)
            queue = decode_queue(data, index, known.get(get_queue_id(data, index)), now, self._zone)
            # A single queue is addressed by its UUID; where there is only one, by that of all queues.
            is_addressed = len(queues) == 1 or get_text(data, "uuid") is not None
            return queue if is_addressed else replace(queue, resettable=False)

        return await _decode_all(queues, decode)

    async def _decode_list[T: PbxObject](
        self,
        kind: ListKind,
        entries: Sequence[Any],
        decode: Callable[[Mapping[str, Any], T | None], T | None],
    ) -> tuple[list[T], int]:
        known = self._directory.get_list(kind)
        return await _decode_all(entries, lambda data: decode(data, known.get(get_text(data, "uuid") or "")))


def _find_zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except ValueError, KeyError, OSError:
        return None


def missing_right(kind: ListKind, *, active: bool) -> Notice:
    """Return the notice that the login lacks the right for a list, or has it now."""
    return Notice(NoticeCode.MISSING_RIGHT, active=active, detail=PATHS[kind])


async def _decode_all[T](
    entries: Sequence[Any], decode: Callable[[Mapping[str, Any]], T | None]
) -> tuple[list[T], int]:
    """Return the objects of a list and how many entries are unreadable.

    It is done in slices, so that a large list does not hold the event loop up.
    """
    objects = []
    for index, entry in enumerate(entries):
        if index % SLICE == SLICE - 1:
            await give_turn()
        if isinstance(entry, dict) and (decoded := decode(entry)) is not None:
            objects.append(decoded)
    return objects, len(entries) - len(objects)
