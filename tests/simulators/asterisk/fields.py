"""Write channels, queues and the like as the fields of events."""

from .world import STATE_WORDS, UP, Channel, Member, Parked, Queue, World

type Fields = list[tuple[str, str]]

NOBODY = "<unknown>"
MEMBER_STATES = {
    "NOT_INUSE": 1, "INUSE": 2, "BUSY": 3, "INVALID": 4, "UNAVAILABLE": 5, "RINGING": 6, "RINGINUSE": 7,
    "ONHOLD": 8,
}  # fmt: skip
STATUS_TEXTS = {-1: "Removed", 0: "Idle", 1: "InUse", 2: "Busy", 4: "Unavailable", 8: "Ringing",
                9: "InUse&Ringing", 16: "Hold"}  # fmt: skip
ENDPOINT_STATES = {"NOT_INUSE": "Not in use", "INUSE": "In use", "UNAVAILABLE": "Unavailable",
                   "RINGING": "Ringing", "RINGINUSE": "Ring+Inuse", "ONHOLD": "On Hold"}  # fmt: skip
CAUSES = {
    "0": "Unknown", "16": "Normal Clearing", "17": "User busy", "18": "No user responding",
    "19": "User alerting, no answer", "20": "Subscriber absent", "21": "Call Rejected",
    "26": "Answered elsewhere", "127": "Interworking, unspecified",
}  # fmt: skip


def channel_fields(channel: Channel, prefix: str = "") -> Fields:
    """Return how events show a channel."""
    values = {
        "Channel": channel.name,
        "ChannelState": str(channel.state),
        "ChannelStateDesc": STATE_WORDS[channel.state],
        "CallerIDNum": channel.number or NOBODY,
        "CallerIDName": channel.caller_name or NOBODY,
        "ConnectedLineNum": channel.connected_number or NOBODY,
        "ConnectedLineName": channel.connected_name or NOBODY,
        "Language": "en",
        "AccountCode": "",
        "Context": channel.context,
        "Exten": channel.exten,
        "Priority": "1",
        "Uniqueid": channel.uniqueid,
        "Linkedid": channel.linkedid,
    }
    return [(f"{prefix}{name}", value) for name, value in values.items()]


def list_channel(channel: Channel, now: float) -> Fields:
    """Return a channel as the list of all channels shows it."""
    minutes, seconds = divmod(round(now - channel.began), 60)
    return [
        ("Event", "CoreShowChannel"),
        *channel_fields(channel),
        ("Application", channel.application),
        ("ApplicationData", channel.data),
        ("Duration", f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}"),
        ("BridgeId", channel.bridge),
    ]


def status_fields(channel: Channel, now: float) -> Fields:
    """Return a channel as the action Status shows it, with the number that was dialed."""
    return [
        ("Event", "Status"),
        ("Privilege", "Call"),
        *channel_fields(channel),
        ("Type", channel.interface.partition("/")[0]),
        ("DNID", channel.dnid),
        ("BridgeID", channel.bridge),
        ("Application", channel.application),
        ("Data", channel.data),
        ("Seconds", str(round(now - channel.began))),
    ]


def member_fields(world: World, queue: Queue, member: Member, *, listed: bool = False) -> Fields:
    """Return an agent as the events of a queue show them, or its list, which has names of its own."""
    interface, name = ("Location", "Name") if listed else ("Interface", "MemberName")
    talks = any(item.state == UP for item in world.of_endpoint(member.interface.partition("/")[2]))
    return [
        ("Queue", queue.name),
        (name, member.name),
        (interface, member.interface),
        ("StateInterface", member.interface),
        ("Membership", member.membership),
        ("Penalty", "0"),
        ("CallsTaken", str(member.calls)),
        ("LastCall", str(member.last_call)),
        ("LastPause", str(member.last_pause)),
        ("LoginTime", "1"),
        ("InCall", str(int(talks))),
        ("Status", str(MEMBER_STATES.get(world.device_state(member.interface), 0))),
        ("Paused", str(int(member.paused))),
        ("PausedReason", member.reason),
        ("Wrapuptime", "0"),
    ]


def queue_fields(queue: Queue) -> Fields:
    """Return the figures of a queue."""
    return [
        ("Event", "QueueParams"),
        ("Queue", queue.name),
        ("Max", "0"),
        ("Strategy", "ringall"),
        ("Calls", str(len(queue.waiting))),
        ("Holdtime", "12"),
        ("TalkTime", "95"),
        ("Completed", str(queue.completed)),
        ("Abandoned", str(queue.abandoned)),
        ("ServiceLevel", "20"),
        ("ServicelevelPerf", "91.7"),
        ("ServicelevelPerf2", "88.0"),
        ("Weight", "0"),
    ]


def entry_fields(queue: Queue, position: int, channel: Channel, now: float) -> Fields:
    """Return somebody who waits, as the list of a queue shows them."""
    return [
        ("Event", "QueueEntry"),
        ("Queue", queue.name),
        ("Position", str(position)),
        ("Channel", channel.name),
        ("Uniqueid", channel.uniqueid),
        ("CallerIDNum", channel.number or NOBODY),
        ("CallerIDName", channel.caller_name or NOBODY),
        ("ConnectedLineNum", NOBODY),
        ("ConnectedLineName", NOBODY),
        ("Wait", str(round(now - channel.began))),
        ("Priority", "0"),
    ]


def parked_fields(item: Parked, now: float) -> Fields:
    """Return a parked call as its event and its list show it."""
    return [
        *channel_fields(item.channel, "Parkee"),
        ("ParkerDialString", item.by.rpartition("-")[0]),
        ("Parkinglot", "default"),
        ("ParkingSpace", item.space),
        ("ParkingTimeout", "45"),
        ("ParkingDuration", str(round(now - item.since))),
    ]
