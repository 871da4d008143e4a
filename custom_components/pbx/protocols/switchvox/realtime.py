"""One connection to the Realtime API: login, subscriptions, dial."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping, Sequence
import contextlib
from http import HTTPStatus
from itertools import batched, count
from typing import Any

from ..errors import (
    AuthFailed,
    CannotConnect,
    CertificateNotTrusted,
    CommandOutcomeUnknown,
    ConnectionLost,
    MissingRight,
    NotSent,
    PbxError,
    ProtocolError,
    UnknownHost,
    WrongSystem,
)
from ..json_fields import get_integer, get_text
from ..name_counter import NameCounter
from ..session import Link
from .decode_calls import LINE_TOPIC, PARKING_TOPIC
from .directory import Account
from .settings import (
    REALTIME_PATH,
    SPELLINGS,
    Named,
    SwitchvoxSettings,
    order_spellings,
    spell_target,
)
from .socketio import (
    DIALECTS,
    CertificateRefused,
    Dialect,
    Disconnected,
    Endpoint,
    HandshakeRefused,
    HostUnknown,
    SocketIo,
    SocketIoError,
    Undelivered,
    connect,
)
from .socketio.packets import Event

REQUEST_TIMEOUT = 15.0

NOT_AUTHENTICATED = -32000
NOT_AUTHORIZED = -32001
ALREADY_AUTHENTICATED = -32002
PARSE_ERROR = -32700
INVALID_REQUEST = -32600
METHOD_NOT_FOUND = -32601
INVALID_PARAMS = -32602
INTERNAL_ERROR = -32603

type OnNotification = Callable[[str, Any], Awaitable[None]]


class RpcError(Exception):
    """The PBX answered a request with an error."""

    def __init__(self, method: str, code: int) -> None:
        super().__init__(f"{method} was answered with error {code}")
        self.method = method
        self.code = code


class Rpc:
    """Make requests on one connection."""

    def __init__(self, socket: SocketIo, on_notification: OnNotification) -> None:
        self.counts = NameCounter()
        self.errors = NameCounter()
        self._socket = socket
        self._on_notification = on_notification
        self._ids = count(1)
        self._pending: dict[int, tuple[str, asyncio.Future[Any]]] = {}
        self._events: dict[str, Callable[[Any], Awaitable[None]]] = {
            "response": self._handle_response,
            "notification": self._handle_notification,
        }

    async def call(self, method: str, params: Mapping[str, Any] | None = None) -> None:
        """Make a request; a success says nothing more.

        Raises RpcError, NotSent where it never left, or CommandOutcomeUnknown.
        """
        request_id = next(self._ids)
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._pending[request_id] = method, answer
        try:
            await self._send(request_id, method, params)
            async with asyncio.timeout(REQUEST_TIMEOUT):
                error = await answer
        except TimeoutError:
            raise CommandOutcomeUnknown(f"the answer to {method} did not come") from None
        finally:
            self._pending.pop(request_id, None)
        if error is not None:
            self.errors[f"{method} {error}"] += 1
            raise RpcError(method, error)

    async def send(self, method: str) -> None:
        """Make a request without waiting for its answer, which may never come."""
        await self._send(next(self._ids), method, None)

    async def _send(self, request_id: int, method: str, params: Mapping[str, Any] | None) -> None:
        request: dict[str, Any] = {"jsonrpc": "2.0", "id": request_id, "method": method}
        try:
            await self._socket.emit("request", request | ({"params": params} if params is not None else {}))
        except Undelivered as err:
            raise NotSent(str(err)) from None
        except Disconnected as err:
            raise CommandOutcomeUnknown(f"the connection was lost with {method} on its way ({err})") from None

    def fail_all(self, error: PbxError) -> None:
        """Give up what waits for an answer."""
        for _, answer in self._pending.values():
            if not answer.done():
                answer.set_exception(error)

    async def handle_event(self, event: Event) -> None:
        """Handle a Socket.IO event; a batch is handled element by element."""
        handler = self._events.get(event.name)
        self.counts.add(event.name if handler else "unknown event")
        if handler is None:
            return
        for item in event.argument if isinstance(event.argument, list) else [event.argument]:
            await handler(item)

    async def _handle_response(self, response: Any) -> None:
        if not isinstance(response, dict):
            self.counts["damaged response"] += 1
            return
        waiting = self._find_pending(response)
        if waiting is None:
            self.counts["response to nothing"] += 1
        elif not waiting[1].done():
            waiting[1].set_result(_get_error_code(response))

    def _find_pending(self, response: Mapping[str, Any]) -> tuple[str, asyncio.Future[Any]] | None:
        """Return the request that a response answers; without an id only where there is just one."""
        if response.get("id") is not None:
            return self._pending.get(get_integer(response, "id") or 0)
        return next(iter(self._pending.values())) if len(self._pending) == 1 else None

    async def _handle_notification(self, notification: Any) -> None:
        topic = get_text(notification, "method") if isinstance(notification, dict) else None
        if topic is None:
            self.counts["damaged notification"] += 1
            return
        params = notification.get("params")
        # JSON-RPC knows parameters by name, as the page has them, and by position.
        for item in params if isinstance(params, list) else [params]:
            await self._on_notification(topic, item)


def _get_error_code(response: Mapping[str, Any]) -> int | None:
    """Return the code of an error, or None for a success."""
    error = response.get("error")
    if error is None:
        return None if response.get("result", True) else INTERNAL_ERROR
    return (get_integer(error, "code") if isinstance(error, dict) else None) or INTERNAL_ERROR


CHUNK = 50
PAUSE = 0.2
LOGOUT_TIMEOUT = 2.0
# After so many failures in a row the dialect of last time is doubted.
FORGET_AFTER = 3
# Polls do for so many seconds before a new session asks for a WebSocket again: a server that was just
# starting may have refused it.
SOCKET_RETRY = 3600.0
_TRY_ANOTHER = frozenset({INVALID_PARAMS, INVALID_REQUEST, INTERNAL_ERROR})
_TEMPORARY = frozenset({INTERNAL_ERROR, PARSE_ERROR})


class Realtime:
    """Hold a connection; the error that ends it ends what `spawn` started, and is given to `on_lost`."""

    def __init__(
        self,
        settings: SwitchvoxSettings,
        link: Link,
        on_notification: Callable[[str, Any], Awaitable[None]],
        on_lost: Callable[[PbxError], None],
        on_alive: Callable[[], None],
        spawn: Callable[[Coroutine[Any, Any, None], str], asyncio.Task[None]],
    ) -> None:
        self._settings = settings
        self._link = link
        self._on_notification = on_notification
        self._on_lost = on_lost
        self._on_alive = on_alive
        self._spawn = spawn
        self.dialect = _find_dialect(settings.memory.get("dialect"))
        self._polls_until = link.clock.time() + SOCKET_RETRY
        remembered = settings.memory.get("targets")
        self.spelling = settings.targets or (remembered if remembered in SPELLINGS else None)
        self.rpc: Rpc | None = None
        self.socket: SocketIo | None = None
        self.is_parking_subscribed = False
        self._parking: Mapping[str, Any] = {"topic": PARKING_TOPIC}
        self._logged_in = False
        self._failures = 0
        self._ignored: set[str] = set()
        self._runner: asyncio.Task[None] | None = None

    @property
    def liveness(self) -> float:
        """Return the longest silence that this connection can have, in seconds."""
        return self.socket.liveness if self.socket is not None else 0.0

    async def open(self) -> None:
        """Connect and log in."""
        socket = self.socket = await self._connect()
        rpc = self.rpc = Rpc(socket, self._handle_notification)
        self._runner = self._spawn(self._run(socket, rpc), "switchvox realtime")
        try:
            await rpc.call(
                "login", {"extension": self._settings.extension, "password": self._settings.password}
            )
        except CommandOutcomeUnknown:
            raise CannotConnect("the PBX did not answer the login") from None
        except RpcError as err:
            if err.code in _TEMPORARY:
                raise CannotConnect(f"the PBX cannot log anybody in now ({err.code})") from None
            if err.code != ALREADY_AUTHENTICATED:
                raise AuthFailed(f"the PBX refuses the login ({err.code})") from None
        self._logged_in = True

    def _handle_notification(self, topic: str, params: Any) -> Awaitable[None]:
        self._link.evidence.see(topic, params)
        return self._on_notification(topic, params)

    async def _connect(self) -> SocketIo:
        settings, link = self._settings, self._link
        endpoint = Endpoint(base=settings.url, path=REALTIME_PATH, link=link)
        if self.dialect is not None and self.dialect.polls and link.clock.time() >= self._polls_until:
            self.dialect = None
        if self.dialect is None:
            self._polls_until = link.clock.time() + SOCKET_RETRY
        try:
            socket, self.dialect = await connect(endpoint, self.dialect)
        except SocketIoError as err:
            self._failures += 1
            if self._failures >= FORGET_AFTER:
                self.dialect = None
            raise _contract_error(err) from None
        self._failures = 0
        return socket

    async def _run(self, socket: SocketIo, rpc: Rpc) -> None:
        try:
            await socket.run(rpc.handle_event, self._on_alive)
        except Disconnected as err:
            rpc.fail_all(CommandOutcomeUnknown(str(err)))
            raise ConnectionLost(str(err)) from None
        finally:
            rpc.fail_all(CommandOutcomeUnknown("the connection was lost"))

    async def call(self, method: str, params: Mapping[str, Any]) -> None:
        """Make a request; a session that has lost its login is over."""
        if self.rpc is None:
            raise CannotConnect("there is no connection")
        try:
            await self.rpc.call(method, params)
        except RpcError as err:
            if err.code == NOT_AUTHENTICATED:
                self._on_lost(ConnectionLost("the session has lost its login"))
                raise CannotConnect("the session has lost its login") from None
            raise

    async def subscribe(self, accounts: Sequence[Account]) -> set[str]:
        """Watch the lines of accounts and return those that the PBX does not let be watched."""
        forced = self._settings.targets
        for spelling in order_spellings(self.spelling) if forced is None else [forced]:
            try:
                forbidden = await self._subscribe_as(spelling, accounts)
            except RpcError as err:
                if err.code == METHOD_NOT_FOUND:
                    break
                if err.code not in _TRY_ANOTHER:
                    raise CannotConnect(f"the PBX refuses to subscribe ({err.code})") from None
            else:
                self.spelling = spelling
                return forbidden
        if forced is not None:
            raise ProtocolError("the PBX does not accept the spelling of subscriptions that was chosen")
        return {account.key for account in accounts}

    async def _subscribe_as(self, spelling: str, accounts: Sequence[Account]) -> set[str]:
        named = _spell_targets(spelling, accounts)
        if not named:
            raise RpcError("subscribe", INVALID_PARAMS)
        forbidden: set[str] = set()
        for index, chunk in enumerate(batched(named, CHUNK, strict=False)):
            if index:
                await self._link.clock.sleep(PAUSE)
            forbidden |= await self._subscribe_chunk(chunk)
        return forbidden

    async def _subscribe_chunk(self, chunk: Sequence[tuple[Account, Any]]) -> set[str]:
        """Subscribe to several accounts, or one by one to find out which are forbidden."""
        try:
            await self._send_targets("subscribe", [told for _, told in chunk])
        except RpcError as err:
            if err.code != NOT_AUTHORIZED:
                raise
        else:
            return set()
        if len(chunk) == 1:
            return {chunk[0][0].key}
        forbidden: set[str] = set()
        for one in chunk:
            forbidden |= await self._subscribe_chunk([one])
        return forbidden

    async def subscribe_otherwise(self, accounts: Sequence[Account]) -> bool:
        """Subscribe in the next spelling that is accepted, since the one in use is ignored."""
        if self._settings.targets is not None or self.spelling is None:
            return False
        self._ignored.add(self.spelling)
        for spelling in SPELLINGS:
            if spelling in self._ignored:
                continue
            self._ignored.add(spelling)
            with contextlib.suppress(RpcError):
                await self._subscribe_as(spelling, accounts)
                self.spelling = spelling
                return True
        return False

    async def unsubscribe(self, accounts: Iterable[Account]) -> None:
        """Stop watching these accounts; an account that is unknown to the PBX is no error."""
        named = _spell_targets(self.spelling or next(iter(SPELLINGS)), accounts)
        for chunk in batched(named, CHUNK, strict=False):
            with contextlib.suppress(RpcError):
                await self._send_targets("unsubscribe", [target for _, target in chunk])

    async def _send_targets(self, method: str, targets: list[Any]) -> None:
        await self.call(method, {"topic": LINE_TOPIC, "targets": targets})

    async def subscribe_parking(self, own: Account) -> None:
        """Subscribe to parking spaces, which not every PBX knows, with targets where it wants some."""
        self.is_parking_subscribed = False
        target = _spell_account(self.spelling or next(iter(SPELLINGS)), own)
        ways: list[dict[str, Any]] = [{}, {"targets": []}, {"targets": [target]}]
        for way in ways:
            self._parking = {"topic": PARKING_TOPIC, **way}
            try:
                await self.call("subscribe", self._parking)
            except RpcError as err:
                if err.code not in _TRY_ANOTHER:
                    return
            else:
                self.is_parking_subscribed = True
                return

    async def unsubscribe_parking(self) -> None:
        """End the subscription to parking spaces."""
        if self.is_parking_subscribed:
            self.is_parking_subscribed = False
            with contextlib.suppress(RpcError):
                await self.call("unsubscribe", self._parking)

    async def close(self) -> None:
        """Log out, which makes the PBX drop the connection."""
        runner, socket, self._runner = self._runner, self.socket, None
        if runner is None or socket is None or self.rpc is None:
            return
        try:
            if self._logged_in:
                await self._log_out(self.rpc, runner)
        finally:
            # Also where closing takes longer than it may.
            self._logged_in = False
            runner.cancel()
            await socket.close()
            await asyncio.gather(runner, return_exceptions=True)

    async def _log_out(self, rpc: Rpc, runner: asyncio.Task[None]) -> None:
        with contextlib.suppress(TimeoutError, PbxError):
            async with asyncio.timeout(LOGOUT_TIMEOUT):
                await rpc.send("logout")
                await asyncio.wait({runner})


def _spell_targets(spelling: str, accounts: Iterable[Account]) -> list[tuple[Account, Any]]:
    """Return accounts with their targets; one that this spelling can't name is left out."""
    spelled = ((account, _spell_account(spelling, account)) for account in accounts)
    return [(account, target) for account, target in spelled if target is not None]


def _spell_account(spelling: str, account: Account) -> Any:
    """Return the target for an account; without an id only its number can be named."""
    return spell_target(spelling, Named(account=account.id, extension=account.number, server=account.server))


def _find_dialect(name: str | None) -> Dialect | None:
    return next((dialect for dialect in DIALECTS if dialect.name == name), None)


def _contract_error(error: SocketIoError) -> PbxError:
    if isinstance(error, CertificateRefused):
        return CertificateNotTrusted("the certificate of the PBX is not trusted")
    if isinstance(error, HostUnknown):
        return UnknownHost()
    if isinstance(error, HandshakeRefused):
        return _refusal_error(error.status)
    return CannotConnect(str(error))


def _refusal_error(status: int) -> PbxError:
    if status == HTTPStatus.NOT_FOUND:
        return WrongSystem("there is no Realtime API at this address")
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        return MissingRight("Realtime API (access control)")
    return CannotConnect(f"the PBX answers the handshake with {status}")
