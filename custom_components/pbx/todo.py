"""To-do lists: the missed calls of users that are to be returned."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Self, override

from homeassistant.components.todo import (  # type: ignore[attr-defined]
    TodoItem,
    TodoItemStatus,
    TodoListEntity,
    TodoListEntityFeature,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.restore_state import ExtraStoredData, RestoredExtraData, RestoreEntity
from homeassistant.helpers.translation import async_get_cached_translations
from homeassistant.util import dt as dt_util
from homeassistant.util.ulid import ulid_now

from .const import DOMAIN
from .describe import describe_party, format_name, get_other_party
from .entity import PbxEntity, PbxEntityDescription, load_entities
from .hub.hub import PbxConfigEntry, PbxHub
from .hub.masking import mask_for_states, mask_raw
from .hub.phone_numbers import strip_number
from .protocols.changes import Moment
from .protocols.enums import CallDirection, MomentType, ObjectKind
from .protocols.model import Party

# More than this nobody returns.
MOST_KEPT = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class CallBack:
    """Somebody to call back; `caller` holds all that tells that a later call is with the same one."""

    uid: str
    caller: frozenset[str]
    summary: str
    missed: datetime
    calls: int = 1
    completed: datetime | None = None

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Self:
        """Return what was kept as JSON."""
        missed, completed = stored["missed"], stored["completed"]
        times = {
            "missed": datetime.fromisoformat(missed),
            "completed": datetime.fromisoformat(completed) if completed else None,
        }
        return cls(**{**stored, **times, "caller": frozenset(stored["caller"])})

    def as_dict(self) -> dict[str, Any]:
        """Return this as JSON can hold it."""
        completed = self.completed.isoformat() if self.completed else None
        return asdict(self) | {
            "caller": sorted(self.caller),
            "missed": self.missed.isoformat(),
            "completed": completed,
        }


class CallBacks:
    """The list of one user, the latest first."""

    def __init__(self, kept: Iterable[CallBack] = ()) -> None:
        self._items = {item.uid: item for item in kept}

    @property
    def items(self) -> list[CallBack]:
        """Return everybody on the list."""
        return sorted(self._items.values(), key=lambda item: item.missed, reverse=True)

    def missed(self, caller: frozenset[str], summary: str, when: datetime) -> None:
        """Put a caller on the list; who is there already has called once more."""
        before = next((item for item in self._open() if item.caller & caller), None)
        item = CallBack(
            uid=before.uid if before is not None else ulid_now(),
            caller=caller | (before.caller if before is not None else frozenset()),
            summary=summary,
            missed=when,
            calls=before.calls + 1 if before is not None else 1,
        )
        self._items[item.uid] = item
        self._trim()

    def spoken(self, other: frozenset[str], when: datetime) -> bool:
        """Tick off whom the user has spoken to, and say whether that was anybody."""
        done = [item for item in self._open() if item.caller & other]
        self._items.update({item.uid: replace(item, completed=when) for item in done})
        return bool(done)

    def change(self, uid: str, summary: str, completed: datetime | None) -> None:
        """Take over what the user has changed."""
        self._items[uid] = replace(self._items[uid], summary=summary, completed=completed)

    def delete(self, uids: Iterable[str]) -> None:
        """Forget callers."""
        for uid in uids:
            del self._items[uid]

    def _open(self) -> list[CallBack]:
        return [item for item in self._items.values() if item.completed is None]

    def _trim(self) -> None:
        """Forget the oldest when the list gets too long, those ticked off first."""
        by_need = sorted(self._items.values(), key=lambda item: (item.completed is None, item.missed))
        self.delete(item.uid for item in by_need[: max(0, len(by_need) - MOST_KEPT)])


PARALLEL_UPDATES = 0

STORED_ITEMS = "items"


@dataclass(frozen=True, kw_only=True)
class PbxTodoDescription(PbxEntityDescription):
    """Describes a to-do list."""


LISTS = (
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
    load_entities(entry, async_add_entities, LISTS, PbxTodoList)


class PbxTodoList(PbxEntity, TodoListEntity, RestoreEntity):
    """Whom a user is to call back."""

    _attr_supported_features = TodoListEntityFeature.UPDATE_TODO_ITEM | TodoListEntityFeature.DELETE_TODO_ITEM
    _call_backs: CallBacks

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
        self._call_backs = CallBacks(self._restored(item) for item in stored)
        self._list()
        await super().async_added_to_hass()
        self.async_on_remove(self.hub.listeners.listen_moments(self.key, self._happened))

    @override
    async def async_update_todo_item(self, item: TodoItem) -> None:
        done = (item.completed or dt_util.utcnow()) if item.status == TodoItemStatus.COMPLETED else None
        self._call_backs.change(str(item.uid), item.summary or "", done)
        self._write()

    @override
    async def async_delete_todo_items(self, uids: list[str]) -> None:
        self._call_backs.delete(uids)
        self._write()

    @callback
    def _happened(self, moment: Moment) -> None:
        call = moment.call
        if call is None:
            return
        other = get_other_party(call, self.key)
        marks = _marks(self.hub, other)
        if marks and moment.type is MomentType.MISSED:
            self._call_backs.missed(marks, self._summary(other), call.ended or dt_util.utcnow())
            self._write()
        elif _spoken(moment) and self._call_backs.spoken(marks, dt_util.utcnow()):
            self._write()

    def _restored(self, stored: Mapping[str, Any]) -> CallBack:
        """Return what was kept, perhaps before somebody wanted numbers masked."""
        item = CallBack.from_dict(stored)
        masked = self.hub.options.mask_numbers
        return replace(item, summary=mask_raw(item.summary)) if masked else item

    def _summary(self, other: Party) -> str:
        """Return what is to be done, in the language of Home Assistant."""
        who = format_name(*mask_for_states(self.hub.options, describe_party(self.hub, other))[:2])
        return self._text("call_back", who=who)

    def _text(self, key: str, **values: object) -> str:
        texts = async_get_cached_translations(self.hass, self.hass.config.language, "common", DOMAIN)
        return texts[f"component.{DOMAIN}.common.{key}"].format(**values)

    def _write(self) -> None:
        self._list()
        self.async_write_ha_state()

    def _list(self) -> None:
        self._attr_todo_items = [self._item(item) for item in self._call_backs.items]

    def _item(self, item: CallBack) -> TodoItem:
        return TodoItem(
            summary=item.summary,
            uid=item.uid,
            status=TodoItemStatus.COMPLETED if item.completed else TodoItemStatus.NEEDS_ACTION,
            due=dt_util.as_local(item.missed),
            description=self._text("called_times", calls=item.calls) if item.calls > 1 else None,
            completed=item.completed,
        )


def _spoken(moment: Moment) -> bool:
    """Tell whether two have spoken, or may have, where the PBX does not tell who answers outside."""
    call = moment.call
    if moment.type is not MomentType.ENDED or call is None:
        return moment.type is MomentType.ANSWERED
    return call.direction is CallDirection.OUTGOING and call.views()[moment.key].outcome is None


def _marks(hub: PbxHub, party: Party) -> frozenset[str]:
    """Return all by which a party can be known again: who it is, and its number as shown and worldwide."""
    number = strip_number(party.number) if party.number else None
    user = f"user {party.user}" if party.user is not None else None
    return frozenset(mark for mark in (user, number, hub.phone_numbers.get_party_number(party)) if mark)
