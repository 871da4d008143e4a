"""Config flows and options flows over the REST interface."""

from typing import Any

from tests.live.rest import Rest

type Json = dict[str, Any]


class Flows:
    """The flows of one kind: those that make config entries, or those that change options."""

    def __init__(self, rest: Rest, path: str) -> None:
        self._rest = rest
        self._path = path

    async def start(self, handler: str, **fields: Any) -> Json:
        """Start a flow for an integration (config) or an entry id (options) and return its first step."""
        step: Json = await self._rest.post(self._path, {"handler": handler, **fields})
        return step

    async def step(self, flow_id: str, data: Json) -> Json:
        """Fill in a step and return the next one, or the end of the flow."""
        step: Json = await self._rest.post(f"{self._path}/{flow_id}", data)
        return step

    async def choose(self, flow_id: str, option: str) -> Json:
        """Choose from a menu step."""
        return await self.step(flow_id, {"next_step_id": option})

    async def show(self, flow_id: str) -> Json:
        """Return the step a flow is waiting at."""
        step: Json = await self._rest.get(f"{self._path}/{flow_id}")
        return step

    async def abort(self, flow_id: str) -> None:
        """Give a flow up."""
        await self._rest.delete(f"{self._path}/{flow_id}")

    async def run(self, handler: str, *steps: Json | str, **fields: Any) -> Json:
        """Walk through a whole flow: a word chooses from a menu, a mapping fills in a form."""
        result = await self.start(handler, **fields)
        for answer in steps:
            data = {"next_step_id": answer} if isinstance(answer, str) else answer
            result = await self.step(result["flow_id"], data)
        # Who says nothing else imports everything.
        if str(result.get("step_id")).startswith("choice"):
            result = await self.step(result["flow_id"], {})
        return result
