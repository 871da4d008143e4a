"""The address books of a CardDAV account, on a server of its own."""

from collections.abc import AsyncIterator
import socket
from time import monotonic
from typing import Any, override
import zlib

from aiohttp import ClientSession, TCPConnector, web
from aiohttp.abc import AbstractResolver, ResolveResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes
import pytest

from custom_components.pbx.hub import carddav
from custom_components.pbx.hub.carddav import (
    MAX_ANSWER,
    MAX_DEPTH,
    MAX_STEPS,
    MAX_TAG,
    MAX_TAGS,
    SEARCH_INTERVAL,
    CardDavAccount,
    CardDavError,
    read_fingerprint,
)
from tests.simulators.carddav import HOME, PASSWORD, USER, CardDavServer, answer
from tests.simulators.common.certificate import self_signed_pem, server_context

CARD = "BEGIN:VCARD\nVERSION:3.0\nFN:{}\nTEL:+31201234567\nEND:VCARD\n"


@pytest.fixture(autouse=True)
def _real_network(socket_enabled: None) -> None:
    """Allow the loopback."""


@pytest.fixture
async def server() -> AsyncIterator[CardDavServer]:
    """Return a server with one card."""
    server = CardDavServer()
    server.put("people", "anna", CARD.format("Anna & Björn <1>"))
    async with server.serve():
        yield server


@pytest.fixture
async def session() -> AsyncIterator[ClientSession]:
    """Return a session of a client."""
    async with ClientSession() as session:
        yield session


@pytest.mark.parametrize("path", ["", "/", "/dav/", HOME])
async def test_account(server: CardDavServer, session: ClientSession, path: str) -> None:
    """The books are found from any address of the account; only a book that changed is read again."""
    account = CardDavAccount(session, server.url + path, USER, PASSWORD)
    assert "Anna & Björn <1>" in (await account.read() or "")
    server.asked.clear()
    assert await account.read() is None
    assert server.asked == [f"PROPFIND {HOME}"]
    server.put("work", "carla", CARD.format("Carla"))
    assert "Carla" in (await account.read() or "")
    assert server.asked[1:] == [f"PROPFIND {HOME}", f"REPORT {HOME}work/"]
    del server.books["work"]
    assert "Carla" not in (await account.read() or "Carla")


