"""Read the address books of a CardDAV account (RFC 6352), with a few requests."""

import asyncio
from collections.abc import Iterator
import re
from time import monotonic
from xml.etree import ElementTree as ET
from xml.parsers import expat

from aiohttp import (
    ClientConnectorCertificateError,
    ClientError,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    Fingerprint,
    ServerFingerprintMismatch,
    encode_basic_auth,
)
from yarl import URL

from ..protocols.errors import ProtocolError
from ..protocols.http import AnswerTooLarge, read_body
from ..protocols.lazy_dataclass import dataclass

_DAV = "{DAV:}"
_CARD = "{urn:ietf:params:xml:ns:carddav}"
_SERVER = "{http://calendarserver.org/ns/}"
_NAMESPACES = (
    'xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:carddav" xmlns:s="http://calendarserver.org/ns/"'
)
_ASK_WHERE = (
    f'<?xml version="1.0" encoding="utf-8"?><d:propfind {_NAMESPACES}><d:prop><d:resourcetype/>'
    "<d:current-user-principal/><c:addressbook-home-set/><d:sync-token/><s:getctag/></d:prop></d:propfind>"
)
_ASK_CARDS = (
    f'<?xml version="1.0" encoding="utf-8"?><c:addressbook-query {_NAMESPACES}><d:prop><d:getetag/>'
    '<c:address-data/></d:prop><c:filter><c:prop-filter name="FN"/></c:filter></c:addressbook-query>'
)
_WELL_KNOWN = "/.well-known/carddav"
_REDIRECTS = frozenset({301, 302, 307, 308})
_TIMEOUT = ClientTimeout(total=60)
# All requests of one reading take less time than passes until the next one.
_READ_SECONDS = 240
# Where the address books are gone from where they were, they are looked for no more often than this.
SEARCH_INTERVAL = 3600.0
# Providers whose accounts are on other servers of theirs than the one to ask first (Apple: iCloud).
_ONE_PROVIDER = ("icloud.com",)
_SEPARATORS = re.compile(r"[\s:-]")
_FINGERPRINT = re.compile(r"[0-9a-f]{64}")
MAX_STEPS = 5
MAX_BOOKS = 20
# The bytes of an answer, unpacked, and the characters of all address books.
MAX_ANSWER = 50_000_000
# Empty elements take far more memory than their text; a contact has about twelve.
MAX_TAGS = 400_000
MAX_DEPTH = 40
# One tag with its attributes is shorter, and is read at once.
MAX_TAG = 65_536
_PARSE_SECONDS = 60
# So much is parsed between two turns of everything else.
_SLICE = 16_384
_TOO_LARGE = "the address book is too large"
_NO_ADDRESS = "the server names an address that is none"


class CardDavError(Exception):
    """The account could not be read; the text says why, without names and addresses."""


class _NotFoundError(CardDavError):
    """There is nothing at an address."""


class _LedAstrayError(CardDavError):
    """An address leads to where the login must not go, or nowhere."""


@dataclass(slots=True)
class _Book:
    """An address book as it was read; `version` is None where the server does not say."""

    version: str | None
    text: str


def read_fingerprint(text: str) -> bytes | None:
    """Return the SHA-256 fingerprint of a certificate as it is written, None where it is none."""
    plain = _SEPARATORS.sub("", text).lower()
    return bytes.fromhex(plain) if _FINGERPRINT.fullmatch(plain) else None


