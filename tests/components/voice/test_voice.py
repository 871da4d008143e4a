"""What people say to the assistant of Home Assistant, what the PBX gets of it, and what is answered."""

from datetime import datetime, timedelta
from typing import Any

from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar, device_registry as dr, entity_registry as er
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.pbx.voice.language import LONGEST_SENTENCE, load_languages
from custom_components.pbx.voice.readings import load_grammar
from tests.components.conftest import state_is
from tests.simulators.axeos import AxeosSimulator
from tests.waiting import until

from .conftest import ASSISTANT, NAME, Say

ANNA = f"sensor.{NAME}_anna_de_vries_status"
BJORN = f"sensor.{NAME}_bjorn_akesson_status"


def dialed(pbx: AxeosSimulator) -> list[dict[str, str]]:
    """Return the calls that the PBX was told to make."""
    return [request.json for request in pbx.requests if request.path.endswith("/call")]


@pytest.mark.parametrize(
    ("language", "text", "answer"),
    [
        ("en", "call Björn", "Calling Björn Åkesson."),
        ("en", "please call bjorn akesson", "Calling Björn Åkesson."),
        ("en-GB", "give Björn a ring", "Calling Björn Åkesson."),
        ("en", "call extension two zero two", "Calling 2 0 2."),
        ("de", "Ruf bitte Björn an", "Ich rufe Björn Åkesson an."),
        ("de", "wähle 202", "Ich rufe 2 0 2 an."),
        ("nl", "Bel Björn op", "Ik bel Björn Åkesson."),
        ("nl", "bel nummer twee nul twee", "Ik bel 2 0 2."),
        ("fr", "call Björn", "Calling Björn Åkesson."),
    ],
)
async def test_call(say: Say, pbx: AxeosSimulator, language: str, text: str, answer: str) -> None:
    """Anna has somebody called from her own telephone."""
    assert await say(text, language) == answer
    assert dialed(pbx) == [{"user_uuid": pbx.world.user("anna").uuid, "number": "202"}]


@pytest.mark.parametrize(
    ("outcome", "answer"),
    [
        ("busy", "Bei Björn Åkesson ist besetzt."),
        ("unavailable", "Björn Åkesson ist nicht erreichbar."),
        ("failed", "Der Anruf bei Björn Åkesson hat nicht geklappt."),
    ],
)
async def test_call_that_fails(say: Say, pbx: AxeosSimulator, outcome: str, answer: str) -> None:
    """What became of the call is said."""
    pbx.engine.behaviour[pbx.world.phone("desk-anna").uuid] = outcome
    assert await say("rufe Björn an", "de") == answer


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("call Ringo", "I find nobody called Ringo in the telephone system."),
        ("call Chloé", "I find nobody called Chloé in the telephone system."),
    ],
)
async def test_call_nobody(say: Say, pbx: AxeosSimulator, text: str, answer: str) -> None:
    """Whoever is not there, or not exposed, can't be called by name."""
    assert await say(text) == answer
    assert dialed(pbx) == []


async def test_which_one(
    hass: HomeAssistant, say: Say, pbx: AxeosSimulator, entity_registry: er.EntityRegistry
) -> None:
    """A name that several have is asked back; the whole name tells them apart, and so does an alias."""
    entity_registry.async_update_entity(ANNA, aliases=["201", "Boss"])
    entity_registry.async_update_entity(BJORN, aliases=["202", "Boss"])
    assert await say("call boss") == "Which one: Anna de Vries or Björn Åkesson?"
    assert dialed(pbx) == []
    entity_registry.async_update_entity(BJORN, aliases=["202", "Big Boss"])
    assert await say("call big boss") == "Calling Björn Åkesson."


async def test_call_a_person(say: Say, pbx: AxeosSimulator, loaded: MockConfigEntry) -> None:
    """A user is found by the name of their person too."""
    assert await say("call Anneke") == "Calling Anna de Vries."


