"""The web hook that a PBX calls, over real requests."""

from collections.abc import AsyncIterator, Iterable, Mapping
from http import HTTPStatus
import logging
from typing import Any

from aiohttp.test_utils import TestClient
from homeassistant.const import CONF_WEBHOOK_ID
from homeassistant.core import Event, HomeAssistant
from homeassistant.helpers.json import json_bytes
from homeassistant.setup import async_setup_component
from homeassistant.util.json import json_loads
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator
from voluptuous import UNDEFINED
from yarl import URL

from custom_components.pbx.const import EVENT_RAW
from custom_components.pbx.diagnostics import async_get_config_entry_diagnostics
from custom_components.pbx.hub import webhook as push
from custom_components.pbx.protocols.json_text import clean_text
from custom_components.pbx.protocols.session import PushHook
from tests.simulators.switchvox import OWN, PASSWORD, SwitchvoxSimulator
from tests.waiting import until

from .memory_entry import memory_entry, set_up
from .switchvox_entry import switchvox_entry

OUTSIDE = "5551234567"
ANSWER = "<response><result></result></response>"


@pytest.fixture
async def switchvox() -> AsyncIterator[SwitchvoxSimulator]:
    """Run a PBX that can call web hooks."""
    async with SwitchvoxSimulator().faultless() as simulator:
        yield simulator


@pytest.fixture
async def entry(hass: HomeAssistant, switchvox: SwitchvoxSimulator) -> MockConfigEntry:
    """Set the integration up for it, so that nothing is read again for long."""
    assert await async_setup_component(hass, "webhook", {})
    entry = switchvox_entry(hass, switchvox, {"mailbox_interval": 3600, "raw_events": True})
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    return entry


@pytest.fixture
async def client(
    hass: HomeAssistant, entry: MockConfigEntry, hass_client_no_auth: ClientSessionGenerator
) -> TestClient[Any, Any]:
    """Return a client that is logged in nowhere, as a PBX is."""
    return await hass_client_no_auth()


@pytest.fixture
def raw(hass: HomeAssistant) -> list[Event]:
    """Collect what is passed on in the words of the PBX."""
    events: list[Event] = []
    hass.bus.async_listen(EVENT_RAW, events.append)
    return events


def path_of(entry: MockConfigEntry, query: str = "") -> URL:
    """Return the path of the hook as the PBX calls it, which replaces placeholders and nothing else."""
    return URL(f"/api/webhook/{entry.data[CONF_WEBHOOK_ID]}{query}", encoded=True)


def mailbox(hass: HomeAssistant) -> str:
    """Return how many new messages there are."""
    return next(
        state.state for state in hass.states.async_all("sensor") if state.entity_id.endswith("new_messages")
    )


@pytest.mark.parametrize("method", ["post", "get"])
async def test_news_is_answered_and_used(
    hass: HomeAssistant,
    switchvox: SwitchvoxSimulator,
    entry: MockConfigEntry,
    client: TestClient[Any, Any],
    method: str,
) -> None:
    """The mailbox is read at once, and the answer is empty XML."""
    assert mailbox(hass) == "1"
    switchvox.leave_voicemail(OWN, OUTSIDE)
    response = await client.request(method, path_of(entry, "?event=voicemail_new"))
    assert response.status == HTTPStatus.OK
    assert response.content_type == "text/xml"
    assert await response.text() == ANSWER
    await until(lambda: mailbox(hass) == "2")


async def test_answer_does_not_wait_for_the_pbx(
    hass: HomeAssistant, switchvox: SwitchvoxSimulator, entry: MockConfigEntry, client: TestClient[Any, Any]
) -> None:
    """The PBX holds up its calls until it is answered, so it is, whatever the reading takes."""
    rule = switchvox.faults.hang(path="/json")
    response = await client.post(path_of(entry, "?event=voicemail_new"))
    assert await response.text() == ANSWER
    await until(lambda: rule.hits)
    switchvox.faults.clear()


async def test_call_events_are_passed_on(
    hass: HomeAssistant, entry: MockConfigEntry, client: TestClient[Any, Any], raw: list[Event]
) -> None:
    """Only what a trigger is known to say goes on, an id of many digits as it was."""
    query = f"?event=incoming&number={OUTSIDE}&name=M%C3%BCller&job=99.100&transfer_extension=900"
    response = await client.post(path_of(entry, query), data={"number": "evil"})
    assert await response.text() == ANSWER
    await until(lambda: raw)
    assert raw[0].data["type"] == "trigger.incoming"
    assert raw[0].data["data"] == {"number": OUTSIDE, "name": "Müller", "job": "99.100"}


