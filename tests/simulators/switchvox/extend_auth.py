"""Check logins of the Extend API, by Basic or by Digest."""

from base64 import b64decode
import binascii
from dataclasses import dataclass
from hashlib import md5
import re
from secrets import token_hex

from aiohttp import web

from .world import Account, World

REALM = "switchvox_api_auth"
_FIELD = re.compile(r'(\w+)=(?:"([^"]*)"|([^,\s]+))')


@dataclass(frozen=True, slots=True)
class Identity:
    """Say who asks; without an account it is the administrator."""

    name: str
    account: Account | None


class Gate:
    """Let logins in."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._nonces: set[str] = set()

    def identify(self, request: web.Request, scheme: str) -> Identity | None:
        """Return who asks, or None where the login is wrong or of another scheme."""
        header = request.headers.get("Authorization", "")
        kind, _, rest = header.partition(" ")
        if kind == "Basic" and scheme in {"basic", "both"}:
            return self._basic(rest)
        if kind == "Digest" and scheme in {"digest", "both"}:
            return self._digest(request, rest)
        return None

    def challenge(self, scheme: str) -> web.Response:
        """Ask for a login."""
        nonce = token_hex(16)
        self._nonces.add(nonce)
        digest = f'Digest realm="{REALM}", nonce="{nonce}", algorithm=MD5, qop="auth"'
        basic = f'Basic realm="{REALM}"'
        shown = {"basic": [basic], "digest": [digest], "both": [basic, digest]}[scheme]
        response = web.Response(status=401, text="Authorization Required")
        for item in shown:
            response.headers.add("WWW-Authenticate", item)
        return response

    def _password(self, name: str) -> tuple[str, Account | None] | None:
        if name == self._world.admin[0]:
            return self._world.admin[1], None
        account = self._world.by_number(name)
        return (account.password, account) if account is not None else None

    def _basic(self, token: str) -> Identity | None:
        try:
            name, _, password = b64decode(token).decode().partition(":")
        except binascii.Error, UnicodeDecodeError:
            return None
        known = self._password(name)
        return Identity(name, known[1]) if known is not None and known[0] == password else None

    def _digest(self, request: web.Request, rest: str) -> Identity | None:
        fields = {name: quoted or bare for name, quoted, bare in _FIELD.findall(rest)}
        known = self._password(fields.get("username", ""))
        if known is None or fields.get("nonce") not in self._nonces:
            return None
        first = _hash(f"{fields['username']}:{REALM}:{known[0]}")
        second = _hash(f"{request.method}:{fields.get('uri')}")
        middle = ":".join(fields.get(name, "") for name in ("nonce", "nc", "cnonce", "qop"))
        right = _hash(f"{first}:{middle}:{second}") == fields.get("response")
        return Identity(fields["username"], known[1]) if right else None


def _hash(text: str) -> str:
    return md5(text.encode(), usedforsecurity=False).hexdigest()
