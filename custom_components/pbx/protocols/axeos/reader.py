"""Read the lists of the PBX, and remember what this login may read."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from ..changes import Change, Patch, Remove, Upsert
from ..enums import Capability
from ..errors import AuthFailed, MissingRight, ProtocolError
from ..json_fields import iter_objects
from ..model import Mailbox, ObjectKey, PbxInfo, PbxObject, Phone, Queue, Switch, User
from .decode import (
    decode_info,
    decode_mailbox,
    decode_phone,
    decode_queue,
    decode_switch,
    decode_user,
    queue_list,
)
from .events import Subject
from .http import AxeosHttp, NotFound, V1Api
from .settings import AxeosSettings

# Decoding this many objects takes a few milliseconds; then others have their turn.
SLICE = 200
# An administrator may read all of these; a plain user lacks at least one.
_ADMINISTRATORS_LISTS = {Subject.PHONES, Subject.SWITCHES, Subject.QUEUES}
_STATUS = {"status": "1"}
_STATISTICS = {"agents": "1", "calls": "1", "relative": "1"}


class Reader:
    """Read lists; what changes while one is read is not undone by it."""

    def __init__(self, settings: AxeosSettings, http: AxeosHttp, v1: V1Api) -> None:
        self._settings = settings
        self._http = http
        self._v1 = v1
        self._meanwhile: list[Change] | None = None
        self.use_v1 = False
        self.known: dict[Subject, dict[ObjectKey, PbxObject]] = {}
        self.refused: set[Subject] = set()
        self._readers: dict[Subject, Callable[[], Any]] = {
            Subject.USERS: self._users,
            Subject.PHONES: self._phones,
            Subject.MAILBOXES: self._mailboxes,
            Subject.SWITCHES: self._switches,
            Subject.QUEUES: self._queues,
        }

    @property
    def users(self) -> dict[str, User]:
        """Return the users as they were last read or changed."""
        return {
            key.id: item for key, item in self.known.get(Subject.USERS, {}).items() if isinstance(item, User)
        }

    @property
    def restricted(self) -> bool:
        """Tell whether this is a plain user's login, which may not read everything."""
        return self._settings.is_personal and bool(self.refused & _ADMINISTRATORS_LISTS)

    async def info(self) -> PbxInfo:
        """Read what the PBX says of itself."""
        try:
            data = await self._http.get("/system_information")
        except NotFound, MissingRight:
            data = {}
        settings = self._settings
        return decode_info(
            data if isinstance(data, dict) else {}, host=settings.host, port=settings.port, url=settings.url
        )

    async def read(self, subject: Subject) -> list[Change]:
        """Read one list and return how it differs from what was known; MissingRight where it is not ours."""
        self._meanwhile = []
        try:
            objects = {item.key: item for item in await self._readers[subject]()}
            for change in self._meanwhile:
                _override(objects, change)
        except MissingRight:
            self.refused.add(subject)
            raise
        finally:
            self._meanwhile = None
        self.refused.discard(subject)
        gone = self.known.get(subject, {}).keys() - objects.keys()
        self.known[subject] = objects
        return [*(Upsert(item) for item in objects.values()), *(Remove(key) for key in gone)]

    def forget(self, subject: Subject) -> list[Change]:
        """Drop a list that this login may not read any more."""
        return [Remove(key) for key in self.known.pop(subject, {})]

    def note(self, change: Change) -> bool:
        """Take a change that came another way; False where it is about an object that no list held."""
        if self._meanwhile is not None:
            self._meanwhile.append(change)
        return any(_override(objects, change) for objects in self.known.values())

    async def user(self, data: Any) -> User | None:
        """Decode the answer to a change of a user."""
        return self._editable(decode_user(data)) if isinstance(data, dict) else None

    async def _users(self) -> list[User]:
        users = await _decode_all(await self._http.get("/users", _STATUS), decode_user)
        return [self._editable(user) for user in users]

    def _editable(self, user: User | None) -> Any:
        mine = user is not None and user.username == self._settings.username
        return user if user is None or mine or not self.restricted else replace(user, editable=False)

    async def _phones(self) -> list[Phone]:
        return await _decode_all(await self._http.get("/phones", _STATUS), decode_phone)

    async def _mailboxes(self) -> list[Mailbox]:
        return await _decode_all(await self._http.get("/voicemail", _STATUS), decode_mailbox)

    async def _switches(self) -> list[Switch]:
        return await _decode_all(await self._switch_list(), decode_switch)

    async def _switch_list(self) -> Any:
        if self.use_v1:
            try:
                return await self._v1.get("/switches")
            except ProtocolError, MissingRight, AuthFailed:
                # This release has a v1 API without switches.
                self.use_v1 = False
        return await self._http.get("/switches", _STATUS)

    async def _queues(self) -> list[Queue]:
        now, before = datetime.now(UTC), self.known.get(Subject.QUEUES, {})
        queues = []
        for index, data in enumerate(queue_list(await self._http.get("/acd/stats", _STATISTICS))):
            queue = decode_queue(data, index, None, now)
            known = before.get(queue.key)
            queues.append(decode_queue(data, index, known if isinstance(known, Queue) else None, now))
        return queues


async def _decode_all[T](data: Any, decode: Callable[[Mapping[str, Any]], T | None]) -> list[T]:
    """Decode a list in slices, so that a large one does not hold everybody up."""
    result = []
    for index, item in enumerate(iter_objects(data)):
        if index % SLICE == SLICE - 1:
            await asyncio.sleep(0)
        if (decoded := decode(item)) is not None:
            result.append(decoded)
    return result


def _override(objects: dict[ObjectKey, PbxObject], change: Change) -> bool:
    """Put a change into a list of objects, if it is about one of them."""
    if isinstance(change, Upsert) and change.object.key in objects:
        objects[change.object.key] = change.object
        return True
    if isinstance(change, Patch) and change.key in objects:
        objects[change.key] = replace(objects[change.key], **change.fields)
        return True
    return False


PATHS: dict[Subject, str] = {
    Subject.USERS: "/users",
    Subject.PHONES: "/phones",
    Subject.MAILBOXES: "/voicemail",
    Subject.SWITCHES: "/switches",
    Subject.QUEUES: "/acd/stats",
}

CAPABILITIES: dict[Subject, frozenset[Capability]] = {
    Subject.USERS: frozenset({
        Capability.USERS,
        Capability.DO_NOT_DISTURB,
        Capability.CALL_WAITING,
        Capability.FORWARD_ALWAYS,
        Capability.HOT_DESK,
        Capability.SET_DO_NOT_DISTURB,
        Capability.SET_CALL_WAITING,
        Capability.SET_FORWARD,
        Capability.CLEAR_HOT_DESK,
        Capability.SET_HOT_DESK,
    }),
    Subject.PHONES: frozenset({Capability.PHONES}),
    Subject.MAILBOXES: frozenset({Capability.MAILBOXES, Capability.URGENT_MESSAGES}),
    Subject.SWITCHES: frozenset({Capability.SWITCHES, Capability.SET_SWITCH}),
    Subject.QUEUES: frozenset({
        Capability.QUEUES,
        Capability.QUEUE_STATISTICS,
        Capability.RESET_QUEUE_STATISTICS,
    }),
}  # fmt: skip

# A user cannot prove to stand at a phone, so only an administrator may put somebody there.
PLAIN_USER_LACKS = frozenset({Capability.SET_HOT_DESK, Capability.RESET_QUEUE_STATISTICS})
