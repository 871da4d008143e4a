"""What dashboards are told over the websocket."""

from asyncio import Event, timeout
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

from homeassistant.auth.models import User as HomeAssistantUser
from homeassistant.components.frontend import DATA_EXTRA_MODULE_URL
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator, WebSocketGenerator

from custom_components.pbx.hub.lazy_module import async_load
from custom_components.pbx.protocols.call import Leg, Party
from custom_components.pbx.protocols.changes import CallChange, Remove, Upsert
from custom_components.pbx.protocols.enums import (
    CallDirection,
    CallState,
    EndCause,
    ForwardKind,
    LegRole,
    LineStatus,
    ObjectKind,
    UserPhoneType,
)
from custom_components.pbx.protocols.keys import ObjectKey
from custom_components.pbx.protocols.model import (
    Mailbox,
    ParkedCall,
    Phone,
    Queue,
    QueueAgent,
    Switch,
    User,
    UserPhone,
    WaitingCall,
)
from tests.memory_session import INFO, MemorySession

from .memory_entry import memory_entry, set_up
from .test_vcards import ANNA as CARD

SINCE = datetime(2026, 11, 29, 8, tzinfo=UTC)
NUMBER = "+31201234567"
ANNA = User(
    id="1000001",
    name="Anna",
    number="201",
    do_not_disturb=False,
    forwards={ForwardKind.ALWAYS: NUMBER},
    phones=(UserPhone(type=UserPhoneType.PHONE, phone="desk", personal=True),),
)
BJORN = User(id="2", name="Björn", number="202")
OBJECTS = (
    ANNA,
    BJORN,
    Phone(id="desk", name="Desk", registered=True),
    Queue(
        id="7",
        name="Sales",
        waiting=1,
        oldest_since=SINCE,
        agents=(QueueAgent(name="Anna", user="1000001", logged_in=True),),
        calls=(WaitingCall(position=1, number=NUMBER, name="Carla", since=SINCE),),
    ),
    Mailbox(id="201", name="201", number="201", new=2),
    Switch(id="night", name="Night", value=True),
)


def talk(state: CallState, *, party: Party | None = None) -> CallChange:
    """Return a call from outside to Anna's phone."""
    party, answered = party or Party(phone="desk"), state is CallState.TALKING
    return CallChange(
        id="c1",
        direction=CallDirection.INCOMING,
        caller=Party(number=NUMBER, name="Carla"),
        called=Party(number="201"),
        legs=(Leg(id=party.user or "l1", role=LegRole.CALLEE, party=party, state=state, answered=answered),),
    )


class Board:
    """A dashboard: what it was told, put together as a browser does."""

    def __init__(self, socket: Any) -> None:
        self._socket = socket
        self.entries: list[str] = []
        self.pbx: dict[str, Any] = {}
        self.sections: dict[str, dict[str, Any]] = {}
        self.messages: list[dict[str, Any]] = []
        self.is_complete = False

    async def ask(self, kind: str, **fields: Any) -> Any:
        """Send a command and return the answer."""
        await self._socket.send_json_auto_id({"type": f"pbx/{kind}", **fields})
        return await self._socket.receive_json()

    async def subscribe(self, **fields: Any) -> None:
        """Subscribe, and wait until everything was told."""
        assert (await self.ask("subscribe", **fields))["success"]
        await self.until(lambda: self.is_complete or self.entries == ["nothing"])

    async def until(self, condition: Any) -> None:
        """Take messages until a condition holds."""
        async with timeout(10):
            while not condition():
                self._take((await self._socket.receive_json())["event"])

    def _take(self, message: dict[str, Any]) -> None:
        self.messages.append(message)
        if "entries" in message:
            self.entries = message["entries"]
            return
        self.pbx = message.get("pbx", self.pbx)
        if message.get("reset"):
            self.sections = {}
        for name, objects in message["set"].items():
            self.sections.setdefault(name, {}).update(objects)
        for name, ids in message["gone"].items():
            for object_id in ids:
                del self.sections[name][object_id]
        self.is_complete |= message.get("complete", False)


@pytest.fixture
def options() -> dict[str, Any]:
    """Return the options of the PBX."""
    return {}


