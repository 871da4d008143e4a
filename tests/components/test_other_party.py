"""Who is calling, as people see it."""

from dataclasses import replace
from typing import Any

from homeassistant.core import Event, EventStateChangedData, HomeAssistant, State
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events

from custom_components.pbx.protocols.call import Leg, Party
from custom_components.pbx.protocols.changes import CallChange
from custom_components.pbx.protocols.enums import CallDirection, CallState, EndCause, LegRole, UserPhoneType
from custom_components.pbx.protocols.model import Phone, User, UserPhone
from tests.memory_session import MemorySession
from tests.waiting import until

from .memory_entry import memory_entry, set_up

HALL, DESK = Phone(id="hall", name="Hall"), Phone(id="desk", name="Desk")
PLACES = (
    UserPhone(type=UserPhoneType.PHONE, phone="desk", personal=True),
    UserPhone(type=UserPhoneType.PHONE, phone="hall"),
)
ANNA = User(id="1", name="Anna", number="201", phones=PLACES)
CARLA = Party(number="0201234567", name="Carla")
DAVE = Party(number="+31301234567")
WHERE = {
    "anna": Party(user="1"),
    "desk": Party(phone="desk"),
    "both": Party(user="1", phone="desk"),
    "hall": Party(phone="hall"),
}
USER, PHONE, PBX = (f"sensor.{name}_other_party" for name in ("memory_pbx_anna", "desk", "memory_pbx"))
RINGING, TALKING = CallState.RINGING, CallState.TALKING


@pytest.fixture(autouse=True)
def _real_network(socket_enabled: None, enable_custom_integrations: None) -> None:
    """Allow our integration."""


@pytest.fixture
def options() -> dict[str, Any]:
    """Return the options of the entry."""
    return {}


class Office:
    """Tell what happens, and look at what is shown."""

    def __init__(self, hass: HomeAssistant, session: MemorySession) -> None:
        self._hass = hass
        self._session = session
        self._events: list[Event[EventStateChangedData]] = async_capture_events(hass, "state_changed")

    def tell(
        self, call_id: str, state: CallState, where: str = "anna", other: Party = CARLA, **fields: Any
    ) -> None:
        """Let somebody be in a call from outside."""
        leg = Leg(id=where, role=LegRole.CALLEE, party=WHERE[where], state=state)
        self._session.report(CallChange(id=call_id, legs=(leg,), caller=other, **fields))

    def dial(self, call_id: str, number: Party, **fields: Any) -> None:
        """Let Anna call somebody."""
        leg = Leg(id="anna", role=LegRole.CALLER, party=WHERE["anna"], state=CallState.DIALING)
        self._session.report(CallChange(id=call_id, legs=(leg,), caller=leg.party, called=number, **fields))

    def end(self, call_id: str) -> None:
        """Let a call end."""
        self._session.report(CallChange(id=call_id, end=EndCause.HANGUP))

    def get(self, entity_id: str = USER) -> State:
        """Return what an entity shows."""
        state = self._hass.states.get(entity_id)
        assert state is not None
        return state

    async def shows(self, value: str, entity_id: str = USER, **attributes: str | None) -> None:
        """Wait until an entity shows a value and attributes; None is for one that is not there."""
        await until(
            lambda: (
                (shown := self.get(entity_id)).state == value
                and all(shown.attributes.get(name) == told for name, told in attributes.items())
            )
        )

    def list_shown(self, entity_id: str) -> list[str]:
        """Return what an entity has shown, each write for itself."""
        states = [event.data["new_state"] for event in self._events if event.data["entity_id"] == entity_id]
        return [state.state for state in states if state is not None]


@pytest.fixture
async def office(
    hass: HomeAssistant,
    monkeypatch: pytest.MonkeyPatch,
    options: dict[str, Any],
    entity_registry_enabled_by_default: None,
) -> Office:
    """Set up a PBX with all of its entities."""
    entry, session = memory_entry(hass, monkeypatch, (ANNA, DESK, HALL), options)
    await set_up(hass, entry)
    return Office(hass, session)


