"""What the channels of one conversation are as a call of the model."""

from collections.abc import Callable, Collection, Iterable

from ..call import Leg, Party
from ..changes import CallChange
from ..enums import CallDirection, CallState, EndCause, LegRole, Outcome
from ..evolve import evolve, get_changer
from ..parties import make_party
from .channels import Channel, Conversation
from .decode import LONGEST_EXTENSION, Station
from .decode_calls import RINGING, UP, get_end_cause, get_leg_outcome
from .directory import Directory

# Numbers with fewer digits are rather inside, those that begin with these rather outside.
_OUTSIDE = ("0", "+")
# What the phone of a caller is in while others are called for it; None while nothing is told of it.
_DIALING = frozenset({None, "Dial", "AppDial", "AppDial2", "Queue"})


# The fields in which two descriptions of a call, or of a leg of it, can differ.
_DESCRIBED = (
    "direction", "caller", "called", "called_did", "legs", "account_code", "queue", "details", "at_mailbox",
    "started",
)  # fmt: skip
_DONE = ("role", "party", "state", "answered", "outcome")
_RECORDED, _NOT_RECORDED = {"recording": "on"}, {"recording": ""}


class CallDescriber:
    """Describe calls with the names that a directory has."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory

    def get_party(self, channel: Channel) -> Party:
        """Return who is at a channel."""
        station = self._directory.get_station(channel.device)
        if station.party is not None:
            return station.party
        number, name = channel.number, channel.caller_name
        caller = channel.conversation.caller
        if caller is None or caller is channel:
            return self._directory.get_party(channel.device, number, name)
        dialed = channel.conversation.dialed
        if station.is_phone:
            number = self._directory.find_called(channel.device, (dialed, caller.place)) or number
        else:
            number = number if _is_number(number) else dialed
            # Asterisk names a trunk after who calls through it, where it has placed the call.
            name = name if name != caller.caller_name else None
        return self._directory.get_party(channel.device, number, name)

    def describe(self, conversation: Conversation) -> CallChange | None:
        """Return all that is known of a call, the same change as was told where nothing differs.

        None while there is only plumbing.
        """
        caller = conversation.caller
        if caller is None:
            return None
        if conversation.dialed is None:
            conversation.dialed = caller.exten
        legs, told = self._list_legs(conversation), conversation.told
        is_same = told is not None and told.end is None and told.legs == legs
        if is_same and not conversation.is_described_otherwise:
            return told
        is_inside = self._directory.is_phone(caller.device)
        change: Callable[..., CallChange] = get_changer(CallChange, _DESCRIBED)
        return change(
            told if told is not None and told.end is None else CallChange(id=conversation.id),
            self._find_direction(conversation, legs, is_inside=is_inside),
            self.get_party(caller),
            self._find_called(conversation, caller, legs, is_inside=is_inside),
            None if is_inside else conversation.dialed,
            legs,
            caller.account,
            conversation.queue,
            _RECORDED if conversation.recorded else _NOT_RECORDED,
            conversation.at_mailbox,
            conversation.started,
        )

    def _list_legs(self, conversation: Conversation) -> tuple[Leg, ...]:
        legs = map(self.create_leg, conversation.telephones)
        return tuple([leg for leg in legs if leg is not None])

    def _find_called(
        self, conversation: Conversation, caller: Channel, legs: Iterable[Leg], *, is_inside: bool
    ) -> Party | None:
        """Return who is called: by the number that was dialed inside, or else the first who rings.

        The number may be told only when somebody rings already; what it is once somebody answers stays.
        """
        if conversation.called is not None:
            return conversation.called
        rings = [leg for leg in legs if leg.role is LegRole.CALLEE and leg.party.internal]
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
            [] if conversation.queue else [item for item in conversation.channels.values() if item.is_local]
        )
        places = (channel.place for channel in (caller, *parts))
        number = next((place for place in places if _is_inside(place) and place != conversation.dialed), None)
        if number is None:
            return None
        user = self._directory.find_number(number)
        return self._directory.get_user_party(user) if user is not None else make_party(number)

    def _find_direction(
        self, conversation: Conversation, legs: Iterable[Leg], *, is_inside: bool
    ) -> CallDirection:
        if not is_inside:
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
        return self._get_state(channel, self._directory.get_station(channel.device))

    def _get_state(self, channel: Channel, station: Station) -> CallState | None:
        if channel is not channel.conversation.caller:
            state = _get_callee_state(channel, is_phone=station.is_phone)
        else:
            state = self._get_caller_state(channel) if station.is_phone else None
        if state is not None:
            channel.was_shown = True
        return state

    def create_leg(self, channel: Channel) -> Leg | None:
        """Return the leg of a channel, the same one while it does the same; None where it has none."""
        station = self._directory.get_station(channel.device)
        is_caller = channel is channel.conversation.caller
        # What callers do follows from other channels too, and so may who is at a trunk or a phone of several.
        follows = is_caller or station.party is None
        if not channel.is_changed and station is channel.station and not follows:
            return channel.leg
        channel.is_changed, channel.station = False, station
        state = self._get_state(channel, station)
        channel.leg = self._change_leg(channel, state) if state is not None else None
        return channel.leg

    def _change_leg(self, channel: Channel, state: CallState) -> Leg:
        role = LegRole.CALLER if channel is channel.conversation.caller else LegRole.CALLEE
        party = self.get_party(channel)
        change: Callable[..., Leg] = get_changer(Leg, _DONE)
        return change(
            channel.leg or Leg(id=channel.id, role=role, party=party, state=state),
            role,
            party,
            state,
            channel.has_talked or (channel.answered and role is LegRole.CALLEE),
            _get_outcome(channel, role) if state is CallState.ENDED else None,
        )

    def _get_caller_state(self, channel: Channel) -> CallState:
        if channel.has_left or (channel.is_over and channel.has_talked):
            return CallState.ENDED
        if channel.is_held:
            return CallState.ON_HOLD
        # What became of a caller who has spoken with nobody, the end of the call says.
        if channel.state != UP or channel.is_over:
            return CallState.DIALING
        conversation = channel.conversation
        # Who speaks with a menu or a machine of the PBX talks; who waits for a person does not yet.
        waits = conversation.is_waiting or (conversation.is_placed and channel.application in _DIALING)
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
        # Legs that end with their call without an outcome of their own are judged with it.
        known = tuple([leg for leg in self._list_legs(conversation) if leg.outcome is not None])
        return evolve(told, legs=known, end=self._find_end_cause(conversation))

    def _find_end_cause(self, conversation: Conversation) -> EndCause:
        caller = conversation.caller
        if any(channel.answered for channel in conversation.telephones if channel is not caller):
            return EndCause.HANGUP
        if conversation.voicemail:
            return EndCause.VOICEMAIL
        return get_end_cause(conversation.last_cause, conversation.last_status)


def _get_callee_state(channel: Channel, *, is_phone: bool) -> CallState | None:
    if channel.is_over or channel.has_left:
        return CallState.ENDED if channel.was_shown else None
    if channel.is_held:
        return CallState.ON_HOLD
    if channel.state == UP:
        return CallState.TALKING
    # Phones say when they ring; a trunk may say nothing before the answer.
    return CallState.RINGING if channel.state == RINGING or not is_phone else None


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
