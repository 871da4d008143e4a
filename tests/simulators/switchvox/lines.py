"""Let calls happen, and tell every subscriber of each channel."""

from collections.abc import Iterable
from itertools import count
from typing import TYPE_CHECKING, Any

from ..common.clock import Timer
from .channel import Channel, CurrentCall
from .realtime import LINE_TOPIC, PARKING_TOPIC, RealtimeSession
from .render import render
from .world import Account

if TYPE_CHECKING:
    from .server import SwitchvoxSimulator

OUTSIDE_NAME = "Jane Doe"
# How long an event that comes out of order is held back, in seconds.
LATEST = 1.5


class LineEngine:
    """Hold the channels and calls of the PBX."""

    def __init__(self, pbx: SwitchvoxSimulator) -> None:
        self.channels: dict[str, Channel] = {}
        self.calls: dict[str, CurrentCall] = {}
        self._pbx = pbx
        self._numbers = count(15)
        self._held: tuple[Account, Any] | None = None
        self._late: Timer | None = None

    def channel(self, number: str, name: str, account: Account | None, **fields: Any) -> Channel:
        """Make a channel, which nobody hears of yet."""
        unique_id = f"{int(self._pbx.clock.now().timestamp())}.{next(self._numbers)}"
        made = Channel(unique_id, number, name, account, started=self._pbx.clock.now(), **fields)
        self.channels[unique_id] = made
        return made

    def call(self, first: Channel, to_number: str, to_name: str) -> CurrentCall:
        """Make a call out of its first channel."""
        kind = "SIP" if first.account else "IAX2"
        made = CurrentCall(
            f"{kind}/{first.number}-{next(self._numbers):04x}",
            first,
            to_number,
            to_name,
            self._pbx.clock.now(),
        )
        self.calls[made.id] = made
        return made

    def set(self, channel: Channel, status: str) -> None:
        """Give a channel a status and tell of it."""
        channel.status = status
        if status == "idle":
            channel.remotes = []
            self.channels.pop(channel.unique_id, None)
        self.publish(channel)

    def ring(self, account: Account, caller: Channel, **fields: Any) -> Channel:
        """Let an account be called."""
        target = self.channel(account.number, account.display, account, **fields)
        target.caller = caller
        self.set(target, "ringing")
        return target

    def incoming(
        self, number: str, *extensions: str, name: str = OUTSIDE_NAME, queue: str | None = None
    ) -> CurrentCall:
        """Let somebody outside call one or several extensions, or a queue whose members ring."""
        world = self._pbx.world
        trunk = self.channel(number, name, None, direction="toPbx", status="onThePhone")
        called = world.account(queue or extensions[0])
        call = self.call(trunk, called.number, called.display)
        queue_account = world.account(queue) if queue else None
        call.others = [self.ring(world.account(item), trunk, queue=queue_account) for item in extensions]
        if queue and not extensions:
            call.state = "queued"
        return call

    def outgoing(self, extension: str, number: str, name: str = "") -> CurrentCall:
        """Let somebody dial; an extension rings, a number outside is called."""
        account = self._pbx.world.account(extension)
        first = self.channel(extension, account.display, account, direction="toPbx")
        self.set(first, "starting")
        call = self.call(first, number, name)
        self._call_out(call)
        return call

    def dial(
        self, extension: str, number: str, *, device: int | None = None, data: Any = None
    ) -> CurrentCall:
        """Ring somebody's own phone first, which calls the number when it is answered."""
        account = self._pbx.world.account(extension)
        first = self.channel(extension, account.display, account, device=device, dial_data=data)
        call = self.call(first, number, "")
        self.set(first, "ringing")
        return call

    def pick_up(self, call: CurrentCall) -> None:
        """Let the caller take the phone that rang for a call of its own."""
        self._call_out(call)

    def _call_out(self, call: CurrentCall) -> None:
        self.set(call.first, "calling")
        target = self._pbx.world.by_number(call.to_number)
        if target is None:
            call.others = [self.channel(call.to_number, call.to_name, None)]
        else:
            call.to_name = target.display
            call.others = [self.ring(target, call.first)]

    def answer(self, call: CurrentCall, extension: str | None = None) -> None:
        """Let one of those who are called answer; for the others it stops to ring."""
        taker = next(item for item in call.others if extension in {None, item.number} and item.live)
        call.state = "talking"
        taker.remotes, call.first.remotes = [call.first], [taker]
        steps = [
            *((channel, "onThePhone") for channel in (taker, call.first) if channel.account is not None),
            *((other, "idle") for other in call.others if other is not taker and other.live),
        ]
        if self._pbx.dialect.events.idle_first:
            steps.sort(key=lambda step: step[1] != "idle")
        for channel, status in steps:
            self.set(channel, status)
        call.others = [taker]

    def hold(self, call: CurrentCall, extension: str) -> None:
        """Let somebody put the call on hold."""
        self.set(self.of(call, extension), "onHold")

    def resume(self, call: CurrentCall, extension: str) -> None:
        """Let somebody go on talking."""
        self.set(self.of(call, extension), "onThePhone")

    def of(self, call: CurrentCall, extension: str) -> Channel:
        """Return the channel of an extension in a call."""
        return next(item for item in call.channels if item.number == extension and item.live)

    def hang_up(self, call: CurrentCall) -> None:
        """End a call."""
        self.calls.pop(call.id, None)
        for channel in call.channels:
            if channel.live:
                self.set(channel, "idle")

    def hang_up_all(self) -> None:
        """End every call."""
        for call in list(self.calls.values()):
            self.hang_up(call)

    def lose_all(self) -> None:
        """Forget every call without a word, as a restart does."""
        self.calls.clear()
        self.channels.clear()

    def lose(self, call: CurrentCall) -> None:
        """Forget one call without a word."""
        lost = [call.first, *call.others]
        self.calls = {key: known for key, known in self.calls.items() if known is not call}
        self.channels = {key: known for key, known in self.channels.items() if known not in lost}

    def park(self, call: CurrentCall, lot: str) -> None:
        """Let the called party park the caller."""
        for channel in call.others:
            self.set(channel, "idle")
        call.others, call.state, call.lot = [], "parked", lot
        self.tell_parking(lot)

    def tell_parking(self, lot: str) -> None:
        """Tell of a parking space, in a shape that no page describes."""
        for session in self._pbx.realtime_sessions:
            if session.parking:
                session.notify(PARKING_TOPIC, {"parkingSpace": lot})

    def publish(self, channel: Channel) -> None:
        """Tell the subscribers of a channel, as the dialect of this PBX has it."""
        dialect = self._pbx.dialect.events
        if channel.account is None or not self._pbx.dialect.realtime.events:
            return
        event = render(channel, dialect, self._pbx.clock.now(), self._pbx.utc_offset)
        for _ in range(dialect.repeats):
            self._deliver(channel.account, dialect.edit(event))

    def _deliver(self, account: Account, event: Any) -> None:
        """Send an event, or with the next one in the wrong order; it waits for that one for a moment only."""
        if self._pbx.dialect.events.reordered and self._held is None:
            self._held = account, event
            self._late = self._pbx.clock.call_later(LATEST, self.release)
            return
        self._notify(account, event)
        self.release()

    def release(self) -> None:
        """Send the event that is held back."""
        held, self._held = self._held, None
        if self._late is not None:
            self._late.cancel()
        if held is not None:
            self._notify(*held)

    def _notify(self, account: Account, event: Any) -> None:
        for session in self._pbx.realtime_sessions:
            if account.account_id in session.watched:
                session.notify(LINE_TOPIC, event)

    def snapshot(self, session: RealtimeSession, accounts: Iterable[int], which: str) -> None:
        """Tell a new subscriber of what is there, if this PBX does that."""
        if which == "none":
            return
        now, offset = self._pbx.clock.now(), self._pbx.utc_offset
        for account_id in accounts:
            account = self._pbx.world.by_id(account_id)
            channels = [item for item in self.channels.values() if item.account is account]
            if not channels and which == "all" and account is not None:
                channels = [Channel("", account.number, account.display, account, status="idle", started=now)]
            for channel in channels:
                session.notify(LINE_TOPIC, render(channel, self._pbx.dialect.events, now, offset))

    def blind_transfer(self, call: CurrentCall, target: str) -> None:
        """Let the called party hand the call on without asking."""
        leaving, account = call.others, self._pbx.world.account(target)
        for channel in leaving:
            self.set(channel, "idle")
        call.others, call.state = [self.ring(account, call.first)], "ringing"
        call.to_number, call.to_name = account.number, account.display

    def attended_transfer(self, call: CurrentCall, consultation: CurrentCall) -> None:
        """Connect the caller with whoever was asked, who is told of it before the go-between is gone."""
        taker, leaving = consultation.others[0], [*call.others, consultation.first]
        taker.remotes, call.first.remotes = [call.first], [taker]
        self.set(taker, "onThePhone")
        self.calls.pop(consultation.id)
        call.others = [taker]
        for channel in leaving:
            self.set(channel, "idle")

    def join_room(self, extension: str, room: str) -> CurrentCall:
        """Let somebody dial into a conference, or speak over an intercom extension."""
        world = self._pbx.world
        account, person = world.account(room), world.account(extension)
        first = self.channel(extension, person.display, person, direction="toPbx")
        self.set(first, "starting")
        call = self.call(first, room, account.display)
        described = {"account": {"accountId": account.account_id}, "name": account.display}
        paging = account.type == "intercom"
        first.conference, first.intercom = (None, described) if paging else (described, None)
        call.state = account.type.removeprefix("simple_")
        self.set(first, "onThePhone")
        return call
