"""What a PBX can be told to do, and what it says to that."""

import asyncio
import json

import pytest

from custom_components.pbx.protocols.commands import ConnectOptions
from custom_components.pbx.protocols.enums import (
    CallDirection,
    CallState,
    Capability,
    DialOutcome,
    LineStatus,
)
from custom_components.pbx.protocols.errors import (
    AuthFailed,
    CannotConnect,
    CommandFailed,
    CommandOutcomeUnknown,
    MissingRight,
    NotSupported,
    PbxError,
)
from custom_components.pbx.protocols.switchvox import commands
from tests.simulators.switchvox import Dialect, SwitchvoxSimulator
from tests.simulators.switchvox.dialect import Extend, Realtime
from tests.waiting import until

from .client import ANNA, BERT, Client, client_for

OUTSIDE = "5551234567"


async def test_dial_is_recognised_as_outgoing(pbx: SwitchvoxSimulator, client: Client) -> None:
    """The own phone rings first; the call is outgoing all the same, and its id is known."""
    result = await client.session.commands.dial(user=ANNA, phone=None, number=OUTSIDE)
    assert result.outcome is DialOutcome.RINGING
    (params,) = pbx.journal.of("dial")
    assert params["extension"] == OUTSIDE
    assert set(params) == {"extension", "dialData"}
    data = json.dumps(params["dialData"], ensure_ascii=False)
    assert data.isascii()
    assert len(data) <= 256
    await until(lambda: client.state.calls.get(str(result.call_id)))
    call = client.state.calls.get(str(result.call_id))
    assert (call.direction, call.called.number) == (CallDirection.OUTGOING, OUTSIDE)
    assert client.user(ANNA).status is LineStatus.DIALING
    current = next(iter(pbx.lines.calls.values()))
    pbx.lines.pick_up(current)
    pbx.lines.answer(current)
    await until(lambda: client.user(ANNA).status is LineStatus.TALKING)
    pbx.lines.hang_up(current)
    await until(lambda: client.story(ANNA) == ["dialing", "answered", "ended"])


async def test_dial_without_data_coming_back(pbx: SwitchvoxSimulator, client: Client) -> None:
    """Setting the data may silently fail; a call of the account just after a dial is taken for that."""
    pbx.dialect.events.missing_fields = {"dialData"}
    pbx.dialect.events.remotes_while_ringing = False
    result = await client.session.commands.dial(user=None, phone=None, number=OUTSIDE)
    await until(lambda: client.story(ANNA) == ["dialing"])
    assert client.state.calls.get(str(result.call_id)) is not None


async def test_foreign_dial_data_is_outgoing(pbx: SwitchvoxSimulator, client: Client) -> None:
    """Another program's dial is an outgoing call as well."""
    pbx.lines.dial("100", OUTSIDE, data={"crm": 7})
    await until(lambda: client.story(ANNA) == ["dialing"])
    assert client.open_calls[0].details["dial_data"] == '{"crm": 7}'
    assert client.open_calls[0].direction is CallDirection.OUTGOING


async def test_own_data_comes_back(pbx: SwitchvoxSimulator, client: Client) -> None:
    """Data of one's own comes back with the call, and others cannot send any."""
    commands = client.session.commands
    result = await commands.dial_with_data(user=None, phone=None, number=OUTSIDE, data={"order": "4711"})
    await until(lambda: client.open_calls)
    (call,) = client.open_calls
    assert call.id == result.call_id
    assert call.details["dial_data"] == '{"order": "4711"}'
    async with client_for(pbx, admin=True, watch="all") as admin:
        with pytest.raises(NotSupported):
            await admin.session.commands.dial_with_data(user=BERT, phone=None, number="1", data={"a": "b"})


async def test_dial_from_an_additional_phone(pbx: SwitchvoxSimulator, client: Client) -> None:
    """An additional phone is named by the id that the PBX gave."""
    await client.session.commands.dial(user=None, phone=f"{ANNA}-2", number="101")
    assert pbx.journal.of("dial")[0]["convergedDeviceId"] == 2
    with pytest.raises(CommandFailed, match="auto_answer_needs_one_phone"):
        await client.session.commands.dial(user=None, phone=f"{ANNA}-2", number="101", auto_answer=True)


