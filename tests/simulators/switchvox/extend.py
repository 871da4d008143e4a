"""Serve the Extend API."""

from collections.abc import Callable, Mapping
import json
import re
from typing import TYPE_CHECKING, Any

from aiohttp import web

from ..common.fault_effects import HTML_PAGE
from .envelope import ExtendError, failure, success
from .extend_auth import Gate, Identity
from .extend_calls import CALL_METHODS
from .extend_people import PEOPLE_METHODS
from .extend_personal import PERSONAL_METHODS
from .extend_queues import QUEUE_METHODS
from .xml_twin import read_request, write_response

if TYPE_CHECKING:
    from .server import SwitchvoxSimulator

type Method = Callable[[SwitchvoxSimulator, Identity, Mapping[str, Any]], Any]

METHODS: dict[str, Method] = CALL_METHODS | PEOPLE_METHODS | PERSONAL_METHODS | QUEUE_METHODS
PREFIX = "switchvox."
USER_PREFIX = "users."


class ExtendServer:
    """Answer requests to /json and, where this PBX has it, to /xml."""

    def __init__(self, pbx: SwitchvoxSimulator) -> None:
        self._pbx = pbx
        self._gate = Gate(pbx.world)

    async def handle(self, request: web.Request) -> web.Response:
        """Answer one request."""
        dialect = self._pbx.dialect.extend
        as_xml = request.path == "/xml"
        if not dialect.present or (as_xml and not dialect.xml):
            return web.Response(status=404)
        if dialect.blocked or request.method != "POST":
            return web.Response(status=403 if dialect.blocked else 405)
        identity = self._gate.identify(request, dialect.auth)
        if identity is None:
            offered = request.headers.get("Authorization", "").partition(" ")[0].lower()
            self._pbx.journal.bad_logins += dialect.auth in {"both", offered}
            return self._gate.challenge(dialect.auth)
        read = read_request if as_xml else json.loads
        body = await request.read()
        if (spoiled := self._spoil(body)) is not None:
            return spoiled
        answer = self._answer(identity, body, read)
        await self._pbx.holding.wait(_find_method(body))
        if as_xml:
            return web.Response(body=write_response(answer), content_type="application/xml")
        return web.json_response(answer)

    def _spoil(self, body: bytes) -> web.Response | None:
        """Return what answers a method instead of its own answer, and is still news of who asked."""
        name = _find_method(body)
        dialect = self._pbx.dialect.extend
        answer = dialect.spoiled.get(name)
        if answer is None:
            return None
        if dialect.spoils_once:
            del dialect.spoiled[name]
        self._pbx.journal.add("extend", PREFIX + name, {}, None)
        if isinstance(answer, int):
            return web.Response(status=answer)
        if answer == "html":
            return web.Response(text=HTML_PAGE, content_type="text/html")
        return web.Response(text=answer, content_type="application/json")

    def _answer(self, identity: Identity, body: bytes, read: Callable[[bytes], Any]) -> dict[str, Any]:
        try:
            request = read(body)["request"]
            method, params = request["method"], request.get("parameters") or {}
        except ValueError, KeyError, TypeError:
            self._pbx.journal.violation("no request of the Extend API")
            return failure("", ExtendError(10000), self._pbx.dialect.extend)
        self._pbx.journal.add("extend", method, params, identity.name)
        try:
            result = self._call(identity, method.removeprefix(PREFIX), params)
        except ExtendError as err:
            return failure(method, err, self._pbx.dialect.extend)
        return success(method, result, self._pbx.dialect.extend)

    def _call(self, identity: Identity, method: str, params: Mapping[str, Any]) -> Any:
        dialect = self._pbx.dialect.extend
        if method not in METHODS or method in dialect.missing:
            raise ExtendError(10013)
        if method in dialect.forbidden:
            raise ExtendError(dialect.error_code, text=dialect.error_text)
        if identity.account is not None:
            self._check_user(identity, method, params)
        return METHODS[method](self._pbx, identity, params)

    def _check_user(self, identity: Identity, method: str, params: Mapping[str, Any]) -> None:
        """Refuse an extension what is not a user method, or not for itself."""
        own = str(identity.account.account_id) if identity.account else ""
        if not method.startswith(USER_PREFIX) or str(params.get("account_id", own)) != own:
            raise ExtendError(27168)


def _find_method(body: bytes) -> str:
    """Return the name of the method that a request asks for, empty for none."""
    method = re.search(rb"switchvox\.([\w.]+)", body)
    return method[1].decode() if method is not None else ""
