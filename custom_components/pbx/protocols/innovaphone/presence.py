"""Work out one activity from what several sources say of a person."""

from collections.abc import Iterable
from dataclasses import dataclass
import re
from typing import Any

from ..enums import PresenceActivity
from ..model import PresenceEntry
from .fields import items, text

TEL, IM, CALENDAR, APP = "tel:", "im:", "cal", "app:"
ON_THE_PHONE = "on-the-phone"
# Machines speak to each other in notes, in words that begin with a hash.
_TOKEN = re.compile(r"(?:^|\s)#\S*")
_ACTIVITIES = {
    "": PresenceActivity.AVAILABLE,
    "away": PresenceActivity.AWAY,
    "busy": PresenceActivity.BUSY,
    "dnd": PresenceActivity.DND,
    ON_THE_PHONE: PresenceActivity.ON_THE_PHONE,
}
SETTABLE = {
    PresenceActivity.AVAILABLE: "",
    PresenceActivity.AWAY: "away",
    PresenceActivity.BUSY: "busy",
    PresenceActivity.DND: "dnd",
}


@dataclass(frozen=True, slots=True)
class Presence:
    """What a person says of themselves, and what follows from what else is known."""

    activity: PresenceActivity
    note: str | None
    manual: PresenceEntry | None
    sources: tuple[PresenceEntry, ...]

    @property
    def on_the_phone(self) -> bool:
        """Tell whether the PBX sees this person in a call."""
        return any(entry.activity == ON_THE_PHONE for entry in self.sources)

    @property
    def do_not_disturb(self) -> bool:
        """Tell whether this person asked for quiet."""
        return self.manual is not None and self.manual.activity == "dnd"


def decode_entries(data: Any) -> tuple[PresenceEntry, ...]:
    """Return what each source says, the newest first."""
    return tuple(
        PresenceEntry(
            contact=text(item, "contact") or "",
            status=text(item, "status"),
            activity=text(item, "activity"),
            note=text(item, "note"),
        )
        for item in items(data)
    )


def summarize(sources: tuple[PresenceEntry, ...], before: Presence | None = None) -> Presence:
    """Return the presence to show; a call may hide what was set by hand, which still holds then."""
    manual = _entry(sources, TEL)
    if manual is not None and manual.activity == ON_THE_PHONE:
        manual = before.manual if before is not None else None
    others = [entry for entry in sources if entry.contact != APP]
    decisive = _decisive(others, manual)
    note = clean_note(manual.note if manual is not None else None) or clean_note(
        decisive.note if decisive is not None else None
    )
    return Presence(_activity(others, decisive), note, manual, sources)


def clean_note(note: str | None) -> str | None:
    """Return a note without what is meant for machines."""
    return (_TOKEN.sub("", note).strip() or None) if note else None


def _decisive(sources: Iterable[PresenceEntry], manual: PresenceEntry | None) -> PresenceEntry | None:
    """Return the entry that tells the activity: a call, what was set by hand, the client, the calendar."""
    entries = list(sources)
    in_call = next((entry for entry in entries if entry.activity == ON_THE_PHONE), None)
    candidates = (in_call, manual, _entry(entries, IM), _calendar(entries), next(iter(entries), None))
    return next((entry for entry in candidates if entry is not None and entry.activity), None)


def _activity(sources: list[PresenceEntry], decisive: PresenceEntry | None) -> PresenceActivity:
    if decisive is not None and decisive.activity:
        return _ACTIVITIES.get(decisive.activity, PresenceActivity.OTHER)
    statuses = {entry.status for entry in sources if entry.contact in (TEL, IM)} - {None}
    return PresenceActivity.OFFLINE if statuses == {"closed"} else PresenceActivity.AVAILABLE


def _entry(sources: Iterable[PresenceEntry], contact: str) -> PresenceEntry | None:
    """Return the entry of a source; where a call has one as well, the other one counts."""
    found = [entry for entry in sources if entry.contact == contact]
    return next((entry for entry in found if entry.activity != ON_THE_PHONE), next(iter(found), None))


def _calendar(sources: Iterable[PresenceEntry]) -> PresenceEntry | None:
    return next((entry for entry in sources if entry.contact.startswith(CALENDAR)), None)
