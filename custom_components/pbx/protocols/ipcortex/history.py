"""Call records: read by REST page after page, or told by the script."""

from collections.abc import Mapping
from datetime import UTC, datetime
import re
from typing import Any

from ..enums import Outcome
from ..model import PastCall
from .fields import count, moment, rows, text

_OUTCOMES = {
    "ANSWERED": Outcome.ANSWERED,
    "BUSY": Outcome.BUSY,
    "FAILED": Outcome.FAILED,
    "NOANSWER": Outcome.NO_ANSWER,
}
_PARTIES = {"missed": Outcome.MISSED, "noanswer": Outcome.NO_ANSWER}
_CALLER = re.compile(r'^\s*"?(?P<name>[^"<]*?)"?\s*(?:<(?P<number>[^>]*)>)?\s*$')


def read_records(values: Any) -> dict[int, PastCall]:
    """Return call records by their number, in order."""
    found = {}
    for row in rows(values):
        number = count(row, "acctid")
        if number is not None:
            found[number] = _record(number, row)
    return dict(sorted(found.items()))


def _record(number: int, row: Mapping[str, Any]) -> PastCall:
    caller = _CALLER.match(text(row, "clid") or "")
    word = (text(row, "disposition") or "").upper().replace(" ", "")
    return PastCall(
        id=str(number),
        time=_time(text(row, "calldate")),
        caller_number=text(row, "src"),
        caller_name=(caller["name"].strip() or None) if caller and caller["number"] else None,
        called_number=text(row, "dst"),
        outcome=_OUTCOMES.get(word),
        seconds=count(row, "billsec"),
    )


def read_history(fields: Mapping[str, Any], me: str | None) -> PastCall:
    """Return what the script tells of a call of an own device."""
    party = (text(fields, "party") or "").lower()
    remote, outgoing = text(fields, "remoteNumber"), party in {"caller", "noanswer"}
    return PastCall(
        id=text(fields, "callID") or "",
        time=moment(fields, "stamp"),
        caller_number=me if outgoing else remote,
        caller_name=None if outgoing else text(fields, "remoteName"),
        called_number=remote if outgoing else me,
        outcome=_PARTIES.get(party, Outcome.ANSWERED if party else None),
    )


def _time(value: str | None) -> datetime | None:
    """Return a time; it has a zone, written shorter than the standard has it."""
    if value is None:
        return None
    try:
        time = datetime.fromisoformat(value)
    except ValueError:
        return None
    return time if time.tzinfo is not None else time.replace(tzinfo=UTC)
