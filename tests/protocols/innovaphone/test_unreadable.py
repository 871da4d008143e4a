"""What can't be read is no news: what was known stays until the PBX itself says otherwise."""

from typing import Any

import pytest

from custom_components.pbx.protocols.enums import Capability, ForwardKind, ObjectKind, PresenceActivity
from custom_components.pbx.protocols.errors import MissingRight, PbxError
from custom_components.pbx.protocols.innovaphone.polling import CHECK_INTERVAL
from custom_components.pbx.protocols.keys import ObjectKey
from tests.simulators.innovaphone import InnovaphoneSimulator
from tests.simulators.innovaphone.small_world import APP, guid, user
from tests.simulators.innovaphone.world import BooleanObject
from tests.waiting import until

from .client import Client, client_for, session_for, turning

REFUSAL = {"error": 9, "errorText": "database is locked"}


def keys(client: Client) -> set[ObjectKey]:
    """Return what is shown."""
    return set(client.state.objects)


async def wait_for_requests(pbx: InnovaphoneSimulator, name: str, more: int = 2) -> None:
    """Wait until something was asked for so many times more."""
    before = pbx.count(name)
    await until(lambda: pbx.count(name) >= before + more)


@pytest.mark.parametrize(
    "answer",
    [REFUSAL, {"booleans": None}, {"booleans": "none"}, {}, {"booleans": [None, 7]}, {"err": "busy"}],
)
async def test_boolean_objects_stay(pbx: InnovaphoneSimulator, answer: dict[str, Any]) -> None:
    """An odd answer does not delete the Boolean objects; that nothing is listed twice in a row does."""
    async with turning(pbx), client_for(pbx) as client:
        await until(lambda: client.ready(pbx))
        switches = {key for key in keys(client) if key.kind is ObjectKind.SWITCH}
        pbx.faults.odd = {"GetBooleans": answer}
        await wait_for_requests(pbx, "PbxAdminApi.GetBooleans", 1)
        pbx.faults.odd = {}
        pbx.world.booleans[guid(4, 2)].on = False
        await until(lambda: client.get(ObjectKind.SWITCH, guid(4, 2)).value is False)
        assert switches <= keys(client)
        pbx.world.booleans.clear()
        pbx.faults.odd = {"GetBooleans": {}}
        await until(lambda: not switches & keys(client))


async def test_list_that_shrinks_by_half_is_confirmed(pbx: InnovaphoneSimulator) -> None:
    """One list that lacks half of the Boolean objects is not believed, the second one is."""
    for number in range(3, 7):
        pbx.world.add_boolean(BooleanObject(guid(4, number), f"Boolean {number}"))
    async with turning(pbx), client_for(pbx) as client:
        await until(lambda: client.ready(pbx))
        pbx.faults.odd = {"GetBooleans": {"booleans": [{"guid": guid(4, 1), "name": "Night", "on": True}]}}
        await until(lambda: client.get(ObjectKind.SWITCH, guid(4, 1)).value is True)
        assert client.get(ObjectKind.SWITCH, guid(4, 6)) is not None
        await until(lambda: client.get(ObjectKind.SWITCH, guid(4, 6)) is None)


async def test_unreadable_object_costs_itself_only(pbx: InnovaphoneSimulator) -> None:
    """A list with one bad entry updates the others, and deletes none that the bad entry may be."""
    async with turning(pbx), client_for(pbx) as client:
        await until(lambda: client.ready(pbx))
        pbx.faults.odd = {"GetBooleans": {"booleans": [{"guid": guid(4, 1), "on": "true"}, {"guid": []}]}}
        await until(lambda: client.get(ObjectKind.SWITCH, guid(4, 1)).value is True)
        assert client.get(ObjectKind.SWITCH, guid(4, 2)).value is True


ODD_ROWS = [REFUSAL, {"columns": {"h323": "x"}}, {"columns": "none"}]


@pytest.mark.parametrize("answer", ODD_ROWS)
async def test_directory_stays(pbx: InnovaphoneSimulator, answer: dict[str, Any]) -> None:
    """A copy of the directory that breaks off deletes nothing, and is made again."""
    hotline = pbx.world.get("hotline")
    async with turning(pbx), client_for(pbx) as client:
        await until(lambda: client.ready(pbx))
        known = keys(client)
        pbx.faults.odd = {"ReplicateNext": answer}
        pbx.cut()
        await until(lambda: client.opened == 2)
        await wait_for_requests(pbx, "PbxTableUsers.ReplicateNext", 1)
        pbx.faults.odd = {}
        hotline.cn = "Help desk"
        await until(lambda: client.queue(hotline).name == "Hotline" and client.ready(pbx))
        assert known <= keys(client)


