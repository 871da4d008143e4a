"""What a session makes of each error code, and how often it asks."""

import asyncio
from typing import Any

import pytest

from custom_components.pbx.protocols.enums import LineStatus, ObjectKind
from custom_components.pbx.protocols.errors import (
    AuthFailed,
    CannotConnect,
    CommandFailed,
    MissingRight,
    NotSupported,
    PbxError,
)
from tests.simulators.switchvox import SwitchvoxSimulator
from tests.waiting import until

from .client import ANNA, BERT, Client, client_for, session_for

OUTSIDE = "5551234567"
DIAL: dict[int, tuple[type[PbxError], str | None]] = {
    -32000: (CannotConnect, None),
    -32001: (MissingRight, None),
    -32002: (CommandFailed, "rejected"),
    -32600: (CommandFailed, "rejected"),
    -32601: (NotSupported, None),
    -32602: (CommandFailed, "invalid_number"),
    -32603: (CommandFailed, "internal_error"),
    -32700: (CommandFailed, "internal_error"),
    -32050: (CommandFailed, "rejected"),
}
EXTEND = {
    10000: "rejected",
    10010: "invalid_number",
    10011: "rejected",
    10012: "invalid_number",
    10013: "rejected",
    10014: "no_such_user",
    30546: "internal_error",
    66939: "rejected",
    84711: "no_such_user",
    4711: "rejected",
}


@pytest.mark.parametrize("code", DIAL)
async def test_codes_that_answer_a_command(pbx: SwitchvoxSimulator, client: Client, code: int) -> None:
    """Each code has its own error; a lost login ends the session, and nothing is sent twice."""
    error, reason = DIAL[code]
    pbx.dialect.realtime.codes = {"dial": code}
    with pytest.raises(error) as caught:
        await client.session.commands.dial(user=None, phone=None, number=OUTSIDE)
    assert getattr(caught.value, "reason", None) == reason
    if code == -32000:
        await until(lambda: client.opened == 2)
    assert len(pbx.journal.of("dial")) == 1
    # What was not dialed is not taken for the next call that comes in.
    await until(lambda: pbx.live)
    pbx.dialect.events.remotes_while_ringing = False
    pbx.lines.incoming(OUTSIDE, "100")
    await until(lambda: client.story(ANNA) == ["ringing"])


@pytest.mark.parametrize("code", [-32000, -32050, -32700])
async def test_subscription_that_fails_for_a_while(pbx: SwitchvoxSimulator, code: int) -> None:
    """What says nothing of rights or spellings is tried again with a new connection."""
    pbx.dialect.realtime.codes = {"subscribe": code}
    async with session_for(pbx) as session:
        with pytest.raises(CannotConnect):
            await session.open()
        pbx.dialect.realtime.codes = {}
        await session.open()
    assert len(pbx.journal.of("login")) == 2


@pytest.mark.parametrize("code", EXTEND)
async def test_codes_of_the_extend_api(pbx: SwitchvoxSimulator, client: Client, code: int) -> None:
    """The reason is one of a few words, and the text of the PBX stands beside it."""
    pbx.dialect.extend.forbidden = {"users.presence.update"}
    pbx.dialect.extend.error_code = code
    with pytest.raises(CommandFailed) as caught:
        await client.session.commands.set_do_not_disturb(ANNA, on=True)
    assert caught.value.reason == EXTEND[code]
    assert f"error {code}" in str(caught.value.detail)


async def test_numbers_in_the_text_of_the_pbx_are_left_out(pbx: SwitchvoxSimulator, client: Client) -> None:
    """Errors go into logs, where no number of a telephone belongs."""
    pbx.dialect.extend.forbidden = {"users.presence.update"}
    pbx.dialect.extend.error_code, pbx.dialect.extend.error_text = 10010, f"No {OUTSIDE} here"
    with pytest.raises(CommandFailed, match="No … here"):
        await client.session.commands.set_do_not_disturb(ANNA, on=True)


@pytest.mark.parametrize("command", ["own", "administrator"])
async def test_login_refused_to_a_command_is_not_tried_again(pbx: SwitchvoxSimulator, command: str) -> None:
    """The password was changed: one command finds out, and nothing else logs in before a person acts."""
    async with client_for(pbx, admin=True, watch="all", mailbox_interval=0.05) as client:
        if command == "own":
            pbx.world.account("100").password = "changed"
        else:
            pbx.world.admin = "admin", "changed"
        user = ANNA if command == "own" else BERT
        with pytest.raises(AuthFailed):
            await client.session.commands.set_do_not_disturb(user, on=True)
        await client.wait_until_refused()
        # A reading may have been on its way beside the command.
        refused = pbx.journal.bad_logins
        assert refused <= 2
        with pytest.raises(AuthFailed):
            await client.session.commands.set_do_not_disturb(user, on=True)
        assert pbx.journal.bad_logins == refused


async def test_extend_asks_no_more_than_three_things_at_once(pbx: SwitchvoxSimulator, client: Client) -> None:
    """However many commands there are, the PBX is asked politely."""
    rule = pbx.faults.hang(path="/json")
    commands: list[Any] = [
        asyncio.create_task(client.session.commands.set_do_not_disturb(ANNA, on=True)) for _ in range(8)
    ]
    await until(lambda: rule.hits == 3)
    for _ in range(20):
        await asyncio.sleep(0)
    assert rule.hits == 3
    pbx.faults.clear()
    await asyncio.gather(*commands)


async def test_methods_are_left_alone_once_they_are_forbidden(pbx: SwitchvoxSimulator) -> None:
    """A right that is missing costs what depends on it, and the method is named."""
    forbidden = {
        "users.convergedDevices.getList",
        "users.presence.options.getList",
        "users.callQueues.getList",
        "users.info.getSoftwareVersion",
    }
    pbx.dialect.extend.forbidden = set(forbidden)
    async with client_for(pbx) as client:
        await until(lambda: len(client.notices()) > len(forbidden))
        named = {detail for _, detail in client.notices()}
        assert named >= {f"switchvox.{method}" for method in forbidden}
        assert client.user(ANNA).status is LineStatus.IDLE
        assert client.get(ObjectKind.QUEUE, "1201") is None
        assert client.state.info is not None
        assert client.state.info.version is None
        for method in forbidden:
            assert len(pbx.journal.of(f"switchvox.{method}")) == 1
