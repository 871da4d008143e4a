"""What a form says when the login does not work: TLS at the wrong port, and which login is refused."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
import socket
from types import SimpleNamespace
from typing import Any

from aiohttp import ThreadedResolver
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import aiohttp_client
import pytest

from custom_components.pbx.config import certificates, login_attempts
from tests.simulators.axeos import AxeosSimulator
from tests.simulators.axeos.small_world import OAUTH_CLIENT
from tests.simulators.switchvox import SwitchvoxSimulator

from .systems import BEST, SIMULATORS, add_entry, answer, filled, submit

pytestmark = pytest.mark.usefixtures("broken_handshakes")


@pytest.fixture(params=SIMULATORS)
async def make(request: pytest.FixtureRequest) -> str:
    """Return a make of PBX."""
    return str(request.param)


@pytest.fixture(params=[False, True], ids=["plain", "tls"])
async def simulator(request: pytest.FixtureRequest, make: str) -> AsyncIterator[Any]:
    """Run a PBX of the make, with TLS and without."""
    async with SIMULATORS[make](tls=request.param) as simulator:
        yield simulator


@pytest.mark.usefixtures("hurry")
async def test_tls_at_the_wrong_port(hass: HomeAssistant, simulator: Any, make: str) -> None:
    """TLS that is asked of a plain port, and plain text of one with TLS, each say so."""
    wrong = {"tls": not simulator.tls, "trust": "off"}
    result = await submit(hass, simulator, BEST[make], connection=wrong)
    expected = "plain_on_tls_port" if simulator.tls else "tls_on_plain_port"
    assert result["errors"] == {"base": expected}
    shown = {"tls": not simulator.tls, "trust": "fingerprint"}
    if not simulator.tls:
        again = await answer(hass, result, filled(simulator, BEST[make], connection=shown))
        assert again["errors"] == {"base": expected}


@pytest.fixture(params=[False, True], ids=["plain", "tls"])
async def silent(request: pytest.FixtureRequest) -> AsyncIterator[SimpleNamespace]:
    """Run what accepts connections and says nothing, where TLS is asked for and where not."""

    async def stay_silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            await reader.read(-1)
        writer.transport.abort()

    async with await asyncio.start_server(stay_silent, "127.0.0.1", 0) as server:
        host, port = server.sockets[0].getsockname()
        yield SimpleNamespace(host=host, port=port, tls=request.param)


async def test_silent_host(
    hass: HomeAssistant, silent: SimpleNamespace, make: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What accepts a connection and says nothing is named as the cause, and waited for once only."""
    monkeypatch.setattr(login_attempts, "LOGIN_SECONDS", 0.2)
    monkeypatch.setattr(certificates, "GREETING_SECONDS", 0.2)
    result = await submit(hass, silent, BEST[make])
    assert result["errors"] == {"base": "silent"}


@pytest.fixture(params=["speaks first", "answers"])
async def stranger(request: pytest.FixtureRequest) -> AsyncIterator[SimpleNamespace]:
    """Run a server of another kind, in plain text: one for mail that greets, and one that only answers."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            if request.param == "speaks first":
                writer.write(b"220 mail.example.org ESMTP\r\n")
            while await reader.read(1000):
                writer.write(b"500 5.5.1 what?\r\n")
        writer.transport.abort()

    async with await asyncio.start_server(talk, "127.0.0.1", 0) as server:
        host, port = server.sockets[0].getsockname()
        yield SimpleNamespace(host=host, port=port, tls=False)


async def test_another_server(
    hass: HomeAssistant, stranger: SimpleNamespace, make: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What answers, but as no PBX does, is said to answer: nobody has to search a firewall for it."""
    monkeypatch.setattr(login_attempts, "LOGIN_SECONDS", 1.0)
    result = await submit(hass, stranger, BEST[make])
    assert result["errors"] == {"base": "wrong_system"}


class Resolver(ThreadedResolver):
    """Look names up as the rest of the process does; Home Assistant closes it by a name of its own."""

    async def real_close(self) -> None:
        """Close it."""
        await self.close()


async def test_unknown_host(
    hass: HomeAssistant, simulator: Any, make: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A host of which no address is known is named as the cause, in the form and where an entry starts."""
    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr(aiohttp_client, "_async_make_resolver", lambda hass: Resolver())
    result = await submit(hass, simulator, BEST[make], host="pbx.invalid")
    assert result["errors"] == {"base": "unknown_host"}
    entry = add_entry(hass, simulator, BEST[make], host="pbx.invalid")
    assert not await hass.config_entries.async_setup(entry.entry_id)
    assert entry.error_reason_translation_key == "unknown_host"


async def test_refused_administrator(hass: HomeAssistant) -> None:
    """Of two logins at a Switchvox the refused one is named."""
    async with SwitchvoxSimulator() as pbx:
        name, password = pbx.world.admin
        admin = {"admin_username": name, "admin_password": "wrong", "watch": "all"}
        result = await submit(hass, pbx, "switchvox", administrator=admin)
        assert result["errors"] == {"base": "administrator_refused"}
        admin["admin_password"] = password
        result = await submit(hass, pbx, "switchvox", administrator=admin, password="wrong")
        assert result["errors"] == {"base": "first_login_refused"}


async def test_refused_client(hass: HomeAssistant) -> None:
    """An OAuth client of an Axeos PBX is named where it is refused; a PBX that knows none says nothing."""
    client = {"client_id": OAUTH_CLIENT[0], "client_secret": "wrong"}
    async with AxeosSimulator() as pbx:
        result = await submit(hass, pbx, "axeos_api_key", v1=client)
        assert result["errors"] == {"base": "client_refused"}
    async with AxeosSimulator(v1=False) as old:
        result = await submit(hass, old, "axeos_api_key", v1=client)
        assert result["type"] is FlowResultType.CREATE_ENTRY
        assert await hass.config_entries.async_unload(result["result"].entry_id)


def look_up(host: str, *args: Any, **more: Any) -> Any:
    """Know the name of this machine only."""
    if host not in ("localhost", "127.0.0.1"):
        raise socket.gaierror
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 0))]


async def test_not_added_twice(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither another spelling of its id nor another name for its host adds a PBX again."""
    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    async with AxeosSimulator(v1=False) as pbx:
        entry = add_entry(hass, pbx, "axeos_api_key", host="LOCALHOST")
        hass.config_entries.async_update_entry(entry, unique_id=pbx.world.system.uuid.upper())
        result = await submit(hass, pbx, "axeos_api_key")
        assert result["reason"] == "already_configured"
        pbx.faults.dialect.system_information = False
        hass.config_entries.async_update_entry(entry, unique_id=f"LOCALHOST:{pbx.port}")
        for host, port, is_same in (("localhost", pbx.port, True), ("localhost", 1, False)):
            changed = {**entry.data, "host": host}
            hass.config_entries.async_update_entry(entry, unique_id=f"{host}:{port}", data=changed)
            result = await submit(hass, pbx, "axeos_api_key")
            assert (result["type"] is FlowResultType.ABORT) is is_same
