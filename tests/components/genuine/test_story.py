"""The story that all systems share, on genuine servers: what Home Assistant shows while telephones call."""

from homeassistant.core import HomeAssistant

from custom_components.pbx.const import DOMAIN
from tests.genuine.fixtures import on_asterisk
from tests.genuine.office import GenuineOffice
from tests.protocols.asterisk.client import telephones
from tests.waiting import until

from .house import House

CUSTOMER = "+31201234567"


@on_asterisk((22, "plain"), (16, "freepbx"))
async def test_story(hass: HomeAssistant, genuine: GenuineOffice, house: House) -> None:
    """Somebody outside calls in vain, then again; Anna answers, holds, and is recorded for a while."""
    async with telephones(genuine, "201") as (anna,), genuine.outside(CUSTOMER, "Carla") as carla:
        await house.shows(u201="idle")
        call = carla.call("+31205550201")
        await anna.rings()
        await house.shows(u201="ringing")
        other = ("sensor", "user", "201", "other_party")
        await until(lambda: house.attributes(*other).get("number") == CUSTOMER)
        assert house.value(*other) == "Carla"
        await call.hang_up()
        await house.shows(u201="idle")
        await until(lambda: house.value("sensor", "user", "201", "missed_calls") == "1")

        call = carla.call("+31205550201")
        ring = await (await anna.rings()).answer()
        await call.is_answered()
        await house.shows(u201="talking")
        who = {"entity_id": house.find("sensor", "user", "201", "status")}
        for on in (True, False):
            await hass.services.async_call(DOMAIN, "set_recording", {**who, "on": on}, blocking=True)
        await ring.hold()
        await house.shows(u201="on_hold")
        await ring.resume()
        await house.shows(u201="talking")
        await hass.services.async_call(DOMAIN, "hangup", who, blocking=True)
        await call.ends()
        await house.shows(u201="idle")
        last = lambda: house.attributes("sensor", "pbx", "", "last_call")  # noqa: E731
        await until(lambda: (last()["outcome"], last()["direction"]) == ("answered", "incoming"))
        await until(lambda: list((genuine.server.folder / "spool").rglob("*.wav")))
