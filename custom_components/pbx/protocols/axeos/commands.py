"""The commands of an Axeos PBX."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any, override
from urllib.parse import quote, unquote, urlsplit

from ..changes import CallChange, Change, Patch, Upsert
from ..commands import DialResult, PbxCommands
from ..enums import DialOutcome, ForwardKind, ObjectKind, UserPhoneType
from ..errors import CommandFailed, CommandOutcomeUnknown, MissingRight, NotSupported
from ..json_fields import get_flag, get_text, get_word, says_none
from ..keys import ObjectKey
from ..model import User
from ..queued_session import Report
from ..scheduler import Scheduler
from .calls import read_open_calls
from .decode_events import decode_call_information
from .decode_objects import ListKind, decode_user
from .directory import RESET_STATISTICS, Directory, get_switch_right
from .http import LEGACY, ApiAnswer, AxeosHttp, NotFound, ServerFailed, TokenRefused, V1Api
from .settings import AxeosSettings

# The answer comes when the caller's phone has been picked up, or has rung in vain; in seconds.
DIAL_TIMEOUT = 90.0
MOST_LOCATIONS = 200

# PBX API, Originating calls.
_OUTCOMES = {
    "success": DialOutcome.CONNECTED,
    "busy": DialOutcome.BUSY,
    "noanswer": DialOutcome.NO_ANSWER,
    "failure": DialOutcome.FAILED,
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
        """Return what became of a call; source: PBX API, Originating calls.

        Only 201 says by itself that there is one; then the location names it as well.
        """
        if answer.status == HTTPStatus.SERVICE_UNAVAILABLE:
            return DialResult(outcome=DialOutcome.UNAVAILABLE)
        if answer.status not in (HTTPStatus.OK, HTTPStatus.CREATED):
            raise CommandFailed("rejected")
        data = answer.body if isinstance(answer.body, dict) else {}
        is_created = answer.status == HTTPStatus.CREATED
        # A status that is there and unreadable is another thing than none.
        is_enough = is_created and says_none({"status": None, **data}, "status")
        outcome = DialOutcome.CONNECTED if is_enough else _OUTCOMES.get(get_word(data, "status"))
        if outcome is None:
            raise CommandOutcomeUnknown("the PBX did not say what became of the call")
        call_id = get_text(data, "unique_id") or (_get_call_id(answer.location) if is_created else None)
        if call_id is not None and answer.location:
            self._remember_location(call_id, answer.location)
        return DialResult(outcome=outcome, call_id=call_id)

    @override
    async def hang_up(self, call_id: str) -> None:
        answer = await self._http.send("DELETE", self._find_path(call_id), command=True)
        if answer.status == HTTPStatus.NOT_FOUND:
            raise CommandFailed("no_such_call")
        data = answer.body if isinstance(answer.body, dict) else {}
        if not answer.is_success or (get_word(data, "status") or "success") != "success":
            raise CommandFailed("rejected")
        self._locations.pop(call_id, None)

    @override
    async def get_call(self, call_id: str) -> CallChange:
        answer = await self._http.send("GET", self._find_path(call_id))
        if answer.status == HTTPStatus.NOT_FOUND:
            raise CommandFailed("no_such_call")
        call = decode_call_information(answer.body) if isinstance(answer.body, dict) else None
        if answer.status != HTTPStatus.OK or call is None:
            raise ServerFailed("the PBX does not say what it knows of the call")
        return call

    @override
    async def list_calls(self) -> Sequence[CallChange]:
        return await read_open_calls(self._v1)

    def _remember_location(self, call_id: str, location: str) -> None:
        path = _get_path(location)
        # A location elsewhere is not ours to follow with our login.
        if path.startswith(f"{LEGACY}/") and _UPWARDS.isdisjoint(unquote(path).split("/")):
            self._locations[call_id] = path
        while len(self._locations) > MOST_LOCATIONS:
            del self._locations[next(iter(self._locations))]

    def _find_path(self, call_id: str) -> str:
        # Automations and people name calls; what is no name of one would be the address of something else.
        if not call_id or call_id in _UPWARDS:
            raise CommandFailed("no_such_call")
        return self._locations.get(call_id) or f"{LEGACY}/call/{quote(call_id, safe='')}"

    @override
    async def set_do_not_disturb(self, user: str, *, on: bool) -> None:
        after = await self._set_user(user, {"dnd": on})
        _expect(done=after is None or after.do_not_disturb in (on, None))

    @override
    async def set_call_waiting(self, user: str, *, on: bool) -> None:
        after = await self._set_user(user, {"cw": on})
        _expect(done=after is None or after.call_waiting in (on, None))

    @override
    async def set_forward(self, user: str, kind: ForwardKind, number: str | None) -> None:
        if kind is not ForwardKind.ALWAYS:
            raise NotSupported("set_forward")
        after = await self._set_user(user, {"call_forward": number})
        # The PBX may write the number in another way.
        _expect(done=after is None or (after.forwards.get(kind, number) is None) is (number is None))

    @override
    async def set_hot_desk(self, user: str, phone: str | None) -> None:
        if phone is not None and self._settings.is_personal:
            raise MissingRight("hot-desk assignment")
        after = await self._set_user(user, {"hot_desk": phone})
        self._scheduler.hasten(ListKind.PHONES, 0)
        _expect(done=after is None or after.hot_desk == phone)

    async def _set_user(self, user: str, settings: Mapping[str, Any]) -> User | None:
        """Change settings of a user, report the user after that and return it.

        Returns None, and lets the users be read, where the PBX does not say.
        """
        right = self._directory.get_user_right(user)
        with self._counting_refusals(ListKind.USERS, right):
            body = await self._http.post(f"/users/{quote(user, safe='')}", settings)
        is_user = isinstance(body, dict) and get_text(body, "uuid") == user
        after = decode_user(body) if is_user else None
        if after is None:
            self._scheduler.hasten(ListKind.USERS, 0)
            return None
        known = decode_user(body, self._directory.get_user(user)) or after
        await self._report_change(Upsert(self._directory.restrict_user(known)))
        return after

    @contextmanager
    def _counting_refusals(self, kind: ListKind, right: str) -> Iterator[None]:
        """Count how often a right is refused; what it allows is not offered after the second time."""
        try:
            yield
        except MissingRight:
            if self._directory.refusals.add(right):
                self._scheduler.hasten(kind, 0)
            raise
        self._directory.refusals.clear(right)

    @override
    async def set_switch(self, switch: str, *, value: bool | str) -> None:
        key = ObjectKey(ObjectKind.SWITCH, switch)
        with self._counting_refusals(ListKind.SWITCHES, get_switch_right(switch)):
            body = await self._post_switch(f"/switches/{quote(switch, safe='')}", {"value": value})
        after = get_flag(body, "value") if isinstance(body, dict) else None
        self._scheduler.hasten(ListKind.SWITCHES, 0)
        if after is not None and isinstance(value, bool):
            await self._report_change(Patch(key, {"value": after}))
            _expect(done=after == value)
            return
        await self._report_change(Patch(key, {"value": value}))

    async def _post_switch(self, path: str, body: Mapping[str, Any]) -> Any:
        """Set a switch by the v1 API, or by the legacy one where there is no token: then nothing was done."""
        if self._v1.has_switches:
            try:
                return await self._v1.post(path, body)
            except NotFound, TokenRefused:
                pass
        return await self._http.post(path, body)

    @override
    async def reset_queue_statistics(self, queue: str | None) -> None:
        are_all = queue is None or self._directory.is_only_queue(queue)
        path = "/acd/stats" if are_all else f"/acd/{quote(queue or '', safe='')}/stats"
        try:
            with self._counting_refusals(ListKind.QUEUES, RESET_STATISTICS):
                await self._http.post(path, {"reset": True, "relative": True})
        except NotFound:
            raise CommandFailed("no_such_queue") from None
        self._scheduler.hasten(ListKind.QUEUES, 0)

    async def _report_change(self, change: Change) -> None:
        self._directory.apply_change(change)
        await self._report([change])


def _expect(*, done: bool) -> None:
    """Raise CommandFailed where the PBX took a command and did something else."""
    if not done:
        raise CommandFailed("rejected")


def _get_call_id(location: str | None) -> str | None:
    """Return the id of a call out of its address, None where that is another one."""
    path = _get_path(location or "")
    return unquote(path.removeprefix(_CALLS)) or None if path.startswith(_CALLS) else None


_CALLS = f"{LEGACY}/call/"
# Parts of a path that lead to what is above them.
_UPWARDS = frozenset({".", ".."})


def _get_path(location: str) -> str:
    """Return the path of an address, empty where it is none."""
    try:
        return urlsplit(location).path
    except ValueError:
        return ""


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
