"""Triggers on messages and hot desks."""

from typing import Any, override

from ..hub.hub import PbxHub
from ..protocols.changes import Moment
from ..protocols.enums import MomentType, ObjectKind
from ..protocols.model import Mailbox
from .base import MomentTrigger


class VoicemailReceived(MomentTrigger):
    """Triggers when a new message is in a mailbox of the target."""

    moments = frozenset({MomentType.MESSAGE})

    @override
    def list_variables(self, hub: PbxHub, moment: Moment) -> dict[str, Any]:
        mailbox = hub.state.get(moment.key)
        box = mailbox if isinstance(mailbox, Mailbox) else Mailbox(id=moment.key.id, name=moment.key.id)
        return {
            "mailbox": box.name,
            "new_messages": box.new,
            "old_messages": box.old,
            "urgent_messages": box.urgent,
        }


class HotDeskTrigger(MomentTrigger):
    """Triggers when a user of the target, or a user at a phone of the target, changes phones."""

    @override
    def list_variables(self, hub: PbxHub, moment: Moment) -> dict[str, Any]:
        return {
            "user": hub.get_name(ObjectKind.USER, moment.data.get("user")),
            "phone": hub.get_name(ObjectKind.PHONE, moment.data.get("phone")),
        }


class HotDeskLoggedIn(HotDeskTrigger):
    """Triggers when a user has logged in at a hot desk."""

    moments = frozenset({MomentType.LOGGED_IN})


class HotDeskLoggedOut(HotDeskTrigger):
    """Triggers when a user has left a hot desk."""

    moments = frozenset({MomentType.LOGGED_OUT})


TRIGGERS = {
    "voicemail_received": VoicemailReceived,
    "hot_desk_logged_in": HotDeskLoggedIn,
    "hot_desk_logged_out": HotDeskLoggedOut,
}
