"""Remember every channel of the PBX, and what the channels of one conversation make of a call."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import count

from ..call import Party
from ..changes import CallChange, Change, TransferChange
from ..enums import CallState
from .channels import Channel, Conversation
from .decode import get_now
from .decode_calls import ChannelNews
from .describe_calls import CallDescriber
from .directory import Directory

# No PBX has as many channels at once; what goes beyond would only fill the memory.
MOST_CHANNELS = 20_000
MOST_ENDED = 100
_NO_STATES = frozenset[CallState]()
# Where the dial plan of FreePBX lets callers speak to a mailbox.
MAILBOX_CONTEXT = "macro-vm"


class CallBook:
    """Keep the channels by their unique ids, and the conversations by what links them."""

    def __init__(self, directory: Directory, now: Callable[[], datetime] = get_now) -> None:
        self._directory = directory
        self._describer = CallDescriber(directory)
        self._now = now
        self._channels: dict[str, Channel] = {}
        self._conversations: dict[str, Conversation] = {}
        self._by_device: dict[str, dict[str, Channel]] = {}
        self._numbers = count()
        # What was asked to be dialed in calls that we placed, by the ids that they were given.
        self._placed: dict[str, str] = {}
        # Why calls ended, for who has placed them and asks a moment later.
        self._last_causes: dict[str, int | None] = {}
        directory.get_leg_states = self.get_leg_states

    # Questions

    def get_leg_states(self, device: str) -> frozenset[CallState]:
        """Return what a device does in its calls, which is shown then."""
        channels = self._by_device.get(device)
        if channels is None:
            return _NO_STATES
        for channel in channels.values():
            channel.shown_state = self._describer.get_leg_state(channel)
        return frozenset(channel.shown_state for channel in channels.values() if channel.shown_state)

    def get_channel(self, unique: str) -> Channel | None:
        """Return a channel that is up."""
        return self._channels.get(unique)

    def get_conversation(self, call_id: str) -> Conversation | None:
        """Return the conversation of a call, or the one that has a channel of this id."""
        found = self._conversations.get(call_id)
        if found is None and (channel := self._channels.get(call_id)) is not None:
            return channel.conversation
        return found

    def get_live(self, call_id: str) -> list[Channel]:
        """Return the channels of telephones in a call that are up, none where there is no such call."""
        conversation = self.get_conversation(call_id)
        return [channel for channel in conversation.telephones if not channel.is_over] if conversation else []

    def get_caller(self, call_id: str) -> Channel | None:
        """Return the channel that began a call, None where it is gone."""
        conversation = self.get_conversation(call_id)
        caller = conversation.caller if conversation is not None else None
        return caller if caller is not None and not caller.is_over else None

    def is_caller(self, channel: Channel) -> bool:
        """Return whether a channel has begun its call."""
        return channel.conversation.caller is channel

    def is_connected(self, channel: Channel) -> bool:
        """Return whether another party is in the call of a channel, or was."""
        return self._describer.is_connected(channel)

    def get_last_cause(self, call_id: str) -> int | None:
        """Return why the last channel of a call ended, also where the call has just ended."""
        conversation = self._conversations.get(call_id)
        return conversation.last_cause if conversation is not None else self._last_causes.get(call_id)

    def find_parked(self, call_id: str) -> str | None:
        """Return the space in which a party of a call is parked, None where none is."""
        parked = self._directory.parked
        spaces = (parked[channel.id].space for channel in self.get_live(call_id) if channel.id in parked)
        return next(spaces, None)

    def may_be_at_machine(self, channel: Channel) -> bool:
        """Return whether a caller may speak with the PBX itself, which no event tells.

        That is so where none of those who were called has answered, and in a call that we placed from the
        moment when the phone of its caller is answered.
        """
        if not channel.answered or not self.is_caller(channel):
            return False
        conversation = channel.conversation
        callees = [other for other in conversation.telephones if other is not channel]
        return bool(callees or conversation.is_placed) and not any(other.answered for other in callees)

    def describe(self, call_id: str) -> CallChange | None:
        """Return what is known of a call, None where there is none."""
        conversation = self.get_conversation(call_id)
        return self._describer.describe(conversation) if conversation is not None else None

    def get_party(self, channel: Channel) -> Party:
        """Return who is at a channel."""
        return self._describer.get_party(channel)

    @property
    def channel_ids(self) -> frozenset[str]:
        """Return the unique ids of all channels that are up."""
        return frozenset(self._channels)

    def describe_open(self) -> list[CallChange]:
        """Return all calls that are open, and remember that they were told."""
        described = []
        for conversation in self._conversations.values():
            conversation.told = self._describer.describe(conversation)
            if conversation.told is not None:
                described.append(conversation.told)
        return described

    # Events

    def place(self, call_id: str, number: str) -> None:
        """Remember what is dialed in a call that is about to be placed."""
        self._placed[call_id] = number
        while len(self._placed) > MOST_CHANNELS:
            del self._placed[next(iter(self._placed))]

    def update(self, news: ChannelNews | None, *, may_move: bool = False) -> Channel | None:
        """Change a channel or add it; None where there is none or no room for more.

        It `may_move` to another call where it enters a bridge. In a transfer it stays where it is, and events
        may name its new call before that of the transfer, which says what has happened, arrives.
        """
        if news is None:
            return None
        channel = self._channels.get(news.id)
        if channel is None:
            if len(self._channels) >= MOST_CHANNELS:
                return None
            channel = self._add(news)
        elif may_move:
            self._follow(channel, news.call or news.id)
        if news == channel.latest:
            return channel
        if news.name != channel.name:
            self.rename(channel, news.name)
        channel.update(news)
        # Nothing tells that a caller has come to a mailbox, but lists and the dial plan of FreePBX do.
        if (news.application or "").startswith("VoiceMail") or news.context == MAILBOX_CONTEXT:
            channel.conversation.change(at_mailbox=True)
        return channel

    def _add(self, news: ChannelNews) -> Channel:
        conversation = self._open(news.call or news.id)
        channel = Channel(id=news.id, name=news.name, order=next(self._numbers), conversation=conversation)
        conversation.add(channel)
        self._channels[news.id] = channel
        self._by_device.setdefault(channel.device, {})[news.id] = channel
        return channel

    def catch_up(self, channel: Channel, bridge: str | None, seconds: int | None) -> None:
        """Set what a list says of a channel that had begun before anything was told of it."""
        channel.bridge = bridge
        channel.change(has_talked=bridge is not None)
        if seconds is not None and channel.conversation.started is None:
            channel.conversation.change(started=self._now() - timedelta(seconds=min(seconds, 10**6)))

    def _open(self, call_id: str) -> Conversation:
        if call_id not in self._conversations:
            dialed = self._placed.pop(call_id, None)
            self._conversations[call_id] = Conversation(call_id, dialed=dialed, is_placed=dialed is not None)
        return self._conversations[call_id]

    def rename(self, channel: Channel, name: str) -> None:
        """Give a channel another name, as where it takes the place of another one."""
        self._forget_device(channel)
        channel.conversation.left_devices.add(channel.device)
        channel.rename(name)
        channel.conversation.sort_channels()
        self._by_device.setdefault(channel.device, {})[channel.id] = channel

    def _forget_device(self, channel: Channel) -> None:
        known = self._by_device.get(channel.device, {})
        known.pop(channel.id, None)
        if not known:
            self._by_device.pop(channel.device, None)

    def _follow(self, channel: Channel, call_id: str) -> None:
        """Move a channel to the call that an event names, unless that is one that it has left."""
        if call_id != channel.conversation.id and call_id not in channel.former_calls:
            self._move(channel, self._open(call_id))

    def move(self, channel: Channel, call_id: str) -> Sequence[Change]:
        """Move a channel to another call, since it has taken a place there."""
        left = channel.conversation
        if left.id == call_id:
            return self.show_call(left)
        self._move(channel, self._open(call_id))
        return [*self.show_call(channel.conversation), *self.show_call(left)]

    def _move(self, channel: Channel, conversation: Conversation) -> None:
        left = channel.conversation
        left.remove(channel)
        left.was_left = True
        channel.former_calls.add(left.id)
        conversation.add(channel)
        if not left.channels and left.told is None:
            self._conversations.pop(left.id, None)

    def show_call(self, conversation: Conversation) -> Sequence[Change]:
        """Return what is new in a call, its end where nothing of it is left, and what its phones do now."""
        if not conversation.is_changed:
            return ()
        is_over = conversation.is_over
        change = self._end(conversation) if is_over else self._describer.describe(conversation)
        conversation.is_changed = conversation.is_described_otherwise = False
        changes: list[Change] = []
        if change is not None and change is not conversation.told:
            conversation.told = change
            changes.append(change)
        telephones = conversation.telephones
        devices = {channel.device for channel in telephones if channel.phone_state is not channel.shown_state}
        for device in sorted(devices | conversation.left_devices):
            changes += self._directory.show_phone(device)
        conversation.left_devices.clear()
        if is_over:
            conversation.clear()
        return changes

    def _end(self, conversation: Conversation) -> CallChange | None:
        """Return the end of a call, and forget it; None where nobody was told of it."""
        self._conversations.pop(conversation.id, None)
        self._last_causes[conversation.id] = conversation.last_cause
        while len(self._last_causes) > MOST_ENDED:
            del self._last_causes[next(iter(self._last_causes))]
        return self._describer.describe_end(conversation)

    def sweep(self, conversation_ids: Iterable[str] = ()) -> list[Change]:
        """Return the ends of conversations that channels were moved out of."""
        found = [self._conversations[key] for key in conversation_ids if key in self._conversations]
        over = [conversation for conversation in found if conversation.is_over]
        return [change for conversation in over for change in self.show_call(conversation)]

    def hang_up(self, channel: Channel, cause: int | None) -> Sequence[Change]:
        """End a channel, and its call where it was the last one."""
        channel.change(is_over=True, cause=cause, is_held=False)
        self._channels.pop(channel.id, None)
        self._forget_device(channel)
        channel.conversation.last_cause = cause or channel.conversation.last_cause
        return self.show_call(channel.conversation)

    def drop_missing(self, known_before: Collection[str], listed: Collection[str]) -> list[Change]:
        """End the channels that are missing from a list, of those known before it was asked for."""
        changes: list[Change] = []
        for unique in set(known_before) - set(listed):
            channel = self._channels.get(unique)
            if channel is not None:
                changes += self.hang_up(channel, None)
        return changes

    def infer_holds(self, states: Mapping[str, str]) -> None:
        """Find who holds a call by who is held, which is all that lists tell of it."""
        for channel in self._channels.values():
            held = states.get(channel.device) == "ONHOLD" and channel.is_telephone
            for peer in self._get_peers(channel) if held else ():
                peer.change(is_held=True)

    def _get_peers(self, channel: Channel) -> list[Channel]:
        """Return the other telephones of a call that are connected."""
        others = channel.conversation.telephones
        return [other for other in others if other is not channel and other.bridge and not other.is_over]

    def clear(self) -> None:
        """Forget all calls, without telling of it."""
        self._channels.clear()
        self._conversations.clear()
        self._by_device.clear()

    # Transfers

    def transfer_blind(
        self, transferer: Channel, transferee: Channel | None, number: str, *, success: bool
    ) -> list[Change]:
        """Return the change of a transfer to a number."""
        conversation = transferer.conversation
        by = self._describer.get_party(transferer)
        transferer.change(has_left=success or transferer.has_left)
        user = self._directory.find_number(number)
        change = TransferChange(
            ids=(conversation.id,),
            leaving=(transferer.id,) if success else (),
            success=success,
            target=self._directory.get_user_party(user) if user is not None else Party(number=number),
            transferer=by,
            transferee=self._describer.get_party(transferee) if transferee is not None else None,
        )
        conversation.change(dialed=conversation.dialed or number)
        return [change, *self.show_call(conversation)]

    def transfer_attended(
        self,
        first: Channel,
        second: Channel,
        transferee: Channel | None,
        target: Channel | None,
        *,
        success: bool,
    ) -> list[Change]:
        """Return the changes of a transfer to a party that was asked; who is transferred keeps their call."""
        kept = transferee.conversation if transferee is not None else first.conversation
        left = second.conversation
        for channel in first, second:
            channel.change(has_left=success or channel.has_left)
        change = TransferChange(
            ids=tuple(dict.fromkeys((kept.id, left.id))),
            leaving=(first.id, second.id) if success else (),
            success=success,
            target=self._describer.get_party(target) if target is not None else Party(number=left.dialed),
            transferer=self._describer.get_party(first),
            transferee=self._describer.get_party(transferee) if transferee is not None else None,
            stays=kept.id if target is not None else None,
            joins=target.id if target is not None else None,
        )
        changes: list[Change] = [change]
        if success and target is not None and target.conversation is not kept:
            self._move(target, kept)
        return [*changes, *self.show_call(kept), *self.show_call(left)]
