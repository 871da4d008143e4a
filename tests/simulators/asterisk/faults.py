"""Hold the switches for what a simulated Asterisk does wrong."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class AsteriskFaults:
    """What goes wrong, by the names of actions and events where it concerns only some of them."""

    refuse_logins: bool = False
    # Nothing is said to anybody any more, over connections that stay.
    silent: bool = False
    # Answered with an error, in these words.
    errors: dict[str, str] = field(default_factory=dict)
    # The connection ends before the work is done; after it; or nothing is answered at all.
    dropped: set[str] = field(default_factory=set)
    lost: set[str] = field(default_factory=set)
    unanswered: set[str] = field(default_factory=set)
    # Lists of these actions begin and are never completed.
    endless: set[str] = field(default_factory=set)
    # Actions that the modules which are loaded do not have.
    missing: set[str] = field(default_factory=set)
    # Events that never come.
    skipped: set[str] = field(default_factory=set)
    # Bytes that are sent at once, with a pause after each; None is all of it.
    piece: int | None = None
    # Seconds that every answer waits.
    delay: float = 0.0
