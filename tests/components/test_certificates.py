"""Certificates that nobody vouches for: shown in the flow, pinned, and noticed when they change."""

from collections.abc import AsyncIterator
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.pbx.config.certificates import format_fingerprint
from custom_components.pbx.config.login_forms import LOGIN_FORMS
from tests.simulators.axeos import AxeosSimulator
from tests.waiting import until

from .fixing import Fix, issues
from .systems import (
    BEST,
    FORMS,
    SIMULATORS,
    ShownCertificate,
    add_entry,
    answer,
    filled,
    submit,
)

pytestmark = pytest.mark.usefixtures("broken_handshakes")


@pytest.fixture
async def simulator(request: pytest.FixtureRequest) -> AsyncIterator[Any]:
    """Run the PBX for a login, with a certificate of its own."""
    async with SIMULATORS[LOGIN_FORMS[request.param].system](tls=True).faultless() as simulator:
        yield simulator


@pytest.fixture
async def axeos() -> AsyncIterator[AxeosSimulator]:
    """Run an Axeos PBX with a certificate of its own."""
    async with AxeosSimulator(tls=True, v1=False).faultless() as simulator:
        yield simulator


@pytest.fixture
def certificate(request: pytest.FixtureRequest) -> ShownCertificate:
    """Return the certificate of the PBX of the test."""
    name = "simulator" if "simulator" in request.fixturenames else "axeos"
    return ShownCertificate(request.getfixturevalue(name))


@pytest.mark.parametrize(("simulator", "login"), [(name, name) for name in FORMS], indirect=["simulator"])
async def test_pinned_in_the_flow(
    hass: HomeAssistant, simulator: Any, certificate: ShownCertificate, login: str
) -> None:
    """The certificate is shown before anything is sent; every connection is pinned to it from then on."""
    result = await submit(hass, simulator, login)
    assert result["type"] is FlowResultType.MENU
    assert result["step_id"] == "certificate"
    placeholders = result["description_placeholders"]
    assert placeholders is not None
    assert placeholders["fingerprint"] == format_fingerprint(certificate.fingerprint)
    result = await answer(hass, result, "trust_certificate")
    assert result["type"] is FlowResultType.CREATE_ENTRY, result.get("errors")
    assert result["data"]["trust"] == "fingerprint"
    assert result["data"]["fingerprint"] == certificate.fingerprint
    entry = result["result"]
    await until(lambda: entry.state is ConfigEntryState.LOADED)
    await until(lambda: any(s.state == "on" for s in hass.states.async_all("binary_sensor")))
    assert await hass.config_entries.async_unload(entry.entry_id)


async def test_back_to_the_form(hass: HomeAssistant, axeos: AxeosSimulator) -> None:
    """Whoever does not know the certificate goes back to the form, and the PBX has seen no login."""
    result = await submit(hass, axeos, "axeos_api_key")
    result = await answer(hass, result, "back")
    assert result["type"] is FlowResultType.FORM
    assert result["step_id"] == "axeos_api_key"
    assert axeos.requests == []
    off = filled(axeos, "axeos_api_key", connection={"trust": "off"})
    result = await answer(hass, result, off)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert await hass.config_entries.async_unload(result["result"].entry_id)


async def test_pin_is_kept_for_another_attempt(
    hass: HomeAssistant, axeos: AxeosSimulator, certificate: ShownCertificate
) -> None:
    """A wrong key after the confirmation leads to the form, which remembers the certificate."""
    result = await submit(hass, axeos, "axeos_api_key", api_key="wrong")
    result = await answer(hass, result, "trust_certificate")
    assert result["errors"] == {"base": "invalid_auth"}
    [section] = [value for key, value in result["data_schema"].schema.items() if key == "connection"]
    suggested = {str(key): key.description for key in section.schema.schema}
    assert suggested["trust"] == {"suggested_value": "fingerprint"}
    assert suggested["fingerprint"] == {"suggested_value": certificate.fingerprint}
    pin = {"trust": "fingerprint", "fingerprint": certificate.fingerprint}
    result = await answer(hass, result, filled(axeos, "axeos_api_key", connection=pin))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert await hass.config_entries.async_unload(result["result"].entry_id)


async def test_fingerprint_is_asked_for(
    hass: HomeAssistant, axeos: AxeosSimulator, certificate: ShownCertificate
) -> None:
    """Whoever chooses the fingerprint and enters none is shown the certificate."""
    result = await submit(hass, axeos, "axeos_api_key", connection={"trust": "fingerprint"})
    assert result["step_id"] == "certificate"
    result = await answer(hass, result, "trust_certificate")
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert await hass.config_entries.async_unload(result["result"].entry_id)


