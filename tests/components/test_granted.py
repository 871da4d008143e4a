"""What entities show when a right goes and comes back, and how large they get."""

from dataclasses import replace
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.json import json_bytes
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pbx.const import DOMAIN
from custom_components.pbx.entity import LARGEST_ATTRIBUTES, limit_size
from custom_components.pbx.protocols.call import Leg, Party
from custom_components.pbx.protocols.changes import CallChange, CapabilitiesChanged, Upsert
from custom_components.pbx.protocols.enums import (
    CallState,
    Capability,
    LegRole,
    LineStatus,
    ObjectKind,
    PresenceActivity,
    UserPhoneType,
)
from custom_components.pbx.protocols.errors import ConnectionLost
from custom_components.pbx.protocols.keys import ObjectKey
from custom_components.pbx.protocols.model import Phone, Queue, QueueAgent, Switch, User, UserPhone
from tests.memory_session import MemorySession

from .conftest import state_is
from .memory_entry import memory_entry, set_up

ANNA = User(id="1", name="Anna", number="201", presence=PresenceActivity.AVAILABLE, do_not_disturb=False)
PRESENCE = "select.memory_pbx_anna_presence"
DO_NOT_DISTURB = "switch.memory_pbx_anna_do_not_disturb"
STATUS = "sensor.memory_pbx_anna_status"
AGENTS = [QueueAgent(name=f"{number} {'Ä' * 200}") for number in range(300)]
QUEUE = Queue(id="1", name="Sales", waiting=0, agents=tuple(AGENTS))


@pytest.fixture
async def session(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> MemorySession:
    """Set a PBX up and return its session."""
    entry: MockConfigEntry
    entry, session = memory_entry(hass, monkeypatch, (ANNA, QUEUE))
    await set_up(hass, entry)
    return session


@pytest.mark.parametrize("is_opened_again", [False, True])
async def test_right_that_goes_and_comes_back(
    hass: HomeAssistant,
    session: MemorySession,
    is_opened_again: bool,
) -> None:
    """What the login may no longer see or set is unavailable at once, and no more than that."""

    def grant(capabilities: frozenset[Capability]) -> None:
        session.capabilities = capabilities
        if is_opened_again:
            session.end_session(ConnectionLost("gone"))
        else:
            session.report(CapabilitiesChanged())

    await state_is(hass, PRESENCE, "available")
    everything = session.capabilities
    grant(everything - {Capability.SET_PRESENCE, Capability.PRESENCE})
    await state_is(hass, PRESENCE, "unavailable")
    await state_is(hass, DO_NOT_DISTURB, "off")
    await state_is(hass, STATUS, "unknown")
    grant(everything)
    await state_is(hass, PRESENCE, "available")


async def test_hang_up_without_a_call(hass: HomeAssistant, session: MemorySession) -> None:
    """An action that finds nothing to do says so."""
    with pytest.raises(ServiceValidationError) as error:
        await hass.services.async_call(DOMAIN, "hangup", {"entity_id": STATUS}, blocking=True)
    assert error.value.translation_key == "no_call_to_act_on"
    assert [name for name, *_ in session.sent] == ["list_calls"]


async def test_hang_up_what_only_the_pbx_knows(hass: HomeAssistant, session: MemorySession) -> None:
    """After a gap the PBX may have calls that nobody was told of; it is asked first."""
    talking = [
        Leg(id=f"leg {user}", role=LegRole.CALLEE, party=Party(user=user), state=CallState.TALKING)
        for user in "12"
    ]
    session.answers["list_calls"] = [CallChange(id=f"call {leg.party.user}", legs=(leg,)) for leg in talking]
    await hass.services.async_call(DOMAIN, "hangup", {"entity_id": STATUS}, blocking=True)
    assert [sent for sent in session.sent if sent[0] == "hang_up"] == [("hang_up", "call 1")]


@pytest.mark.parametrize(("phones", "sent"), [("a", [("hang_up", "call")]), ("ab", [])])
async def test_hang_up_at_a_phone_that_no_list_names(
    hass: HomeAssistant, session: MemorySession, phones: str, sent: list[tuple[str, str]]
) -> None:
    """A call of a user is one of the only phone; of several the PBX does not say at which it is."""
    places = tuple(UserPhone(type=UserPhoneType.PHONE, phone=phone) for phone in phones)
    desk = Phone(id="a", name="Desk", users=("1",), status=LineStatus.TALKING)
    session.report(Upsert(replace(session.objects[ObjectKey(ObjectKind.USER, "1")], phones=places)))
    session.report(Upsert(desk))
    await state_is(hass, "sensor.desk_status", "talking")
    leg = Leg(id="leg", role=LegRole.CALLEE, party=Party(user="1"), state=CallState.TALKING)
    session.answers["list_calls"] = [CallChange(id="call", legs=(leg,))]
    errors: list[str | None] = []
    try:
        await hass.services.async_call(DOMAIN, "hangup", {"entity_id": "sensor.desk_status"}, blocking=True)
    except ServiceValidationError as err:
        errors.append(err.translation_key)
    assert [command for command in session.sent if command[0] == "hang_up"] == sent
    assert errors == ([] if sent else ["call_without_id"])


async def test_long_lists(hass: HomeAssistant, session: MemorySession) -> None:
    """Of long lists the beginning is shown, with how much is left out."""
    states = [state for state in hass.states.async_all("sensor") if "agents" in state.attributes]
    assert states
    for state in states:
        assert len(json_bytes(state.as_dict()["attributes"])) < 16_384
        assert len(state.attributes["agents"]) + state.attributes["left_out"] == len(AGENTS)


@pytest.mark.parametrize(
    ("attributes", "limited"),
    [
        ({"a": "x"}, {"a": "x"}),
        ({"a": [], "b": "x" * 20_000}, {"a": [], "left_out": 1}),
        ({"a": [1, 2], "b": ["x" * 14_000]}, {"a": [1, 2], "left_out": 1}),
    ],
)
def test_limit(attributes: dict[str, Any], limited: dict[str, Any]) -> None:
    """Whatever an attribute is, all together they fit."""
    assert limit_size(attributes) == limited
    assert len(json_bytes(limited)) <= LARGEST_ATTRIBUTES


@pytest.mark.parametrize(
    ("settable", "entity_id"), [(True, "text.memory_pbx_dusk"), (False, "sensor.memory_pbx_dusk")]
)
async def test_switch_with_a_word(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch, settable: bool, entity_id: str
) -> None:
    """A word that is neither on nor off is shown as it is, and set where that is allowed."""
    dusk = Switch(id="1", name="Dusk", value="summer", settable=settable)
    entry, session = memory_entry(hass, monkeypatch, (dusk,))
    await set_up(hass, entry)
    await state_is(hass, entity_id, "summer")
    assert {state.entity_id for state in hass.states.async_all() if "dusk" in state.entity_id} == {entity_id}
    session.report(Upsert(replace(dusk, value="winter")))
    await state_is(hass, entity_id, "winter")
    session.report(Upsert(replace(dusk, value=True)))
    await state_is(hass, entity_id, "" if settable else "unknown")
