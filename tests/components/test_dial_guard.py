"""Which calls Home Assistant may make, and which it refuses before the PBX hears of them."""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.auth.models import User as HomeAssistantUser
from homeassistant.const import Platform
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.pbx.const import DOMAIN
from custom_components.pbx.protocols.call import Leg, Party
from custom_components.pbx.protocols.changes import CallChange
from custom_components.pbx.protocols.commands import DialResult
from custom_components.pbx.protocols.enums import CallState, DialOutcome, ForwardKind, LegRole
from custom_components.pbx.protocols.model import Favourite, User
from tests.simulators.axeos import AxeosSimulator
from tests.waiting import until

from .conftest import state_is
from .memory_entry import memory_entry, set_up

ANNA = "sensor.pbx_example_org_anna_de_vries_status"


class Office:
    """The integration with some options, and a person or an automation that acts."""

    def __init__(self, hass: HomeAssistant, entry: MockConfigEntry, pbx: AxeosSimulator) -> None:
        self.hass = hass
        self.entry = entry
        self.pbx = pbx

    async def set_up(self, **options: Any) -> None:
        """Set the integration up with options."""
        self.hass.config_entries.async_update_entry(self.entry, options={"country": "NL", **options})
        assert await self.hass.config_entries.async_setup(self.entry.entry_id)
        await self.hass.async_block_till_done()

    async def act(
        self, action: str, context: Context | None = None, domain: str = DOMAIN, **data: Any
    ) -> str | None:
        """Run an action and return why it was refused."""
        data = {"entity_id": ANNA, **data}
        try:
            await self.hass.services.async_call(domain, action, data, blocking=True, context=context)
        except ServiceValidationError as err:
            return err.translation_key
        return None

    async def dial(self, number: str, context: Context | None = None) -> str | None:
        """Dial for Anna."""
        return await self.act("dial", context, number=number)

    @property
    def dialed(self) -> list[str]:
        """Return the numbers that the PBX was asked to call."""
        return [request.json["number"] for request in self.pbx.requests if request.path.endswith("/call")]

    @property
    def settings(self) -> list[Mapping[str, Any]]:
        """Return what the PBX was told to set for users."""
        sent = [request for request in self.pbx.requests if "/users/" in request.path]
        return [request.json for request in sent if request.method == "POST"]


@pytest.fixture
def office(hass: HomeAssistant, entry: MockConfigEntry, pbx: AxeosSimulator) -> Office:
    """Return the office, which is not set up yet."""
    pbx.engine.ring_time = 0
    return Office(hass, entry, pbx)


@pytest.fixture
def person(hass_admin_user: HomeAssistantUser) -> Context:
    """Return the context of something that a person does."""
    return Context(user_id=hass_admin_user.id)


@pytest.mark.parametrize(
    ("allowed", "number", "refused"),
    [
        ([], "+4930123456", None),
        (["+31*"], "+31201234567", None),
        (["+31*"], "020 1234567", None),
        (["+31*"], "+4930123456", "dial_number_refused"),
        (["2??"], "202", None),
        (["2??"], "2021", "dial_number_refused"),
        (["202"], "202", None),
        (["202"], "2021234567", "dial_number_refused"),
        (["+31*", "20[1-4]"], "204", None),
        (["+31*", "20[1-4]"], "205", "dial_number_refused"),
    ],
)
async def test_allowed_numbers(office: Office, allowed: list[str], number: str, refused: str | None) -> None:
    """A number must fit a pattern, as it is dialled or in its international form."""
    await office.set_up(dial_allowed=allowed)
    assert await office.dial(number) == refused
    assert len(office.dialed) == (refused is None)


async def test_calls_in_an_hour(office: Office, freezer: FrozenDateTimeFactory) -> None:
    """After so many calls none is made until the first is an hour old; refused ones don't count."""
    await office.set_up(dial_per_hour=2, dial_allowed=["2*"])
    assert await office.dial("202") is None
    freezer.tick(timedelta(minutes=30))
    assert await office.dial("+4930123456") == "dial_number_refused"
    assert await office.dial("203") is None
    assert await office.dial("204") == "dial_too_often"
    freezer.tick(timedelta(minutes=29))
    assert await office.dial("204") == "dial_too_often"
    freezer.tick(timedelta(minutes=1))
    assert await office.dial("204") is None
    assert office.dialed == ["202", "203", "204"]


async def test_who_may_dial(hass: HomeAssistant, office: Office, person: Context) -> None:
    """Only those who were chosen, and automations as long as they are allowed to."""
    await office.set_up(dial_users=[person.user_id])
    another = MockUser().add_to_hass(hass)
    another.mock_policy({"entities": True})
    assert await office.dial("202", person) is None
    assert await office.dial("203", Context(user_id=another.id)) == "dial_user_refused"
    assert await office.dial("204") is None
    assert office.dialed == ["202", "204"]