@pytest.fixture
async def entry(
    hass: HomeAssistant,
    monkeypatch: pytest.MonkeyPatch,
    options: Mapping[str, Any],
    hass_admin_user: HomeAssistantUser,
) -> MockConfigEntry:
    """Set a PBX up; who looks is Anna."""
    hass.states.async_set("person.anna", "home", {"user_id": hass_admin_user.id})
    people = [{"person": "person.anna", "user": ANNA.id}]
    entry, _ = memory_entry(hass, monkeypatch, OBJECTS, {"people": people, "country": "NL", **options})
    await set_up(hass, entry)
    return entry


@pytest.fixture
def session(entry: MockConfigEntry) -> MemorySession:
    """Return the session of the PBX."""
    session: MemorySession = entry.runtime_data.session
    return session


@pytest.fixture
async def board(entry: MockConfigEntry, hass_ws_client: WebSocketGenerator) -> AsyncIterator[Board]:
    """Open a dashboard."""
    board = Board(await hass_ws_client())
    await board.subscribe()
    return board


async def test_snapshot(entry: MockConfigEntry, board: Board) -> None:
    """A dashboard is told everything at first, once."""
    assert board.entries == [entry.entry_id]
    assert board.pbx["connected"]
    assert board.pbx["me"] == [ANNA.id]
    assert {"dial", "transfer"} <= set(board.pbx["can"])
    anna = board.sections["people"][ANNA.id]
    assert anna["name"] == "Anna"
    assert anna["person"] == "person.anna"
    assert anna["forwards"] == {"always": NUMBER}
    assert anna["control"]
    assert anna["editable"]
    assert anna["controllable"]
    assert anna["calls"] == []
    [desk] = anna["phones"]
    assert desk["registered"]
    assert desk["device_id"] == board.sections["phones"]["desk"]["device_id"]
    queue = board.sections["queues"]["7"]
    assert queue["longest_wait"] == SINCE.isoformat()
    assert queue["agents"][0]["user"] == ANNA.id
    assert not queue["agents"][0]["permanent"]
    carla = {"number": NUMBER, "name": "Carla", "user": None}
    assert queue["calls"] == [{"position": 1, "since": SINCE.isoformat(), **carla}]
    assert board.sections["mailboxes"]["201"]["new"] == 2
    assert board.sections["switches"]["night"]["entity_id"] == "switch.memory_pbx_night"
    assert len([message for message in board.messages if "set" in message]) == 1


async def test_call(board: Board, session: MemorySession) -> None:
    """A call at somebody's phone is theirs; who is in it and since when is told, and that it is over."""
    session.report(talk(CallState.RINGING))
    people = board.sections["people"]
    await board.until(lambda: people[ANNA.id]["calls"])
    [call] = people[ANNA.id]["calls"]
    assert (call["state"], call["name"], call["number"]) == ("ringing", "Carla", NUMBER)
    assert (call["direction"], call["call_id"]) == ("incoming", "call-c1")
    shown = board.sections["calls"]["call-c1"]
    assert shown["state"] == "ringing"
    assert [party["name"] for party in shown["participants"]] == ["Desk"]
    rang = call["since"]
    session.report(talk(CallState.TALKING))
    await board.until(lambda: people[ANNA.id]["calls"][0]["state"] == "talking")
    assert people[ANNA.id]["calls"][0]["since"] >= rang
    # The call goes to a colleague, while no phone shows another status.
    moved = talk(CallState.TALKING, party=Party(user=BJORN.id))
    session.report(replace(moved, legs=(*talk(CallState.ENDED).legs, *moved.legs)))
    await board.until(lambda: people[BJORN.id]["calls"] and not people[ANNA.id]["calls"])
    session.report(CallChange(id="c1", end=EndCause.HANGUP))
    await board.until(lambda: not board.sections["calls"])
    assert not people[BJORN.id]["calls"]