async def test_whose_telephone(hass: HomeAssistant, say: Say, pbx: AxeosSimulator) -> None:
    """Without a login there must be one telephone in the room."""
    assert await say("call Björn", user=None) == "I don't know which telephone is yours."
    entry = MockConfigEntry(domain="satellites")
    entry.add_to_hass(hass)
    registry = dr.async_get(hass)
    kitchen = ar.async_get(hass).async_create("Kitchen")
    satellite = registry.async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={("satellites", "1")}
    )
    assert await say("call Björn", user=None, device=satellite.id) == "I don't know which telephone is yours."
    registry.async_update_device(satellite.id, area_id=kitchen.id)
    desk = next(device for device in registry.devices if device.name == "Desk Björn")
    registry.async_update_device(desk.id, area_id=kitchen.id)
    assert await say("call 201", user=None, device=satellite.id) == "Calling 2 0 1."
    assert dialed(pbx)[0]["phone_uuid"] == pbx.world.phone("desk-bjorn").uuid
    answer = await say("put me on do not disturb", user=None, device=satellite.id)
    assert answer == "Do not disturb is on."
    assert pbx.world.user("bjorn").dnd
    lobby = next(device for device in registry.devices if device.name == "lobby")
    registry.async_update_device(desk.id, area_id=None)
    registry.async_update_device(lobby.id, area_id=kitchen.id)
    answer = await say("put me on do not disturb", user=None, device=satellite.id)
    assert answer == "That needs a user of the telephone system, and I don't know which one you are."


@pytest.mark.parametrize(
    ("language", "text", "answer", "nothing"),
    [
        ("en", "hang up", "Hung up.", "There is no such call."),
        ("de", "leg auf", "Aufgelegt.", "Es gibt gerade keinen solchen Anruf."),
        ("nl", "hang op", "Opgehangen.", "Er is nu geen gesprek."),
    ],
)
async def test_hang_up(
    hass: HomeAssistant, say: Say, pbx: AxeosSimulator, language: str, text: str, answer: str, nothing: str
) -> None:
    """Anna ends her own call."""
    assert await say(text, language) == nothing
    call = pbx.engine.incoming(number="+31201234567", extension="201")
    call.ring(pbx.world.user("anna"))
    await state_is(hass, ANNA, "ringing")
    assert await say(text, language) == answer
    assert call.finished


@pytest.mark.parametrize(
    ("language", "text", "answers"),
    [
        ("en", "who is calling", ("Nobody is calling.", "Carla is calling Anna de Vries.")),
        ("en", "is anybody on the phone", ("Nobody is on the phone.", "Carla is calling Anna de Vries.")),
        (
            "en",
            "is Anna on the phone",
            ("Anna de Vries is free.", "Carla is calling Anna de Vries."),
        ),
        ("de", "Wer ist am Telefon?", ("Niemand telefoniert.", "Anruf für Anna de Vries: Carla.")),
        (
            "nl",
            "wie is er aan de telefoon",
            ("Er is niemand aan de telefoon.", "Oproep voor Anna de Vries: Carla."),
        ),
    ],
)
async def test_who_is_on_the_phone(
    hass: HomeAssistant, say: Say, pbx: AxeosSimulator, language: str, text: str, answers: tuple[str, str]
) -> None:
    """Who is on the phone with whom, of those whom the assistant may know of."""
    assert await say(text, language) == answers[0]
    call = pbx.engine.incoming(number="+31201234567", name="Carla", extension="201")
    call.ring(pbx.world.user("anna"))
    await state_is(hass, ANNA, "ringing")
    assert await say(text, language) == answers[1]


async def test_talking(hass: HomeAssistant, say: Say, pbx: AxeosSimulator) -> None:
    """A call between two users is told once, and one of many is the last that is told."""
    call = pbx.engine.incoming(number="+31201234567", extension="201")
    call.ring(pbx.world.user("anna")).answer()
    await state_is(hass, ANNA, "talking")
    assert await say("who is on the phone") == "Anna de Vries is talking to plus 3 1 2 0 1 2 3 4 5 6 7."


@pytest.mark.parametrize(
    ("language", "text", "answers"),
    [
        ("en", "any new voicemail", ("There is one new voice message.", "There are 3 new voice messages.")),
        (
            "de",
            "habe ich Nachrichten",
            ("Es gibt eine neue Sprachnachricht.", "Es gibt 3 neue Sprachnachrichten."),
        ),
        (
            "nl",
            "heb ik berichten",
            ("Er is één nieuw voicemailbericht.", "Er zijn 3 nieuwe voicemailberichten."),
        ),
    ],
)
async def test_own_voicemail(
    hass: HomeAssistant, say: Say, pbx: AxeosSimulator, language: str, text: str, answers: tuple[str, str]
) -> None:
    """Anna hears of her own mailbox."""
    assert await say(text, language) == answers[0]
    for _ in range(2):
        pbx.leave_voicemail("201")
    await state_is(hass, f"sensor.{NAME}_mailbox_201_new_messages", "3")
    assert await say(text, language) == answers[1]


