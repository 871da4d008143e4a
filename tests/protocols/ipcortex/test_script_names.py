"""Names and shapes that the vendor's pages do not show are found, and diagnostics say which."""

import pytest

from custom_components.pbx.protocols.enums import DialOutcome, ObjectKind
from custom_components.pbx.protocols.errors import NotSupported
from tests.simulators.ipcortex import IpcortexSimulator
from tests.simulators.ipcortex.faults import ListShape
from tests.simulators.ipcortex.world import Device
from tests.waiting import until

from .client import client_for
from .test_script_functions import scripted

SHAPES: dict[ListShape, str | None] = {
    "given": "PBX.devices (array)",
    "functions": "PBX.getDevices (function)",
    "promises": "PBX.getDevices (promise)",
    "callbacks": "PBX.listDevices (callback)",
    "maps": "PBX.Devices (map)",
    "capitals": "PBX.Device (object)",
    "types": "Types.Device.all (array)",
    "top": "IPCortex.devices (array)",
    "partial": "PBX.lines (array)",
    "none": None,
    "silent": None,
}
# Where there is no list of everything, what is there is known from its first event on.
EVENTS_ONLY = {"partial", "none", "silent"}
PBX_NAMES = {
    "checkDrift": ["getDrift"],
    "idleMode": ["setIdle", "idle"],
    "rest": ["restCall"],
    "httpPost": ["httpRest"],
    "setStunTurn": ["setStun", "stunTurn"],
    "stopFeed": ["stopPoll"],
}


@pytest.mark.parametrize(("shape", "where"), SHAPES.items())
async def test_lists_wherever_they_are(pbx: IpcortexSimulator, shape: ListShape, where: str | None) -> None:
    """All lists are found in each place; what has no list is known from its first event on."""
    pbx.faults.lists = shape
    async with client_for(pbx) as client:
        ids = {key.id for key in client.state.objects}
        assert {*pbx.world.devices, *pbx.world.mailboxes, *pbx.world.queues, "10", "11", "12"} <= ids
        found = client.session.statistics()["lists"]
        assert found.keys() == {"Device", "Queue", "Mailbox", "Phone", "Extension", "Contact"}
        assert found["Device"] == where
        assert (found["Contact"] is None) == (shape in EVENTS_ONLY)
        client.clock.advance(61)
        pbx.office.show(11, "away")
        await until(lambda: client.user(11).presence == "away")
        assert {*pbx.world.devices, *pbx.world.queues} <= {key.id for key in client.state.objects}


@pytest.mark.parametrize("shape", ["functions", "promises", "callbacks", "maps"])
async def test_lists_are_followed(pbx: IpcortexSimulator, shape: ListShape) -> None:
    """Objects that come and go show, wherever the lists are."""
    pbx.faults.lists = shape
    async with client_for(pbx) as client:
        desk = Device("SIP/new", "New desk", "240", 11)
        pbx.world.devices[desk.name] = desk
        pbx.office.changed(desk)
        await until(lambda: client.phone(desk))
        pbx.office.remove_device(desk)
        await until(lambda: client.phone(desk) is None)
        assert client.get(ObjectKind.QUEUE, "sales")


async def test_script_that_forgets_its_data(pbx: IpcortexSimulator) -> None:
    """A feed that stops takes the script's data along; nobody's telephone is gone for that."""
    async with scripted(pbx) as (script, client):
        await script.command("stop")
        client.clock.advance(61)
        await script.ask("drift")
        assert {*pbx.world.devices, *pbx.world.mailboxes} <= {key.id for key in client.state.objects}


async def test_old_scripts_lists_are_objects(pbx: IpcortexSimulator) -> None:
    """An old script has its lists as objects by name, and its functions under their old names."""
    pbx.faults.flavour = "old"
    async with scripted(pbx) as (script, client):
        assert client.session.statistics()["lists"]["Queue"] == "PBX.queues (object)"
        assert script.functions["start"] == "startPoll"
        assert script.functions["drift"] == "getDrift"
        assert script.functions["rest"] == script.functions["post"] == "restCall"
        assert script.functions["tagsOn"] is None
        with pytest.raises(NotSupported):
            await script.command("tagsOn")


@pytest.mark.parametrize(
    ("name", "other"), [(name, other) for name in PBX_NAMES for other in PBX_NAMES[name]]
)
async def test_functions_by_any_name(pbx: IpcortexSimulator, name: str, other: str) -> None:
    """Each function is found under each of its names, and the statistics tell which."""
    pbx.faults.renamed = {name: other}
    async with scripted(pbx) as (script, client):
        assert other in script.functions.values()
        assert name not in script.functions.values()
        assert other in client.session.statistics()["script"]["functions"].values()


@pytest.mark.parametrize("other", ["transfer", "blindTransfer"])
@pytest.mark.parametrize("attended", ["atxfer", "attendedTransfer"])
async def test_transfers_by_any_name(pbx: IpcortexSimulator, other: str, attended: str) -> None:
    """Transfers are found under each of their names."""
    pbx.faults.renamed = {"xfer": other, "attendedTransfer": attended}
    async with client_for(pbx) as client:
        result = await client.session.commands.dial(user="10", phone=None, number="202")
        assert (result.outcome, result.call_id is not None) == (DialOutcome.RINGING, True)
        assert {other, attended} <= set(client.session.statistics()["methods"]["Call"])
        await client.session.commands.transfer(str(result.call_id), number="201")
        await until(lambda: pbx.commands[-1][0] == "xfer")


async def test_function_that_is_nowhere(pbx: IpcortexSimulator) -> None:
    """What no name leads to is not supported, and shown as not found."""
    pbx.faults.renamed = {"xfer": "unheardOf", "checkDrift": "unheardOfEither"}
    async with client_for(pbx) as client:
        result = await client.session.commands.dial(user="10", phone=None, number="202")
        with pytest.raises(NotSupported):
            await client.session.commands.transfer(str(result.call_id), number="201")
        about = client.session.statistics()
        assert about["script"]["functions"]["drift"] is None
        assert "unheardOfEither" in about["methods"]["PBX"]


async def test_findings_hold_names_only(pbx: IpcortexSimulator) -> None:
    """What the statistics tell of the script is its own names: no people, no numbers."""
    async with client_for(pbx) as client:
        about = client.session.statistics()
        assert about["script"]["size"] > 1000
        assert len(about["script"]["sha256"]) == 64
        assert {"dial", "optIn"} <= set(about["methods"]["Device"])
        told = repr([about["lists"], about["methods"], about["script"]["functions"]])
        assert not any(secret in told for secret in ("201", "anna", "Anna", "SIP"))
