"""A house around the PBX: lamps, speakers and a phone with the app, as far as automations need them."""

from collections.abc import Mapping
from pathlib import Path
import shutil
from typing import Any

from homeassistant.components.automation import DOMAIN as AUTOMATION
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.waiting import until

BLUEPRINTS = Path(__file__).parents[4] / "blueprints"
# What is done to the house; everything that an automation asks for is noted.
ACTIONS = (
    *("media_player.media_pause", "media_player.media_play"),
    *("light.turn_on", "light.turn_off", "light.toggle", "homeassistant.turn_on", "homeassistant.turn_off"),
    *("scene.create", "scene.turn_on", "siren.turn_on", "camera.snapshot", "logbook.log"),
    *("tts.speak", "lock.open", "notify.mobile_app_anna_phone", "test.note"),
)


class House:
    """Run automations and note what they do."""

    def __init__(self, hass: HomeAssistant) -> None:
        self._hass = hass
        self.done: list[tuple[str, dict[str, Any]]] = []
        for name in ACTIONS:
            hass.services.async_register(*name.split("."), self._note)

    async def _note(self, call: ServiceCall) -> None:
        self.done.append((f"{call.domain}.{call.service}", dict(call.data)))

    @property
    def actions(self) -> list[str]:
        """Return the names of what was done."""
        return [name for name, _ in self.done]

    async def did(self, *actions: str) -> dict[str, Any]:
        """Wait until as many things were done, which must be these, and return the data of the last."""
        await until(lambda: len(self.done) >= len(actions))
        assert self.actions == list(actions)
        return self.done[-1][1]

    def shows(self, entity_id: str, state: str, **attributes: Any) -> None:
        """Let something in the house be in a state."""
        self._hass.states.async_set(entity_id, state, attributes)

    async def idle(self) -> None:
        """Wait until no automation has anything left to do at once."""
        await self._hass.async_block_till_done()

    def phone_with_app(self) -> str:
        """Return the device of a phone that has the app."""
        entry = MockConfigEntry(domain="mobile_app", data={"device_name": "Anna phone"})
        entry.add_to_hass(self._hass)
        device = dr.async_get(self._hass).async_get_or_create(
            config_entry_id=entry.entry_id, identifiers={("mobile_app", "1")}, name="Anna phone"
        )
        notifier = er.async_get(self._hass).async_get_or_create(
            "notify", "mobile_app", "1", config_entry=entry, device_id=device.id, object_id_base="Anna phone"
        )
        self.shows(notifier.entity_id, "unknown")
        return device.id

    def press(self, button: str) -> None:
        """Press a button of a notice on the phone with the app."""
        self._hass.bus.async_fire("mobile_app_notification_action", {"action": button})

    async def use(self, blueprint: str, **inputs: Any) -> None:
        """Make an automation from a blueprint, as people do."""
        config = {"alias": "Tested", "use_blueprint": {"path": f"pbx/{blueprint}.yaml", "input": inputs}}
        shutil.copytree(BLUEPRINTS, self._hass.config.path("blueprints"), dirs_exist_ok=True)
        await self.automate(config)

    async def automate(self, config: Mapping[str, Any]) -> None:
        """Set up an automation, which must be valid."""
        assert await async_setup_component(self._hass, AUTOMATION, {AUTOMATION: dict(config)})
        await self._hass.async_block_till_done()
        state = self._hass.states.get("automation.tested")
        assert state is not None
        assert state.state == "on"