async def test_voicemail_of_others(hass: HomeAssistant, say: Say, pbx: AxeosSimulator) -> None:
    """Who is not known hears of the mailboxes that the assistant may know of, which may be none."""
    assert await say("any new voicemail", user=None) == "There are no new voice messages."
    async_expose_entity(hass, ASSISTANT, f"sensor.{NAME}_mailbox_201_new_messages", should_expose=True)
    for _ in range(2):
        pbx.leave_voicemail("202")
    await state_is(hass, f"sensor.{NAME}_mailbox_202_new_messages", "2")
    answer = "There are 3 new voice messages: 1 in mailbox 201 and 2 in mailbox 202."
    assert await say("do I have messages", user=None) == answer
    for number in (201, 202):
        entity_id = f"sensor.{NAME}_mailbox_{number}_new_messages"
        async_expose_entity(hass, ASSISTANT, entity_id, should_expose=False)
    assert await say("any messages", user=None) == "No mailbox is exposed to this assistant."


@pytest.mark.parametrize(
    ("language", "on", "answer", "off", "back"),
    [
        ("en", "put me on do not disturb", "on.", "take me off do not disturb", "Do not disturb is off."),
        (
            "de",
            "stell mich bis Mitternacht auf nicht stören",
            "Nicht stören ist bis morgen um 0 Uhr eingeschaltet.",
            "ich bin wieder erreichbar",
            "Nicht stören ist ausgeschaltet.",
        ),
        (
            "nl",
            "zet mij op niet storen tot half vier",
            " 30.",
            "haal me van niet storen af",
            "Niet storen is uitgeschakeld.",
        ),
        ("en", "do not put any calls through for half an hour", ".", "put my calls through again", "off."),
    ],
)
async def test_do_not_disturb(
    say: Say, pbx: AxeosSimulator, language: str, on: str, answer: str, off: str, back: str
) -> None:
    """Anna wants quiet, for good or for a while, and no longer."""
    anna = pbx.world.user("anna")
    assert (await say(on, language)).endswith(answer)
    assert anna.dnd
    assert (await say(off, language)).endswith(back)
    assert not anna.dnd


async def test_do_not_disturb_for_a_while(
    say: Say, pbx: AxeosSimulator, loaded: MockConfigEntry, hass_storage: dict[str, Any]
) -> None:
    """When quiet is to be over is remembered at the PBX's entry."""
    await say("put me on do not disturb for two hours")
    stored = hass_storage[f"pbx.{loaded.entry_id}.presence"]["data"]
    end = datetime.fromisoformat(stored[pbx.world.user("anna").uuid]["until"])
    assert timedelta(minutes=119) < end - dt_util.utcnow() < timedelta(minutes=121)


async def test_do_not_disturb_until_nonsense(say: Say, pbx: AxeosSimulator) -> None:
    """What is no time changes nothing."""
    assert await say("put me on do not disturb until the cows come home") == "I did not understand the time."
    assert not pbx.world.user("anna").dnd


@pytest.mark.parametrize(
    ("language", "text", "answer"),
    [
        ("en", "how many are waiting in the Sales queue", "Nobody is waiting in Sales."),
        ("en", "how many callers are waiting", "Nobody is waiting in Sales."),
        ("en", "how many callers are waiting in the lunch queue", "I find no queue called lunch."),
        ("de", "wie viele Anrufer warten in der Sales Warteschlange", "In Sales wartet niemand."),
        ("nl", "hoeveel bellers wachten er in de Sales wachtrij", "Er wacht niemand in Sales."),
    ],
)
async def test_queue(say: Say, language: str, text: str, answer: str) -> None:
    """How many wait in a queue."""
    assert await say(text, language) == answer


