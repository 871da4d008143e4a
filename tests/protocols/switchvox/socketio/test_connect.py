"""How a connection comes about and ends, against the simulated server."""

from collections.abc import AsyncIterator

import pytest

from custom_components.pbx.protocols.switchvox.socketio import (
    DIALECTS,
    CertificateRefused,
    Dialect,
    Disconnected,
    HandshakeRefused,
    NoHandshake,
    Unreachable,
    connect,
)
from custom_components.pbx.protocols.switchvox.socketio.transports import open_polling
from tests.simulators.switchvox import SwitchvoxSimulator
from tests.waiting import until

from .talk import endpoint_for, talk_to

LOGIN = {"jsonrpc": "2.0", "id": 1, "method": "login", "params": {}}


@pytest.fixture
async def pbx() -> AsyncIterator[SwitchvoxSimulator]:
    """Run a server."""
    async with SwitchvoxSimulator() as simulator:
        yield simulator


async def test_dialects_are_tried_in_order(pbx: SwitchvoxSimulator) -> None:
    """A server behind a door that lets no WebSocket pass is reached by polling."""
    pbx.dialect.transport.websocket = False
    async with talk_to(pbx.url) as talk:
        assert talk.dialect == Dialect("polling", 3)
        await talk.client.emit("request", LOGIN)
        await until(lambda: talk.arguments("response"))
    assert pbx.journal.handshakes[:3] == [("websocket", "3"), ("websocket", "4"), ("polling", "3")]


async def test_remembered_dialect_goes_first(pbx: SwitchvoxSimulator) -> None:
    """What worked last time is tried first, and the others after it."""
    async with talk_to(pbx.url, DIALECTS[2]) as talk:
        assert talk.dialect == DIALECTS[2]
    pbx.dialect.transport.polling = False
    async with talk_to(pbx.url, DIALECTS[2]) as talk:
        assert talk.dialect == DIALECTS[0]


@pytest.mark.parametrize("status", [401, 403])
async def test_refusals_that_no_other_dialect_cures(pbx: SwitchvoxSimulator, status: int) -> None:
    """Who is not let in does not knock four times."""
    pbx.faults.error(status, path="/rtapi")
    async with endpoint_for(pbx.url) as endpoint:
        with pytest.raises(HandshakeRefused) as error:
            await connect(endpoint)
    assert error.value.status == status
    assert pbx.faults.rules[0].hits == 1


async def test_path_without_a_server(pbx: SwitchvoxSimulator) -> None:
    """Another path answers with 404."""
    async with endpoint_for(pbx.url, path="/other") as endpoint:
        with pytest.raises((HandshakeRefused, NoHandshake)):
            await connect(endpoint)


async def test_slash_at_the_end_of_the_path() -> None:
    """The path ends in one slash, whether or not it was given with one."""
    for path in ("/rtapi/socket.io", "/rtapi/socket.io/"):
        async with endpoint_for("https://host:1", path=path) as endpoint:
            address = "host:1/rtapi/socket.io/?EIO=3&transport"
            assert endpoint.url("websocket", 3) == f"wss://{address}=websocket"
            assert endpoint.url("polling", 3, sid="a") == f"https://{address}=polling&sid=a"


async def test_nobody_listens() -> None:
    """Nothing else is tried where nobody listens, by either transport."""
    async with SwitchvoxSimulator() as pbx:
        pass
    async with endpoint_for(pbx.url) as endpoint:
        with pytest.raises(Unreachable):
            await connect(endpoint)
        with pytest.raises(Unreachable):
            await open_polling(endpoint, 3)


@pytest.mark.parametrize("expired", [True, False])
async def test_certificate(expired: bool) -> None:
    """A certificate that nothing vouches for, or no longer, is told apart by either transport."""
    async with (
        SwitchvoxSimulator(tls=True, expired=expired) as pbx,
        endpoint_for(pbx.url, vouched=pbx.pem if expired else None) as endpoint,
    ):
        for first in (DIALECTS[0], DIALECTS[2]):
            with pytest.raises(CertificateRefused):
                await connect(endpoint, first)


async def test_server_without_a_greeting(pbx: SwitchvoxSimulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that accepts the connection and then says nothing is given up."""
    monkeypatch.setattr("custom_components.pbx.protocols.switchvox.socketio.dialects.GREETING_TIMEOUT", 0.1)
    pbx.dialect.transport.greet = False
    async with endpoint_for(pbx.url) as endpoint:
        with pytest.raises(NoHandshake):
            await connect(endpoint)


@pytest.mark.parametrize("fault", ["html", "drop_connection", "garbage_body"])
async def test_polls_that_bring_no_session(pbx: SwitchvoxSimulator, fault: str) -> None:
    """A first poll that holds something else is no handshake."""
    pbx.dialect.transport.websocket = False
    if fault == "garbage_body":
        pbx.dialect.transport.greet = False
    else:
        pbx.faults.add(fault, path="/rtapi")
    async with endpoint_for(pbx.url) as endpoint:
        with pytest.raises(NoHandshake):
            await open_polling(endpoint, 3)


async def test_polling_that_breaks(pbx: SwitchvoxSimulator) -> None:
    """A poll that fails ends the connection."""
    for fault in ("error", "html", "drop_connection"):
        async with talk_to(pbx.url, DIALECTS[2]) as talk:
            await until(lambda: any(session.polling for session in pbx.engine.sessions.values()))
            pbx.faults.add(fault, path="/rtapi")
            pbx.send_garbage("6")
            await until(lambda talk=talk: talk.end is not None)
            pbx.faults.clear()


async def test_emit_after_the_end(pbx: SwitchvoxSimulator) -> None:
    """Nothing can be sent to a server that is gone."""
    async with talk_to(pbx.url) as talk:
        await until(lambda: pbx.engine.sessions)
        pbx.drop()
        await until(lambda: talk.end is not None)
        with pytest.raises(Disconnected):
            await talk.client.emit("request", LOGIN)
