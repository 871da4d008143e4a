"""Let calls happen on a simulated Asterisk, and tell of them as a genuine one does."""

from collections.abc import Iterable

from ..common.clock import Clock
from .fields import CAUSES, Fields, channel_fields, parked_fields
from .reporter import Publish, Reporter
from .world import DOWN, RING, RINGING, UP, Channel, Parked, Queue, World

BUSY, DECLINED, NO_ANSWER, ABSENT, ELSEWHERE, NORMAL, GIVEN_UP = "17", "21", "19", "20", "26", "16", "127"
TRUNK = "trunk"


class Calls(Reporter):
    """What telephones and callers do with calls."""

    def __init__(self, world: World, clock: Clock, publish: Publish) -> None:
        super().__init__(world, clock, publish)
        self._count = 0
        self._bridges = 0

    def new_channel(
        self, endpoint: str, *, state: int, exten: str, number: str = "", name: str = "", **more: str
    ) -> Channel:
        """Make a channel and tell of it; `linkedid` and `uniqueid` may be given."""
        self._count += 1
        stamp = f"{round(self._clock.now().timestamp())}.{self._count}"
        prefix = f"{self.world.system_name}-" if self.world.system_name else ""
        uniqueid = more.pop("uniqueid", "") or f"{prefix}{stamp}"
        known = self.world.endpoints[endpoint]
        channel = Channel(
            name=f"PJSIP/{endpoint}-{self._count:08x}",
            endpoint=endpoint,
            uniqueid=uniqueid,
            linkedid=more.pop("linkedid", "") or uniqueid,
            number=number or ("" if known.is_trunk else endpoint),
            caller_name=name or known.caller_name,
            state=state,
            exten=exten,
            began=self._clock.time(),
            **more,
        )
        self.world.channels.append(channel)
        self._tell("call", "Newchannel", channel_fields(channel))
        return channel

    def outside_calls(self, exten: str, number: str, name: str = "") -> Channel:
        """Let somebody outside call an extension."""
        channel = self.new_channel(
            TRUNK, state=RING, exten=exten, number=number, name=name, context="from-trunk"
        )
        self.route(channel, exten)
        return channel

    def calls(self, endpoint: str, exten: str) -> Channel:
        """Let a telephone call a number."""
        channel = self.new_channel(endpoint, state=RING, exten=exten, dnid=exten)
        self.route(channel, exten)
        return channel

    def route(self, channel: Channel, exten: str) -> None:
        """Lead a channel to where a number leads."""
        channel.dnid = channel.dnid or exten
        channel.exten = exten
        if exten in self.world.queue_extensions:
            self.join_queue(channel, self.world.queues[self.world.queue_extensions[exten]])
        elif exten in self.world.groups:
            self._dial(channel, self.world.groups[exten])
        elif exten in self.world.endpoints:
            self._dial_user(channel, exten)
        elif any(item.space == exten for item in self.world.parked):
            self.unpark(channel, exten)
        elif exten[:1] in {"0", "+"}:
            self._dial(channel, [TRUNK], number=exten)
        else:
            self.hang_up(channel, "1")
        self.refresh()

    def _dial_user(self, channel: Channel, exten: str) -> None:
        if self.world.database.get(f"/DND/{exten}") == "YES":
            self.hang_up(channel, BUSY)
        elif forward := self.world.database.get(f"/CF/{exten}"):
            self.route(channel, forward)
        else:
            self._dial(channel, [exten])

    def _dial(self, caller: Channel, endpoints: Iterable[str], number: str = "") -> None:
        present = [name for name in endpoints if self.world.endpoints[name].contact]
        caller.application = "Dial"
        if not present:
            self.hang_up(caller, ABSENT)
            return
        for name in present:
            self.ring(caller, name, number)

    def ring(self, caller: Channel, endpoint: str, number: str = "") -> Channel:
        """Let a telephone ring for a caller."""
        callee = self.new_channel(
            endpoint, state=DOWN, exten="s", number=number, linkedid=caller.linkedid, application="AppDial"
        )
        callee.connected_number, callee.connected_name = caller.number, caller.caller_name
        callee.exten = caller.exten
        self._tell("call", "NewConnectedLine", channel_fields(callee))
        dialed = number or endpoint
        both = [*channel_fields(caller), *channel_fields(callee, "Dest")]
        self._tell("call", "DialBegin", [*both, ("DialString", dialed)])
        callee.state = RINGING
        self._tell("call", "Newstate", channel_fields(callee))
        both = [*channel_fields(caller), *channel_fields(callee, "Dest")]
        self._tell("call", "DialState", [*both, ("DialStatus", "RINGING")])
        self.refresh()
        return callee

    def caller_of(self, channel: Channel) -> Channel:
        """Return the channel that began the call of another."""
        same = [item for item in self.world.channels if item.linkedid == channel.linkedid]
        return next((item for item in same if item.application != "AppDial"), same[0])

    def callees_of(self, caller: Channel) -> list[Channel]:
        """Return the channels that were dialed for a caller and are not answered yet."""
        return [
            item
            for item in self.world.channels
            if item.linkedid == caller.linkedid and item.application == "AppDial" and item.state != UP
        ]

    def answer(self, callee: Channel) -> None:
        """Let a telephone that rings be answered."""
        caller = self.caller_of(callee)
        callee.state = UP
        self._tell("call", "Newstate", channel_fields(callee))
        self._dial_ends(caller, callee, "ANSWER")
        for loser in self.callees_of(caller):
            self._dial_ends(caller, loser, "CANCEL")
            self._gone(loser, ELSEWHERE)
        if caller.state != UP:
            caller.state = UP
            caller.connected_number, caller.connected_name = callee.number, callee.caller_name
            self._tell("call", "NewConnectedLine", channel_fields(caller))
            self._tell("call", "Newstate", channel_fields(caller))
        self._leave_queue(caller, callee)
        self.bridge(callee, caller)
        self.refresh()

    def pick_up(self, channel: Channel, name: str) -> None:
        """Let a channel answer what rings at another one, given by its name."""
        target = next(item for item in self.world.channels if item.name == name)
        caller = self.caller_of(target)
        self._tell("call", "Pickup", [*channel_fields(channel), *channel_fields(target, "Target")])
        channel.linkedid = target.linkedid
        for loser in self.callees_of(caller):
            self._dial_ends(caller, loser, "CANCEL")
            self._gone(loser, ELSEWHERE)
        caller.state = UP
        self._tell("call", "Newstate", channel_fields(caller))
        self._leave_queue(caller, channel)
        self.bridge(channel, caller)
        self.refresh()

    def bridge(self, *channels: Channel) -> None:
        """Let channels talk to each other."""
        self._bridges += 1
        bridge = f"bridge-{self._bridges:08}"
        for number, channel in enumerate(channels, 1):
            channel.bridge = bridge
            self._tell("call", "BridgeEnter", [*_bridge(bridge, number), *channel_fields(channel)])

    def refuse(self, callee: Channel, cause: str = BUSY) -> None:
        """Let a telephone refuse: BUSY, DECLINED, or NO_ANSWER after a while."""
        caller = self.caller_of(callee)
        self._dial_ends(caller, callee, "BUSY" if cause == BUSY else "NOANSWER")
        self._gone(callee, cause)
        if not self.callees_of(caller) and not any(caller in q.waiting for q in self.world.queues.values()):
            self.hang_up(caller, cause)
        self.refresh()

    def hold(self, channel: Channel) -> None:
        """Let a telephone put whoever it talks to on hold."""
        self._tell("call", "Hold", [*channel_fields(channel), ("MusicClass", "default")])
        for peer in self.peers(channel):
            peer.is_held = True
        self.refresh()

    def resume(self, channel: Channel) -> None:
        """Let a telephone go on talking."""
        self._tell("call", "Unhold", channel_fields(channel))
        for peer in self.peers(channel):
            peer.is_held = False
        self.refresh()

    def peers(self, channel: Channel) -> list[Channel]:
        """Return to whom a channel talks."""
        return [
            item
            for item in self.world.channels
            if channel.bridge and item.bridge == channel.bridge and item is not channel
        ]

    def hang_up(self, channel: Channel, cause: str = NORMAL) -> None:
        """Let one end hang up, and with it the other one."""
        if channel not in self.world.channels:
            return
        if channel.application == "AppDial" and channel.state == RINGING:
            self.refuse(channel, cause)
            return
        caller = self.caller_of(channel)
        self._leave_queue(caller, None)
        peers = self.peers(channel)
        self._tell("call", "HangupRequest", [*channel_fields(channel), ("Cause", cause)])
        for number, item in enumerate((channel, *peers)):
            if item.bridge:
                self._tell("call", "BridgeLeave", [*_bridge(item.bridge, number), *channel_fields(item)])
                item.bridge = ""
        for callee in self.callees_of(caller) if channel is caller else ():
            self._dial_ends(caller, callee, "CANCEL")
            self._gone(callee, NORMAL)
        for item in (channel, *peers):
            self._gone(item, cause)
        self.refresh()

    def _dial_ends(self, caller: Channel, callee: Channel, status: str) -> None:
        both = [*channel_fields(caller), *channel_fields(callee, "Dest")]
        self._tell("call", "DialEnd", [*both, ("DialStatus", status)])

    def _gone(self, channel: Channel, cause: str) -> None:
        if channel in self.world.channels:
            self.world.channels.remove(channel)
            for item in [item for item in self.world.parked if item.channel is channel]:
                self.world.parked.remove(item)
                self._tell("call", "ParkedCallGiveUp", parked_fields(item, self._clock.time()))
            text = CAUSES.get(cause, "Unknown")
            self._tell("call", "Hangup", [*channel_fields(channel), ("Cause", cause), ("Cause-txt", text)])

    # Transfers and parking

    def transfer(self, channel: Channel, exten: str) -> None:
        """Let a telephone transfer whoever it talks to, to a number."""
        (peer,) = self.peers(channel)
        both = [*channel_fields(channel, "Transferer"), *channel_fields(peer, "Transferee")]
        result = [("Result", "Success"), ("IsExternal", "Yes"), ("Context", "from-internal")]
        self._tell("call", "BlindTransfer", [*result, *both, ("Extension", exten)])
        self.redirect(peer, exten, but=channel)

    def redirect(self, channel: Channel, exten: str, *, but: Channel | None = None) -> None:
        """Lead a channel elsewhere; whoever it talked to, or rang for it, is let go."""
        for peer in self.peers(channel):
            self._tell("call", "BridgeLeave", [*_bridge(peer.bridge, 1), *channel_fields(peer)])
            peer.bridge = ""
            self._gone(peer, NORMAL)
        for callee in self.callees_of(channel):
            self._dial_ends(channel, callee, "CANCEL")
            self._gone(callee, NORMAL)
        if channel.bridge:
            self._tell("call", "BridgeLeave", [*_bridge(channel.bridge, 0), *channel_fields(channel)])
            channel.bridge = ""
        channel.application, channel.is_held = "Dial", False
        self.route(channel, exten)

    def connect(self, first: Channel, second: Channel) -> None:
        """Let a telephone with two calls connect both, and leave."""
        (one,), (other,) = self.peers(first), self.peers(second)
        kept = [*channel_fields(first, "OrigTransferer"), *channel_fields(second, "SecondTransferer")]
        self._tell("call", "AttendedTransfer", [("Result", "Success"), *kept, ("DestType", "Bridge")])
        other.linkedid = second.linkedid = one.linkedid
        for channel in (first, second):
            self._tell("call", "BridgeLeave", [*_bridge(channel.bridge, 1), *channel_fields(channel)])
            channel.bridge = ""
        self._tell("call", "BridgeLeave", [*_bridge(other.bridge, 0), *channel_fields(other)])
        other.bridge = one.bridge
        one.is_held = other.is_held = False
        self._tell("call", "BridgeEnter", [*_bridge(one.bridge, 2), *channel_fields(other)])
        self._gone(first, NORMAL)
        self._gone(second, NORMAL)
        self.refresh()

    def join(self, channels: list[Channel]) -> None:
        """Take channels out of their calls and let them talk to each other."""
        left = [peer for channel in channels for peer in self.peers(channel) if peer not in channels]
        for channel in (*channels, *left):
            if channel.bridge:
                self._tell("call", "BridgeLeave", [*_bridge(channel.bridge, 1), *channel_fields(channel)])
                channel.bridge = ""
        for channel in channels:
            channel.linkedid, channel.is_held = channels[0].linkedid, False
        self.bridge(*channels)
        for channel in left:
            self._gone(channel, NORMAL)
        self.refresh()

    def park(self, channel: Channel, by: Channel | None = None) -> None:
        """Put a channel into a space, and let go whoever it talked to."""
        for peer in self.peers(channel):
            peer.bridge = ""
            self._gone(peer, NORMAL)
        channel.bridge, channel.is_held = "parking", False
        space = str(701 + len(self.world.parked))
        item = Parked(channel, space, by.name if by else channel.name, self._clock.time())
        self.world.parked.append(item)
        self._tell("call", "ParkedCall", parked_fields(item, self._clock.time()))
        self.refresh()

    def unpark(self, channel: Channel, space: str) -> None:
        """Connect a channel with the call that waits in a space."""
        [item] = [item for item in self.world.parked if item.space == space]
        parked = item.channel
        self.world.parked.remove(item)
        channel.state = UP
        self._tell("call", "Newstate", channel_fields(channel))
        self._tell("call", "BridgeLeave", [*_bridge(parked.bridge, 0), *channel_fields(parked)])
        fields = [*parked_fields(item, self._clock.time()), *channel_fields(channel, "Retriever")]
        self._tell("call", "UnParkedCall", fields)
        channel.linkedid = parked.linkedid
        self.bridge(parked, channel)
        channel.connected_number, channel.connected_name = parked.number, parked.caller_name
        self._tell("call", "NewConnectedLine", channel_fields(channel))
        self.refresh()

    def records(self, channel: Channel, *, on: bool) -> None:
        """Begin to record a channel, or end it."""
        self._tell("call", "MixMonitorStart" if on else "MixMonitorStop", channel_fields(channel))

    # Queues

    def join_queue(self, channel: Channel, queue: Queue) -> None:
        """Let a caller wait, and the agents ring who are free."""
        if channel.state != UP:
            channel.state = UP
            self._tell("call", "Newstate", channel_fields(channel))
        channel.application, channel.data = "Queue", queue.name
        queue.waiting.append(channel)
        where = [("Queue", queue.name), ("Position", str(len(queue.waiting)))]
        count = ("Count", str(len(queue.waiting)))
        self._tell("agent", "QueueCallerJoin", [*channel_fields(channel), *where, count])
        for member in queue.members:
            name = member.interface.partition("/")[2]
            if not member.paused and self.world.device_state(member.interface) == "NOT_INUSE":
                self.ring(channel, name)
        self.refresh()

    def _leave_queue(self, caller: Channel, agent: Channel | None) -> None:
        for queue in self.world.queues.values():
            if caller not in queue.waiting:
                continue
            position = str(queue.waiting.index(caller) + 1)
            queue.waiting.remove(caller)
            where = [("Queue", queue.name), ("Position", position)]
            count = ("Count", str(len(queue.waiting)))
            if agent is None:
                queue.abandoned += 1
                more = [*where, ("OriginalPosition", position), ("HoldTime", "5")]
                self._tell("agent", "QueueCallerAbandon", [*channel_fields(caller), *more])
            self._tell("agent", "QueueCallerLeave", [*channel_fields(caller), *where, count])
            if agent is not None:
                self._connect_agent(queue, caller, agent)

    def _connect_agent(self, queue: Queue, caller: Channel, agent: Channel) -> None:
        queue.completed += 1
        for member in queue.members:
            if member.interface == agent.interface:
                member.calls += 1
                member.last_call = round(self._clock.now().timestamp())
                both = [*channel_fields(caller), *channel_fields(agent, "Dest")]
                whose = [("Queue", queue.name), ("Interface", member.interface), ("MemberName", member.name)]
                self._tell("agent", "AgentConnect", [*both, *whose, ("HoldTime", "5"), ("RingTime", "3")])


def _bridge(bridge: str, number: int) -> Fields:
    return [("BridgeUniqueid", bridge), ("BridgeType", "basic"), ("BridgeNumChannels", str(number))]
