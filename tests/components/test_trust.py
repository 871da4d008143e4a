"""What vouches for a PBX, tried over real TLS connections."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
import ssl
from typing import Any

from aiohttp import ClientConnectorCertificateError, ClientSession, web
from homeassistant.core import HomeAssistant
import pytest
from websockets.asyncio.client import connect

from custom_components.pbx.config.certificates import async_fetch_certificate, format_fingerprint
from custom_components.pbx.config.tls import (
    CertificateUnusable,
    FingerprintUnusable,
    Trust,
    async_create_ssl_context,
    clean_trust_settings,
    compute_fingerprint,
    create_pinned_context,
)
from custom_components.pbx.protocols.errors import CannotConnect, CertificateNotTrusted
from tests.simulators.common.certificate import load, self_signed_pem, server_context

HOST = "127.0.0.1"


class Server:
    """A web server that says how often it was asked for something."""

    def __init__(self) -> None:
        self.pem = self_signed_pem(HOST)
        self.context = server_context(self.pem)
        self.requests = 0
        self.port = 0

    @property
    def certificate(self) -> str:
        """Return the certificate as text, with the private key in front as administrators paste it."""
        return self.pem.decode()

    @property
    def fingerprint(self) -> str:
        """Return the fingerprint of the certificate."""
        _, certificate = self.certificate.split("-----END PRIVATE KEY-----\n")
        return compute_fingerprint(ssl.PEM_cert_to_DER_cert(certificate))

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Answer a request, or take a WebSocket."""
        self.requests += 1
        socket = web.WebSocketResponse()
        if not socket.can_prepare(request):
            return web.Response(text="hello")
        await socket.prepare(request)
        await socket.send_str("hello")
        await socket.close()
        return socket


@pytest.fixture
async def server(broken_handshakes: None) -> AsyncIterator[Server]:
    """Run a web server with a certificate of its own."""
    server = Server()
    application = web.Application()
    application.router.add_get("/", server.answer)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, HOST, 0, ssl_context=server.context).start()
    server.port = runner.addresses[0][1]
    yield server
    await runner.cleanup()


async def by_http(server: Server, context: ssl.SSLContext) -> str:
    """Ask by HTTP, as the protocols do."""
    url = f"https://{HOST}:{server.port}/"
    async with ClientSession() as session, session.get(url, ssl=context) as response:
        return await response.text()


async def by_websocket(server: Server, context: ssl.SSLContext) -> str | bytes:
    """Ask by WebSocket, as the protocols do."""
    async with connect(f"wss://{HOST}:{server.port}/", ssl=context, proxy=None) as socket:
        return await socket.recv()


async def by_thread(server: Server, context: ssl.SSLContext) -> str:
    """Shake hands over a blocking socket."""
    import socket

    def shake_hands() -> str:
        with (
            socket.create_connection((HOST, server.port)) as plain,
            context.wrap_socket(plain, server_hostname=HOST),
        ):
            return "hello"

    return await asyncio.to_thread(shake_hands)


WAYS = pytest.mark.parametrize("ask", [by_http, by_websocket, by_thread])
REFUSALS = (ClientConnectorCertificateError, ssl.SSLCertVerificationError)


@WAYS
async def test_pinned(server: Server, ask: Any) -> None:
    """The pinned certificate is accepted, although nobody vouches for it."""
    assert await ask(server, create_pinned_context(server.fingerprint)) == "hello"


@WAYS
async def test_changed_certificate(server: Server, ask: Any) -> None:
    """Another certificate is refused within the handshake, so that nothing reaches whoever shows it."""
    context = create_pinned_context(server.fingerprint)
    load(server.context, self_signed_pem(HOST))
    with pytest.raises(REFUSALS):
        await ask(server, context)
    assert server.requests == 0


async def test_pinned_among_others(server: Server) -> None:
    """In one client session a connection that another entry has made is not used by one that pins."""
    url = f"https://{HOST}:{server.port}/"
    trusting = await async_context_for_off()
    async with ClientSession() as session:
        async with session.get(url, ssl=trusting) as response:
            assert await response.text() == "hello"
        with pytest.raises(ClientConnectorCertificateError):
            await session.get(url, ssl=create_pinned_context("0" * 64))
    assert server.requests == 1


