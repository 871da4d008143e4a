"""The commands of an Axeos PBX."""

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any, override
from urllib.parse import quote, urlsplit

from ..changes import CallChange, Change, Patch, Upsert
from ..commands import DialResult, PbxCommands
from ..enums import DialOutcome, ForwardKind, ObjectKind, UserPhoneType
from ..errors import CommandFailed, CommandOutcomeUnknown, MissingRight, NotSupported
from ..json_fields import get_text
from ..model import ObjectKey, User
from ..queued_session import Report
from ..scheduler import Scheduler
from .decode_events import decode_call_information
from .decode_objects import ListKind, decode_user
from .directory import Directory
from .http import LEGACY, ApiAnswer, AxeosHttp, NotFound, ServerFailed, TokenRefused, V1Api
from .settings import AxeosSettings

# The answer comes when the caller's phone has been picked up, or has rung in vain; in seconds.
DIAL_TIMEOUT = 90.0
MOST_LOCATIONS = 200

# PBX API, Originating calls.
_OUTCOMES = {
    "success": DialOutcome.CONNECTED,
    "busy": DialOutcome.BUSY,
    "no answer": DialOutcome.NO_ANSWER,
    "failed": DialOutcome.FAILED,
}


class AxeosCommands(PbxCommands):
    """Dial, hang up and ask about calls, and change the settings of users, switches and queues."""

    def __init__(
        self,
        settings: AxeosSettings,
        http: AxeosHttp,
        v1: V1Api,
        directory: Directory,
        scheduler: Scheduler,
        report: Report,
    ) -> None:
        self._settings = settings
        self._http = http
        self._v1 = v1
        self._directory = directory
        self._scheduler = scheduler
        self._report = report
        # Where the PBX said that the calls it made for us are.
        self._locations: dict[str, str] = {}

    @override
    async def dial(
        self, *, user: str | None, phone: str | None, number: str, auto_answer: bool = False
    ) -> DialResult:
        caller = self._find_caller(user, phone)
        if auto_answer and phone is None and (caller is None or not has_one_phone(caller)):
            raise CommandFailed("auto_answer_needs_one_phone")
        body: dict[str, Any] = {"number": number}
        body |= {"user_uuid": caller.id} if caller is not None else {}
        body |= {"phone_uuid": phone} if phone is not None else {}
        body |= {"auto_answer": True} if auto_answer else {}
        path = f"{LEGACY}/call"
        answer = await self._http.send("POST", path, json=body, seconds=DIAL_TIMEOUT, command=True)
        return self._decode_dial(answer)

    def _find_caller(self, user: str | None, phone: str | None) -> User | None:
        """Return the user for whom is called; a user's own login needs to name none."""
        if user:
            caller = self._directory.get_user(user)
        else:
            caller = find_phone_user(phone or "", self._directory.iter_users())
        if caller is None and not self._settings.is_personal:
            raise CommandFailed("no_user_for_phone")
        return caller

    def _decode_dial(self, answer: ApiAnswer) -> DialResult:
        """Return what became of a call; source: PBX API, Originating calls. 200 alone is no success."""
        if answer.status == HTTPStatus.SERVICE_UNAVAILABLE:
            return DialResult(outcome=DialOutcome.UNAVAILABLE)
        if answer.status not in (HTTPStatus.OK, HTTPStatus.CREATED):
            raise CommandFailed("rejected")
        data = answer.body if isinstance(answer.body, dict) else {}
        outcome = _OUTCOMES.get((get_text(data, "status") or "").lower())
        if outcome is None:
            raise CommandOutcomeUnknown("the PBX did not say what became of the call")
        call_id = get_text(data, "unique_id")
        if call_id is not None and answer.location:
            self._remember_location(call_id, answer.location)
        return DialResult(outcome=outcome, call_id=call_id)

    @override
    async def hang_up(self, call_id: str) -> None:
        answer = await self._http.send("DELETE", self._get_path(call_id), command=True)
        if answer.status == HTTPStatus.NOT_FOUND:
            raise CommandFailed("no_such_call")
        data = answer.body if isinstance(answer.body, dict) else {}
        if answer.status != HTTPStatus.OK or get_text(data, "status") not in ("success", None):
            raise CommandFailed("rejected")
        self._locations.pop(call_id, None)

    @override
    async def get_call(self, call_id: str) -> CallChange:
        answer = await self._http.send("GET", self._get_path(call_id))
        if answer.status == HTTPStatus.NOT_FOUND:
            raise CommandFailed("no_such_call")
        call = decode_call_information(answer.body) if isinstance(answer.body, dict) else None
        if answer.status != HTTPStatus.OK or call is None:
            raise ServerFailed("the PBX does not say what it knows of the call")
        return call

    def _remember_location(self, call_id: str, location: str) -> None:
        path = urlsplit(location).path
        # A location elsewhere is not ours to follow with our login.
        if path.startswith(f"{LEGACY}/"):
            self._locations[call_id] = path
        while len(self._locations) > MOST_LOCATIONS:
            del self._locations[next(iter(self._locations))]

    def _get_path(self, call_id: str) -> str:
        return self._locations.get(call_id) or f"{LEGACY}/call/{quote(call_id, safe='')}"

    @override
    async def set_do_not_disturb(self, user: str, *, on: bool) -> None:
        await self._set_user(user, {"dnd": on})

    @override
    async def set_call_waiting(self, user: str, *, on: bool) -> None:
        await self._set_user(user, {"cw": on})

    @override
    async def set_forward(self, user: str, kind: ForwardKind, number: str | None) -> None:
        if kind is not ForwardKind.ALWAYS:
            raise NotSupported("set_forward")
        await self._set_user(user, {"call_forward": number})

    @override
    async def set_hot_desk(self, user: str, phone: str | None) -> None:
        if phone is not None and self._directory.is_restricted:
            raise MissingRight("hot-desk assignment")
        await self._set_user(user, {"hot_desk": phone})
        self._scheduler.hasten(ListKind.PHONES, 0)

    async def _set_user(self, user: str, settings: Mapping[str, Any]) -> None:
        """Change settings of a user and report the user after that; read it where the PBX does not say."""
        body = await self._http.post(f"/users/{quote(user, safe='')}", settings)
        after = decode_user(body, self._directory.get_user(user)) if isinstance(body, dict) else None
        if after is None or after.id != user:
            self._scheduler.hasten(ListKind.USERS, 0)
            return
        await self._report_change(Upsert(self._directory.restrict_user(after)))

    @override
    async def set_switch(self, switch: str, *, value: bool | str) -> None:
        await self._post_switch(f"/switches/{quote(switch, safe='')}", {"value": value})
        await self._report_change(Patch(ObjectKey(ObjectKind.SWITCH, switch), {"value": value}))
        self._scheduler.hasten(ListKind.SWITCHES, 0)

    async def _post_switch(self, path: str, body: Mapping[str, Any]) -> None:
        """Set a switch by the v1 API, or by the legacy one where there is no token: then nothing was done."""
        if self._v1.has_switches:
            try:
                await self._v1.post(path, body)
            except NotFound, TokenRefused:
                pass
            else:
                return
        await self._http.post(path, body)

    @override
    async def reset_queue_statistics(self, queue: str) -> None:
        try:
            await self._http.post(f"/acd/{quote(queue, safe='')}/stats", {"reset": True, "relative": True})
        except NotFound:
            raise CommandFailed("no_such_queue") from None
        self._scheduler.hasten(ListKind.QUEUES, 0)

    async def _report_change(self, change: Change) -> None:
        self._directory.apply_change(change)
        await self._report([change])


def has_one_phone(user: User) -> bool:
    """Return whether a call for this user can only come from one phone, as auto answer demands."""
    if user.hot_desk is not None:
        return True
    phones = [place for place in user.phones if place.type is UserPhoneType.PHONE]
    return len(user.phones) == 1 and len(phones) == 1 and phones[0].personal


def find_phone_user(phone: str, users: Iterable[User]) -> User | None:
    """Return the user for whom a call from this phone is made: who sits there, else whose phone it is."""
    user = min(users, key=lambda user: _rank_user(user, phone), default=None)
    return user if user is not None and _rank_user(user, phone) < _UNRELATED else None


_UNRELATED = 3


def _rank_user(user: User, phone: str) -> int:
    """Return 0 for who sits at a phone, 1 for whose it is, 2 for who shares it, else _UNRELATED."""
    if user.hot_desk == phone:
        return 0
    places = [place for place in user.phones if place.phone == phone]
    if not places:
        return _UNRELATED
    return 1 if any(place.personal for place in places) else 2