@pytest.mark.parametrize(
    ("connection", "error"),
    [
        ({"trust": "certificate", "certificate": "missing.pem"}, "certificate_unusable"),
        ({"trust": "fingerprint", "fingerprint": "AB:CD"}, "fingerprint_unusable"),
    ],
)
async def test_unusable_entries(
    hass: HomeAssistant,
    axeos: AxeosSimulator,
    certificate: ShownCertificate,
    connection: dict[str, str],
    error: str,
) -> None:
    """What can't be used is told, and can be corrected."""
    result = await submit(hass, axeos, "axeos_api_key", connection=connection)
    assert result["errors"] == {"base": error}
    own = {"trust": "certificate", "certificate": certificate.pem.decode()}
    result = await answer(hass, result, filled(axeos, "axeos_api_key", connection=own))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert await hass.config_entries.async_unload(result["result"].entry_id)


async def test_certificate_cannot_be_fetched(hass: HomeAssistant, axeos: AxeosSimulator) -> None:
    """A PBX that goes away in between leads back to the form."""
    away = {"trust": "fingerprint", "port": axeos.port + 1}
    result = await submit(hass, axeos, "axeos_api_key", connection=away)
    assert result["errors"] == {"base": "cannot_connect"}
    result = await answer(hass, result, filled(axeos, "axeos_api_key", connection={"trust": "off"}))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert await hass.config_entries.async_unload(result["result"].entry_id)


async def test_reauth_pins(hass: HomeAssistant, axeos: AxeosSimulator, certificate: ShownCertificate) -> None:
    """A certificate that was renewed in the meantime is confirmed while logging in again."""
    entry = add_entry(hass, axeos, "axeos_api_key", trust="fingerprint", fingerprint="0" * 64)
    result = await entry.start_reauth_flow(hass)
    result = await answer(hass, result, FORMS["axeos_api_key"])
    assert result["step_id"] == "certificate"
    result = await answer(hass, result, "trust_certificate")
    assert result["reason"] == "reauth_successful"
    assert entry.data["fingerprint"] == certificate.fingerprint
    await until(lambda: entry.state is ConfigEntryState.LOADED)
    assert await hass.config_entries.async_unload(entry.entry_id)


async def test_reconfigure_pins(hass: HomeAssistant, axeos: AxeosSimulator) -> None:
    """An entry that checked nothing can be pinned later."""
    entry = add_entry(hass, axeos, "axeos_api_key", trust="off")
    result = await entry.start_reconfigure_flow(hass)
    form = filled(axeos, "axeos_api_key", connection={"trust": "fingerprint"})
    result = await answer(hass, result, form)
    result = await answer(hass, result, "trust_certificate")
    assert result["reason"] == "reconfigure_successful"
    assert entry.data["trust"] == "fingerprint"
    await until(lambda: entry.state is ConfigEntryState.LOADED)
    assert await hass.config_entries.async_unload(entry.entry_id)


async def pinned_entry(
    hass: HomeAssistant, simulator: Any, certificate: ShownCertificate, login: str
) -> ConfigEntry:
    """Set up an entry that is pinned to the certificate of a PBX."""
    pin = {"trust": "fingerprint", "fingerprint": certificate.fingerprint}
    entry = add_entry(hass, simulator, login, **pin)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    return entry


@pytest.mark.parametrize(
    ("simulator", "login"), [(login, login) for login in BEST.values()], indirect=["simulator"], ids=BEST
)
async def test_changed_at_run_time(
    hass: HomeAssistant,
    simulator: Any,
    certificate: ShownCertificate,
    login: str,
    hass_client: ClientSessionGenerator,
) -> None:
    """A PBX that shows another certificate gets nothing more until a person has confirmed it."""
    entry = await pinned_entry(hass, simulator, certificate, login)
    old = certificate.fingerprint
    await simulator.stop()
    certificate.renew()
    await simulator.start()
    await until(lambda: "certificate_changed" in issues(hass))
    assert not entry.runtime_data.connected
    fix = await Fix.start(hass, hass_client, "certificate_changed")
    told = fix.step["description_placeholders"]
    assert told["old_fingerprint"] == format_fingerprint(old)
    assert told["fingerprint"] == format_fingerprint(certificate.fingerprint)
    done = await fix.submit()
    assert done["type"] == "create_entry"
    assert entry.data["fingerprint"] == certificate.fingerprint
    await until(lambda: entry.state is ConfigEntryState.LOADED and entry.runtime_data.connected)
    assert "certificate_changed" not in issues(hass)
    assert await hass.config_entries.async_unload(entry.entry_id)


async def test_changed_while_home_assistant_was_off(
    hass: HomeAssistant, axeos: AxeosSimulator, certificate: ShownCertificate
) -> None:
    """At the start it is a reason to try again, and cures itself when the old certificate is back."""
    entry = add_entry(hass, axeos, "axeos_api_key", trust="fingerprint", fingerprint=certificate.fingerprint)
    old = certificate.pem
    certificate.renew()
    assert not await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert "certificate_changed" in issues(hass)
    assert axeos.requests == []
    certificate.show(old)
    assert await hass.config_entries.async_reload(entry.entry_id)
    assert "certificate_changed" not in issues(hass)
    assert await hass.config_entries.async_unload(entry.entry_id)
