"""Speak in every odd order that a genuine Asterisk may choose, by a seed; what belongs together stays so."""

from typing import override

from .variety import Fields, Variety

# Events of one topic keep their order, and may overtake those of others; all others are of calls.
TOPICS = {
    "DeviceStateChange": "devices",
    "ExtensionStatus": "hints",
    "PresenceStateChange": "presences",
    "MessageWaiting": "mailboxes",
    "ContactStatus": "contacts",
    "PeerStatus": "contacts",
    "OriginateResponse": "answers",
    "UserEvent": "dial plan",
}
# So many turns of all others an event may wait.
MOST_TURNS = 8
TWICE = {"DeviceStateChange", "ExtensionStatus", "PresenceStateChange"}


class Chaos(Variety):
    """One way to be odd; the same seed is odd in the same way."""

    def get_topic(self, name: str) -> str:
        """Return with which events this one keeps its order."""
        topic = "queues" if name.startswith("Queue") else "calls"
        return TOPICS.get(name, topic)

    def choose_turns(self) -> int:
        """Return how many turns something waits."""
        return self._random.randrange(MOST_TURNS)

    def repeat(self, name: str) -> int:
        """Return how often an event is told; states may be told again without having changed."""
        return 1 + (name in TWICE and self._random.random() < 0.3)

    @override
    def vary(self, fields: Fields) -> Fields:
        varied = super().vary(fields)
        extra = [("Timestamp", "1764522011.123456"), ("SequenceNumber", "7"), ("ChanVariable", "A=1")]
        # A name comes again for each variable of a channel, and long values are cut nowhere.
        extra += [("ChanVariable", "B=x: y"), ("X-Long", "é" * 500)]
        return [*varied, *(pair for pair in extra if self._random.random() < 0.5)]

    @override
    def noise(self) -> list[Fields]:
        if self._random.random() < 0.3:
            # Somebody else has asked for a call, which everybody is told.
            foreign = [("Event", "OriginateResponse"), ("ActionID", "1"), ("Response", "Failure")]
            return [*super().noise(), [*foreign, ("Channel", "PJSIP/999"), ("Reason", "0")]]
        return super().noise()

    def complete(self, fields: Fields) -> Fields:
        """Return the end of a list as old servers write it, which do not say that it is one."""
        kept = [pair for pair in fields if pair[0] not in ("EventList", "ListItems")]
        return kept if self._random.random() < 0.5 else fields
