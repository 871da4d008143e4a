"""Event Triggers: what the PBX can be told to send to a web hook, and what to make of it."""

from collections.abc import Mapping
from dataclasses import dataclass

from ..session import PushHook

_LONGEST = 100
_MEMBERS = ("number", "name", "job", "extension")
_CALLER = "&number=%CALLER_ID_NUMBER%&name=%CALLER_ID_NAME%&job=%JOB_ID%"


@dataclass(frozen=True, slots=True)
class Trigger:
    """An event of the PBX: what to put behind the address of the hook, and what to read then."""

    query: str
    reads: str | None = None


TRIGGERS = {
    "incoming": Trigger(f"?event=incoming{_CALLER}"),
    "route": Trigger(f"?event=route{_CALLER}"),
    "answered": Trigger(f"?event=answered{_CALLER}"),
    "outgoing": Trigger(f"?event=outgoing{_CALLER}"),
    "hangup": Trigger(f"?event=hangup{_CALLER}"),
    "voicemail_new": Trigger("?event=voicemail_new", "mailboxes"),
    "voicemail_checked": Trigger("?event=voicemail_checked", "mailboxes"),
    "agent_login": Trigger("?event=agent_login", "queues"),
    "agent_logout": Trigger("?event=agent_logout", "queues"),
}

HOOK = PushHook(
    # Values in the answer can redirect calls, so there are none.
    answer="<response><result></result></response>",
    content_type="text/xml",
    queries={name: trigger.query for name, trigger in TRIGGERS.items()},
)


def clean(event: Mapping[str, str]) -> dict[str, str]:
    """Return what is known of an event; a placeholder that was not filled in says nothing."""
    found = {name: str(event.get(name, "")).strip()[:_LONGEST] for name in _MEMBERS}
    # The begin of a placeholder, such as %CA, may have been taken for an encoded character.
    return {name: value for name, value in found.items() if value and not value.endswith("%")}
