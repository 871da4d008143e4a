"""Carry out faults on requests and answers."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
import json
from typing import Any

from aiohttp import web

HTML_PAGE = "<!DOCTYPE html><html><body><h1>It works!</h1></body></html>"
GARBAGE = b"\x00\xff\xfe PHP Warning: something went wrong {["


@dataclass(slots=True)
class FaultRule:
    """Describe one fault; times None means every request, path is a prefix."""

    kind: str
    path: str = "/"
    method: str | None = None
    times: int | None = None
    delay: float = 0.0
    status: int = 500
    body: Any = None
    hits: int = 0

    def matches(self, request: web.Request) -> bool:
        """Return whether this fault is due for a request."""
        return (
            request.path.startswith(self.path)
            and self.method in {None, request.method}
            and (self.times is None or self.hits < self.times)
        )


class ConnectionDropped(Exception):
    """Tell the server to close a connection instead of answering."""


type Refuse = Callable[[FaultRule, web.Request], web.Response]
type Spoil = Callable[[web.Request, web.Response], Awaitable[web.StreamResponse]]


def abort(request: web.Request) -> web.Response:
    """Close the connection and return the response that nobody will see."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=502)


def drop(rule: FaultRule, request: web.Request) -> web.Response:
    """Close the connection without a word."""
    return abort(request)


def error(rule: FaultRule, request: web.Request) -> web.Response:
    """Answer with an HTTP error."""
    return web.Response(status=rule.status, text="Something went wrong")


def html(rule: FaultRule, request: web.Request) -> web.Response:
    """Answer with a web page."""
    return web.Response(text=HTML_PAGE, content_type="text/html")


def answer(rule: FaultRule, request: web.Request) -> web.Response:
    """Answer at once with other JSON."""
    return web.json_response(rule.body)


def empty(rule: FaultRule, request: web.Request) -> web.Response:
    """Answer at once with an empty list."""
    return web.json_response([])


async def lose_answer(request: web.Request, response: web.Response) -> web.StreamResponse:
    """Close the connection after the work is done."""
    return abort(request)


async def garbage(request: web.Request, response: web.Response) -> web.StreamResponse:
    """Answer with bytes that are no JSON."""
    return web.Response(body=GARBAGE, content_type="application/json")


async def truncated(request: web.Request, response: web.Response) -> web.StreamResponse:
    """Answer with the first half of the text."""
    body = body_of(response)
    return web.Response(status=response.status, body=body[: len(body) // 2], content_type="application/json")


async def cut(request: web.Request, response: web.Response) -> web.StreamResponse:
    """Close the connection in the middle of the answer."""
    body = body_of(response)
    partial = web.StreamResponse(status=response.status, headers={"Content-Type": "application/json"})
    partial.content_length = len(body)
    await partial.prepare(request)
    await partial.write(body[: len(body) // 2])
    if request.transport is not None:
        request.transport.close()
    return partial


async def wrong_types(request: web.Request, response: web.Response) -> web.StreamResponse:
    """Answer with valid JSON that has the wrong types."""
    try:
        data = json.loads(body_of(response))
    except ValueError:
        return response
    return web.json_response(twist(data), status=response.status)


def body_of(response: web.Response) -> bytes:
    """Return the bytes of a response."""
    return response.body if isinstance(response.body, bytes) else b""


def twist(value: Any) -> Any:
    """Give every value of a JSON document a type that nobody expects."""
    match value:
        case dict():
            return {key: twist(item) for key, item in value.items()}
        case list():
            return [twist(item) for item in value]
        case bool():
            return "perhaps"
        case str():
            return {"text": value}
        case None:
            return []
        case _:
            return f"about {value}"


REFUSE: dict[str, Refuse] = {
    "drop_connection": drop,
    "error": error,
    "html": html,
    "answer": answer,
    "empty": empty,
}
SPOIL: dict[str, Spoil] = {
    "lose_answer": lose_answer,
    "garbage": garbage,
    "truncated": truncated,
    "cut": cut,
    "wrong_types": wrong_types,
}
