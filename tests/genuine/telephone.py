"""Telephones for a genuine Asterisk, as tests use them."""

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
from enum import Enum
import struct
from typing import Self, override
from urllib.parse import quote

from tests.ports import LOCALHOST
from tests.waiting import TIMEOUT

from .sip import Message, describe_media, media_of, name_of, new_token, tag_of, uri_of, user_of
from .user_agent import Dialog, Refused, UserAgent

MEDIA = ("Content-Type", "application/sdp")
# How long a telephone that is unplugged waits for the server, in seconds.
GOODBYE = 20.0
# What a server answers that knows nothing of a call.
UNKNOWN = 481
# The length of a packet of audio, in seconds.
PACKET = 0.02


class Manner(Enum):
    """What a telephone does when somebody calls."""

    RINGS = 180
    ANSWERS = 200
    IS_BUSY = 486
    DECLINES = 603
    IS_UNAVAILABLE = 480


class News:
    """Something that tests wait for."""

    def __init__(self) -> None:
        self._news = asyncio.Event()

    def changed(self) -> None:
        """Let everybody who waits look again."""
        self._news.set()
        self._news = asyncio.Event()

    async def until(self, condition: Callable[[], object]) -> None:
        """Wait until a condition holds."""
        async with asyncio.timeout(TIMEOUT):
            while not condition():
                await self._news.wait()


class SipCall(News, Dialog):
    """One call at a telephone, in either direction."""

    def __init__(self, telephone: Telephone, call_id: str, remote: str, target: str) -> None:
        News.__init__(self)
        Dialog.__init__(self, call_id, remote, target)
        self.telephone = telephone
        self.invitation: Message | None = None
        self.version = 0
        # Where the other side listens.
        self.media_address = (LOCALHOST, 9)
        # Whether a test has asked for this call that came in.
        self.is_noticed = False
        self.is_over = False
        # What the transferred call came to, as the PBX tells the one who transferred.
        self.notes: list[str] = []

    @property
    def caller(self) -> str:
        """Return the number of whoever calls."""
        assert self.invitation is not None
        identity = self.invitation.get("P-Asserted-Identity") or self.invitation.get("From")
        return user_of(identity)

    @property
    def caller_name(self) -> str:
        """Return the name of whoever calls."""
        assert self.invitation is not None
        return name_of(self.invitation.get("P-Asserted-Identity") or self.invitation.get("From"))

    async def is_answered(self) -> Self:
        """Wait until the call is answered; raise Refused where it is not."""
        await self.until(lambda: self.status >= 200 or self.is_over)
        if self.status != 200:
            raise Refused(self.status or 487, "instead of an answer")
        return self

    async def is_refused(self) -> int:
        """Wait until the call is refused and return the code."""
        await self.until(lambda: self.status >= 300)
        return self.status

    async def ends(self) -> Self:
        """Wait until the call is over."""
        await self.until(lambda: self.is_over)
        return self

    async def answer(self) -> Self:
        """Answer a call that rings."""
        self.telephone.accept(self)
        await self.until(lambda: self.status)
        return self

    async def refuse(self, manner: Manner) -> None:
        """Refuse a call that rings."""
        self.telephone.refuse(self, manner.value)

    async def hold(self) -> None:
        """Let the other side wait."""
        await self._renegotiate("sendonly")

    async def resume(self) -> None:
        """Go on talking."""
        await self._renegotiate("sendrecv")

    async def refer(self, target: str | SipCall) -> None:
        """Transfer the other side: to a number, or to whom another call of this telephone talks."""
        address = f"sip:{target}@{self.telephone.domain}"
        if isinstance(target, SipCall):
            replaced = f"{target.id};to-tag={tag_of(target.remote)};from-tag={target.local_tag}"
            address = f"{target.target}?Replaces={quote(replaced, safe='')}"
        headers = [("Refer-To", f"<{address}>"), ("Referred-By", f"<{self.telephone.address}>")]
        await self.telephone.request(self, "REFER", headers)

    async def hang_up(self) -> None:
        """End the call, or the attempt at one."""
        if self.is_over:
            return
        if self.status == 200:
            self.end()
            await self.telephone.request(self, "BYE")
        elif self.invitation is not None:
            self.telephone.refuse(self, 480)
        else:
            await self.telephone.cancel(self)
            await self.until(lambda: self.is_over or self.status == 200)
            # An answer that has crossed the attempt to give up makes it a call, which is ended as one.
            await self.hang_up()

    def end(self) -> None:
        """Remember that the call is over."""
        self.is_over = True
        self.changed()

    async def _renegotiate(self, direction: str) -> None:
        await self.telephone.request(self, "INVITE", [MEDIA], self.media(direction))

    def media(self, direction: str = "sendrecv") -> str:
        """Return what the telephone offers or takes."""
        self.version += 1
        return describe_media(LOCALHOST, self.telephone.media_port, direction, self.version)


