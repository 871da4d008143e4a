"""Servers that are no innovaphone PBX, or a broken one."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from http import HTTPStatus

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request, Response

from custom_components.pbx.protocols.errors import CannotConnect, ConnectionLost, PbxError, WrongSystem
from custom_components.pbx.protocols.innovaphone.settings import InnovaphoneSettings
from custom_components.pbx.protocols.innovaphone.websocket import JsonSocket, open_socket
from tests.protocols.client import open_link

type Behaviour = Callable[[ServerConnection], Awaitable[None]]


@asynccontextmanager
async def port_of(behave: Behaviour, status: HTTPStatus | None = None) -> AsyncIterator[int]:
    """Run a server that behaves so, or answers with a status."""

    def refuse(connection: ServerConnection, request: Request) -> Response | None:
        return connection.respond(status, "") if status is not None else None

    async with serve(behave, "127.0.0.1", 0, process_request=refuse) as server:
        yield next(iter(server.sockets)).getsockname()[1]


async def log_in(port: int) -> JsonSocket:
    """Connect and log in."""
    settings = InnovaphoneSettings(host="127.0.0.1", port=port, tls=False, app="app", password="pw")
    async with open_link() as link:
        return await open_socket(settings, link)


async def say_nothing_useful(connection: ServerConnection) -> None:
    """Answer the challenge without one."""
    await connection.recv()
    await connection.send('{"mt":"AppChallengeResult"}')
    await connection.wait_closed()


async def hang_up(connection: ServerConnection) -> None:
    """Close at once."""
    await connection.close()


async def chatter(connection: ServerConnection) -> None:
    """Send what is no object."""
    for _ in range(10):
        await connection.send("[]")
    await connection.wait_closed()


@pytest.mark.parametrize(
    ("behave", "status", "error"),
    [
        (say_nothing_useful, None, WrongSystem),
        (hang_up, None, ConnectionLost),
        (chatter, None, ConnectionLost),
        (hang_up, HTTPStatus.NOT_FOUND, WrongSystem),
        (hang_up, HTTPStatus.BAD_GATEWAY, CannotConnect),
    ],
)
async def test_servers_that_are_no_pbx(
    behave: Behaviour, status: HTTPStatus | None, error: type[PbxError]
) -> None:
    """Each has its own error."""
    async with port_of(behave, status) as port:
        with pytest.raises(error):
            await log_in(port)


async def test_redirects_are_not_followed() -> None:
    """The login goes to the address that a person has entered and nowhere else."""
    reached: list[ServerConnection] = []

    async def remember(connection: ServerConnection) -> None:
        reached.append(connection)
        await connection.close()

    async with port_of(remember) as elsewhere:

        def redirect(connection: ServerConnection, request: Request) -> Response:
            response = connection.respond(HTTPStatus.FOUND, "")
            response.headers["Location"] = f"ws://127.0.0.1:{elsewhere}/"
            return response

        async with serve(hang_up, "127.0.0.1", 0, process_request=redirect) as server:
            with pytest.raises(WrongSystem):
                await log_in(next(iter(server.sockets)).getsockname()[1])
    assert reached == []


async def challenge(connection: ServerConnection) -> None:
    """Let anybody in, and close when told anything more."""
    await connection.recv()
    await connection.send('{"mt":"AppChallengeResult","challenge":"1"}')
    await connection.recv()
    await connection.send('{"mt":"AppLoginResult","ok":true}')
    await connection.recv()
    await connection.close()


async def test_closed_socket_takes_nothing() -> None:
    """Sending and pinging on a closed socket is a loss, not a crash."""
    async with port_of(challenge) as port:
        socket = await log_in(port)
        await socket.send({"mt": "Bye"})
        with pytest.raises(ConnectionLost):
            await socket.receive()
        with pytest.raises(ConnectionLost):
            await socket.send({"mt": "KeepAlive"})
        with pytest.raises(ConnectionLost):
            await socket.ping()
