"""What an Axeos PBX can be told to do."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlsplit

from ..changes import CallChange
from ..commands import DialResult
from ..enums import DialOutcome, UserPhoneType
from ..errors import CannotConnect, CommandFailed, CommandOutcomeUnknown, MissingRight
from ..json_fields import get_text
from ..model import User
from .events import decode_call
from .http import LEGACY, AxeosHttp, NotFound

# The answer comes when the caller's phone has been picked up, or has rung in vain.
DIAL_TIMEOUT = 90.0
MOST_LOCATIONS = 200
# At most this many open calls are asked for in a row.
MOST_CHECKED = 50

_OUTCOMES = {
    "success": DialOutcome.CONNECTED,
    "busy": DialOutcome.BUSY,
    "no answer": DialOutcome.NO_ANSWER,
    "failed": DialOutcome.FAILED,
}


class CallCommands:
    """Dial, hang up and ask about calls."""

    def __init__(self, http: AxeosHttp) -> None:
        self._http = http
        # Where the PBX said that the calls it made for us are.
        self._locations: dict[str, str] = {}

    async def dial(self, body: Mapping[str, Any]) -> DialResult:
        """Make a call; returns when it is connected to the caller's side, or is not going to be."""
        answer = await self._http.send(
            "POST", f"{LEGACY}/call", json=body, seconds=DIAL_TIMEOUT, command=True
        )
        if answer.status == HTTPStatus.SERVICE_UNAVAILABLE:
            return DialResult(outcome=DialOutcome.UNAVAILABLE)
        if answer.status not in (HTTPStatus.OK, HTTPStatus.CREATED):
            raise CommandFailed("rejected")
        data = answer.body if isinstance(answer.body, dict) else {}
        outcome = _OUTCOMES.get((get_text(data, "status") or "").lower())
        if outcome is None:
            raise CommandOutcomeUnknown("the PBX did not say what became of the call")
        call_id = get_text(data, "unique_id")
        if call_id is not None and answer.location:
            self._remember(call_id, answer.location)
        return DialResult(outcome=outcome, call_id=call_id)

    async def hang_up(self, call_id: str) -> None:
        """End a call."""
        answer = await self._http.send("DELETE", self._path(call_id), command=True)
        if answer.status == HTTPStatus.NOT_FOUND:
            raise CommandFailed("no_such_call")
        data = answer.body if isinstance(answer.body, dict) else {}
        if answer.status != HTTPStatus.OK or get_text(data, "status") not in ("success", None):
            raise CommandFailed("rejected")
        self._locations.pop(call_id, None)

    async def get(self, call_id: str) -> CallChange:
        """Ask what the PBX knows of a call."""
        answer = await self._http.send("GET", self._path(call_id))
        if answer.status == HTTPStatus.NOT_FOUND:
            raise CommandFailed("no_such_call")
        call = decode_call(answer.body) if isinstance(answer.body, dict) else None
        if answer.status != HTTPStatus.OK or call is None:
            raise CannotConnect("the PBX does not say what it knows of the call")
        return call

    async def unknown(self, call_ids: Sequence[str]) -> list[str]:
        """Return which of these calls the PBX does not know; a login that may not ask knows of none."""
        unknown = []
        for call_id in call_ids[:MOST_CHECKED]:
            try:
                await self.get(call_id)
            except CommandFailed:
                unknown.append(call_id)
            except MissingRight:
                break
        return unknown

    def _remember(self, call_id: str, location: str) -> None:
        path = urlsplit(location).path
        # A location elsewhere is not ours to follow with our login.
        if path.startswith(f"{LEGACY}/"):
            self._locations[call_id] = path
        while len(self._locations) > MOST_LOCATIONS:
            del self._locations[next(iter(self._locations))]

    def _path(self, call_id: str) -> str:
        return self._locations.get(call_id) or f"{LEGACY}/call/{quote(call_id, safe='')}"


def definite_phone(user: User) -> bool:
    """Tell whether a call for this user can only come from one phone, as auto answer demands."""
    if user.hot_desk is not None:
        return True
    phones = [place for place in user.phones if place.type is UserPhoneType.PHONE]
    return len(user.phones) == 1 and len(phones) == 1 and phones[0].personal


def owner(phone: str, users: Mapping[str, User]) -> User | None:
    """Return the user for whom a call from this phone is made: who sits there, else whose phone it is."""
    here = [user for user in users.values() if user.hot_desk == phone]
    theirs = [
        user
        for user in users.values()
        if any(place.phone == phone and place.personal for place in user.phones)
    ]
    shared = [user for user in users.values() if any(place.phone == phone for place in user.phones)]
    return next(iter((*here, *theirs, *shared)), None)


async def reset_queue(http: AxeosHttp, queue: str) -> None:
    """Start the statistics of a queue anew."""
    try:
        await http.post(f"/acd/{quote(queue, safe='')}/stats", {"reset": True, "relative": True})
    except NotFound:
        raise CommandFailed("no_such_queue") from None
