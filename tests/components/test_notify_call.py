"""Notifications about calls without a template, with the app of Home Assistant as it really is."""

from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.auth.models import User as HomeAssistantUser
from homeassistant.components.automation import DOMAIN as AUTOMATION
from homeassistant.components.notify import DATA_COMPONENT, NotifyEntity
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.setup import async_setup_component
from homeassistant.util.json import JsonObjectType
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator, WebSocketGenerator

from custom_components.pbx.const import DOMAIN
from custom_components.pbx.hub.call_back_buttons import KEPT, MOST_BUTTONS, CallBackButtons, Notice
from custom_components.pbx.hub.hub import loaded_hubs
from custom_components.pbx.hub.options import PbxOptions
from custom_components.pbx.protocols.keys import PBX_KEY
from tests.simulators.axeos import AxeosSimulator
from tests.waiting import TIMEOUT, until

CARLA = "+31201234567"
ANNA = "Anna de Vries"
OFFICE = "pbx.example.org"
NOTIFIER = "notify.anna_s_phone"


class App:
    """The app on a telephone: what it was told, and a finger on its buttons."""

    def __init__(self, client: Any, socket: Any, webhook: str) -> None:
        self._client = client
        self._socket = socket
        self._webhook = webhook

    async def next(self) -> dict[str, Any]:
        """Return the next notification."""
        message: dict[str, Any] = await self._socket.receive_json(timeout=TIMEOUT)
        assert message["type"] == "event"
        notification: dict[str, Any] = message["event"]
        return notification

    async def press(self, notification: dict[str, Any]) -> None:
        """Press the only button of a notification."""
        [button] = notification["data"]["actions"]
        event = {"event_type": "mobile_app_notification_action", "event_data": {"action": button["action"]}}
        answer = await self._client.post(
            f"/api/webhook/{self._webhook}", json={"type": "fire_event", "data": event}
        )
        assert answer.status == 200


@pytest.fixture
def language(hass: HomeAssistant) -> str:
    """Return the language of Home Assistant, which a test may choose."""
    return "en"


@pytest.fixture
def loaded_in(hass: HomeAssistant, language: str) -> None:
    """Set the language before anything is loaded."""
    hass.config.language = language


@pytest.fixture
async def app(
    hass: HomeAssistant,
    loaded_in: None,
    loaded: MockConfigEntry,
    hass_client: ClientSessionGenerator,
    hass_ws_client: WebSocketGenerator,
) -> App:
    """Register a telephone as its app does, and let it listen."""
    assert await async_setup_component(hass, "mobile_app", {})
    client = await hass_client()
    telephone = {
        "app_data": {"push_websocket_channel": True},
        "app_id": "io.robbie.HomeAssistant",
        "app_name": "Home Assistant",
        "app_version": "2026.10",
        "device_id": "1",
        "device_name": "Anna's phone",
        "manufacturer": "Fairphone",
        "model": "5",
        "os_name": "Android",
        "os_version": "16",
        "supports_encryption": False,
    }
    registered = await (await client.post("/api/mobile_app/registrations", json=telephone)).json()
    await hass.async_block_till_done()
    socket = await hass_ws_client(hass)
    webhook = registered["webhook_id"]
    await socket.send_json_auto_id({"type": "mobile_app/push_notification_channel", "webhook_id": webhook})
    assert (await socket.receive_json())["success"]
    return App(client, socket, webhook)


async def notify_when(
    hass: HomeAssistant, trigger: str, device: str = ANNA, notifier: str = NOTIFIER, **fields: Any
) -> None:
    """Set up an automation as the editor writes it: a trigger, and the action without any template."""
    target = {"device_id": device_of(hass, device)}
    config = {
        "alias": trigger,
        "triggers": [{"trigger": f"pbx.{trigger}", "target": target}],
        "actions": [{"action": "pbx.notify_call", "target": {"entity_id": notifier}, "data": fields}],
    }
    assert await async_setup_component(hass, AUTOMATION, {AUTOMATION: config})
    await hass.async_block_till_done()


def device_of(hass: HomeAssistant, name: str) -> str:
    """Return the id of the device of a user, a phone or the PBX."""
    [hub] = loaded_hubs(hass)
    keys = (key for key, item in hub.state.objects.items() if item.name == name)
    return str(hub.devices.get_device_id(next(keys, PBX_KEY)))


def miss(pbx: AxeosSimulator, number: str | None = CARLA) -> None:
    """Let a call ring at Anna's until its caller gives up."""
    pbx.engine.incoming(number=number, extension="201", name="Carla").ring("anna").hangup()


