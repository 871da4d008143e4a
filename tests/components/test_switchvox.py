"""What is special about a Switchvox, as Home Assistant shows it."""

from collections.abc import AsyncIterator
from typing import Any

from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntryState
from homeassistant.core import HomeAssistant, State
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
import pytest

from custom_components.pbx.const import DOMAIN
from tests.simulators.switchvox import SwitchvoxSimulator
from tests.waiting import until

from .memory_entry import set_up
from .switchvox_entry import administrator, switchvox_entry

OUTSIDE = "5551234567"


@pytest.fixture
async def switchvox() -> AsyncIterator[SwitchvoxSimulator]:
    """Run a PBX."""
    async with SwitchvoxSimulator().faultless() as simulator:
        yield simulator


def of(hass: HomeAssistant, end: str) -> State:
    """Return the state of the only entity whose id ends like this."""
    (found,) = [state for state in hass.states.async_all() if state.entity_id.endswith(end)]
    return found


def issues(hass: HomeAssistant) -> set[str]:
    """Return which rights are said to be missing."""
    registry = ir.async_get(hass)
    found = [issue for (domain, _), issue in registry.issues.items() if domain == DOMAIN and issue.active]
    return {
        str((issue.translation_placeholders or {})["detail"])
        for issue in found
        if str(issue.translation_key).startswith("missing_right")
    }


async def _event(hass: HomeAssistant, kind: str) -> dict[str, Any]:
    """Return the attributes of Anna's latest call event, once it is of this type."""
    await until(lambda: of(hass, "100_anna_zoe_call").attributes.get("event_type") == kind)
    return dict(of(hass, "100_anna_zoe_call").attributes)


@pytest.mark.parametrize("masked", [False, True])
async def test_what_a_call_is_connected_to(
    hass: HomeAssistant, switchvox: SwitchvoxSimulator, masked: bool
) -> None:
    """Room, intercom and the address of another application are attributes of the call."""
    await set_up(hass, switchvox_entry(hass, switchvox, {"mask_numbers": masked}))
    room = switchvox.lines.join_room("100", "800")
    assert (await _event(hass, "answered"))["conference"] == "Meeting room"
    room.first.display_url = f"https://crm.example/?caller={OUTSIDE}"
    switchvox.lines.hold(room, "100")
    shown = (await _event(hass, "held"))["display_url"]
    assert shown.startswith("https://crm.example/?caller=")
    assert (OUTSIDE in shown) is not masked
    switchvox.lines.hang_up(room)
    await _event(hass, "ended")
    switchvox.lines.join_room("100", "850")
    shown = await _event(hass, "answered")
    assert shown["intercom"] == "Warehouse speakers"
    assert "conference" not in shown


async def test_call_through_a_queue(hass: HomeAssistant, switchvox: SwitchvoxSimulator) -> None:
    """The queue is named with the call."""
    await set_up(hass, switchvox_entry(hass, switchvox, **administrator(switchvox)))
    switchvox.lines.incoming(OUTSIDE, "100", queue="300")
    shown = await _event(hass, "ringing")
    assert (shown["queue"], shown["number"], shown["direction"]) == ("Sales", OUTSIDE, "incoming")


async def test_missing_rights_are_named(hass: HomeAssistant, switchvox: SwitchvoxSimulator) -> None:
    """What the PBX refuses is left out, and an issue for each method says its name until it is granted."""
    methods = {"users.presence.getInfo", "users.voicemail.getList"}
    switchvox.dialect.extend.forbidden = set(methods)
    switchvox.world.account("100").lacks = {"subscribe"}
    entry = switchvox_entry(hass, switchvox)
    await set_up(hass, entry)
    named = {f"switchvox.{method}" for method in methods} | {"subscribe"}
    await until(lambda: issues(hass) == named)
    assert of(hass, "100_anna_zoe_status").state == "idle"
    assert not [state for state in hass.states.async_all() if "mailbox" in state.entity_id]
    switchvox.dialect.extend.forbidden = set()
    switchvox.world.account("100").lacks = set()
    switchvox.drop()
    await until(lambda: issues(hass) == set())
    await until(lambda: [state for state in hass.states.async_all() if "mailbox" in state.entity_id])


async def test_wrong_password_is_tried_once(hass: HomeAssistant, switchvox: SwitchvoxSimulator) -> None:
    """A refused start asks a person for another password, and tries nothing more by itself."""
    entry = switchvox_entry(hass, switchvox, password="wrong")
    assert not await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_ERROR
    await until(hass.config_entries.flow.async_progress)
    [flow] = hass.config_entries.flow.async_progress()
    assert flow["context"]["source"] == SOURCE_REAUTH
    assert switchvox.journal.bad_logins == 1


async def test_password_that_was_changed(hass: HomeAssistant, switchvox: SwitchvoxSimulator) -> None:
    """An action finds out, once; a person is asked, and nothing logs in any more meanwhile."""
    await set_up(hass, switchvox_entry(hass, switchvox, {"mailbox_interval": 10}))
    switchvox.world.account("100").password = "changed"
    target = {"entity_id": of(hass, "100_anna_zoe_do_not_disturb").entity_id}
    with pytest.raises(HomeAssistantError) as refused:
        await hass.services.async_call("switch", "turn_on", target, blocking=True)
    assert refused.value.translation_key == "login_refused"
    await until(hass.config_entries.flow.async_progress)
    await until(lambda: of(hass, "100_anna_zoe_status").state == "unavailable")
    assert switchvox.journal.bad_logins == 1


async def test_settings_reach_the_session(hass: HomeAssistant, switchvox: SwitchvoxSimulator) -> None:
    """Whom to watch, and in which spelling, is chosen in the options."""
    switchvox.dialect.realtime.accepted_targets = {"bare"}
    options = {"extensions": ["101"], "targets": "bare"}
    entry = switchvox_entry(hass, switchvox, options, **administrator(switchvox))
    await set_up(hass, entry)
    (subscribed,) = [params for params in switchvox.journal.of("subscribe") if "targets" in params]
    assert subscribed["targets"] == [{"account": 1101}, {"account": 1102}]
    assert entry.data["memory"]["targets"] == "bare"


async def test_what_was_found_out_is_kept(hass: HomeAssistant, switchvox: SwitchvoxSimulator) -> None:
    """After a reload the spelling and the transport that worked are the first to be tried."""
    switchvox.dialect.realtime.accepted_targets = {"extension"}
    switchvox.dialect.transport.websocket = False
    entry = switchvox_entry(hass, switchvox)
    await set_up(hass, entry)
    assert entry.data["memory"].items() >= {"dialect": "polling 3", "targets": "extension"}.items()
    switchvox.journal.clear()
    switchvox.journal.handshakes.clear()
    assert await hass.config_entries.async_reload(entry.entry_id)
    assert set(switchvox.journal.handshakes) == {("polling", "3")}
    assert len([params for params in switchvox.journal.of("subscribe") if "targets" in params]) == 1