async def test_object_that_is_added_during_the_copy_stays(pbx: InnovaphoneSimulator) -> None:
    """A row that comes by itself while the copy is made is not in the copy, and there all the same."""
    async with turning(pbx), client_for(pbx) as client:
        await until(lambda: client.ready(pbx))
        pbx.faults.slow_rows = 5
        pbx.cut()
        await until(lambda: client.opened == 2)
        await wait_for_requests(pbx, "PbxTableUsers.ReplicateNext", 1)
        late = pbx.office.add(user(9, "late", "Late Comer", "", "late-phone"))
        late.apps.clear()
        rows = pbx.recorder.named("PbxTableUsers.ReplicateNext")
        await until(lambda: len(rows) < pbx.count("PbxTableUsers.ReplicateNext") and client.ready(pbx))
        await wait_for_requests(pbx, "KeepAlive", 1)
        assert client.user(late) is not None


async def test_list_members_that_are_null_stay(pbx: InnovaphoneSimulator, client: Client) -> None:
    """In a row and in a record, null in place of a list says nothing of what is in the list."""
    bjorn = pbx.world.get("bjorn")
    (connection,) = pbx.connections
    row = {"guid": bjorn.guid, "cn": bjorn.cn, "h323": bjorn.h323, "e164": bjorn.e164, "dn": "Bär"}
    head = {"api": "PbxTableUsers", "mt": "ReplicateUpdate", "src": "tab"}
    connection.send({**head, "columns": {**row, "devices": None, "cds": 5, "grps": "x"}}, exact=True)
    record = {**row, "api": "RCC", "mt": "UserInfo", "src": "rcc", "h323": ["bjorn"], "regs": None}
    connection.send(record, exact=True)
    await until(lambda: client.user(bjorn).name == "Bär")
    assert client.phone("bjorn-ip112").registered
    assert client.user(bjorn).username == "bjorn"
    assert client.phone("bjorn-softphone") is not None
    connection.send({**record, "regs": []}, exact=True)
    await until(lambda: client.phone("bjorn-ip112").registered is False)


@pytest.mark.parametrize("presence", [{}, {"presence": None}, {"presence": "none"}])
async def test_presence_stays(pbx: InnovaphoneSimulator, client: Client, presence: dict[str, Any]) -> None:
    """A message without a list of sources does not make a person available."""
    alice = pbx.world.get("alice")
    pbx.office.set_presence(alice, "dnd")
    await until(lambda: client.user(alice).do_not_disturb)
    (connection,) = pbx.connections
    head = {"api": "PbxApi", "mt": "PresenceUpdate", "src": f"p:{alice.guid}"}
    connection.send({**head, **presence}, exact=True)
    await until(lambda: client.raw_events("PbxApi.PresenceUpdate")[-1].understood is False)
    assert client.user(alice).do_not_disturb is True
    connection.send({**head, "presence": []}, exact=True)
    await until(lambda: client.user(alice).do_not_disturb is False)


@pytest.mark.parametrize("name", ["Devices", "GetDiversion", "GetRegs"])
@pytest.mark.parametrize("answer", [REFUSAL, {"devices": None, "regs": None, "num": {}}])
async def test_single_readings_stay(pbx: InnovaphoneSimulator, name: str, answer: dict[str, Any]) -> None:
    """Phones, diversions and registrations that can't be read stay as they were, and are read again."""
    pbx.world.apps[APP].apis -= {"PbxTableUsers"} | ({"RCC"} if name == "GetRegs" else set())
    bjorn = pbx.world.get("bjorn")
    pbx.office.divert(bjorn, "cfu", "201")
    phone = "bjorn-ip112" if name == "GetRegs" else "bjorn-softphone"
    api = {"Devices": "RCC", "GetDiversion": "PbxApi", "GetRegs": "PbxAdminApi"}[name]

    def shown(client: Client) -> bool:
        item = client.user(bjorn)
        forwarded = item is not None and item.forwards.get(ForwardKind.ALWAYS) == "201"
        return client.phone(phone) is not None and (forwarded or name == "GetRegs")

    async with turning(pbx), client_for(pbx) as client:
        await until(lambda: shown(client))
        pbx.faults.odd = {name: answer}
        pbx.cut()
        await until(lambda: client.opened == 2)
        await wait_for_requests(pbx, f"{api}.{name}", 4)
        assert shown(client)