def dialed(pbx: AxeosSimulator) -> list[JsonObjectType]:
    """Return what the PBX was asked to dial."""
    return [request.json for request in pbx.requests if request.path.endswith("/call")]


@pytest.mark.parametrize(
    "number", ["*21*0612345678#", "\uff0a21\uff0a0612345678", "sip:%2A21%2A06@evil.example"]
)
async def test_code_of_a_caller(hass: HomeAssistant, pbx: AxeosSimulator, app: App, number: str) -> None:
    """Who shows a code of the PBX as their number, to have it dialed here, gets no button."""
    await notify_when(hass, "call_missed")
    miss(pbx, number)
    assert "actions" not in (await app.next())["data"]


@pytest.mark.parametrize(
    ("language", "title", "message", "button"),
    [
        ("en", "Missed call", f"Carla ({CARLA}) for Anna de Vries", "Call back"),
        ("de", "Verpasster Anruf", f"Carla ({CARLA}) für Anna de Vries", "Zurückrufen"),
        ("fr", "Appel manqué", f"Carla ({CARLA}) pour Anna de Vries", "Rappeler"),
    ],
)
async def test_button_calls_back(
    hass: HomeAssistant,
    pbx: AxeosSimulator,
    app: App,
    language: str,
    title: str,
    message: str,
    button: str,
) -> None:
    """A missed call is told in the language of Home Assistant; its button calls back, once."""
    await notify_when(hass, "call_missed")
    miss(pbx)
    notification = await app.next()
    assert (notification["title"], notification["message"]) == (title, message)
    assert notification["data"]["actions"][0]["title"] == button
    pbx.engine.ring_time = 0
    await app.press(notification)
    await app.press(notification)
    await until(lambda: dialed(pbx))
    await hass.async_block_till_done()
    assert dialed(pbx) == [{"user_uuid": pbx.world.user("anna").uuid, "number": CARLA}]


async def test_call_that_rings(
    hass: HomeAssistant, loaded: MockConfigEntry, pbx: AxeosSimulator, app: App
) -> None:
    """While it rings there is nothing to call back; what comes of the call replaces the notification."""
    await notify_when(hass, "call_ringing", title="Ring ring")
    call = pbx.engine.incoming(number=CARLA, extension="201").ring("anna")
    rings = await app.next()
    assert rings["title"] == "Ring ring"
    assert "actions" not in rings["data"]
    response = {"call_id": f"call-{call.unique_id}", "entity_id": NOTIFIER}
    await hass.services.async_call(DOMAIN, "notify_call", response, blocking=True)
    again = await app.next()
    assert again["title"] == "Incoming call"
    assert again["message"] == CARLA
    assert again["data"]["tag"] == rings["data"]["tag"]


async def test_caller_who_hides(
    hass: HomeAssistant, loaded: MockConfigEntry, pbx: AxeosSimulator, app: App
) -> None:
    """Without a number there is no button."""
    await notify_when(hass, "call_missed")
    pbx.engine.incoming(number="", extension="201").ring("anna").hangup()
    notification = await app.next()
    assert notification["message"] == "an unknown number for Anna de Vries"
    assert "actions" not in notification["data"]


async def test_what_keeps_from_calling_back(
    hass: HomeAssistant, loaded: MockConfigEntry, pbx: AxeosSimulator, app: App
) -> None:
    """Who pressed is told why there is no call, and can try again."""
    hass.config_entries.async_update_entry(loaded, options={"dial_allowed": ["2??"]})
    assert await hass.config_entries.async_reload(loaded.entry_id)
    await notify_when(hass, "call_missed")
    miss(pbx)
    first = await app.next()
    await app.press(first)
    told = await app.next()
    assert told["title"] == "Missed call"
    assert told["message"].startswith(first["message"] + ": ")
    assert "{" not in told["message"]
    assert dialed(pbx) == []
    hass.config_entries.async_update_entry(loaded, options={})
    assert await hass.config_entries.async_reload(loaded.entry_id)
    pbx.engine.behaviour[pbx.world.phone("desk-anna").uuid] = "unavailable"
    await app.press(told)
    assert (await app.next())["message"] == f"{first['message']}: The call did not come about."


async def test_who_presses_calls(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    pbx: AxeosSimulator,
    app: App,
    hass_admin_user: HomeAssistantUser,
) -> None:
    """A missed call of the whole PBX is returned by the user who presses, whom the options know."""
    hass.states.async_set("person.bjorn", "home", {"user_id": hass_admin_user.id})
    row = {"person": "person.bjorn", "user": pbx.world.user("bjorn").uuid}
    hass.config_entries.async_update_entry(loaded, options={"people": [row]})
    assert await hass.config_entries.async_reload(loaded.entry_id)
    await notify_when(hass, "call_missed", OFFICE)
    miss(pbx)
    notification = await app.next()
    assert notification["message"] == f"Carla ({CARLA})"
    pbx.engine.ring_time = 0
    await app.press(notification)
    await until(lambda: dialed(pbx))
    assert dialed(pbx) == [{"user_uuid": pbx.world.user("bjorn").uuid, "number": CARLA}]


