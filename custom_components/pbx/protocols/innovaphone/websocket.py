"""One websocket to the PBX: connect, log in, send and receive JSON objects."""

import asyncio
from collections.abc import Mapping
import hashlib
from http import HTTPStatus
import json
from typing import Any

from ..errors import AuthFailed, CannotConnect, ConnectionLost, NotSent, WrongSystem
from ..evidence import Evidence
from ..json_fields import JsonObject, get_flag, get_text
from ..json_text import clean_text, parse_json
from ..session import Link, within
from ..turns import PARSED_IN_THREAD
from ..websocket import (
    MessageNotSent,
    NoWebSocket,
    SocketClosed,
    UpgradeRefused,
    WebSocket,
    connect_websocket,
)
from .settings import DEFAULT_PREFIX, InnovaphoneSettings

# What says nothing of the address: it is asked at the wrong time, or too often.
_PASSING = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS})
IDENTITY = ("app", "domain", "sip", "guid", "dn")


def login_digest(
    identity: Mapping[str, str], challenge: str, password: str, info: Mapping[str, Any] | None = None
) -> str:
    """Return the digest of a login; without `info` its place and colon are left out."""
    parts = [identity.get(name, "") for name in IDENTITY]
    if info is not None:
        parts.append(json.dumps(info, separators=(",", ":"), ensure_ascii=False))
    return hashlib.sha256(":".join([*parts, challenge, password]).encode(errors="replace")).hexdigest()


LOGIN_TIMEOUT = 10.0
# A message that is no JSON object is skipped; after this many in a row nothing good will come.
MOST_GARBAGE = 5


class JsonSocket:
    """Send and receive objects."""

    def __init__(self, socket: WebSocket, evidence: Evidence | None = None) -> None:
        self._socket = socket
        self._evidence = evidence or Evidence()
        self._garbage = 0

    async def send(self, message: Mapping[str, Any]) -> None:
        """Send one object; what a person has entered may hold what is no text.

        Raises ConnectionLost, which is NotSent where none of it has left.
        """
        text = json.dumps(message, separators=(",", ":"), ensure_ascii=False)
        try:
            await self._socket.send(clean_text(text))
        except MessageNotSent as err:
            raise NotSent(str(err)) from None
        except SocketClosed as err:
            raise ConnectionLost(str(err)) from None

    async def receive(self) -> JsonObject:
        """Return the next object."""
        while True:
            try:
                raw = await self._socket.receive()
            except SocketClosed as err:
                raise ConnectionLost(str(err)) from None
            is_large = len(raw) > PARSED_IN_THREAD
            message = await asyncio.to_thread(_load, raw) if is_large else _load(raw)
            if message is not None:
                self._garbage = 0
                self._evidence.see(message.get("mt"), message)
                return message
            self._garbage += 1
            if self._garbage >= MOST_GARBAGE:
                raise ConnectionLost("the PBX sends no JSON objects")

    async def ping(self) -> None:
        """Send a ping of the websocket protocol and wait for its answer."""
        try:
            await self._socket.ping()
        except SocketClosed as err:
            raise ConnectionLost(str(err)) from None

    async def close(self) -> None:
        """Close the connection."""
        await self._socket.close()


def _load(message: str | bytes) -> JsonObject | None:
    try:
        value = parse_json(message)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


async def open_socket(settings: InnovaphoneSettings, link: Link) -> JsonSocket:
    """Connect and log in; a refusal is tried once more with a new challenge on a new connection."""
    try:
        return await _open_logged_in(settings, link)
    except AuthFailed:
        return await _open_logged_in(settings, link)


async def _open_logged_in(settings: InnovaphoneSettings, link: Link) -> JsonSocket:
    socket = await _connect_somewhere(settings, link)
    try:
        await within(link.clock, LOGIN_TIMEOUT, _log_in(settings, socket))
    except TimeoutError:
        await socket.close()
        raise CannotConnect("the PBX does not answer the login") from None
    except BaseException:
        await socket.close()
        raise
    return socket


async def _connect_somewhere(settings: InnovaphoneSettings, link: Link) -> JsonSocket:
    """Connect at the prefix that was set, or where a PBX is found by default."""
    try:
        return await connect_at(settings, link, settings.prefix)
    except WrongSystem:
        if settings.prefix.strip("/") == DEFAULT_PREFIX:
            raise
        return await connect_at(settings, link, DEFAULT_PREFIX)


async def connect_at(settings: InnovaphoneSettings, link: Link, prefix: str) -> JsonSocket:
    """Connect without logging in."""
    try:
        # Whether a PBX answers pings is not known, so its silence on them says nothing.
        socket = await connect_websocket(link, settings.get_api_url(prefix), ping_interval=None)
    except UpgradeRefused as err:
        raise _explain_refusal(err.status) from None
    except NoWebSocket:
        raise WrongSystem("this does not answer as an innovaphone PBX does") from None
    return JsonSocket(socket, link.evidence)


def _explain_refusal(status: int) -> CannotConnect | WrongSystem:
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in _PASSING:
        return CannotConnect(f"the PBX answers with {status}")
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        return WrongSystem(f"the PBX redirects to another address, which is not followed ({status})")
    return WrongSystem(f"there are no PBX APIs at this address ({status})")


async def get_challenge(socket: JsonSocket) -> str:
    """Ask for the challenge that a login answers."""
    await socket.send({"mt": "AppChallenge"})
    # Old builds send the challenge as a number.
    challenge = get_text(await _wait_for(socket, "AppChallengeResult"), "challenge")
    if challenge is None:
        raise WrongSystem("the PBX sends no challenge")
    return challenge


async def _log_in(settings: InnovaphoneSettings, socket: JsonSocket) -> None:
    challenge = await get_challenge(socket)
    identity = {"sip": settings.name} if settings.personal else {"app": settings.name}
    digest = login_digest(identity, challenge, settings.password)
    await socket.send({"mt": "AppLogin", **identity, "digest": digest})
    if get_flag(await _wait_for(socket, "AppLoginResult"), "ok") is not True:
        raise AuthFailed("the PBX refuses the name or the password")


async def _wait_for(socket: JsonSocket, name: str) -> JsonObject:
    """Return the next message of this name; nothing else counts before the login."""
    while (message := await socket.receive()).get("mt") != name:
        pass
    return message
