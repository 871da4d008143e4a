"""Test that the simulated Axeos PBX is strict about requests and shapes its answers as the text says."""

import asyncio
from typing import Any

from aiohttp import ClientError
import pytest

from tests.simulators.axeos import AxeosSimulator
from tests.simulators.axeos.client import Client
from tests.simulators.axeos.rights import LITERAL_ADMIN_RIGHTS
from tests.simulators.axeos.small_world import ADMIN_LOGIN, API_KEY, PLAIN_LOGIN

pytest_plugins = ("tests.simulators.axeos.fixtures",)


async def test_every_documented_list(axeos_client: Client) -> None:
    """Return the documented fields, the obsolete ones included."""
    user = (await axeos_client.get("users"))[0]
    assert set(user) == {"uuid", "username", "full_name", "phones", "primary_phone"}
    phone = (await axeos_client.get("phones"))[0]
    assert set(phone) == {"uuid", "name", "type", "hot_desk", "phone_username", "mobile_logins_enabled"}
    assert set((await axeos_client.get("voicemail"))[0]) == {"uuid", "mailbox_number"}
    assert set((await axeos_client.get("switches"))[0]) == {"uuid", "name", "default"}
    assert (await axeos_client.get("system_information"))["version"] == "4.2.3"


async def test_status_option_adds_fields(axeos_client: Client) -> None:
    """Add the slow fields when asked for, whatever the value of the flag."""
    user = (await axeos_client.get("users?status=0"))[0]
    assert {"hot_desk", "call_forward", "cw", "dnd", "phone"} <= set(user)
    phone = (await axeos_client.get("phones?status"))[0]
    assert {"status_code", "status", "hot_desk_user", "mobile_user"} <= set(phone)
    mailbox = (await axeos_client.get("voicemail?status=1"))[0]
    assert (mailbox["new_messages"], mailbox["old_messages"], mailbox["urgent_messages"]) == (1, 2, 0)
    switches = await axeos_client.get("switches?status=1")
    assert [switch["value"] for switch in switches] == ["false", "true", None]


async def test_all_four_phone_types(axeos_client: Client) -> None:
    """Give each type of phone only its own fields."""
    links = [link for user in await axeos_client.get("users") for link in user["phones"]]
    assert {link["type"]: set(link) - {"type", "personal"} for link in links} == {
        "phone": {"phone"},
        "number": {"number"},
        "hot-desk": set(),
        "trunk number": {"number", "trunk"},
    }


@pytest.mark.parametrize(
    ("login", "path", "status"),
    [
        (None, "users", 401),
        (("apiKey", "wrong"), "users", 401),
        (("anna", "wrong"), "users", 401),
        (ADMIN_LOGIN, "acd/stats", 200),
        (PLAIN_LOGIN, "users", 200),
        (PLAIN_LOGIN, "phones", 200),
        (PLAIN_LOGIN, "acd/stats", 403),
        (PLAIN_LOGIN, "switches", 403),
    ],
)
async def test_logins(axeos_client: Client, login: tuple[str, str] | None, path: str, status: int) -> None:
    """Tell good logins from bad ones and from those that lack a right."""
    assert (await axeos_client.ask("GET", path, login=login))[0] == status


async def test_challenge_and_key_parameter(axeos_pbx: AxeosSimulator, axeos_client: Client) -> None:
    """Ask for a login, and take the key in the query of GET requests only, which is noted."""
    async with axeos_client.session.get(f"{axeos_pbx.url}/apis/pbx/users") as response:
        assert response.headers["WWW-Authenticate"].startswith("Basic ")
    assert await axeos_client.get(f"users?key={API_KEY}", login=None)
    assert axeos_pbx.requests[-1].used_key_parameter
    status, _ = await axeos_client.post(
        f"users/{axeos_pbx.world.user('anna').uuid}?key={API_KEY}", {}, login=None
    )
    assert status == 401


@pytest.mark.parametrize(
    ("method", "path", "options", "status"),
    [
        ("GET", "users?full=1", {}, 400),
        ("GET", "users?status=1&status=1", {}, 400),
        ("GET", "system_information?status=1", {}, 400),
        ("GET", "events?timeout=-1", {}, 400),
        ("GET", "events?timeout=1.5", {}, 400),
        ("GET", "events?limit=0", {}, 400),
        ("GET", "users/", {}, 404),
        ("GET", "queues", {}, 404),
        ("POST", "users", {"json": {}}, 405),
        ("PUT", "phones", {}, 405),
        ("GET", "acd/stats?reset=1", {}, 400),
        ("POST", "call", {"data": {"user_name": "anna", "number": "202"}}, 415),
        ("POST", "call", {"json": {"user_name": "anna"}}, 400),
        ("POST", "call", {"json": {"user_name": "anna", "number": 202}}, 400),
        ("POST", "call", {"json": {"user_name": "anna", "number": "202", "auto_answer": 1}}, 400),
        ("POST", "call", {"json": {"user_name": "anna", "number": "bjorn"}}, 400),
        ("POST", "call", {"json": {"number": "202"}}, 400),
        ("POST", "call", {"json": ["anna"]}, 400),
        ("POST", "call", {}, 415),
    ],
)
async def test_violations(
    axeos_pbx: AxeosSimulator,
    axeos_client: Client,
    method: str,
    path: str,
    options: dict[str, Any],
    status: int,
) -> None:
    """Refuse and record what the text does not allow."""
    assert (await axeos_client.ask(method, path, **options))[0] == status
    (violation,) = axeos_pbx.violations
    assert (violation.method, violation.status) == (method, status)


