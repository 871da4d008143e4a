"""Forms that were sent as the frontend fills them in: nothing that is stored or was typed gets lost."""

from collections.abc import AsyncIterator
from typing import Any

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import section
from homeassistant.helpers import config_validation as cv
from probatio import to_field_list
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.simulators.axeos import AxeosSimulator
from tests.simulators.axeos.small_world import ADMIN_LOGIN, OAUTH_CLIENT
from tests.simulators.switchvox import PASSWORD, SwitchvoxSimulator

from .switchvox_entry import administrator, switchvox_entry
from .systems import import_all


def fill_in(fields: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what the frontend makes of the fields of a form that nobody touches.

    As its computeInitialHaFormData does: a suggested value goes before a default, a default before what the
    fields of a section suggest, and a section that is not required and has no values is left out.
    """
    data: dict[str, Any] = {}
    for field in fields:
        suggested = (field.get("description") or {}).get("suggested_value")
        if suggested is not None:
            data[field["name"]] = suggested
        elif "default" in field:
            data[field["name"]] = field["default"]
        elif field.get("type") == "expandable":
            inner = fill_in(field["schema"])
            if inner or field.get("required"):
                data[field["name"]] = inner
    return data


def as_shown(result: ConfigFlowResult) -> dict[str, Any]:
    """Return the values with which a form is shown."""
    schema = result["data_schema"]
    assert schema is not None
    return fill_in(to_field_list(schema, custom_serializer=cv.custom_serializer))


def unfolded(result: ConfigFlowResult) -> set[str]:
    """Return the sections of a form that are open."""
    schema = result["data_schema"]
    assert schema is not None
    sections = {str(name): part for name, part in schema.schema.items() if isinstance(part, section)}
    return {name for name, part in sections.items() if not part.options["collapsed"]}


@pytest.fixture
async def switchvox() -> AsyncIterator[SwitchvoxSimulator]:
    """Run a simulated Switchvox."""
    async with SwitchvoxSimulator() as simulator:
        yield simulator


async def set_up(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Set an entry up."""
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()


async def submit(hass: HomeAssistant, result: ConfigFlowResult, data: dict[str, Any]) -> ConfigFlowResult:
    """Send a form."""
    return await import_all(hass, await hass.config_entries.flow.async_configure(result["flow_id"], data))


async def test_unchanged_form_of_switchvox(hass: HomeAssistant, switchvox: SwitchvoxSimulator) -> None:
    """Who changes nothing keeps the login of the administrator too."""
    entry = switchvox_entry(hass, switchvox, trust="verify", provisional_id=False, **administrator(switchvox))
    await set_up(hass, entry)
    before = dict(entry.data)
    result = await entry.start_reconfigure_flow(hass)
    shown = as_shown(result)
    assert shown["administrator"] == {"admin_username": switchvox.world.admin[0], "watch": "all"}
    assert PASSWORD not in str(shown)
    done = await submit(hass, result, shown)
    assert done["reason"] == "reconfigure_successful"
    assert entry.data == before
    await hass.async_block_till_done()


async def test_unchanged_form_of_axeos(
    hass: HomeAssistant, pbx: AxeosSimulator, entry: MockConfigEntry
) -> None:
    """Who changes nothing keeps the client of the newer API, also where no section is sent at all."""
    login = {"username": ADMIN_LOGIN[0], "password": ADMIN_LOGIN[1], "login": "axeos_user"}
    client = {"client_id": OAUTH_CLIENT[0], "client_secret": OAUTH_CLIENT[1]}
    data = {name: value for name, value in entry.data.items() if name != "api_key"} | login | client
    hass.config_entries.async_update_entry(entry, data=data)
    await set_up(hass, entry)
    result = await entry.start_reconfigure_flow(hass)
    shown = as_shown(result)
    assert shown["v1"] == {"client_id": OAUTH_CLIENT[0]}
    del shown["v1"]
    assert (await submit(hass, result, shown))["reason"] == "reconfigure_successful"
    assert entry.data == data
    await hass.async_block_till_done()


async def test_secret_of_another_name(hass: HomeAssistant, switchvox: SwitchvoxSimulator) -> None:
    """A stored secret is not kept for another name; nothing is sent, and what was typed stays."""
    entry = switchvox_entry(hass, switchvox, trust="verify", provisional_id=False, **administrator(switchvox))
    await set_up(hass, entry)
    before = dict(entry.data)
    result = await entry.start_reconfigure_flow(hass)
    shown = as_shown(result)
    again = await submit(hass, result, {**shown, "extension": "999"})
    assert again["errors"] == {"base": "login_incomplete"}
    other = {**shown, "administrator": {"admin_username": "somebody", "watch": "all"}}
    again = await submit(hass, result, other)
    assert again["errors"] == {"base": "login_incomplete"}
    assert as_shown(again)["administrator"]["admin_username"] == "somebody"
    assert entry.data == before
    gone = await submit(hass, result, {**shown, "administrator": {}})
    assert gone["reason"] == "reconfigure_successful"
    assert not {"admin_username", "admin_password"} & entry.data.keys()
    await hass.async_block_till_done()


async def test_sections_after_a_failed_attempt(hass: HomeAssistant, switchvox: SwitchvoxSimulator) -> None:
    """What was typed into a section is still there after an error, and a lone password is refused."""
    result = await hass.config_entries.flow.async_init("pbx", context={"source": "user"})
    result = await submit(hass, result, {"next_step_id": "switchvox"})
    connection = {"port": switchvox.port, "tls": False, "trust": "verify"}
    name, password = switchvox.world.admin
    form = {"host": switchvox.host, "extension": "100", "password": PASSWORD, "connection": connection}
    alone = await submit(hass, result, {**form, "administrator": {"admin_password": password}})
    assert alone["errors"] == {"base": "login_incomplete"}
    both = {"admin_username": name, "admin_password": password}
    refused = await submit(hass, result, {**form, "host": "127.0.0.1:1", "administrator": both})
    assert refused["errors"]
    assert as_shown(refused)["administrator"] == both


async def test_section_with_the_error(hass: HomeAssistant, switchvox: SwitchvoxSimulator) -> None:
    """Of the folded sections, that with what is wrong is open; the other stays folded."""
    result = await hass.config_entries.flow.async_init("pbx", context={"source": "user"})
    result = await submit(hass, result, {"next_step_id": "switchvox"})
    assert unfolded(result) == set()
    assert as_shown(result)["administrator"] == {"watch": "own"}
    connection = {"port": switchvox.port, "tls": False, "trust": "verify"}
    form = {"host": switchvox.host, "extension": "100", "password": PASSWORD, "connection": connection}
    both = {"admin_username": switchvox.world.admin[0], "admin_password": "wrong", "watch": "all"}
    refused = await submit(hass, result, {**form, "administrator": both})
    assert refused["errors"] == {"base": "administrator_refused"}
    assert unfolded(refused) == {"administrator"}
    assert as_shown(refused)["administrator"] == both
    half = await submit(hass, result, {**form, "administrator": {"admin_username": "admin"}})
    assert half["errors"] == {"base": "login_incomplete"}
    assert unfolded(half) == {"administrator"}
    wrong = await submit(hass, result, {**form, "connection": {**connection, "tls": True}})
    assert wrong["errors"] == {"base": "tls_on_plain_port"}
    assert unfolded(wrong) == {"connection"}


@pytest.mark.parametrize(("login", "field"), [("axeos_api_key", "api_key"), ("ipcortex_key", "auth_key")])
async def test_blank_key(hass: HomeAssistant, login: str, field: str) -> None:
    """Blanks are no key, and what is said of them does not speak of names; nothing is sent."""
    result = await hass.config_entries.flow.async_init("pbx", context={"source": "user"})
    for choice in (login.partition("_")[0], login):
        result = await submit(hass, result, {"next_step_id": choice})
    form = {"host": "pbx.invalid", field: "  ", "connection": {"tls": True, "trust": "verify"}}
    refused = await submit(hass, result, form)
    assert refused["errors"] == {"base": "key_missing"}
    assert unfolded(refused) == set()


async def test_blanks_around_a_new_key(
    hass: HomeAssistant, pbx: AxeosSimulator, entry: MockConfigEntry
) -> None:
    """Where a login is asked for again, blanks alone are no key either, and those around one do not count."""
    key = pbx.world.api_keys[0]
    hass.config_entries.async_update_entry(entry, data={**entry.data, "api_key": "replaced"})
    result = await entry.start_reauth_flow(hass)
    blank = await submit(hass, result, {"api_key": "  "})
    assert blank["errors"] == {"base": "key_missing"}
    done = await submit(hass, result, {"api_key": f" {key} "})
    assert done["reason"] == "reauth_successful"
    assert entry.data["api_key"] == key
    await hass.async_block_till_done()


async def test_pasted_address(hass: HomeAssistant, pbx: AxeosSimulator) -> None:
    """A pasted URL says port and TLS, and blanks around a key do not count."""
    result = await hass.config_entries.flow.async_init("pbx", context={"source": "user"})
    for choice in ("axeos", "axeos_api_key"):
        result = await submit(hass, result, {"next_step_id": choice})
    connection = {"tls": True, "trust": "verify"}
    form = {"api_key": f" {pbx.world.api_keys[0]} ", "connection": connection}
    refused = await submit(hass, result, {**form, "host": f"https://admin:secret@{pbx.host}"})
    assert refused["errors"] == {"base": "host_with_login"}
    done = await submit(hass, result, {**form, "host": f" HTTP://{pbx.host}:{pbx.port}/apis/ "})
    entry = done["result"]
    assert (entry.data["host"], entry.data["port"], entry.data["tls"]) == (pbx.host, pbx.port, False)
    await hass.async_block_till_done()


async def test_title_of_a_login_that_is_asked_for_again(
    hass: HomeAssistant, switchvox: SwitchvoxSimulator
) -> None:
    """The card that asks for another login names the PBX and where it is."""
    entry = switchvox_entry(hass, switchvox)
    await entry.start_reauth_flow(hass)
    (flow,) = hass.config_entries.flow.async_progress()
    assert flow["context"]["title_placeholders"] == {"name": "Office", "host": switchvox.host}
