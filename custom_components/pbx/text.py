"""Texts: numbers to which calls are forwarded, and the presence note."""

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, override

from homeassistant.components.text import TextEntity, TextEntityDescription
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .entity import PbxEntity, PbxEntityDescription, load_entities
from .hub.hub import PbxConfigEntry
from .hub.masking import mask_for_states
from .hub.phone_numbers import require_dialable
from .protocols.commands import PbxCommands
from .protocols.enums import Capability, ForwardKind, ObjectKind, PresenceActivity
from .protocols.model import User

PARALLEL_UPDATES = 1


@dataclass(frozen=True, kw_only=True)
class PbxTextDescription(TextEntityDescription, PbxEntityDescription):
    """Describes a text."""

    value: Callable[[User], str]
    send: Callable[[PbxCommands, User, str], Coroutine[Any, Any, None]]
    # Whether it is a number, which is then called.
    number: bool = False


def _forward(kind: ForwardKind, capability: Capability) -> PbxTextDescription:
    """Describe the number to which calls are forwarded; an empty one means that they are not."""
    return PbxTextDescription(
        key=f"forward_{kind}",
        translation_key=f"forward_{kind}",
        kind=ObjectKind.USER,
        needs=capability,
        exists=lambda hub, user: user.editable and hub.can(Capability.SET_FORWARD),
        native_max=32,
        value=lambda user: user.forwards.get(kind) or "",
        send=lambda commands, user, value: commands.set_forward(user.id, kind, value.strip() or None),
        number=True,
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
        exists=lambda hub, user: user.editable and hub.can(Capability.SET_PRESENCE),
        value=lambda user: user.presence_note or "",
        send=lambda commands, user, value: commands.set_presence(
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
        return (self._shown(item),)

    @override
    async def async_set_value(self, value: str) -> None:
        description = self.entity_description
        value = self._meant(value)
        sent = self._callable(value) if description.number and value.strip() else value
        await self.command(lambda commands: description.send(commands, self.item, sent))

    def _shown(self, user: User) -> str:
        """Return what is to be seen of it; Home Assistant refuses a state that is too long to be entered."""
        shown: str = mask_for_states(self.hub.options, self.entity_description.value(user))
        return shown[: self.entity_description.native_max]

    def _meant(self, value: str) -> str:
        """Return what a masked number or a text cut short stands for, as a scene puts it back."""
        return self.entity_description.value(self.item) if value == self._shown(self.item) else value

    def _callable(self, number: str) -> str:
        """Return a number as the PBX takes it, which whoever sets it must be allowed to call."""
        dialable = require_dialable(number)
        self.hub.dial_guard.check(self._context or Context(), dialable, counts=False)
        return dialable
