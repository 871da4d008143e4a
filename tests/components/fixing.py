"""Walk through the flow of a repair issue, over the interface that the frontend uses."""

from http import HTTPStatus
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.pbx.const import DOMAIN

FIX = "/api/repairs/issues/fix"


class Fix:
    """The flow of one issue."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.step: dict[str, Any] = {}

    @classmethod
    async def start(cls, hass: HomeAssistant, hass_client: ClientSessionGenerator, key: str) -> Fix:
        """Open the flow of the only issue with a translation key."""
        assert await async_setup_component(hass, "repairs", {})
        [issue] = [issue for issue in ir.async_get(hass).issues.values() if issue.translation_key == key]
        fix = cls(await hass_client())
        await fix._post(FIX, {"handler": DOMAIN, "issue_id": issue.issue_id})
        return fix

    async def submit(self, user_input: dict[str, Any] | None = None) -> dict[str, Any]:
        """Send a step and return the next one."""
        await self._post(f"{FIX}/{self.step['flow_id']}", user_input or {})
        return self.step

    async def _post(self, path: str, data: dict[str, Any]) -> None:
        response = await self._client.post(path, json=data)
        assert response.status == HTTPStatus.OK, await response.text()
        self.step = await response.json()


def issues(hass: HomeAssistant) -> set[str | None]:
    """Return the translation keys of the issues that are up."""
    found = ir.async_get(hass).issues.values()
    return {issue.translation_key for issue in found if issue.domain == DOMAIN and issue.active}