@pytest.mark.parametrize("status", [404, 410])
async def test_home_that_moves(
    server: CardDavServer, session: ClientSession, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    """It is looked for as at first, at most once an hour, and found where it is now."""
    account = CardDavAccount(session, server.url, USER, PASSWORD)
    await account.read()
    server.gone = status
    server.home = "/dav/contacts/anna/"
    server.put("people", "anna", CARD.format("Anna at her new place"))
    server.asked.clear()
    assert "new place" in (await account.read() or "")
    assert server.asked[:2] == [f"PROPFIND {HOME}", "PROPFIND /.well-known/carddav"]
    server.home = "/dav/third/anna/"
    server.asked.clear()
    for _ in range(3):
        with pytest.raises(CardDavError, match="no address book"):
            await account.read()
    assert server.asked == ["PROPFIND /dav/contacts/anna/"] * 3
    monkeypatch.setattr(carddav, "monotonic", lambda: monotonic() + SEARCH_INTERVAL)
    assert await account.read() is None
    assert server.asked[-1] == "REPORT /dav/third/anna/people/"


async def test_home_that_redirects(server: CardDavServer, session: ClientSession) -> None:
    """Where it says where it is now, that is followed, within the server."""
    account = CardDavAccount(session, server.url, USER, PASSWORD)
    await account.read()
    server.gone, server.home = 301, "/dav/contacts/anna/"
    server.put("people", "anna", CARD.format("Anna at her new place"))
    server.asked.clear()
    assert "new place" in (await account.read() or "")
    assert server.asked[:2] == [f"PROPFIND {HOME}", "PROPFIND /dav/contacts/anna/"]
    server.asked.clear()
    assert await account.read() is None
    assert server.asked == ["PROPFIND /dav/contacts/anna/"]


@pytest.mark.parametrize("leads_to", [HOME, "http://localhost:1/dav/"], ids=["in a circle", "elsewhere"])
async def test_home_that_leads_astray(server: CardDavServer, session: ClientSession, leads_to: str) -> None:
    """It is not followed for ever, nor to another server, but looked for as at first."""
    account = CardDavAccount(session, server.url, USER, PASSWORD)
    await account.read()
    server.gone, server.leads_to, server.home = 301, leads_to, "/dav/contacts/anna/"
    server.put("people", "anna", CARD.format("Anna at her new place"))
    assert "new place" in (await account.read() or "")
    assert server.hosts == {"127.0.0.1"}


async def test_home_that_leads_astray_for_good(server: CardDavServer, session: ClientSession) -> None:
    """Where it is still the home of the account it is asked again each time, and looked for once an hour."""
    account = CardDavAccount(session, server.url, USER, PASSWORD)
    await account.read()
    server.gone, server.leads_to = 301, HOME
    asked = []
    for _ in range(3):
        server.asked.clear()
        with pytest.raises(CardDavError, match="redirects for ever"):
            await account.read()
        asked.append(len(server.asked))
    assert asked[1:] == [MAX_STEPS] * 2
    server.gone = None
    assert await account.read() is None


async def test_no_versions(server: CardDavServer, session: ClientSession) -> None:
    """A server that tells no versions is asked for everything, and still only news count."""
    server.tells_versions = False
    account = CardDavAccount(session, server.url, USER, PASSWORD)
    assert await account.read()
    assert await account.read() is None
    server.put("people", "anna", CARD.format("Anna"))
    assert "FN:Anna\n" in (await account.read() or "")


@pytest.mark.parametrize(
    ("status", "text", "headers", "why"),
    [
        (403, "", {}, "login is refused"),
        (404, "", {}, "no address book"),
        (500, "", {}, "status 500"),
        (207, "<d:multistatus xmlns:d='DAV:'/>", {}, "no address book"),
        (207, "<html>", {}, "cannot be read"),
        pytest.param(207, f"<x>{'<a/>' * MAX_TAGS}</x>", {}, "too large", id="tags without end"),
        pytest.param(207, "<a>" * (MAX_DEPTH + 1), {}, "too large", id="depth without end"),
        pytest.param(207, f"<x {'a' * 2 * MAX_TAG}", {}, "too large", id="tag without end"),
        pytest.param(207, f"<!--{'a' * 2 * MAX_TAG}", {}, "too large", id="remark without end"),
        (207, "<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>", {}, "cannot be read"),
        (301, "", {"Location": "http://example.org/dav/"}, "leads to another one"),
        (302, "", {"Location": "/dav/"}, "redirects for ever"),
        (302, "", {"Location": "http://[/"}, "address that is none"),
    ],
)
async def test_odd_answers(
    server: CardDavServer,
    session: ClientSession,
    status: int,
    text: str,
    headers: dict[str, str],
    why: str,
) -> None:
    """What a server says instead is an error in plain words; the login goes nowhere else."""
    server.answer = answer(status, text, **headers)
    with pytest.raises(CardDavError, match=why):
        await CardDavAccount(session, server.url, USER, PASSWORD).read()


BOMB = "<!DOCTYPE x [<!ENTITY a 'b'><!ENTITY c '&a;&a;&a;&a;&a;&a;&a;&a;'>]><x>&c;&c;&c;&c;</x>"
EXTERNAL = "<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/hostname'>]><x>&a;</x>"


@pytest.mark.parametrize("text", [BOMB, EXTERNAL, "<!DOCTYPE x SYSTEM 'http://127.0.0.1/x.dtd'><x/>"])
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-16", "utf-16-le", "utf-16-be", "latin-1", "cp037", "utf-7"]
)
async def test_document_types(
    server: CardDavServer, session: ClientSession, text: str, encoding: str
) -> None:
    """A document with entities of its own is none, in whatever encoding it hides them."""
    declared = f'<?xml version="1.0" encoding="{encoding}"?>{text}'
    server.answer = web.Response(status=207, body=declared.encode(encoding))
    with pytest.raises(CardDavError, match="cannot be read"):
        await CardDavAccount(session, server.url, USER, PASSWORD).read()


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
async def test_bomb_that_unpacks(server: CardDavServer, session: ClientSession, encoding: str) -> None:
    """A small answer that unpacks to a huge one is given up, as is one that is packed in an unknown way."""
    packed = zlib.compress(bytes(MAX_ANSWER + 1), wbits=31 if encoding == "gzip" else 15)
    server.answer = web.Response(status=207, body=packed, headers={"Content-Encoding": encoding})
    with pytest.raises(CardDavError, match="too large"):
        await CardDavAccount(session, server.url, USER, PASSWORD).read()
    server.answer = web.Response(status=207, body=b"text", headers={"Content-Encoding": encoding})
    with pytest.raises(CardDavError, match="cannot be read"):
        await CardDavAccount(session, server.url, USER, PASSWORD).read()


async def test_packed(server: CardDavServer, session: ClientSession) -> None:
    """What a server packs as it may is read."""
    server.packs = True
    assert "Anna" in (await CardDavAccount(session, server.url, USER, PASSWORD).read() or "")