async def test_dial_whose_channel_is_never_seen(
    pbx: SwitchvoxSimulator, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A dial is done when the PBX accepts it, also where no event ever comes."""
    monkeypatch.setattr(commands, "CALL_ID_WITHIN", 0.1)
    pbx.dialect.realtime.events = False
    result = await client.session.commands.dial(user=None, phone=None, number=OUTSIDE)
    assert (result.outcome, result.call_id) == (DialOutcome.RINGING, None)


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("missing", NotSupported),
        ("lacks", MissingRight),
    ],
)
async def test_dial_refused(
    pbx: SwitchvoxSimulator, client: Client, code: str, error: type[PbxError]
) -> None:
    """Each code has its own error."""
    if code == "missing":
        pbx.dialect.realtime.missing_methods.add("dial")
    else:
        pbx.world.account("100").lacks.add("dial")
    with pytest.raises(error):
        await client.session.commands.dial(user=None, phone=None, number=OUTSIDE)


async def test_dial_with_invalid_number(pbx: SwitchvoxSimulator, client: Client) -> None:
    """A number the PBX does not take is the caller's fault."""
    with pytest.raises(CommandFailed, match="invalid_number"):
        await client.session.commands.dial(user=None, phone=None, number="")


async def test_dial_answer_that_never_comes(
    pbx: SwitchvoxSimulator, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without an answer it is not known whether the phone rings; other events go on meanwhile."""
    monkeypatch.setattr("custom_components.pbx.protocols.switchvox.realtime.REQUEST_TIMEOUT", 0.3)
    pbx.dialect.realtime.unanswered = {"dial"}
    dialing = asyncio.create_task(client.session.commands.dial(user=None, phone=None, number=OUTSIDE))
    pbx.lines.incoming(OUTSIDE, "100")
    await until(lambda: client.user(ANNA).status is LineStatus.RINGING)
    with pytest.raises(CommandOutcomeUnknown):
        await dialing
    assert len(pbx.journal.of("dial")) == 1


@pytest.mark.parametrize("knob", ["string_ids", "null_ids", "reverse_responses", "response_delay"])
async def test_responses_of_all_kinds(pbx: SwitchvoxSimulator, client: Client, knob: str) -> None:
    """Responses may come late, in another order, with text as id, or without one."""
    setattr(pbx.dialect.realtime, knob, 0.05 if knob == "response_delay" else True)
    if knob == "null_ids":
        with pytest.raises(CommandFailed):
            await client.session.commands.dial(user=None, phone=None, number="")
        return
    dials = [client.session.commands.dial(user=None, phone=None, number=str(number)) for number in (101, 102)]
    assert [result.outcome for result in await asyncio.gather(*dials)] == [DialOutcome.RINGING] * 2


async def test_auto_answer_goes_by_the_extend_api(pbx: SwitchvoxSimulator, client: Client) -> None:
    """The own phone answers by itself, and the number is called at once."""
    result = await client.session.commands.dial(user=None, phone=None, number="101", auto_answer=True)
    (params,) = pbx.journal.of("switchvox.users.call")
    assert params == {"dial_first": "100", "dial_second": "101", "account_id": ANNA, "auto_answer": "1"}
    assert result.call_id is not None


async def test_dial_for_somebody_else_needs_an_administrator(
    pbx: SwitchvoxSimulator, client: Client, admin: Client
) -> None:
    """A call for another person is made in their name."""
    await admin.session.commands.dial(user=BERT, phone=None, number=OUTSIDE)
    assert pbx.journal.of("switchvox.call")[0]["dial_as_account_id"] == BERT
    await until(lambda: admin.story(BERT) == ["dialing"])
    with pytest.raises(CommandFailed, match="no_user_for_phone"):
        await client.session.commands.dial(user=BERT, phone=None, number=OUTSIDE)
    async with client_for(pbx, extensions=("101",)) as limited:
        with pytest.raises(MissingRight):
            await limited.session.commands.dial(user=BERT, phone=None, number=OUTSIDE)


async def test_two_numbers_are_connected(pbx: SwitchvoxSimulator, admin: Client) -> None:
    """A page: the speakers answer by themselves and are connected to a menu with variables."""
    result = await admin.session.commands.connect_numbers(
        user=None,
        first="850",
        second="600",
        options=ConnectOptions(
            auto_answer=True,
            caller_name="School bell, second floor",
            timeout=15,
            variables={"text": "lunch"},
        ),
    )
    assert result.outcome is DialOutcome.RINGING
    assert pbx.journal.of("switchvox.users.call") == [
        {
            "dial_first": "850",
            "dial_second": "600",
            "account_id": ANNA,
            "auto_answer": "1",
            "caller_id_name": "School bell, second ",
            "timeout": "15",
            "variables": ["text=lunch"],
        }
    ]


async def test_refused_connection_keeps_the_words_of_the_pbx(pbx: SwitchvoxSimulator, client: Client) -> None:
    """The text of the PBX is shown; a call that was not made leaves nothing behind."""
    with pytest.raises(CommandFailed, match="Missing required parameter"):
        await client.session.commands.connect_numbers(user=None, first="850", second="")
    pbx.lines.incoming(OUTSIDE, "100")
    await until(lambda: client.story(ANNA) == ["ringing"])


async def test_hang_up(pbx: SwitchvoxSimulator, admin: Client, client: Client) -> None:
    """An administrator may end a call, which is found among the current ones by its parties."""
    pbx.lines.incoming("5559876543", "101")
    call = pbx.lines.incoming(OUTSIDE, "100")
    await until(lambda: len(admin.open_calls) == 2)
    mine = next(item.id for item in admin.open_calls if item.caller.number == OUTSIDE)
    await admin.session.commands.hang_up(mine)
    assert call.id not in pbx.lines.calls
    await until(lambda: len(admin.open_calls) == 1)
    with pytest.raises(CommandFailed, match="no_such_call"):
        await admin.session.commands.hang_up(mine)
    with pytest.raises(MissingRight):
        await client.session.commands.hang_up(mine)


async def test_hang_up_what_can_not_be_told_apart(pbx: SwitchvoxSimulator, admin: Client) -> None:
    """Rather no call is ended than the wrong one."""
    pbx.dialect.events.remotes_while_ringing = False
    pbx.dialect.extend.forbidden = {"currentCalls.getList"}
    for number in (OUTSIDE, "5559876543"):
        pbx.lines.incoming(number, "100")
    await until(lambda: admin.open_calls)
    pbx.dialect.extend.forbidden = set()
    with pytest.raises(CommandFailed, match="several_calls_fit"):
        await admin.session.commands.hang_up(admin.open_calls[0].id)


async def test_get_call(pbx: SwitchvoxSimulator, admin: Client) -> None:
    """What the PBX itself lists of a call is told, by its own id or by the one under which it is followed."""
    pbx.lines.incoming("5559876543", "101")
    call = pbx.lines.incoming(OUTSIDE, "100")
    await until(lambda: len(admin.open_calls) == 2)
    mine = next(item.id for item in admin.open_calls if item.caller.number == OUTSIDE)
    for call_id in (mine, call.id):
        found = await admin.session.commands.get_call(call_id)
        assert (found.id, found.direction) == (call_id, CallDirection.INCOMING)
        assert found.caller is not None
        assert (found.caller.number, found.caller.name) == (OUTSIDE, "Jane Doe")
        assert found.called is not None
        assert found.called.user == ANNA
        assert [leg.state for leg in found.legs] == [CallState.DIALING, CallState.RINGING]
    pbx.lines.answer(call)
    pbx.lines.park(call, "701")
    found = await admin.session.commands.get_call(call.id)
    assert found.details == {"raw_state": "parked", "parking_space": "701"}
    assert call.id in {listed.id for listed in await admin.session.commands.list_calls()}
    inside = pbx.lines.outgoing("100", "101")
    assert (await admin.session.commands.get_call(inside.id)).direction is CallDirection.INTERNAL
    with pytest.raises(CommandFailed, match="no_such_call"):
        await admin.session.commands.get_call("SIP/nobody-1")


async def test_get_call_where_no_calls_are_listed() -> None:
    """Without the Extend API there is no list to look into."""
    dialect = Dialect(extend=Extend(present=False), realtime=Realtime(accepted_targets={"extension"}))
    async with SwitchvoxSimulator(dialect=dialect) as pbx, client_for(pbx) as client:
        assert Capability.GET_CALL not in client.session.capabilities
        with pytest.raises(NotSupported):
            await client.session.commands.get_call("1.1")
        with pytest.raises(NotSupported):
            await client.session.commands.list_calls()


async def test_lost_answer_is_not_repeated(pbx: SwitchvoxSimulator, client: Client) -> None:
    """Whether the phones rang is not known; ringing them twice would be worse."""
    pbx.faults.lose_answer(path="/json")
    with pytest.raises(CommandOutcomeUnknown):
        await client.session.commands.connect_numbers(user=None, first="850", second="600")
    assert len(pbx.journal.of("switchvox.users.call")) == 1


async def test_commands_to_a_pbx_that_is_off(pbx: SwitchvoxSimulator, client: Client) -> None:
    """A command that never left is no unknown outcome."""
    await pbx.stop()
    # What is under way while the session ends may have left.
    await until(lambda: client.errors)
    with pytest.raises(CannotConnect):
        await client.session.commands.set_do_not_disturb(ANNA, on=True)
    with pytest.raises((CannotConnect, CommandOutcomeUnknown)):
        await client.session.commands.dial(user=None, phone=None, number="101")


async def test_password_that_no_longer_fits_extend(pbx: SwitchvoxSimulator, client: Client) -> None:
    """A command tells that the login is refused."""
    pbx.world.account("100").password = "changed"
    with pytest.raises(AuthFailed):
        await client.session.commands.set_do_not_disturb(ANNA, on=True)