async def test_recorded_request(axeos_pbx: AxeosSimulator, axeos_client: Client) -> None:
    """Remember who asked what."""
    anna = axeos_pbx.world.user("anna")
    await axeos_client.post(f"users/{anna.uuid}", {"dnd": True}, login=PLAIN_LOGIN)
    (recorded,) = axeos_pbx.requests
    assert (recorded.method, recorded.path) == ("POST", f"/apis/pbx/users/{anna.uuid}")
    assert (recorded.json, recorded.login, recorded.status) == ({"dnd": True}, "anna", 200)
    axeos_pbx.clear_requests()
    assert not axeos_pbx.requests


async def test_formats(axeos_pbx: AxeosSimulator, axeos_client: Client) -> None:
    """Answer in JSON unless XML is asked for by suffix or header."""
    assert await axeos_client.get("users.json") == await axeos_client.get("users")
    assert await axeos_client.get("users", headers={"Accept": "image/png"})
    for path, accept in (("users.xml", "*/*"), ("users", "application/xml")):
        url = f"{axeos_pbx.url}/apis/pbx/{path}?key={API_KEY}"
        async with axeos_client.session.get(url, headers={"Accept": accept}) as response:
            assert response.content_type == "application/xml"
            assert "Björn Åkesson" in await response.text()


async def test_user_settings(axeos_pbx: AxeosSimulator, axeos_client: Client) -> None:
    """Change settings, and keep users off each other's settings and off hot desks."""
    world = axeos_pbx.world
    anna, chloe, hot_desk = world.user("anna"), world.user("chloe"), world.phone("hot-1")
    status, user = await axeos_client.post(
        f"users/{anna.uuid}", {"call_forward": "+3120", "cw": False, "dnd": True}
    )
    assert (status, user["call_forward"], user["cw"], user["dnd"]) == (200, "+3120", False, True)
    _, user = await axeos_client.post(f"users/{anna.uuid}", {"call_forward": None}, login=PLAIN_LOGIN)
    assert user["call_forward"] is None
    body = {"hot_desk": hot_desk.uuid}
    assert (await axeos_client.post(f"users/{chloe.uuid}", body, login=PLAIN_LOGIN))[0] == 403
    assert (await axeos_client.post(f"users/{anna.uuid}", body, login=PLAIN_LOGIN))[0] == 403
    assert (await axeos_client.post(f"users/{anna.uuid}", {"hot_desk": None}, login=PLAIN_LOGIN))[0] == 200
    assert (await axeos_client.post(f"users/{chloe.uuid}", body))[1]["hot_desk"] == hot_desk.uuid
    assert (await axeos_client.get(f"phones/{hot_desk.uuid}"))["hot_desk_user"] == chloe.uuid


async def test_mailbox_rights(axeos_pbx: AxeosSimulator, axeos_client: Client) -> None:
    """Show a user his own mailbox, and another one only for its password."""
    own, other = axeos_pbx.world.mailbox("201"), axeos_pbx.world.mailbox("202")
    listed = await axeos_client.get("voicemail", login=PLAIN_LOGIN)
    assert [mailbox["uuid"] for mailbox in listed] == [own.uuid]
    path = f"voicemail/{other.uuid}"
    assert (await axeos_client.ask("GET", path, login=PLAIN_LOGIN))[0] == 403
    assert (await axeos_client.ask("GET", f"{path}?password=1202", login=PLAIN_LOGIN))[0] == 200
    assert (await axeos_client.ask("GET", path))[0] == 200


async def test_literal_admin(axeos_pbx: AxeosSimulator, axeos_client: Client) -> None:
    """Let an admin be without the rights that the text gives to API keys only."""
    axeos_pbx.world.logins["admin"].rights = LITERAL_ADMIN_RIGHTS
    assert await axeos_client.get("voicemail", login=ADMIN_LOGIN) == []
    assert await axeos_client.get("switches", login=ADMIN_LOGIN)


