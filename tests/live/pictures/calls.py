"""Take the pictures of what is left of calls: those to return, and the activity."""

from tests.live.pictures.studio import AXEOS, JANSEN, Studio, take

TO_DO = f"todo.{AXEOS}_anna_de_vries_calls_to_return"


async def calls(studio: Studio) -> None:
    """Let some calls happen: missed, answered, between colleagues."""
    await studio.enable(TO_DO)
    await studio.live.api.wait_for_state(TO_DO, "0")
    await studio.axeos.events.wait_for_pollers()
    await _call(studio, *JANSEN, "anna", answered=False)
    await _call(studio, "+4989123456", "Jörg Weiß GmbH", "bjorn", answered=True)
    await _call(studio, "+31612345678", "Sanne van den Berg", "anna", answered=False)
    await studio.live.api.wait_for_state(TO_DO, "2")


async def records(studio: Studio) -> None:
    """Show the calls to return and the activity."""
    page = await studio.browser.page(size=(1280, 480))
    await page.open(f"/todo?entity_id={TO_DO}")
    await take(page, "calls-to-return", "text=Call back Jansen")
    await page.open(f"/logbook?entity_id=sensor.{AXEOS}_last_call")
    await take(page, "activity", "text=from Sanne")


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