class CardDavAccount:
    """The address books of one account.

    The login goes to the server of the address only, or to another one of the same known provider: what leads
    elsewhere is not followed. A `fingerprint` is that of the certificate which the server must show.
    """

    def __init__(
        self,
        session: ClientSession,
        url: str,
        username: str,
        password: str,
        fingerprint: bytes | None = None,
    ) -> None:
        self._session = session
        self._url = URL(url)
        self._ssl = Fingerprint(fingerprint) if fingerprint is not None else True
        self._headers = {
            "Authorization": encode_basic_auth(username, password),
            "Content-Type": "application/xml; charset=utf-8",
            "Depth": "1",
            "Accept-Encoding": "gzip, deflate",
        }
        self._home: URL | None = None
        self._no_search_before = float("-inf")
        self._books: dict[URL, _Book] = {}

    async def read(self) -> str | None:
        """Return all vCards as one text, None where nothing is new; raises CardDavError."""
        try:
            async with asyncio.timeout(_READ_SECONDS):
                books = await self._read_books()
        except (ClientConnectorCertificateError, ServerFingerprintMismatch) as err:
            raise CardDavError("the certificate of the server is not trusted") from err
        except (ClientError, TimeoutError, OSError) as err:
            raise CardDavError(f"the server cannot be reached: {type(err).__name__}") from err
        except AnswerTooLarge:
            raise CardDavError(_TOO_LARGE) from None
        except ProtocolError as err:
            raise CardDavError("the answer cannot be read") from err
        except ValueError:
            # So an address is refused that has a login or a control character in it.
            raise CardDavError(_NO_ADDRESS) from None
        before, self._books = self._books, books
        if [book.text for book in before.values()] == [book.text for book in books.values()]:
            return None
        return "\n".join(book.text for book in books.values())

    async def _read_books(self) -> dict[URL, _Book]:
        """Return all address books; those that are as they were are not read again."""
        books: dict[URL, _Book] = {}
        for url, version in (await self._find_books()).items():
            changed = self._is_changed(url, version)
            books[url] = _Book(version, await self._read_book(url)) if changed else self._books[url]
            if sum(len(book.text) for book in books.values()) > MAX_ANSWER:
                raise CardDavError(_TOO_LARGE)
        return books

    def _is_changed(self, url: URL, version: str | None) -> bool:
        book = self._books.get(url)
        return book is None or version is None or book.version != version

    async def _find_books(self) -> dict[URL, str | None]:
        """Return the address books of the account with what says whether they are new.

        Those that are gone from where they were are looked for as at first, which may find their new place.
        """
        if self._home is not None:
            try:
                return await self._follow(self._home)
            except _NotFoundError, _LedAstrayError:
                if monotonic() < self._no_search_before:
                    raise
                self._no_search_before = monotonic() + SEARCH_INTERVAL
        for start in self._list_starts():
            try:
                return await self._follow(start)
            except _NotFoundError:
                continue
        raise CardDavError("there is no address book")

    def _list_starts(self) -> list[URL]:
        return [self._url.with_path(_WELL_KNOWN), self._url] if self._url.path in ("", "/") else [self._url]

    async def _follow(self, url: URL) -> dict[URL, str | None]:
        """Return the address books that an address leads to: by the user to their home to the books."""
        for _ in range(MAX_STEPS):
            place, found = await self._ask("PROPFIND", url, _ASK_WHERE)
            books = {
                self._join_url(place, href): _get_version(prop)
                for href, prop in found
                if prop.find(f"{_DAV}resourcetype/{_CARD}addressbook") is not None
            }
            if books:
                self._home = place
                return dict(list(books.items())[:MAX_BOOKS])
            href = _find_href(found)
            if href is None:
                break
            url = self._join_url(place, href)
        raise _NotFoundError("there is no address book")

    async def _read_book(self, url: URL) -> str:
        _, found = await self._ask("REPORT", url, _ASK_CARDS)
        return await asyncio.to_thread(_join_cards, found)

    async def _ask(self, method: str, url: URL, body: str) -> tuple[URL, list[tuple[str, ET.Element]]]:
        """Return where an answer came from, and the properties of each address in it."""
        for _ in range(MAX_STEPS):
            async with self._session.request(
                method,
                url,
                data=body.encode(),
                headers=self._headers,
                allow_redirects=False,
                auto_decompress=False,
                timeout=_TIMEOUT,
                ssl=self._ssl,
            ) as response:
                if response.status not in _REDIRECTS:
                    return url, await _read_answer(response)
                url = self._join_url(url, response.headers.get("Location", ""))
        raise _LedAstrayError("the server redirects for ever")

    def _join_url(self, base: URL, href: str) -> URL:
        """Return an address of the same server or provider; raises CardDavError for another one."""
        try:
            url = base.join(URL(href, encoded=True))
            same = url.origin() == self._url.origin() or _is_one_provider(url, self._url)
        except ValueError as err:
            raise CardDavError(_NO_ADDRESS) from err
        if not same:
            raise _LedAstrayError("the server leads to another one")
        return url


