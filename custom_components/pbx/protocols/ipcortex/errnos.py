"""The error numbers of the live feed and what each calls for."""

from enum import Enum


class Reaction(Enum):
    """What to do about an error of the live feed."""

    WAIT = "wait"
    LOGGED_OUT = "logged out"
    RETRY = "retry"
    RECONNECT = "reconnect"
    MISSING_RIGHT = "missing right"


NOT_READY = 3
REACTIONS: dict[int, Reaction] = {
    1: Reaction.WAIT,
    2: Reaction.LOGGED_OUT,
    NOT_READY: Reaction.RETRY,
    90: Reaction.WAIT,
    91: Reaction.RECONNECT,
    92: Reaction.RECONNECT,
    99: Reaction.MISSING_RIGHT,
    100: Reaction.RECONNECT,
}


def reaction(errno: int | None) -> Reaction:
    """Return what to do; an unknown error is one that the script may get over."""
    return REACTIONS.get(errno or 0, Reaction.WAIT)
