"""What an Asterisk can be asked to do; every action is sent once."""

import asyncio
import base64
from collections.abc import Callable, Collection, Mapping, Sequence
import re
from typing import override
from uuid import uuid4

from ..changes import CallChange, Change
from ..commands import DialResult, PbxCommands
from ..enums import DialOutcome, ForwardKind, PresenceActivity
from ..errors import (
    CannotConnect,
    CommandFailed,
    CommandOutcomeUnknown,
    ConnectionLost,
    MissingRight,
    NoAnswer,
    NotSupported,
)
from ..phone_numbers import to_dialable
from ..queued_session import Report
from ..session import Clock, within
from .auto_answer import get_headers
from .calls import CallBook, Channel
from .connection import Connection, NotSent
from .decode import FORWARD_FAMILIES, SETTABLE, encode_presence, get_interface
from .decode_calls import REJECTED, RINGING, UP, USER_BUSY
from .directory import DAY_NIGHT, TIME_CONDITION, TIME_OPTIONS, Directory, get_day_night_state
from .questions import Questions, get_agi_variables
from .reader import Reader
from .rights import get_right
from .settings import AsteriskSettings
from .wire import Block, encode_variable

# How long the own phone may ring, and how long it is waited for what becomes of it, in seconds.
RING_SECONDS = 45
FIRST_NEWS = 3.0
FREEPBX_CONTEXT = "from-internal"
# Reasons of `OriginateResponse`.
NO_ANSWER, ANSWERED = "3", "4"
_DIGITS = re.compile(r"[0-9A-Da-d*#]+")
_BREAK = "ASYNCAGI BREAK"


