"""Answers that cannot be read: nothing is concluded from them, and they are asked for again."""

from collections.abc import Callable
from typing import Any

import pytest

from custom_components.pbx.protocols.enums import Capability, LineStatus, ObjectKind
from custom_components.pbx.protocols.errors import CannotConnect, PbxError, ProtocolError
from tests.simulators.axeos import AxeosSimulator
from tests.simulators.axeos.small_world import OAUTH_CLIENT
from tests.waiting import until

from .client import Client, client_for, hurried_client_for, session_for

LISTS = ["users", "phones", "voicemail", "switches", "acd/stats"]
UNREAD = dict(
    zip(
        LISTS,
        (ObjectKind.USER, ObjectKind.PHONE, ObjectKind.MAILBOX, ObjectKind.SWITCH, ObjectKind.QUEUE),
        strict=True,
    )
)
V1_LOGIN = {"client_id": OAUTH_CLIENT[0], "client_secret": OAUTH_CLIENT[1]}
NO_LISTS: list[Any] = [None, {"error": "Database is locked"}, "later", {}, 0]


def answer(value: Any) -> Callable[[Any], Any]:
    """Return what puts a value in place of an answer."""
    return lambda data: value


def make_odd(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the objects of a list with nothing readable in them but their ids."""
    return [{name: value if name == "uuid" else {"odd": 1} for name, value in item.items()} for item in items]


def reads(pbx: AxeosSimulator, name: str) -> int:
    """Return how often a list was read."""
    return sum(request.path == f"/apis/pbx/{name}" for request in pbx.requests)


def count_failures(client: Client) -> int:
    """Return how many readings have failed."""
    return sum(client.session.statistics()["polling"]["failures"].values())


@pytest.mark.parametrize("name", LISTS)
async def test_list_that_cannot_be_read_keeps_what_was_known(pbx: AxeosSimulator, name: str) -> None:
    """Whatever stands in place of a list, its objects stay, the session goes on, and it is read again."""
    async with hurried_client_for(pbx, settings_interval=10, queue_interval=10) as client:
        client.session.watch(frozenset({ObjectKind.QUEUE}))
        known = set(client.state.objects)
        for count, value in enumerate(NO_LISTS, start=1):
            pbx.faults.edit(f"/apis/pbx/{name}", answer(value))
            # What nobody understands makes every list be read.
            pbx.events.append("lunar_eclipse", darkness=7)
            await until(lambda least=count: count_failures(client) >= least)  # type: ignore[misc]
            assert set(client.state.objects) == known
        pbx.faults.clear()
        pbx.events.append("lunar_eclipse", darkness=7)
        await until(lambda: not client.session.statistics()["polling"]["failing"])
        assert client.opened == 1
        assert client.errors == []


@pytest.mark.parametrize("fault", ["html", "garbage", "truncated", "cut", "drop_connection", "error"])
async def test_reading_that_fails_ends_no_session(pbx: AxeosSimulator, fault: str) -> None:
    """A list that is spoiled on its way is read again, and no right is lost over it."""
    async with hurried_client_for(pbx, settings_interval=10) as client:
        known, able = set(client.state.objects), client.session.capabilities
        pbx.faults.add(fault, path="/apis/pbx/users", times=3)
        pbx.world.user("anna").dnd = True
        await until(lambda: client.user(pbx.world.user("anna")).do_not_disturb is True)
        assert (client.opened, set(client.state.objects), client.session.capabilities) == (1, known, able)


@pytest.mark.parametrize("status", [401, 404, 500, 502, 503])
async def test_list_that_is_not_there_for_a_while(pbx: AxeosSimulator, status: int) -> None:
    """Only 403 is the word of the PBX about a right; everything else passes."""
    async with hurried_client_for(pbx, settings_interval=10) as client:
        known = set(client.state.objects)
        pbx.clear_requests()
        pbx.faults.error(status, path="/apis/pbx/switches", times=3)
        await until(lambda: reads(pbx, "switches") > 3)
        assert set(client.state.objects) == known
        assert Capability.SET_SWITCH in client.session.capabilities
        assert client.opened == 1


@pytest.mark.parametrize("status", [401, 404, 502])
async def test_reconnect_while_a_list_cannot_be_read(pbx: AxeosSimulator, status: int) -> None:
    """A new session shows what the one before knew, and reads the list when it can be read."""
    async with hurried_client_for(pbx) as client:
        known = set(client.state.objects)
        pbx.faults.error(status, path="/apis/pbx/phones", times=2)
        pbx.faults.drop_connection(path="/apis/pbx/events", times=2)
        pbx.events.drop_pollers()
        await until(lambda: client.opened > 1)
        assert set(client.state.objects) == known
        pbx.world.phone("lobby").name = "Lobby"
        await until(lambda: client.phone(pbx.world.phone("lobby")).name == "Lobby")


@pytest.mark.parametrize("name", LISTS)
async def test_start_without_one_list(pbx: AxeosSimulator, name: str) -> None:
    """One list that cannot be read keeps no one from the others, and comes as soon as it can be read."""
    pbx.faults.edit(f"/apis/pbx/{name}", answer(None))
    async with hurried_client_for(pbx) as client:
        assert client.state.unread == {UNREAD[name]}
        few = len(client.state.objects)
        assert few > 1
        pbx.faults.clear()
        await until(lambda: len(client.state.objects) > few)
        assert client.opened == 1


async def test_start_without_any_list(pbx: AxeosSimulator) -> None:
    """A PBX of which nothing can be read is not open."""
    for name in LISTS:
        pbx.faults.edit(f"/apis/pbx/{name}", answer({"error": "starting"}))
    async with session_for(pbx) as session:
        with pytest.raises(ProtocolError):
            await session.open()


@pytest.mark.parametrize("value", [*NO_LISTS, {"uuid": None, "hostname": "other"}])
async def test_identity_comes_from_no_failed_reading(pbx: AxeosSimulator, value: Any) -> None:
    """A PBX that once said who it is stays that one; one that never did is asked again."""
    async with hurried_client_for(pbx) as client:
        before = client.state.info
        pbx.faults.edit("/apis/pbx/system_information", answer(value))
        pbx.faults.drop_connection(path="/apis/pbx/events", times=2)
        pbx.events.drop_pollers()
        await until(lambda: client.opened > 1)
        assert client.state.info == before
    # Of the connections that were to be dropped some may be left.
    pbx.faults.clear()
    pbx.faults.edit("/apis/pbx/system_information", answer(value))
    async with session_for(pbx) as session:
        with pytest.raises(ProtocolError):
            await session.open()


@pytest.mark.parametrize(("status", "error"), [(404, None), (403, None), (500, CannotConnect)])
async def test_identity_at_the_start(pbx: AxeosSimulator, status: int, error: type[PbxError] | None) -> None:
    """The address only stands in where the PBX says that it has nothing to say."""
    pbx.faults.error(status, path="/apis/pbx/system_information")
    async with session_for(pbx) as session:
        if error is None:
            assert (await session.open()).info.provisional is True
        else:
            with pytest.raises(error):
                await session.open()


async def test_entries_that_cannot_be_read(pbx: AxeosSimulator, client: Client) -> None:
    """An entry without an id costs only itself, and what such a list does not hold is not gone."""
    anna, bjorn = pbx.world.user("anna"), pbx.world.user("bjorn")
    pbx.faults.edit(
        "/apis/pbx/users",
        lambda users: [None, 7, *(u | {"uuid": {}} if u["uuid"] == anna.uuid else u for u in users)],
    )
    bjorn.full_name = "Björn the Second"
    pbx.events.append("user_list_changed")
    await until(lambda: client.user(bjorn).name == "Björn the Second")
    assert client.user(anna).name == "Anna de Vries"
    del pbx.world.users[anna.uuid]
    pbx.faults.clear()
    pbx.events.append("user_list_changed")
    await until(lambda: client.user(anna) is None)


async def test_fields_that_cannot_be_read(pbx: AxeosSimulator, client: Client) -> None:
    """Every value of a wrong type leaves what was known of it."""
    before = {key: item for key, item in client.state.objects.items() if key.kind is not ObjectKind.PBX}
    for name in LISTS[:4]:
        pbx.faults.edit(f"/apis/pbx/{name}", make_odd)
    pbx.faults.drop_connection(path="/apis/pbx/events", times=2)
    pbx.events.drop_pollers()
    await until(lambda: client.opened > 1)
    assert {key: client.state.get(key) for key in before} == before


async def test_status_without_a_code(pbx: AxeosSimulator, client: Client) -> None:
    """An event whose code cannot be read changes nothing but lets the phones be read; words may do."""
    desk = pbx.world.phone("desk-anna")
    pbx.set_phone_status(desk, 8)
    await until(lambda: client.phone(desk).status is LineStatus.RINGING)
    pbx.clear_requests()
    pbx.events.append("phone_status_update", phone_uuid=desk.uuid, status_code={"code": 1}, status="?")
    await until(lambda: reads(pbx, "phones"))
    assert client.phone(desk).status is LineStatus.RINGING
    assert not reads(pbx, "users")
    pbx.events.append("phone_status_update", phone_uuid=desk.uuid, status_code=None, status="On Hold")
    await until(lambda: client.phone(desk).status is LineStatus.ON_HOLD)


@pytest.mark.parametrize("fault", ["html", "error"])
async def test_token_that_cannot_be_had_is_no_refused_login(fault: str) -> None:
    """The v1 API is one more way; without it the legacy one does."""
    async with AxeosSimulator(v1=True).faultless() as pbx:
        pbx.faults.add(fault, path="/apis/oauth2/token")
        async with client_for(pbx, **V1_LOGIN) as client:
            assert client.session.statistics()["transport"] == "long poll"


async def test_token_that_is_refused_later(pbx: AxeosSimulator) -> None:
    """An OAuth client that is taken away leaves the login good: polls go on, and switches can be set."""
    pbx.faults.dialect.v1 = True
    switch = next(iter(pbx.world.switches.values()))
    async with client_for(pbx, **V1_LOGIN) as client:
        await pbx.events.wait_for_pollers()
        pbx.world.oauth_clients.clear()
        pbx.tokens.revoke_all()
        await client.session.commands.set_switch(switch.uuid, value=True)
        assert switch.value is True
        pbx.events.drop_pollers()
        await until(lambda: client.session.statistics()["transport"] == "long poll")
        assert not client.is_refused


async def test_v1_switches_that_fail_once(pbx: AxeosSimulator) -> None:
    """They are read the old way that time, and what only v1 says of them stays."""
    pbx.faults.dialect.v1 = True
    fixed = list(pbx.world.switches.values())[1]
    async with hurried_client_for(pbx, settings_interval=10, **V1_LOGIN) as client:
        pbx.clear_requests()
        pbx.faults.error(502, path="/apis/pbx/v1/switches", times=1)
        await until(lambda: reads(pbx, "switches"))
        await until(lambda: any(request.path == "/apis/pbx/v1/switches" for request in pbx.requests[-3:]))
        assert client.get(ObjectKind.SWITCH, fixed.uuid).settable is False