async def test_no_automations(office: Office, person: Context) -> None:
    """Where automations may not dial, any person still may."""
    await office.set_up(dial_automations=False)
    assert await office.dial("202") == "dial_people_only"
    assert await office.dial("202", person) is None


@pytest.mark.parametrize(
    ("rule", "by_person", "by_automation"),
    [
        ("refuse", "emergency_refused", "emergency_refused"),
        ("people", None, "emergency_people_only"),
        ("allow", None, None),
    ],
)
async def test_emergency_numbers(
    office: Office, person: Context, rule: str, by_person: str | None, by_automation: str | None
) -> None:
    """The rule for emergency numbers is the only one for them."""
    await office.set_up(emergency=rule, dial_allowed=["2*"], dial_per_hour=1, dial_users=["somebody"])
    assert await office.dial("112", person) == by_person
    assert await office.dial("0 112") == by_automation
    assert await office.dial("0112") == by_automation
    assert len(office.dialed) == (by_person is None) + 2 * (by_automation is None)
    assert await office.dial("202") is None


@pytest.mark.parametrize("number", ["112", "911", "0112", "9112", "*31#112", "112#", "1-1-2"])
async def test_no_emergency_call_by_mistake(office: Office, number: str) -> None:
    """Unless the options say otherwise no emergency number is called, whatever is put in front of it."""
    await office.set_up()
    assert await office.dial(number) == "emergency_refused"
    assert office.dialed == []


