"""Typed helpers over Home Assistant's REST and websocket interfaces."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Self

from aiohttp import ClientSession

from tests.live.flows import Flows
from tests.live.rest import Rest
from tests.live.states import EntityState, Json, StateMirror
from tests.live.websocket import WebSocket

type Predicate = Callable[[EntityState], bool]

STATE_TIMEOUT = 60.0
ENTRY = "config/config_entries/entry"


class Api:
    """All that tests ask of a running Home Assistant.

    States come from a mirror that its state_changed events keep up to date, so waiting needs no polling.
    `config_flow` and `options_flow` run flows, `rest` and `socket` are there for anything else.
    """

    def __init__(self, rest: Rest, socket: WebSocket) -> None:
        self.rest = rest
        self.socket = socket
        self.mirror = StateMirror()
        self.config_flow = Flows(rest, "config/config_entries/flow")
        self.options_flow = Flows(rest, "config/config_entries/options/flow")

    @classmethod
    async def connect(cls, session: ClientSession, url: str, token: str) -> Self:
        """Connect both interfaces and start to mirror the states."""
        api = cls(Rest(session, url, token), await WebSocket.connect(session, url, token))
        await api.socket.subscribe(api.mirror.apply, "subscribe_events", event_type="state_changed")
        api.mirror.fill(await api.socket.command("get_states"))
        return api

    async def close(self) -> None:
        """Close the websocket."""
        await self.socket.close()

    def states(self, domain: str = "") -> list[EntityState]:
        """Return the states of all entities, or of those of one domain."""
        return [state for state in self.mirror.all() if state.entity_id.startswith(domain)]

    def get_state(self, entity_id: str) -> EntityState | None:
        """Return an entity's state, or None where there is no such entity."""
        return self.mirror.get(entity_id)

    def seen(self, entity_id: str) -> list[str]:
        """Return all states that an entity has gone through since the connection was made."""
        return [state.state for state in self.mirror.seen[entity_id]]

    async def wait_for_state(
        self, entity_id: str, wanted: str | Predicate, within: float = STATE_TIMEOUT
    ) -> EntityState:
        """Wait until an entity has the wanted state, or a state that fulfils a predicate."""
        predicate = wanted if callable(wanted) else lambda state: state.state == wanted
        found = await self.mirror.wait(entity_id, lambda state: bool(state and predicate(state)), within)
        assert found
        return found

    async def wait_until_gone(self, entity_id: str, within: float = STATE_TIMEOUT) -> None:
        """Wait until an entity has no state any more."""
        await self.mirror.wait(entity_id, lambda state: state is None, within)

    async def call_service(
        self,
        domain: str,
        service: str,
        data: Json | None = None,
        *,
        target: Json | None = None,
        response: bool = False,
    ) -> Json | None:
        """Call an action and return its response where one is asked for."""
        fields = {"service_data": data or {}, "target": target or {}, "return_response": response}
        result = await self.socket.command("call_service", domain=domain, service=service, **fields)
        answer: Json | None = result.get("response")
        return answer

    async def fire(self, event_type: str, data: Json | None = None) -> None:
        """Fire an event on the bus."""
        await self.rest.post(f"events/{event_type}", data or {})

    @asynccontextmanager
    async def listen(self, command: str, **fields: Any) -> AsyncIterator[asyncio.Queue[Any]]:
        """Subscribe for as long as the context lasts; what comes in is in the queue."""
        queue: asyncio.Queue[Any] = asyncio.Queue()
        number = await self.socket.subscribe(queue.put_nowait, command, **fields)
        try:
            yield queue
        finally:
            await self.socket.unsubscribe(number)

    async def entries(self, domain: str) -> list[Json]:
        """Return the config entries of an integration."""
        entries: list[Json] = await self.rest.get(f"{ENTRY}?domain={domain}")
        return entries

    async def reload_entry(self, entry_id: str) -> None:
        """Reload a config entry."""
        await self.rest.post(f"{ENTRY}/{entry_id}/reload")

    async def delete_entry(self, entry_id: str) -> None:
        """Delete a config entry."""
        await self.rest.delete(f"{ENTRY}/{entry_id}")

    async def devices(self) -> list[Json]:
        """Return the device registry."""
        devices: list[Json] = await self.socket.command("config/device_registry/list")
        return devices

    async def entities(self) -> list[Json]:
        """Return the entity registry."""
        entities: list[Json] = await self.socket.command("config/entity_registry/list")
        return entities

    async def issues(self, domain: str) -> list[Json]:
        """Return the repair issues of an integration."""
        issues = (await self.socket.command("repairs/list_issues"))["issues"]
        return [issue for issue in issues if issue["domain"] == domain]

    async def diagnostics(self, entry_id: str, device_id: str | None = None) -> Json:
        """Download the diagnostics of a config entry, or of one of its devices."""
        device = f"/device/{device_id}" if device_id else ""
        data: Json = await self.rest.get(f"diagnostics/config_entry/{entry_id}{device}")
        return data

    async def system_health(self, domain: str) -> Json:
        """Return what an integration tells about its health."""
        info: Json = {}
        async with self.listen("system_health/info") as queue:
            while (event := await queue.get())["type"] != "finish":
                if event["type"] == "initial":
                    info = event["data"][domain]["info"]
                elif event["domain"] == domain:
                    info[event["key"]] = event.get("data", event.get("error"))
        return info
