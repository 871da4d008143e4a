"""What the users of Home Assistant may do: every action asks for a permission on what it means."""

from collections.abc import Callable, Mapping
from typing import Any

from homeassistant.auth.models import User as HomeAssistantUser
from homeassistant.auth.permissions.models import PermissionLookup
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, Unauthorized, UnknownUser
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.pbx.const import DOMAIN
from custom_components.pbx.protocols.call import Leg, Party
from custom_components.pbx.protocols.changes import CallChange
from custom_components.pbx.protocols.commands import DialResult
from custom_components.pbx.protocols.enums import CallState, DialOutcome, LegRole, ObjectKind
from custom_components.pbx.protocols.keys import ObjectKey
from custom_components.pbx.protocols.model import Favourite, Phone, Queue, Switch, User
from custom_components.pbx.services import ACTIONS
from tests.memory_session import MemorySession

from .memory_entry import memory_entry, set_up

OBJECTS = (
    User(id="anna", name="Anna", number="201"),
    User(id="bjorn", name="Bjorn", number="202"),
    Phone(id="anna", name="Desk Anna", hot_desk=True),
    Phone(id="bjorn", name="Desk Bjorn", hot_desk=True),
    Queue(id="anna", name="Sales"),
    Queue(id="bjorn", name="Support"),
    Switch(id="anna", name="Night", value=True),
    Switch(id="bjorn", name="Holidays", value=True),
)
# What each action is given, where {user}, {phone}, {queue}, {switch} and {…call} belong to one person.
CASES: Mapping[str, dict[str, Any]] = {
    "dial": {"device_id": "{user}", "number": "203"},
    "hangup": {"device_id": "{user}"},
    "connect_numbers": {"device_id": "{user}", "first": "203", "second": "204"},
    "answer": {"call_id": "{ringing_call}"},
    "notify_call": {"call_id": "{call}", "entity_id": "notify.phone"},
    "reject": {"call_id": "{ringing_call}"},
    "reject_unwanted": {"call_id": "{ringing_call}", "group": ["blocked"]},
    "hold": {"call_id": "{call}"},
    "resume": {"device_id": "{phone}"},
    "send_dtmf": {"call_id": "{call}", "digits": "1"},
    "set_recording": {"call_id": "{call}", "on": True},
    "park": {"call_id": "{call}"},
    "transfer": {"call_id": "{call}", "number": "203"},
    "redirect": {"call_id": "{ringing_call}", "number": "203"},
    "pick_up": {"device_id": "{user}", "call_id": "{ringing_call}"},
    "set_forward": {"device_id": "{user}", "number": "203"},
    "hot_desk_login": {"device_id": "{user}", "phone": "{phone}"},
    "hot_desk_logout": {"device_id": "{user}"},
    "set_presence": {"device_id": "{user}", "activity": "away"},
    "set_tags": {"device_id": "{user}", "tags": ["sales"]},
    "set_do_not_disturb": {"device_id": "{user}"},
    "get_queue": {"device_id": "{queue}"},
    "reset_queue_statistics": {"device_id": "{queue}"},
    "set_queue_agent": {"device_id": "{user}", "queue": "{queue}", "change": "login"},
    "get_calls": {"device_id": "{user}"},
    "get_call_list": {"device_id": "{user}"},
    "get_call": {"call_id": "{call}"},
    "get_switch_calendar": {"entity_id": "{switch}"},
    "add_switch_event": {
        "entity_id": "{switch}",
        "start": "2026-12-01 08:00:00",
        "end": "2026-12-01 09:00:00",
        "value": "on",
    },
}
ENTRY_CASES: Mapping[str, dict[str, Any]] = {
    "mark_on_call": {"on": True},
    "answer_call_question": {"question_id": "1"},
    "get_call_history": {},
    "find_contacts": {"words": "anna"},
    "get_favourites": {},
    "add_favourite": {"name": "Eve", "number": "203"},
    "update_favourite": {"favourite_id": "7", "name": "Eve"},
    "remove_favourite": {"favourite_id": "7"},
    "add_favourite_list": {"name": "Work"},
    "rename_favourite_list": {"name": "Work"},
    "remove_favourite_list": {},
}
ADMIN_CASES: Mapping[str, dict[str, Any]] = {
    "call_rest": {"path": "users"},
    "record": {"minutes": 1},
    "stop_recording": {},
}
LOOK_UPS = {name for name in ACTIONS if name.startswith(("get_", "find_"))}


