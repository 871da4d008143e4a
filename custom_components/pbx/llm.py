"""The tools that Assist offers to language models."""

from dataclasses import replace
from typing import override

from homeassistant.components.llm import LLMTools
from homeassistant.core import Context, HomeAssistant, callback
from homeassistant.helpers.llm import LLM_API_ASSIST, LLMContext, Tool, ToolInput, ToolResult
import voluptuous as vol

from .const import DOMAIN
from .hub.hub import loaded_hubs
from .voice.language import RequestFailed
from .voice.names import Asker, find_login, is_anything_exposed
from .voice.tools import TOOLS, ToolDescription


@callback
def async_get_tools(hass: HomeAssistant, llm_context: LLMContext, api_id: str) -> LLMTools | None:
    """Return the tools for what the PBXs can do; None where no object is exposed to the assistant."""
    asker = _create_asker(hass, llm_context)
    # Which tools there are gives nothing away; what they answer is for who may read it.
    asker = replace(asker, context=Context())
    if api_id != LLM_API_ASSIST or not loaded_hubs(hass) or not is_anything_exposed(asker):
        return None
    tools: list[Tool] = [
        PbxTool(name, description)
        for name, description in TOOLS.items()
        if any(hub.can(description.needs) for hub in asker.hubs)
    ]
    return LLMTools(tools=tools)


class PbxTool(Tool):
    """A tool that was described in the table."""

    integration = DOMAIN

    def __init__(self, name: str, description: ToolDescription) -> None:
        self.name = f"{DOMAIN}__{name}"
        self.title = description.title
        self.description = description.description
        self.parameters = vol.Schema(dict(description.parameters))
        self.annotations = description.annotations
        self._run = description.run

    @override
    async def async_call(
        self, hass: HomeAssistant, tool_input: ToolInput, llm_context: LLMContext
    ) -> ToolResult:
        data = self.parameters(tool_input.tool_args)
        asker = _create_asker(hass, llm_context)
        asker = replace(asker, user=await find_login(hass, asker.context))
        try:
            return ToolResult(data=await self._run(asker, data))
        except RequestFailed as err:
            return ToolResult(data={"error": str(err), **err.values}, error=True)


def _create_asker(hass: HomeAssistant, llm_context: LLMContext) -> Asker:
    return Asker(
        hass=hass,
        context=llm_context.context or Context(),
        assistant=llm_context.assistant,
        device_id=llm_context.device_id,
    )
