"""What a system has no command for, and what makes no sense to any."""

from typing import Any

import pytest
import voluptuous as vol

from .anna import Anna
from .doing import Doer, lacking, lacks, on
from .teller import Teller

USERS: list[tuple[str, dict[str, Any], list[str]]] = [
    ("set_presence", {"activity": "away"}, lacking("innovaphone", "switchvox", "asterisk")),
    ("set_presence", {"activity": "other", "words": "abroad"}, lacking("innovaphone")),
    ("set_presence", {"activity": "busy", "source": "calendar:"}, lacking("innovaphone")),
    ("set_do_not_disturb", {}, ["ipcortex"]),
    ("set_forward", {"number": "202"}, ["switchvox"]),
    ("set_tags", {"tags": ["a"]}, lacking("ipcortex")),
    ("set_forward", {"number": "202", "condition": "busy"}, lacking("innovaphone", "asterisk")),
    ("hot_desk_logout", {}, lacking("axeos", "ipcortex")),
    ("connect_numbers", {"first": "201", "second": "202"}, lacking("switchvox", "asterisk")),
]
PBX: list[tuple[str, dict[str, Any], list[str]]] = [
    ("get_favourites", {}, lacking()),
    ("add_favourite", {"name": "A", "number": "1"}, lacking()),
    ("update_favourite", {"favourite_id": "1", "name": "A"}, lacking()),
    ("remove_favourite", {"favourite_id": "1"}, lacking()),
    ("add_favourite_list", {"name": "A"}, lacking()),
    ("rename_favourite_list", {"name": "A"}, lacking()),
    ("remove_favourite_list", {}, lacking()),
    ("mark_on_call", {"on": True}, lacking()),
    ("get_call_history", {}, lacking("ipcortex")),
    ("find_contacts", {"words": "a"}, lacking("ipcortex")),
    ("call_rest", {"path": "/rest/x"}, lacking("ipcortex")),
]


@lacks(*USERS)
async def test_what_a_system_cannot_do_for_a_user(
    teller: Teller, anna: Anna, doer: Doer, actions: list[tuple[str, dict[str, Any]]]
) -> None:
    """A system that has no such command says so."""
    await doer.has_none_of(actions, entity_id=anna.entity("status"))


@lacks(*PBX)
async def test_what_a_system_cannot_do_at_all(
    teller: Teller, anna: Anna, doer: Doer, actions: list[tuple[str, dict[str, Any]]]
) -> None:
    """A system that has no such command says so."""
    await doer.has_none_of(actions, **doer.pbx)


WRONG: list[tuple[str, dict[str, Any]]] = [
    ("transfer", {}),
    ("transfer", {"number": "1", "other": True}),
    ("transfer", {"other": False}),
    ("redirect", {}),
    ("reject_unwanted", {"group": []}),
    ("reject_unwanted", {"group": [" "]}),
    ("park", {"position": -1}),
    ("park", {"position": "x"}),
    ("pick_up", {"call_id": "1", "ringing_at": "2"}),
    ("send_dtmf", {"digits": "hello"}),
    ("set_presence", {"activity": "sleeping"}),
    ("set_presence", {"activity": "other", "words": " "}),
    ("set_presence", {"activity": "other", "source": "x" * 61}),
    ("set_presence", {"activity": "busy", "source": "calendar:", "duration": "01:00:00"}),
    ("set_tags", {}),
    ("set_tags", {"tags": ["x" * 61]}),
    ("set_tags", {"tags": [str(number) for number in range(21)]}),
    ("set_presence", {"activity": "away", "until": "15:00", "duration": "01:00:00"}),
    ("set_presence", {"activity": "away", "until": "soon"}),
    ("set_do_not_disturb", {"duration": 0}),
    ("set_do_not_disturb", {"duration": "-01:00:00"}),
    ("set_forward", {"number": "1", "condition": "raining"}),
    ("set_queue_agent", {"queue": "x", "change": "sleep"}),
    ("set_queue_agent", {"change": "login"}),
    ("connect_numbers", {"first": "1"}),
    ("connect_numbers", {"first": "1", "second": "2", "timeout": 1}),
    ("connect_numbers", {"first": "1", "second": "2", "caller_name": "x" * 21}),
]
WRONG_OF_PBX: list[tuple[str, dict[str, Any]]] = [
    ("update_favourite", {"favourite_id": "1"}),
    ("add_favourite", {"name": "", "number": "1"}),
    ("add_favourite_list", {}),
    ("call_rest", {"path": "/rest/x", "data": "text"}),
    ("get_call_history", {"limit": 0}),
    ("get_call_history", {"since": "yesterday"}),
    ("get_call_list", {"limit": 0}),
    ("mark_on_call", {}),
]


@on("axeos")
async def test_data_that_makes_no_sense(teller: Teller, anna: Anna, doer: Doer) -> None:
    """What the fields do not allow is refused before anything is looked up."""
    target = {"entity_id": anna.entity("status")}
    calls = [(action, target | data) for action, data in WRONG]
    for action, data in [*calls, *((action, doer.pbx | data) for action, data in WRONG_OF_PBX)]:
        with pytest.raises(vol.Invalid):
            await doer.ask(action, **data) if action.startswith("get_") else await doer.act(action, **data)