class AsteriskCommands(PbxCommands):
    """Carry out commands over the connection that is up."""

    presences = tuple(SETTABLE)

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

    async def _tell(self, changes: Sequence[Change]) -> None:
        if changes:
            await self._report(changes)

    # To place calls

    @override
    async def dial(
        self, *, user: str | None, phone: str | None, number: str, auto_answer: bool = False
    ) -> DialResult:
        owner = user or next(iter(self._directory.get_users(phone or "")), None)
        device = phone or self._choose_phone(owner)
        target = _check_number(number)
        call_id = _make_call_id()
        self._book.place(call_id, target)
        party = self._directory.get_party(device, None, None)
        return await self._originate(
            call_id,
            Channel=device,
            Context=await self._get_context(device, owner),
            Exten=target,
            Priority="1",
            CallerID=_format_caller(party.name, party.number),
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
        headers = get_headers(self._directory.agents.get(device))
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
        return DialResult(outcome=self._get_outcome(call_id, answer), call_id=call_id)

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
        auto_answer: bool = False,
        caller_name: str | None = None,
        timeout: int | None = None,
        variables: Mapping[str, str] | None = None,
    ) -> DialResult:
        if auto_answer:
            raise NotSupported("auto_answer")
        device = self._choose_phone(user) if user is not None else None
        context = await self._get_context(device or next(iter(self._directory.get_phones()), None), user)
        caller, callee, call_id = _check_number(first), _check_number(second), _make_call_id()
        self._book.place(call_id, callee)
        return await self._originate(
            call_id,
            Channel=f"Local/{caller}@{context}/n",
            Context=context,
            Exten=callee,
            Priority="1",
            CallerID=_format_caller(caller_name, caller),
            Timeout=str((timeout or RING_SECONDS) * 1000),
            Variable=[encode_variable(_check_name(name), value) for name, value in (variables or {}).items()],
        )

    # What is done to calls

    def _get_channels(self, call_id: str, user: str | None) -> list[Channel]:
        """Return the channels of a call, or those of a user in it."""
        channels = self._book.get_live(call_id)
        if not channels:
            raise CommandFailed("no_such_call")
        if user is None:
            return channels
        own = [channel for channel in channels if self._book.get_party(channel).user == user]
        if not own:
            raise CommandFailed("no_such_call")
        return own

    def _get_own(self, call_id: str, user: str | None, states: Collection[str | None]) -> Channel:
        """Return the channel of a user, or of anybody inside, that is in one of these states."""
        channels = [channel for channel in self._get_channels(call_id, user) if channel.news.state in states]
        inside = [channel for channel in channels if self._directory.is_phone(channel.device)]
        # Who was called is asked rather than who calls, since callers do not transfer themselves.
        found = sorted(inside, key=lambda channel: -channel.number)
        if not found:
            raise CommandFailed("wrong_state")
        return found[0]

    def _get_peer(self, own: Channel) -> Channel:
        """Return with whom a channel is connected."""
        others = [
            channel
            for channel in self._book.get_live(own.conversation.id)
            if channel is not own and channel.news.state == UP
        ]
        if not others:
            raise CommandFailed("wrong_state")
        return next((other for other in others if other.bridge == own.bridge), others[0])

    @override
    async def get_call(self, call_id: str) -> CallChange:
        connection = self._get_connection()
        await self._tell(await self._reader.read_channels(connection))
        found = self._book.describe(call_id)
        if found is None:
            raise CommandFailed("no_such_call")
        return found

    @override
    async def hang_up(self, call_id: str) -> None:
        channels = self._get_channels(call_id, None)
        caller = next((channel for channel in channels if self._book.is_caller(channel)), None)
        # The end of the caller ends all others.
        for channel in [caller] if caller is not None else channels:
            await self._send("Hangup", Channel=channel.news.name, Cause="16")

    @override
    async def reject(self, call_id: str, *, user: str | None = None) -> None:
        channels = [item for item in self._get_channels(call_id, user) if item.news.state == RINGING]
        if not channels:
            raise CommandFailed("wrong_state")
        for channel in channels:
            await self._send("Hangup", Channel=channel.news.name, Cause=str(REJECTED))

    @override
    async def transfer(
        self, call_id: str, *, number: str | None = None, other: str | None = None, user: str | None = None
    ) -> None:
        if other is not None:
            await self._join(call_id, other, user)
            return
        if not number:
            raise CommandFailed("no_target")
        target = _check_number(number)
        own = self._get_own(call_id, user, (RINGING, UP))
        context = await self._get_context(own.device)
        if own.news.state == UP and not (self._book.is_caller(own) and not own.has_talked):
            await self._send("BlindTransfer", Channel=own.news.name, Context=context, Exten=target)
            return
        caller = self._book.get_caller(call_id)
        if caller is None:
            raise CommandFailed("wrong_state")
        await self._send("Redirect", Channel=caller.news.name, Context=context, Exten=target, Priority="1")

    async def _join(self, call_id: str, other: str, user: str | None) -> None:
        """Connect those with whom a user speaks in two calls, who leaves both."""
        first = self._get_own(call_id, user, (UP,))
        owner = user or self._book.get_party(first).user
        second = self._get_own(other, owner, (UP,))
        transferee, target = self._get_peer(first), self._get_peer(second)
        await self._send("Bridge", Channel1=transferee.news.name, Channel2=target.news.name, Tone="no")
        await self._tell(self._book.transfer_attended(first, second, transferee, target, success=True))

    @override
    async def send_dtmf(self, call_id: str, digits: str, *, user: str | None = None) -> None:
        if not _DIGITS.fullmatch(digits):
            raise CommandFailed("invalid_number")
        peer = self._get_peer(self._get_own(call_id, user, (UP,)))
        for digit in digits:
            await self._send("PlayDTMF", Channel=peer.news.name, Digit=digit.upper())

    @override
    async def park(self, call_id: str, *, user: str | None = None, position: int | None = None) -> None:
        own = self._get_own(call_id, user, (UP,))
        peer = self._get_peer(own)
        if position is not None:
            await self._send("Setvar", Channel=peer.news.name, Variable="PARKINGEXTEN", Value=str(position))
        await self._send("Park", Channel=peer.news.name, TimeoutChannel=own.news.name)

    @override
    async def pick_up(self, user: str, call_id: str) -> None:
        device = self._choose_phone(user)
        parked = self._book.find_parked(call_id)
        party = self._directory.get_user_party(user)
        caller = _format_caller(party.name, party.number)
        if parked is not None:
            context = await self._get_context(device, user)
            await self._originate(
                _make_call_id(), Channel=device, Context=context, Exten=parked, Priority="1", CallerID=caller
            )
            return
        ringing = [item for item in self._get_channels(call_id, None) if item.news.state == RINGING]
        if not ringing:
            raise CommandFailed("wrong_state")
        await self._originate(
            _make_call_id(),
            Channel=device,
            Application="PickupChan",
            Data=ringing[0].news.name,
            CallerID=caller,
        )

    @override
    async def set_recording(self, call_id: str, *, on: bool, user: str | None = None) -> None:
        channel = next(item for item in self._get_channels(call_id, user))
        name = channel.news.name
        if not on:
            await self._send("StopMixMonitor", Channel=name)
            return
        await self._send("MixMonitor", Channel=name, File=f"{re.sub(r'[^\w.-]', '_', call_id)}.wav")

    @override
    async def answer_call_question(self, question: str, variables: Mapping[str, str]) -> None:
        commands = get_agi_variables(variables)
        channel = self._questions.withdraw(question).channel.name
        for command in commands:
            await self._send("AGI", Channel=channel, Command=command)
        await self.end_question(channel)

    async def end_question(self, channel: str) -> None:
        """Let a call go on that waits for an answer."""
        await self._send("AGI", Channel=channel, Command=_BREAK)

    # Settings of users

    def _get_number(self, user: str) -> str:
        extension = self._directory.extensions.get(user)
        if extension is None:
            raise CommandFailed("no_such_user")
        return extension.number

    async def _set_state(self, name: str, state: str) -> None:
        await self._send("Setvar", Variable=f"DEVICE_STATE({name})", Value=state)

    async def _store(self, family: str, key: str, value: str | None) -> None:
        """Put a value into the database, or remove it; that it was not there is no failure."""
        if value is not None:
            await self._send("DBPut", Family=family, Key=key, Val=value)
        elif await self._is_stored(family, key):
            await self._send("DBDel", Family=family, Key=key)
        tree = {
            name: known for name, known in self._directory.trees.get(family, {}).items() if name != (key,)
        }
        self._directory.trees[family] = tree | ({(key,): value} if value is not None else {})

    async def _is_stored(self, family: str, key: str) -> bool:
        rows = await self._get_connection().fetch("DBGetTree", Family=family, Key=key)
        return any(row.get("Key") == f"/{family}/{key}" for row in rows)

    def _get_device_ids(self, user: str) -> list[str]:
        return [device.partition("/")[2] for device in self._directory.get_devices(user)]

    @override
    async def set_do_not_disturb(self, user: str, *, on: bool) -> None:
        number = self._get_number(user)
        await self._store("DND", number, "YES" if on else None)
        state = "BUSY" if on else "NOT_INUSE"
        await self._set_state(f"Custom:DND{number}", state)
        for device in self._get_device_ids(user):
            await self._set_state(f"Custom:DEVDND{device}", state)
        self._directory.states[f"Custom:DND{number}"] = state
        await self._tell(self._directory.show_user(user))

    @override
    async def set_call_waiting(self, user: str, *, on: bool) -> None:
        await self._store("CW", self._get_number(user), "ENABLED" if on else None)
        await self._tell(self._directory.show_user(user))

    @override
    async def set_forward(self, user: str, kind: ForwardKind, number: str | None) -> None:
        extension, target = self._get_number(user), _check_number(number) if number else None
        await self._store(FORWARD_FAMILIES[kind], extension, target)
        if kind is ForwardKind.ALWAYS:
            state = "BUSY" if target else "NOT_INUSE"
            await self._set_state(f"Custom:CF{extension}", state)
            for device in self._get_device_ids(user):
                await self._set_state(f"Custom:DEVCF{device}", state)
        await self._tell(self._directory.show_user(user))

    @override
    async def set_presence(self, user: str, activity: PresenceActivity, note: str | None) -> None:
        if activity not in SETTABLE:
            raise CommandFailed("activity_cannot_be_set")
        number = self._get_number(user)
        presentity = self._directory.extensions[user].presentity
        if presentity is None or not presentity.startswith("CustomPresence:"):
            presentity = f"CustomPresence:{number}"
        known = self._directory.presences.get(presentity, {}).get("presence_note")
        kept = known if note is None else note
        value = encode_presence(activity, kept)
        await self._send("Setvar", Variable=f"PRESENCE_STATE({presentity})", Value=value)

    @override
    async def set_switch(self, switch: str, *, value: bool | str) -> None:
        if switch in self._directory.custom_switches:
            await self._set_state(switch, "INUSE" if value is True else "NOT_INUSE")
            self._directory.states[switch] = "INUSE" if value is True else "NOT_INUSE"
        else:
            await self._set_stored_switch(switch, value)
        await self._tell(self._directory.show_switches())

    async def _set_stored_switch(self, switch: str, value: bool | str) -> None:  # noqa: FBT001
        family, _, key = switch.partition("/")
        if family not in (DAY_NIGHT, TIME_CONDITION) or (key,) not in self._directory.trees.get(family, {}):
            raise CommandFailed("no_such_switch")
        if family == TIME_CONDITION:
            if value not in TIME_OPTIONS:
                raise CommandFailed("no_such_value")
            await self._store(family, key, str(value))
            return
        await self._store(family, key, "NIGHT" if value is True else "DAY")
        await self._set_state(get_day_night_state(key), "INUSE" if value is True else "NOT_INUSE")

    @override
    async def notify_user(self, user: str, title: str, message: str) -> None:
        device = self._choose_phone(user)
        technology, _, name = device.partition("/")
        body = base64.b64encode("\n".join(filter(None, (title, message))).encode()).decode()
        await self._send(
            "MessageSend",
            To=f"{technology.lower()}:{name}",
            From='"Home Assistant" <sip:homeassistant@127.0.0.1>',
            Base64Body=body,
        )

    # Queues

    @override
    async def set_queue_agent(
        self,
        queue: str,
        user: str,
        *,
        logged_in: bool | None = None,
        paused: bool | None = None,
        reason: str | None = None,
    ) -> None:
        record = self._directory.queues.get(queue)
        if record is None:
            raise CommandFailed("no_such_queue")
        members = record.members.values()
        row = next((row for row in members if self._directory.find_member_user(row) == user), None)
        interface = get_interface(row) if row is not None else None
        if logged_in is True and interface is None:
            interface = await self._add_member(queue, user)
        if interface is None:
            # Who is no member is logged out already, and cannot pause.
            if paused is not None:
                raise CommandFailed("wrong_state")
            return
        if logged_in is False:
            await self._send("QueueRemove", Queue=queue, Interface=interface)
        if paused is not None:
            why = {"Reason": reason} if reason is not None and paused else {}
            flag = "true" if paused else "false"
            await self._send("QueuePause", Queue=queue, Interface=interface, Paused=flag, **why)
        self._hasten("queues")

    async def _add_member(self, queue: str, user: str) -> str:
        """Log an agent in as the dial plan of the PBX does, and return what the queue dials."""
        number, device = self._get_number(user), self._choose_phone(user)
        interface, state = device, device
        if self._directory.is_freepbx:
            interface, state = f"Local/{number}@from-queue/n", f"hint:{number}@ext-local"
        name = self._directory.get_user_party(user).name or number
        await self._send(
            "QueueAdd", Queue=queue, Interface=interface, MemberName=name, StateInterface=state, Penalty="0"
        )
        return interface

    @override
    async def reset_queue_statistics(self, queue: str | None) -> None:
        if queue is not None and queue not in self._directory.queues:
            raise CommandFailed("no_such_queue")
        await self._send("QueueReset", **({"Queue": queue} if queue is not None else {}))
        self._hasten("queues")


async def _wait(later: asyncio.Future[Block]) -> Block:
    return await later


def _make_call_id() -> str:
    return f"pbx-{uuid4().hex[:16]}"


def _check_number(number: str) -> str:
    dialable = to_dialable(number)
    if dialable is None:
        raise CommandFailed("invalid_number")
    return dialable


def _check_name(name: str) -> str:
    if not name.replace("_", "").isalnum() or not name.isascii():
        raise CommandFailed("invalid_text")
    return name


def _format_caller(name: str | None, number: str | None) -> str:
    """Return a caller ID; quotes would end the name."""
    plain = re.sub(r'["<>\r\n]', "", name or "")
    return f'"{plain}" <{number or ""}>'