async def async_context_for_off() -> ssl.SSLContext:
    """Return a context that takes anything."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


async def test_presented_certificate(server: Server) -> None:
    """The certificate is shown as browsers show it, and the PBX is asked for nothing."""
    certificate = await async_fetch_certificate(HOST, server.port)
    assert certificate.fingerprint == server.fingerprint
    told = certificate.placeholders
    assert told["subject"] == told["issuer"] == f"CN={HOST}"
    assert told["fingerprint"] == format_fingerprint(server.fingerprint)
    assert len(told["fingerprint"].split(":")) == 32
    assert told["valid_from"] < told["valid_until"]
    assert server.requests == 0


async def test_names_hold_no_links(server: Server) -> None:
    """A name in a certificate cannot become a link or a picture in the text that shows it."""
    load(server.context, self_signed_pem("x](//evil.example) <img>"))
    certificate = await async_fetch_certificate(HOST, server.port)
    assert certificate.subject == "CN=x????evil.example? ??img??"


async def test_nothing_presented(unused_tcp_port: int) -> None:
    """Where nobody answers there is no certificate."""
    with pytest.raises(CannotConnect):
        await async_fetch_certificate(HOST, unused_tcp_port)


async def test_certificate_that_cannot_be_read(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """A certificate that breaks the rules of its format is none."""

    def refuse(raw: bytes) -> None:
        raise ValueError

    monkeypatch.setattr("custom_components.pbx.config.certificates.x509.load_der_x509_certificate", refuse)
    with pytest.raises(CannotConnect):
        await async_fetch_certificate(HOST, server.port)


def chosen(trust: Trust, **more: Any) -> dict[str, Any]:
    """Return settings as an entry keeps them."""
    return clean_trust_settings({"tls": True, "trust": trust.value, **more})


@pytest.mark.parametrize("ask", [by_http, by_websocket])
async def test_own_certificate(hass: HomeAssistant, server: Server, ask: Any) -> None:
    """A certificate that was pasted vouches for the PBX, and for nobody else."""
    context = await async_create_ssl_context(hass, chosen(Trust.CERTIFICATE, certificate=server.certificate))
    assert await ask(server, context) == "hello"
    load(server.context, self_signed_pem(HOST))
    with pytest.raises(REFUSALS):
        await ask(server, context)


async def test_own_certificate_for_another_name(hass: HomeAssistant, server: Server) -> None:
    """A certificate that is made out to another name is refused, though it is trusted."""
    server.pem = self_signed_pem("pbx.example.org")
    load(server.context, server.pem)
    context = await async_create_ssl_context(hass, chosen(Trust.CERTIFICATE, certificate=server.certificate))
    with pytest.raises(ClientConnectorCertificateError):
        await by_http(server, context)


async def test_certificate_in_a_file(hass: HomeAssistant, server: Server, tmp_path: Path) -> None:
    """The name of a file in the configuration folder does as well."""
    hass.config.config_dir = str(tmp_path)
    (tmp_path / "ssl").mkdir()
    (tmp_path / "ssl" / "pbx.pem").write_text(server.certificate)
    context = await async_create_ssl_context(hass, chosen(Trust.CERTIFICATE, certificate="ssl/pbx.pem"))
    assert await by_http(server, context) == "hello"


@pytest.mark.parametrize(
    "certificate",
    [
        "",
        "no certificate",
        "missing.pem",
        "../outside.pem",
        "/etc/ssl/certs/ca-certificates.crt",
        "garbage.pem",
        "\0",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----",
    ],
)
async def test_unusable_certificate(hass: HomeAssistant, tmp_path: Path, certificate: str) -> None:
    """What holds no certificate is told as such, and no file outside the configuration is read."""
    folder = tmp_path / "config"
    folder.mkdir()
    hass.config.config_dir = str(folder)
    (folder / "garbage.pem").write_bytes(b"\xff\xfe no certificate")
    (tmp_path / "outside.pem").write_bytes(self_signed_pem(HOST))
    with pytest.raises(CertificateUnusable):
        await async_create_ssl_context(hass, chosen(Trust.CERTIFICATE, certificate=certificate))


async def test_fingerprint_as_people_write_it(hass: HomeAssistant, server: Server) -> None:
    """Colons, blanks and capitals do not matter."""
    written = f" {format_fingerprint(server.fingerprint)} "
    context = await async_create_ssl_context(hass, chosen(Trust.FINGERPRINT, fingerprint=written))
    assert await by_http(server, context) == "hello"


async def test_unusable_fingerprint(hass: HomeAssistant) -> None:
    """A fingerprint of another kind is told as such, and without any there is nothing to trust yet."""
    with pytest.raises(FingerprintUnusable):
        await async_create_ssl_context(hass, chosen(Trust.FINGERPRINT, fingerprint="ab" * 20))
    with pytest.raises(CertificateNotTrusted):
        await async_create_ssl_context(hass, chosen(Trust.FINGERPRINT))


@pytest.mark.parametrize(("trust", "accepted"), [(Trust.VERIFY, False), (Trust.OFF, True)])
async def test_public_authorities_or_nothing(
    hass: HomeAssistant, server: Server, trust: Trust, accepted: bool
) -> None:
    """By default nobody is trusted whom no authority knows; whoever wants no check gets none."""
    context = await async_create_ssl_context(hass, chosen(trust))
    answers = await asyncio.gather(by_http(server, context), return_exceptions=True)
    assert (answers == ["hello"]) is accepted


def test_only_what_was_chosen_is_kept(server: Server) -> None:
    """A private key that was pasted along, and what belongs to another choice, are not kept."""
    both = {"certificate": server.certificate, "fingerprint": "AB:CD"}
    kept = chosen(Trust.CERTIFICATE, **both)
    assert kept["certificate"].startswith("-----BEGIN CERTIFICATE-----")
    assert "PRIVATE KEY" not in kept["certificate"]
    assert "fingerprint" not in kept
    assert chosen(Trust.FINGERPRINT, **both) == {"tls": True, "trust": "fingerprint", "fingerprint": "abcd"}
    assert chosen(Trust.VERIFY, **both) == {"tls": True, "trust": "verify"}