def _is_one_provider(*urls: URL) -> bool:
    """Return whether addresses are those of servers that one provider has for its accounts, all encrypted."""
    return all(url.scheme == "https" for url in urls) and any(
        all(f".{url.host}".endswith(f".{domain}") for url in urls) for domain in _ONE_PROVIDER
    )


async def _read_answer(response: ClientResponse) -> list[tuple[str, ET.Element]]:
    """Return the addresses in the answer of a server with their properties; raises CardDavError."""
    if response.status in {401, 403}:
        raise CardDavError("the login is refused")
    if response.status in {404, 405, 410, 501}:
        raise _NotFoundError("there is no address book")
    if response.status != 207:
        raise CardDavError(f"the server answers with status {response.status}")
    data = await read_body(response, "for its address books", MAX_ANSWER)
    return await asyncio.to_thread(lambda: list(_iter_properties(_parse_answer(data))))


def _parse_answer(data: bytes) -> ET.Element:
    """Return the document of an answer without its attributes; raises CardDavError.

    It is parsed in slices, between which other threads have their turn, and no longer than it may take.
    """
    reader, until = _DocumentReader(), monotonic() + _PARSE_SECONDS
    for start in range(0, len(data), _SLICE):
        reader.feed(data[start : start + _SLICE])
        if monotonic() > until:
            raise CardDavError(_TOO_LARGE)
    return reader.close()


class _DocumentReader:
    """Reads a document in which nothing can grow: it may have no type, and so no entities of its own."""

    def __init__(self) -> None:
        self._builder = ET.TreeBuilder()
        self._parser = expat.ParserCreate(namespace_separator="}")
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._builder.data
        self._parser.StartDoctypeDeclHandler = self._refuse
        self._fed = self._tags = self._depth = 0

    def feed(self, data: bytes) -> None:
        """Read more of the document; raises CardDavError."""
        self._parse(data, last=False)
        self._fed += len(data)
        if self._fed - self._parser.CurrentByteIndex > MAX_TAG:
            raise CardDavError(_TOO_LARGE)

    def close(self) -> ET.Element:
        """Return the document; raises CardDavError where it is none."""
        self._parse(b"", last=True)
        return self._builder.close()

    def _parse(self, data: bytes, *, last: bool) -> None:
        try:
            self._parser.Parse(data, last)
        except expat.ExpatError, ValueError, LookupError:
            raise CardDavError("the answer cannot be read") from None

    def _start(self, name: str, attributes: object) -> None:
        self._tags += 1
        self._depth += 1
        if self._tags > MAX_TAGS or self._depth > MAX_DEPTH:
            raise CardDavError(_TOO_LARGE)
        self._builder.start(_to_tag(name), {})

    def _end(self, name: str) -> None:
        self._depth -= 1
        self._builder.end(_to_tag(name))

    def _refuse(self, *declared: object) -> None:
        raise CardDavError("the answer cannot be read")


def _to_tag(name: str) -> str:
    return f"{{{name}" if "}" in name else name


def _iter_properties(answer: ET.Element) -> Iterator[tuple[str, ET.Element]]:
    """Yield each address in an answer with the properties that it has."""
    for response in answer.iter(f"{_DAV}response"):
        href = response.findtext(f"{_DAV}href")
        for part in response.iter(f"{_DAV}propstat"):
            prop = part.find(f"{_DAV}prop")
            if href and prop is not None and " 200" in (part.findtext(f"{_DAV}status") or ""):
                yield href.strip(), prop


def _join_cards(found: list[tuple[str, ET.Element]]) -> str:
    return "\n".join(prop.findtext(f"{_CARD}address-data") or "" for _, prop in found)


def _get_version(prop: ET.Element) -> str | None:
    return prop.findtext(f"{_SERVER}getctag") or prop.findtext(f"{_DAV}sync-token")


def _find_href(found: list[tuple[str, ET.Element]]) -> str | None:
    """Return the address that leads on: the home of the address books, else the user."""
    for name in (f"{_CARD}addressbook-home-set", f"{_DAV}current-user-principal"):
        for _, prop in found:
            href = prop.findtext(f"{name}/{_DAV}href")
            if href:
                return href.strip()
    return None
