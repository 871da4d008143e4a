"""Objects in types that the vendor's text allows: numbers as text, nulls, other zones, empty lists."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from custom_components.pbx.protocols.enums import LineStatus, ObjectKind
from tests.simulators.axeos import AxeosSimulator
from tests.waiting import until

from .client import Client, client_for


def each(**fields: Any) -> Callable[[Any], Any]:
    """Return an edit that gives every entry of a list these fields."""
    return lambda data: [{**entry, **fields} for entry in data]


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("8", LineStatus.RINGING),
        (" 8 ", LineStatus.RINGING),
        (8.0, LineStatus.RINGING),
        ("-1", LineStatus.OFFLINE),
        ("16", LineStatus.ON_HOLD),
        ("4", LineStatus.OFFLINE),
    ],
)
async def test_status_code_as_text(
    pbx: AxeosSimulator, client: Client, code: object, status: LineStatus
) -> None:
    """A code means the same as text."""
    phone = pbx.world.phone("lobby")
    pbx.events.append("phone_status_update", phone_uuid=phone.uuid, status_code=code, status="?")
    await until(lambda: client.phone(phone).status is status)


async def test_messages_as_text_and_null(pbx: AxeosSimulator, client: Client) -> None:
    """Counts may be text; one that is null leaves what is known."""
    box = pbx.world.mailbox("201")
    fields = {"voicemail_uuid": box.uuid, "mailbox_number": 201}
    pbx.events.append("voicemail_status", **fields, new_messages="7", old_messages=None)
    await until(lambda: client.get(ObjectKind.MAILBOX, box.uuid).new == 7)
    assert client.get(ObjectKind.MAILBOX, box.uuid).old == 2


async def test_login_without_the_logout_before(pbx: AxeosSimulator, client: Client) -> None:
    """Who logs in at another hot desk has left the first one."""
    chloe = pbx.world.user("chloe")
    first, second = pbx.world.phone("hot-1"), pbx.world.phone("hot-2")
    for phone in (first, second):
        chloe.hot_desk = phone.uuid
        first.hot_desk_user = chloe.uuid if phone is first else None
        phone.hot_desk_user = chloe.uuid
        pbx.events.append("user_logged_in", user_uuid=chloe.uuid, phone_uuid=phone.uuid)
    await until(lambda: client.user(chloe).hot_desk == second.uuid)
    await until(lambda: client.phone(first).hot_desk_user is None)
    assert client.phone(second).hot_desk_user == chloe.uuid


async def test_logout_told_late(pbx: AxeosSimulator, client: Client) -> None:
    """The logout from a phone that somebody else has by now takes nobody from it."""
    chloe, dave, phone = pbx.world.user("chloe"), pbx.world.user("dave"), pbx.world.phone("hot-1")
    pbx.events.append("user_logged_in", user_uuid=chloe.uuid, phone_uuid=phone.uuid)
    await until(lambda: client.phone(phone).hot_desk_user == chloe.uuid)
    dave.hot_desk, phone.hot_desk_user = phone.uuid, dave.uuid
    pbx.events.append("user_logged_in", user_uuid=dave.uuid, phone_uuid=phone.uuid)
    pbx.events.append("user_logged_out", user_uuid=chloe.uuid, phone_uuid=phone.uuid)
    await until(lambda: client.user(chloe).hot_desk is None)
    assert client.phone(phone).hot_desk_user == dave.uuid
    assert client.user(dave).hot_desk == phone.uuid


@pytest.mark.parametrize(
    ("dnd", "expected"), [("true", True), ("1", True), (1, True), ("false", False), ("0", False), (0, False)]
)
async def test_flag_in_other_types(pbx: AxeosSimulator, dnd: object, expected: bool) -> None:
    """Do not disturb may be a word or a digit."""
    pbx.faults.edit("/apis/pbx/users", each(dnd=dnd, cw=dnd))
    async with client_for(pbx) as client:
        user = client.user(pbx.world.user("anna"))
        assert (user.do_not_disturb, user.call_waiting) == (expected, expected)


@pytest.mark.parametrize(
    ("number", "expected"),
    [(202, "202"), ("", None), (None, None), ("+31 6 1234 5678", "+31 6 1234 5678"), (" ", None)],
)
async def test_forward_in_other_types(pbx: AxeosSimulator, number: object, expected: str | None) -> None:
    """A number may be one; without one nothing is forwarded."""
    pbx.faults.edit("/apis/pbx/users", each(call_forward=number))
    async with client_for(pbx) as client:
        forwards = client.user(pbx.world.user("anna")).forwards
        assert next(iter(forwards.values()), None) == expected


@pytest.mark.parametrize("phones", [None, {}, [None], [{"type": "fax"}], [{"type": "phone", "phone": None}]])
async def test_phones_of_a_user_that_are_none(pbx: AxeosSimulator, phones: Any) -> None:
    """A user whose phones cannot be read is there."""
    pbx.faults.edit("/apis/pbx/users", each(phones=phones))
    async with client_for(pbx) as client:
        assert client.user(pbx.world.user("anna")).name == "Anna de Vries"


@pytest.mark.parametrize("name", [None, "", "  "])
async def test_names_that_are_none(pbx: AxeosSimulator, name: str | None) -> None:
    """Without a full name the username is one."""
    pbx.faults.edit("/apis/pbx/users", each(full_name=name))
    async with client_for(pbx) as client:
        assert client.user(pbx.world.user("anna")).name == "anna"


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-02T10:00:00+05:30",
        "2026-03-02T04:30:00Z",
        "2026-03-02T04:30:00.000000+00:00",
        "2026-03-02 04:30:00+0000",
        "20260302T043000Z",
        "2026-03-01T20:30:00-08:00",
    ],
)
async def test_times_of_other_zones(pbx: AxeosSimulator, text: str) -> None:
    """A time is the same in every zone, and in every spelling of the standard."""

    def edit(data: Any) -> Any:
        return {"queues": [{**queue, "last_reset": text} for queue in data["queues"]]}

    pbx.faults.edit("/apis/pbx/acd/stats", edit)
    async with client_for(pbx) as client:
        (queue,) = (item for key, item in client.state.objects.items() if key.kind is ObjectKind.QUEUE)
        assert queue.last_reset == datetime(2026, 3, 2, 4, 30, tzinfo=UTC)


@pytest.mark.parametrize("name", ["users", "phones", "voicemail"])
async def test_empty_list_at_a_restart(pbx: AxeosSimulator, client: Client, name: str) -> None:
    """What was not loaded yet comes back with the next word of it, as what it was."""
    before = set(client.state.objects)
    pbx.faults.edit(f"/apis/pbx/{name}", lambda data: [])
    pbx.restart()
    await pbx.events.wait_for_pollers()
    pbx.faults.clear()
    async with client.clock.hurrying():
        pbx.events.append("user_list_changed")
        pbx.events.append("phone_list_changed")
        pbx.report_mailbox(pbx.world.mailbox("201"))
        await until(lambda: set(client.state.objects) == before)
    assert not client.moments


async def test_uuids_in_another_case(pbx: AxeosSimulator, client: Client) -> None:
    """A uuid in an event is the one of the list, however it is written."""
    phone = pbx.world.phone("lobby")
    pbx.events.append("phone_status_update", phone_uuid=phone.uuid.upper(), status_code=8, status="Ringing")
    await until(lambda: client.phone(phone).status is LineStatus.RINGING)


@pytest.mark.parametrize("value", [None, "", " "])
async def test_switch_without_a_value(pbx: AxeosSimulator, value: object) -> None:
    """A switch whose value is not known is there, and neither on nor off."""
    pbx.faults.edit("/apis/pbx/switches", each(value=value))
    async with client_for(pbx) as client:
        switch = client.get(ObjectKind.SWITCH, pbx.world.switch("Night mode").uuid)
        assert (switch.name, switch.value) == ("Night mode", None)
