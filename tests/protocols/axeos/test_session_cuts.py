"""A connection that breaks at any request: nothing waits for ever, and nothing is lost."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from custom_components.pbx.protocols.enums import ForwardKind, LineStatus
from custom_components.pbx.protocols.errors import CannotConnect, CommandOutcomeUnknown
from tests.simulators.axeos import AxeosSimulator
from tests.simulators.axeos.small_world import ADMIN_LOGIN, make_uuid, phone_uuid, small_world
from tests.waiting import TIMEOUT, until

from .client import client_for, hurried_client_for

ANNA, SWITCH = make_uuid(1, 1), make_uuid(4, 1)
V1_LOGIN = {"username": ADMIN_LOGIN[0], "password": ADMIN_LOGIN[1]}
COMMANDS: dict[str, Callable[[Any], Awaitable[Any]]] = {
    "dial": lambda commands: commands.dial(user=ANNA, phone=None, number="202"),
    "hang_up": lambda commands: commands.hang_up("17.1"),
    "get_call": lambda commands: commands.get_call("17.1"),
    "do_not_disturb": lambda commands: commands.set_do_not_disturb(ANNA, on=True),
    "call_waiting": lambda commands: commands.set_call_waiting(ANNA, on=False),
    "forward": lambda commands: commands.set_forward(ANNA, ForwardKind.ALWAYS, "202"),
    "hot_desk": lambda commands: commands.set_hot_desk(ANNA, None),
    "switch": lambda commands: commands.set_switch(SWITCH, value=True),
    "statistics": lambda commands: commands.reset_queue_statistics(None),
}
FAULTS = ["drop_connection", "lose_answer", "cut"]
# Every address that a session asks when it opens.
OPENING = [
    "/apis/oauth2/token",
    "/apis/pbx/v1/events",
    "/apis/pbx/system_information",
    "/apis/pbx/phones",
    "/apis/pbx/voicemail",
    "/apis/pbx/v1/switches",
    "/apis/pbx/acd/stats",
    "/apis/pbx/users",
    "/apis/pbx/v1/calls",
]


@pytest.fixture
async def pbx() -> AsyncIterator[AxeosSimulator]:
    """Run a PBX of 4.2."""
    async with AxeosSimulator(world=small_world(), v1=True).faultless() as simulator:
        yield simulator


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("login", [{}, V1_LOGIN], ids=["legacy", "v1"])
async def test_command_whose_connection_breaks(pbx: AxeosSimulator, name: str, login: dict[str, str]) -> None:
    """Each command ends with its connection, wherever it waits, and is never sent twice."""
    async with client_for(pbx, **login) as client:
        for fault in FAULTS:
            await pbx.events.wait_for_pollers()
            pbx.clear_requests()
            pbx.faults.add(fault, path="/apis/pbx")
            async with asyncio.timeout(TIMEOUT):
                with pytest.raises((CannotConnect, CommandOutcomeUnknown)):
                    await COMMANDS[name](client.session.commands)
            changing = [request for request in pbx.requests if request.method != "GET"]
            assert len(changing) <= 1
            pbx.faults.clear()


@pytest.mark.parametrize("fault", FAULTS)
async def test_command_that_waits_for_a_token(pbx: AxeosSimulator, fault: str) -> None:
    """A command that waits for a new token ends with the connection too, and has changed nothing."""
    async with client_for(pbx, **V1_LOGIN) as client:
        await pbx.events.wait_for_pollers()
        pbx.tokens.revoke_all()
        pbx.faults.add(fault, path="/apis/oauth2/token")
        async with asyncio.timeout(TIMEOUT):
            with pytest.raises(CannotConnect):
                await client.session.commands.set_switch(SWITCH, value=True)
        assert pbx.world.switches[SWITCH].value is False


@pytest.mark.parametrize("path", OPENING)
@pytest.mark.parametrize("fault", ["drop_connection", "cut", "garbage", "error"])
async def test_opening_that_breaks_off(pbx: AxeosSimulator, path: str, fault: str) -> None:
    """Whatever breaks while a session opens anew, all is as it was in the end."""
    async with hurried_client_for(pbx, **V1_LOGIN) as client:
        await pbx.events.wait_for_pollers()
        known, able = set(client.state.objects), client.session.capabilities
        pbx.faults.add(fault, path=path, times=2)
        pbx.events.drop_pollers()
        await until(lambda: client.opened > 1)
        await pbx.events.wait_for_pollers()
        pbx.set_phone_status("desk-anna", 1)
        desk = pbx.world.phones[phone_uuid(1)]
        await until(lambda: client.phone(desk).status is LineStatus.TALKING)
        assert set(client.state.objects) == known
        # What the newer interface adds is asked for again a moment later.
        await until(lambda: client.session.capabilities == able)
        assert not client.is_refused
