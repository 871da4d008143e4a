"""What an innovaphone PBX can be told to do."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
import re
from typing import Any

from ..changes import Change
from ..commands import DialResult
from ..enums import CallState, DialOutcome, ForwardKind, PresenceActivity
from ..errors import CannotConnect, CommandFailed, CommandOutcomeUnknown, ConnectionLost, MissingRight
from ..model import Party
from ..session import Clock
from .calls import UP, CallBook, Line
from .connection import Connection, NoAnswer
from .decode_calls import end_cause
from .decode_objects import DIVERSION_TYPES, SETTABLE
from .directory import Entry
from .feed import DEVICE, Feed
from .fields import Frame, integer, text
from .rights import CHECKBOXES, Api, Rights
from .websocket import within

NORMAL_CLEARING = 16
ANY_POSITION = -1
# How long to wait for the first news of a call that was placed, to be able to name it.
FIRST_NEWS = 3.0
# How long to wait for an answer that may never come.
UNDOCUMENTED = 2.0
_NUMBER = re.compile(r"\+?[\d\s()./*#-]+")
_ENDED = {
    "busy": DialOutcome.BUSY,
    "no_answer": DialOutcome.NO_ANSWER,
    "failed": DialOutcome.FAILED,
    "hangup": DialOutcome.FAILED,
}

type Emit = Callable[[Sequence[Change]], Awaitable[None]]


class Commands:
    """Carry out commands over the connection that is up; none is sent twice."""

    def __init__(
        self,
        feed: Feed,
        rights: Rights,
        clock: Clock,
        connection: Callable[[], Connection | None],
        emit: Emit,
    ) -> None:
        self._feed = feed
        self._rights = rights
        self._clock = clock
        self._connection = connection
        self._emit = emit
        self._devices: dict[tuple[str, str], int] = {}

    @property
    def _book(self) -> CallBook:
        return self._feed.book

    def disconnected(self) -> None:
        """Forget the handles of devices, which died with their connection."""
        self._devices.clear()

    async def ask(self, api: Api, mt: str, **fields: Any) -> Frame:
        """Send a command and return its answer, which must not be a refusal."""
        connection = self._connection()
        if connection is None:
            raise CannotConnect("the PBX is not connected")
        if api not in self._rights.granted:
            raise MissingRight(CHECKBOXES.get(api, api))
        try:
            answer = await connection.ask(api, mt, urgent=True, **fields)
        except NoAnswer, ConnectionLost:
            raise CommandOutcomeUnknown(f"the PBX did not answer {mt}") from None
        _check(answer)
        return answer

    async def tell(self, api: Api, mt: str, **fields: Any) -> None:
        """Send a command to which an answer is not documented, so that silence is no failure."""
        connection = self._connection()
        if connection is None or api not in self._rights.granted:
            await self.ask(api, mt, **fields)
            return
        try:
            _check(await connection.ask(api, mt, urgent=True, timeout=UNDOCUMENTED, **fields))
        except NoAnswer:
            return
        except ConnectionLost:
            raise CommandOutcomeUnknown(f"the connection was lost after {mt}") from None

    def _user(self, guid: str) -> Entry:
        entry = self._feed.directory.entries.get(guid)
        if entry is None:
            raise CommandFailed("no_such_user")
        return entry

    def _named(self, guid: str) -> dict[str, str]:
        """Return how a message of PbxApi names a user: by SIP name, as every known caller does."""
        entry = self._user(guid)
        return {"sip": entry.h323} if entry.h323 else {"guid": guid}

    def _destination(self, number: str) -> dict[str, str]:
        """Return a number or a name in the fields of a request."""
        if not _NUMBER.fullmatch(number.strip()):
            return {"h323": number.strip()}
        return {"e164": self._feed.directory.node.dialled(number)}

    async def dial(self, user: str, phone: str | None, number: str) -> DialResult:
        """Call a number from the phones of a user, or from one of them."""
        handle = self._handle(user) if phone is None else await self._device_handle(user, phone)
        answer = await self.ask(Api.RCC, "UserCall", user=handle, **self._destination(number))
        call = integer(answer, "call")
        if not call:
            raise CommandFailed("rejected")
        if phone is not None:
            # Of a call placed with the handle of one device, only the user's own handle tells its name.
            return DialResult(outcome=DialOutcome.RINGING)
        return await self._first_news(call)

    async def _first_news(self, call: int) -> DialResult:
        line = self._book.line(call)
        if line is None:
            try:
                line = await within(self._clock, FIRST_NEWS, self._book.news_of(call))
            except TimeoutError:
                return DialResult(outcome=DialOutcome.RINGING)
        if line.state is CallState.ENDED:
            return DialResult(outcome=_ENDED[end_cause(line.cause)], call_id=line.conference.id)
        connected = line.state is CallState.TALKING
        outcome = DialOutcome.CONNECTED if connected else DialOutcome.RINGING
        return DialResult(outcome=outcome, call_id=line.conference.id)

    def _handle(self, user: str) -> int:
        self._user(user)
        handle = self._feed.handles.get(user)
        if handle is None:
            raise CommandFailed("user_not_monitored")
        return handle

    async def _device_handle(self, user: str, phone: str) -> int:
        if (user, phone) not in self._devices:
            cn = self._user(user).cn or ""
            src = f"{DEVICE}{user}:{phone}"
            answer = await self.ask(Api.RCC, "UserInitialize", src=src, cn=cn, hw=phone)
            handle = integer(answer, "user")
            if not handle:
                raise CommandFailed("user_not_monitored")
            self._devices[user, phone] = handle
        return self._devices[user, phone]

    def _line(self, call_id: str, user: str | None, wanted: Iterable[CallState]) -> tuple[Line, int]:
        """Return the line of a call that is meant, and its handle."""
        lines = [line for line in self._book.lines(call_id) if user is None or line.owner == user]
        if not lines:
            raise CommandFailed("no_such_call")
        states = frozenset(wanted)
        for line in lines:
            if line.state in states and line.handle is not None and line.handle > 0:
                return line, line.handle
        raise CommandFailed("wrong_state")

    async def _on_line(
        self, mt: str, call_id: str, user: str | None, *wanted: CallState, **fields: Any
    ) -> Line:
        line, handle = self._line(call_id, user, wanted)
        await self.ask(Api.RCC, mt, call=handle, **fields)
        return line

    async def hang_up(self, call_id: str) -> None:
        """End a call: by the line of its caller where that is known, which ends all others."""
        lines = [line for line in self._book.lines(call_id) if (line.handle or 0) > 0]
        if not lines:
            raise CommandFailed("no_such_call")
        callers = [line for line in lines if not line.incoming]
        people = [line for line in lines if not line.queue]
        for line in callers[:1] or people or lines:
            await self.ask(Api.RCC, "UserClear", call=line.handle, cause=NORMAL_CLEARING)

    async def answer(self, call_id: str, user: str | None) -> None:
        """Answer a call that rings."""
        await self._on_line("UserConnect", call_id, user, CallState.RINGING)

    async def hold(self, call_id: str, user: str | None) -> None:
        """Put a call on hold."""
        await self._on_line("UserHold", call_id, user, CallState.TALKING)

    async def resume(self, call_id: str, user: str | None) -> None:
        """Take a call back."""
        await self._on_line("UserRetrieve", call_id, user, CallState.ON_HOLD)

    async def send_dtmf(self, call_id: str, user: str | None, digits: str) -> None:
        """Send digits to the other side."""
        await self._on_line("UserDTMF", call_id, user, CallState.TALKING, dtmf=digits)

    async def park(self, call_id: str, user: str | None, position: int | None) -> None:
        """Park a call at the user's own place."""
        place = ANY_POSITION if position is None else position
        await self._on_line("UserPark", call_id, user, *UP, position=place)

    async def pick_up(self, user: str, call_id: str) -> None:
        """Take a call that rings or is parked elsewhere."""
        _, handle = self._line(call_id, None, (CallState.RINGING, CallState.ON_HOLD))
        answer = await self.ask(Api.RCC, "UserPickup", user=self._handle(user), call=handle)
        if not integer(answer, "call"):
            raise CommandFailed("rejected")

    async def transfer(self, call_id: str, number: str | None, other: str | None, user: str | None) -> None:
        """Send a call to a number, or join it with another one of the same user."""
        if other is not None:
            await self._join(call_id, other, user)
            return
        if not number:
            raise CommandFailed("no_target")
        line, handle = self._line(call_id, user, (CallState.RINGING, *UP))
        # What still rings is sent on as if it had been diverted; what was answered goes where it is sent.
        mt = "UserReroute" if line.state is CallState.RINGING else "UserRedirect"
        await self.ask(Api.RCC, mt, call=handle, **self._destination(number))
        await self._emit(self._book.transferred(line, Party(number=number)))

    async def _join(self, call_id: str, other: str, user: str | None) -> None:
        first, handle = self._line(call_id, user, UP)
        _, second = self._line(other, first.owner, UP)
        await self.ask(Api.RCC, "UserTransfer", a=handle, b=second)

    async def set_presence(self, user: str, activity: PresenceActivity, note: str | None) -> None:
        """Set what a user says of themselves; no note leaves the one that is there."""
        if activity not in SETTABLE:
            raise CommandFailed("activity_cannot_be_set")
        presence = self._user(user).presence
        kept = presence.manual.note if presence is not None and presence.manual is not None else None
        await self.ask(
            Api.PBX,
            "SetPresence",
            **self._named(user),
            contact="tel:",
            activity=SETTABLE[activity],
            note=(kept or "") if note is None else note,
        )

    async def set_forward(self, user: str, kind: ForwardKind, number: str | None) -> None:
        """Forward the calls of a user, or stop doing so."""
        fields = {**self._named(user), "type": DIVERSION_TYPES[kind]}
        if not number:
            answer = await self.ask(Api.PBX, "DelDiversion", **fields)
        else:
            target = self._destination(number)
            ends = {"ep-num": target["e164"]} if "e164" in target else {"ep-sip": target["h323"]}
            answer = await self.ask(Api.PBX, "AddDiversion", **fields, **ends)
        if answer.get("ok") is False:
            raise CommandFailed("rejected")
        self._user(user).forwards[kind] = number or None
        await self._emit(self._feed.refresh(user))

    async def notify(self, user: str, title: str, message: str) -> None:
        """Show a message in the client programs of a user."""
        name = self._user(user).h323
        if name is None:
            raise CommandFailed("no_such_user")
        await self.ask(Api.PBX, "AppNotify", sip=name, title=title, text=message)


def _check(answer: Frame) -> None:
    """Raise where an answer is a refusal, in the words of the PBX as far as they are short."""
    error = answer.get("error") or answer.get("err") or answer.get("errorText")
    if error and error != "0":
        raise CommandFailed((text(answer, "errorText", "error", "err") or "rejected")[:80])