async def test_switches(axeos_pbx: AxeosSimulator, axeos_client: Client) -> None:
    """Set switches within what each can hold, and spell their values in several ways."""
    night, fixed, text = (f"switches/{uuid}" for uuid in axeos_pbx.world.switches)
    assert (await axeos_client.post(night, {"value": "true"}))[1]["value"] == "true"
    assert (await axeos_client.post(night, {"value": "maybe"}))[0] == 400
    assert (await axeos_client.post(fixed, {"value": False}))[0] == 403
    assert (await axeos_client.post(text, {"value": "closed"}))[1]["value"] == "closed"
    axeos_pbx.faults.dialect.switch_values = "bool"
    assert (await axeos_client.get(night))["value"] is True


async def test_acd_statistics(axeos_pbx: AxeosSimulator, axeos_client: Client) -> None:
    """Count waiting calls and agents, and start afresh after a reset."""
    waiting = axeos_pbx.acd.enter("Sales", "+3120", "Jörg")
    axeos_pbx.clock.advance(30)
    (queue,) = (await axeos_client.get("acd/stats?agents=1&calls=1"))["queues"]
    assert queue["calls"] == [{"callerid_name": "Jörg", "callerid_num": "+3120", "position": 1, "wait": 30}]
    assert (queue["free_agents"], queue["longest_hold_time"], queue["relative"]) == (2, 30, False)
    assert {agent["name"] for agent in queue["agents"]} == {"anna", "bjorn"}
    await axeos_client.post("acd/stats", {"reset": True})
    axeos_pbx.acd.take("Sales", "anna", waiting)
    (queue,) = (await axeos_client.get("acd/stats?relative=1"))["queues"]
    assert (queue["answered"], queue["relative"], queue["calls_taken"]) == (1, True, 1)
    axeos_pbx.faults.dialect.acd_container, axeos_pbx.faults.dialect.acd_names = "list", False
    (queue,) = await axeos_client.get("acd/stats")
    assert "name" not in queue


async def test_old_version(axeos_pbx: AxeosSimulator, axeos_client: Client) -> None:
    """Be an old PBX that has only the obsolete fields and no system information."""
    dialect = axeos_pbx.faults.dialect
    dialect.fields, dialect.system_information, dialect.status_text = "obsolete", False, False
    user, phone = (await axeos_client.get("users?status"))[0], (await axeos_client.get("phones?status"))[2]
    assert not {"phones", "hot_desk"} & set(user)
    assert {"primary_phone", "phone"} <= set(user)
    assert not {"hot_desk", "hot_desk_user", "status"} & set(phone)
    assert phone["mobile_logins_enabled"] is True
    assert (await axeos_client.ask("GET", "system_information"))[0] == 404
    assert not axeos_pbx.violations


@pytest.mark.parametrize("kind", ["drop_connection", "lose_answer", "cut"])
async def test_broken_connections(axeos_pbx: AxeosSimulator, axeos_client: Client, kind: str) -> None:
    """Break the connection for some requests only, the work being done or not."""
    anna = axeos_pbx.world.user("anna")
    axeos_pbx.faults.add(kind, times=1, path="/apis/pbx/users", method="POST")
    assert await axeos_client.get("users")
    with pytest.raises(ClientError):
        await axeos_client.post(f"users/{anna.uuid}", {"dnd": True})
    assert anna.dnd is (kind != "drop_connection")
    assert (await axeos_client.post(f"users/{anna.uuid}", {}))[0] == 200


async def test_spoiled_answers(axeos_pbx: AxeosSimulator, axeos_client: Client) -> None:
    """Answer with errors, pages, scraps and wrong types."""
    axeos_pbx.faults.error(503, times=1)
    axeos_pbx.faults.html(times=2)
    url = f"{axeos_pbx.url}/apis/pbx/users?key={API_KEY}"
    statuses = []
    for _ in range(2):
        async with axeos_client.session.get(url) as response:
            statuses.append((response.status, response.content_type))
    assert statuses == [(503, "text/plain"), (200, "text/html")]
    axeos_pbx.faults.truncated(times=1)
    with pytest.raises(ValueError, match=r"Expecting|Unterminated|delimiter"):
        await axeos_client.get("users")
    axeos_pbx.faults.wrong_types(times=1)
    assert (await axeos_client.get("phones"))[0]["hot_desk"] == "perhaps"


async def test_hang_and_refused_logins(axeos_pbx: AxeosSimulator, axeos_client: Client) -> None:
    """Answer a hanging request only after the fault is cleared, and refuse logins when told."""
    axeos_pbx.faults.hang()
    request = asyncio.ensure_future(axeos_client.get("users"))
    await axeos_pbx.recorder.until(lambda recorded: recorded.path.endswith("/users"))
    assert not request.done()
    axeos_pbx.faults.clear()
    assert await request
    axeos_pbx.faults.refuse_logins = True
    assert (await axeos_client.ask("GET", "users"))[0] == 401
