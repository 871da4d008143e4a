"""Run actions on a PBX of a story, and find what they are aimed at."""

from typing import Any

from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pbx.const import DOMAIN
from tests.waiting import until

from .systems import TELLERS


def on(*systems: str) -> pytest.MarkDecorator:
    """Run a test on these systems only."""
    return pytest.mark.parametrize("teller", systems, indirect=True)


def lacking(*systems: str) -> list[str]:
    """Return the systems that are not among these."""
    return [name for name in TELLERS if name not in systems]


def lacks(*table: tuple[str, dict[str, Any], list[str]]) -> pytest.MarkDecorator:
    """Run a test on each system with all actions that it lacks, of rows of action, data and systems."""
    rows = [
        pytest.param(name, actions, id=name)
        for name in TELLERS
        if (actions := [(action, data) for action, data, systems in table if name in systems])
    ]
    return pytest.mark.parametrize(("teller", "actions"), rows, indirect=["teller"])


class Doer:
    """Run actions and find entities and devices by the ids of the PBX."""

    def __init__(self, hass: HomeAssistant, entry: MockConfigEntry) -> None:
        self._hass = hass
        self.entry = entry
        self.pbx = {"config_entry_id": entry.entry_id}

    def state(self, entity_id: str) -> str | None:
        """Return what an entity shows."""
        state = self._hass.states.get(entity_id)
        return state.state if state is not None else None

    async def shows(self, entity_id: str, value: str) -> None:
        """Wait until an entity shows a value."""
        await until(lambda: self.state(entity_id) == value)

    async def act(self, action: str, context: Context | None = None, **data: Any) -> None:
        """Run an action."""
        await self._hass.services.async_call(DOMAIN, action, data, blocking=True, context=context)

    async def ask(self, action: str, **data: Any) -> dict[str, Any]:
        """Run an action for its response."""
        response = await self._hass.services.async_call(
            DOMAIN, action, data, blocking=True, return_response=True
        )
        assert response is not None
        return response

    async def refused(self, action: str, **data: Any) -> HomeAssistantError:
        """Run an action that must fail, and return why."""
        only = self._hass.services.supports_response(DOMAIN, action) != "none"
        with pytest.raises(HomeAssistantError) as error:
            await self._hass.services.async_call(DOMAIN, action, data, blocking=True, return_response=only)
        return error.value

    async def has_none_of(self, actions: list[tuple[str, dict[str, Any]]], **data: Any) -> None:
        """Check that the system says of each action that it has no such command."""
        told = [(action, await self.refused(action, **data, **more)) for action, more in actions]
        wrong = [(action, error) for action, error in told if error.translation_key != "not_supported"]
        assert not wrong

    def entity(self, platform: str, kind: str, object_id: str, key: str) -> str:
        """Return an entity of an object."""
        found = self.find(platform, kind, object_id, key)
        assert found is not None, (kind, object_id, key)
        return found

    def find(self, platform: str, kind: str, object_id: str | None, key: str) -> str | None:
        """Return an entity of an object, if it is there."""
        unique_id = f"{self.entry.unique_id}_{kind}_{object_id}_{key}"
        return er.async_get(self._hass).async_get_entity_id(platform, DOMAIN, unique_id)

    def user(self, object_id: str) -> str:
        """Return the status of a user, which stands for the user."""
        return self.entity("sensor", "user", object_id, "status")

    def device_of(self, entity_id: str) -> str:
        """Return the device of an entity."""
        entity = er.async_get(self._hass).async_get(entity_id)
        assert entity is not None
        assert entity.device_id is not None
        return entity.device_id

    def device(self, kind: str, object_id: str) -> str:
        """Return the device of an object."""
        wanted = (DOMAIN, f"{self.entry.unique_id}_{kind}_{object_id}")
        registry, entry_id = dr.async_get(self._hass), self.entry.entry_id
        devices = [
            *dr.async_entries_for_config_entry(registry, entry_id),
            *dr.async_child_entries_for_config_entry(registry, entry_id),
        ]
        return next(device.id for device in devices if wanted in device.identifiers)
