"""The house of the demonstration: what blueprints need, the dashboard, and a telephone for who logs in."""

from tests.live.api import Api
from tests.live.config_dir import CONFIGURATION
from tests.live.dashboards import TELEPHONE, list_paths, name_person, save_dashboard
from tests.simulators.innovaphone.demo import VISITOR
from tests.simulators.innovaphone.demo_world import demo_world

HOUSE = f"""{CONFIGURATION}\
input_boolean:
  lamp:
    name: Power of the lamp
  radio:
    name: Power of the radio
    initial: true
media_player:
  - platform: universal
    name: Radio
    unique_id: radio
    state_template: "{{{{ 'playing' if is_state('input_boolean.radio', 'on') else 'paused' }}}}"
    commands:
      media_play:
        action: input_boolean.turn_on
        target:
          entity_id: input_boolean.radio
      media_pause:
        action: input_boolean.turn_off
        target:
          entity_id: input_boolean.radio
template:
  - light:
      - name: Desk lamp
        unique_id: lamp
        state: "{{{{ is_state('input_boolean.lamp', 'on') }}}}"
        turn_on:
          action: input_boolean.turn_on
          target:
            entity_id: input_boolean.lamp
        turn_off:
          action: input_boolean.turn_off
          target:
            entity_id: input_boolean.lamp
"""
CALENDAR = "calendar.appointments"
# What stands in each room.
ROOMS = {"Reception": [CALENDAR], "Office": ["light.desk_lamp"], "Meeting room": ["media_player.radio"]}

# Who logs in is a user of the innovaphone, which can do most, and whose node has this name.
MASTER = "master"


async def furnish(api: Api) -> None:
    """Add the calendar, the rooms and the dashboard, unless an earlier run has done so."""
    await _give_telephone(api)
    if not await api.entries("local_calendar"):
        await api.config_flow.run("local_calendar", {"calendar_name": "Appointments"})
        await api.wait_for_state(CALENDAR, lambda state: True)
    known = {area["name"] for area in await api.socket.command("config/area_registry/list")}
    for room in ROOMS.keys() - known:
        area = await api.socket.command("config/area_registry/create", name=room)
        for entity_id in ROOMS[room]:
            await api.socket.command(
                "config/entity_registry/update", entity_id=entity_id, area_id=area["area_id"]
            )


async def _give_telephone(api: Api) -> None:
    """Add the dashboard, and say whose telephone is that of the demo user; both once only."""
    if "pbx-telephone" in await list_paths(api):
        return
    for entry in await api.entries("pbx"):
        if entry["title"].startswith(MASTER):
            await name_person(api, entry["entry_id"], demo_world().get(VISITOR).guid)
    await save_dashboard(api, "telephone", TELEPHONE)
