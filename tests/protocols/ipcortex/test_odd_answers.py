"""What the developer pages allow and nobody has seen: other words, and numbers as text."""

from typing import Any, override

import pytest

from custom_components.pbx.protocols.enums import LineStatus, NoticeCode, Outcome
from custom_components.pbx.protocols.errors import CommandFailed, MissingRight
from custom_components.pbx.protocols.ipcortex.decode import decode_records
from custom_components.pbx.protocols.ipcortex.decode_rest import decode_links, decode_people, decode_switches
from tests.simulators.ipcortex import IpcortexSimulator
from tests.simulators.ipcortex.variety import Variety
from tests.waiting import until

from .client import client_for, session_for

WORDS = {"state": str.upper, "nrState": str.title, "party": str.title, "show": str.upper}


class OtherWords(Variety):
    """Write the words of the pages in another case, and every number but keys as text."""

    def __init__(self) -> None:
        super().__init__(0)
        self._numbers_as_text, self._flags_as, self._extra, self._nulls = True, bool, False, False

    @override
    def choose(self, faults: Any) -> None:
        pass

    @override
    def vary(self, value: Any, name: str = "") -> Any:
        if name in WORDS and isinstance(value, str):
            return WORDS[name](value)
        return super().vary(value, name)


async def test_calls_in_other_words() -> None:
    """A call has the same story, however its states and sides are written."""
    async with IpcortexSimulator(variety=OtherWords()) as pbx, client_for(pbx) as client:
        anna, house = pbx.world.devices["SIP/anna"], pbx.world.devices["SIP/hass"]
        assert client.phone(anna).registered is True
        call = pbx.office.ring(anna, "+441234567890", "Carla")
        await until(lambda: client.user(11).status is LineStatus.RINGING)
        pbx.office.answer(call)
        await until(lambda: client.user(11).status is LineStatus.TALKING)
        pbx.office.hang_up(call)
        await until(lambda: client.story(11) == ["ringing", "answered", "ended"])
        pbx.office.dial(house, "0701")
        await until(lambda: client.story(10) == ["dialing"])
        pbx.office.show(12, "away")
        await until(lambda: client.user(12).presence == "away")
        assert client.session.statistics()["unknown_call_states"] == {}


@pytest.mark.parametrize("errno", ["2", " 92 "])
async def test_error_of_the_feed_as_text(pbx: IpcortexSimulator, errno: Any) -> None:
    """The number of an error counts although it is text."""
    async with client_for(pbx) as client:
        pbx.feed_error(errno)
        await client.wait_until_opened()
        assert client.session.statistics()["feed_errors"] == {errno.strip(): 1}


async def test_missing_right_as_text(pbx: IpcortexSimulator) -> None:
    """The same at the start of the feed."""
    pbx.faults.start_error = "99"  # type: ignore[assignment]
    async with session_for(pbx) as session:
        await session.open()
        async for batch in session.changes():
            notices = {(item.code, item.detail) for item in batch if getattr(item, "active", False)}
            break
        assert (NoticeCode.MISSING_RIGHT, "live feed") in notices


@pytest.mark.parametrize("style", ["errno", "object", "text"])
async def test_refused_command_whose_number_is_text(pbx: IpcortexSimulator, style: str) -> None:
    """A command is refused by a number that came as text, and 0 is none."""
    pbx.faults.answers = style
    async with client_for(pbx) as client:
        pbx.faults.command_error, pbx.faults.refusal_words = "99", "No"  # type: ignore[assignment]
        with pytest.raises((MissingRight, CommandFailed)):
            await client.session.commands.dial(user="10", phone=None, number="202")
        assert pbx.commands == []


@pytest.mark.parametrize("word", ["off", "Off", "OFF", "", None])
def test_forwarding_that_is_off(word: str | None) -> None:
    """A vacation that is off forwards nothing, in whatever case."""
    rows = [{"contact_id": 1, "uname": "a", "vacation": "0700", "vacation_mode": word}]
    assert decode_people(rows)["1"].forward is None
    rows[0]["vacation_mode"] = "All"
    assert decode_people(rows)["1"].forward == "0700"


@pytest.mark.parametrize("word", ["hotdesk", "HotDesk", "hot-desk", "Hot Desk"])
def test_words_for_a_hot_desk(word: str) -> None:
    """A link is one of a hot desk, however that is written."""
    assert decode_links({"phone": {"user": "anna", "type": word}})[0].type == "hotdesk"


@pytest.mark.parametrize("word", ["NO ANSWER", "No Answer", "no-answer", "NOANSWER"])
def test_words_for_a_call_that_nobody_took(word: str) -> None:
    """A call record says what became of a call in one word or two."""
    assert decode_records([{"acctid": "7", "disposition": word}])[7].outcome is Outcome.NO_ANSWER


@pytest.mark.parametrize(
    ("clid", "name"),
    [
        *(('"Carla "CJ" Jansen" <0701>', 'Carla "CJ" Jansen'), ('"Jim \\"Bo\\" Ray" <0701>', 'Jim "Bo" Ray')),
        *(('"A < B" <0701>', "A \u2039 B"), ("Carla <CJ> Jansen <0701>", "Carla \u2039CJ\u203a Jansen")),
        *(("Carla <0701>", "Carla"), ('"" <0701>', None), ("<0701>", None), ("0701", None), ('"', None)),
    ],
)
def test_names_with_quotes_and_angles(clid: str, name: str | None) -> None:
    """A caller may be called anything, shown as plain text; the number stands last."""
    assert decode_records([{"acctid": 1, "clid": clid, "src": "0701"}])[1].caller_name == name


@pytest.mark.parametrize(("word", "value"), [("Sched", "schedule"), ("ON", "on"), ("Off", "off")])
def test_words_for_a_night_mode(word: str, value: str) -> None:
    """A night mode has one of three values."""
    (switch,) = decode_switches({"default": {"1": word}}, {}, 1)
    assert switch.value == value