async def test_nobody_to_call_back(
    hass: HomeAssistant, loaded: MockConfigEntry, pbx: AxeosSimulator, app: App
) -> None:
    """Where nobody is known who could call, there is no button, unless the action names a phone."""
    await notify_when(hass, "call_missed", OFFICE)
    miss(pbx)
    assert "actions" not in (await app.next())["data"]


async def test_named_phone_calls_back(
    hass: HomeAssistant, loaded: MockConfigEntry, pbx: AxeosSimulator, app: App
) -> None:
    """The action can name the phone that calls back."""
    await notify_when(hass, "call_missed", OFFICE, user=device_of(hass, "Desk Anna"))
    miss(pbx)
    pbx.engine.ring_time = 0
    await app.press(await app.next())
    await until(lambda: dialed(pbx))
    assert dialed(pbx)[0]["phone_uuid"] == pbx.world.phone("desk-anna").uuid


async def test_button_survives_a_restart(
    hass: HomeAssistant, loaded: MockConfigEntry, pbx: AxeosSimulator, app: App
) -> None:
    """The button works after the entry was loaded anew, and goes with the entry."""
    await notify_when(hass, "call_missed")
    miss(pbx)
    notification = await app.next()
    assert await hass.config_entries.async_reload(loaded.entry_id)
    pbx.engine.ring_time = 0
    await app.press(notification)
    await until(lambda: dialed(pbx))


async def test_other_notifiers(hass: HomeAssistant, loaded: MockConfigEntry, pbx: AxeosSimulator) -> None:
    """What is no app shows the text; one without titles has all of it in the message."""
    sent: list[tuple[str, str | None]] = []

    class Ticker(NotifyEntity):
        _attr_name = "Ticker"

        async def async_send_message(self, message: str, title: str | None = None) -> None:
            sent.append((message, title))

    assert await async_setup_component(hass, "notify", {})
    await hass.data[DATA_COMPONENT].async_add_entities([Ticker()])
    await notify_when(hass, "call_missed", notifier="notify.ticker")
    miss(pbx)
    await until(lambda: sent)
    assert sent == [(f"Missed call: Carla ({CARLA}) for Anna de Vries", None)]


@pytest.mark.parametrize(
    ("data", "key"),
    [
        ({"entity_id": NOTIFIER}, "no_call_named"),
        ({"entity_id": NOTIFIER, "call_id": "call-1"}, "no_such_call"),
    ],
)
async def test_asked_wrongly(
    hass: HomeAssistant, loaded: MockConfigEntry, data: dict[str, Any], key: str
) -> None:
    """Without a call there is nothing to tell."""
    with pytest.raises(ServiceValidationError) as error:
        await hass.services.async_call(DOMAIN, "notify_call", data, blocking=True)
    assert error.value.translation_key == key


async def test_nobody_to_tell(hass: HomeAssistant, loaded: MockConfigEntry, pbx: AxeosSimulator) -> None:
    """A target without a notifier is refused by name."""
    call = pbx.engine.incoming(number=CARLA, extension="201").ring("anna")
    await until(lambda: loaded.runtime_data.state.calls.find(call.unique_id))
    data = {"call_id": f"call-{call.unique_id}", "device_id": device_of(hass, OFFICE)}
    with pytest.raises(ServiceValidationError) as error:
        await hass.services.async_call(DOMAIN, "notify_call", data, blocking=True)
    assert error.value.translation_key == "no_notifier"


async def test_old_buttons(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    """A button works for a day, only so many are kept, and masked numbers are never stored."""
    notice = Notice(notifier=NOTIFIER, tag="1", title="Missed call", message="Carla")
    entry = MockConfigEntry(domain=DOMAIN)
    buttons = CallBackButtons(hass, entry, PbxOptions(mask_numbers=True))
    tokens = [buttons.add(notice, CARLA, None) for _ in range(MOST_BUTTONS + 1)]
    assert buttons.pop(tokens[0]) is None
    assert buttons.pop(tokens[1]) is not None
    assert buttons.pop(tokens[1]) is None
    await entry.async_unload(hass)
    again = CallBackButtons(hass, entry, PbxOptions())
    await again.load()
    assert again.pop(tokens[2]) is None
    freezer.tick(KEPT + timedelta(seconds=1))
    assert buttons.pop(tokens[-1]) is None