class House:
    """A PBX with two people, and the actions of users of Home Assistant."""

    def __init__(self, hass: HomeAssistant, entry: MockConfigEntry, session: MemorySession) -> None:
        self.hass = hass
        self.entry = entry
        self.session = session

    def device(self, kind: str, object_id: str) -> str:
        """Return the id of the device of an object."""
        device_id = self.entry.runtime_data.devices.get_device_id(ObjectKey(ObjectKind(kind), object_id))
        assert device_id is not None
        return str(device_id)

    def names(self, person: str) -> dict[str, str]:
        """Return what the cases name, all of one person."""
        switch = er.async_get(self.hass).async_get_entity_id(
            "switch", DOMAIN, f"memory-pbx_switch_{person}_value"
        )
        return {
            **{kind: self.device(kind, person) for kind in ("user", "phone", "queue")},
            "switch": str(switch),
            "call": f"call-talk-{person}",
            "ringing_call": f"call-ring-{person}",
        }

    async def act(self, action: str, data: Mapping[str, Any], user: HomeAssistantUser | None) -> bool:
        """Run an action for a user, and return whether the user may; other errors do not matter here."""
        context = Context(user_id=user.id if user is not None else None)
        answers = action in LOOK_UPS
        try:
            await self.hass.services.async_call(
                DOMAIN, action, dict(data), blocking=True, context=context, return_response=answers
            )
        except Unauthorized:
            return False
        except HomeAssistantError:
            return True
        return True

    async def list_refused(self, user: HomeAssistantUser | None, person: str) -> set[str]:
        """Return the actions on the objects of a person that a user may not run."""
        names = self.names(person)
        data = {name: _fill(case, names) for name, case in CASES.items()}
        return {name for name, filled in data.items() if not await self.act(name, filled, user)}

    async def list_refused_for_entry(self, user: HomeAssistantUser | None) -> set[str]:
        """Return the actions on the PBX that a user may not run."""
        here = {"config_entry_id": self.entry.entry_id}
        return {
            name for name, case in ENTRY_CASES.items() if not await self.act(name, {**here, **case}, user)
        }


