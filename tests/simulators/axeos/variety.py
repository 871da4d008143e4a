"""Vary by a seed what the text of the vendor leaves open: spellings, orders, extra members, nulls, pieces."""

import random
from typing import Any

from aiohttp import web

from ..common.choices import list_field_choices
from .dialect import Dialect

# Members that may be null instead of missing, where an object has one of their neighbours.
OPTIONAL = {
    "caller": ("called_did", "called_extension"),
    "name": ("normalized_number", "original_number"),
    "user_phone_type": ("trunk_uuid", "number"),
}
# Names, ids and numbers to dial stay what they are; all else may be sent as text.
EXTRA = {"x_comment": "ünknown", "x_flags": [1, None], "x_nested": {"deep": [{}]}, "x_null": None}
# What decides which release is simulated, not how it speaks.
RELEASE = {"v1", "system_information", "transfer_events", "api_events", "fields", "acd_names"}
ERRORS = (500, 502, 503)


class Variety:
    """One way to speak for a PBX; the same seed speaks the same way."""

    def __init__(self, seed: int, *, errors: float = 0.0) -> None:
        self.seed = seed
        self.errors = errors
        self._random = random.Random(seed)
        self._numbers_as_text = self._random.random() < 0.5
        self._flags_as = self._random.choice((bool, int, str))
        self._extra = self._random.random() < 0.5
        self._nulls = self._random.random() < 0.5
        self._piece = self._random.choice((0, 0, 7, 1000))

    def choose_dialect(self, dialect: Dialect) -> None:
        """Choose one spelling for each open question."""
        for name, choices in list_field_choices(Dialect).items():
            if name not in RELEASE:
                setattr(dialect, name, self._random.choice(choices))

    def fails(self, request: web.Request) -> web.Response | None:
        """Return an error for some of the requests that change nothing."""
        if request.method != "GET" or "Upgrade" in request.headers or self._random.random() >= self.errors:
            return None
        return web.Response(status=self._random.choice(ERRORS), text="Something went wrong")

    def vary(self, value: Any) -> Any:
        """Return JSON that says the same in another way."""
        if isinstance(value, dict):
            return self._vary_object(value)
        if isinstance(value, list):
            return [self.vary(item) for item in value]
        if isinstance(value, bool):
            return str(value).lower() if self._flags_as is str else self._flags_as(value)
        if isinstance(value, int | float) and self._numbers_as_text:
            return str(value)
        return value

    def _vary_object(self, data: dict[str, Any]) -> dict[str, Any]:
        members = {name: self.vary(value) for name, value in data.items()}
        if self._nulls:
            for neighbour, names in OPTIONAL.items():
                if neighbour in members:
                    members = dict.fromkeys(names) | members
        if self._extra:
            members |= EXTRA
        order = list(members)
        self._random.shuffle(order)
        return {name: members[name] for name in order}

    async def send(self, request: web.Request, response: web.StreamResponse) -> web.StreamResponse:
        """Send an answer in pieces, if this PBX does."""
        if not self._piece or not isinstance(response, web.Response) or not isinstance(response.body, bytes):
            return response
        headers = {name: value for name, value in response.headers.items() if name != "Content-Length"}
        pieces = web.StreamResponse(status=response.status, headers=headers)
        pieces.enable_chunked_encoding()
        await pieces.prepare(request)
        for start in range(0, len(response.body), self._piece):
            await pieces.write(response.body[start : start + self._piece])
        await pieces.write_eof()
        return pieces
