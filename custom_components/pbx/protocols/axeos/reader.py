"""Read the lists of an Axeos PBX into the directory."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from ..changes import Change, Notice
from ..enums import NoticeCode, ObjectKind
from ..errors import AuthFailed, MissingRight, ProtocolError
from ..json_fields import iter_objects
from ..model import Mailbox, ObjectKey, PbxInfo, PbxObject, Phone, Queue, Switch, User
from .decode_objects import (
    ListKind,
    decode_info,
    decode_mailbox,
    decode_phone,
    decode_queue,
    decode_switch,
    decode_user,
    get_queue_id,
    iter_queues,
)
from .directory import Directory
from .http import AxeosHttp, NotFound, V1Api
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
# Users last: what else the login may read tells whose settings it may change.
_READ_ORDER = (ListKind.PHONES, ListKind.MAILBOXES, ListKind.SWITCHES, ListKind.QUEUES, ListKind.USERS)
# A login that may read none of these is of no use.
_TRIED_BY_PROBE = (ListKind.USERS, ListKind.PHONES, ListKind.MAILBOXES)
_STATUS = {"status": "1"}
_STATISTICS = {"agents": "1", "calls": "1", "relative": "1"}


class Reader:
    """Read what the PBX says of itself and its lists; all raise what AxeosHttp raises."""

    def __init__(self, settings: AxeosSettings, http: AxeosHttp, v1: V1Api, directory: Directory) -> None:
        self._settings = settings
        self._http = http
        self._v1 = v1
        self._directory = directory
        self._readers: dict[ListKind, Callable[[], Awaitable[Sequence[PbxObject]]]] = {
            ListKind.USERS: self._read_users,
            ListKind.PHONES: self._read_phones,
            ListKind.MAILBOXES: self._read_mailboxes,
            ListKind.SWITCHES: self._read_switches,
            ListKind.QUEUES: self._read_queues,
        }

    async def read_info(self) -> PbxInfo:
        """Read what the PBX says of itself; nothing before 4.1.10, and nothing to a plain user."""
        try:
            data = await self._http.get("/system_information")
        except NotFound, MissingRight:
            data = {}
        settings = self._settings
        return decode_info(
            data if isinstance(data, dict) else {}, host=settings.host, port=settings.port, url=settings.url
        )

    async def check_rights(self) -> None:
        """Raise MissingRight where the login may read nothing, ProtocolError where no list is a list."""
        for kind in _TRIED_BY_PROBE:
            try:
                body = await self._http.get(PATHS[kind])
            except MissingRight:
                continue
            if not isinstance(body, list):
                raise ProtocolError("the PBX answers with no list")
            return
        raise MissingRight(PATHS[ListKind.USERS])

    async def read_everything(self) -> list[Notice]:
        """Read all lists, and return which of them the login lacks the right for, and which not."""
        notices = [await self._read_first(kind) for kind in _READ_ORDER]
        return [notice for notice in notices if notice is not None]

    async def _read_first(self, kind: ListKind) -> Notice | None:
        try:
            await self.read_list(kind)
        except (MissingRight, NotFound) as err:
            self._directory.drop_list(kind)
            # A plain user lacks rights by design; an API key does not.
            refused = isinstance(err, MissingRight) and not self._settings.is_personal
            return missing_right(kind, active=True) if refused else None
        return missing_right(kind, active=False)

    async def read_list(self, kind: ListKind) -> list[Change]:
        """Read one list and return how it differs from what was known; raises NotFound beside the others."""
        try:
            with self._directory.collecting_changes() as meanwhile:
                objects = await self._readers[kind]()
        except MissingRight:
            self._directory.mark_refused(kind)
            raise
        return self._directory.update_list(kind, objects, meanwhile)

    async def _read_users(self) -> list[User]:
        users = await _decode_all(await self._http.get("/users", _STATUS), decode_user)
        return [self._directory.restrict_user(user) for user in users]

    async def _read_phones(self) -> list[Phone]:
        return await _decode_all(await self._http.get("/phones", _STATUS), decode_phone)

    async def _read_mailboxes(self) -> list[Mailbox]:
        return await _decode_all(await self._http.get("/voicemail", _STATUS), decode_mailbox)

    async def _read_switches(self) -> list[Switch]:
        return await _decode_all(await self._get_switches(), decode_switch)

    async def _get_switches(self) -> Any:
        if self._v1.has_switches:
            try:
                return await self._v1.get("/switches")
            except ProtocolError, MissingRight, AuthFailed:
                # This release has a v1 API without switches.
                self._v1.has_switches = False
        return await self._http.get("/switches", _STATUS)

    async def _read_queues(self) -> list[Queue]:
        now = datetime.now(UTC)
        data = await self._http.get("/acd/stats", _STATISTICS)
        return [self._decode_queue(queue, index, now) for index, queue in enumerate(iter_queues(data))]

    def _decode_queue(self, data: Mapping[str, Any], index: int, now: datetime) -> Queue:
        key = ObjectKey(ObjectKind.QUEUE, get_queue_id(data, index))
        known = self._directory.get_object(ListKind.QUEUES, key)
        return decode_queue(data, index, known if isinstance(known, Queue) else None, now)


def missing_right(kind: ListKind, *, active: bool) -> Notice:
    """Return the notice that the login lacks the right for a list, or has it now."""
    return Notice(NoticeCode.MISSING_RIGHT, active=active, detail=PATHS[kind])


async def _decode_all[T](data: Any, decode: Callable[[Mapping[str, Any]], T | None]) -> list[T]:
    """Decode a list in slices, so that a large one does not hold the event loop up."""
    result = []
    for index, item in enumerate(iter_objects(data)):
        if index % SLICE == SLICE - 1:
            await asyncio.sleep(0)
        if (decoded := decode(item)) is not None:
            result.append(decoded)
    return result