class Telephone(News, UserAgent):
    """A telephone of an extension, or of the world outside; use it with async with.

    `manner` is what it does when somebody calls; by default it rings, and the test goes on from there.
    """

    def __init__(self, number: str, sip_port: int, *, name: str = "", port: int = 0) -> None:
        News.__init__(self)
        UserAgent.__init__(self, number, sip_port, port=port)
        self.name = name
        self.manner = Manner.RINGS
        self.calls: list[SipCall] = []
        self.requests: list[Message] = []
        self.media_port = 0
        self._media: asyncio.DatagramTransport | None = None
        self._registered = False

    async def __aenter__(self) -> Self:
        """Plug in."""
        await self.open()
        loop = asyncio.get_running_loop()
        self._media, _ = await loop.create_datagram_endpoint(asyncio.DatagramProtocol, (LOCALHOST, 0))
        self.media_port = self._media.get_extra_info("sockname")[1]
        return self

    async def __aexit__(self, *exception: object) -> None:
        """Hang up, log out and unplug, as far as the server is there."""
        for step in self._hang_up_all, self._log_out:
            with suppress(TimeoutError, Refused):
                async with asyncio.timeout(GOODBYE):
                    await step()
        self.close()
        if self._media is not None:
            self._media.close()
        # Ports are free again one turn later.
        await asyncio.sleep(0)

    async def _hang_up_all(self) -> None:
        await asyncio.gather(*(call.hang_up() for call in self.calls), return_exceptions=True)

    async def _log_out(self) -> None:
        if self._registered:
            await self.unregister()

    async def register(self, seconds: int = 600) -> Self:
        """Log in for so many seconds."""
        headers = [
            ("From", f"<{self.address}>;tag={self.tag}"),
            ("To", f"<{self.address}>"),
            ("Call-ID", f"{self.tag}@{LOCALHOST}"),
            ("Contact", self.contact),
            ("Expires", str(seconds)),
        ]
        await self.ask("REGISTER", f"sip:{self.domain}", headers)
        self._registered = seconds > 0
        return self

    async def unregister(self) -> None:
        """Log out."""
        await self.register(0)

    def call(self, number: str) -> SipCall:
        """Begin to call a number; the call says what becomes of it."""
        target = f"sip:{number}@{self.domain}"
        call = SipCall(self, f"{new_token()}@{LOCALHOST}", f"<{target}>", target)
        self.calls.append(call)
        self.spawn(self._invite(call))
        return call

    async def rings(self) -> SipCall:
        """Wait for the next call that nobody has asked for yet."""
        await self.until(lambda: any(call.invitation and not call.is_noticed for call in self.calls))
        call = next(call for call in self.calls if call.invitation and not call.is_noticed)
        call.is_noticed = True
        return call

    async def receives(self, method: str) -> Message:
        """Wait for a request of a kind and return the newest."""
        await self.until(lambda: any(request.method == method for request in self.requests))
        return next(request for request in reversed(self.requests) if request.method == method)

    async def request(
        self, call: SipCall, method: str, headers: Iterable[tuple[str, str]] = (), body: str = ""
    ) -> Message:
        """Ask something within a call and return the answer; raise Refused where it is refused."""
        call.number += 1
        return await self.ask(method, call.target, self._headers(call, headers), body, call)

    async def talk(self, call: SipCall, seconds: float) -> None:
        """Say nothing for a while, but audibly: a mailbox keeps only what it hears."""
        host, port = call.media_address
        assert self._media is not None
        for number in range(round(seconds / PACKET)):
            header = struct.pack("!BBHII", 0x80, 0, number, number * 160, 4711)
            self._media.sendto(header + b"\xff" * 160, (host, port))
            await asyncio.sleep(PACKET)

    def accept(self, call: SipCall) -> None:
        """Answer a call that rings."""
        assert call.invitation is not None
        self.respond(call.invitation, 200, [MEDIA], body=call.media(), call=call)
        call.status = 200
        call.changed()

    def refuse(self, call: SipCall, status: int) -> None:
        """Refuse a call that rings."""
        assert call.invitation is not None
        self.respond(call.invitation, status, call=call)
        call.status = status
        call.end()

    async def cancel(self, call: SipCall) -> None:
        """Give up a call that nobody has answered; of a server that has started anew it is over already."""
        request = self.build(
            "CANCEL", call.target, self._headers(call), branch=call.invite_branch, number=call.number
        )
        response = await self._transact(request, None)
        if response.status == UNKNOWN and call.status != 200:
            call.status = UNKNOWN
            call.end()

    # What is sent

    def _headers(self, call: SipCall, more: Iterable[tuple[str, str]] = ()) -> list[tuple[str, str]]:
        identity = f'"{self.name}" <{self.address}>' if self.name else f"<{self.address}>"
        return [
            ("From", f"{identity};tag={call.local_tag}"),
            ("To", call.remote),
            ("Call-ID", call.id),
            ("Contact", self.contact),
            *more,
        ]

    async def _invite(self, call: SipCall) -> None:
        call.number = 1
        try:
            response = await self.ask("INVITE", call.target, self._headers(call, [MEDIA]), call.media(), call)
        except Refused as err:
            call.status = err.status
            call.end()
        else:
            call.media_address = media_of(response.body)
            call.remote, call.target = response.get("To"), uri_of(response.get("Contact"))
            call.status = 200
            call.changed()

    # What arrives

    @override
    def handle(self, request: Message) -> None:
        self.requests.append(request)
        handle = getattr(self, f"_on_{request.method.lower()}", None)
        if handle is None:
            self.respond(request, 200)
        else:
            handle(request)
        self.changed()

    def _find(self, message: Message) -> SipCall | None:
        return next((call for call in self.calls if call.id == message.get("Call-ID")), None)

    def _on_invite(self, message: Message) -> None:
        call = self._find(message)
        if call is not None:
            self.respond(message, 200, [MEDIA], body=call.media(), call=call)
            return
        call = SipCall(self, message.get("Call-ID"), message.get("From"), uri_of(message.get("Contact")))
        call.invitation = message
        call.media_address = media_of(message.body)
        self.calls.append(call)
        match self.manner:
            case Manner.RINGS:
                self.respond(message, 180, call=call)
            case Manner.ANSWERS:
                self.accept(call)
            case _:
                self.refuse(call, self.manner.value)

    def _on_cancel(self, message: Message) -> None:
        self.respond(message, 200)
        call = self._find(message)
        if call is not None and call.invitation is not None and not call.status:
            self.respond(call.invitation, 487, call=call)
            call.status = 487
            call.end()

    def _on_bye(self, message: Message) -> None:
        call = self._find(message)
        self.respond(message, 200 if call else 481, call=call)
        if call:
            call.end()

    def _on_register(self, message: Message) -> None:
        """Be the provider of a PBX that logs in."""
        self.respond(message, 200, [("Contact", message.get("Contact")), ("Expires", message.get("Expires"))])

    def _on_notify(self, message: Message) -> None:
        call = self._find(message)
        self.respond(message, 200, call=call)
        if call and message.get("Event").startswith("refer"):
            call.notes.append(message.body.strip())
            call.changed()
            # As telephones do: whoever has been transferred away is let go.
            if message.body.startswith("SIP/2.0 2"):
                self.spawn(call.hang_up())
