"""A CardDAV server on a real port, strict about what RFC 6352 and RFC 4918 ask of a client."""

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from http import HTTPStatus
import ssl
from typing import Any
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

from aiohttp import web
from yarl import URL

DAV = "{DAV:}"
CARD = "{urn:ietf:params:xml:ns:carddav}"
SERVER = "{http://calendarserver.org/ns/}"
PREFIXES = (
    'xmlns:d="DAV:" xmlns:card="urn:ietf:params:xml:ns:carddav" xmlns:cs="http://calendarserver.org/ns/"'
)
ROOT, PRINCIPAL, HOME = "/dav/", "/dav/principals/anna/", "/dav/books/anna/"
USER, PASSWORD = "anna@example.org", "sécret"


class CardDavServer:
    """Address books by name, each with its cards; what is asked is recorded."""

    def __init__(self) -> None:
        self.books: dict[str, dict[str, str]] = {"people": {}}
        self.versions: dict[str, int] = {"people": 1}
        # What the server is, for books that are no address books, and tells no versions.
        self.tells_versions = True
        self.password = PASSWORD
        self.asked: list[str] = []
        # What is answered instead of what was asked for, and where the user lives.
        self.answer: web.Response | None = None
        self.home = HOME
        # What is answered where the user lived before, once they have moved; with 301, where they live now,
        # or else what is said of that.
        self.gone: int | None = None
        self.leads_to: str | None = None
        # Whether answers are packed, and whether they come byte by byte and never end.
        self.packs = self.drips = False
        self.port = 0
        self.scheme, self.host = "http", "127.0.0.1"
        # The hosts that were asked.
        self.hosts: set[str] = set()

    @property
    def url(self) -> str:
        """Return the address of the server."""
        return f"{self.scheme}://{self.host}:{self.port}"

    @property
    def _place(self) -> str:
        """Return the path of the home, which may be on a host of its own."""
        return URL(self.home).path

    def put(self, book: str, name: str, card: str) -> None:
        """Put a card into a book, as another client would."""
        self.books.setdefault(book, {})[name] = card
        self.versions[book] = self.versions.get(book, 0) + 1

    @asynccontextmanager
    async def serve(self, context: ssl.SSLContext | None = None) -> AsyncIterator[CardDavServer]:
        """Serve on a free port, encrypted with a context."""
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._handle)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
        await site.start()
        self.port = runner.addresses[0][1]
        try:
            yield self
        finally:
            await runner.cleanup()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(f"{request.method} {request.path}")
        self.hosts.add(request.url.host or "")
        if request.path == "/.well-known/carddav":
            raise web.HTTPMovedPermanently(ROOT)
        login = "Basic " + b64encode(f"{USER}:{self.password}".encode()).decode()
        if request.headers.get("Authorization") != login:
            return web.Response(status=HTTPStatus.UNAUTHORIZED, headers={"WWW-Authenticate": "Basic"})
        if self.answer is not None:
            return web.Response(
                status=self.answer.status, body=self.answer.body, headers=dict(self.answer.headers)
            )
        if self.drips:
            return await _drip(request)
        if self.gone is not None and request.path.startswith(HOME):
            place = {"Location": self.leads_to or self.home} if self.gone == 301 else {}
            return web.Response(status=self.gone, headers=place)
        if request.method not in {"PROPFIND", "REPORT"}:
            return web.Response(status=HTTPStatus.METHOD_NOT_ALLOWED)
        return self._multi_status(request, ET.fromstring(await self._read_body(request)))  # noqa: S314

    async def _read_body(self, request: web.Request) -> bytes:
        """Return the body of a request that is as it has to be; raises HTTPBadRequest."""
        if request.headers.get("Depth") not in {"0", "1"}:
            raise web.HTTPBadRequest(text="no depth")
        if request.content_type not in {"application/xml", "text/xml"}:
            raise web.HTTPUnsupportedMediaType(text="no XML")
        return await request.read()

    def _multi_status(self, request: web.Request, asked: ET.Element) -> web.Response:
        if request.method == "REPORT":
            parts = self._report(request.path, asked)
        elif asked.tag != f"{DAV}propfind":
            raise web.HTTPBadRequest(text="no propfind")
        else:
            parts = self._find(request.path, request.headers["Depth"])
        inner = "".join(parts)
        body = f'<?xml version="1.0" encoding="utf-8"?><d:multistatus {PREFIXES}>{inner}</d:multistatus>'
        response = web.Response(
            status=HTTPStatus.MULTI_STATUS, text=body, content_type="application/xml", charset="utf-8"
        )
        if self.packs:
            response.enable_compression()
        return response

    def _report(self, path: str, asked: ET.Element) -> list[str]:
        """Return the cards of a book; the filter is required, and data comes only where it is asked for."""
        name = path.removeprefix(self._place).strip("/")
        if name not in self.books:
            raise web.HTTPNotFound
        if asked.tag != f"{CARD}addressbook-query" or asked.find(f"{CARD}filter") is None:
            raise web.HTTPBadRequest(text="no query")
        if asked.find(f"{DAV}prop/{CARD}address-data") is None:
            raise web.HTTPBadRequest(text="asks for no cards")
        return [
            _response(
                f"{self._place}{name}/{card}.vcf", f"<card:address-data>{escape(text)}</card:address-data>"
            )
            for card, text in self.books[name].items()
        ]

    def _find(self, path: str, depth: str) -> list[str]:
        if path == ROOT:
            user = f"<d:href>{PRINCIPAL}</d:href>"
            return [_response(ROOT, f"<d:current-user-principal>{user}</d:current-user-principal>")]
        if path == PRINCIPAL:
            home = f"<d:href>{self.home}</d:href>"
            return [_response(PRINCIPAL, f"<card:addressbook-home-set>{home}</card:addressbook-home-set>")]
        if path != self._place:
            raise web.HTTPNotFound
        parts = [_response(self._place, "<d:resourcetype><d:collection/></d:resourcetype>")]
        return parts + [self._describe_book(name) for name in self.books if depth == "1"]

    def _describe_book(self, name: str) -> str:
        kind = "<d:resourcetype><d:collection/><card:addressbook/></d:resourcetype>"
        version = f"<cs:getctag>{self.versions[name]}</cs:getctag>" if self.tells_versions else ""
        return _response(f"{self._place}{name}/", kind + version)


async def _drip(request: web.Request) -> web.StreamResponse:
    """Answer byte by byte until the client has enough of it."""
    response = web.StreamResponse(status=HTTPStatus.MULTI_STATUS)
    await response.prepare(request)
    with suppress(ConnectionError):
        while True:
            await response.write(b" ")
            await asyncio.sleep(0.01)
    return response


def _response(href: str, properties: str) -> str:
    found = f"<d:propstat><d:prop>{properties}</d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat>"
    missing = (
        "<d:propstat><d:prop><d:sync-token/></d:prop><d:status>HTTP/1.1 404 Not Found</d:status></d:propstat>"
    )
    return f"<d:response><d:href>{href}</d:href>{found}{missing}</d:response>"


def answer(status: int, text: str = "", **headers: Any) -> web.Response:
    """Return what a server says instead of what was asked for."""
    return web.Response(status=status, text=text, headers=headers)
