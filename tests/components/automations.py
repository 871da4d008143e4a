"""Automations, set up as people set them up."""

from collections.abc import Mapping, Sequence
from typing import Any

from homeassistant.components.automation import DOMAIN as AUTOMATION
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.setup import async_setup_component

from tests.waiting import until

DEFAULT_VARIABLES = {"by": "{{ trigger.platform | replace('pbx.', '') }}"}


class Runs(list[ServiceCall]):
    """What an automation has run, in order."""

    @property
    def data(self) -> list[dict[str, Any]]:
        """Return the data of every run."""
        return [dict(run.data) for run in self]

    @property
    def by(self) -> list[str]:
        """Return the triggers that led to the runs."""
        return [run.data["by"] for run in self]

    async def wait(self, count: int = 1) -> list[dict[str, Any]]:
        """Wait until the automation has run so often, and return the data of every run."""
        await until(lambda: len(self) >= count)
        return self.data


async def automate(
    hass: HomeAssistant,
    trigger: Mapping[str, Any] | Sequence[Mapping[str, Any]],
    variables: Mapping[str, str] = DEFAULT_VARIABLES,
    conditions: Any = (),
) -> Runs:
    """Set up an automation, which tells what it was triggered with."""
    runs = Runs()

    async def heard(call: ServiceCall) -> None:
        runs.append(call)

    hass.services.async_register("test", "heard", heard)
    config = {
        "alias": "Tested",
        "mode": "parallel",
        "triggers": trigger,
        "conditions": list(conditions),
        "actions": [{"action": "test.heard", "data": dict(variables)}],
    }
    assert await async_setup_component(hass, AUTOMATION, {AUTOMATION: config})
    await hass.async_block_till_done()
    return runs


def is_running(hass: HomeAssistant) -> bool:
    """Return whether the automation was taken as valid."""
    state = hass.states.get("automation.tested")
    return state is not None and state.state == "on"
