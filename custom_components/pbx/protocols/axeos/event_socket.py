"""The WebSocket of the v1 API; long polls are the other way in which events arrive."""

import asyncio
from collections.abc import AsyncIterator, Mapping
import json
from typing import Any

from yarl import URL

from ..errors import ConnectionLost, NoAnswer
from ..json_fields import iter_one_or_many
from ..session import Link
from ..turns import parse_json_in_turn
from ..websocket import NoWebSocket, SocketClosed, UpgradeRefused, WebSocket, connect_websocket
from .event_stream import UNREADABLE, Cursor, Events, SocketRefused, get_last, list_events
from .http import V1, TokenRefused, V1Api
from .settings import AxeosSettings

# After so many seconds of silence on the socket the PBX is reported alive, since a dead connection would end.
QUIET_SECONDS = 30
# After so many refusals in a row, each with a new token, there is no event socket for this login.
MOST_REFUSALS = 2
# Close codes that refuse a token; assumed (axeos/socket-refusals), since neither the vendor's page nor a
# client names any.
REFUSED = frozenset({1008, 3000, 4001, 4003, 4401, 4403})


class EventSocket:
    """Events of the v1 API, the same objects as in long polls; source: public clients of that API."""

    def __init__(self, settings: AxeosSettings, api: V1Api, link: Link) -> None:
        self._url = URL(settings.websocket_url + V1 + "/events/ws")
        self._api = api
        self._link = link
        self._refusals = 0

    async def read_pending(self, cursor: Cursor) -> Events:
        """Return events that are already there, as many as come at once."""
        return list_events(await self._api.get("/events", {"timeout": "0", **get_last(cursor)}))

    async def read_next(self, cursor: Cursor) -> Mapping[str, Any] | None:
        """Return the one event after the last that was seen, None where there is none yet."""
        params = {"timeout": "0", "limit": "1", **get_last(cursor)}
        return next(iter(list_events(await self._api.get("/events", params))), None)

    async def follow_events(self, cursor: Cursor) -> AsyncIterator[Events]:
        """Yield what the socket brings until it closes."""
        try:
            token = await self._api.get_token()
            async with await self._connect(cursor) as socket:
                await socket.send(json.dumps({"access_token": token}))
                while True:
                    events = await self._receive(socket)
                    self._refusals = 0
                    yield events
        except TokenRefused as err:
            raise SocketRefused(str(err)) from None
        except SocketClosed as err:
            raise self._explain_close(err) from None

    async def _connect(self, cursor: Cursor) -> WebSocket:
        url = self._url if cursor.last is None else self._url.with_query(last=cursor.last)
        try:
            return await connect_websocket(self._link, str(url))
        except (UpgradeRefused, NoWebSocket, NoAnswer) as err:
            # Also where nothing answers: what lets requests through may let no WebSocket through.
            raise SocketRefused(str(err)) from None

    def _explain_close(self, closed: SocketClosed) -> ConnectionLost:
        """Return what a closed socket means; a token that ran out is renewed before it is given up."""
        if closed.code not in REFUSED:
            return ConnectionLost(f"the event socket is lost: {closed}")
        self._api.drop_token()
        self._refusals += 1
        if self._refusals < MOST_REFUSALS:
            return ConnectionLost("the event socket was refused")
        return SocketRefused("the PBX refuses the event socket")

    async def _receive(self, socket: WebSocket) -> Events:
        """Return the next events, or none when it has been quiet; a dead peer is noticed below."""
        try:
            async with asyncio.timeout(QUIET_SECONDS):
                message = await socket.receive()
        except TimeoutError:
            return []
        try:
            body = await parse_json_in_turn(message)
        except ValueError:
            # Asking for it again would bring the same.
            return [UNREADABLE]
        events = list(iter_one_or_many(body))
        self._link.evidence.see("/apis/pbx/events", events)
        return events