async def test_accounts_stay(pbx: InnovaphoneSimulator) -> None:
    """A walk over the accounts that breaks off deletes nobody, and neither does one that meets nobody."""
    pbx.world.apps[APP].apis = {"PbxApi", "PbxAccountApi"}
    for number in range(4, 8):
        pbx.office.add(user(number, f"user{number}", f"User {number}", ""))
    async with turning(pbx), client_for(pbx) as client:
        await until(lambda: all(client.user(item) is not None for item in pbx.world.users()))
        for odd in (REFUSAL, {"account-guid": "x"}, {}):
            pbx.faults.odd = {"AccountInfo": odd}
            pbx.clock.advance(86_401)
            await wait_for_requests(pbx, "PbxAccountApi.AccountInfo", 1)
            pbx.faults.odd = {}
            await wait_for_requests(pbx, "PbxAccountApi.AccountInfo", 8)
            assert all(client.user(item) is not None for item in pbx.world.users())


@pytest.mark.parametrize(
    ("api", "name"),
    [
        ("RCC", "RCC.Initialize"),
        ("PbxApi", "PbxApi.GetNodeInfo"),
        ("PbxTableUsers", "PbxTableUsers.ReplicateStart"),
        ("PbxAdminApi", "PbxAdminApi.MonitorConfig"),
    ],
)
@pytest.mark.parametrize("refused", [False, True])
async def test_right_outlives_one_silence(
    pbx: InnovaphoneSimulator, api: str, name: str, refused: bool
) -> None:
    """A PBX that is starting answers one request late or with an error, which is no verdict on the right."""
    mt = name.partition(".")[2]
    async with turning(pbx), client_for(pbx) as client:
        await until(lambda: client.ready(pbx))
        known, able = keys(client), client.session.capabilities
        if refused:
            pbx.faults.odd = {mt: REFUSAL}
        else:
            pbx.faults.silent = {name}
        asked = pbx.count(name)
        pbx.cut()
        await until(lambda: client.opened == 2)
        assert client.session.statistics()["in_doubt"] == [api]
        assert (keys(client), client.session.capabilities) == (known, able)
        pbx.faults.silent, pbx.faults.odd = set(), {}
        await until(lambda: not client.session.statistics()["in_doubt"])
        assert pbx.count(name) >= asked + 2
        await until(lambda: client.ready(pbx))
        assert (keys(client), client.session.capabilities) == (known, able)
        assert client.opened == 2


async def test_pbx_that_answers_nothing_has_not_connected(pbx: InnovaphoneSimulator) -> None:
    """A login that works while everything else is silent takes no right away, and is no connection."""
    async with session_for(pbx) as session, turning(pbx):
        await session.open()
        able = session.capabilities
        pbx.faults.silent = {"RCC", "PbxApi", "PbxTableUsers", "PbxAdminApi", "PbxAccountApi"}
        for _ in range(4):
            with pytest.raises(PbxError):
                await session.open()
        pbx.faults.silent = set()
        await session.open()
        assert session.capabilities == able


@pytest.mark.parametrize(
    ("api", "capability"),
    [("PbxApi", Capability.PRESENCE), ("PbxAdminApi", Capability.SWITCHES), ("RCC", Capability.DIAL)],
)
async def test_right_that_is_withdrawn_while_connected(
    pbx: InnovaphoneSimulator, api: str, capability: Capability
) -> None:
    """That an API is not granted any more is noticed by itself, and so is that it is granted again."""
    alice = pbx.world.get("alice")
    async with turning(pbx), client_for(pbx) as client:
        await until(lambda: client.ready(pbx))
        pbx.world.apps[APP].apis.discard(api)
        pbx.clock.advance(CHECK_INTERVAL)
        await until(lambda: capability not in client.session.capabilities)
        await until(lambda: api != "PbxApi" or client.user(alice).presence is None)
        assert client.opened == 1
        pbx.world.apps[APP].apis.add(api)
        pbx.clock.advance(3600)
        await until(lambda: capability in client.session.capabilities)
        await until(lambda: client.ready(pbx))
        assert client.opened == 1