async def test_forward(say: Say, pbx: AxeosSimulator) -> None:
    """Anna has her calls forwarded, and no longer."""
    anna = pbx.world.user("anna")
    assert await say("forward my calls to Björn") == "Your calls are forwarded to Björn Åkesson."
    assert anna.call_forward == "202"
    assert await say("leite meine Anrufe nicht mehr um", "de") == "Deine Anrufe werden nicht mehr umgeleitet."
    assert anna.call_forward is None


async def test_not_connected(hass: HomeAssistant, say: Say, loaded: MockConfigEntry) -> None:
    """A PBX that is not there is named as the reason."""
    await loaded.runtime_data.on_disconnected(Exception())
    assert await say("call Björn") == "The telephone system is not connected."
    await hass.config_entries.async_unload(loaded.entry_id)
    assert await say("call Björn") == "No telephone system is connected."


@pytest.mark.parametrize(
    ("language", "text", "answer"),
    [
        ("en", "call 112", "I do not call emergency numbers. Please use a telephone."),
        ("de", "Ruf die Nummer 112 an", "Notrufnummern wähle ich nicht. Bitte nimm ein Telefon."),
        ("nl", "bel 112", "Alarmnummers bel ik niet. Pak alsjeblieft een telefoon."),
    ],
)
async def test_refused(say: Say, pbx: AxeosSimulator, language: str, text: str, answer: str) -> None:
    """What the rules for calls refuse is not called."""
    assert await say(text, language) == answer
    assert dialed(pbx) == []


async def test_not_readable(say: Say, anna: MockUser) -> None:
    """Who may not read a thing in Home Assistant is not told of it by voice."""
    assert await say("Who is on the phone?", "en") == "Nobody is on the phone."
    known = await say("Is Björn on the phone?", "en")
    anna.mock_policy({})
    assert await say("Is Björn on the phone?", "en") != known


@pytest.mark.parametrize(
    ("language", "text", "answer"),
    [
        ("en", "call Björn", "You may not do that."),
        ("de", "Ruf Björn an", "Das darfst du nicht."),
        ("nl", "bel Björn", "Dat mag je niet."),
    ],
)
async def test_not_allowed(
    say: Say, anna: MockUser, pbx: AxeosSimulator, language: str, text: str, answer: str
) -> None:
    """Who may not control a telephone in Home Assistant may not do so by voice."""
    anna.mock_policy({"entities": {"all": {"read": True}}})
    assert await say(text, language) == answer
    assert dialed(pbx) == []


async def test_code_of_a_caller(say: Say, pbx: AxeosSimulator, loaded: MockConfigEntry) -> None:
    """Who shows a code of the PBX as their number is not called back, nor somebody else in their place."""
    for number in ("+31201234567", "*21*0612345678#"):
        pbx.engine.incoming(number=number, extension="201", name="Eve").ring("anna").hangup()
    await until(lambda: len([*loaded.runtime_data.call_list.list_calls()]) == 2)
    assert await say("call back the last caller") == "Eve has no number."
    assert not [request for request in pbx.requests if request.path.endswith("/call")]


LONG_WORDS = {
    "call ": ("1", "1 ", "five ", "anna ", "and "),
    "do not disturb until ": ("word ", "three "),
    "do not disturb for ": ("an hour ",),
    "how many calls are waiting in ": ("sales ",),
}
LONG = [(start, word) for start, words in LONG_WORDS.items() for word in words]
# Each reading is looked at in the event loop.
MOST_READINGS = 4


@pytest.mark.parametrize(("start", "word"), LONG)
async def test_long_sentence(say: Say, pbx: AxeosSimulator, start: str, word: str) -> None:
    """What is longer than anybody says is none of ours, and is answered by Home Assistant itself."""
    await say(start + word * (20_000 // len(word)))
    assert dialed(pbx) == []
    assert not pbx.world.user("anna").dnd


@pytest.mark.parametrize(("start", "word"), LONG)
def test_longest_sentence(start: str, word: str) -> None:
    """The longest sentence that we look into has few meanings, each of which is looked at."""
    text = (start + word * LONGEST_SENTENCE)[:LONGEST_SENTENCE].strip()
    grammar = load_grammar(load_languages())
    assert 0 < len(grammar.read(text, "en")) <= MOST_READINGS
    assert grammar.read(text + word * LONGEST_SENTENCE, "en") == []
