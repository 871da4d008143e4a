"""What a Switchvox can be asked to do."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any, override

from ..call import Leg, Party
from ..changes import CallChange
from ..commands import WITHOUT_OPTIONS, ConnectOptions, DialResult, PbxCommands
from ..enums import CallDirection, CallState, DialOutcome, LegRole, PresenceActivity
from ..errors import CommandFailed, CommandOutcomeUnknown, MissingRight, NotSupported, PbxError
from ..model import FoundContact
from ..session import Clock
from .calls import CallBook
from .channels import UnclaimedDial, UnclaimedDials, find_listed_calls
from .decode import choose_option
from .decode_calls import CurrentCall, Remote
from .directory import INTERCOM, Account, Directory
from .extend import PREFIX, Extend, ExtendAbsent
from .reader import Reader
from .realtime import (
    INTERNAL_ERROR,
    INVALID_PARAMS,
    INVALID_REQUEST,
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


class SwitchvoxCommands(PbxCommands):
    """Carry out commands: `dial` of the Realtime API for the own account, the Extend API for the rest.

    The session hears through `on_presence_set` and `on_agent_set` what has to be read again.
    """

    def __init__(
        self,
        reader: Reader,
        realtime: Realtime,
        book: CallBook,
        dials: UnclaimedDials,
        clock: Clock,
        *,
        on_presence_set: Callable[[Account], Awaitable[object]],
        on_agent_set: Callable[[], None],
    ) -> None:
        self._reader = reader
        self._realtime = realtime
        self._book = book
        self._dials = dials
        self._clock = clock
        self._on_presence_set = on_presence_set
        self._on_agent_set = on_agent_set
        self._presence_options: Sequence[Mapping[str, str]] = ()

    def set_presence_options(self, options: Sequence[Mapping[str, str]]) -> None:
        """Take over what a presence can be set to, in the words of the PBX; nothing where that is unknown."""
        self._presence_options = options
        fits = [known for known in PresenceActivity if choose_option(options, known, None) is not None]
        self.presences = tuple(fits or PresenceActivity)

    @property
    def _directory(self) -> Directory:
        return self._book.directory

    def _get_account(self, user: str | None, phone: str | None = None) -> Account:
        """Return the account of a user or of a phone, the own one by default."""
        directory = self._directory
        # Additional phones are those of the own account.
        key = user or (directory.own.key if phone in directory.devices else phone)
        found = directory.get_account(key) if key is not None else directory.own
        if found is None:
            raise CommandFailed("no_user_for_phone")
        return found

    @override
    async def dial(
        self, *, user: str | None, phone: str | None, number: str, auto_answer: bool = False
    ) -> DialResult:
        account = self._get_account(user, phone)
        device = phone.removeprefix(f"{account.key}-") if phone in self._directory.devices else None
        if auto_answer and device is not None:
            raise CommandFailed("auto_answer_needs_one_phone")
        own = account.key == self._directory.own.key
        if own and auto_answer and self._is_intercom(number):
            # The methods that only the text on `dialData` names may be absent.
            with suppress(NotSupported):
                return await self._dial_realtime("intercom", account, number, device)
        if own and not auto_answer and number == account.number:
            with suppress(NotSupported):
                return await self._dial_realtime("callVoicemail", account, None, device)
        if own and not auto_answer:
            return await self._dial_realtime("dial", account, number, device)
        options = ConnectOptions(auto_answer=auto_answer)
        return await self._connect(account, account.number, number, options)

    @override
    async def dial_with_data(
        self, *, user: str | None, phone: str | None, number: str, data: Mapping[str, str]
    ) -> DialResult:
        account = self._get_account(user, phone)
        if account.key != self._directory.own.key:
            # The Extend API, which calls for others, takes no data.
            raise NotSupported("dial_with_data")
        device = phone.removeprefix(f"{account.key}-") if phone in self._directory.devices else None
        return await self._dial_realtime("dial", account, number, device, data)

    def _is_intercom(self, number: str) -> bool:
        found = self._directory.find_by_number(number)
        return found is not None and found.kind == INTERCOM

    async def _dial_realtime(
        self,
        method: str,
        account: Account,
        number: str | None,
        device: str | None,
        data: Mapping[str, str] | None = None,
    ) -> DialResult:
        """Place a call with the own phone; without a number the method knows whom to call."""
        called, now = number or account.number, self._clock.time()
        dial = UnclaimedDial(account.key, called, now, tagged=True, extra=data or {})
        params: dict[str, Any] = {"dialData": dial.data} | ({"extension": number} if number else {})
        if device is not None:
            params["convergedDeviceId"] = int(device) if device.isdigit() else device
        async with self._claim_channel(dial):
            try:
                await self._realtime.call(method, params)
            except RpcError as err:
                if method != "dial" and err.code in _NOT_UNDERSTOOD:
                    raise NotSupported(method) from None
                raise _explain_error(method, err.code) from None
        return await self._wait_for_call(dial)

    @asynccontextmanager
    async def _claim_channel(self, dial: UnclaimedDial) -> AsyncIterator[None]:
        """Recognise the channel of a dial, also if its answer is lost, but not if the PBX did not take it."""
        self._dials.add_dial(dial)
        try:
            yield
        except CommandOutcomeUnknown:
            raise
        except PbxError:
            self._dials.remove_dial(dial)
            raise

    async def _wait_for_call(self, dial: UnclaimedDial) -> DialResult:
        """Wait a moment for the channel, which tells the id of the call."""
        try:
            async with asyncio.timeout(CALL_ID_WITHIN):
                call_id = await asyncio.shield(dial.call)
        except TimeoutError:
            return DialResult(outcome=DialOutcome.RINGING)
        return DialResult(outcome=DialOutcome.RINGING, call_id=call_id)

    @override
    async def connect_numbers(
        self,
        *,
        user: str | None,
        first: str,
        second: str,
        options: ConnectOptions = WITHOUT_OPTIONS,
    ) -> DialResult:
        return await self._connect(self._get_account(user), first, second, options)

    async def _connect(
        self, account: Account, first: str, second: str, options: ConnectOptions
    ) -> DialResult:
        """Call one number and, when it answers, the other."""
        own = account.key == self._directory.own.key
        extend = self._reader.user if own else self._get_admin("call")
        method, name = ("users.call", "account_id") if own else ("call", "dial_as_account_id")
        dialing = self._directory.find_by_number(first)
        dial = UnclaimedDial(dialing.key if dialing else "", second, self._clock.time())
        params = {"dial_first": first, "dial_second": second, name: account.pbx_id, **_to_params(options)}
        async with self._claim_channel(dial):
            await extend.call(method, params, command=True)
        watched = dialing is not None and dialing.key in self._directory.watched
        return await self._wait_for_call(dial) if watched else DialResult(outcome=DialOutcome.RINGING)

    @override
    async def hang_up(self, call_id: str) -> None:
        admin = self._get_admin("currentCalls.hangUp")
        call = await self._find_call(call_id)
        await admin.call("currentCalls.hangUp", {"current_call_id": call.id}, command=True)

    @override
    async def get_call(self, call_id: str) -> CallChange:
        return _to_change(await self._find_call(call_id), call_id, self._directory)

    @override
    async def list_calls(self) -> Sequence[CallChange]:
        calls = await self._read_calls("list_calls")
        return [_to_change(call, call.id, self._directory) for call in calls]

    async def _read_calls(self, command: str) -> list[CurrentCall]:
        try:
            return await self._reader.read_current_calls(self._directory.own)
        except ExtendAbsent:
            raise NotSupported(command) from None

    async def _find_call(self, call_id: str) -> CurrentCall:
        """Return the one current call that a call can be, by its id or by who takes part."""
        calls = await self._read_calls("get_call")
        found = {call.id: call for call in calls if call.id == call_id}
        for channel in self._book.channels.values():
            if channel.call == call_id and not found:
                found = {call.id: call for call in find_listed_calls(channel, calls)}
        if not found:
            raise CommandFailed("no_such_call")
        if len(found) > 1:
            raise CommandFailed("several_calls_fit")
        return next(iter(found.values()))

    @override
    async def list_contacts(self) -> Sequence[FoundContact]:
        try:
            return await self._reader.read_contacts(self._directory.own)
        except ExtendAbsent:
            raise NotSupported("list_contacts") from None

    @override
    async def set_presence(self, user: str, activity: PresenceActivity, note: str | None) -> None:
        account = self._get_account(user)
        word = {"presence": activity.value, "sub_presence": note or ""}
        choice = choose_option(self._presence_options, activity, note) if self._presence_options else word
        if choice is None:
            raise CommandFailed("no_such_presence")
        await self._update(account, "users.presence.update", choice)
        await self._on_presence_set(account)

    @override
    async def set_do_not_disturb(self, user: str, *, on: bool) -> None:
        await self.set_presence(user, PresenceActivity.DND if on else PresenceActivity.AVAILABLE, None)

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
        if reason is not None:
            raise NotSupported("pause_reason")
        account = self._get_account(user)
        steps = {"login": logged_in is True, "logout": logged_in is False} | {
            "pause": paused is True,
            "resume": paused is False,
        }
        for step in (step for step, wanted in steps.items() if wanted):
            await self._update(account, f"users.callQueues.{step}", {"call_queue_account_id": queue})
        self._on_agent_set()

    async def _update(self, account: Account, method: str, params: Mapping[str, str]) -> None:
        """Change something of an account, by the administrator's login where it is not the own one."""
        own = account.key == self._directory.own.key
        extend = self._reader.user if own else self._get_admin(method)
        await extend.call(method, {"account_id": account.pbx_id, **params}, command=True)

    def _get_admin(self, method: str) -> Extend:
        if self._reader.admin is None:
            raise MissingRight(f"{PREFIX}{method}")
        return self._reader.admin


