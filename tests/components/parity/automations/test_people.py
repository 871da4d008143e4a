"""Automations on people and routing switches, written without templates."""

from tests.components.parity.anna import Anna
from tests.components.parity.doing import Doer
from tests.components.parity.teller import Part, Teller
from tests.waiting import until

from .home import Home
from .table import on_each_that_can

PERSON = "person.anna"


def routing_switch(anna: Anna) -> tuple[str, str]:
    """Return a switch that can be set, and of which domain it is."""
    switch = next(entity for entity in anna.of_entry("_switch_") if "holidays" not in entity)
    return switch, switch.partition(".")[0]


def hot_desk(teller: Teller, doer: Doer) -> str | None:
    """Return where somebody sits, as far as that is known."""
    found = [doer.find(platform, "user", teller.sitter, "hot_desk") for platform in ("select", "sensor")]
    return next((doer.state(entity) for entity in found if entity is not None), None)


@on_each_that_can("opening_hours")
async def test_opening_hours(home: Home, teller: Teller, anna: Anna, doer: Doer) -> None:
    """Night mode is on while the calendar has no entry."""
    switch, domain = routing_switch(anna)
    home.house.shows("calendar.opening_hours", "on")
    await home.automate(f"opening_hours_{domain}", switch=switch)
    home.house.shows("calendar.opening_hours", "off")
    await doer.shows(switch, "on")
    home.house.shows("calendar.opening_hours", "on")
    await doer.shows(switch, "off")


@on_each_that_can("alarm_armed")
async def test_alarm_armed(home: Home, teller: Teller, anna: Anna, doer: Doer) -> None:
    """Night mode is on while the alarm is armed."""
    switch, domain = routing_switch(anna)
    home.house.shows("alarm_control_panel.office", "disarmed")
    await home.automate(f"alarm_armed_{domain}", switch=switch)
    home.house.shows("alarm_control_panel.office", "armed_away")
    await doer.shows(switch, "on")
    home.house.shows("alarm_control_panel.office", "disarmed")
    await doer.shows(switch, "off")


@on_each_that_can("forward_when_away")
async def test_forward_when_away(home: Home, teller: Teller, anna: Anna, doer: Doer) -> None:
    """Calls are forwarded while Anna is away."""
    forward = doer.entity("text", "user", teller.anna, "forward_always")
    home.house.shows(PERSON, "home")
    await home.automate("forward_when_away")
    home.house.shows(PERSON, "not_home")
    await doer.shows(forward, teller.colleague)
    home.house.shows(PERSON, "home")
    await doer.shows(forward, "")


@on_each_that_can("do_not_disturb")
async def test_do_not_disturb(home: Home, teller: Teller, anna: Anna) -> None:
    """It is quiet during an appointment."""
    home.house.shows("calendar.anna", "off")
    await home.automate("do_not_disturb")
    home.house.shows("calendar.anna", "on")
    await until(teller.do_not_disturb)
    home.house.shows("calendar.anna", "off")
    await until(lambda: not teller.do_not_disturb())


@on_each_that_can("presence")
async def test_presence(home: Home, teller: Teller, anna: Anna, doer: Doer) -> None:
    """The PBX says that Anna is away, and when."""
    presence = doer.entity("select", "user", teller.anna, "presence")
    home.house.shows(PERSON, "home")
    await home.automate("presence")
    home.house.shows(PERSON, "not_home")
    await doer.shows(presence, "away")
    await doer.shows(doer.entity("text", "user", teller.anna, "presence_note"), "Back tomorrow")
    home.house.shows(PERSON, "home")
    await doer.shows(presence, "available")


@on_each_that_can("hot_desk_left")
async def test_hot_desk_left(home: Home, teller: Teller, anna: Anna, doer: Doer) -> None:
    """Who leaves is logged off."""
    teller.sit_down()
    home.house.shows(PERSON, "home")
    await home.automate("hot_desk_left")
    await until(lambda: hot_desk(teller, doer) not in {None, "none", "unknown"})
    assert teller.sits()
    home.house.shows(PERSON, "not_home")
    await until(lambda: not teller.sits())


@on_each_that_can("hot_desk_lamp")
async def test_hot_desk_lamp(home: Home, teller: Teller, anna: Anna, doer: Doer) -> None:
    """The lamp is on while somebody is logged in."""
    await home.automate("hot_desk_lamp")
    teller.sit_down()
    await home.house.did("light.turn_on")
    if Part.HOT_DESK_CONTROL in teller.cannot:
        teller.stand_up()
    else:
        await doer.act("hot_desk_logout", entity_id=home.entity("sitter_status"))
    await home.house.did("light.turn_on", "light.turn_off")
