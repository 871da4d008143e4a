"""What the channels of one conversation are as a call of the model."""

from collections.abc import Collection, Iterable

from ..call import Leg, Party
from ..changes import CallChange
from ..enums import CallDirection, CallState, EndCause, LegRole, Outcome
from ..evolve import evolve
from ..parties import make_party
from .channels import Channel, Conversation
from .decode import LONGEST_EXTENSION
from .decode_calls import RINGING, UP, get_end_cause, get_leg_outcome
from .directory import Directory

# Numbers with fewer digits are rather inside, those that begin with these rather outside.
_OUTSIDE = ("0", "+")
# What the phone of a caller is in while others are called for it; None while nothing is told of it.
_DIALING = frozenset({None, "Dial", "AppDial", "AppDial2", "Queue"})


class CallDescriber:
    """Describe calls with the names that a directory has."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory

    def get_party(self, channel: Channel) -> Party:
        """Return who is at a channel."""
        number, name = channel.news.number, channel.news.caller_name
        caller = self.get_caller(channel.conversation)
        if caller is None or caller is channel:
            return self._directory.get_party(channel.device, number, name)
        dialed = channel.conversation.dialed
        if self._directory.is_phone(channel.device):
            number = self._directory.find_called(channel.device, (dialed, caller.place)) or number
        else:
            number = number if _is_number(number) else dialed
            # Asterisk names a trunk after who calls through it, where it has placed the call.
            name = name if name != caller.news.caller_name else None
        return self._directory.get_party(channel.device, number, name)

    def get_caller(self, conversation: Conversation) -> Channel | None:
        """Return the channel that began a call."""
        if conversation.caller is None:
            conversation.caller = min(
                conversation.telephones,
                key=lambda channel: (channel.id != conversation.id, channel.number),
                default=None,
            )
        return conversation.caller

    def describe(self, conversation: Conversation) -> CallChange | None:
        """Return all that is known of a call, the same change as was told where nothing differs.

        None while there is only plumbing.
        """
        caller = self.get_caller(conversation)
        if caller is None:
            return None
        conversation.dialed = conversation.dialed or caller.news.exten
        is_inside = self._directory.is_phone(caller.device)
        legs = [leg for channel in conversation.telephones if (leg := self.create_leg(channel)) is not None]
        called = self._find_called(conversation, caller, legs, is_inside=is_inside)
        told = conversation.told
        return evolve(
            told if told is not None and told.end is None else CallChange(id=conversation.id),
            direction=self._find_direction(conversation, caller, legs),
            caller=self.get_party(caller),
            called=called,
            called_did=None if is_inside else conversation.dialed,
            legs=tuple(legs),
            account_code=caller.news.account,
            queue=conversation.queue,
            details={"recording": "on" if conversation.recorded else ""},
            at_mailbox=conversation.at_mailbox,
            started=conversation.started,
        )

    def _find_called(
        self, conversation: Conversation, caller: Channel, legs: Iterable[Leg], *, is_inside: bool
    ) -> Party | None:
        """Return who is called: by the number that was dialed inside, or else the first who rings.

        The number may be told only when somebody rings already; what it is once somebody answers stays.
        """
        rings = [leg for leg in legs if leg.role is LegRole.CALLEE and leg.party.internal]
        if conversation.called is None:
            conversation.called = self._find_dialed(conversation, caller, rings, is_inside=is_inside)
        called = conversation.called or next((leg.party for leg in rings), None)
        if any(leg.answered for leg in rings):
            conversation.called = called
        return called

    def _find_dialed(
        self, conversation: Conversation, caller: Channel, rings: Collection[Leg], *, is_inside: bool
    ) -> Party | None:
        """Return who has the number that was dialed, None while that is not known.

        A number from outside leads to one inside, such as that of a group or queue.
        """
        user = self._directory.find_number(conversation.dialed)
        if user is not None:
            return self._directory.get_user_party(user)
        if is_inside and conversation.dialed is not None:
            return make_party(conversation.dialed)
        is_led = bool(rings) or conversation.queue is not None
        return self._find_inside(conversation, caller) if is_led else None

    def _find_inside(self, conversation: Conversation, caller: Channel) -> Party | None:
        """Return the number inside to which the dial plan has led a caller from outside."""
        # Without a number of its own, one part of a dial plan calls another one through plumbing.
        parts = (
            []
            if conversation.queue
            else [item for item in conversation.channels.values() if item.news.is_local]
        )
        places = (channel.place for channel in (caller, *parts))
        number = next((place for place in places if _is_inside(place) and place != conversation.dialed), None)
        if number is None:
            return None
        user = self._directory.find_number(number)
        return self._directory.get_user_party(user) if user is not None else make_party(number)

    def _find_direction(
        self, conversation: Conversation, caller: Channel, legs: Iterable[Leg]
    ) -> CallDirection:
        directory = self._directory
        if not directory.is_phone(caller.device):
            return CallDirection.INCOMING
        callees = [leg for leg in legs if leg.role is LegRole.CALLEE]
        if callees:
            inside = any(leg.party.internal for leg in callees)
            return CallDirection.INTERNAL if inside else CallDirection.OUTGOING
        dialed = conversation.dialed or ""
        outside = dialed.startswith(_OUTSIDE) or (dialed.isdecimal() and len(dialed) > LONGEST_EXTENSION)
        return CallDirection.OUTGOING if outside else CallDirection.INTERNAL

    def get_leg_state(self, channel: Channel) -> CallState | None:
        """Return the state of the leg of a channel, which counts as shown then.

        None for plumbing, callers from outside, and who does not ring yet.
        """
        if not channel.is_telephone:
            return None
        if channel is not self.get_caller(channel.conversation):
            state = self._get_callee_state(channel)
        else:
            state = self._get_caller_state(channel) if self._directory.is_phone(channel.device) else None
        channel.was_shown |= state is not None
        return state

    def create_leg(self, channel: Channel) -> Leg | None:
        """Return the leg of a channel, the same one while it does the same; None where it has none."""
        state = self.get_leg_state(channel)
        if state is None:
            return None
        role = LegRole.CALLER if channel is self.get_caller(channel.conversation) else LegRole.CALLEE
        party = self.get_party(channel)
        channel.leg = evolve(
            channel.leg or Leg(id=channel.id, role=role, party=party, state=state),
            role=role,
            party=party,
            state=state,
            answered=channel.has_talked or (channel.answered and role is LegRole.CALLEE),
            outcome=_get_outcome(channel, role) if state is CallState.ENDED else None,
        )
        return channel.leg

    def _get_callee_state(self, channel: Channel) -> CallState | None:
        if channel.is_over or channel.has_left:
            return CallState.ENDED if channel.was_shown else None
        if channel.is_held:
            return CallState.ON_HOLD
        if channel.news.state == UP:
            return CallState.TALKING
        # Phones say when they ring; a trunk may say nothing before the answer.
        rings = channel.news.state == RINGING or not self._directory.is_phone(channel.device)
        return CallState.RINGING if rings else None

    def _get_caller_state(self, channel: Channel) -> CallState:
        if channel.has_left or (channel.is_over and channel.has_talked):
            return CallState.ENDED
        if channel.is_held:
            return CallState.ON_HOLD
        # What became of a caller who has spoken with nobody, the end of the call says.
        if channel.news.state != UP or channel.is_over:
            return CallState.DIALING
        conversation = channel.conversation
        # Who speaks with a menu or a machine of the PBX talks; who waits for a person does not yet.
        waits = conversation.is_waiting or (conversation.is_placed and channel.news.application in _DIALING)
        alone = len(conversation.telephones) == 1 and not waits
        return CallState.TALKING if alone or self.is_connected(channel) else CallState.DIALING

    def is_connected(self, channel: Channel) -> bool:
        """Return whether another party is in a call, or was: the bridge is told a moment after the answer."""
        others = (other for other in channel.conversation.telephones if other is not channel)
        return channel.has_talked or any(other.answered and not other.is_over for other in others)

    def describe_end(self, conversation: Conversation) -> CallChange | None:
        """Return the end of a call, None where nobody was told of it."""
        told = conversation.told
        if told is None:
            return None
        if conversation.was_left and not conversation.telephones:
            # It was no more than the way into another call, one that was parked or rang elsewhere.
            return evolve(told, legs=(), exclusive=True, end=EndCause.HANGUP)
        legs = [leg for channel in conversation.telephones if (leg := self.create_leg(channel)) is not None]
        # Legs that end with their call without an outcome of their own are judged with it.
        known = tuple(leg for leg in legs if leg.outcome is not None)
        return evolve(told, legs=known, end=self._find_end_cause(conversation))

    def _find_end_cause(self, conversation: Conversation) -> EndCause:
        callees = [
            channel for channel in conversation.telephones if channel is not self.get_caller(conversation)
        ]
        if any(channel.answered for channel in callees):
            return EndCause.HANGUP
        if conversation.voicemail:
            return EndCause.VOICEMAIL
        return get_end_cause(conversation.last_cause, conversation.last_status)


def _get_outcome(channel: Channel, role: LegRole) -> Outcome | None:
    if channel.has_left:
        return Outcome.TRANSFERRED
    if channel.has_talked or (channel.answered and role is LegRole.CALLEE):
        return Outcome.ANSWERED
    if role is LegRole.CALLER:
        return None
    return get_leg_outcome(channel.cause, channel.dial_status)


def _is_number(text: str | None) -> bool:
    return text is not None and text.lstrip("+").isdecimal()


def _is_inside(text: str | None) -> bool:
    return text is not None and text.isdecimal() and len(text) <= LONGEST_EXTENSION