@pytest.mark.parametrize(
    ("api", "capability"),
    [("PbxApi", Capability.PRESENCE), ("PbxAdminApi", Capability.SWITCHES), ("RCC", Capability.DIAL)],
)
async def test_right_that_is_withdrawn_while_nothing_goes_on(
    pbx: InnovaphoneSimulator, api: str, capability: Capability
) -> None:
    """Where nothing else arrives while an API is silent, the PBX is asked whether it is alive."""
    async with turning(pbx), client_for(pbx) as client:
        await until(lambda: client.ready(pbx))
        client.session.watch(frozenset({ObjectKind.USER}))
        # Not right before the check, since what the jump lets come is a sign of life already.
        pbx.clock.advance(CHECK_INTERVAL - 100)
        await wait_for_requests(pbx, "KeepAlive", 1)
        pbx.world.apps[APP].apis.discard(api)
        withdrawn_at = pbx.clock.time()
        await until(lambda: capability not in client.session.capabilities)
        assert pbx.clock.time() < withdrawn_at + CHECK_INTERVAL
        assert client.opened == 1


@pytest.mark.parametrize("api", ["RCC", "PbxApi"])
async def test_only_right_that_is_withdrawn(pbx: InnovaphoneSimulator, api: str) -> None:
    """A login that works again and again, while the only API that it had is silent, lacks that right."""
    pbx.world.apps[APP].apis = {api}
    async with turning(pbx), client_for(pbx) as client:
        await until(lambda: client.session.statistics()["granted"] == [api])
        able = client.session.capabilities
        pbx.world.apps[APP].apis = set()
        pbx.clock.advance(CHECK_INTERVAL)
        await until(lambda: any(isinstance(error, MissingRight) for error in client.errors))
        [right] = {error.right for error in client.errors if isinstance(error, MissingRight)}
        assert right == api
        pbx.world.apps[APP].apis = {api}
        opened = client.opened
        pbx.clock.advance(3600)
        await until(lambda: client.opened > opened)
        assert client.session.capabilities == able


@pytest.mark.parametrize("back", [False, True])
async def test_users_who_are_not_announced_are_asked_for_again(pbx: InnovaphoneSimulator, back: bool) -> None:
    """After a restart a PBX may show few users at first; the others are gone only if they stay away."""
    pbx.world.apps[APP].apis = {"RCC", "PbxApi"}
    people = [pbx.world.add(user(number, f"user{number}", f"User {number}", "")) for number in range(4, 8)]
    async with turning(pbx), client_for(pbx) as client:
        await until(lambda: all(client.user(item) is not None for item in people))
        for item in people:
            item.apps.clear()
        pbx.cut()
        await until(lambda: client.opened == 2)
        assert pbx.count("RCC.Initialize") == 2
        assert all(client.user(item) is not None for item in people)
        for item in people:
            item.apps |= {APP} if back else set()
        await until(lambda: pbx.count("RCC.Initialize") == 3)
        await until(lambda: all((client.user(item) is not None) == back for item in people))
        await wait_for_requests(pbx, "KeepAlive", 1)
        assert all((client.user(item) is not None) == back for item in people)


@pytest.mark.parametrize("fault", ["handle", "presence", "silence"])
async def test_subscription_that_failed_is_asked_for_again(pbx: InnovaphoneSimulator, fault: str) -> None:
    """A user without a handle or without presence is not given up."""
    alice = pbx.world.get("alice")
    if fault == "handle":
        pbx.faults.handle_zero = {"alice"}
    elif fault == "presence":
        pbx.faults.errors = {"SubscribePresence": {"error": 2, "errorText": "no"}}
    else:
        pbx.faults.silent = {"PbxApi.SubscribePresence"}
    async with turning(pbx), client_for(pbx) as client:
        await until(lambda: client.session.statistics()["failures"])
        pbx.faults.handle_zero, pbx.faults.errors, pbx.faults.silent = set(), {}, set()
        await until(lambda: client.ready(pbx))
        assert client.user(alice).presence is PresenceActivity.AVAILABLE
        assert client.opened == 1
