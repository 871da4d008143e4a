"""Speak with one client over one websocket."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from itertools import count
import json
import secrets
from typing import TYPE_CHECKING, Any

from aiohttp import WSCloseCode, WSMsgType, web

from .api import accounts, admin, pbx, rcc, table
from .digest import expected_digest
from .messages import violation
from .record import RecordedMessage
from .world import PbxObject

if TYPE_CHECKING:
    from .server import InnovaphoneSimulator

type Message = dict[str, Any]
type Answer = Message | None
type Handler = Callable[["Connection", Message], Answer]

HANDLERS: dict[str, Mapping[str, Handler]] = {
    "PbxApi": pbx.HANDLERS,
    "RCC": rcc.HANDLERS,
    "PbxTableUsers": table.HANDLERS,
    "PbxAdminApi": admin.HANDLERS,
    "PbxAccountApi": accounts.HANDLERS,
}
USER_APIS = frozenset({"PbxApi", "RCC"})
PIECE = 1000
# What an answer may have null in place of.
LISTED = ("booleans", "columns", "user")


class Connection:
    """Hold what is only true on this websocket: the login, the subscriptions, the handles."""

    def __init__(
        self,
        simulator: InnovaphoneSimulator,
        socket: web.WebSocketResponse,
        transport: asyncio.Transport | None = None,
    ) -> None:
        self.simulator = simulator
        self.world = simulator.world
        self.faults = simulator.faults
        self.engine = simulator.engine
        self.office = simulator.office
        self.app: str | None = None
        self.user: PbxObject | None = None
        self.logged_in = False
        self.presence: dict[str, tuple[PbxObject, Message]] = {}
        self.profile: Message | None = None
        self.monitors: dict[int, rcc.Monitor] = {}
        self.initialized: Message | None = None
        self.call_handles: dict[tuple[int, int], int] = {}
        self.replication: table.Replication | None = None
        self.numbers = count(1)
        self._socket = socket
        self._transport = transport
        self._challenge: str | None = None

    @property
    def apis(self) -> frozenset[str]:
        """Return the APIs that are granted now, which may change while a client is connected."""
        if self.user is not None:
            return USER_APIS
        app = self.world.apps.get(self.app or "")
        return frozenset(app.apis) if app is not None else frozenset()

    @property
    def scope(self) -> list[PbxObject]:
        """Return the objects that RCC shows on this connection."""
        if self.user is not None:
            return [self.user]
        return [item for item in self.world.objects.values() if self.app in item.apps]

    async def run(self) -> None:
        """Read until the client goes away."""
        async for message in self._socket:
            if message.type is WSMsgType.TEXT:
                self.receive(message.data)

    def receive(self, text: str) -> None:
        """Take one message."""
        message = _load(text)
        recorded = RecordedMessage(text, message, self.simulator.clock.time(), violation(text, message))
        self.simulator.recorder.add(recorded, self)
        if recorded.violation is not None or self.faults.deaf or self._is_cut():
            return
        if "api" not in message:
            self._base(text, message, recorded)
        elif not self.logged_in:
            recorded.violation = "API message before login"
        else:
            self._api(message)

    def _is_cut(self) -> bool:
        """Return whether the connection breaks right here, counting down the messages until then."""
        faults = self.faults
        faults.cut_at -= faults.is_cutting
        if not faults.is_cutting or faults.cut_at != -1:
            return False
        if faults.silent_cut:
            faults.deaf = True
        else:
            self.abort()
        return True

    def _base(self, text: str, message: Message, recorded: RecordedMessage) -> None:
        if message["mt"] == "KeepAlive":
            if self.faults.answers_keepalive:
                self.send({"mt": "KeepAlive"})
        elif message["mt"] == "AppChallenge":
            self._send_challenge()
        elif self._challenge is None:
            recorded.violation = "login without a challenge"
        else:
            self._login(text, message)

    def _send_challenge(self) -> None:
        if self.faults.missing_challenge:
            return
        value: str | int = secrets.token_hex(8)
        if self.faults.numeric_challenge:
            value = secrets.randbelow(10**9)
        self._challenge = str(value)
        self.send({"mt": "AppChallengeResult", "challenge": value})

    def _login(self, text: str, message: Message) -> None:
        challenge, self._challenge = self._challenge or "", None
        if self.faults.login_silent:
            return
        password = self._account(message)
        if self.faults.refuse_logins:
            self.faults.refuse_logins -= 1
            password = None
        if password is None or message["digest"] != expected_digest(text, message, challenge, password):
            self.send({"mt": "AppLoginResult"})
            return
        self.logged_in = True
        self.send({"mt": "AppLoginResult", "ok": True})
        if self.faults.pbx_info:
            self.send(self._pbx_info())

    def _account(self, message: Message) -> str | None:
        """Return the password of the login."""
        if app := self.world.apps.get(message.get("app", "")):
            self.app = app.name
            return app.password
        self.user = self.world.find(h323=message.get("sip", ""))
        return self.user.password if self.user is not None else None

    def _pbx_info(self) -> Message:
        return {
            "mt": "PbxInfo",
            "domain": self.world.domain,
            "pbx": self.world.pbx,
            "pbxDns": f"pbx.{self.world.domain}",
            "apis": sorted(self.apis),
            "version": "14r1",
            "build": "1410520",
        }

    def _api(self, message: Message) -> None:
        api, name = message["api"], message["mt"]
        full = f"{api}.{name}"
        if {api, full} & self.faults.closing:
            self.simulator.tasks.spawn(self.close())
            return
        if api not in self.apis or {api, full} & self.faults.silent:
            return
        trouble = self.simulator.variety.get_trouble(full) if self.simulator.variety is not None else None
        if trouble == "silence":
            return
        if trouble is not None:
            odd = {"error": 7, "errorText": "busy"} if trouble == "refusal" else dict.fromkeys(LISTED)
            self.result(message, odd, exact=True)
            return
        if name in self.faults.odd:
            self.result(message, self.faults.odd[name], exact=True)
            return
        if error := self.faults.errors.get(name):
            self.result(message, error)
            return
        answer = HANDLERS[api][name](self, message)
        if answer is not None:
            self.result(message, answer)

    def result(self, request: Message, answer: Mapping[str, Any], *, exact: bool = False) -> None:
        """Answer a request; `exact` keeps even what a PBX would leave out."""
        if request["mt"] in self.faults.lose_result:
            self.simulator.tasks.spawn(self.close())
            return
        if request["mt"] in self.faults.unanswered:
            return
        src = {"src": request["src"]} if "src" in request and not self.faults.drop_src else {}
        body = {"api": request["api"], "mt": f"{request['mt']}Result", **src, **answer}
        name = f"{request['api']}.{request['mt']}"
        self.simulator.holding.pass_on(name, lambda: self.send(body, exact=exact), in_turn=True)

    def indicate(self, api: str, name: str, src: str | None, body: Mapping[str, Any]) -> None:
        """Tell something that was subscribed to."""
        sources = {"src": src} if src is not None and not self.faults.drop_indication_src else {}
        self.send({"api": api, "mt": name, **sources, **body})

    def send(self, message: Message, *, exact: bool = False) -> None:
        """Send a message; properties that are false are left out, as the PBX does, unless it is `exact`."""
        if self.faults.deaf or self._socket.closed:
            return
        for body in self._spell(message, exact=exact):
            self.simulator.sender(self._socket, json.dumps(body, ensure_ascii=False, separators=(",", ":")))

    def _spell(self, message: Message, *, exact: bool) -> Iterable[Message]:
        if exact:
            return [message]
        if self.simulator.variety is not None and self.logged_in:
            return self.simulator.variety.spell(message)
        return [{key: value for key, value in message.items() if value is not None and value is not False}]

    def abort(self) -> None:
        """Cut the connection without a word."""
        if self._transport is not None:
            self._transport.abort()

    async def close(self) -> None:
        """End the connection."""
        await self._socket.close(code=WSCloseCode.GOING_AWAY)


def _load(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None
