"""Find the endpoint for a request, check the request, and have it answered."""

from typing import TYPE_CHECKING

from aiohttp import web

from ..common.fault_effects import GARBAGE, ConnectionDropped, abort
from ..common.recorder import RecordedRequest
from .api import ENDPOINTS
from .authentication import authenticate, unauthorized
from .endpoint import Endpoint
from .exchange import Answer, Exchange, Identity, Refusal, forbidden, not_found
from .render import render, wanted_type
from .rights import PLAIN_RIGHTS
from .v1 import V1_ENDPOINTS, V1_PATHS, authenticate_v1, refuse_v1

if TYPE_CHECKING:
    from .server import AxeosSimulator

NOBODY = Identity("", PLAIN_RIGHTS)


class Dispatcher:
    """Answer requests strictly by the tables of endpoints."""

    def __init__(self, pbx: AxeosSimulator) -> None:
        self._pbx = pbx
        self._routes = [(endpoint.pattern(), endpoint) for endpoint in (*ENDPOINTS, *V1_ENDPOINTS)]

    async def answer(self, request: web.Request, recorded: RecordedRequest) -> web.StreamResponse:
        """Answer a request, or say why not."""
        try:
            return await self._answer(request, recorded)
        except Refusal as refusal:
            recorded.violation = refusal.message if refusal.violation else None
            return self._refuse(request, refusal)
        except ConnectionDropped:
            return abort(request)

    async def _answer(self, request: web.Request, recorded: RecordedRequest) -> web.StreamResponse:
        """Take a request through all checks to its handler."""
        self._check_scheme(request)
        endpoint, suffix, path = self._find(request)
        identity = self._identify(endpoint, request, recorded)
        if endpoint.right and not getattr(identity.rights, endpoint.right):
            raise forbidden(f"No right: {endpoint.right}")
        query = endpoint.parse_query([item for item in request.query.items() if not _is_key(endpoint, item)])
        body = {} if endpoint.form else endpoint.parse_body(request, recorded.body)
        answer = await endpoint.handler(Exchange(self._pbx, request, recorded, identity, path, query, body))
        if isinstance(answer, web.StreamResponse):
            return answer
        if self._pbx.faults.is_spoilt(answer.data):
            return web.Response(body=GARBAGE, content_type="application/json")
        answer.data = self._pbx.faults.edited(request.path, answer.data)
        if self._pbx.variety is not None:
            answer.data = self._pbx.variety.vary(answer.data)
        return render(answer, wanted_type(suffix, request.headers.get("Accept", "")))

    def _check_scheme(self, request: web.Request) -> None:
        """Refuse plain HTTP if it is not enabled."""
        if request.secure or self._pbx.faults.plain_http == "allowed":
            return
        if self._pbx.faults.plain_http == "redirect":
            target = str(request.url.with_scheme("https"))
            raise Refusal(301, "HTTPS is required", headers={"Location": target})
        raise forbidden("Plain HTTP is disabled")

    def _find(self, request: web.Request) -> tuple[Endpoint, str, dict[str, str]]:
        """Return the endpoint for a request, the suffix of its path and the variables in it."""
        if request.path.startswith(V1_PATHS) and not self._pbx.faults.dialect.v1:
            raise not_found("Page")
        found = [
            (endpoint, match)
            for pattern, endpoint in self._routes
            if (match := pattern.fullmatch(request.path))
        ]
        for endpoint, match in found:
            if endpoint.method == request.method:
                path = match.groupdict()
                return endpoint, path.pop("suffix"), path
        raise _no_endpoint(request, [endpoint for endpoint, _ in found])

    def _identify(self, endpoint: Endpoint, request: web.Request, recorded: RecordedRequest) -> Identity:
        """Return who asks, in the way the endpoint wants it."""
        if endpoint.access == "open":
            return NOBODY
        if endpoint.access == "v1":
            return authenticate_v1(self._pbx, request, recorded)
        identity = authenticate(self._pbx.world, request, recorded)
        if self._pbx.faults.refuse_logins:
            raise unauthorized("Wrong credentials")
        return identity

    @staticmethod
    def _refuse(request: web.Request, refusal: Refusal) -> web.Response:
        """Turn a refusal into a response."""
        if request.path.startswith(V1_PATHS):
            return refuse_v1(refusal)
        answer = Answer({"error": refusal.message}, refusal.status, refusal.headers)
        return render(answer, wanted_type(None, request.headers.get("Accept", "")))


def _is_key(endpoint: Endpoint, item: tuple[str, str]) -> bool:
    """Return whether a query parameter is the API key of a GET request."""
    return item[0] == "key" and endpoint.access == "legacy" and endpoint.method == "GET"


def _no_endpoint(request: web.Request, others: list[Endpoint]) -> Refusal:
    """Refuse an unknown path, or a method that a path does not have."""
    if not others:
        return Refusal(404, f"Unknown path {request.path}", violation=True)
    allowed = {"Allow": ", ".join(sorted({endpoint.method for endpoint in others}))}
    return Refusal(405, f"{request.method} is not allowed here", violation=True, headers=allowed)
