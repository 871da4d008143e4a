"""To-do lists: the missed calls that users are to return."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, override

from homeassistant.components.todo import (  # type: ignore[attr-defined]
    TodoItem,
    TodoItemStatus,
    TodoListEntity,
    TodoListEntityFeature,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.restore_state import ExtraStoredData, RestoredExtraData, RestoreEntity
from homeassistant.util import dt as dt_util

from .describe import describe_party, format_name, translate
from .entity import PbxEntity, PbxEntityDescription, load_entities
from .hub.call_backs import CallBack, CallBacks
from .hub.hub import PbxConfigEntry, PbxHub
from .hub.masking import mask_for_states, mask_raw_for_states
from .protocols.call import Party
from .protocols.changes import Moment
from .protocols.enums import CallDirection, MomentType, ObjectKind
from .protocols.lazy_dataclass import dataclass
from .protocols.parties import get_other_party
from .protocols.phone_numbers import strip_number

PARALLEL_UPDATES = 0

STORED_ITEMS = "items"


@dataclass(frozen=True, kw_only=True)
class PbxTodoDescription(PbxEntityDescription):
    """Describes a to-do list."""


TODO_LISTS = (
    PbxTodoDescription(
        key="calls_to_return",
        translation_key="calls_to_return",
        kind=ObjectKind.USER,
        entity_registry_enabled_default=False,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant, entry: PbxConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set up the to-do lists."""
    load_entities(entry, async_add_entities, TODO_LISTS, PbxTodoList)


class PbxTodoList(PbxEntity, TodoListEntity, RestoreEntity):
    """The callers whom a user is to call back."""

    _attr_supported_features = TodoListEntityFeature.UPDATE_TODO_ITEM | TodoListEntityFeature.DELETE_TODO_ITEM

    @property
    @override
    def available(self) -> bool:
        return self.item is not None

    @property
    @override
    def extra_restore_state_data(self) -> ExtraStoredData:
        return RestoredExtraData({STORED_ITEMS: [item.as_dict() for item in self._call_backs.items]})

    @override
    async def async_added_to_hass(self) -> None:
        last = await self.async_get_last_extra_data()
        stored = last.as_dict()[STORED_ITEMS] if last is not None else []
        self._call_backs = CallBacks(self._restore(item) for item in stored)
        self._update_items()
        await super().async_added_to_hass()
        self.async_on_remove(self.hub.listeners.listen_moments(self.key, self._handle_moment))

    @override
    async def async_update_todo_item(self, item: TodoItem) -> None:
        done = (item.completed or dt_util.utcnow()) if item.status == TodoItemStatus.COMPLETED else None
        self._call_backs.edit(str(item.uid), item.summary or "", done)
        self._write_items()

    @override
    async def async_delete_todo_items(self, uids: list[str]) -> None:
        self._call_backs.delete(uids)
        self._write_items()

    @callback
    def _handle_moment(self, moment: Moment) -> None:
        call = moment.call
        if call is None:
            return
        other = get_other_party(call, self.key)
        caller = _get_identifiers(self.hub, other)
        if caller and moment.type is MomentType.MISSED:
            self._call_backs.add_missed_call(caller, self._summarize(other), call.ended or dt_util.utcnow())
            self._write_items()
        elif _may_have_spoken(moment) and self._call_backs.complete(caller, dt_util.utcnow()):
            self._write_items()

    def _restore(self, stored: Mapping[str, Any]) -> CallBack:
        """Return a stored item, masked now if it was stored before the option to mask numbers was set."""
        item = CallBack.from_dict(stored)
        return replace(item, summary=mask_raw_for_states(self.hub.options, item.summary))

    def _summarize(self, other: Party) -> str:
        """Return what the user is to do, in the language of Home Assistant."""
        who = format_name(*mask_for_states(self.hub.options, describe_party(self.hub, other), "name"))
        return translate(self.hass, "call_back", who=who)

    def _write_items(self) -> None:
        self._update_items()
        self.async_write_ha_state()

    def _update_items(self) -> None:
        self._attr_todo_items = [self._to_todo_item(item) for item in self._call_backs.items]

    def _to_todo_item(self, item: CallBack) -> TodoItem:
        several = item.calls > 1
        return TodoItem(
            summary=item.summary,
            uid=item.uid,
            status=TodoItemStatus.COMPLETED if item.completed else TodoItemStatus.NEEDS_ACTION,
            due=dt_util.as_local(item.missed),
            description=translate(self.hass, "called_times", calls=item.calls) if several else None,
            completed=item.completed,
        )


def _may_have_spoken(moment: Moment) -> bool:
    """Return whether two have spoken, or may have on an outgoing call without answer supervision."""
    call = moment.call
    if moment.type is not MomentType.ENDED or call is None:
        return moment.type is MomentType.ANSWERED
    return call.direction is CallDirection.OUTGOING and call.views()[moment.key].outcome is None


def _get_identifiers(hub: PbxHub, party: Party) -> frozenset[str]:
    """Return what identifies a party in later calls: its user, its number as shown and internationally."""
    number = strip_number(party.number) if party.number else None
    user = f"user {party.user}" if party.user is not None else None
    identifiers = (user, number, hub.phone_numbers.get_party_number(party))
    return frozenset(identifier for identifier in identifiers if identifier)
