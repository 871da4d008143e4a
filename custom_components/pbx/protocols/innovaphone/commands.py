"""The commands that the PBX carries out for the App object or the user who logged in."""

from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
import contextlib
import re
from typing import Any, override

from ..call import Party
from ..changes import Change
from ..commands import DialResult, PbxCommands
from ..enums import UP, CallState, DialOutcome, ForwardKind, PresenceActivity
from ..errors import (
    CannotConnect,
    CommandFailed,
    CommandOutcomeUnknown,
    ConnectionLost,
    MissingRight,
    NotSent,
    NotSupported,
)
from ..json_fields import JsonObject, get_flag, get_integer
from ..queued_session import Report
from ..session import Clock, within
from . import reader
from .calls import CallBook, Line
from .connection import Connection, ReadingFailed, RequestUnanswered
from .decode_calls import REJECTED, get_end_cause
from .decode_objects import DIVERSION_TYPES, SETTABLE, TEL, Presence, get_refusal
from .entries import Entry
from .feed import DEVICE, Feed
from .rights import CHECKBOXES, Api, Rights

NORMAL_CLEARING = 16
ANY_POSITION = -1
# How long to wait for the first news of a call that was placed, to be able to name it, or of its answer.
FIRST_NEWS, LOOK_EVERY = 3.0, 0.05
# How long to wait for an answer that may never come.
UNDOCUMENTED = 2.0
_NUMBER = re.compile(r"\+?[\d\s()./*#-]+")
_ENDED = {
    "busy": DialOutcome.BUSY,
    "no_answer": DialOutcome.NO_ANSWER,
    "failed": DialOutcome.FAILED,
    "hangup": DialOutcome.FAILED,
}


