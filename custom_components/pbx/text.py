"""Text entities: the numbers of call forwarding, the presence note, and routing switches with a word."""

from collections.abc import Callable, Coroutine, Sequence
from typing import Any, override

from homeassistant.components.text import TextEntity, TextEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .entity import PbxEntity, PbxEntityDescription, load_entities
from .hub.devices import SWITCH_VALUE
from .hub.hub import PbxConfigEntry
from .hub.masking import mask_for_states
from .protocols.commands import PbxCommands
from .protocols.enums import Capability, ForwardKind, ObjectKind, PresenceActivity
from .protocols.lazy_dataclass import dataclass

PARALLEL_UPDATES = 1


@dataclass(frozen=True, kw_only=True)
class PbxTextDescription(TextEntityDescription, PbxEntityDescription):
    """Describes a text; `is_number` where its value is a number that the PBX then calls."""

    value: Callable[[Any], str]
    send: Callable[[PbxCommands, Any, str], Coroutine[Any, Any, None]]
    is_number: bool = False


def _describe_forward(kind: ForwardKind, capability: Capability) -> PbxTextDescription:
    """Describe the number that calls are forwarded to; empty where they are not."""
    return PbxTextDescription(
        key=f"forward_{kind}",
        translation_key=f"forward_{kind}",
        kind=ObjectKind.USER,
        needs=capability,
        new_category=None if kind is ForwardKind.ALWAYS else EntityCategory.CONFIG,
        exists=lambda hub, user: user.editable and hub.can(Capability.SET_FORWARD),
        native_max=32,
        value=lambda user: user.forwards.get(kind) or "",
        send=lambda commands, user, value: commands.set_forward(user.id, kind, value.strip() or None),
        is_number=True,
    )


TEXTS = (
    _describe_forward(ForwardKind.ALWAYS, Capability.FORWARD_ALWAYS),
    _describe_forward(ForwardKind.BUSY, Capability.FORWARD_BUSY),
    _describe_forward(ForwardKind.NO_ANSWER, Capability.FORWARD_NO_ANSWER),
    PbxTextDescription(
        key="presence_note",
        translation_key="presence_note",
        kind=ObjectKind.USER,
        needs=Capability.PRESENCE_NOTE,
        new_category=EntityCategory.CONFIG,
        exists=lambda hub, user: user.editable and hub.can(Capability.SET_PRESENCE),
        value=lambda user: user.presence_note or "",
        send=lambda commands, user, value: commands.set_presence(
            user.id, user.presence or PresenceActivity.AVAILABLE, value or None
        ),
    ),
    PbxTextDescription(
        key=SWITCH_VALUE,
        translation_key="routing_switch",
        essential=True,
        kind=ObjectKind.SWITCH,
        needs=Capability.SET_SWITCH,
        exists=lambda hub, switch: switch.settable and hub.devices.has_word(switch),
        native_max=255,
        value=lambda switch: switch.word or "",
        send=lambda commands, switch, value: commands.set_switch(switch.id, value=value),
    ),
)


async def async_setup_entry(
    hass: HomeAssistant, entry: PbxConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set up the texts."""
    load_entities(entry, async_add_entities, TEXTS, PbxText)


class PbxText(PbxEntity, TextEntity):
    """A text setting of a user, or the word of a routing switch."""

    entity_description: PbxTextDescription
    shown_attributes = ("_attr_native_value",)

    @override
    def _read_values(self, item: Any) -> Sequence[Any]:
        return (self._get_shown_text(item),)

    @override
    async def async_set_value(self, value: str) -> None:
        description = self.entity_description
        value = self._restore_text(value)
        sent = await self._get_allowed_number(value) if description.is_number and value.strip() else value
        await self.send_command(lambda commands: description.send(commands, self.item, sent))

    def _get_shown_text(self, item: Any) -> str:
        """Return the text as the state shows it: masked by the options, at most `native_max` characters."""
        field = "number" if self.entity_description.is_number else ""
        shown: str = mask_for_states(self.hub.options, self.entity_description.value(item), field)
        return shown[: self.entity_description.native_max]

    def _restore_text(self, value: str) -> str:
        """Return the whole text where a scene sets the masked or cut state that it has read before."""
        return self.entity_description.value(self.item) if value == self._get_shown_text(self.item) else value

    async def _get_allowed_number(self, number: str) -> str:
        """Return a number as the PBX dials it; raises ServiceValidationError where the guard refuses it."""
        before = self.entity_description.value(self.item)
        guard = await self.hub.get_dial_guard()
        return guard.require_allowed_forward(self._context or Context(), number, before)
