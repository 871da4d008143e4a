"""Requests by HTTP, and what their failures mean in the words of the session contract."""

import asyncio
from collections.abc import Coroutine, Mapping
import contextlib
from http import HTTPStatus
from typing import Any
import zlib

from aiohttp import (
    ClientConnectorCertificateError,
    ClientConnectorDNSError,
    ClientConnectorError,
    ClientError,
    ClientHandlerType,
    ClientMiddlewareType,
    ClientOSError,
    ClientRequest,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    ConnectionTimeoutError,
    ServerDisconnectedError,
    ServerFingerprintMismatch,
)
from multidict import CIMultiDictProxy
from yarl import URL

from .errors import (
    CannotConnect,
    CertificateNotTrusted,
    CommandFailed,
    CommandOutcomeUnknown,
    ConnectionLost,
    NoAnswer,
    NotSent,
    PbxError,
    ProtocolError,
    UnknownHost,
)
from .lazy_dataclass import dataclass
from .recorder import Door, Recorder
from .session import Link
from .turns import parse_json_in_turn

CONNECT_TIMEOUT = 10.0
READ_TIMEOUT = 30.0
# A command that is answered so failed on its way back, or broke in its middle.
_OUTCOME_UNKNOWN = frozenset({500, 502, 504})
# No list of a PBX is larger than this, in bytes and unpacked.
LARGEST_ANSWER = 32 * 2**20
_CHUNK = 64 * 2**10
_PACKINGS = frozenset({"gzip", "x-gzip", "deflate"})
_UNKNOWN_PACKINGS = frozenset({"br", "zstd", "compress", "x-compress"})
# With 32 more than the largest window zlib finds out whether it is gzip or deflate, which may also be bare.
_WINDOWS = (zlib.MAX_WBITS + 32, -zlib.MAX_WBITS)
# So many bytes tell which.
_BEGINNING = 512
# All others say nothing of the protocol, or hold what nobody else may know.
_RECORDED_HEADERS = ("Content-Type", "Location", "WWW-Authenticate")


class AnswerTooLarge(ProtocolError):
    """The answer is larger than anything that the PBX could have to say."""

    def __init__(self, what: str) -> None:
        super().__init__(f"the PBX answers {what} with more than anything it could have to say")


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpAnswer:
    """The status of an answer, its headers and its whole body."""

    status: int
    headers: CIMultiDictProxy[str]
    body: bytes

    async def json(self) -> Any:
        """Return the JSON value of the body; raises ValueError where it is none."""
        return await parse_json_in_turn(self.body)


