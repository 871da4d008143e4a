"""Check access tokens and refuse requests in the manner of v1."""

from typing import TYPE_CHECKING

from aiohttp import web

from ...common.recorder import RecordedRequest
from ..authentication import unauthorized
from ..exchange import Answer, Identity, Refusal
from ..render import JSON_TYPE, render

if TYPE_CHECKING:
    from ..server import AxeosSimulator

V1_PATHS = ("/apis/pbx/v1/", "/apis/oauth2/")


def authenticate_v1(pbx: AxeosSimulator, request: web.Request, recorded: RecordedRequest) -> Identity:
    """Return who makes a v1 request."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise unauthorized("Not authenticated", "Bearer", violation=True)
    identity = find_identity(pbx, token)
    if identity is None:
        raise unauthorized("Invalid access token", "Bearer")
    recorded.login = identity.name
    return identity


def find_identity(pbx: AxeosSimulator, token: str) -> Identity | None:
    """Return who holds an access token."""
    return None if pbx.faults.refuse_logins else pbx.tokens.identity(token)


def refuse_v1(refusal: Refusal) -> web.Response:
    """Turn a refusal into a response; what breaks the protocol is 422 here."""
    status = 422 if refusal.status == 400 and refusal.violation else refusal.status
    return render(Answer({"detail": refusal.message}, status, refusal.headers), JSON_TYPE)
