"""What the vendor's page allows and nobody has seen: other words, shapes, and members that are missing."""

import json
from typing import Any

import pytest

from custom_components.pbx.protocols.enums import LineStatus
from tests.simulators.switchvox import SwitchvoxSimulator
from tests.waiting import until

from .client import ANNA, client_for

OUTSIDE = "5551234567"
type Event = dict[str, Any]
WORDS = {"onThePhone": "On the phone", "onHold": "ON_HOLD", "ringing": "Ringing", "idle": "IDLE"}


def spell_words(event: Event) -> Event:
    """Write words otherwise than the page does."""
    return {**event, "status": WORDS[event["status"]], "direction": "FROM_PBX"}


def number_remotes(event: Event) -> Event:
    """Make an object by positions of a list."""
    return {**event, "remotes": {str(index): remote for index, remote in enumerate(event["remotes"])}}


def empty_members(event: Event) -> Event:
    """Say that there is nothing in other ways than leaving it out."""
    nothing = {"queueId": 0, "conference": {}, "intercom": [], "displayUrl": "", "dialData": ""}
    return {**event, **nothing, "remotes": event["remotes"] or None}


def name_no_channel_at_the_end(event: Event) -> Event:
    """Leave out which channel is over, since the extension is idle."""
    return {**event, "uniqueId": None} if event["status"] == "idle" else event


EDITS = {
    "words": spell_words,
    "remotes by position": number_remotes,
    "nothing": empty_members,
    "parameters by position": lambda event: [event],
    "no channel at the end": name_no_channel_at_the_end,
    "account by id": lambda event: {**event, "account": {"id": str(event["account"]["accountId"])}},
}


@pytest.mark.parametrize("name", EDITS)
async def test_story_in_other_shapes(pbx: SwitchvoxSimulator, name: str) -> None:
    """A call has the same story in all of them."""
    pbx.dialect.events.edit = EDITS[name]
    async with client_for(pbx) as client:
        call = pbx.lines.incoming(OUTSIDE, "100")
        await until(lambda: client.user(ANNA).status is LineStatus.RINGING)
        pbx.lines.answer(call)
        await until(lambda: client.user(ANNA).status is LineStatus.TALKING)
        (known,) = client.open_calls
        assert (known.caller.number, known.queue) == (OUTSIDE, None)
        pbx.lines.hold(call, "100")
        await until(lambda: client.user(ANNA).status is LineStatus.ON_HOLD)
        pbx.lines.hang_up(call)
        await until(lambda: client.story(ANNA) == ["ringing", "answered", "held", "ended"])
        assert client.session.statistics()["unknown_status"] == {}


@pytest.mark.parametrize("status", [None, "", " "])
async def test_event_without_a_status(pbx: SwitchvoxSimulator, status: str | None) -> None:
    """It answers no call, and begins none."""
    async with client_for(pbx) as client:
        call = pbx.lines.incoming(OUTSIDE, "100")
        await until(lambda: client.user(ANNA).status is LineStatus.RINGING)
        pbx.dialect.events.edit = lambda event: {**event, "status": status, "displayUrl": "http://crm"}
        channel = pbx.lines.of(call, "100")
        pbx.lines.publish(channel)
        await until(lambda: client.open_calls[0].details.get("display_url"))
        assert client.story(ANNA) == ["ringing"]
        pbx.dialect.events.edit = lambda event: {**event, "status": status, "uniqueId": "9.9", "remotes": []}
        pbx.lines.publish(channel)
        await until(lambda: client.session.statistics()["events"].get("without a status"))
        assert len(client.open_calls) == 1


async def test_data_of_a_dial_that_comes_back_as_text(pbx: SwitchvoxSimulator) -> None:
    """What was serialized for the PBX tells own calls from others all the same."""

    def edit(event: Event) -> Event:
        return {**event, "dialData": json.dumps(event["dialData"])} if event.get("dialData") else event

    pbx.dialect.events.edit = edit
    async with client_for(pbx) as client:
        data = {"order": "4711"}
        result = await client.session.commands.dial_with_data(user=ANNA, phone=None, number="555", data=data)
        assert result.call_id is not None
        await until(lambda: client.open_calls)
        assert json.loads(client.open_calls[0].details["dial_data"]) == data
