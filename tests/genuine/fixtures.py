"""Genuine servers for the tests of any folder, each started once and set back before every test."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack
import sys

import pytest

from .install import need
from .office import GenuineOffice, open_office
from .server import AsteriskServer

type Servers = Callable[[int, str], AsteriskServer]
# How much of the log is shown where a test fails.
SHOWN = 6000


@pytest.fixture(scope="session")
def genuine_servers() -> Iterator[Servers]:
    """Return what starts a server of a version and a flavour, once; it boots a while later."""
    servers: dict[tuple[int, str], AsteriskServer] = {}
    with ExitStack() as stack:

        def get(version: int, flavour: str) -> AsteriskServer:
            if (version, flavour) not in servers:
                server = servers[version, flavour] = AsteriskServer(need(version), flavour=flavour)
                stack.callback(server.stop)
                server.launch()
            return servers[version, flavour]

        yield get


@pytest.fixture
async def genuine(
    socket_enabled: None, request: pytest.FixtureRequest, genuine_servers: Servers
) -> AsyncIterator[GenuineOffice]:
    """Return an office on a genuine Asterisk: version 22, plain, unless the parameter says another."""
    version, flavour = getattr(request, "param", (22, "plain"))
    server = genuine_servers(version, flavour)
    await asyncio.to_thread(server.wait_until_booted)
    begin = len(server.log)
    async with open_office(server) as office:
        yield office
        # Shown only where the test fails.
        sys.stdout.write(server.log[begin:][-SHOWN:])


def on_asterisk(*servers: tuple[int, str]) -> pytest.MarkDecorator:
    """Run a test on these versions and flavours."""
    return pytest.mark.parametrize(
        "genuine", servers, indirect=True, ids=lambda server: f"{server[1]} {server[0]}"
    )


EVERY = ((22, "plain"), (16, "plain"), (22, "freepbx"), (16, "freepbx"))
