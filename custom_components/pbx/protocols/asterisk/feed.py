"""What the events of the PBX change, and in which calls."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..changes import Change, DialPlanEvent, RawEvent
from ..name_counter import NameCounter
from .calls import CallBook
from .channels import Channel
from .decode import decode_contact, decode_messages, decode_note, decode_presence, get_now
from .decode_calls import (
    decode_bridge,
    decode_channel,
    decode_duration,
    decode_question,
    decode_user_event,
    get_cause,
    is_conversation,
)
from .decode_queues import decode_parked, decode_waiting, get_interface
from .directory import Directory
from .questions import Questions
from .rights import Rights
from .wire import PASSING, Block

type _Handler = Callable[[Block], Sequence[Change]]

# What the events of a queue tell of a member replaces only what it says.
_MEMBER_EVENTS = (
    "QueueMemberStatus",
    "QueueMemberPause",
    "QueueMemberAdded",
    "QueueMemberPenalty",
    "QueueMemberRinginuse",
)
# What FreePBX says by `UserEvent` where a user comes to a hot desk or leaves it.
_SITTING = frozenset({"UserDeviceAdded", "UserDeviceRemoved"})


def _handle_nothing(block: Block) -> Sequence[Change]:
    return ()


class Feed:
    """Hand each event to what it concerns. `hasten` asks for a reading by its name."""

    def __init__(
        self,
        directory: Directory,
        book: CallBook,
        rights: Rights,
        questions: Questions,
        hasten: Callable[[str], None],
    ) -> None:
        self._directory = directory
        self._book = book
        self._rights = rights
        self._questions = questions
        self._hasten = hasten
        self.counts = NameCounter()
        self.unknown = NameCounter()
        self._handlers: Mapping[str, _Handler] = {
            **dict.fromkeys(PASSING, _handle_nothing),
            "Newchannel": self._handle_new_channel,
            "Newstate": self._handle_state,
            "NewCallerid": self._handle_channel,
            "NewConnectedLine": self._handle_channel,
            "CoreShowChannel": self._handle_listed,
            "Rename": self._handle_rename,
            "DialBegin": self._handle_dial_begin,
            "DialEnd": self._handle_dial_end,
            "Hold": lambda block: self._handle_hold(block, is_held=True),
            "Unhold": lambda block: self._handle_hold(block, is_held=False),
            "BridgeEnter": self._handle_bridge_enter,
            "BridgeLeave": self._handle_bridge_leave,
            "Hangup": self._handle_hangup,
            "Pickup": self._handle_pickup,
            "BlindTransfer": self._handle_blind_transfer,
            "AttendedTransfer": self._handle_attended_transfer,
            "MixMonitorStart": lambda block: self._handle_recording(block, is_on=True),
            "MixMonitorStop": lambda block: self._handle_recording(block, is_on=False),
            "QueueCallerJoin": self._handle_join,
            "QueueCallerLeave": self._handle_leave,
            "QueueMemberRemoved": self._handle_member_removed,
            **dict.fromkeys(_MEMBER_EVENTS, self._handle_member),
            "ParkedCall": self._handle_parked,
            "UnParkedCall": self._handle_unparked,
            "ParkedCallTimeOut": self._handle_unparked,
            "ParkedCallGiveUp": self._handle_unparked,
            "DeviceStateChange": self._handle_device,
            "ContactStatus": self._handle_contact,
            "PresenceStateChange": self._handle_presence,
            "PresenceStatus": self._handle_presence_status,
            "MessageWaiting": self._handle_messages,
            "UserEvent": self._handle_user_event,
            "AsyncAGIStart": self._handle_question,
        }

    def handle_event(self, block: Block) -> list[Change]:
        """Return what an event changes, and the event in its own words."""
        name = block["Event"]
        handler = self._handlers.get(name)
        if handler is None:
            self.unknown.add(name)
            return [RawEvent(name, block, understood=False)]
        self.counts.add(name)
        return [*handler(block), RawEvent(name, block)]

    # Calls

    def _show_call(self, channel: Channel | None) -> Sequence[Change]:
        return self._book.show_call(channel.conversation) if channel is not None else ()

    def _update(self, block: Block, prefix: str = "") -> Channel | None:
        return self._book.update(decode_channel(block, prefix))

    def _handle_channel(self, block: Block) -> Sequence[Change]:
        return self._show_call(self._update(block))

    def _handle_listed(self, block: Block) -> Sequence[Change]:
        is_new = self._book.get_channel(block.get("Uniqueid", "")) is None
        channel, left = self._move(block)
        if channel is not None and is_new:
            self._book.catch_up(channel, decode_bridge(block), decode_duration(block))
        return [*self._show_call(channel), *self._book.sweep(left)]

    def _move(self, block: Block) -> tuple[Channel | None, Collection[str]]:
        """Update a channel that may be in another call now; return it, and the call that it has left."""
        news = decode_channel(block)
        known = self._book.get_channel(news.id) if news is not None else None
        before = known.conversation.id if known is not None else None
        channel = self._book.update(news, may_move=True)
        has_left = before is not None and channel is not None and channel.conversation.id != before
        return channel, (before,) if before is not None and has_left else ()

    def _handle_new_channel(self, block: Block) -> Sequence[Change]:
        self._rights.reads["call"] = True
        return self._handle_channel(block)

    def _handle_state(self, block: Block) -> Sequence[Change]:
        changes = self._handle_channel(block)
        channel = self._book.get_channel(block.get("Uniqueid", ""))
        if channel is not None and self._book.may_be_at_machine(channel):
            self._hasten("channels")
        return changes

    def _handle_rename(self, block: Block) -> Sequence[Change]:
        channel = self._book.get_channel(block.get("Uniqueid", ""))
        if channel is None or not block.get("Newname"):
            return ()
        self._book.rename(channel, block["Newname"])
        return self._show_call(channel)

    def _handle_dial_begin(self, block: Block) -> Sequence[Change]:
        self._update(block)
        return self._show_call(self._update(block, "Dest"))

    def _handle_dial_end(self, block: Block) -> Sequence[Change]:
        self._update(block)
        status = block.get("DialStatus")
        callee = self._book.get_channel(block.get("DestUniqueid", ""))
        if callee is None:
            return ()
        callee.dial_status = status
        if status not in ("ANSWER", "CANCEL", None) and callee.is_telephone:
            callee.conversation.last_status = status
        self._update(block, "Dest")
        return self._show_call(callee)

    def _handle_hold(self, block: Block, *, is_held: bool) -> Sequence[Change]:
        channel = self._update(block)
        if channel is not None:
            channel.change(is_held=is_held)
        return self._show_call(channel)

    def _handle_bridge_enter(self, block: Block) -> Sequence[Change]:
        channel, left = self._move(block)
        if channel is not None:
            channel.bridge = block.get("BridgeUniqueid")
            if is_conversation(block):
                channel.change(has_talked=True)
        return [*self._show_call(channel), *self._book.sweep(left)]

    def _handle_bridge_leave(self, block: Block) -> Sequence[Change]:
        channel = self._book.get_channel(block.get("Uniqueid", ""))
        if channel is not None:
            channel.bridge = None
        return ()

    def _handle_hangup(self, block: Block) -> Sequence[Change]:
        channel = self._book.get_channel(block.get("Uniqueid", ""))
        self._questions.forget_channel(block.get("Uniqueid", ""))
        return self._book.hang_up(channel, get_cause(block)) if channel is not None else ()

    def _handle_pickup(self, block: Block) -> Sequence[Change]:
        """Put who picks up into the place of who rang; events go on to name the old call for a while."""
        channel = self._update(block)
        target = block.get("TargetLinkedid")
        if channel is None or not target:
            return self._show_call(channel)
        channel.change(has_talked=True)
        return self._book.move(channel, target)

    def _handle_blind_transfer(self, block: Block) -> Sequence[Change]:
        transferer = self._update(block, "Transferer")
        transferee = self._update(block, "Transferee")
        if transferer is None:
            return ()
        success = block.get("Result") == "Success"
        return self._book.transfer_blind(transferer, transferee, block.get("Extension", ""), success=success)

    def _handle_attended_transfer(self, block: Block) -> Sequence[Change]:
        first = self._book.get_channel(block.get("OrigTransfererUniqueid", ""))
        second = self._book.get_channel(block.get("SecondTransfererUniqueid", ""))
        if first is None or second is None:
            return ()
        return self._book.transfer_attended(
            first,
            second,
            self._book.get_channel(block.get("TransfereeUniqueid", "")),
            self._book.get_channel(block.get("TransferTargetUniqueid", "")),
            success=block.get("Result") == "Success",
        )

    def _handle_recording(self, block: Block, *, is_on: bool) -> Sequence[Change]:
        channel = self._update(block)
        if channel is not None:
            channel.conversation.change(recorded=is_on)
        return self._show_call(channel)

    # Queues

    def _handle_join(self, block: Block) -> Sequence[Change]:
        self._rights.reads["agent"] = True
        channel, queue = self._update(block), block.get("Queue", "")
        if channel is not None:
            channel.conversation.change(queue=queue, is_waiting=True)
        record = self._directory.queues.get(queue)
        if record is not None:
            record.waiting[block.get("Uniqueid", "")] = decode_waiting(block, get_now())
        return [*self._show_call(channel), *self._directory.show_queue(queue)]

    def _handle_leave(self, block: Block) -> Sequence[Change]:
        channel, queue = self._update(block), block.get("Queue", "")
        if channel is not None:
            channel.conversation.change(is_waiting=False)
        record = self._directory.queues.get(queue)
        if record is not None:
            record.waiting.pop(block.get("Uniqueid", ""), None)
        self._hasten("queues")
        return [*self._show_call(channel), *self._directory.show_queue(queue)]

    def _handle_member(self, block: Block) -> Sequence[Change]:
        queue, interface = block.get("Queue", ""), get_interface(block)
        record = self._directory.queues.get(queue)
        if record is None or interface is None:
            self._hasten("queues")
            return ()
        # A reason is told when a pause begins, and by some events only.
        known = record.members.get(interface, {})
        kept = {name: known[name] for name in ("PausedReason", "Reason") if name in known}
        record.members[interface] = {**kept, **block}
        return self._directory.show_queue(queue)

    def _handle_member_removed(self, block: Block) -> Sequence[Change]:
        queue, interface = block.get("Queue", ""), get_interface(block)
        record = self._directory.queues.get(queue)
        if record is not None:
            record.members.pop(interface or "", None)
        return self._directory.show_queue(queue)

    # Parked calls

    def _handle_parked(self, block: Block) -> Sequence[Change]:
        self._directory.parked[block.get("ParkeeUniqueid", "")] = decode_parked(block, get_now())
        return self._directory.show_parked()

    def _handle_unparked(self, block: Block) -> Sequence[Change]:
        self._directory.parked.pop(block.get("ParkeeUniqueid", ""), None)
        return self._directory.show_parked()

    # Phones and users

    def _handle_device(self, block: Block) -> Sequence[Change]:
        device, state = block.get("Device", ""), block.get("State", "")
        if not device:
            return ()
        if not device.startswith("Custom:"):
            return self._directory.update_state(device, state)
        self._directory.states[device] = state
        name = device.removeprefix("Custom:")
        # Settings that are changed at a phone show here at once; what they are is in the database.
        if name.startswith(("CF", "DEVCF", "DAYNIGHT", "TC")):
            self._hasten("database")
        if name.startswith("DND"):
            return self._directory.show_user(name.removeprefix("DND"))
        return self._directory.show_switches() if device in self._directory.custom_switches else ()

    def _handle_contact(self, block: Block) -> Sequence[Change]:
        contact = decode_contact(block)
        endpoint = block.get("EndpointName") or block.get("AOR")
        if contact is not None:
            self._directory.agents[contact[0]] = contact[1]
        elif endpoint and block.get("ContactStatus") in ("Reachable", "NonQualified", "Created"):
            self._hasten("contacts")
        return self._directory.show_phone(f"PJSIP/{endpoint}") if endpoint else ()

    def _handle_presence(self, block: Block) -> Sequence[Change]:
        presentity = block.get("Presentity", "")
        fields: dict[str, Any] = decode_presence(block)
        if fields["presence_note"]:
            fields["presence_note"] = decode_note(fields["presence_note"])
        self._directory.presences[presentity] = fields
        users = [user for user, item in self._directory.extensions.items() if item.presentity == presentity]
        return [change for user in users for change in self._directory.show_user(user)]

    def _handle_presence_status(self, block: Block) -> Sequence[Change]:
        """Follow the presence of a hint, where none of `CustomPresence` is told."""
        user = self._directory.find_number(block.get("Exten"))
        extension = self._directory.extensions.get(user) if user is not None else None
        if extension is None or extension.presentity is None:
            return ()
        return self._handle_presence({**block, "Presentity": extension.presentity})

    def _handle_messages(self, block: Block) -> Sequence[Change]:
        mailbox = block.get("Mailbox", "")
        channel = self._book.get_channel(block.get("Uniqueid", "")) if block.get("Linkedid") else None
        if channel is not None and "New" in block:
            # Only what a caller has left names their channel.
            channel.conversation.voicemail = True
        known = self._directory.mailboxes.get(mailbox)
        if known is None or "New" not in block:
            self._hasten("mailboxes")
            return ()
        told = decode_messages(block)
        # How many of them are urgent is not told, only counted when asked.
        self._hasten("mailboxes")
        self._directory.mailboxes[mailbox] = replace(known, new=told.new, old=told.old)
        return self._directory.show(self._directory.create_mailbox(mailbox))

    # The dial plan

    def _handle_user_event(self, block: Block) -> Sequence[Change]:
        name, fields = decode_user_event(block)
        if name in _SITTING:
            self._hasten("database")
        channel = self._update(block)
        call = channel.conversation.id if channel is not None else None
        return [*self._show_call(channel), DialPlanEvent(name=name, fields=fields, call=call)]

    def _handle_question(self, block: Block) -> Sequence[Change]:
        channel, question = self._update(block), decode_question(block)
        if question is None:
            return self._show_call(channel)
        self._rights.reads["agi"] = True
        asked = self._questions.add(question)
        self._hasten("questions")
        return [*self._show_call(channel), asked]
