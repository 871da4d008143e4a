"""Send and receive the messages of SIP over UDP, as a telephone does."""

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any, override

from tests.ports import LOCALHOST
from tests.waiting import TIMEOUT

from .sip import COOKIE, Message, authorize, new_token, tag_of, uri_of

# What is not answered is sent again, as UDP may lose it.
REPEAT_AFTER = 1.0
PASSWORD = "telephone"
ALLOW = ("Allow", "INVITE, ACK, CANCEL, BYE, OPTIONS, NOTIFY, REFER, MESSAGE, UPDATE")
REASONS = {
    100: "Trying",
    180: "Ringing",
    200: "OK",
    480: "Temporarily Unavailable",
    481: "No Such Call",
    486: "Busy Here",
    487: "Request Terminated",
    603: "Decline",
}


class Refused(Exception):
    """The other side refused; `status` is its code."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(f"{status} {words}")
        self.status = status


class Dialog:
    """Who talks to whom, and how many requests were sent."""

    def __init__(self, call_id: str, remote: str, target: str) -> None:
        self.id = call_id
        self.local_tag = new_token()
        self.remote = remote
        self.target = target
        self.number = 0
        self.invite_branch = ""
        # The newest code with which an invitation was answered.
        self.status = 0

    def changed(self) -> None:
        """Let everybody who waits look again."""


class UserAgent(asyncio.DatagramProtocol):
    """What sends requests to one server until they are answered, and answers its requests."""

    def __init__(self, number: str, sip_port: int, *, port: int = 0) -> None:
        self.number = number
        self.port = port
        self._server = (LOCALHOST, sip_port)
        self._transport: asyncio.DatagramTransport | None = None
        self._answers: dict[tuple[str, str], asyncio.Queue[Message]] = {}
        self._sent: dict[tuple[str, str], bytes] = {}
        self._tasks: set[asyncio.Task[Any]] = set()
        self.tag = new_token()
        # How many requests were sent outside of calls.
        self._number = 0

    async def open(self) -> None:
        """Open the port."""
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(lambda: self, (LOCALHOST, self.port))
        self.port = self._transport.get_extra_info("sockname")[1]

    def close(self) -> None:
        """Close the port and forget what goes on."""
        for task in self._tasks:
            task.cancel()
        if self._transport is not None:
            self._transport.close()

    def spawn(self, coroutine: Coroutine[Any, Any, None]) -> None:
        """Do something beside the test."""
        task = asyncio.create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    @property
    def domain(self) -> str:
        """Return where numbers are dialed."""
        host, port = self._server
        return f"{host}:{port}"

    @property
    def address(self) -> str:
        """Return under which address this telephone is known."""
        return f"sip:{self.number}@{self.domain}"

    @property
    def contact(self) -> str:
        """Return where this telephone itself is."""
        return f"<sip:{self.number}@{LOCALHOST}:{self.port}>"

    def handle(self, request: Message) -> None:
        """Answer a request that was not there before."""
        raise NotImplementedError

    def build(
        self,
        method: str,
        uri: str,
        headers: Iterable[tuple[str, str]],
        body: str = "",
        *,
        branch: str = "",
        number: int = 1,
    ) -> Message:
        """Return a request; `number` counts those of a dialog."""
        via = f"SIP/2.0/UDP {LOCALHOST}:{self.port};rport;branch={branch or COOKIE + new_token()}"
        fixed = [("Via", via), ("Max-Forwards", "70"), ("CSeq", f"{number} {method}")]
        return Message(f"{method} {uri} SIP/2.0", [*fixed, *headers, ALLOW], body)

    def send(self, message: Message) -> None:
        """Send a message once."""
        assert self._transport is not None
        self._transport.sendto(message.encode(), self._server)

    async def ask(
        self,
        method: str,
        uri: str,
        headers: list[tuple[str, str]],
        body: str = "",
        call: Dialog | None = None,
    ) -> Message:
        """Send a request, log in where that is asked for, and return the answer; raise Refused otherwise."""
        if call is None:
            self._number += 2
        number = call.number if call else self._number
        response = await self._transact(self.build(method, uri, headers, body, number=number), call)
        if response.status in {401, 407}:
            challenge = response.get("WWW-Authenticate") or response.get("Proxy-Authenticate")
            answer = authorize(challenge, username=self.number, password=PASSWORD, method=method, uri=uri)
            name = "Authorization" if response.status == 401 else "Proxy-Authorization"
            number += 1
            if call:
                call.number = number
            request = self.build(method, uri, [*headers, (name, answer)], body, number=number)
            response = await self._transact(request, call)
        if response.status >= 300:
            raise Refused(response.status, response.start)
        return response

    async def _transact(self, request: Message, call: Dialog | None) -> Message:
        """Send a request until it is answered, and return the final answer."""
        answers = self._answers[request.branch, request.method] = asyncio.Queue()
        if request.method == "INVITE" and call:
            call.invite_branch = request.branch
        # A call may ring for long before it is answered.
        async with asyncio.timeout(TIMEOUT * 2):
            response = await self._first_answer(request, answers)
            while response.status < 200:
                if call and response.status > call.status:
                    call.status = response.status
                    call.changed()
                response = await answers.get()
        if request.method == "INVITE":
            self._acknowledge(request, response)
        return response

    async def _first_answer(self, request: Message, answers: asyncio.Queue[Message]) -> Message:
        while True:
            self.send(request)
            try:
                async with asyncio.timeout(REPEAT_AFTER):
                    return await answers.get()
            except TimeoutError:
                continue

    def _acknowledge(self, request: Message, response: Message) -> None:
        uri = request.start.split()[1]
        branch = request.branch
        if response.status < 300:
            uri, branch = uri_of(response.get("Contact")) or uri, ""
        kept = [(name, request.get(name)) for name in ("From", "Call-ID", "Contact")]
        number = int(request.get("CSeq").split()[0])
        self.send(self.build("ACK", uri, [*kept, ("To", response.get("To"))], branch=branch, number=number))

    @override
    def datagram_received(self, data: bytes, addr: object) -> None:
        message = Message.parse(data)
        if message.status:
            if queue := self._answers.get((message.branch, message.method)):
                queue.put_nowait(message)
            return
        if (known := self._sent.get((message.branch, message.method))) and self._transport:
            self._transport.sendto(known, self._server)
            return
        if message.method == "ACK":
            return
        self.handle(message)

    def respond(
        self,
        request: Message,
        status: int,
        headers: Iterable[tuple[str, str]] = (),
        *,
        body: str = "",
        call: Dialog | None = None,
    ) -> None:
        """Answer a request; the same answer goes out again where the request does."""
        more = headers if request.method == "REGISTER" else [("Contact", self.contact), ALLOW, *headers]
        response = request.answer(status, REASONS[status], more)
        response.body = body
        tag = call.local_tag if call else self.tag
        response.headers = [
            (name, f"{value};tag={tag}" if name == "To" and not tag_of(value) else value)
            for name, value in response.headers
        ]
        self._sent[request.branch, request.method] = response.encode()
        self.send(response)
