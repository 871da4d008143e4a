"""Carry out the HTTP requests of a script."""

import asyncio
from base64 import b64decode, b64encode
from collections.abc import Callable
import ssl
from typing import Any

from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout
from yarl import URL

from .limits import Limits
from .policy import Policy, Refused

type Record = dict[str, Any]

CONNECT_SECONDS = 10.0
LONGEST = 300.0
MOST_REDIRECTS = 5
REDIRECTS = frozenset({301, 302, 303, 307, 308})
# A browser sets these itself.
FORBIDDEN = frozenset({
    "accept-encoding", "connection", "content-length", "cookie", "cookie2", "date", "expect", "host",
    "keep-alive", "origin", "referer", "te", "trailer", "transfer-encoding", "upgrade", "via",
})  # fmt: skip


class TooLarge(Exception):
    """An answer is larger than a script may have."""


class Fetcher:
    """Do the requests, several at a time."""

    def __init__(
        self,
        http: ClientSession,
        context: ssl.SSLContext,
        policy: Policy,
        limits: Limits,
        post: Callable[[Record], None],
        refused: Callable[[Refused], None],
    ) -> None:
        self._http = http
        self._ssl = context
        self._policy = policy
        self._limits = limits
        self._post = post
        self._refused = refused
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self.count = 0

    def start(self, op: Record) -> None:
        """Begin a request."""
        number = op["id"]
        self.count += 1
        if len(self._tasks) >= self._limits.requests:
            self._post({"kind": "xhr", "id": number, "error": "error"})
            return
        task = asyncio.create_task(self._do(op), name="script request")
        self._tasks[number] = task
        task.add_done_callback(lambda _: self._tasks.pop(number, None))

    def abort(self, op: Record) -> None:
        """Give a request up."""
        task = self._tasks.get(op["id"])
        if task is not None:
            task.cancel()

    async def close(self) -> None:
        """Give all requests up."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _do(self, op: Record) -> None:
        try:
            result = await self._exchange(op)
        except TimeoutError:
            result = {"error": "timeout"}
        except Refused as err:
            self._refused(err)
            result = {"error": "error"}
        except ClientError, TooLarge, OSError, ValueError:
            result = {"error": "error"}
        self._post({"kind": "xhr", "id": op["id"], **result})

    async def _exchange(self, op: Record) -> Record:
        """Follow redirects by hand, since each could lead elsewhere."""
        method, url, body = op["method"], self._policy.resolve(op["url"]), _body(op)
        async with asyncio.timeout(min(op["timeout"] / 1000 or LONGEST, LONGEST)):
            for _ in range(MOST_REDIRECTS):
                async with self._http.request(
                    method,
                    url,
                    data=body,
                    headers=_headers(op),
                    ssl=self._ssl,
                    allow_redirects=False,
                    timeout=ClientTimeout(total=None, sock_connect=CONNECT_SECONDS),
                ) as response:
                    if response.status not in REDIRECTS or "Location" not in response.headers:
                        return await self._reply(response, op)
                    url = self._policy.resolve(str(url.join(URL(response.headers["Location"]))))
                    if response.status in {301, 302, 303} and method != "HEAD":
                        method, body = "GET", None
        raise ClientError("too many redirects")

    async def _reply(self, response: ClientResponse, op: Record) -> Record:
        raw = bytearray()
        async for chunk in response.content.iter_any():
            raw += chunk
            if len(raw) > self._limits.body:
                raise TooLarge
        return {
            "status": response.status,
            "reason": response.reason or "",
            "url": str(response.url),
            "headers": [[name, value] for name, value in response.headers.items() if _visible(name)],
            "body": b64encode(raw).decode() if op["binary"] else _decoded(bytes(raw), response, op["mime"]),
        }


def _visible(name: str) -> bool:
    return name.lower() not in {"set-cookie", "set-cookie2"}


def _headers(op: Record) -> dict[str, str]:
    headers: dict[str, str] = {}
    for name, value in op["headers"]:
        known = next((key for key in headers if key.lower() == name.lower()), name)
        if name.lower() not in FORBIDDEN and not name.lower().startswith(("sec-", "proxy-")):
            headers[known] = f"{headers[known]}, {value}" if known in headers else value
    if op["body"] is not None and not any(name.lower() == "content-type" for name in headers):
        headers["Content-Type"] = "application/octet-stream" if op["bytes"] else "text/plain;charset=UTF-8"
    return headers


def _body(op: Record) -> bytes | None:
    if op["body"] is None:
        return None
    return b64decode(op["body"]) if op["bytes"] else op["body"].encode("utf-8", "replace")


def _decoded(raw: bytes, response: ClientResponse, mime: str | None) -> str:
    charset = (mime or "").partition("charset=")[2].strip() or response.charset or "utf-8"
    try:
        return raw.decode(charset, "replace")
    except LookupError:
        return raw.decode("utf-8", "replace")
