"""What the vendor's pages allow and no firmware is known to send: other words, types and shapes."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from custom_components.pbx.protocols.enums import LineStatus, PresenceActivity
from custom_components.pbx.protocols.model import Favourite
from tests.simulators.innovaphone import InnovaphoneSimulator
from tests.simulators.innovaphone.small_world import user
from tests.waiting import until

from .client import Client, client_for, turning

OUTSIDE = "00301234567"
type Message = dict[str, Any]
type Edit = Callable[[Message], Message]


class Speller:
    """Send some messages in another way than the simulated PBX does."""

    def __init__(self, **edits: Edit) -> None:
        self._edits = edits

    def get_trouble(self, name: str) -> str | None:
        """Return that nothing goes wrong."""
        return None

    def spell(self, message: Message) -> Iterator[Message]:
        """Yield what is sent in place of a message."""
        edit = self._edits.get(str(message.get("mt")))
        yield edit(message) if edit is not None else message


@asynccontextmanager
async def talking(pbx: InnovaphoneSimulator, **edits: Edit) -> AsyncIterator[Client]:
    """Return a client of a PBX that sends some messages in another way."""
    pbx.variety = Speller(**edits)  # type: ignore[assignment]
    async with client_for(pbx) as client:
        await client.settled(pbx)
        yield client
        assert client.opened == 1
        assert client.errors == []


def put(**fields: Any) -> Edit:
    """Return what puts other values into a message."""
    return lambda message: {**message, **fields}


def edit_sources(edit: Edit) -> Edit:
    """Return what changes each source of a presence."""
    return lambda message: {**message, "presence": [edit(item) for item in message["presence"]]}


@pytest.mark.parametrize(("up", "email"), [("true", "alice@example.com"), (1, None), ("1", "")])
async def test_monitor_that_is_up(pbx: InnovaphoneSimulator, up: Any, email: Any) -> None:
    """A truth value may be a word or a number, and what is not known null or empty."""
    async with talking(pbx, PresenceState=put(up=up, email=email, num=None, dn="")) as client:
        pbx.office.set_presence("alice", "away")
        await until(lambda: client.user(pbx.world.get("alice")).presence is PresenceActivity.AWAY)


@pytest.mark.parametrize(
    ("words", "activity"),
    [
        *(("Busy", PresenceActivity.BUSY), ("DND", PresenceActivity.DND), ("AWAY ", PresenceActivity.AWAY)),
        *(("On-The-Phone", PresenceActivity.ON_THE_PHONE), ("on_the_phone", PresenceActivity.ON_THE_PHONE)),
        *((" ", PresenceActivity.AVAILABLE), (7, PresenceActivity.OTHER)),
    ],
)
async def test_words_of_a_presence(pbx: InnovaphoneSimulator, words: Any, activity: PresenceActivity) -> None:
    """An activity is known however it is written, and kept in the words of the PBX."""

    def edit(item: Message) -> Message:
        return {**item, "activity": words} if item["contact"] == "tel:" else item

    async with talking(pbx, PresenceUpdate=edit_sources(edit)) as client:
        alice = pbx.world.get("alice")
        pbx.office.set_presence(alice, "x", "Note")
        await until(
            lambda: client.user(alice).presence_note == "Note" or client.user(alice).presence is activity
        )
        assert client.user(alice).presence is activity
        assert client.user(alice).do_not_disturb is (activity is PresenceActivity.DND)


@pytest.mark.parametrize("status", ["CLOSED", "Closed"])
async def test_words_of_a_status(pbx: InnovaphoneSimulator, status: str) -> None:
    """The same of whether a source is open."""
    async with talking(pbx, PresenceUpdate=edit_sources(put(status=status, activity=None))) as client:
        alice = pbx.world.get("alice")
        pbx.office.set_presence(alice, "")
        await until(lambda: client.user(alice).presence is PresenceActivity.OFFLINE)


@pytest.mark.parametrize("sip", ["ALICE", "alice@example.com", "sip:alice"])
async def test_user_by_address(pbx: InnovaphoneSimulator, sip: str) -> None:
    """Where the PBX drops src, users are known by an address, which the page calls a SIP URI."""

    def edit(message: Message) -> Message:
        named = {key: value for key, value in message.items() if key not in {"src", "num"}}
        return {**named, "sip": sip} if message.get("sip") == "alice" else message

    async with talking(pbx, PresenceState=edit) as client:
        pbx.tell_presence_state(pbx.world.get("alice"), up=False)
        await until(lambda: client.user(pbx.world.get("alice")).presence is None)


@pytest.mark.parametrize("deleted", ["true", 1])
async def test_call_that_is_deleted(pbx: InnovaphoneSimulator, deleted: Any) -> None:
    """A call is over when it is deleted, whatever says so; handles and states may be text."""

    def edit(message: Message) -> Message:
        texts = {key: str(message[key]) for key in ("call", "user", "state") if key in message}
        gone = message.get("del") is True or message.get("msg") == "del"
        return {
            **message,
            **texts,
            "del": deleted if gone else False,
            "msg": "update",
        }

    async with talking(pbx, CallInfo=edit) as client:
        alice = pbx.world.get("alice")
        pbx.engine.incoming(OUTSIDE, alice)
        await until(lambda: client.story(alice) == ["ringing"])
        await client.session.commands.answer(client.call_id(), user=alice.guid)
        await until(lambda: client.user(alice).status is LineStatus.TALKING)
        await client.session.commands.hang_up(client.call_id())
        await until(lambda: client.story(alice) == ["ringing", "answered", "ended"])
        await until(lambda: not list(client.state.calls.open))


@pytest.mark.parametrize("word", ["DEL", "deleted"])
async def test_user_who_is_deleted(pbx: InnovaphoneSimulator, word: str) -> None:
    """A user is gone however that is written."""

    def edit(message: Message) -> Message:
        return {**message, "update": word} if message.get("update") == "del" else message

    async with talking(pbx, UserInfo=edit) as client:
        eve = pbx.office.add(user(9, "eve", "Ève Dupont", "", "eve-phone"))
        await until(lambda: client.user(eve) is not None and client.user(eve).presence is not None)
        pbx.office.remove(eve)
        await until(lambda: client.user(eve) is None)


@pytest.mark.parametrize("regs", [None, "", {"hw": "009033aabbcc"}])
async def test_registrations_of_other_shapes(pbx: InnovaphoneSimulator, regs: Any) -> None:
    """A list may be null where it is empty, or one thing alone."""
    async with talking(pbx, UserInfo=put(regs=regs)) as client:
        assert client.phone("009033aabbcc").registered is bool(regs)


@pytest.mark.parametrize("dyn", ["IN", "In", True, 1])
async def test_agent_who_is_logged_in(pbx: InnovaphoneSimulator, dyn: Any) -> None:
    """Whether an agent is in a group is known however it is written."""

    def edit(message: Message) -> Message:
        columns = message.get("columns", {})
        groups = [
            {**item, "dyn": dyn} if item.get("dyn") == "in" else item for item in columns.get("grps", [])
        ]
        return {**message, "columns": {**columns, "grps": groups}} if columns else message

    async with talking(pbx, ReplicateNextResult=edit) as client:
        hotline = next(item for item in pbx.world.objects.values() if item.pseudo == "waiting")
        assert client.queue(hotline).agents_logged_in == 1


@pytest.mark.parametrize("country", [49, "+49", "0049"])
async def test_country_of_the_node(pbx: InnovaphoneSimulator, country: Any) -> None:
    """A country code may be a number, or as it is dialled."""
    async with talking(
        pbx, GetNodeInfoResult=put(country_code=country), UserInitializeResult=put(country=country)
    ) as client:
        await client.session.commands.dial(user=pbx.world.get("alice").guid, phone=None, number="+4930123456")
        assert pbx.recorder.named("RCC.UserCall")[-1]["e164"] == "0030123456"


async def test_favourites_of_other_types(pbx: InnovaphoneSimulator) -> None:
    """Ids may be text, and what a contact lacks null."""

    def edit_contact(contact: Message) -> Message:
        return {**contact, "id": str(contact["id"]), "ext": None, "presence": 1, "dialog": "false"}

    def edit(message: Message) -> Message:
        profile = message.get("profile") or {}
        changed = {**profile, "id": str(profile["id"])} if profile else {}
        if "contact" in profile:
            changed["contact"] = edit_contact(profile["contact"])
        if "contacts" in profile:
            changed["contacts"] = [edit_contact(item) for item in profile["contacts"]] or None
        return {**message, "profile": changed}

    pbx.variety = Speller(SubscribeProfileResult=edit, ProfileContactAdded=edit, ProfileContactDeleted=edit)  # type: ignore[assignment]
    async with client_for(pbx, username="alice", password="alicepw") as client:
        await client.session.commands.add_favourite(Favourite(name="Bjorn", number="202"))
        (known,) = await client.session.commands.favourites()
        assert (known.name, known.shows_presence, known.shows_calls) == ("Bjorn", True, False)
        await client.session.commands.remove_favourite(known)
        assert await client.session.commands.favourites() == ()


@pytest.mark.parametrize("answer", [{"id": "17"}, {"id": 0}, {"id": 17.0}])
async def test_id_of_a_mark(pbx: InnovaphoneSimulator, answer: Message) -> None:
    """The id of a call may be text, and 0 is one as well."""
    pbx.variety = Speller(AddAlienCallResult=put(**answer))  # type: ignore[assignment]
    async with client_for(pbx, username="alice", password="alicepw") as client:
        await client.session.commands.mark_on_call(on=True)
        pbx.faults.odd = {"DelAlienCall": {}}
        await client.session.commands.mark_on_call(on=False)
        assert pbx.recorder.named("PbxApi.DelAlienCall")[-1]["id"] == int(answer["id"])


@pytest.mark.parametrize("numbers", [int, str])
async def test_accounts_with_numbers(pbx: InnovaphoneSimulator, numbers: Callable[[Any], Any]) -> None:
    """The position in the list of accounts goes back as it came; each answer may name the database."""

    def edit(message: Message) -> Message:
        found = {key: numbers(message[key]) for key in ("usn", "ausn") if key in message}
        return {**message, **found, "guid": pbx.world.database, "info": None}

    pbx.world.apps["homeassistant"].apis = {"PbxAccountApi"}
    pbx.variety = Speller(AccountInfoResult=edit)  # type: ignore[assignment]
    async with turning(pbx), client_for(pbx) as client:
        await until(lambda: client.user(pbx.world.get("alice")) is not None)
        await until(lambda: client.user(pbx.world.get("chloe")) is not None)


@pytest.mark.parametrize(
    "error", [{"error": "0"}, {"error": None}, {"error": False}, {"errorText": None}, {"error": ""}]
)
async def test_success_in_other_words(pbx: InnovaphoneSimulator, error: Message) -> None:
    """No error is no refusal, in whatever words."""
    async with talking(pbx, SetPresenceResult=put(**error)) as client:
        await client.session.commands.set_presence(pbx.world.get("alice").guid, PresenceActivity.BUSY, None)