# Nothing public says what a method wants that the page only names.
_NOT_UNDERSTOOD = frozenset({METHOD_NOT_FOUND, INVALID_PARAMS, INVALID_REQUEST, NOT_AUTHORIZED})
_REASONS = {
    INVALID_PARAMS: "invalid_number",
    INTERNAL_ERROR: "internal_error",
    PARSE_ERROR: "internal_error",
}


def _explain_error(method: str, code: int) -> PbxError:
    """Return what the code of an error means for a command."""
    if code == METHOD_NOT_FOUND:
        return NotSupported(method)
    if code == NOT_AUTHORIZED:
        return MissingRight(method)
    return CommandFailed(_REASONS.get(code, "rejected"), f"error {code}")


def _to_params(options: ConnectOptions) -> dict[str, Any]:
    """Return what may be said of a call beside its two numbers (Extend API, `switchvox.call`)."""
    params: dict[str, Any] = {
        "auto_answer": str(int(options.auto_answer)),
        "caller_id_name": options.caller_name[:LONGEST_NAME] if options.caller_name else None,
        "timeout": str(options.timeout) if options.timeout is not None else None,
        "variables": [f"{name}={value}" for name, value in options.variables.items()] or None,
    }
    return {name: value for name, value in params.items() if value is not None}


_DIRECTIONS = {
    (True, True): CallDirection.INTERNAL,
    (True, False): CallDirection.OUTGOING,
    (False, True): CallDirection.INCOMING,
    (False, False): CallDirection.INCOMING,
}


def _to_change(call: CurrentCall, call_id: str, directory: Directory) -> CallChange:
    """Return a listed call under the id that it is asked for."""
    caller, called = _make_party(call.caller, directory), _make_party(call.called, directory)
    calling = CallState.DIALING if call.progress is CallState.RINGING else call.progress
    details = {"raw_state": call.state, "parking_space": call.space}
    return CallChange(
        id=call_id,
        direction=_DIRECTIONS[caller.internal, called.internal],
        caller=caller,
        called=called,
        legs=(
            Leg(id=f"{call_id} caller", role=LegRole.CALLER, party=caller, state=calling),
            Leg(id=f"{call_id} called", role=LegRole.CALLEE, party=called, state=call.progress),
        ),
        details={name: word for name, word in details.items() if word},
    )


def _make_party(remote: Remote, directory: Directory) -> Party:
    """Return a party, as the user it is where it is watched."""
    account = directory.find_by_number(remote.number)
    watched = account is not None and account.key in directory.watched
    return Party(
        number=remote.number,
        name=remote.name or (account.name if account is not None else None),
        user=account.key if account is not None and watched else None,
    )