async def test_placeholders_that_were_not_filled_in(
    hass: HomeAssistant, entry: MockConfigEntry, client: TestClient[Any, Any], raw: list[Event]
) -> None:
    """An address that was entered for the wrong kind of event says nothing but the event."""
    query = "?event=hangup&number=%CALLER_ID_NUMBER%&name=%CALLER_ID_NAME%&job=%JOB_ID%"
    await client.post(path_of(entry, query))
    await until(lambda: raw)
    assert raw[0].data["data"] == {}


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?event=made_up",
        "?number=1",
        "?event=incoming&number=" + "9" * 300,
        "?event=incoming&" + "&".join(f"m{index}=1" for index in range(30)),
        "?event=%00%ff&number=%",
        "?event=incoming&event=voicemail_new" + "&name=" + "x" * 201,
    ],
)
async def test_nonsense_is_answered_and_dropped(
    hass: HomeAssistant,
    switchvox: SwitchvoxSimulator,
    entry: MockConfigEntry,
    client: TestClient[Any, Any],
    raw: list[Event],
    query: str,
) -> None:
    """Whatever is sent gets the same answer, and nothing comes of it."""
    reads = len(switchvox.journal.entries)
    response = await client.post(path_of(entry, query))
    assert (response.status, await response.text()) == (HTTPStatus.OK, ANSWER)
    await hass.async_block_till_done()
    assert raw == []
    assert len(switchvox.journal.entries) == reads


