"""An Axeos PBX in a real Home Assistant, as a person sees it."""

from collections.abc import AsyncIterator
from pathlib import Path
from time import monotonic

import pytest_asyncio

from tests.live.browser import Browser
from tests.live.flow_dialog import FlowDialog
from tests.live.instance import LiveHomeAssistant
from tests.simulators.axeos import AxeosSimulator
from tests.simulators.axeos.small_world import API_KEY, small_world
from tests.simulators.common.certificate import self_signed_pem

STATUS = "sensor.pbx_example_org_anna_de_vries_status"


@pytest_asyncio.fixture(loop_scope="session")
async def pbx(live: LiveHomeAssistant) -> AsyncIterator[AxeosSimulator]:
    """Run a simulated PBX with a certificate that nobody vouches for, and remove it from Home Assistant."""
    async with AxeosSimulator(world=small_world(), tls=True) as simulator:
        yield simulator
        for entry in await live.api.entries("pbx"):
            await live.api.delete_entry(entry["entry_id"])
        assert simulator.violations == []


async def set_up(live: LiveHomeAssistant, pbx: AxeosSimulator) -> None:
    """Add the PBX over the API."""
    connection = {"port": pbx.port, "tls": True, "trust": "off"}
    form = {"host": pbx.host, "api_key": API_KEY, "connection": connection}
    await live.api.config_flow.run("pbx", "axeos", "axeos_api_key", form)
    await live.api.wait_for_state(STATUS, "idle")


async def test_set_up_in_the_browser(
    live: LiveHomeAssistant, browser: Browser, pbx: AxeosSimulator, screens: Path
) -> None:
    """A person adds a PBX: the certificate is refused, then the key, then everything is there."""
    page = await browser.page()
    dialog = await FlowDialog.add_integration(page, "PBX")
    await dialog.choose("Axeos PBX")
    await page.screenshot(screens / "1 login.png")
    await dialog.choose("With an API key")
    await dialog.open_section("Connection")
    await dialog.fill({"Host": pbx.host, "API key": "wrong", "Port": pbx.port})
    await (await dialog.field("Fingerprint")).scroll_into_view_if_needed()
    await page.screenshot(screens / "2 form.png")
    await dialog.submit()
    await page.screenshot(screens / "3 certificate.png")
    assert "SHA-256" in await dialog.text()
    assert pbx.requests == []
    await dialog.choose("Trust this certificate")
    assert "refuse" in " ".join(await dialog.errors()).lower()
    await dialog.fill({"API key": API_KEY})
    await dialog.submit()
    await dialog.import_all()
    await dialog.finish()
    await live.api.wait_for_state(STATUS, "idle")
    assert not page.errors
    [entry] = await live.api.entries("pbx")
    assert entry["state"] == "loaded"
    await page.open("/config/integrations/integration/pbx")
    await page.screenshot(screens / "4 integration.png", "text=pbx.example.org")
    [hub] = [d for d in await live.api.devices() if d["name"] == "pbx.example.org"]
    await page.open(f"/config/devices/device/{hub['id']}")
    await page.screenshot(screens / "5 hub.png", "text=Night mode")


async def test_call_is_shown_within_a_second(
    live: LiveHomeAssistant, browser: Browser, pbx: AxeosSimulator, screens: Path
) -> None:
    """A call rings on the PBX and on the screen; an action ends it."""
    await set_up(live, pbx)
    await pbx.events.wait_for_pollers()
    page = await browser.page()
    [anna] = [d for d in await live.api.devices() if d["name"] == "Anna de Vries"]
    await page.open(f"/config/devices/device/{anna['id']}")
    call = pbx.engine.incoming(number="+31201234567", name="Carla", extension="201")
    began = monotonic()
    call.ring(pbx.world.user("anna"))
    await live.api.wait_for_state(STATUS, "ringing")
    assert monotonic() - began < 1
    await page.screenshot(screens / "ringing.png", "text=Ringing")
    await live.api.call_service("pbx", "hangup", target={"entity_id": STATUS})
    await live.api.wait_for_state(STATUS, "idle")
    assert call.finished
    await live.api.wait_for_state(
        "event.pbx_example_org_anna_de_vries_call",
        # Whoever hangs up on purpose has not missed the call.
        lambda state: state.attributes.get("event_type") == "ended" and state.attributes["outcome"] == "busy",
    )


async def test_restart_and_outage(live: LiveHomeAssistant, pbx: AxeosSimulator) -> None:
    """After a restart everything is back by itself, and after an outage of the PBX too; nothing is logged."""
    await set_up(live, pbx)
    await live.restart()
    await live.api.wait_for_state(STATUS, "idle")
    await pbx.stop()
    await live.api.wait_for_state(STATUS, "unavailable")
    await pbx.start()
    await live.api.wait_for_state(STATUS, "idle", within=90)
    log = live.log_text()
    assert not [line for line in log.splitlines() if "custom_components.pbx" in line and "ERROR" in line]
    assert API_KEY not in log


async def test_certificate_is_renewed(
    live: LiveHomeAssistant, browser: Browser, pbx: AxeosSimulator, screens: Path
) -> None:
    """A PBX whose certificate has changed is not talked to, until a person has confirmed the new one."""
    form = {
        "host": pbx.host,
        "api_key": API_KEY,
        "connection": {"port": pbx.port, "tls": True, "trust": "verify"},
    }
    await live.api.config_flow.run("pbx", "axeos", "axeos_api_key", form, "trust_certificate")
    await live.api.wait_for_state(STATUS, "idle")
    await pbx.stop()
    pbx.change_certificate(self_signed_pem(pbx.host))
    await pbx.start()
    await live.api.wait_for_state(STATUS, "unavailable")
    page = await browser.page()
    await page.open("/config/repairs")
    await page.page.get_by_text("shows a certificate that is not trusted").click()
    dialog = await FlowDialog.opened(page)
    await page.screenshot(screens / "1 repair.png")
    assert "New fingerprint" in await dialog.text()
    await dialog.submit()
    await live.api.wait_for_state(STATUS, "idle")
    await page.screenshot(screens / "2 repaired.png")
    assert not page.errors
