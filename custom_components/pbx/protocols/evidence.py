"""What was assumed because no document tells it, and what real systems say to that.

Each system has a table of its assumptions beside its decoders, each with an id that the docstrings, the pages
in `docs/` and reports name. A session shows what it reads to the assumptions that are about it.
"""

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import Any

from .lazy_dataclass import dataclass

# After so many verdicts nothing new is learned, and nothing more is asked.
ENOUGH = 20


class Verdict(StrEnum):
    """What a PBX has said to an assumption so far."""

    CONFIRMED = "confirmed"
    REFUTED = "refuted"
    NOT_MET = "not met"


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumption:
    """What one system is assumed to do, under an id such as `axeos/queue-id`.

    `about` names the messages that say something to it: the path of a request, the name of a message or of an
    event. `judge` takes one and returns whether it is as assumed, None where it says nothing. Without it only
    a person can tell, who knows what happened at the PBX.
    """

    id: str
    text: str
    about: tuple[str, ...] = ()
    judge: Callable[[Any], bool | None] | None = None


class Evidence:
    """Count, for one session, which assumptions its PBX confirms and refutes."""

    def __init__(self, assumptions: Iterable[Assumption] = ()) -> None:
        self.assumptions = tuple(assumptions)
        self._counts = {assumption.id: [0, 0] for assumption in self.assumptions}
        # The assumptions that a message may still say something to; most messages have none.
        self._open: dict[str, list[Assumption]] = {}
        for assumption in self.assumptions:
            for subject in assumption.about:
                self._open.setdefault(subject, []).append(assumption)

    def see(self, subject: Any, message: Any) -> None:
        """Show a message to the assumptions about it; costs one look-up where there are none.

        A PBX may name its messages by anything.
        """
        if isinstance(subject, str) and (concerned := self._open.get(subject)) is not None:
            self._judge(subject, concerned, message)

    def _judge(self, subject: str, concerned: list[Assumption], message: Any) -> None:
        for assumption in list(concerned):
            verdict = _ask(assumption, message)
            if verdict is None:
                continue
            counts = self._counts[assumption.id]
            counts[0 if verdict else 1] += 1
            if sum(counts) >= ENOUGH:
                concerned.remove(assumption)
        if not concerned:
            self._open.pop(subject, None)

    def get_verdict(self, assumption_id: str) -> Verdict:
        """Return what was seen; one refutation counts more than all that confirms."""
        confirmed, refuted = self._counts[assumption_id]
        if refuted:
            return Verdict.REFUTED
        return Verdict.CONFIRMED if confirmed else Verdict.NOT_MET

    def report(self) -> Mapping[str, str]:
        """Return the verdict on each assumption by its id."""
        return {assumption.id: self.get_verdict(assumption.id).value for assumption in self.assumptions}

    def count(self, assumption_id: str) -> tuple[int, int]:
        """Return how often an assumption was confirmed and refuted."""
        confirmed, refuted = self._counts[assumption_id]
        return confirmed, refuted


def _ask(assumption: Assumption, message: Any) -> bool | None:
    """Return the verdict; what a judge cannot even look at is not as assumed."""
    if assumption.judge is None:
        return None
    try:
        return assumption.judge(message)
    except TypeError, ValueError, KeyError, AttributeError, IndexError:
        return False