async def test_all_books_together(
    server: CardDavServer, session: ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Many books are no way around the size of one."""
    monkeypatch.setattr(carddav, "MAX_ANSWER", 10_000)
    for book in "abc":
        server.put(book, "card", CARD.format("x" * 4_000))
    with pytest.raises(CardDavError, match="too large"):
        await CardDavAccount(session, server.url, USER, PASSWORD).read()


async def test_drip(server: CardDavServer, session: ClientSession, monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer that comes byte by byte ends with the time for one reading."""
    monkeypatch.setattr(carddav, "_READ_SECONDS", 0.5)
    server.drips = True
    with pytest.raises(CardDavError, match="cannot be reached"):
        await CardDavAccount(session, server.url, USER, PASSWORD).read()
    assert server.asked


async def test_parsing_takes_too_long(
    server: CardDavServer, session: ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A document is given up that takes longer to read than any address book does."""
    monkeypatch.setattr(carddav, "_PARSE_SECONDS", -1)
    with pytest.raises(CardDavError, match="too large"):
        await CardDavAccount(session, server.url, USER, PASSWORD).read()


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_login_stays(server: CardDavServer, session: ClientSession, status: int) -> None:
    """A redirect to another server, port or scheme takes the login nowhere."""
    other = CardDavServer()
    async with other.serve():
        for place in (other.url, f"//localhost:{server.port}/", f"https://127.0.0.1:{server.port}/"):
            server.answer = answer(status, Location=place)
            with pytest.raises(CardDavError, match="leads to another one"):
                await CardDavAccount(session, server.url, USER, PASSWORD).read()
    assert other.asked == []


async def test_refused(server: CardDavServer, session: ClientSession) -> None:
    """A wrong password, a home elsewhere and a server that is not there are errors too."""
    with pytest.raises(CardDavError, match="login is refused"):
        await CardDavAccount(session, server.url, USER, "wrong").read()
    server.home = "https://example.org/books/"
    with pytest.raises(CardDavError, match="leads to another one"):
        await CardDavAccount(session, server.url, USER, PASSWORD).read()
    with pytest.raises(CardDavError, match="cannot be reached"):
        await CardDavAccount(session, "http://127.0.0.1:1/", USER, PASSWORD).read()


class Names(AbstractResolver):
    """Name servers that know no machine but this one."""

    @override
    async def resolve(self, host: str, port: int = 0, family: Any = None) -> list[ResolveResult]:
        place = ResolveResult(
            hostname=host, host="127.0.0.1", port=port, family=socket.AF_INET, proto=0, flags=0
        )
        return [place]

    @override
    async def close(self) -> None:
        """There is nothing to close."""


def get_fingerprint(pem: bytes) -> bytes:
    """Return the fingerprint of the certificate in a file."""
    return x509.load_pem_x509_certificate(pem).fingerprint(hashes.SHA256())


async def test_own_certificate(session: ClientSession) -> None:
    """A certificate that nobody vouches for is trusted by its fingerprint alone."""
    pem, server = self_signed_pem("127.0.0.1"), CardDavServer()
    server.put("people", "anna", CARD.format("Anna"))
    server.scheme = "https"
    async with server.serve(server_context(pem)):
        with pytest.raises(CardDavError, match="certificate of the server is not trusted"):
            await CardDavAccount(session, server.url, USER, PASSWORD).read()
        with pytest.raises(CardDavError, match="certificate of the server is not trusted"):
            await CardDavAccount(session, server.url, USER, PASSWORD, bytes(32)).read()
        assert server.asked == []
        account = CardDavAccount(session, server.url, USER, PASSWORD, get_fingerprint(pem))
        assert "FN:Anna" in (await account.read() or "")


@pytest.mark.parametrize(
    ("first", "home", "is_read"),
    [
        # As Apple's server does: the account names a server of its own for the books.
        ("contacts.icloud.com", "p05-contacts.icloud.com", True),
        ("contacts.icloud.com", "icloud.com.example.org", False),
        ("contacts.icloud.com", "noticloud.com", False),
        ("example.org", "p05-contacts.icloud.com", False),
    ],
)
async def test_icloud(first: str, home: str, is_read: bool) -> None:
    """An account of iCloud is read although its books are on another server of Apple, and only such a one."""
    pem, server = self_signed_pem(first), CardDavServer()
    server.put("people", "anna", CARD.format("Anna"))
    server.scheme, server.host = "https", first
    connector = TCPConnector(resolver=Names())
    async with server.serve(server_context(pem)), ClientSession(connector=connector) as session:
        server.home = f"https://{home}:{server.port}{HOME}"
        account = CardDavAccount(session, server.url, USER, PASSWORD, get_fingerprint(pem))
        if is_read:
            assert "FN:Anna" in (await account.read() or "")
            assert server.hosts == {first, home}
            assert await account.read() is None
        else:
            with pytest.raises(CardDavError, match="leads to another one"):
                await account.read()
            assert server.hosts == {first}


@pytest.mark.parametrize(
    ("text", "is_one"),
    [(":".join(["AB"] * 32), True), ("ab" * 32, True), ("ab" * 20, False), ("", False), ("x" * 64, False)],
)
def test_fingerprint(text: str, is_one: bool) -> None:
    """A fingerprint is read as browsers show it."""
    assert (read_fingerprint(text) is not None) is is_one


@pytest.mark.parametrize("href", ["http://eve:x@127.0.0.1:{}/dav/", "//eve@127.0.0.1:{}/dav/"])
@pytest.mark.parametrize("redirects", [False, True])
async def test_login_in_an_address(
    server: CardDavServer, session: ClientSession, href: str, *, redirects: bool
) -> None:
    """A server that puts a login of its own into an address is not followed."""
    address = href.format(server.port)
    if redirects:
        server.answer = answer(302, Location=address)
    else:
        server.home = address
    with pytest.raises(CardDavError, match="address that is none"):
        await CardDavAccount(session, server.url, USER, PASSWORD).read()
