"""What an Asterisk can be asked to do with calls; every action is sent once."""

from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
import re
from typing import override

from ..changes import CallChange
from ..errors import CommandFailed
from .channels import Channel
from .decode_calls import NORMAL, REJECTED, RINGING, UP
from .dialing import DialCommands, check_number, format_caller, make_call_id
from .questions import get_agi_variables

_DIGITS = re.compile(r"[0-9A-Da-d*#]+")
_BREAK = "ASYNCAGI BREAK"
# What is answered about a channel that is gone.
_NO_CHANNEL = "No such channel"


class CallCommands(DialCommands):
    """Carry out what is done to calls."""

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
        channels = [channel for channel in self._get_channels(call_id, user) if channel.state in states]
        inside = [channel for channel in channels if self._directory.is_phone(channel.device)]
        # Who was called is asked rather than who calls, since callers do not transfer themselves.
        found = sorted(inside, key=lambda channel: -channel.order)
        if not found:
            raise CommandFailed("wrong_state")
        return found[0]

    def _get_peer(self, own: Channel) -> Channel:
        """Return with whom a channel is connected."""
        others = [
            channel
            for channel in self._book.get_live(own.conversation.id)
            if channel is not own and channel.state == UP
        ]
        if not others:
            raise CommandFailed("wrong_state")
        return next((other for other in others if other.bridge == own.bridge), others[0])

    async def _find_now[T](self, find: Callable[[], T]) -> T:
        """Return what is found among the channels, as of now if not as told; raises CommandFailed.

        Whoever acts at the very moment of a ring or an answer may be faster than the news of the channels.
        """
        with suppress(CommandFailed):
            return find()
        await self._read_channels()
        return find()

    async def _find_pair(self, call_id: str, user: str | None) -> tuple[Channel, Channel]:
        """Return the channel of a user and that with which it is connected."""

        def find() -> tuple[Channel, Channel]:
            own = self._get_own(call_id, user, (UP,))
            return own, self._get_peer(own)

        return await self._find_now(find)

    def _get_ringing(self, call_id: str, user: str | None) -> list[Channel]:
        """Return the channels of a call that ring, or those of a user; raises CommandFailed without any."""
        ringing = [item for item in self._get_channels(call_id, user) if item.state == RINGING]
        if not ringing:
            raise CommandFailed("wrong_state")
        return ringing

    async def _read_channels(self) -> None:
        """Ask which channels there are."""
        await self._report_any(await self._reader.read_channels(self._get_connection()))

    @override
    async def get_call(self, call_id: str) -> CallChange:
        await self._read_channels()
        found = self._book.describe(call_id)
        if found is None:
            raise CommandFailed("no_such_call")
        return found

    @override
    async def hang_up(self, call_id: str) -> None:
        channels = self._get_channels(call_id, None)
        callers = (item for item in channels if self._book.is_caller(item) and not item.has_left)
        caller = next(callers, None)
        # The end of the caller ends all others, unless it has left them to each other, which may be told yet.
        if caller is not None and await self._end(caller, NORMAL):
            return
        for channel in channels:
            if channel is not caller:
                await self._end(channel, NORMAL)

    @override
    async def reject(self, call_id: str, *, user: str | None = None) -> None:
        for channel in await self._find_now(lambda: self._get_ringing(call_id, user)):
            await self._end(channel, REJECTED)

    async def _end(self, channel: Channel, cause: int) -> bool:
        """End a channel; return whether it was there, since the end of another one may have ended it."""
        try:
            await self._send("Hangup", Channel=channel.name, Cause=str(cause))
        except CommandFailed as err:
            if err.detail != _NO_CHANNEL:
                raise
            return False
        return True

    @override
    async def transfer(
        self, call_id: str, *, number: str | None = None, other: str | None = None, user: str | None = None
    ) -> None:
        if other is not None:
            await self._join(call_id, other, user)
            return
        if not number:
            raise CommandFailed("no_destination")
        target = check_number(number)
        own = await self._find_now(lambda: self._get_own(call_id, user, (RINGING, UP)))
        context = await self._get_context(own.device)
        if own.state == UP and (self._book.is_connected(own) or not self._book.is_caller(own)):
            await self._send("BlindTransfer", Channel=own.name, Context=context, Exten=target)
            return
        caller = self._book.get_caller(call_id)
        if caller is None:
            raise CommandFailed("wrong_state")
        await self._send("Redirect", Channel=caller.name, Context=context, Exten=target, Priority="1")

    async def _join(self, call_id: str, other: str, user: str | None) -> None:
        """Connect those with whom a user speaks in two calls, who leaves both."""
        first, transferee = await self._find_pair(call_id, user)
        second, target = await self._find_pair(other, user or self._book.get_party(first).user)
        await self._send("Bridge", Channel1=transferee.name, Channel2=target.name, Tone="no")
        await self._report_any(self._book.transfer_attended(first, second, transferee, target, success=True))

    @override
    async def send_dtmf(self, call_id: str, digits: str, *, user: str | None = None) -> None:
        if not _DIGITS.fullmatch(digits):
            raise CommandFailed("invalid_number")
        _, peer = await self._find_pair(call_id, user)
        for digit in digits:
            await self._send("PlayDTMF", Channel=peer.name, Digit=digit.upper())

    @override
    async def park(self, call_id: str, *, user: str | None = None, position: int | None = None) -> None:
        own, peer = await self._find_pair(call_id, user)
        if position is not None:
            await self._send("Setvar", Channel=peer.name, Variable="PARKINGEXTEN", Value=str(position))
        await self._send("Park", Channel=peer.name, TimeoutChannel=own.name)

    @override
    async def pick_up(self, user: str, call_id: str) -> None:
        device = self._choose_phone(user)
        parked = self._book.find_parked(call_id)
        party = self._directory.get_user_party(user)
        caller = format_caller(party.name, party.number)
        if parked is not None:
            context = await self._get_context(device, user)
            await self._originate(
                make_call_id(), Channel=device, Context=context, Exten=parked, Priority="1", CallerID=caller
            )
            return
        ringing = await self._find_now(lambda: self._get_ringing(call_id, None))
        await self._originate(
            make_call_id(),
            Channel=device,
            Application="PickupChan",
            Data=ringing[0].name,
            CallerID=caller,
        )

    @override
    async def set_recording(self, call_id: str, *, on: bool, user: str | None = None) -> None:
        channel = next(item for item in self._get_channels(call_id, user))
        name = channel.name
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
