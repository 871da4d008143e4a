"""What the simulated server says is what the genuine one says, block by block and field by field."""

from tests.simulators.asterisk import AsteriskSimulator, small_world
from tests.simulators.asterisk.calls import BUSY

from .ami import Ami, connect
from .fixtures import on_asterisk
from .office import RECOMMENDED, GenuineOffice, listening
from .telephone import Manner

LISTS = (
    "PJSIPShowRegistrationsOutbound",
    "CoreSettings",
    "CoreStatus",
    "PJSIPShowEndpoints",
    "PJSIPShowContacts",
    "ExtensionStateList",
    "DeviceStateList",
    "QueueStatus",
    "QueueSummary",
    "ParkedCalls",
    "VoicemailUsersList",
    "CoreShowChannels",
    "Status",
)
# What has no place in the stories, or comes by chance.
LEFT_OUT = {"Registry", "PresenceStatus"}
WRITES = (
    ("DBPut", {"Family": "DND", "Key": "201", "Val": "YES"}),
    ("Setvar", {"Variable": "DEVICE_STATE(Custom:DND201)", "Value": "BUSY"}),
    ("Setvar", {"Variable": "PRESENCE_STATE(CustomPresence:201)", "Value": "dnd,,TG9uZywgbm93,e"}),
    ("QueuePause", {"Queue": "sales", "Interface": "PJSIP/202", "Paused": "true", "Reason": "Lunch"}),
    ("QueueAdd", {"Queue": "sales", "Interface": "PJSIP/204", "MemberName": "Dora"}),
    ("QueueRemove", {"Queue": "sales", "Interface": "PJSIP/204"}),
    ("QueueReset", {"Queue": "sales"}),
    ("QueueRemove", {"Queue": "sales", "Interface": "PJSIP/202"}),
    ("DBDel", {"Family": "DND", "Key": "299"}),
    ("Hangup", {"Channel": "PJSIP/none-1"}),
    ("BlindTransfer", {"Channel": "PJSIP/none-1", "Context": "from-internal", "Exten": "201"}),
    ("MailboxCount", {"Mailbox": "201@default"}),
    ("DBGet", {"Family": "pbx", "Key": "UUID"}),
    ("SIPpeers", {}),
    ("Ping", {}),
    ("CoreSettings", {}),
)


async def _ask_everything(ami: Ami) -> None:
    for name in LISTS:
        await ami.list_of(name)
    for name, fields in WRITES:
        await ami.list_of(name, **fields)


async def _hear_genuine(genuine: GenuineOffice) -> Ami:
    async with (
        genuine.telephone("201") as anna,
        genuine.telephone("202") as bert,
        listening(genuine) as ami,
    ):
        await anna.register()
        await bert.register()
        call = anna.call("202")
        await (await bert.rings()).answer()
        await genuine.talking()
        # The queue looks at its members a moment after their telephones have rung.
        await ami.event("QueueMemberStatus")
        await call.hold()
        await call.resume()
        await _ask_everything(ami)
        await ami.list_of("PJSIPShowEndpoint", Endpoint="201")
        await call.hang_up()
        await ami.event("DeviceStateChange", Device="PJSIP/202", State="NOT_INUSE")
        bert.manner = Manner.IS_BUSY
        await anna.call("202").is_answered()
        await genuine.hang_up_all()
        await anna.unregister()
        await ami.event("ContactStatus", ContactStatus="Removed")
    return ami


async def _hear_simulated() -> Ami:
    async with AsteriskSimulator(small_world("plain")).faultless() as pbx, connect(pbx.port) as ami:
        await ami.log_in(*RECOMMENDED)
        pbx.office.register("201")
        pbx.office.register("201", "sip:201@192.0.2.1:5060")
        caller = pbx.office.calls("201", "202")
        pbx.answer("202")
        pbx.office.hold(caller)
        pbx.office.resume(caller)
        await _ask_everything(ami)
        await ami.list_of("PJSIPShowEndpoint", Endpoint="201")
        pbx.office.hang_up(caller)
        pbx.office.calls("201", "202")
        pbx.refuse("202", BUSY)
        pbx.office.register("201")
        await ami.event("ContactStatus", ContactStatus="Removed")
        await ami.until(lambda: ami.events("DeviceStateChange", Device="PJSIP/201", State="UNAVAILABLE"))
    return ami


def _shapes(ami: Ami) -> dict[str, set[str]]:
    """Return the fields of every kind of block."""
    shapes: dict[str, set[str]] = {}
    for block in ami.blocks:
        kind = block.get("Event") or f"{block['Response']}: {block.get('Message', '')}"
        if kind not in LEFT_OUT:
            shapes.setdefault(kind, set()).update(block)
    return shapes


@on_asterisk((22, "plain"), (16, "plain"))
async def test_simulator_says_what_the_genuine_server_says(genuine: GenuineOffice) -> None:
    """No event, field or message of the simulator is one that the genuine server does not have."""
    genuine_shapes, simulated = _shapes(await _hear_genuine(genuine)), _shapes(await _hear_simulated())
    strange = {
        kind: fields - genuine_shapes.get(kind, set())
        for kind, fields in simulated.items()
        if not fields <= genuine_shapes.get(kind, set())
    }
    assert not strange
