"""Read and write the messages of SIP, as far as a telephone needs them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
import hashlib
import re
import secrets
from typing import Self

# How requests and their answers find each other begins with this.
COOKIE = "z9hG4bK"
COPIED = ("Via", "From", "To", "Call-ID", "CSeq", "Record-Route")


@dataclass(slots=True)
class Message:
    """A request or a response: its first line, its headers in their order, and its body."""

    start: str
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: str = ""

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Return the message in a datagram."""
        head, _, body = data.decode("utf-8", "replace").partition("\r\n\r\n")
        start, *lines = head.split("\r\n")
        pairs = (line.partition(":") for line in lines)
        return cls(start, [(name.strip(), value.strip()) for name, _, value in pairs], body)

    def encode(self) -> bytes:
        """Return the message as a datagram."""
        lines = [self.start, *(f"{name}: {value}" for name, value in self.headers)]
        body = self.body.encode()
        return "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode() + body

    @property
    def status(self) -> int:
        """Return the code of a response, 0 for a request."""
        return int(self.start.split()[1]) if self.start.startswith("SIP/2.0 ") else 0

    @property
    def method(self) -> str:
        """Return what a request asks, or what a response answers to."""
        return self.get("CSeq").split()[-1] if self.status else self.start.split()[0]

    @property
    def branch(self) -> str:
        """Return by what a request and its answers are known."""
        match = re.search(r"branch=([^;,\s]+)", self.get("Via"))
        return match[1] if match else ""

    def get(self, name: str) -> str:
        """Return the first header of a name, or nothing."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")

    def answer(self, status: int, reason: str, headers: Iterable[tuple[str, str]] = ()) -> Message:
        """Return a response to this request."""
        copied = [(key, value) for key, value in self.headers if key in COPIED]
        return Message(f"SIP/2.0 {status} {reason}", [*copied, *headers])


def tag_of(value: str) -> str:
    """Return the tag of a From or a To."""
    match = re.search(r";tag=([^;\s]+)", value)
    return match[1] if match else ""


def uri_of(value: str) -> str:
    """Return the address in a From, a To or a Contact."""
    match = re.search(r"<([^>]+)>", value)
    return match[1] if match else value.partition(";")[0].strip()


def user_of(value: str) -> str:
    """Return the user in an address."""
    match = re.search(r"sips?:([^@;>]+)@", value)
    return match[1] if match else ""


def name_of(value: str) -> str:
    """Return the name before an address."""
    return value.partition("<")[0].strip().strip('"')


def new_token() -> str:
    """Return what nobody else has."""
    return secrets.token_hex(8)


def authorize(challenge: str, *, username: str, password: str, method: str, uri: str) -> str:
    """Return the answer to the challenge of a server."""
    asked = dict(re.findall(r'(\w+)="?([^",]+)"?', challenge))
    realm, nonce = asked["realm"], asked["nonce"]
    first = _md5(f"{username}:{realm}:{password}")
    second = _md5(f"{method}:{uri}")
    if "qop" not in asked:
        response, more = _md5(f"{first}:{nonce}:{second}"), ""
    else:
        cnonce = new_token()
        response = _md5(f"{first}:{nonce}:00000001:{cnonce}:auth:{second}")
        more = f', qop=auth, nc=00000001, cnonce="{cnonce}"'
    opaque = f', opaque="{asked["opaque"]}"' if "opaque" in asked else ""
    return (
        f'Digest username="{username}", realm="{realm}", nonce="{nonce}", uri="{uri}", '
        f'response="{response}", algorithm=MD5{more}{opaque}'
    )


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def describe_media(host: str, port: int, direction: str, version: int) -> str:
    """Return what is said and heard at a telephone: plain audio, in one direction or both."""
    lines = (
        "v=0",
        f"o=- 1 {version} IN IP4 {host}",
        "s=-",
        f"c=IN IP4 {host}",
        "t=0 0",
        f"m=audio {port} RTP/AVP 0 101",
        "a=rtpmap:0 PCMU/8000",
        "a=rtpmap:101 telephone-event/8000",
        f"a={direction}",
    )
    return "\r\n".join([*lines, ""])


def media_of(body: str) -> tuple[str, int]:
    """Return where the other side listens, as its description of media says."""
    host, port = re.search(r"c=IN IP4 (\S+)", body), re.search(r"m=audio (\d+)", body)
    assert host
    assert port
    return host[1], int(port[1])