async def test_extension_that_looks_like_one(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> None:
    """The extension of a user is no emergency number with an outside line in front."""
    users = [User(id="1", name="Anna"), User(id="2", name="Bjorn", number="9112")]
    entry, session = memory_entry(hass, monkeypatch, users, {"country": "NL"})
    session.answers["dial"] = DialResult(outcome=DialOutcome.RINGING)
    await set_up(hass, entry)
    data = {"entity_id": "sensor.memory_pbx_anna_status", "number": "9112"}
    await hass.services.async_call(DOMAIN, "dial", data, blocking=True)
    with pytest.raises(ServiceValidationError):
        await hass.services.async_call(DOMAIN, "dial", {**data, "number": "0112"}, blocking=True)
    assert [sent[0] for sent in session.sent] == ["dial"]


async def test_country_of_home_assistant(hass: HomeAssistant, office: Office) -> None:
    """Without a choice the country of Home Assistant counts."""
    hass.config.country = "DE"
    await office.set_up(country=None, dial_allowed=["+49*"])
    assert await office.dial("030 123456") is None
    assert await office.dial("110") == "emergency_refused"


async def test_forwarding(office: Office) -> None:
    """Calls are not forwarded to a number that may not be called; no forwarding is always allowed."""
    await office.set_up(dial_allowed=["2*"])
    assert await office.act("set_forward", number="+4930123456") == "dial_number_refused"
    assert await office.act("set_forward", number="0112") == "emergency_refused"
    assert office.settings == []
    assert await office.act("set_forward", number="202") is None
    assert await office.act("set_forward") is None
    assert [sent["call_forward"] for sent in office.settings] == ["202", None]


async def test_forwarding_counts(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch, freezer: FrozenDateTimeFactory
) -> None:
    """Each new number to forward to counts as a call; the same one again does not, nor does none."""
    anna = User(id="1", name="Anna", number="201", forwards={ForwardKind.ALWAYS: "202"})
    entry, session = memory_entry(hass, monkeypatch, [anna], {"dial_per_hour": 1, "country": "NL"})
    await set_up(hass, entry)
    refused = []
    for number in ("202", "203", "20 2", "204"):
        data = {"entity_id": "sensor.memory_pbx_anna_status", "number": number}
        try:
            await hass.services.async_call(DOMAIN, "set_forward", data, blocking=True)
        except ServiceValidationError as err:
            refused.append((number, err.translation_key))
    data = {"entity_id": "sensor.memory_pbx_anna_status"}
    await hass.services.async_call(DOMAIN, "set_forward", data, blocking=True)
    assert refused == [("204", "dial_too_often")]
    assert [sent[-1] for sent in session.sent] == ["202", "203", "202", None]


async def test_forwarding_nobody_in_part(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the limit is reached for one of several users, nothing is sent for any of them."""
    users = [User(id=str(number), name=f"Anna {number}") for number in range(3)]
    entry, session = memory_entry(hass, monkeypatch, users, {"dial_per_hour": 2})
    await set_up(hass, entry)
    entities = [f"sensor.memory_pbx_anna_{number}_status" for number in range(3)]
    data = {"entity_id": entities, "number": "202"}
    with pytest.raises(ServiceValidationError):
        await hass.services.async_call(DOMAIN, "set_forward", data, blocking=True)
    assert session.sent == []


async def test_favourites(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> None:
    """A favourite that a key dials keeps the rules."""
    options = {"dial_allowed": ["2*"], "dial_per_hour": 1}
    entry, session = memory_entry(hass, monkeypatch, [User(id="1", name="Anna")], options)
    session.answers["favourites"] = [Favourite(name="Bjorn", number="202", id="7")]
    await set_up(hass, entry)
    here = {"config_entry_id": entry.entry_id}
    refused = []
    for number in ("112", "+4930123456", "anna", "20 3"):
        for action, data in (("add_favourite", {"name": "B"}), ("update_favourite", {"favourite_id": "7"})):
            try:
                await hass.services.async_call(
                    DOMAIN, action, {**here, **data, "number": number}, blocking=True
                )
            except ServiceValidationError as err:
                refused.append(err.translation_key)
    assert refused == 2 * ["emergency_refused"] + 2 * ["dial_number_refused"] + 2 * ["invalid_number"]
    changed = [sent for sent in session.sent if sent[0] != "favourites"]
    assert [(sent[0], sent[1].number) for sent in changed] == [
        ("add_favourite", "203"),
        ("update_favourite", "203"),
    ]


async def test_the_count_survives(
    hass: HomeAssistant, office: Office, freezer: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    """The calls of the last hour are known after a reload and a restart, until the entry is removed."""
    await office.set_up(dial_per_hour=2)
    assert await office.dial("202") is None
    freezer.tick(timedelta(minutes=40))
    assert await office.dial("203") is None
    assert await hass.config_entries.async_reload(office.entry.entry_id)
    assert await office.dial("204") == "dial_too_often"
    freezer.tick(timedelta(minutes=20))
    assert await office.dial("204") is None
    assert await office.dial("205") == "dial_too_often"
    stored = f"pbx.{office.entry.entry_id}.dialed"
    data = hass_storage[stored]["data"]
    assert data.keys() == {"dialed"}
    assert len([datetime.fromisoformat(time) for time in data["dialed"]]) == 2
    await hass.config_entries.async_remove(office.entry.entry_id)
    assert stored not in hass_storage


async def test_the_first_calls_at_once(office: Office) -> None:
    """Two that are the first to dial share one count."""
    await office.set_up(dial_per_hour=1)
    results = await asyncio.gather(office.dial("202"), office.dial("203"))
    assert sorted(results, key=str) == [None, "dial_too_often"]
    assert await office.dial("204") == "dial_too_often"
    assert len(office.dialed) == 1


async def test_hanging_up_what_is_dialed_first(office: Office) -> None:
    """Who dials is found by who hangs up at once, also where the rules for it are only being loaded."""
    await office.set_up()
    # The part of the actions is there; what the first call loads is not.
    assert await office.act("hangup") == "no_call_to_act_on"
    assert await asyncio.gather(office.dial("202"), office.act("hangup")) == [None, None]
    await until(lambda: not office.pbx.engine.calls)


async def test_a_refused_call_is_none(office: Office) -> None:
    """What may not be dialed leaves nothing to hang up."""
    await office.set_up()
    assert await office.dial("112") == "emergency_refused"
    assert await office.act("hangup") == "no_call_to_act_on"


async def test_a_start_without_a_call(hass: HomeAssistant, office: Office) -> None:
    """Where nobody dials between two reloads, what was counted before them still counts."""
    await office.set_up(dial_per_hour=1)
    assert await office.dial("202") is None
    for _ in range(2):
        assert await hass.config_entries.async_reload(office.entry.entry_id)
    assert await office.dial("203") == "dial_too_often"


async def test_a_clock_set_back(office: Office, hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    """Where the clock is set back by a day, calls count for an hour and no longer."""
    await office.set_up(dial_per_hour=1)
    assert await office.dial("202") is None
    freezer.tick(timedelta(days=-1))
    assert await office.dial("203") == "dial_too_often"
    assert await hass.config_entries.async_reload(office.entry.entry_id)
    assert await office.dial("203") == "dial_too_often"
    freezer.tick(timedelta(minutes=60))
    assert await office.dial("203") is None


async def test_a_clock_set_forward(
    office: Office, hass: HomeAssistant, freezer: FrozenDateTimeFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the clock is set forward by a day, no call is forgotten, also not by a reload."""
    monkeypatch.setattr("custom_components.pbx.hub.dial_guard.monotonic", lambda: 1000.0)
    await office.set_up(dial_per_hour=1)
    assert await office.dial("202") is None
    freezer.tick(timedelta(days=1))
    assert await office.dial("203") == "dial_too_often"
    assert await hass.config_entries.async_reload(office.entry.entry_id)
    assert await office.dial("203") == "dial_too_often"


async def test_an_extension_that_the_options_name(office: Office) -> None:
    """An extension that the PBX does not tell and that begins like an emergency number can be named."""
    await office.set_up(dial_allowed=["*", "1121", "0112"])
    assert await office.dial("1121") is None
    assert await office.dial("1122") == "emergency_refused"
    assert await office.dial("0112") == "emergency_refused"


async def test_forwarding_by_its_entity(
    hass: HomeAssistant, office: Office, person: Context, entity_registry: er.EntityRegistry
) -> None:
    """The entity keeps the same rules, for whoever sets it."""
    await office.set_up(dial_users=["somebody"], dial_automations=False)
    forward = entity_registry.async_get_entity_id(
        Platform.TEXT,
        DOMAIN,
        f"{office.entry.unique_id}_user_{office.pbx.world.user('anna').uuid}_forward_always",
    )
    assert forward is not None
    data = {"domain": Platform.TEXT, "entity_id": forward}
    assert await office.act("set_value", person, value="202", **data) == "dial_user_refused"
    assert await office.act("set_value", value="202", **data) == "dial_people_only"
    assert await office.act("set_value", person, value=" ", **data) is None
    assert [sent["call_forward"] for sent in office.settings] == [None]
    await state_is(hass, forward, "")


@pytest.mark.parametrize(
    ("action", "state", "data"),
    [
        ("transfer", CallState.TALKING, {"number": "+4930123456"}),
        ("redirect", CallState.RINGING, {"number": "0112"}),
        ("connect_numbers", CallState.TALKING, {"first": "202", "second": "+4930123456"}),
        ("connect_numbers", CallState.TALKING, {"first": "+4930123456", "second": "202"}),
        ("set_forward", CallState.TALKING, {"number": "+4930123456", "condition": "busy"}),
    ],
)
async def test_other_ways_to_call(
    hass: HomeAssistant,
    monkeypatch: pytest.MonkeyPatch,
    action: str,
    state: CallState,
    data: dict[str, Any],
) -> None:
    """Whatever makes the PBX call a number keeps the rules."""
    options = {"dial_allowed": ["2*"], "dial_per_hour": 1}
    entry, session = memory_entry(hass, monkeypatch, [User(id="1", name="Anna")], options)
    leg = Leg(id="7-1", role=LegRole.CALLEE, party=Party(user="1"), state=state)
    session.calls = (CallChange(id="7", caller=Party(number="+3120"), legs=(leg,)),)
    session.answers["connect_numbers"] = DialResult(outcome=DialOutcome.RINGING)
    await set_up(hass, entry)
    target = {"entity_id": "sensor.memory_pbx_anna_status"}
    with pytest.raises(ServiceValidationError):
        await hass.services.async_call(DOMAIN, action, {**target, **data}, blocking=True)
    assert session.sent == []
    numbers = {name: "202" for name in data if name != "condition"}
    await hass.services.async_call(DOMAIN, action, {**target, **data, **numbers}, blocking=True)
    assert [sent[0] for sent in session.sent] == [action.replace("redirect", "transfer")]


async def test_log_without_the_number(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    """The log tells that a call was refused and why, but not of which number."""
    await office.set_up(dial_allowed=["2*"])
    await office.dial("+4930123456")
    warnings = [record.getMessage() for record in caplog.records if "refused" in record.getMessage()]
    assert warnings == ["A call through Office PBX was refused: dial_number_refused"]


@pytest.mark.parametrize(
    ("number", "refused"),
    [
        (31612345678, "number_is_integer"),
        (3.5, "number_is_integer"),
        (True, "number_is_integer"),
        ("31612345678", None),
        (202, None),
        ("(+31612345678)", None),
        ("tel:+31-6-1234-5678;ext=2", None),
    ],
)
async def test_numbers_from_templates(office: Office, number: Any, refused: str | None) -> None:
    """A number that a template has made an integer is refused by name; an extension loses nothing."""
    await office.set_up()
    assert await office.act("dial", number=number) == refused
    assert await office.act("set_forward", number=number) == refused
    assert len(office.dialed) == len(office.settings) == (refused is None)
    assert set(office.dialed) <= {"31612345678", "202", "+31612345678"}


async def test_stores_hold_no_secrets(
    hass: HomeAssistant, office: Office, hass_storage: dict[str, Any], person: Context
) -> None:
    """What is kept of calls and settings, and gets into backups, holds no number, name or login."""
    await office.set_up(dial_per_hour=5)
    assert await office.dial("+31201234567", person) is None
    assert await office.act("set_do_not_disturb", person, duration="01:00:00") is None
    await hass.async_block_till_done()
    own = {name: str(stored) for name, stored in hass_storage.items() if name.startswith(f"{DOMAIN}.")}
    assert len(own) == 2
    secrets = ("1234567", "Anna", office.pbx.world.api_keys[0], str(person.user_id))
    assert not [name for name, stored in own.items() if any(secret in stored for secret in secrets)]