async def test_who_calls(office: Office) -> None:
    """The caller is shown from the first ring to the end, at user, phone and PBX, each written twice."""
    told = {
        "number": "0201234567",
        "name": "Carla",
        "direction": "incoming",
        "called_number": "100",
        "knocking_name": None,
    }
    office.tell("c", RINGING, "both", called=Party(number="100"))
    for entity_id in USER, PHONE, PBX:
        await office.shows("Carla", entity_id, **told)
        assert dt_util.parse_datetime(office.get(entity_id).attributes["since"]) is not None
    office.tell("c", TALKING, "both")
    office.end("c")
    for entity_id in USER, PHONE, PBX:
        await office.shows("none", entity_id, **dict.fromkeys((*told, "since")))
        assert office.list_shown(entity_id) == ["Carla", "none"]


async def test_call_that_knocks(office: Office) -> None:
    """A call that rings while one talks is shown beside the one that goes on, which stays."""
    office.tell("c", TALKING)
    office.tell("d", RINGING, other=DAVE)
    await office.shows("Carla", knocking_number=DAVE.number, knocking_name=None)
    assert office.get("binary_sensor.memory_pbx_anna_on_a_call").state == "on"
    assert office.get("sensor.memory_pbx_anna_status").state == "ringing"
    # At the PBX it is who rings.
    await office.shows(str(DAVE.number), PBX)
    office.tell("d", RINGING, other=replace(DAVE, name="Dave"))
    await office.shows("Carla", knocking_name="Dave")
    office.end("c")
    await office.shows("Dave", knocking_number=None, knocking_name=None)
    office.tell("d", TALKING, other=Party())
    office.tell("e", RINGING)
    await office.shows("Dave", knocking_name="Carla")
    office.end("e")
    await office.shows("Dave", knocking_name=None)
    office.end("d")
    await office.shows("none")


async def test_call_of_a_phone(office: Office) -> None:
    """What the PBX tells of a phone only is shown at its user, of a shared phone while it rings."""
    office.tell("c", TALKING, "desk")
    await office.shows("Carla")
    office.end("c")
    office.tell("d", RINGING, "hall", DAVE)
    await office.shows(str(DAVE.number))
    office.tell("d", TALKING, "hall", DAVE)
    await office.shows("none")
    await office.shows(str(DAVE.number), "sensor.hall_other_party")


@pytest.mark.parametrize(
    ("other", "shown"),
    [
        (Party(), "unknown_number"),
        (Party(name="unavailable", number="0201234567"), "0201234567"),
        *((Party(name=word), "unknown_number") for word in ("none", "unknown", "unknown_number")),
        (Party(name="x" * 300), "x" * 255),
        (Party(user="1"), "Anna"),
    ],
)
async def test_odd_names(office: Office, other: Party, shown: str) -> None:
    """Whatever a caller is called, it is shown that somebody calls."""
    office.tell("c", RINGING, "hall", other)
    await office.shows(shown, "sensor.hall_other_party")


async def test_outside_call(office: Office) -> None:
    """Where the PBX does not tell who answers outside, a call counts as up, as for the status."""
    office.dial("c", DAVE, lacks_answer_supervision=True, direction=CallDirection.OUTGOING)
    await office.shows(str(DAVE.number), direction="outgoing")
    office.tell("d", RINGING)
    await office.shows(str(DAVE.number), knocking_name="Carla")


@pytest.mark.parametrize("options", [{"mask_numbers": True}])
async def test_masked(office: Office) -> None:
    """With numbers masked, none is in the state or its attributes."""
    office.tell("c", TALKING, other=DAVE)
    office.tell("d", RINGING, other=Party(number="0201234567", name="020-123 45 67"))
    await office.shows("••• 567", knocking_name="••• 567", knocking_number="••• 567")
    assert "1234567" not in str(office.get().attributes)


async def test_defaults(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> None:
    """Users show it from the start; phones and the PBX where somebody enables it."""
    entry, _ = memory_entry(hass, monkeypatch, (ANNA, DESK))
    await set_up(hass, entry)
    registry = er.async_get(hass)
    disabled = {name: registry.entities[name].disabled for name in (USER, PHONE, PBX)}
    assert disabled == {USER: False, PHONE: True, PBX: True}
