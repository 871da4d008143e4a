"""The same story over many PBXs that speak in different ways: what is shown is the same."""

from typing import Any

import pytest

from custom_components.pbx.protocols.enums import LineStatus, ObjectKind
from tests.simulators.axeos import AxeosSimulator
from tests.simulators.axeos.small_world import ADMIN_LOGIN, OAUTH_CLIENT, small_world
from tests.simulators.axeos.variety import Variety
from tests.waiting import until

from .client import Client, hurried_client_for

SEEDS = range(12)
# How often a request that changes nothing fails, by the seed.
ERRORS = (0.0, 0.0, 0.03, 0.1)
LOGINS: tuple[dict[str, str], ...] = (
    {},
    {"username": ADMIN_LOGIN[0], "password": ADMIN_LOGIN[1]},
    {"client_id": OAUTH_CLIENT[0], "client_secret": OAUTH_CLIENT[1]},
)
STATUS = {0: "idle", 1: "talking", 2: "busy", 4: "offline", 8: "ringing", 9: "ringing", 16: "on_hold"}


def shows(client: Client, pbx: AxeosSimulator) -> bool:
    """Return whether each object of the PBX is shown as it is there, and none besides."""
    world = pbx.world
    known = {key.id for key in client.state.objects if key.kind is not ObjectKind.QUEUE} - {""}
    lists: tuple[dict[str, Any], ...] = (world.users, world.phones, world.mailboxes, world.switches)
    return known == {item for items in lists for item in items} and all(
        (
            all(shows_user(client.user(user), user) for user in world.users.values()),
            all(shows_phone(client.phone(phone), phone) for phone in world.phones.values()),
            all(
                (box.new, box.old) == (shown.new, shown.old)
                for box in world.mailboxes.values()
                for shown in [client.get(ObjectKind.MAILBOX, box.uuid)]
            ),
            all(
                switch.text or client.get(ObjectKind.SWITCH, switch.uuid).value is switch.value
                for switch in world.switches.values()
            ),
            {call.id for call in client.state.calls.open} == set(pbx.engine.calls),
        )
    )


def shows_user(shown: Any, user: Any) -> bool:
    """Return whether a user is shown as they are."""
    return (shown.name, shown.do_not_disturb, shown.call_waiting, shown.hot_desk) == (
        user.full_name or user.username,
        user.dnd,
        user.cw,
        user.hot_desk,
    ) and list(shown.forwards.values()) == [user.call_forward]


def shows_phone(shown: Any, phone: Any) -> bool:
    """Return whether a phone is shown as it is; that it dials follows from its calls."""
    status = LineStatus.TALKING if shown.status is LineStatus.DIALING else shown.status
    return (shown.name, status, shown.hot_desk_user) == (
        phone.name or phone.username,
        STATUS[phone.status_code],
        phone.hot_desk_user,
    )


@pytest.mark.parametrize("seed", SEEDS)
async def test_same_story(seed: int) -> None:
    """Calls, settings, hot desks, messages and lists, however the PBX spells, orders and splits them."""
    print("seed", seed)  # noqa: T201
    variety = Variety(seed, errors=ERRORS[seed % len(ERRORS)])
    async with AxeosSimulator(small_world(), v1=seed % 2 == 0, variety=variety).faultless() as pbx:
        variety.errors, errors = 0.0, variety.errors
        async with hurried_client_for(pbx, settings_interval=10, **LOGINS[seed % 3]) as client:
            variety.errors = errors
            await pbx.events.wait_for_pollers()
            await tell_calls(pbx, client)
            await tell_settings(pbx, client)


async def tell_calls(pbx: AxeosSimulator, client: Client) -> None:
    """Tell of an answered call, an internal one that is transferred, and a missed one."""
    anna, bjorn = pbx.world.user("anna"), pbx.world.user("bjorn")
    call = pbx.engine.incoming(number="+31201234567", name="Carla", extension="201")
    call.ring(anna, bjorn)
    await until(lambda: shows(client, pbx))
    assert client.story(anna) == ["ringing"]
    call.answer(anna).hold(anna)
    await until(lambda: shows(client, pbx))
    call.resume(anna)
    inside = pbx.engine.outgoing("lobby", "202").answer(bjorn)
    await until(lambda: client.story(bjorn)[-1:] == ["answered"])
    inside.blind_transfer("203", by=bjorn)
    call.hangup()
    inside.hangup()
    missed = pbx.engine.incoming(number="+31201234568", extension="201").ring(anna)
    await until(lambda: shows(client, pbx))
    missed.hangup()
    await until(lambda: shows(client, pbx))
    await until(lambda: client.story(anna) == ["ringing", "answered", "ended", "ringing", "missed"])
    assert "transferred" in client.story(bjorn)


async def tell_settings(pbx: AxeosSimulator, client: Client) -> None:
    """Tell of what is polled, of lists that change, and of events that are lost."""
    chloe, anna = pbx.world.user("chloe"), pbx.world.user("anna")
    pbx.hot_desk_login(chloe, "hot-1")
    pbx.leave_voicemail("201")
    anna.dnd, anna.call_forward = True, "+31612345678"
    pbx.rename_phone("lobby", "Lobby")
    await until(lambda: shows(client, pbx))
    pbx.engine.incoming(number="+31201234567", extension="201").ring(anna)
    pbx.events.drop(3)
    next(iter(pbx.world.switches.values())).value = True
    pbx.hot_desk_logout(chloe)
    pbx.remove_user("dave")
    await until(lambda: shows(client, pbx))
