"""Answer the JSON-RPC requests of one Realtime session."""

import asyncio
from collections.abc import Callable, Mapping
import json
from typing import TYPE_CHECKING, Any

from .engine_session import EngineSession
from .targets import spelling
from .world import Account

if TYPE_CHECKING:
    from .server import SwitchvoxSimulator

LINE_TOPIC = "state.change.extension.line"
PARKING_TOPIC = "state.change.parkingSpace"
MOST_TARGETS = 50
MOST_DIAL_DATA = 256
MESSAGES = {
    -32000: "Not authenticated",
    -32001: "Not authorized",
    -32002: "Already authenticated",
    -32600: "Invalid Request",
    -32601: "Method not found",
    -32602: "Invalid params",
    -32603: "Internal error",
    -32700: "Parse error",
}


class RpcError(Exception):
    """Answer with an error."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class RealtimeSession:
    """Be the API for one connection."""

    def __init__(self, pbx: SwitchvoxSimulator, engine: EngineSession) -> None:
        self.engine = engine
        self.account: Account | None = None
        self.watched: set[int] = set()
        self.parking = False
        self._pbx = pbx
        self._ids: set[Any] = set()
        self._held_back: list[dict[str, Any]] = []
        self._methods: dict[str, Callable[[Mapping[str, Any]], None]] = {
            "subscribe": self._subscribe,
            "unsubscribe": self._unsubscribe,
            "dial": self._dial,
            "intercom": self._intercom,
            "callVoicemail": self._call_voicemail,
        }
        engine.on_event = self._event

    @property
    def _dialect(self) -> Any:
        return self._pbx.dialect.realtime

    def notify(self, topic: str, params: Any) -> None:
        """Send a notification."""
        self.engine.emit("notification", {"jsonrpc": "2.0", "method": topic, "params": params})

    def _event(self, name: str, request: Any) -> None:
        if name != "request" or not isinstance(request, dict):
            self._pbx.journal.violation(f"unknown event {name}")
            return
        method, params = request.get("method"), request.get("params", {})
        login = self.account.number if self.account else None
        self._pbx.journal.add("realtime", str(method), params, login)
        self._check(request)
        if method in self._dialect.unanswered:
            return
        if method == "logout" and self.account is not None:
            self._logout(request)
            return
        try:
            self._call(str(method), params)
        except RpcError as err:
            self._answer(request, error={"code": err.code, "message": MESSAGES.get(err.code, "Server error")})
        else:
            self._answer(request, result=self._dialect.result)

    def _check(self, request: Mapping[str, Any]) -> None:
        """Note what a careful client would not do."""
        if request.get("jsonrpc") != "2.0" or not isinstance(request.get("id"), int):
            self._pbx.journal.violation("no JSON-RPC 2.0 request with a number as id")
        if request.get("id") in self._ids:
            self._pbx.journal.violation("an id was used twice")
        self._ids.add(request.get("id"))

    def _call(self, method: str, params: Any) -> None:
        if not isinstance(params, dict):
            raise RpcError(-32602)
        if method == "login":
            self._login(params)
            return
        if self.account is None:
            raise RpcError(-32000)
        if method not in self._methods or method in self._dialect.missing_methods:
            raise RpcError(-32601)
        if method in self.account.lacks:
            raise RpcError(-32001)
        if method in self._dialect.codes:
            raise RpcError(self._dialect.codes[method])
        self._methods[method](params)

    def _login(self, params: Mapping[str, Any]) -> None:
        extension, password = params.get("extension"), params.get("password")
        if self._dialect.login_code is not None:
            raise RpcError(self._dialect.login_code)
        if self.account is not None:
            raise RpcError(-32002)
        if not isinstance(extension, str) or not isinstance(password, str):
            raise RpcError(-32602)
        account = self._pbx.world.by_number(extension)
        if account is None or account.password != password:
            self._pbx.journal.bad_logins += 1
            raise RpcError(self._dialect.bad_login_code)
        self.account = account

    def _logout(self, request: Mapping[str, Any]) -> None:
        if self._dialect.logout_response:
            self._send({"jsonrpc": "2.0", "id": request.get("id"), "result": self._dialect.result})
        self.engine.close(packet=True)

    def _subscribe(self, params: Mapping[str, Any]) -> None:
        if params.get("topic") == PARKING_TOPIC and self._dialect.parking_topic:
            given = params.get("targets")
            kind = "none" if given is None else "some" if given else "empty"
            if kind != self._dialect.parking_targets:
                raise RpcError(-32602)
            self.parking = True
            return
        accounts = self._accounts(params)
        watched = {account.account_id for account in accounts}
        self.watched |= watched
        self._pbx.lines.snapshot(self, watched, self._dialect.snapshot_on_subscribe)

    def _unsubscribe(self, params: Mapping[str, Any]) -> None:
        if params.get("topic") == PARKING_TOPIC and self._dialect.parking_topic:
            self.parking = False
            return
        self.watched -= {account.account_id for account in self._accounts(params)}

    def _accounts(self, params: Mapping[str, Any]) -> list[Account]:
        """Return the accounts of the targets that this PBX understands and does not ignore."""
        targets = params.get("targets")
        if params.get("topic") != LINE_TOPIC or not isinstance(targets, list):
            raise RpcError(-32602)
        if len(targets) > MOST_TARGETS:
            self._pbx.journal.violation("more than 50 targets in one request")
        found = [account for target in targets if (account := self._account(target)) is not None]
        if any(not self._may_watch(account) for account in found):
            raise RpcError(-32001)
        return found

    def _account(self, target: Any) -> Account | None:
        if not isinstance(target, dict) or set(target) != {"account"}:
            raise RpcError(self._dialect.bad_target_code)
        name, account = spelling(self._pbx.world, target["account"])
        if name in self._dialect.ignored_targets:
            return None
        if account is None or name not in self._dialect.accepted_targets:
            raise RpcError(self._dialect.bad_target_code)
        return account

    def _may_watch(self, account: Account) -> bool:
        allowed = self.account.may_watch if self.account else None
        return allowed is None or account is self.account or account.account_id in allowed

    def _dial(self, params: Mapping[str, Any]) -> None:
        extension, data = params.get("extension"), params.get("dialData")
        device = params.get("convergedDeviceId")
        if not isinstance(extension, str) or not extension:
            raise RpcError(-32602)
        if data is not None and len(json.dumps(data)) > MOST_DIAL_DATA:
            self._pbx.journal.violation("dialData longer than 256 bytes")
        if self.account is None or (device is not None and not self._has_device(device)):
            raise RpcError(-32602)
        if not self._dialect.mute_dials:
            self._pbx.lines.dial(self.account.number, extension, device=device, data=data)

    def _intercom(self, params: Mapping[str, Any]) -> None:
        called = self._pbx.world.by_number(str(params.get("extension")))
        if called is None or called.type != "intercom":
            raise RpcError(-32602)
        self._dial(params)

    def _call_voicemail(self, params: Mapping[str, Any]) -> None:
        self._dial({"extension": "voicemail", **params})

    def _has_device(self, device: Any) -> bool:
        return self.account is not None and any(known.id == device for known in self.account.devices)

    def _answer(self, request: Mapping[str, Any], **outcome: Any) -> None:
        request_id = request.get("id")
        if self._dialect.null_ids and "error" in outcome:
            request_id = None
        elif self._dialect.string_ids:
            request_id = str(request_id)
        response = {"jsonrpc": "2.0", "id": request_id, **outcome}
        if self._dialect.reverse_responses:
            self._held_back.append(response)
            if len(self._held_back) > 1:
                self._release()
        elif self._dialect.response_delay:
            self._pbx.tasks.spawn(self._answer_later(response))
        else:
            self._send(response)

    def _release(self) -> None:
        """Send what was held back, the last one first."""
        while self._held_back:
            self._send(self._held_back.pop())

    async def _answer_later(self, response: dict[str, Any]) -> None:
        await asyncio.sleep(self._dialect.response_delay)
        self._send(response)

    def _send(self, response: dict[str, Any]) -> None:
        self.engine.emit("response", response)
