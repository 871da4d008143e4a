"""What a Switchvox can be told to do."""

import asyncio
from collections.abc import Mapping
from typing import Any

from ..changes import CallChange
from ..commands import DialResult
from ..enums import DialOutcome, PresenceActivity
from ..errors import CannotConnect, CommandFailed, MissingRight, NotSupported, PbxError
from ..session import Clock
from .call_polling import match
from .channels import Pending, PendingDials
from .decode import CurrentCall, choose_option, describe
from .directory import Account, Directory
from .extend import PREFIX, Extend
from .lines import Lines
from .reader import Reader
from .realtime import (
    INTERNAL_ERROR,
    INVALID_PARAMS,
    METHOD_NOT_FOUND,
    NOT_AUTHORIZED,
    PARSE_ERROR,
    Realtime,
    RpcError,
)

# The event of the new channel usually comes at once; longer than this nobody waits for its id.
CALL_ID_WITHIN = 3.0
# As much of the name of a caller as the PBX takes.
LONGEST_NAME = 20


class Commands:
    """Carry out commands; none is ever sent twice."""

    def __init__(
        self, reader: Reader, realtime: Realtime, lines: Lines, dials: PendingDials, clock: Clock
    ) -> None:
        self._reader = reader
        self._realtime = realtime
        self._lines = lines
        self._dials = dials
        self._clock = clock
        self.presence_options: list[dict[str, str]] = []

    @property
    def _directory(self) -> Directory:
        return self._lines.directory

    async def dial(
        self, account: Account, number: str, device: str | None, *, auto_answer: bool
    ) -> DialResult:
        """Call a number from the main phone of an account, or from an additional one."""
        own = account.key == self._directory.own.key
        if auto_answer and device is not None:
            raise CommandFailed("auto_answer_needs_one_phone")
        if own and not auto_answer:
            return await self._dial_realtime(account, number, device)
        return await self.connect(account, account.number, number, call_parameters(auto_answer))

    async def _dial_realtime(self, account: Account, number: str, device: str | None) -> DialResult:
        dial = Pending(account.key, number, self._clock.time())
        params: dict[str, Any] = {"extension": number, "dialData": dial.data}
        if device is not None:
            params["convergedDeviceId"] = int(device) if device.isdigit() else device
        self._dials.add(dial)
        try:
            await self._realtime.call("dial", params)
        except RpcError as err:
            self._dials.drop(dial)
            raise _refused("dial", err.code) from None
        except CannotConnect:
            self._dials.drop(dial)
            raise
        return await self._result(dial)

    async def _result(self, dial: Pending) -> DialResult:
        """Wait a moment for the channel, which tells the id of the call."""
        try:
            async with asyncio.timeout(CALL_ID_WITHIN):
                call_id = await asyncio.shield(dial.call)
        except TimeoutError:
            return DialResult(outcome=DialOutcome.RINGING)
        return DialResult(outcome=DialOutcome.RINGING, call_id=call_id)

    async def connect(self, account: Account, first: str, second: str, more: Mapping[str, Any]) -> DialResult:
        """Call one number and, when it answers, the other."""
        own = account.key == self._directory.own.key
        extend = self._reader.user if own else self._admin("call")
        method, name = ("users.call", "account_id") if own else ("call", "dial_as_account_id")
        dialing = self._directory.by_number(first)
        dial = Pending(dialing.key if dialing else "", second, self._clock.time())
        self._dials.add(dial)
        try:
            await extend.call(
                method, {"dial_first": first, "dial_second": second, name: account.key, **more}, command=True
            )
        except CommandFailed, MissingRight, CannotConnect:
            self._dials.drop(dial)
            raise
        watched = dialing is not None and dialing.key in self._directory.watched
        return await self._result(dial) if watched else DialResult(outcome=DialOutcome.RINGING)

    async def hang_up(self, call_id: str) -> None:
        """End a call, found among the current calls by who takes part."""
        admin = self._admin("currentCalls.hangUp")
        call = await self._current(call_id)
        await admin.call("currentCalls.hangUp", {"current_call_id": call.id}, command=True)

    async def get_call(self, call_id: str) -> CallChange:
        """Return what the PBX lists of a call."""
        return describe(await self._current(call_id), call_id, self._directory)

    async def _current(self, call_id: str) -> CurrentCall:
        """Return the one current call that a call can be, by its id or by who takes part."""
        calls = await self._reader.current_calls(self._directory.own)
        if calls is None:
            raise NotSupported("get_call")
        found = {call.id: call for call in calls if call.id == call_id}
        for channel in self._lines.channels.values():
            if channel.call == call_id and not found:
                found = {call.id: call for call in match(channel, calls)}
        if not found:
            raise CommandFailed("no_such_call")
        if len(found) > 1:
            raise CommandFailed("several_calls_fit")
        return next(iter(found.values()))

    async def set_presence(self, account: Account, activity: PresenceActivity, note: str | None) -> None:
        """Set the presence of an account to one of the choices of the PBX."""
        word = {"presence": activity.value, "sub_presence": note or ""}
        choice = choose_option(self.presence_options, activity, note) if self.presence_options else word
        if choice is None:
            raise CommandFailed("no_such_presence")
        await self._of(account, "users.presence.update", choice)

    async def set_queue_agent(
        self, queue: str, account: Account, *, logged_in: bool | None, paused: bool | None
    ) -> None:
        """Log an agent in or out, pause or resume."""
        steps = {"login": logged_in is True, "logout": logged_in is False} | {
            "pause": paused is True,
            "resume": paused is False,
        }
        for step, wanted in steps.items():
            if wanted:
                await self._of(account, f"users.callQueues.{step}", {"call_queue_account_id": queue})

    async def _of(self, account: Account, method: str, params: Mapping[str, str]) -> None:
        own = account.key == self._directory.own.key
        extend = self._reader.user if own else self._admin(method)
        await extend.call(method, {"account_id": account.key, **params}, command=True)

    def _admin(self, method: str) -> Extend:
        if self._reader.admin is None:
            raise MissingRight(f"{PREFIX}{method}")
        return self._reader.admin


_REASONS = {
    INVALID_PARAMS: "invalid_number",
    INTERNAL_ERROR: "internal_error",
    PARSE_ERROR: "internal_error",
}


def _refused(method: str, code: int) -> PbxError:
    """Return what the code of an error means for a command."""
    if code == METHOD_NOT_FOUND:
        return NotSupported(method)
    if code == NOT_AUTHORIZED:
        return MissingRight(method)
    return CommandFailed(_REASONS.get(code, "rejected"), f"error {code}")


def call_parameters(
    auto_answer: bool,  # noqa: FBT001
    caller_name: str | None = None,
    timeout: int | None = None,
    variables: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Return what may be said of a call beside its two numbers."""
    told: dict[str, Any] = {
        "auto_answer": str(int(auto_answer)),
        "caller_id_name": caller_name[:LONGEST_NAME] if caller_name else None,
        "timeout": str(timeout) if timeout is not None else None,
        "variables": [f"{name}={value}" for name, value in variables.items()] if variables else None,
    }
    return {name: value for name, value in told.items() if value is not None}
