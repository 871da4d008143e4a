"""How an Asterisk is asked to place calls; every action is sent once."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
import re
from typing import override
from uuid import uuid4

from ..changes import Change
from ..commands import WITHOUT_OPTIONS, ConnectOptions, DialResult, PbxCommands
from ..enums import DialOutcome
from ..errors import (
    CannotConnect,
    CommandFailed,
    CommandOutcomeUnknown,
    ConnectionLost,
    MissingRight,
    NoAnswer,
    NotSent,
    NotSupported,
)
from ..phone_numbers import to_dialable
from ..queued_session import Report
from ..session import Clock, within
from .calls import CallBook
from .connection import Connection
from .decode_calls import REJECTED, USER_BUSY
from .directory import Directory
from .questions import Questions
from .reader import Reader
from .rights import get_right
from .settings import STANDARD, AsteriskSettings
from .wire import Block, encode_variable

# How long the own phone may ring, and how long it is waited for what becomes of it, in seconds.
RING_SECONDS = 45
FIRST_NEWS = 3.0
# The end of a call may be told a moment after the answer that it has failed, and says why.
LATE_END, LOOK_EVERY = 1.0, 0.05
FREEPBX_CONTEXT = "from-internal"
# Reasons of `OriginateResponse`.
NO_ANSWER, ANSWERED = "3", "4"

# How phones of each make are told to answer by themselves: SIP headers, as their vendors document them.
_INTERCOM = "Alert-Info", "<http://127.0.0.1>;info=alert-autoanswer;delay=0"

_MAKES: Mapping[str, tuple[tuple[str, str], ...]] = {
    STANDARD: (("Call-Info", "<sip:127.0.0.1>;answer-after=0"), _INTERCOM),
    "yealink": (_INTERCOM,),
    "snom": (("Call-Info", "<sip:127.0.0.1>;answer-after=0"),),
    "grandstream": (("Call-Info", "<sip:127.0.0.1>;answer-after=0"),),
    "polycom": (("Alert-Info", "Ring Answer"),),
    "cisco": (("Call-Info", "<sip:127.0.0.1>;answer-after=0"),),
    "aastra": (("Alert-Info", "info=alert-autoanswer"),),
    "panasonic": (("Alert-Info", "Intercom"),),
}
# The word in the user agent of a phone by which its make is known.
_WORDS = {
    "yealink": "yealink",
    "snom": "snom",
    "grandstream": "grandstream",
    "polycom": "polycom",
    "poly/": "polycom",
    "cisco": "cisco",
    "linksys": "cisco",
    "aastra": "aastra",
    "mitel": "aastra",
    "panasonic": "panasonic",
}


class DialCommands(PbxCommands):
    """Place calls over the connection that is up."""

    def __init__(
        self,
        settings: AsteriskSettings,
        directory: Directory,
        book: CallBook,
        questions: Questions,
        reader: Reader,
        clock: Clock,
        *,
        connection: Callable[[], Connection | None],
        report: Report,
        hasten: Callable[[str], None],
    ) -> None:
        self._settings = settings
        self._directory = directory
        self._book = book
        self._questions = questions
        self._reader = reader
        self._clock = clock
        self._connection = connection
        self._report = report
        self._hasten = hasten

    def _get_connection(self) -> Connection:
        connection = self._connection()
        if connection is None:
            raise CannotConnect("the PBX is not connected")
        return connection

    async def _send(self, action: str, **fields: str | Sequence[str]) -> Block:
        """Send an action; raises CommandOutcomeUnknown where its answer is lost."""
        try:
            return await self._get_connection().send(action, **fields)
        except MissingRight:
            raise MissingRight(get_right(action)) from None
        except NotSent:
            raise
        except NoAnswer, ConnectionLost:
            raise CommandOutcomeUnknown(f"the PBX did not answer {action}") from None

    async def _report_any(self, changes: Sequence[Change]) -> None:
        if changes:
            await self._report(changes)

    # To place calls

    @override
    async def dial(
        self, *, user: str | None, phone: str | None, number: str, auto_answer: bool = False
    ) -> DialResult:
        owner = user or next(iter(self._directory.get_users(phone or "")), None)
        device = phone or self._choose_phone(owner)
        target = check_number(number)
        call_id = make_call_id()
        self._book.place(call_id, target)
        party = self._directory.get_party(device, None, None)
        return await self._originate(
            call_id,
            Channel=device,
            Context=await self._get_context(device, owner),
            Exten=target,
            Priority="1",
            CallerID=format_caller(party.name, party.number),
            Timeout=str(RING_SECONDS * 1000),
            Variable=self._get_auto_answer(device) if auto_answer else [],
        )

    def _choose_phone(self, user: str | None) -> str:
        """Return a phone of a user that can be reached, or else the first one."""
        devices = self._directory.get_devices(user) if user is not None else ()
        if user is not None and user not in self._directory.extensions:
            raise CommandFailed("no_such_user")
        if not devices:
            raise CommandFailed("no_phone_for_user")
        reachable = (device for device in devices if self._directory.create_phone(device).registered)
        return next(reachable, devices[0])

    async def _get_context(self, device: str | None, user: str | None = None) -> str:
        """Return where a phone may dial from."""
        if self._settings.context:
            return self._settings.context
        if self._directory.is_freepbx:
            return FREEPBX_CONTEXT
        endpoint = self._directory.endpoints.get(device or "")
        if endpoint is not None and endpoint.context is None:
            endpoint = await self._reader.read_detail(self._get_connection(), endpoint.device)
        extension = self._directory.extensions.get(user or "")
        known = endpoint.context if endpoint is not None else None
        return known or (extension.context if extension is not None else None) or "default"

    def _get_auto_answer(self, device: str) -> list[str]:
        """Return the variables that make a phone answer by itself, by its make."""
        headers = get_answer_headers(self._directory.agents.get(device), self._settings.auto_answer_make)
        if device.startswith("PJSIP/"):
            return [encode_variable(f"PJSIP_HEADER(add,{name})", value) for name, value in headers]
        return [
            encode_variable(f"SIPADDHEADER{number:02}", f"{name}: {value}")
            for number, (name, value) in enumerate(headers, start=1)
        ]

    async def _originate(self, call_id: str, **fields: str | Sequence[str]) -> DialResult:
        """Place a call, and wait a moment for what becomes of its first leg."""
        wanted = {name: value for name, value in fields.items() if value}
        try:
            later = await self._get_connection().start(
                "Originate", Async="true", ChannelId=call_id, OtherChannelId=f"{call_id}-2", **wanted
            )
        except MissingRight:
            raise MissingRight(get_right("Originate")) from None
        except NotSent:
            raise
        except NoAnswer, ConnectionLost:
            raise CommandOutcomeUnknown("the PBX did not answer Originate") from None
        try:
            answer = await within(self._clock, FIRST_NEWS, _wait(later))
        except TimeoutError, ConnectionLost:
            return DialResult(outcome=DialOutcome.RINGING, call_id=call_id)
        finally:
            later.cancel()
        if answer.get("Response") != "Success":
            await self._wait_until_over(call_id)
        return DialResult(outcome=self._get_outcome(call_id, answer), call_id=call_id)

    async def _wait_until_over(self, call_id: str) -> None:
        end = self._clock.time() + LATE_END
        while self._book.get_live(call_id) and self._clock.time() < end:
            await self._clock.sleep(LOOK_EVERY)

    def _get_outcome(self, call_id: str, answer: Block) -> DialOutcome:
        """Return how far a call has come; of what failed, only its channel knows why."""
        if answer.get("Response") == "Success":
            talks = any(channel.has_talked for channel in self._book.get_live(call_id))
            return DialOutcome.CONNECTED if talks else DialOutcome.RINGING
        if answer.get("Reason") == NO_ANSWER:
            return DialOutcome.NO_ANSWER
        cause = self._book.get_last_cause(call_id)
        if cause in (USER_BUSY, REJECTED):
            return DialOutcome.BUSY
        return DialOutcome.UNAVAILABLE

    @override
    async def connect_numbers(
        self,
        *,
        user: str | None,
        first: str,
        second: str,
        options: ConnectOptions = WITHOUT_OPTIONS,
    ) -> DialResult:
        if options.auto_answer:
            raise NotSupported("auto_answer")
        device = self._choose_phone(user) if user is not None else None
        context = await self._get_context(device or next(iter(self._directory.get_phones()), None), user)
        caller, callee, call_id = check_number(first), check_number(second), make_call_id()
        self._book.place(call_id, callee)
        return await self._originate(
            call_id,
            Channel=f"Local/{caller}@{context}/n",
            Context=context,
            Exten=callee,
            Priority="1",
            CallerID=format_caller(options.caller_name, caller),
            Timeout=str((options.timeout or RING_SECONDS) * 1000),
            Variable=[encode_variable(_check_name(name), value) for name, value in options.variables.items()],
        )


async def _wait(later: asyncio.Future[Block]) -> Block:
    return await later


def make_call_id() -> str:
    """Return a new id by which a call is known before it rings."""
    return f"pbx-{uuid4().hex[:16]}"


def check_number(number: str) -> str:
    """Return a number as it is dialed; raises CommandFailed where it is none."""
    dialable = to_dialable(number)
    if dialable is None:
        raise CommandFailed("invalid_number")
    return dialable


def _check_name(name: str) -> str:
    if not name.replace("_", "").isalnum() or not name.isascii():
        raise CommandFailed("invalid_text")
    return name


def format_caller(name: str | None, number: str | None) -> str:
    """Return a caller ID; quotes would end the name."""
    plain = re.sub(r'["<>\r\n]', "", name or "")
    return f'"{plain}" <{number or ""}>'


def get_answer_headers(user_agent: str | None, otherwise: str = STANDARD) -> tuple[tuple[str, str], ...]:
    """Return names and values of the headers for a phone, by the make that it names when it registers.

    `otherwise` is the make of a phone that names none that is known.
    """
    agent = (user_agent or "").lower()
    make = next((make for word, make in _WORDS.items() if word in agent), otherwise)
    return _MAKES.get(make, _MAKES[STANDARD])
