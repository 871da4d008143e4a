"""A PBX in memory on which Anna sets things for a while."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, override

from homeassistant.core import HomeAssistant
import pytest

from custom_components.pbx.const import DOMAIN
from custom_components.pbx.protocols.enums import Capability, PresenceActivity
from custom_components.pbx.protocols.errors import CannotConnect, PbxError
from custom_components.pbx.protocols.model import User
from tests.memory_session import MemoryCommands, MemorySession

ANNA = "sensor.memory_pbx_anna_status"
PRESENCE = "select.memory_pbx_anna_presence"
QUIET = "switch.memory_pbx_anna_do_not_disturb"
NOON = datetime.fromisoformat("2026-11-22T12:00:00+00:00")
HOUR = timedelta(hours=1)

type Wait = Callable[[timedelta], Coroutine[Any, Any, None]]


class Office(MemorySession):
    """A PBX with Anna, who is at lunch, and whose presence shows what was set."""

    def __init__(self) -> None:
        anna = User(
            id="1",
            name="Anna",
            presence=PresenceActivity.AWAY,
            presence_note="At lunch",
            do_not_disturb=False,
        )
        super().__init__([anna], commands=OfficeCommands(self))
        self.echoes = True
        self.refuses: PbxError | None = None
        # The next command is lost, as soon as this is set.
        self.loses: asyncio.Event | None = None

    def show(self, **fields: Any) -> None:
        """Let the PBX show something else of Anna."""
        ((key, anna),) = self.objects.items()
        self.objects[key] = replace(anna, **fields)
        self.upsert(self.objects[key])


class OfficeCommands(MemoryCommands):
    """Set the presence of Anna, and do not disturb."""

    def __init__(self, office: Office) -> None:
        super().__init__()
        self._office = office

    @override
    async def set_presence(self, user: str, activity: PresenceActivity, note: str | None) -> None:
        office = self._office
        self._set("presence", activity, note)
        if office.loses is not None:
            lost, office.loses = office.loses, None
            await lost.wait()
            raise CannotConnect("gone")
        if office.echoes:
            quiet = activity is PresenceActivity.DND
            office.show(presence=activity, presence_note=note or None, do_not_disturb=quiet)

    @override
    async def set_presence_source(
        self,
        user: str,
        activity: PresenceActivity,
        note: str | None,
        *,
        source: str | None,
        words: str | None,
    ) -> None:
        self._set("words", words, note)
        self._office.show(presence=activity, presence_note=note)

    @override
    async def set_do_not_disturb(self, user: str, *, on: bool) -> None:
        office = self._office
        self._set("quiet", on)
        if Capability.SET_PRESENCE not in office.capabilities:
            office.show(do_not_disturb=on)
        else:
            office.show(presence=PresenceActivity.DND, do_not_disturb=on)

    def _set(self, *values: Any) -> None:
        self.sent.append(values)
        if self._office.refuses is not None:
            raise self._office.refuses


async def soon(condition: Callable[[], object]) -> None:
    """Let everybody have some turns until the condition holds; the clock stands still."""
    for _ in range(500):
        if condition():
            return
        await asyncio.sleep(0)
    pytest.fail("this never happens")


async def state_is(hass: HomeAssistant, entity_id: str, value: str) -> None:
    """Wait until an entity shows a value."""
    await soon(lambda: (state := hass.states.get(entity_id)) is not None and state.state == value)


async def act(hass: HomeAssistant, action: str, **data: Any) -> None:
    """Run an action on Anna."""
    await hass.services.async_call(DOMAIN, action, {"entity_id": ANNA, **data}, blocking=True)


LUNCH = ("presence", PresenceActivity.AWAY, "At lunch")
BUSY = ("presence", PresenceActivity.BUSY, "Hush")
