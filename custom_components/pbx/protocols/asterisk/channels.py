"""The channels of the PBX, and the conversations that they make."""

from dataclasses import field
from datetime import datetime

from ..call import Leg, Party
from ..changes import CallChange
from ..evolve import evolve
from ..lazy_dataclass import dataclass
from .decode_calls import UP, ChannelNews


@dataclass(eq=False, slots=True)
class Channel:
    """One end of a conversation; `news` is what was told of it last."""

    news: ChannelNews
    conversation: Conversation
    number: int
    device: str
    is_telephone: bool
    is_held: bool = False
    was_shown: bool = False
    # Whether it was answered, and whether it has spoken with anybody.
    answered: bool = False
    has_talked: bool = False
    has_left: bool = False
    is_over: bool = False
    dial_status: str | None = None
    cause: int | None = None
    bridge: str | None = None
    # Where the dial plan has come with it, the last number that it went through.
    place: str | None = None
    # What named its call before it was moved to another one; late events say so yet.
    former_calls: set[str] = field(default_factory=set)
    # What the last event has said, before anything was added to it.
    latest: ChannelNews | None = None
    # Its leg as it was described last, None before that.
    leg: Leg | None = None

    @property
    def id(self) -> str:
        """Return its unique id."""
        return self.news.id

    def update(self, news: ChannelNews) -> None:
        """Change what an event says; what it leaves out stays."""
        if news is self.latest:
            return
        self.latest, old = news, self.news
        self.news = evolve(
            news,
            state=news.state or old.state,
            number=news.number or old.number,
            caller_name=news.caller_name or old.caller_name,
            # What was dialed first is what the caller wanted; dial plans go on from there.
            exten=old.exten or news.exten,
            account=news.account or old.account,
            application=news.application or old.application,
        )
        self.answered |= self.news.state == UP
        self.place = news.exten or self.place


@dataclass(eq=False, slots=True)
class Conversation:
    """The channels that belong to one call, those that have ended included."""

    id: str
    started: datetime | None = None
    channels: dict[str, Channel] = field(default_factory=dict)
    # What was dialed, and who was called first.
    dialed: str | None = None
    called: Party | None = None
    queue: str | None = None
    is_waiting: bool = False
    voicemail: bool = False
    at_mailbox: bool = False
    recorded: bool = False
    # Whether a channel went on from here to another call.
    was_left: bool = False
    # Whether we placed it, so that the phone of the caller answers before anybody is called.
    is_placed: bool = False
    last_status: str | None = None
    last_cause: int | None = None
    told: CallChange | None = None
    # The channel that began it, None while that is to be found out anew.
    caller: Channel | None = None

    @property
    def telephones(self) -> list[Channel]:
        """Return the channels of telephones and trunks, the first one first."""
        return [channel for channel in self.channels.values() if channel.is_telephone]

    @property
    def is_over(self) -> bool:
        """Return whether nothing of it is left."""
        return all(channel.is_over for channel in self.channels.values())