async def test_objects_come_and_go(hass: HomeAssistant, board: Board, session: MemorySession) -> None:
    """New people have their device, and those who left are gone."""
    session.upsert(User(id="3", name="Chloé", number="203"))
    await board.until(lambda: board.sections["people"].get("3", {}).get("device_id"))
    session.report(Remove(ObjectKey(ObjectKind.USER, "3"), certain=True))
    await board.until(lambda: "3" not in board.sections["people"])
    parked = ParkedCall(space="71", number=NUMBER, name="Carla", since=SINCE)
    session.report(Upsert(replace(INFO, parked=(parked,))))
    await board.until(lambda: board.pbx["parked"])
    assert board.pbx["parked"][0]["space"] == "71"
    board.messages.clear()
    session.report(Upsert(replace(ANNA, do_not_disturb=True)), Upsert(replace(BJORN, number="204")))
    await board.until(lambda: board.sections["people"][ANNA.id]["do_not_disturb"])
    assert len(board.messages) == 1
    assert set(board.messages[0]["set"]["people"]) == {ANNA.id, BJORN.id}


async def test_outage_and_reload(
    hass: HomeAssistant, entry: MockConfigEntry, board: Board, session: MemorySession
) -> None:
    """A lost connection shows, a reload starts anew, and an entry that is unloaded or removed is gone."""
    session.cut()
    await board.until(lambda: not board.pbx["connected"])
    session.down = False
    board.is_complete = False
    await hass.config_entries.async_reload(entry.entry_id)
    await board.until(lambda: board.is_complete and board.pbx["connected"])
    assert set(board.sections["people"]) == {ANNA.id, BJORN.id}
    await hass.config_entries.async_remove(entry.entry_id)
    await board.until(lambda: board.entries == [])


async def test_only_what_is_looked_at_is_wanted(
    hass: HomeAssistant, entry: MockConfigEntry, session: MemorySession, hass_ws_client: WebSocketGenerator
) -> None:
    """Kinds without an entity are asked of the PBX while a dashboard shows them, and no longer."""
    listeners = entry.runtime_data.listeners
    for platform in (
        "sensor",
        "binary_sensor",
        "switch",
        "event",
        "text",
        "select",
        "button",
        "todo",
        "notify",
    ):
        await hass.config_entries.async_forward_entry_unload(entry, platform)
    before = listeners.watched
    assert ObjectKind.QUEUE not in before
    board = Board(await hass_ws_client())
    await board.subscribe(sections=["queues"], config_entry_id=entry.entry_id)
    assert set(board.sections) == {"queues"}
    assert listeners.watched - before == {ObjectKind.QUEUE, ObjectKind.PBX}
    assert ObjectKind.QUEUE in session.watched
    await board._socket.close()
    await hass.async_block_till_done()
    assert listeners.watched == before


@pytest.mark.parametrize("options", [{"mask_numbers": True}])
async def test_masking(board: Board, session: MemorySession) -> None:
    """Where numbers are masked in states they are masked here; ids stay, also those like numbers."""
    session.report(talk(CallState.RINGING))
    await board.until(lambda: board.sections.get("calls"))
    session.report(CallChange(id="c1", end=EndCause.HANGUP))
    await board.until(lambda: not board.sections["calls"])
    page = (await board.ask("calls"))["result"]
    assert page["calls"][0]["caller"]["number"] == "••• 567"
    assert NUMBER not in str(board.messages) + str(page)
    assert board.sections["people"][ANNA.id]["forwards"] == {"always": "••• 567"}
    assert board.sections["queues"]["7"]["agents"][0]["user"] == ANNA.id
    assert board.pbx["masked"]


@pytest.fixture
def address_book(hass: HomeAssistant, tmp_path: Path) -> None:
    """Put the card of Anna de Boer into the folder of vCards."""
    hass.config.config_dir = str(tmp_path)
    (tmp_path / "contacts").mkdir()
    (tmp_path / "contacts/anna.vcf").write_text(CARD)


@pytest.mark.parametrize("options", [{"vcard_folder": "contacts"}])
async def test_address_book(address_book: None, board: Board, session: MemorySession) -> None:
    """Who calls or waits is shown with the picture and the groups of the address book, also afterwards."""
    session.report(talk(CallState.RINGING))
    await board.until(lambda: board.sections["people"][ANNA.id]["calls"])
    [call] = board.sections["people"][ANNA.id]["calls"]
    [waiting] = board.sections["queues"]["7"]["calls"]
    assert call["name"] == waiting["name"] == "Anna de Boer"
    assert call["groups"] == waiting["groups"] == ["VIP", "Family"]
    assert call["picture"].startswith("/api/pbx/picture/")
    session.report(CallChange(id="c1", end=EndCause.HANGUP))
    await board.until(lambda: not board.sections["calls"])
    [past] = (await board.ask("calls"))["result"]["calls"]
    assert past["caller"]["picture"] == call["picture"]


