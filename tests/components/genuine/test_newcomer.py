"""What somebody does who has only the document: the lines, the form, and what the repairs say later."""

from collections.abc import Callable
from dataclasses import dataclass
import re
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigEntryState, ConfigFlowContext, ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.pbx.const import DOMAIN
from tests.components.fixing import Fix, issues
from tests.components.systems import answer, filled, open_form
from tests.genuine.fixtures import on_asterisk
from tests.genuine.office import GenuineOffice
from tests.waiting import until

from .test_dial_plan import DOCUMENT

PLAIN = ((22, "plain"), (16, "plain"))


@dataclass(frozen=True)
class Place:
    """Where a server is reached, as the form asks for it."""

    host: str
    port: int
    tls: bool = False


def read_lines() -> str:
    """Return the lines for the user from the document, with the address of this machine."""
    text = DOCUMENT.read_text(encoding="utf-8")
    [lines] = re.findall(r"^\[homeassistant\]\n.*?(?=^```)", text, re.MULTILINE | re.DOTALL)
    return lines.replace("192.0.2.10", "127.0.0.1")


SECRET = re.findall(r"secret = (.*)", read_lines())[0]
LOGIN = {"username": "homeassistant", "password": SECRET}
type Write = Callable[[str], Any]


@pytest.fixture
async def write(genuine: GenuineOffice) -> Write:
    """Return what writes the user of the document into the configuration, and has it read."""
    path = genuine.server.folder / "etc" / "manager.d" / "homeassistant.conf"

    async def write(lines: str) -> None:
        path.write_text(lines)
        await genuine.reload("manager")

    await write(read_lines())
    return write


@pytest.fixture
def place(genuine: GenuineOffice) -> Place:
    """Return where the server is."""
    return Place(genuine.server.host, genuine.server.ports.ami)


async def log_in(hass: HomeAssistant, place: Place, **more: Any) -> ConfigEntry:
    """Go through the form, and return the entry once it is connected."""
    form = filled(place, "asterisk", **LOGIN, **more)
    result = await answer(hass, await open_form(hass, "asterisk"), form)
    if result["type"] is FlowResultType.MENU:
        result = await answer(hass, result, "trust_certificate")
    assert result["type"] is FlowResultType.CREATE_ENTRY, result.get("errors")
    entry = result["result"]
    await until(lambda: entry.state is ConfigEntryState.LOADED and entry.runtime_data.connected)
    await hass.async_block_till_done()
    return entry


async def reconfigure(hass: HomeAssistant, entry: ConfigEntry) -> ConfigFlowResult:
    """Open the form that changes an entry."""
    context = ConfigFlowContext(source="reconfigure", entry_id=entry.entry_id)
    return await hass.config_entries.flow.async_init(DOMAIN, context=context)


@on_asterisk(*PLAIN)
async def test_ten_lines(hass: HomeAssistant, write: Write, place: Place) -> None:
    """The lines of the document give everything that there is, and a wrong secret is told as such."""
    result = await open_form(hass, "asterisk")
    wrong = await answer(hass, result, filled(place, "asterisk", **{**LOGIN, "password": "wrong"}))
    assert wrong["errors"] == {"base": "invalid_auth"}
    entry = await log_in(hass, place)
    # Nothing but that the manager interface is plain, which the ten lines leave it.
    await until(lambda: issues(hass) == {"unencrypted"})
    assert entry.runtime_data.session.statistics()["missing_rights"] == []
    assert await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.usefixtures("write")
async def test_tls(hass: HomeAssistant, genuine: GenuineOffice, place: Place) -> None:
    """The certificate of a genuine server is shown and pinned, when it is set up and when that is changed."""
    tls = Place(place.host, genuine.server.ports.ami_tls, tls=True)
    entry = await log_in(hass, tls)
    assert entry.data["trust"] == "fingerprint"
    assert entry.runtime_data.session.statistics()["transport"] == "tls"
    for changed in (place, tls):
        form = filled(changed, "asterisk", **LOGIN)
        result = await answer(hass, await reconfigure(hass, entry), form)
        if result["type"] is FlowResultType.MENU:
            result = await answer(hass, result, "trust_certificate")
        assert result["reason"] == "reconfigure_successful"
        await until(lambda: entry.state is ConfigEntryState.LOADED and entry.runtime_data.connected)
        await hass.async_block_till_done()
        assert entry.data["port"] == changed.port
    assert await hass.config_entries.async_unload(entry.entry_id)


async def test_another_secret(hass: HomeAssistant, write: Write, place: Place) -> None:
    """A secret that was changed is asked for at the next start, and all is well with the new one."""
    entry = await log_in(hass, place)
    await write(read_lines().replace(SECRET, "another one"))
    # A PBX that starts up may refuse a good login, so it is asked again before a person is.
    for state in ConfigEntryState.SETUP_RETRY, ConfigEntryState.SETUP_ERROR:
        await hass.config_entries.async_reload(entry.entry_id)
        assert entry.state is state
    await until(hass.config_entries.flow.async_progress)
    [flow] = hass.config_entries.flow.async_progress()
    assert flow["step_id"] == "reauth_confirm"
    result = await hass.config_entries.flow.async_configure(flow["flow_id"])
    refused = await answer(hass, result, LOGIN)
    assert refused["errors"] == {"base": "invalid_auth"}
    done = await answer(hass, refused, {**LOGIN, "password": "another one"})
    assert done["reason"] == "reauth_successful"
    await until(lambda: entry.state is ConfigEntryState.LOADED and entry.runtime_data.connected)
    assert await hass.config_entries.async_unload(entry.entry_id)


@on_asterisk((22, "freepbx"))
async def test_right_that_no_click_gives(
    hass: HomeAssistant, write: Write, place: Place, hass_client: ClientSessionGenerator
) -> None:
    """What the pages of FreePBX do not have is named in a repair, with the line that puts it right."""
    await write(read_lines().replace(",message", ""))
    entry = await log_in(hass, place)
    await until(lambda: "missing_right_asterisk" in issues(hass))
    fix = await Fix.start(hass, hass_client, "missing_right_asterisk")
    [line] = re.findall(r"write = .*", read_lines())
    assert fix.step["description_placeholders"]["detail"] == f"message ({line})"
    assert not hass.states.async_all("notify")
    still = await fix.submit()
    assert still["type"] == "form"
    await write(read_lines())
    done = await fix.submit()
    assert done["type"] == "create_entry"
    await until(lambda: issues(hass) == {"unencrypted"} and hass.states.async_all("notify"))
    assert await hass.config_entries.async_unload(entry.entry_id)
