"""What the harness has found and nobody has mended yet; a line goes when its fault does.

A test whose only problems stand here counts as expected to fail, and the table shows it as known.
"""

from dataclasses import dataclass
import re

from .outcome import Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """One fault of ours: how its column and fault begin, what its problems look like, and what it is."""

    column: str
    problem: str
    why: str
    fault: str = ""


KNOWN: tuple[Known, ...] = (
    Known(
        column="axeos v1",
        problem=r"switch .*settable",
        why="where the log-in to v1 has an odd answer, the session does without v1 until it connects anew, "
        "so that a fixed switch looks settable",
    ),
    Known(
        column="axeos",
        fault="restart",
        problem=r"mailbox|phone|user|A ended|told of|\d open calls",
        why="a PBX that restarts again soon may give events the numbers that the session waits for; "
        "a reading heals it after 15 minutes",
    ),
    Known(
        column="switchvox",
        problem=r"(phone|user) 1101|open calls|A ended 0|told of|calls stay open|\d open calls",
        why="where one call ended and another began during an outage, the old one may go on",
    ),
)


def explain(outcome: Outcome) -> str | None:
    """Return why all problems of an outcome are known, None where one is not."""
    reasons = [_explain(outcome, problem) for problem in outcome.problems]
    known = [reason for reason in reasons if reason is not None]
    return "; ".join(dict.fromkeys(known)) if known and len(known) == len(reasons) else None


def _explain(outcome: Outcome, problem: str) -> str | None:
    for known in KNOWN:
        fits = outcome.column.startswith(known.column) and outcome.fault.startswith(known.fault)
        if fits and re.match(known.problem, problem):
            return known.why
    return None