def _fill(case: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    return {
        field: value.format(**names) if isinstance(value, str) else value for field, value in case.items()
    }


def _calls_of(person: str) -> tuple[CallChange, ...]:
    party = Party(user=person, phone=person)
    talking = Leg(id=f"talk-{person}-1", role=LegRole.CALLEE, party=party, state=CallState.TALKING)
    ringing = Leg(id=f"ring-{person}-1", role=LegRole.CALLEE, party=party, state=CallState.RINGING)
    caller = Party(number="+31201234567")
    return (
        CallChange(id=f"talk-{person}", caller=caller, legs=(talking,)),
        CallChange(id=f"ring-{person}", caller=caller, legs=(ringing,)),
    )


@pytest.fixture
async def house(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> House:
    """Set up a PBX with two people who have a call each, and another one that rings."""
    entry, session = memory_entry(hass, monkeypatch, OBJECTS, {"country": "NL"})
    session.calls = (*_calls_of("anna"), *_calls_of("bjorn"))
    session.answers["dial"] = session.answers["connect_numbers"] = DialResult(outcome=DialOutcome.RINGING)
    session.answers["favourites"] = [Favourite(name="Eve", id="7")]
    session.answers.update({"call_history": [], "find_contacts": [], "switch_calendar": []})
    await set_up(hass, entry)
    session.sent.clear()
    return House(hass, entry, session)


type MakeUser = Callable[[dict[str, Any]], HomeAssistantUser]


@pytest.fixture
def make_user(hass: HomeAssistant) -> MakeUser:
    """Return what makes a user who may do with entities what a policy says."""

    def make(entities: dict[str, Any]) -> HomeAssistantUser:
        user = MockUser(name="Carla").add_to_hass(hass)
        user.perm_lookup = PermissionLookup(er.async_get(hass), dr.async_get(hass))
        user.mock_policy({"entities": entities})
        return user

    return make


def test_every_action() -> None:
    """Every action is tried here, once."""
    assert set(CASES) | set(ENTRY_CASES) | set(ADMIN_CASES) == set(ACTIONS)
    assert len(CASES) + len(ENTRY_CASES) + len(ADMIN_CASES) == len(ACTIONS)


async def test_who_may_only_read(house: House, hass_read_only_user: HomeAssistantUser) -> None:
    """Members of the group that may only read may look things up, and nothing reaches the PBX otherwise."""
    refused = await house.list_refused(hass_read_only_user, "anna")
    refused |= await house.list_refused_for_entry(hass_read_only_user)
    assert refused == (set(CASES) | set(ENTRY_CASES)) - LOOK_UPS
    sent = {command[0] for command in house.session.sent}
    assert sent == {"call_history", "find_contacts", "favourites", "switch_calendar"}


async def test_who_may_do_nothing(house: House, make_user: MakeUser) -> None:
    """Who has no permission may not even look things up."""
    nobody = make_user({})
    assert await house.list_refused(nobody, "anna") == set(CASES)
    assert await house.list_refused_for_entry(nobody) == set(ENTRY_CASES)
    assert house.session.sent == []


async def test_who_may_control_everything(
    house: House, hass_admin_user: HomeAssistantUser, make_user: MakeUser
) -> None:
    """Administrators, users with all entities, and contexts without a user may do everything."""
    for user in (hass_admin_user, make_user({"all": True}), None):
        assert await house.list_refused(user, "anna") == set()
        assert await house.list_refused_for_entry(user) == set()
    assert {"dial", "set_forward", "hang_up", "mark_on_call"} <= {sent[0] for sent in house.session.sent}


async def test_who_may_control_some(house: House, make_user: MakeUser) -> None:
    """A user may act on what belongs to the devices and entities that the policy lists, and on no other."""
    anna = house.names("anna")
    devices = {anna[kind]: True for kind in ("user", "phone", "queue")}
    user = make_user({"device_ids": devices, "entity_ids": {anna["switch"]: True}})
    assert await house.list_refused(user, "anna") == set()
    house.session.sent.clear()
    assert await house.list_refused(user, "bjorn") == set(CASES)
    assert await house.list_refused_for_entry(user) == set(ENTRY_CASES)
    assert house.session.sent == []


async def test_one_entity_suffices(house: House, make_user: MakeUser) -> None:
    """One entity of a device that the user may control suffices for its object."""
    user = make_user({"entity_ids": {"sensor.memory_pbx_anna_status": {"control": True}}})
    assert await house.act("dial", {"device_id": house.device("user", "anna"), "number": "203"}, user)
    assert await house.act("hangup", {"call_id": "call-talk-anna"}, user)
    assert not await house.act("hangup", {"call_id": "call-talk-bjorn"}, user)
    assert not await house.act("get_calls", {"device_id": house.device("user", "anna")}, user)


async def test_who_may_control_the_pbx(house: House, make_user: MakeUser) -> None:
    """The device of the PBX decides about what concerns the whole of it, and calls nobody knows."""
    pbx = house.device("pbx", "")
    user = make_user({"device_ids": {pbx: True}})
    assert await house.list_refused_for_entry(user) == set()
    assert await house.act("hangup", {"call_id": "call-unknown"}, user)
    assert await house.act("hangup", {"device_id": pbx}, user)
    assert not await house.act("hangup", {"call_id": "call-talk-anna"}, user)


async def test_every_object_that_is_named(house: House, make_user: MakeUser) -> None:
    """Another one's phone, queue or call is not reached through one's own user."""
    user = make_user({"device_ids": {house.device("user", "anna"): True}})
    anna, theirs = house.device("user", "anna"), house.names("bjorn")
    own = {"device_id": anna}
    assert not await house.act("dial", {**own, "phone": theirs["phone"], "number": "203"}, user)
    assert not await house.act("hot_desk_login", {**own, "phone": theirs["phone"]}, user)
    assert not await house.act("set_queue_agent", {**own, "queue": theirs["queue"], "change": "login"}, user)
    assert not await house.act("pick_up", {**own, "ringing_at": theirs["user"]}, user)
    assert not await house.act("pick_up", {**own, "call_id": theirs["ringing_call"]}, user)
    transfer = {**own, "call_id": "call-talk-anna", "other_call_id": theirs["call"]}
    assert not await house.act("transfer", transfer, user)
    both = [anna, theirs["user"]]
    assert not await house.act("set_do_not_disturb", {"device_id": both}, user)
    assert house.session.sent == []


async def test_own_calls(
    hass: HomeAssistant, house: House, make_user: MakeUser, hass_read_only_user: HomeAssistantUser
) -> None:
    """Who is a user of the PBX by the options still needs the permission."""
    hass.states.async_set("person.eve", "home", {"user_id": hass_read_only_user.id})
    people = [{"person": "person.eve", "user": "anna"}]
    hass.config_entries.async_update_entry(house.entry, options={"country": "NL", "people": people})
    await hass.config_entries.async_reload(house.entry.entry_id)
    house.session.sent.clear()
    assert not await house.act("dial", {"number": "203"}, hass_read_only_user)
    assert not await house.act("set_do_not_disturb", {}, hass_read_only_user)
    assert not await house.act("hold", {}, hass_read_only_user)
    assert await house.act("get_calls", {}, hass_read_only_user)
    assert house.session.sent == []


async def test_a_user_who_was_deleted(hass: HomeAssistant, house: House) -> None:
    """The context of a user who does not exist any more may do nothing."""
    data = {"device_id": house.device("user", "anna"), "number": "203"}
    with pytest.raises(UnknownUser):
        await hass.services.async_call(DOMAIN, "dial", data, blocking=True, context=Context(user_id="gone"))
    assert house.session.sent == []


@pytest.mark.parametrize(("action", "case"), ADMIN_CASES.items())
async def test_administrators_only(
    hass: HomeAssistant, house: House, make_user: MakeUser, action: str, case: Mapping[str, Any]
) -> None:
    """What reaches everything on the PBX is for administrators."""
    data = {"config_entry_id": house.entry.entry_id, **case}
    assert not await house.act(action, data, make_user({"all": True}))
    assert house.session.sent == []