async def test_end_of_do_not_disturb(hass: HomeAssistant, board: Board, session: MemorySession) -> None:
    """Until when somebody does not want to be disturbed is shown, whichever comes first."""
    session.upsert(replace(ANNA, do_not_disturb=True))
    await board.until(lambda: board.sections["people"][ANNA.id]["do_not_disturb"])
    assert board.sections["people"][ANNA.id]["do_not_disturb_until"] is None
    data = {"device_id": board.sections["people"][ANNA.id]["device_id"], "duration": {"hours": 1}}
    await hass.services.async_call("pbx", "set_do_not_disturb", data, blocking=True)
    await board.until(lambda: board.sections["people"][ANNA.id]["do_not_disturb_until"] is not None)
    session.upsert(ANNA)
    await board.until(lambda: not board.sections["people"][ANNA.id]["do_not_disturb"])
    assert board.sections["people"][ANNA.id]["do_not_disturb_until"] is None


async def test_read_only_user(
    entry: MockConfigEntry, hass_ws_client: WebSocketGenerator, hass_read_only_access_token: str
) -> None:
    """Who may only read is shown everything and may do nothing."""
    board = Board(await hass_ws_client(access_token=hass_read_only_access_token))
    await board.subscribe()
    anna = board.sections["people"][ANNA.id]
    assert not anna["control"]
    assert not board.pbx["control"]
    assert board.pbx["me"] == []
    assert not board.sections["queues"]["7"]["control"]


async def test_user_with_few_rights(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    session: MemorySession,
    hass_ws_client: WebSocketGenerator,
    hass_read_only_user: HomeAssistantUser,
    hass_read_only_access_token: str,
) -> None:
    """Who may see one person sees this one, their calls, and nothing of the PBX."""
    hass_read_only_user.mock_policy(  # type: ignore[attr-defined]
        {"entities": {"entity_ids": {"sensor.memory_pbx_bjorn_status": {"read": True}}}}
    )
    board = Board(await hass_ws_client(access_token=hass_read_only_access_token))
    await board.subscribe()
    assert set(board.sections) == {"people"}
    assert set(board.sections["people"]) == {BJORN.id}
    assert "version" not in board.pbx
    session.report(
        talk(CallState.TALKING), replace(talk(CallState.RINGING, party=Party(user=BJORN.id)), id="c2")
    )
    await board.until(lambda: board.sections.get("calls"))
    assert set(board.sections["calls"]) == {"call-c2"}
    session.report(CallChange(id="c1", end=EndCause.HANGUP), CallChange(id="c2", end=EndCause.HANGUP))
    await board.until(lambda: not board.sections["calls"])
    page = (await board.ask("calls"))["result"]
    assert [call["call_id"] for call in page["calls"]] == ["call-c2"]
    hass_read_only_user.mock_policy({"entities": {}})  # type: ignore[attr-defined]
    blind = Board(await hass_ws_client(access_token=hass_read_only_access_token))
    assert (await blind.ask("subscribe"))["success"]
    await blind.until(lambda: blind.messages)
    assert blind.entries == []


async def test_call_list(board: Board, session: MemorySession) -> None:
    """Calls that are over come in pages, the latest first, and can be filtered."""
    for name, party, state, queue in (
        ("a", Party(user=ANNA.id), CallState.TALKING, None),
        ("b", Party(user=BJORN.id), CallState.RINGING, "7"),
        ("c", Party(user=ANNA.id), CallState.RINGING, None),
    ):
        session.report(replace(talk(state, party=party), id=name, queue=queue))
        session.report(CallChange(id=name, end=EndCause.HANGUP))
    nobody = CallChange(id="d", direction=CallDirection.INTERNAL, caller=Party(user=ANNA.id))
    leg = Leg(id="l", role=LegRole.CALLER, party=Party(user=ANNA.id), state=CallState.DIALING)
    session.report(replace(nobody, legs=(leg,)))
    session.report(CallChange(id="d", end=EndCause.HANGUP))
    await board.until(lambda: board.pbx["last_call"] == "call-d")
    pages: list[dict[str, Any]] = []

    async def ask(**fields: Any) -> list[str]:
        pages.append((await board.ask("calls", **fields))["result"])
        return [call["call_id"] for call in pages[-1]["calls"]]

    assert await ask(limit=2) == ["call-c", "call-b"]
    assert await ask(limit=2, before=pages[-1]["next"]) == ["call-a"]
    assert pages[-1]["next"] is None
    assert await ask(only="missed") == ["call-c", "call-b"]
    assert await ask(only="mine") == ["call-c", "call-a"]
    mine = pages[-1]["calls"]
    assert [(call["role"], call["outcome"]) for call in mine] == [
        ("callee", "missed"),
        ("callee", "answered"),
    ]
    assert await ask(only="queue") == ["call-b"]
    assert pages[-1]["calls"][0]["queue"] == "Sales"
    assert await ask(config_entry_id="another") == []


