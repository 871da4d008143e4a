"""Event Triggers: what the PBX can be told to send to a web hook, and what to make of it."""

from collections.abc import Mapping
from dataclasses import dataclass

# Values in the answer can redirect calls, so there are none.
ANSWER = "<response><result></result></response>"
ANSWER_TYPE = "text/xml"
_LONGEST = 100
_MEMBERS = ("number", "name", "job", "extension")
_CALLER = "&number=%CALLER_ID_NUMBER%&name=%CALLER_ID_NAME%&job=%JOB_ID%"


@dataclass(frozen=True, slots=True)
class Trigger:
    """An event of the PBX: its title there, what to put behind the address of the hook, what to read then."""

    title: str
    query: str
    reads: str | None = None


TRIGGERS = {
    "incoming": Trigger("On Incoming Call", f"?event=incoming{_CALLER}"),
    "route": Trigger("On Route to Extension", f"?event=route{_CALLER}"),
    "answered": Trigger("On Call Answered", f"?event=answered{_CALLER}"),
    "outgoing": Trigger("On Outgoing Call", f"?event=outgoing{_CALLER}"),
    "hangup": Trigger("On Call Hangup", f"?event=hangup{_CALLER}"),
    "voicemail_new": Trigger("On New Voicemail", "?event=voicemail_new", "mailboxes"),
    "voicemail_checked": Trigger("On Checked Voicemail", "?event=voicemail_checked", "mailboxes"),
    "agent_login": Trigger("On Agent Logged In", "?event=agent_login", "queues"),
    "agent_logout": Trigger("On Agent Logged Out", "?event=agent_logout", "queues"),
}


def clean(event: Mapping[str, str]) -> dict[str, str]:
    """Return what is known of an event; a placeholder that was not filled in says nothing."""
    found = {name: str(event.get(name, "")).strip()[:_LONGEST] for name in _MEMBERS}
    return {name: value for name, value in found.items() if value and not value.startswith("%")}
