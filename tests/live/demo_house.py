"""The house of the demonstration: a lamp, a radio, a calendar and rooms, so that blueprints can be tried."""

from tests.live.api import Api
from tests.live.config_dir import CONFIGURATION

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


async def furnish(api: Api) -> None:
    """Add the calendar and the rooms, unless an earlier run has done so."""
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