async def test_module(hass: HomeAssistant, hass_client: ClientSessionGenerator) -> None:
    """Every browser loads the module, whose URL names its content, so that it may be kept for long."""
    assert await async_setup_component(hass, "frontend", {})
    assert await async_setup_component(hass, "pbx", {})
    client = await hass_client()
    [url] = [url for url in hass.data[DATA_EXTRA_MODULE_URL].urls if url.startswith("/pbx/")]
    answer = await client.get(url)
    assert answer.status == 200
    assert "max-age" in answer.headers["Cache-Control"]
    assert "javascript" in answer.headers["Content-Type"]


async def test_phone_of_a_person(
    entry: MockConfigEntry, session: MemorySession, hass_ws_client: WebSocketGenerator
) -> None:
    """A phone that is not registered any more shows at its user, also where no phones are asked for."""
    board = Board(await hass_ws_client())
    await board.subscribe(sections=["people"])
    session.upsert(Phone(id="desk", name="Desk", registered=False, status=LineStatus.OFFLINE))
    await board.until(lambda: not board.sections["people"][ANNA.id]["phones"][0]["registered"])
    assert set(board.sections) == {"people"}


async def test_code_of_a_caller(board: Board, session: MemorySession) -> None:
    """Who shows a code of the PBX as their number is shown with it, and has no number to call back."""
    caller = Party(number="*21*0612345678#", name="Eve")
    session.report(replace(talk(CallState.RINGING), caller=caller), CallChange(id="c1", end=EndCause.HANGUP))
    await board.until(lambda: board.pbx["last_call"] == "call-c1")
    [call] = (await board.ask("calls"))["result"]["calls"]
    assert call["caller"] == {"name": "Eve (*21*0612345678#)", "number": None}


async def test_end_before_the_beginning(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    hass_ws_client: WebSocketGenerator,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A dashboard that is closed while what it needs is loaded for the first time is sent nothing."""
    is_asked, goes_on = Event(), Event()

    async def load_slowly(hass: HomeAssistant, *modules: ModuleType) -> None:
        is_asked.set()
        await goes_on.wait()
        await async_load(hass, *modules)

    monkeypatch.setattr("custom_components.pbx.dashboard.websocket.async_load", load_slowly)
    socket = await hass_ws_client()
    await socket.send_json({"id": 1, "type": "pbx/subscribe"})
    await is_asked.wait()
    await socket.send_json({"id": 2, "type": "unsubscribe_events", "subscription": 1})
    assert (await socket.receive_json())["id"] == 2
    goes_on.set()
    await socket.send_json({"id": 3, "type": "pbx/calls"})
    assert (await socket.receive_json())["id"] == 3


async def test_subscriptions_are_bounded(
    entry: MockConfigEntry, hass_ws_client: WebSocketGenerator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One connection cannot make every event dear; what it gives back it may have again."""
    monkeypatch.setattr("custom_components.pbx.dashboard.websocket.MOST_SUBSCRIPTIONS", 2)
    socket = await hass_ws_client()

    async def ask(**command: Any) -> Any:
        await socket.send_json_auto_id(command or {"type": "pbx/subscribe", "sections": ["queues"]})
        while (answer := await socket.receive_json())["type"] != "result":
            pass
        return answer

    first = await ask()
    assert (await ask())["success"]
    assert (await ask())["error"]["code"] == "too_many_subscriptions"
    assert (await ask(type="unsubscribe_events", subscription=first["id"]))["success"]
    assert (await ask())["success"]