class InnovaphoneCommands(PbxCommands):
    """Carry out commands over the connection that is up; none is sent twice."""

    presences = tuple(SETTABLE)

    def __init__(
        self,
        feed: Feed,
        rights: Rights,
        clock: Clock,
        connection: Callable[[], Connection | None],
        report: Report,
    ) -> None:
        self._feed = feed
        self._rights = rights
        self._clock = clock
        self._connection = connection
        self._report = report
        # The handles of single devices, by user and hardware id.
        self._devices: dict[tuple[str, str], int] = {}

    @property
    def _book(self) -> CallBook:
        return self._feed.book

    def forget_connection(self) -> None:
        """Forget the handles of devices, which died with their connection."""
        self._devices.clear()

    @property
    def memory(self) -> Mapping[str, str]:
        """Return what has to be known after a restart."""
        return {}

    def restore(self, memory: Mapping[str, str]) -> None:
        """Remember what an earlier session has left."""

    async def renew(self) -> None:
        """Do anew what a connection has taken with it; raises ReadingFailed where that did not work out."""

    async def _wait_unless_lost[T](self, work: Coroutine[Any, Any, T]) -> T:
        """Return what the work returns; raises ConnectionLost where the connection is lost before."""
        connection = self._connection()
        if connection is None:
            work.close()
            raise ConnectionLost("the connection was lost")
        return await connection.wait_unless_lost(work)

    async def _send(self, api: Api, mt: str, **fields: Any) -> JsonObject:
        """Send a command and return its answer.

        Raises CannotConnect, MissingRight, CommandOutcomeUnknown where the answer is lost, and CommandFailed
        where it is a refusal.
        """
        connection = self._connection()
        if connection is None:
            raise CannotConnect("the PBX is not connected")
        if api not in self._rights.granted:
            raise MissingRight(CHECKBOXES.get(api, api))
        try:
            answer = await connection.send_request(api, mt, urgent=True, **fields)
        except NotSent:
            raise
        except RequestUnanswered, ConnectionLost:
            raise CommandOutcomeUnknown(f"the PBX did not answer {mt}") from None
        _check_answer(answer)
        return answer

    async def _send_unconfirmed(self, api: Api, mt: str, **fields: Any) -> None:
        """Send a command to which an answer is not documented, so that silence is no failure."""
        connection = self._connection()
        if connection is None or api not in self._rights.granted:
            await self._send(api, mt, **fields)
            return
        try:
            _check_answer(await connection.send_request(api, mt, urgent=True, timeout=UNDOCUMENTED, **fields))
        except RequestUnanswered:
            return
        except NotSent:
            raise
        except ConnectionLost:
            raise CommandOutcomeUnknown(f"the connection was lost after {mt}") from None

    def _get_user(self, guid: str) -> Entry:
        entry = self._feed.directory.entries.get(guid)
        if entry is None:
            raise CommandFailed("no_such_user")
        return entry

    def _get_user_fields(self, guid: str) -> dict[str, str]:
        """Return how a message of PbxApi names a user: by SIP name, as every known caller does."""
        entry = self._get_user(guid)
        return {"sip": entry.h323} if entry.h323 else {"guid": guid}

    def _get_number_fields(self, number: str) -> dict[str, str]:
        """Return a number or a name in the fields of a request: `e164` or `h323`."""
        if not _NUMBER.fullmatch(number.strip()):
            return {"h323": number.strip()}
        return {"e164": self._feed.directory.node.get_dialled(number)}

    @override
    async def dial(
        self, *, user: str | None, phone: str | None, number: str, auto_answer: bool = False
    ) -> DialResult:
        if auto_answer:
            raise NotSupported("auto_answer")
        caller = user or self._feed.directory.get_owner(phone or "")
        if caller is None:
            raise CommandFailed("no_user_for_phone")
        handle = self._get_handle(caller) if phone is None else await self._get_device_handle(caller, phone)
        answer = await self._send(Api.RCC, "UserCall", user=handle, **self._get_number_fields(number))
        call = get_integer(answer, "call")
        if not call:
            raise CommandFailed("rejected")
        if phone is not None:
            # Of a call placed with the handle of one device, only the user's own handle leads to its name.
            return DialResult(outcome=DialOutcome.RINGING)
        return await self._wait_for_result(call)

    async def _wait_for_result(self, call: int) -> DialResult:
        line = self._book.get_line(call)
        if line is None:
            try:
                news = within(self._clock, FIRST_NEWS, self._book.wait_for_line(call))
                line = await self._wait_unless_lost(news)
            except TimeoutError, ConnectionLost:
                return DialResult(outcome=DialOutcome.RINGING)
        if line.state is CallState.ENDED:
            return DialResult(outcome=_ENDED[get_end_cause(line.cause)], call_id=line.conference.id)
        connected = line.state is CallState.TALKING
        outcome = DialOutcome.CONNECTED if connected else DialOutcome.RINGING
        return DialResult(outcome=outcome, call_id=line.conference.id)

    def _get_handle(self, user: str) -> int:
        self._get_user(user)
        handle = self._feed.handles.get(user)
        if handle is None:
            raise CommandFailed("user_not_monitored")
        return handle

    async def _get_device_handle(self, user: str, phone: str) -> int:
        if (user, phone) not in self._devices:
            cn = self._get_user(user).cn or ""
            src = f"{DEVICE}{user}:{phone}"
            answer = await self._send(Api.RCC, "UserInitialize", src=src, cn=cn, hw=phone)
            handle = get_integer(answer, "user")
            if not handle:
                raise CommandFailed("user_not_monitored")
            self._devices[user, phone] = handle
        return self._devices[user, phone]

    def _get_line(self, call_id: str, user: str | None, wanted: Iterable[CallState]) -> tuple[Line, int]:
        """Return the line of a call that is meant, and its handle.

        Whoever acts at the very moment of an answer may be faster than its news: so a line that was not
        answered will do where there is just one.
        """
        lines = [line for line in self._book.get_lines(call_id) if user is None or line.owner == user]
        if not lines:
            raise CommandFailed("no_such_call")
        states = frozenset(wanted)
        found = [line for line in lines if line.state in states and (line.handle or 0) > 0]
        if not found and CallState.TALKING in states:
            found = [line for line in lines if self._may_be_answered(line)]
            found = found if len(found) == 1 else []
        for line in found:
            if line.handle is not None:
                return line, line.handle
        raise CommandFailed("wrong_state")

    @staticmethod
    def _may_be_answered(line: Line) -> bool:
        return not line.answered and line.state is not CallState.ENDED and (line.handle or 0) > 0

    async def _send_for_line(
        self, mt: str, call_id: str, user: str | None, *wanted: CallState, **fields: Any
    ) -> tuple[Line, JsonObject]:
        """Send a command for a line that is in one of these states, or will show at once that it is."""
        line, handle = self._get_line(call_id, user, wanted)
        is_early = line.state not in wanted
        answer = await self._send(Api.RCC, mt, call=handle, **fields)
        if is_early:
            await self._wait_for_answer(line)
        return line, answer

    async def _wait_for_answer(self, *lines: Line) -> None:
        """Wait for the news that lines were answered; where they were not, the PBX says nothing."""
        end = self._clock.time() + FIRST_NEWS
        while not all(line.answered or line.state is CallState.ENDED for line in lines):
            if self._clock.time() >= end or self._connection() is None:
                raise CommandFailed("wrong_state")
            await self._clock.sleep(LOOK_EVERY)

    @override
    async def hang_up(self, call_id: str) -> None:
        lines = [line for line in self._book.get_lines(call_id) if (line.handle or 0) > 0]
        if not lines:
            raise CommandFailed("no_such_call")
        callers = [line for line in lines if not line.incoming]
        people = [line for line in lines if not line.queue]
        # The line of the caller ends all others.
        for line in callers[:1] or people or lines:
            await self._send(Api.RCC, "UserClear", call=line.handle, cause=NORMAL_CLEARING)

    @override
    async def answer(self, call_id: str, *, user: str | None = None) -> None:
        await self._send_for_line("UserConnect", call_id, user, CallState.RINGING)

    @override
    async def reject(self, call_id: str, *, user: str | None = None) -> None:
        await self._send_for_line("UserClear", call_id, user, CallState.RINGING, cause=REJECTED)

    @override
    async def hold(self, call_id: str, *, user: str | None = None) -> None:
        await self._send_for_line("UserHold", call_id, user, CallState.TALKING)

    @override
    async def resume(self, call_id: str, *, user: str | None = None) -> None:
        await self._send_for_line("UserRetrieve", call_id, user, CallState.ON_HOLD)

    @override
    async def send_dtmf(self, call_id: str, digits: str, *, user: str | None = None) -> None:
        await self._send_for_line("UserDTMF", call_id, user, CallState.TALKING, dtmf=digits)

    @override
    async def park(self, call_id: str, *, user: str | None = None, position: int | None = None) -> None:
        place = ANY_POSITION if position is None else position
        _, answer = await self._send_for_line("UserPark", call_id, user, *UP, position=place)
        if get_integer(answer, "call") == 0:
            raise CommandFailed("rejected")

    @override
    async def pick_up(self, user: str, call_id: str) -> None:
        _, handle = self._get_line(call_id, None, (CallState.RINGING, CallState.ON_HOLD))
        answer = await self._send(Api.RCC, "UserPickup", user=self._get_handle(user), call=handle)
        if not get_integer(answer, "call"):
            raise CommandFailed("rejected")

    @override
    async def transfer(
        self, call_id: str, *, number: str | None = None, other: str | None = None, user: str | None = None
    ) -> None:
        if other is not None:
            await self._join(call_id, other, user)
            return
        if not number:
            raise CommandFailed("no_destination")
        wanted = (CallState.RINGING, *UP)
        line, _ = self._get_line(call_id, user, wanted)
        # What still rings is sent on as if it had been diverted; what was answered goes where it is sent.
        mt = "UserReroute" if line.state is CallState.RINGING else "UserRedirect"
        target = self._get_number_fields(number)
        line, _ = await self._send_for_line(mt, call_id, user, *wanted, **target)
        await self._report_unless_lost(self._book.mark_transferred(line, Party(number=number)))

    async def _join(self, call_id: str, other: str, user: str | None) -> None:
        first, handle = self._get_line(call_id, user, UP)
        last, second = self._get_line(other, first.owner, UP)
        early = [line for line in (first, last) if line.state not in UP]
        await self._send(Api.RCC, "UserTransfer", a=handle, b=second)
        await self._wait_for_answer(*early)

    @override
    async def set_presence(self, user: str, activity: PresenceActivity, note: str | None) -> None:
        await self.set_presence_source(user, activity, note, source=None, words=None)

    @override
    async def set_presence_source(
        self,
        user: str,
        activity: PresenceActivity,
        note: str | None,
        *,
        source: str | None,
        words: str | None,
    ) -> None:
        text, contact = words or SETTABLE.get(activity), source or TEL
        if text is None:
            raise CommandFailed("activity_cannot_be_set")
        fields = {**self._get_user_fields(user), "contact": contact, "activity": text}
        if note is None:
            # Without a note in the command, the one that is there stays.
            presence = await self._get_presence(user)
            note = (presence.get_note(contact) if presence is not None else None) or ""
        await self._send(Api.PBX, "SetPresence", **fields, note=note)

    async def _get_presence(self, user: str) -> Presence | None:
        """Return the presence of a user, asked for where nobody has wanted it until now."""
        entry = self._get_user(user)
        async with self._feed.with_presence(user):
            return entry.presence

    @override
    async def set_do_not_disturb(self, user: str, *, on: bool) -> None:
        presence = await self._get_presence(user)
        # A user who is away without do not disturb stays away, as far as that is known.
        if on or presence is None or presence.do_not_disturb:
            await self.set_presence(user, PresenceActivity.DND if on else PresenceActivity.AVAILABLE, None)

    @override
    async def set_forward(self, user: str, kind: ForwardKind, number: str | None) -> None:
        fields = {**self._get_user_fields(user), "type": DIVERSION_TYPES[kind]}
        if not number:
            answer = await self._send(Api.PBX, "DelDiversion", **fields)
        else:
            target = self._get_number_fields(number)
            ends = {"ep-num": target["e164"]} if "e164" in target else {"ep-sip": target["h323"]}
            answer = await self._send(Api.PBX, "AddDiversion", **fields, **ends)
        # What is false is left out.
        if get_flag(answer, "ok") is not True and not await self._has_no_forward(user, kind, number):
            raise CommandFailed("rejected")
        await self._report_unless_lost(self._feed.update_forwards(user, {kind: number or None}))

    async def _has_no_forward(self, user: str, kind: ForwardKind, number: str | None) -> bool:
        """Return whether the PBX shows no diversion where none is wanted; no number is compared."""
        connection = self._connection()
        if number or connection is None:
            return False
        try:
            return await reader.read_diversion(connection, user, kind) is None
        except ReadingFailed, ConnectionLost:
            return False

    async def _report_unless_lost(self, changes: Sequence[Change]) -> None:
        """Report what a command has changed, unless the connection is lost and everything is read anew."""
        with contextlib.suppress(ConnectionLost):
            await self._wait_unless_lost(self._send_report(changes))

    async def _send_report(self, changes: Sequence[Change]) -> None:
        await self._report(changes)

    @override
    async def notify_user(self, user: str, title: str, message: str) -> None:
        name = self._get_user(user).h323
        if name is None:
            raise CommandFailed("no_such_user")
        await self._send(Api.PBX, "AppNotify", sip=name, title=title, text=message)


def _check_answer(answer: JsonObject) -> None:
    """Raise CommandFailed where an answer is a refusal, in the words of the PBX as far as they are short."""
    if (refusal := get_refusal(answer)) is not None:
        raise CommandFailed(refusal)