class Departure:
    """Whether a request has left: else it has done nothing, and may be sent again."""

    def __init__(self) -> None:
        self.has_left = False

    async def send_once(self, request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
        """Send a request once; aiohttp by itself sends all but POST again when a kept connection breaks."""
        self.has_left = False
        # What waits for the answer is made as soon as there is a connection on which the request leaves.
        before = request.response
        try:
            return await handler(request)
        except ClientConnectorError, ConnectionTimeoutError:
            raise
        except (ClientOSError, ServerDisconnectedError) as err:
            raise _ConnectionBroken(type(err).__name__) from None
        finally:
            self.has_left = request.response is not before


class OpenRequests:
    """The requests of a session that have no answer yet, on the wire or before it; they end with it."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[Any]] = set()

    async def wait_for[T](self, work: Coroutine[Any, Any, T], what: str, command: Departure | None) -> T:
        """Return what a request returns.

        Where the session ends before, raises ConnectionLost, and of a command NotSent or, where it has left,
        CommandOutcomeUnknown.
        """
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        try:
            return await task
        except asyncio.CancelledError:
            current = asyncio.current_task()
            if current is None or current.cancelling():
                raise
        text = f"the session ended before the answer to {what}"
        if command is None:
            raise ConnectionLost(text)
        raise CommandOutcomeUnknown(text) if command.has_left else NotSent(text)

    def close(self) -> None:
        """End all of them."""
        for task in list(self._running):
            task.cancel()


async def send_request(
    link: Link,
    method: str,
    url: URL,
    *,
    what: str,
    command: Departure | None = None,
    once: bool = False,
    seconds: float = READ_TIMEOUT,
    http: ClientSession | None = None,
    largest: int = LARGEST_ANSWER,
    headers: Mapping[str, str] | None = None,
    middlewares: tuple[ClientMiddlewareType, ...] = (),
    **request: Any,
) -> HttpAnswer:
    """Send one request and return its answer, of any status; redirects are never followed.

    `what` names the request in errors, which hold no address. A `command` changes something, and is told
    whether it has left. `once` is for a question whose answer comes only once, so that asking again would
    lose it unseen. `seconds` is for all of it, `http` a client session other than that of the link, `request`
    what aiohttp takes beside these.

    Raises CertificateNotTrusted, CannotConnect (UnknownHost without an address, NoAnswer once connected),
    AnswerTooLarge where it has more than `largest` bytes, ProtocolError where it is packed in an unknown way,
    and of a `command` NotSent where it never left, CommandOutcomeUnknown where its answer was lost.
    """
    departure = command if command is not None or not once else Departure()
    stream = _record_request(link.recorder, method, url, request) if link.recorder.on else None
    try:
        async with (http or link.http).request(
            method,
            url,
            headers={"Accept-Encoding": "identity", **(headers or {})},
            ssl=link.ssl,
            allow_redirects=False,
            auto_decompress=False,
            middlewares=(*middlewares, departure.send_once) if departure is not None else middlewares,
            timeout=ClientTimeout(total=seconds, sock_connect=CONNECT_TIMEOUT),
            **request,
        ) as response:
            body = await read_body(response, what, largest)
            answer = HttpAnswer(status=response.status, headers=response.headers, body=body)
            if stream is not None:
                _record_answer(link.recorder, stream, answer)
            return answer
    except (ClientError, TimeoutError, ValueError, OSError) as err:
        if stream is not None:
            link.recorder.add(Door.HTTP, stream, "failure", error=type(err).__name__)
        raise _translated(err, what, command) from None
    except (RuntimeError, AttributeError) as err:
        # aiohttp says so of a client that is closed, as everything is when Home Assistant stops; where that
        # happens while it connects, it stumbles over the connector that is gone.
        if isinstance(err, AttributeError) and not (http or link.http).closed:
            raise
        raise _explain_loss("the client is closed", what, command) from None


def check_outcome(what: str, status: int) -> None:
    """Raise CommandOutcomeUnknown where a command may have been carried out by the status of its answer."""
    if status in _OUTCOME_UNKNOWN:
        raise CommandOutcomeUnknown(f"the PBX answers {what} with {status}")


def check_refusal(status: int) -> None:
    """Raise CommandFailed where a command was not carried out by the status of its answer.

    What 401, 403 and 404 mean differs from one PBX to another.
    """
    is_told_apart = status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND)
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.INTERNAL_SERVER_ERROR and not is_told_apart:
        raise CommandFailed("rejected")


def _record_request(recorder: Recorder, method: str, url: URL, request: Mapping[str, Any]) -> int:
    """Record a request without its headers, which hold the login, and return its stream."""
    stream = recorder.open_stream()
    params = request.get("params") or {}
    recorder.add(
        Door.HTTP,
        stream,
        "request",
        method=method,
        path=url.path,
        query=[*url.query.items(), *params.items()],
        json=request.get("json"),
        data=request.get("data"),
    )
    return stream


def _record_answer(recorder: Recorder, stream: int, answer: HttpAnswer) -> None:
    headers = {name: answer.headers[name] for name in _RECORDED_HEADERS if name in answer.headers}
    recorder.add(Door.HTTP, stream, "answer", status=answer.status, headers=headers, body=answer.body)


class _ConnectionBroken(ClientError):
    """The connection broke after a request may have arrived on it."""


def _translated(err: Exception, what: str, command: Departure | None) -> PbxError:
    """Return an error of the contract; that of aiohttp may hold the address, so only its name is told."""
    if isinstance(err, ClientConnectorCertificateError | ServerFingerprintMismatch):
        return CertificateNotTrusted("the certificate of the PBX is not trusted")
    if isinstance(err, ClientConnectorDNSError):
        return UnknownHost()
    if isinstance(err, ClientConnectorError):
        return CannotConnect(f"no connection to the PBX ({type(err).__name__})")
    if command is not None:
        return _explain_loss(type(err).__name__, what, command)
    return NoAnswer(f"the PBX did not answer {what} ({type(err).__name__})")


def _explain_loss(why: str, what: str, command: Departure | None) -> PbxError:
    """Return what it means that a request has no answer, for which there may have been no connection."""
    if command is not None and command.has_left:
        return CommandOutcomeUnknown(f"the answer to {what} was lost ({why})")
    return NotSent(f"no connection to the PBX for {what} ({why})")


async def read_body(response: ClientResponse, what: str, largest: int) -> bytes:
    """Return the whole body of an answer that was asked for with `auto_decompress=False`, unpacked.

    Read in pieces, so that neither a huge answer nor one that unpacks to a huge one fills the memory. Raises
    AnswerTooLarge, ProtocolError where it is packed in an unknown way, and the errors of aiohttp.
    """
    body = bytearray()
    async for piece in response.content.iter_chunked(_CHUNK):
        body += piece
        if len(body) > largest:
            raise AnswerTooLarge(what)
    packing = response.headers.get("Content-Encoding", "").strip().lower()
    if packing in _UNKNOWN_PACKINGS and body:
        raise _packed_unknown(what)
    # Some name there what is no packing at all, such as their character set.
    is_packed = packing in _PACKINGS and body
    return await asyncio.to_thread(_unpack, bytes(body), what, largest) if is_packed else bytes(body)


def _packed_unknown(what: str) -> ProtocolError:
    return ProtocolError(f"the PBX packs its answer to {what} in an unknown way")


def _unpack(body: bytes, what: str, largest: int) -> bytes:
    """Return what gzip or deflate packed although nothing packed was asked for; gzip may have many parts."""
    unpacked, rest = bytearray(), body
    while rest:
        unpacker = _begin_unpacking(rest)
        if unpacker is None and unpacked:
            # What stands behind the last part is no part of it.
            break
        if unpacker is None:
            raise _packed_unknown(what)
        try:
            unpacked += unpacker.decompress(rest, largest + 1 - len(unpacked))
        except zlib.error:
            raise _packed_unknown(what) from None
        if len(unpacked) > largest:
            raise AnswerTooLarge(what)
        if not unpacker.eof:
            raise ProtocolError(f"the PBX breaks off its answer to {what}")
        rest = unpacker.unused_data
    return bytes(unpacked)


def _begin_unpacking(packed: bytes) -> Any:
    """Return what unpacks these bytes, None where nothing does; deflate may come without its frame."""
    for wbits in _WINDOWS:
        with contextlib.suppress(zlib.error):
            zlib.decompressobj(wbits=wbits).decompress(packed[:_BEGINNING], 1)
            return zlib.decompressobj(wbits=wbits)
    return None
