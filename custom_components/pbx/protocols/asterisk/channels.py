"""The channels of the PBX, and the conversations that they make.

Both know whether anything was told of them since they were described as parts of a call. So what counts for
that is changed by `update` and `change` only, and nothing else is looked at again.
"""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from operator import attrgetter
from typing import Any

from ..call import Leg, Party
from ..changes import CallChange
from ..enums import CallState
from ..json_fields import as_text
from ..lazy_dataclass import dataclass
from ..phone_numbers import hide_withheld
from .decode import Station, get_device, get_technology, is_telephone
from .decode_calls import BESIDES_STATE, UP, ChannelNews, get_dialed

_NOTHING = ChannelNews("", "")
_get_over = attrgetter("is_over")


@dataclass(eq=False, slots=True)
class Channel:
    """One end of a conversation, with what was told of it last; `order` is when it came among all."""

    id: str
    name: str
    order: int
    conversation: Conversation
    state: str | None = None
    number: str | None = None
    caller_name: str | None = None
    account: str | None = None
    application: str | None = None
    # What was dialed first, and where the dial plan has come with it, the last number that it went through.
    exten: str | None = None
    place: str | None = None
    is_held: bool = False
    was_shown: bool = False
    # Whether it was answered, and whether it has spoken with anybody.
    answered: bool = False
    has_talked: bool = False
    has_left: bool = False
    is_over: bool = False
    cause: int | None = None
    # These two show nowhere before it is over.
    dial_status: str | None = None
    bridge: str | None = None
    # What named its call before it was moved to another one; late events say so yet.
    former_calls: set[str] = field(default_factory=set)
    # What the last event has said.
    latest: ChannelNews = _NOTHING
    # Its leg as it was described last, None for none, and with it whom its device was for.
    leg: Leg | None = None
    station: Station | None = None
    # Whether anything was told since.
    is_changed: bool = True
    # What it made its phone do when that was shown last.
    shown_state: CallState | None = None
    # What follows from its name: its device, and whether that is a telephone or a trunk and no plumbing.
    device: str = field(init=False, default="")
    is_telephone: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        """Find out what the name says."""
        self.rename(self.name)

    def rename(self, name: str) -> None:
        """Give it another name, by which it may be at another device."""
        self.name, self.latest, self.shown_state = name, _NOTHING, None
        self.device, self.is_telephone = get_device(name), is_telephone(name)
        self._mark()

    @property
    def is_local(self) -> bool:
        """Return whether it is one half of a channel from the dial plan to itself."""
        return get_technology(self.name) == "Local"

    @property
    def phone_state(self) -> CallState | None:
        """Return what it makes its phone do, by its leg as that was described last."""
        return None if self.leg is None or self.is_over else self.leg.state

    def update(self, news: ChannelNews) -> None:
        """Change what an event says otherwise than the one before; what it leaves out stays."""
        latest, self.latest = self.latest, news
        self._mark()
        if news.state != latest.state:
            self.state = as_text(news.state) or self.state
            self.answered |= self.state == UP
        if news[BESIDES_STATE] != latest[BESIDES_STATE]:
            self._update_rest(news)

    def _update_rest(self, news: ChannelNews) -> None:
        """Change what an event says besides the state, which most of them repeat."""
        self.conversation.is_described_otherwise = True
        dialed = get_dialed(news.exten)
        self.number = hide_withheld(as_text(news.number)) or self.number
        self.caller_name = hide_withheld(as_text(news.caller_name)) or self.caller_name
        self.account = as_text(news.account) or self.account
        self.application = as_text(news.application) or self.application
        # What was dialed first is what the caller wanted; dial plans go on from there.
        self.exten = self.exten or dialed
        self.place = dialed or self.place

    def change(self, **facts: Any) -> None:
        """Change what follows from an event by the names of the fields."""
        if _set(self, facts):
            self._mark()

    def _mark(self) -> None:
        self.is_changed = self.conversation.is_changed = True


@dataclass(eq=False, slots=True)
class Conversation:
    """The channels that belong to one call, those that have ended included."""

    id: str
    started: datetime | None = None
    channels: dict[str, Channel] = field(default_factory=dict)
    # Those of telephones and trunks, the first one first, and the one that began it, None for none of them.
    telephones: list[Channel] = field(default_factory=list)
    caller: Channel | None = None
    # What was dialed, and who was called first.
    dialed: str | None = None
    called: Party | None = None
    queue: str | None = None
    is_waiting: bool = False
    at_mailbox: bool = False
    recorded: bool = False
    # Whether a channel went on from here to another call.
    was_left: bool = False
    # Whether we placed it, so that the phone of the caller answers before anybody is called.
    is_placed: bool = False
    # These three show only in its end.
    voicemail: bool = False
    last_status: str | None = None
    last_cause: int | None = None
    told: CallChange | None = None
    # Where channels were before they were renamed, until that is shown.
    left_devices: set[str] = field(default_factory=set)
    # Whether anything was told of it or of a channel since, and whether more than what its channels do.
    is_changed: bool = True
    is_described_otherwise: bool = True

    def add(self, channel: Channel) -> None:
        """Let a channel take part."""
        channel.conversation, channel.is_changed = self, True
        self.channels[channel.id] = channel
        self.sort_channels()

    def remove(self, channel: Channel) -> None:
        """Let a channel go on elsewhere, where what it says counts anew."""
        self.channels.pop(channel.id, None)
        channel.latest = _NOTHING
        self.sort_channels()

    def clear(self) -> None:
        """Let go of all channels, or each call would leave a circle of objects to be found as garbage."""
        self.channels, self.telephones, self.caller = {}, [], None

    def change(self, **facts: Any) -> None:
        """Change what follows from an event by the names of the fields."""
        if _set(self, facts):
            self.is_changed = self.is_described_otherwise = True

    def sort_channels(self) -> None:
        """Find the telephones among the channels, and which of them began this."""
        self.is_changed = self.is_described_otherwise = True
        self.telephones = [channel for channel in self.channels.values() if channel.is_telephone]
        began, before = (channel for channel in self.telephones if channel.id == self.id), self.caller
        self.caller = next(began, None) or min(self.telephones, key=lambda item: item.order, default=None)
        if before is not None and before is not self.caller:
            # It has the leg of a callee now.
            before.is_changed = True

    @property
    def is_over(self) -> bool:
        """Return whether nothing of it is left."""
        return all(map(_get_over, self.channels.values()))


def _set(item: Channel | Conversation, facts: Mapping[str, Any]) -> bool:
    """Set these fields, and return whether any of them was something else."""
    differs = False
    for name, value in facts.items():
        if getattr(item, name) != value:
            setattr(item, name, value)
            differs = True
    return differs
