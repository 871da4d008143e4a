"""Texts: numbers to which calls are forwarded, and the presence note."""

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, override

from homeassistant.components.text import TextEntity, TextEntityDescription
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import PbxConfigEntry
from .entity import PbxEntity, PbxEntityDescription, load_entities
from .numbers import dial_string
from .protocols.enums import Capability, ForwardKind, ObjectKind, PresenceActivity
from .protocols.model import User
from .protocols.session import PbxSession

PARALLEL_UPDATES = 1


@dataclass(frozen=True, kw_only=True)
class PbxTextDescription(TextEntityDescription, PbxEntityDescription):
    """Describes a text."""

    value: Callable[[User], str | None]
    send: Callable[[PbxSession, User, str], Coroutine[Any, Any, None]]


def _forward(kind: ForwardKind, capability: Capability) -> PbxTextDescription:
    """Describe the number to which calls are forwarded; an empty one means that they are not."""
    return PbxTextDescription(
        key=f"forward_{kind}",
        translation_key=f"forward_{kind}",
        kind=ObjectKind.USER,
        needs=capability,
        exists=lambda pbx, user: user.editable and pbx.can(Capability.SET_FORWARD),
        native_max=32,
        value=lambda user: user.forwards.get(kind) or "",
        send=lambda session, user, value: session.set_forward(
            user.id, kind, dial_string(value) if value.strip() else None
        ),
    )


TEXTS = (
    _forward(ForwardKind.ALWAYS, Capability.FORWARD_ALWAYS),
    _forward(ForwardKind.BUSY, Capability.FORWARD_BUSY),
    _forward(ForwardKind.NO_ANSWER, Capability.FORWARD_NO_ANSWER),
    PbxTextDescription(
        key="presence_note",
        translation_key="presence_note",
        kind=ObjectKind.USER,
        needs=Capability.PRESENCE_NOTE,
        exists=lambda pbx, user: user.editable and pbx.can(Capability.SET_PRESENCE),
        value=lambda user: user.presence_note or "",
        send=lambda session, user, value: session.set_presence(
            user.id, user.presence or PresenceActivity.AVAILABLE, value or None
        ),
    ),
)


async def async_setup_entry(
    hass: HomeAssistant, entry: PbxConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set up the texts."""
    load_entities(entry, async_add_entities, TEXTS, PbxText)


class PbxText(PbxEntity, TextEntity):
    """A text setting of a user."""

    entity_description: PbxTextDescription
    shows = ("_attr_native_value",)

    @override
    def _read(self, item: Any) -> Sequence[Any]:
        return (self.entity_description.value(item),)

    @override
    async def async_set_value(self, value: str) -> None:
        send = self.entity_description.send
        await self.command(lambda session: send(session, self.item, value))
