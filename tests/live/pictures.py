"""Take the pictures of README.md and docs: `python -m tests.live.pictures [name …]`.

The order of the scenes matters: the first adds a PBX, the last one changes its certificate.
"""

import asyncio
from collections.abc import Awaitable, Callable
import sys

from tests.live.browser import HaPage
from tests.live.flow_dialog import FlowDialog
from tests.live.picture_automations import AUTOMATIONS
from tests.live.studio import Studio, take, take_dialog
from tests.simulators.axeos.small_world import API_KEY
from tests.simulators.common.certificate import load, self_signed_pem

type Scene = Callable[[Studio], Awaitable[None]]

AXEOS = "pbx_example_org"
HANNAH = "sensor.master_example_com_hannah_status"
TO_DO = f"todo.{AXEOS}_anna_de_vries_calls_to_return"
LAST_CALL = f"sensor.{AXEOS}_last_call"
WAITING = f"sensor.{AXEOS}_sales_calls_waiting"
CARLA = ("+31201234567", "Jansen & Zonen")


async def take_flow(page: HaPage, name: str) -> None:
    """Write a picture of the dialog of a flow."""
    await take_dialog(page, name, FlowDialog(page).root.locator("dialog"))


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
    await dialog.finish()
    await studio.add_innovaphone()
    await studio.live.api.wait_for_state(HANNAH, "idle")


async def calls(studio: Studio) -> None:
    """Let some calls happen: missed, answered, between colleagues."""
    await studio.enable(TO_DO)
    await studio.live.api.wait_for_state(TO_DO, "0")
    await studio.axeos.events.wait_for_pollers()
    await _call(studio, *CARLA, "anna", answered=False)
    await _call(studio, "+4989123456", "Jörg Weiß GmbH", "bjorn", answered=True)
    await _call(studio, "+31612345678", "Sanne van den Berg", "anna", answered=False)
    await studio.live.api.wait_for_state(TO_DO, "2")


async def _call(studio: Studio, number: str, name: str, username: str, *, answered: bool) -> None:
    """Let one call ring, perhaps be answered, and end."""
    user = studio.axeos.world.user(username)
    call = studio.axeos.engine.incoming(number, name, user.extension).ring()
    status = f"sensor.desk_{username}_status"
    await studio.live.api.wait_for_state(status, "ringing")
    if answered:
        call.answer()
        await studio.live.api.wait_for_state(status, "talking")
    call.hangup()
    await studio.live.api.wait_for_state(status, "idle")


async def talk(studio: Studio) -> None:
    """Show a user in a call, in light and dark."""
    pbx = studio.innovaphone
    call = pbx.engine.incoming("0003120123456", "hannah", name="Jansen & Zonen")
    await studio.live.api.wait_for_state(HANNAH, "ringing")
    pbx.engine.answer(call, "hannah")
    await studio.live.api.wait_for_state(HANNAH, "talking")
    for name, dark in (("user", False), ("user-dark", True)):
        page = await studio.browser.page(size=(1280, 1000), dark=dark)
        await studio.open_device(page, HANNAH)
        await take(page, name, "text=Talking")
    pbx.engine.hang_up(call)
    await studio.live.api.wait_for_state(HANNAH, "idle")


async def hub(studio: Studio) -> None:
    """Show the PBX."""
    page = await studio.browser.page(size=(1280, 760))
    await studio.open_device(page, LAST_CALL)
    await take(page, "pbx", "text=Night mode")


async def queue(studio: Studio) -> None:
    """Show a queue in which callers wait."""
    for caller in (CARLA, ("+33142685300", "Agence Élysée")):
        studio.axeos.acd.enter("Sales", *caller)
    await studio.live.api.wait_for_state(WAITING, "2", within=60)
    page = await studio.browser.page(size=(1280, 720))
    await studio.open_device(page, WAITING)
    await take(page, "queue", "text=Calls waiting")


async def records(studio: Studio) -> None:
    """Show the calls to return and the activity."""
    page = await studio.browser.page(size=(1280, 480))
    await page.open(f"/todo?entity_id={TO_DO}")
    await take(page, "calls-to-return", "text=Call back Jansen")
    await page.open(f"/logbook?entity_id=event.{AXEOS}_call")
    await take(page, "activity", "text=Missed call from Sanne")


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
    load(pbx._certificate, self_signed_pem(pbx.host))
    await pbx.start()
    await studio.live.api.wait_for_state("sensor.desk_anna_status", "unavailable")
    page = await studio.browser.page()
    await page.open("/config/repairs")
    await page.page.get_by_text("shows a certificate that is not trusted").click()
    await FlowDialog.opened(page)
    await take_flow(page, "repair")


SCENES: dict[str, Scene] = {
    "set_up": set_up,
    "calls": calls,
    "talk": talk,
    "hub": hub,
    "queue": queue,
    "records": records,
    "options": options,
    **AUTOMATIONS,
    "repair": repair,
}


async def main(*names: str) -> None:
    """Play the named scenes, or all of them."""
    async with Studio() as studio:
        for name, scene in SCENES.items():
            if names and name not in {"set_up", *names}:
                continue
            print(name, flush=True)
            await scene(studio)
            await studio.browser.close_pages()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
