"""What somebody who tells stories on a simulated PBX can let happen to Anna."""

from collections import Counter
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, ClassVar, Protocol

from tests.simulators.common.simulator import Simulator

CARLA = "+31201234567"
BJORN = "+31209876543"


class Part(StrEnum):
    """A part of the story that not every system can tell."""

    HOLD_EVENTS = "hold_events"
    VOICEMAIL = "voicemail"
    DO_NOT_DISTURB = "do_not_disturb"
    OUTSIDE_ANSWERS = "outside_answers"
    LOST_CALLS = "lost_calls"
    PRESENCE = "presence"
    FORWARDING = "forwarding"
    ROUTING_SWITCHES = "routing_switches"
    REGISTRATION = "registration"
    HOT_DESKS = "hot_desks"
    HOT_DESK_CONTROL = "hot_desk_control"
    TAGS = "tags"
    DIALED_NUMBERS = "dialed_numbers"
    AUTO_ANSWER = "auto_answer"
    CONTROL_OF_OTHERS = "control_of_others"


class Teller(Protocol):
    """Drive one make of PBX, on which Anna is called by Carla from outside."""

    # What this system cannot do, each with the reason why.
    cannot: ClassVar[Mapping[Part, str]]
    # Carla's number as this PBX shows it.
    shown: ClassVar[str]
    pbx: Simulator
    system_id: str
    anna: str
    mailbox: str | None
    # What this system writes of a call besides what all write.
    also_written: ClassVar[Counter[str]]
    # What else is in the house: Anna's phone, one at the door, a queue, and the number of a colleague.
    phone: ClassVar[str]
    door: ClassVar[str]
    queue: str
    colleague: ClassVar[str]
    # The number of the phone at the door.
    door_number: ClassVar[str]
    # Who sits at a hot desk, where there are some.
    sitter: str | None

    @property
    def login(self) -> dict[str, Any]:
        """Return the system, the login and its credentials, as the config flow would keep them."""

    @property
    def ready(self) -> bool:
        """Return whether the client follows the calls of Anna."""

    def ring(self) -> None:
        """Let Carla call Anna, whose phone rings."""

    def answer(self) -> None:
        """Let Anna answer."""

    def hold(self) -> None:
        """Let Anna put Carla on hold."""

    def resume(self) -> None:
        """Let Anna go on talking."""

    def hang_up(self) -> None:
        """Let Carla hang up."""

    def knock(self) -> None:
        """Let Björn call Anna, who talks, from outside."""

    def stop_knocking(self) -> None:
        """Let Björn give up."""

    def door_calls(self) -> None:
        """Let somebody call Anna from the phone at the door."""

    def dial(self, number: str) -> None:
        """Let Anna dial a number on her phone."""

    def voicemail(self) -> None:
        """Leave Anna a message."""

    def hear_voicemail(self) -> None:
        """Let Anna hear all her messages."""

    def do_not_disturb(self) -> bool:
        """Return whether Anna is not to be disturbed, as the PBX has it."""

    def outside_answers(self) -> None:
        """Let whoever Anna called answer."""

    def lose_calls(self) -> None:
        """Let the PBX, which is off, forget its calls."""

    def time_jumps(self) -> None:
        """Do not mind that what was sent at its pace arrives in lumps."""

    def calls(self) -> int:
        """Return how many calls the PBX has."""

    def caller_waits(self) -> None:
        """Let Carla wait in the queue."""

    def agents_leave(self) -> None:
        """Let the last agent leave the queue."""

    def unregister(self) -> None:
        """Let Anna's phone go away."""

    def sit_down(self) -> None:
        """Let somebody log in at a hot desk."""

    def sits(self) -> bool:
        """Return whether that one is logged in at the hot desk."""

    def stand_up(self) -> None:
        """Let that one log out at the phone, where that cannot be done from here."""