async def test_flood_is_dropped(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    client: TestClient[Any, Any],
    raw: list[Event],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Who sends without end is answered, and no more than a burst is passed on."""
    monkeypatch.setattr(push, "PER_SECOND", 0.0)
    for _ in range(push.BURST + 20):
        response = await client.post(path_of(entry, "?event=incoming&number=1"))
        assert await response.text() == ANSWER
    await until(lambda: len(raw) == push.BURST)
    await hass.async_block_till_done()
    assert len(raw) == push.BURST


def test_allowance_grows_again() -> None:
    """After a burst so much a second is allowed, and never more than another burst is saved up."""
    now = [0.0]
    allowance = push.Allowance(lambda: now[0])
    assert [allowance.use() for _ in range(push.BURST + 1)].count(True) == push.BURST
    now[0] = 0.5
    assert [allowance.use() for _ in range(10)].count(True) == 5
    now[0] = 10**6
    assert [allowance.use() for _ in range(push.BURST + 1)].count(True) == push.BURST


async def test_news_while_the_pbx_is_away(
    hass: HomeAssistant,
    switchvox: SwitchvoxSimulator,
    entry: MockConfigEntry,
    client: TestClient[Any, Any],
    raw: list[Event],
) -> None:
    """Nothing can be made of news then, since everything is read anew afterwards."""
    await switchvox.stop()
    await until(lambda: not entry.runtime_data.connected)
    response = await client.post(path_of(entry, "?event=incoming&number=1"))
    assert await response.text() == ANSWER
    await hass.async_block_till_done()
    assert raw == []


async def test_secret_address_stays_the_same(
    hass: HomeAssistant, switchvox: SwitchvoxSimulator, entry: MockConfigEntry
) -> None:
    """Neither a reload nor another login changes what people have entered at the PBX."""
    secret = entry.data[CONF_WEBHOOK_ID]
    assert len(secret) == 64
    assert await hass.config_entries.async_reload(entry.entry_id)
    assert entry.data[CONF_WEBHOOK_ID] == secret
    shown = await entry.start_reconfigure_flow(hass)
    connection = {"port": switchvox.port, "tls": False}
    form = {"host": switchvox.host, "extension": OWN, "password": PASSWORD, "connection": connection}
    result = await hass.config_entries.flow.async_configure(shown["flow_id"], form)
    assert result["reason"] == "reconfigure_successful", result
    await hass.async_block_till_done()
    assert entry.data[CONF_WEBHOOK_ID] == secret
    assert secret not in str(await async_get_config_entry_diagnostics(hass, entry))


async def test_hook_goes_with_the_entry(
    hass: HomeAssistant, entry: MockConfigEntry, client: TestClient[Any, Any], raw: list[Event]
) -> None:
    """Unloaded or removed, nobody listens; loaded again, the same address does."""
    path = path_of(entry, "?event=incoming&number=1")
    assert await hass.config_entries.async_unload(entry.entry_id)
    response = await client.post(path)
    assert await response.text() == ""
    assert await hass.config_entries.async_setup(entry.entry_id)
    response = await client.post(path)
    assert await response.text() == ANSWER
    await until(lambda: len(raw) == 1)
    await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()
    response = await client.post(path)
    assert await response.text() == ""
    assert len(raw) == 1


async def test_options_show_what_to_enter_at_the_pbx(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """The address for each event is shown under its name, and nothing of it is kept."""
    await hass.config.async_update(internal_url="http://ha.example:8123")
    shown = await hass.config_entries.options.async_init(entry.entry_id)
    addresses = {str(marker): marker.default() for marker in _push_fields(shown)}
    assert len(addresses) == 9
    url = f"http://ha.example:8123{path_of(entry)}"
    assert all(address.startswith(f"{url}?event=") for address in addresses.values())
    assert addresses["push_voicemail_new"] == f"{url}?event=voicemail_new"
    *_, query = addresses["push_incoming"].partition("&")
    assert query == "number=%CALLER_ID_NUMBER%&name=%CALLER_ID_NAME%&job=%JOB_ID%"
    form = {
        str(name): {
            str(field): field.default() for field in part.schema.schema if field.default is not UNDEFINED
        }
        for name, part in shown["data_schema"].schema.items()
    }
    result = await hass.config_entries.options.async_configure(shown["flow_id"], form)
    await hass.async_block_till_done()
    assert not [name for name in result["data"] if name.startswith("push")]


def _push_fields(shown: Mapping[str, Any]) -> Iterable[Any]:
    return shown["data_schema"].schema["push"].schema.schema


async def test_address_without_a_known_host(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Where Home Assistant does not know its own address, the path is shown."""
    hass.config.internal_url = hass.config.external_url = hass.config.api = None
    addresses = push.get_push_addresses(entry.runtime_data)
    assert addresses["agent_login"] == f"{path_of(entry)}?event=agent_login"


async def test_pbx_that_calls_no_hook(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> None:
    """A system without web hooks has no address, and its options do not speak of one."""
    entry, _ = memory_entry(hass, monkeypatch, ())
    await set_up(hass, entry)
    assert CONF_WEBHOOK_ID not in entry.data
    assert push.get_push_addresses(entry.runtime_data) == {}
    shown = await hass.config_entries.options.async_init(entry.entry_id)
    assert "push" not in shown["data_schema"].schema


async def test_session_that_can_not_use_the_news(
    hass: HomeAssistant,
    monkeypatch: pytest.MonkeyPatch,
    hass_client_no_auth: ClientSessionGenerator,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The PBX is answered all the same."""
    caplog.set_level(logging.DEBUG, push.__name__)
    assert await async_setup_component(hass, "webhook", {})
    entry, session = memory_entry(hass, monkeypatch, ())
    session.push_hook = PushHook(answer="{}", content_type="application/json", queries={"Ring": "?ring"})
    await set_up(hass, entry)
    client = await hass_client_no_auth()
    response = await client.post(path_of(entry, "?event=ring"))
    assert (response.content_type, await response.text()) == ("application/json", "{}")
    await until(lambda: "of no use" in caplog.text)
    assert "ERROR" not in caplog.text


@pytest.mark.parametrize(
    "text", ["%00", "%1b%5b31m", "%ed%a0%80", "%ff%fe", "%e2%80%ae", "%F0%9F%98%80", "%7f%c2%85"]
)
async def test_what_is_no_text(
    entry: MockConfigEntry, client: TestClient[Any, Any], raw: list[Event], text: str
) -> None:
    """A query passes the same door as all other text, and breaks no event, state or store."""
    query = f"?event=incoming&name=a{text}b"
    assert (await client.get(path_of(entry, query))).status == HTTPStatus.OK
    await until(lambda: raw)
    told = json_loads(json_bytes(raw[0].data))
    assert told["data"]
    assert [text for text in told["data"].values() if clean_text(text) != text] == []
