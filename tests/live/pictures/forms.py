"""Take the pictures of forms: set-up, certificate, options, a repair."""

from tests.live.browser import HaPage
from tests.live.flow_dialog import FlowDialog
from tests.live.pictures.studio import HANNAH, Studio, take_dialog
from tests.simulators.axeos.small_world import API_KEY
from tests.simulators.common.certificate import self_signed_pem


async def set_up(studio: Studio) -> None:
    """Choose a make, log in, and be shown a certificate."""
    page = await studio.browser.page()
    dialog = await FlowDialog.add_integration(page, "PBX")
    await take_flow(page, "set-up")
    await dialog.choose("Axeos PBX")
    await dialog.choose("With an API key")
    await dialog.open_section("Connection")
    await dialog.fill({"Host": studio.axeos.host, "API key": API_KEY, "Port": studio.axeos.port})
    await dialog.submit()
    await take_flow(page, "certificate")
    await dialog.choose("Trust this certificate")
    await take_flow(page, "import")
    await dialog.import_all()
    await dialog.finish()
    await studio.add_innovaphone()
    await studio.live.api.wait_for_state(HANNAH, "idle")


async def options(studio: Studio) -> None:
    """Show the options, one section of them open."""
    page = await studio.browser.page(size=(1280, 1100))
    [entry] = [entry for entry in await studio.live.api.entries("pbx") if "example.org" in entry["title"]]
    await page.open("/config/integrations/integration/pbx")
    rows = page.page.locator("ha-config-entry-row").filter(has_text=entry["title"])
    await rows.first.get_by_role("button", name="Configure").click()
    dialog = await FlowDialog.opened(page)
    await dialog.open_section("Dialing")
    await take_flow(page, "options")


async def repair(studio: Studio) -> None:
    """Show the repair of a PBX whose certificate has changed."""
    pbx = studio.axeos
    await pbx.stop()
    pbx.change_certificate(self_signed_pem(pbx.host))
    await pbx.start()
    await studio.live.api.wait_for_state("sensor.desk_anna_status", "unavailable")
    page = await studio.browser.page()
    await page.open("/config/repairs")
    await page.page.get_by_text("shows a certificate that is not trusted").click()
    await FlowDialog.opened(page)
    await take_flow(page, "repair")


async def take_flow(page: HaPage, name: str) -> None:
    """Write a picture of the dialog of a flow."""
    await take_dialog(page, name, FlowDialog(page).root.locator("dialog"))
