"""Take the pictures of the dashboard: switchboard, own telephone, wallboard, at a desk and on a phone."""

from tests.live.browser import PHONE
from tests.live.dashboards import TELEPHONE, name_person, save_dashboard
from tests.live.pictures.studio import AXEOS, HANNAH, JANSEN, Studio, take

WAITING = f"sensor.{AXEOS}_sales_calls_waiting"
ALICE = "sensor.master_example_com_alice_a_status"


async def dashboard(studio: Studio) -> None:
    """Show the dashboard while people talk, ring and wait."""
    live, pbx = studio.live, studio.innovaphone
    entry = next(entry for entry in await live.api.entries("pbx") if "master" in entry["title"])
    await name_person(live.api, entry["entry_id"], pbx.world.get("alice").guid)
    await live.api.wait_for_state(ALICE, "idle")
    path = (await save_dashboard(live.api, "telephone", TELEPHONE)).removesuffix("/0")
    talk = pbx.engine.incoming("0003120123456", "hannah", name="Jansen & Zonen")
    await live.api.wait_for_state(HANNAH, "ringing")
    pbx.engine.answer(talk, "hannah")
    await live.api.wait_for_state(HANNAH, "talking")
    mine = pbx.engine.incoming("0004989123456", "alice", name="Jörg Weiß GmbH")
    await live.api.wait_for_state(ALICE, "ringing")
    page = await studio.browser.page(f"{path}/switchboard", size=(1280, 760))
    await take(page, "dashboard-switchboard", "text=Jörg Weiß")
    page = await studio.browser.page(f"{path}/switchboard", size=(1280, 760), dark=True)
    await take(page, "dashboard-switchboard-dark", "text=Jörg Weiß")
    page = await studio.browser.page(f"{path}/my-phone", size=PHONE)
    await take(page, "dashboard-my-phone", "text=Jörg Weiß", beside_sidebar=False)
    pbx.engine.hang_up(mine)
    pbx.engine.hang_up(talk)
    await live.api.wait_for_state(ALICE, "idle")
    for number, name in (JANSEN, ("+31612345678", "Sanne van den Berg")):
        studio.axeos.acd.enter("Sales", number, name)
    await live.api.wait_for_state(WAITING, "2", within=60)
    page = await studio.browser.page(f"{path}/queues", size=(1280, 760))
    await take(page, "dashboard-queues", "text=Sanne")
