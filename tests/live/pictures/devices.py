"""Take the pictures of devices: a user in a call, the PBX, a queue."""

from tests.live.pictures.studio import AXEOS, HANNAH, JANSEN, Studio, take

LAST_CALL = f"sensor.{AXEOS}_last_call"
WAITING = f"sensor.{AXEOS}_sales_calls_waiting"


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
    for caller in (JANSEN, ("+33142685300", "Agence Élysée")):
        studio.axeos.acd.enter("Sales", *caller)
    await studio.live.api.wait_for_state(WAITING, "2", within=60)
    page = await studio.browser.page(size=(1280, 720))
    await studio.open_device(page, WAITING)
    await take(page, "queue", "text=Calls waiting")
